"""A person's own file: whole, and within what may be uploaded."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.community.export import Export, export
from bot.community.personal_data import ClipRecord, PersonRecord
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Asset, AssetRole, Delivery, MessageRef, VideoInput
from bot.jobs.states import DeliveryState
from tests.unit.ui.job_samples import finished as a_job

NOW = 1_780_000_000_000
ZOE = 7_001


class Records:
    """What is stored about somebody."""

    def __init__(self, clips: Sequence[ClipRecord] = (), record: PersonRecord | None = None) -> None:
        self._clips = clips
        self._record = record or PersonRecord()

    async def person_record(self, person_id: int) -> PersonRecord:
        return self._record

    async def clip_records(self, person_id: int, after: int, limit: int) -> Sequence[ClipRecord]:
        return [clip for clip in self._clips if clip.number > after][:limit]


def clips(number: int, **changes: Any) -> list[ClipRecord]:
    words = random.Random(7)  # noqa: S311 - words that do not compress, the same each time
    return [
        ClipRecord(
            number=place,
            job=replace(
                a_job(),
                id=f"j{place}",
                input=VideoInput(prompt=f"é {words.randbytes(100).hex()}", seconds=5),
                **changes,
            ),
            assets=(),
            deliveries=(),
            events=(),
        )
        for place in range(1, number + 1)
    ]


async def exported(records: Records, limit: int = 10_000_000) -> Export:
    return await export(records, ZOE, NOW, limit)  # type: ignore[arg-type]  # the two questions that it asks


def read(content: bytes, name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(gzip.decompress(content) if name.endswith(".gz") else content)
    return made


async def test_a_small_record_is_one_plain_file_with_every_clip():
    made = await exported(Records(clips(250)))
    (file,) = made.files
    whole = read(file.content, file.name)
    assert (file.name, made.clips) == ("egret-my-data.json", 250)
    assert [clip["id"] for clip in whole["clips"]] == [f"j{number}" for number in range(1, 251)]
    assert (whole["person_id"], whole["exported_at"]) == ("7001", "2026-05-28T20:26:40+00:00")


async def test_nothing_stored_is_a_file_that_says_so():
    (file,) = (await exported(Records())).files
    assert read(file.content, file.name)["clips"] == []


async def test_what_is_too_large_comes_compressed():
    plain = (await exported(Records(clips(50)))).files[0].content
    (file,) = (await exported(Records(clips(50)), limit=len(plain) - 1)).files
    assert file.name == "egret-my-data.json.gz"
    assert gzip.decompress(file.content) == plain


@pytest.mark.parametrize("limit", [3_000, 10_000])
async def test_what_is_still_too_large_comes_in_parts_that_can_each_be_read(limit: int):
    made = await exported(Records(clips(250)), limit=limit)
    assert len(made.files) > 1
    assert all(len(file.content) <= limit for file in made.files)
    assert made.files[0].name == f"egret-my-data-1-of-{len(made.files)}.json.gz"
    parts = [read(file.content, file.name) for file in made.files]
    assert [clip["id"] for part in parts for clip in part["clips"]] == [f"j{number}" for number in range(1, 251)]
    assert {part["person_id"] for part in parts} == {"7001"}


async def test_a_clip_is_told_with_its_options_costs_links_and_files():
    job = replace(
        a_job(),
        price_microusd=260_000,
        consumed_microusd=250_000,
        failure=Failure(FailureReason.OTHER, "too dark"),
        card=MessageRef(2, 3),
    )
    asset = Asset(id="a", job_id=job.id, role=AssetRole.IMAGE, source_url="kept:b.png", filename="me.png",
                  option="image", content_type="image/png", size=9, extension="png", sha256="cc")  # fmt: skip
    delivery = Delivery(id="d", job_id=job.id, purpose="repost:i:1", state=DeliveryState.DELIVERED, channel_id=2,
                        first_attempt_at=NOW, attempts=1, due_at=None, lease=None, lease_until=None,
                        message=MessageRef(2, 4), reason="", created_at=NOW)  # fmt: skip
    record = ClipRecord(number=1, job=job, assets=[asset], deliveries=[delivery], events=[])
    (file,) = (await exported(Records([record]))).files
    (clip,) = read(file.content, file.name)["clips"]
    assert clip["options"]["prompt"] == job.prompt
    assert (clip["price_usd"], clip["charged_usd"]) == (0.26, 0.25)
    assert clip["failure"] == {"reason": "other", "detail": "too dark"}
    assert clip["card"] == f"https://discord.com/channels/{job.place.guild_id}/2/3"
    assert [(each["purpose"], each["link"][-4:]) for each in clip["messages"]] == [("repost", "/2/4")]
    assert clip["files"][0]["name"] == "me.png"
    assert clip["files"][0]["came_from"] is None


async def test_ids_are_texts_and_instants_are_dates():
    record = PersonRecord(
        blocks=({"guild_id": 700_000_000_000_000_001, "until": None, "reason": "rude", "created_at": NOW},),
        consents=({"kind": "picture", "given_at": NOW},),
    )
    (file,) = (await exported(Records(record=record))).files
    whole = read(file.content, file.name)
    assert whole["blocks_of_you"] == [
        {"guild_id": "700000000000000001", "until": None, "reason": "rude", "created_at": "2026-05-28T20:26:40+00:00"}
    ]
    assert whole["consents"] == [{"kind": "picture", "given_at": "2026-05-28T20:26:40+00:00"}]
