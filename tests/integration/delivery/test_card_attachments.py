"""Mended inputs served from the card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.delivery.card_attachments import CardAttachments
from bot.jobs.model import MessageRef
from bot.jobs.ports import CardFacts, InputUnusable, TryLater
from tests.integration.delivery.quay import EDIT, EDIT_ROUTE, Quay


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    path = tmp_path / "mended.jpg"
    path.write_bytes(b"\xff\xd8\xff" + bytes(1000))
    return path


async def fetched(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        return await response.read()


async def test_a_file_is_attached_once_and_then_found(quay: Quay, mended: Path) -> None:
    job = await quay.post_card(quay.job())
    files = CardAttachments(quay.client)

    first = await files.attach(job, mended, "image.jpg")
    second = await files.attach(job, mended, "image.jpg")

    assert await fetched(first) == await fetched(second) == b"\xff\xd8\xff" + bytes(1000)
    assert len(quay.requests("PATCH", EDIT_ROUTE)) == 1
    (card,) = await quay.seen()
    assert card.content == "⏳ **Queued**"


async def test_a_second_file_leaves_the_first_where_it_is(quay: Quay, mended: Path) -> None:
    job = await quay.post_card(quay.job())
    files = CardAttachments(quay.client)

    for name in ("image.jpg", "end_image.jpg"):
        await files.attach(job, mended, name)

    (card,) = await quay.seen()
    assert [attachment.filename for attachment in card.attachments] == ["image.jpg", "end_image.jpg"]


async def test_without_a_card_there_is_nowhere_to_attach_it(quay: Quay, mended: Path) -> None:
    with pytest.raises(InputUnusable):
        await CardAttachments(quay.client).attach(quay.job(card=None), mended, "image.jpg")


async def test_a_deleted_card_carries_nothing(quay: Quay, mended: Path) -> None:
    job = replace(quay.job(), card=MessageRef(quay.general.id, 1))

    with pytest.raises(InputUnusable):
        await CardAttachments(quay.client).attach(job, mended, "image.jpg")


async def test_a_discord_that_is_down_is_asked_later(quay: Quay, mended: Path) -> None:
    job = await quay.post_card(quay.job())
    quay.fail("status", method="GET", path=EDIT, status=503)

    with pytest.raises(TryLater):
        await CardAttachments(quay.client).attach(job, mended, "image.jpg")


async def test_the_card_of_a_deleted_clip_carries_nothing_of_it_any_more(quay: Quay, mended: Path) -> None:
    job = await quay.post_card(quay.job())
    await CardAttachments(quay.client).attach(job, mended, "image.jpg")

    await quay.sink.show_card(replace(job, removed_at=job.created_at), CardFacts())

    (card,) = await quay.seen()
    assert card.attachments == ()
