"""Where the search for a message that may have been posted begins: by Discord's own time where that is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import HOUR, MINUTE
from bot.delivery.search import first_possible_id
from bot.jobs.model import MessageRef, repost_purpose
from bot.jobs.ports import MaybePosted
from tests.integration.delivery.quay import Quay
from tests.unit.ui.job_samples import CHANNEL, NOW, delivery, job

EPOCH = 1_420_070_400_000
ASKED = (NOW - EPOCH) << 22
CARD = MessageRef(CHANNEL, (NOW + 2_000 - EPOCH) << 22)
AHEAD = NOW + HOUR


def id_at(instant: int) -> int:
    return (instant - EPOCH) << 22


async def test_a_message_posted_while_our_clock_was_ahead_is_found(quay: Quay, clip: Path) -> None:
    ordered, owed = quay.job(), quay.delivery()
    ordered = await quay.post_card(ordered)
    asset = await quay.keep_clip(clip)
    quay.fail("lost_reset")
    with pytest.raises(MaybePosted):
        await quay.deliver(ordered, asset, owed)
    quay.restart()

    found = await quay.sink.find(owed, ordered, quay.general.id, quay.clock.now() + HOUR)

    assert found is not None


@pytest.mark.parametrize("key", [f"i:{ASKED}", f"d:m-{ASKED}"])
def test_it_begins_at_the_request_where_our_clock_is_later(key: str) -> None:
    assert first_possible_id(delivery(), job(request_key=key, card=CARD), AHEAD) == ASKED


def test_it_begins_at_our_instant_where_that_is_earlier() -> None:
    assert first_possible_id(delivery(), job(request_key=f"i:{ASKED}"), NOW - MINUTE) == id_at(NOW - MINUTE)


def test_a_request_without_an_id_is_known_by_its_card_which_may_have_come_late() -> None:
    found = first_possible_id(delivery(), job(request_key="d:a1b2c3", card=CARD), AHEAD)
    assert found == id_at(NOW + 2_000 - 15 * MINUTE)


def test_without_either_our_clock_is_believed() -> None:
    assert first_possible_id(delivery(), job(request_key="d:a1b2c3", card=None), AHEAD) == id_at(AHEAD)


def test_a_clip_brought_once_more_came_after_the_click_for_it_and_long_after_its_card() -> None:
    clicked = id_at(NOW + 5 * MINUTE)
    again = delivery(purpose=repost_purpose(f"{clicked}:repost:{ASKED}"))
    assert first_possible_id(again, job(request_key=f"i:{ASKED}", card=CARD), AHEAD) == clicked
