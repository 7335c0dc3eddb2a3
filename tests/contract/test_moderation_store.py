"""Reports on their way to somebody, clips for adults, reposts that are hidden, and what was done on a server."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.clock import MINUTE
from bot.community.ports import AuditLine
from bot.community.records import ORDER
from bot.jobs.model import Destination
from storage.store import Store
from tests.contract.samples import CHANNEL, GUILD, NOW, PERSON, finished, new_job, submitted

LATER = NOW + 3 * MINUTE


def line(action: str, at: int, guild_id: int = GUILD) -> AuditLine:
    return AuditLine(guild_id=guild_id, at=at, actor_id=PERSON, action=action, subject="s", detail="d")


async def test_reports_are_taken_oldest_first_and_rest_until_then(store: Store):
    clip = await finished(store, NOW + 10)
    for number in range(3):
        await store.report(clip.id, PERSON + number, f"reason {number}", NOW + 20 + number)

    first = await store.claim_reports(NOW + 30, LATER, 2)
    second = await store.claim_reports(NOW + 30, LATER, 2)
    third = await store.claim_reports(LATER, LATER + 1, 9)

    assert [(report.person_id, report.reason, report.attempts) for report in first] == [
        (PERSON, "reason 0", 1),
        (PERSON + 1, "reason 1", 1),
    ]
    assert [report.person_id for report in second] == [PERSON + 2]
    assert sorted(report.attempts for report in third) == [2, 2, 2]


async def test_two_who_take_at_once_never_take_the_same(store: Store):
    clip = await finished(store, NOW + 10)
    for number in range(6):
        await store.report(clip.id, PERSON + number, "", NOW + 20)

    taken = await asyncio.gather(*(store.claim_reports(NOW + 30, LATER, 2) for _ in range(6)))

    people = [report.person_id for reports in taken for report in reports]
    assert len(people) == len(set(people))


async def test_where_a_report_goes_is_decided_once(store: Store):
    clip = await finished(store, NOW + 10)
    await store.report(clip.id, PERSON, "cruel", NOW + 20)
    (report,) = await store.claim_reports(NOW + 30, LATER, 1)

    first = await store.aim_report(report, CHANNEL, NOW + 40)
    second = await store.aim_report(report, CHANNEL + 1, NOW + 50)

    assert first is not None
    assert second is not None
    assert [(aimed.channel_id, aimed.tried_at) for aimed in (first, second)] == [(CHANNEL, NOW + 40)] * 2


async def test_a_report_that_was_told_is_over(store: Store):
    clip = await finished(store, NOW + 10)
    await store.report(clip.id, PERSON, "cruel", NOW + 20)
    (report,) = await store.claim_reports(NOW + 30, LATER, 1)
    await store.report_told(report, NOW + 40)
    await store.put_off_report(report, NOW)

    assert await store.claim_reports(LATER, LATER + 1, 9) == []
    assert await store.aim_report(report, CHANNEL, NOW + 50) is None


@pytest.mark.parametrize("age_restricted", [False, True])
async def test_a_clip_for_adults_is_remembered_as_one(store: Store, *, age_restricted: bool):
    job = await submitted(store, age_restricted=age_restricted)

    again = await store.job(job.id)
    assert again is not None
    assert again.age_restricted is age_restricted


async def test_a_repost_is_hidden_where_it_is_asked_for(store: Store):
    clip = await finished(store, NOW + 10)

    shown = await store.owe_repost(clip.id, "press-1", CHANNEL, NOW + 20)
    hidden = await store.owe_repost(clip.id, "press-2", CHANNEL, NOW + 20, spoiler=True)

    assert shown is not None
    assert hidden is not None
    assert [shown.spoiler, hidden.spoiler] == [False, True]


async def test_somebody_elses_deletion_is_audited_once_and_ones_own_is_not(store: Store):
    own, others = [await finished(store, NOW + 10) for _ in range(2)]
    await store.remove_clip(own.id, NOW + 20, by=own.requester_id)
    await store.remove_clip(others.id, NOW + 30, by=PERSON + 7)
    await store.remove_clip(others.id, NOW + 40, by=PERSON + 8)

    lines = await store.audited(others.place.guild_id, 9)

    assert [(one.action, one.subject, one.actor_id, one.at) for one in lines] == [
        ("delete", others.id, PERSON + 7, NOW + 30)
    ]


async def test_what_was_done_and_ordered_is_one_list_newest_first(store: Store):
    sample = new_job()
    job = await submitted(store, created_at=NOW + 10, price_microusd=260_000)
    assert job.place.guild_id == sample.place.guild_id == GUILD
    await store.audit([line("setting", NOW + 5), line("block", NOW + 20), line("else", NOW + 30, GUILD + 1)])

    lines = await store.server_lines(GUILD, 10, 0)

    assert [one.action for one in lines] == ["block", ORDER, "setting"]
    ordered = lines[1]
    assert (ordered.subject, ordered.actor_id, ordered.detail) == (job.id, job.requester_id, "queued")
    assert (ordered.channel_id, ordered.microusd, ordered.charged) == (job.place.channel_id, 260_000, False)
    pages = [await store.server_lines(GUILD, 1, offset) for offset in range(4)]
    assert [one.action for page in pages for one in page] == ["block", ORDER, "setting"]


async def test_a_private_clip_is_listed_without_its_channel(store: Store):
    sample = new_job()
    await submitted(store, place=replace(sample.place, destination=Destination.DIRECT))

    (ordered,) = await store.server_lines(GUILD, 10, 0)
    assert ordered.channel_id is None
