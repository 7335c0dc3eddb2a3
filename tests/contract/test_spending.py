"""What was charged, granted and warned of, on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock import DAY
from bot.community.alerts import Alert, AlertKind
from bot.community.ports import AuditLine
from bot.community.spending import month_of
from bot.community.spending_records import NewGrant, Part
from bot.jobs.costs import Like
from bot.jobs.limits import Hold, Scope, counter_of
from bot.jobs.model import ExtendInput, Job, JobKind, VideoInput
from bot.jobs.ports import Accepted
from bot.jobs.states import FAIL, SUCCEED, JobState
from storage.store import Store
from tests.contract.samples import GUILD, NOW, PERSON, PRICE, Probe, holds_for, job_in, move, new_job, submitted

OTHER = PERSON + 1
TEN_SECONDS = VideoInput(prompt="waves", seconds=10)


async def charged(store: Store, microusd: int, **changes: object) -> Job:
    job = await job_in(store, JobState.RUNNING, **changes)
    done = await store.apply(move(job, SUCCEED, consumed_microusd=microusd, settle_microusd=microusd))
    assert done is not None
    return done


def like(seconds: int = 10, **changes: object) -> Like:
    return replace(Like(JobKind.VIDEO, "1.6", "std", seconds, "public"), **changes)


async def test_the_highest_charge_of_its_like_is_remembered(store: Store):
    await charged(store, 400_000, input=TEN_SECONDS)
    await charged(store, 520_000, input=TEN_SECONDS)
    await charged(store, 0, input=TEN_SECONDS, mode="pro")
    await charged(store, 900_000, input=TEN_SECONDS, service_mode="private")
    await charged(store, 130_000, kind=JobKind.EXTEND, input=ExtendInput(prompt="on"))

    assert await store.highest_charge(like()) == 520_000
    assert await store.highest_charge(like(5)) is None
    assert await store.highest_charge(like(mode="pro")) is None
    extension = like(0, kind=JobKind.EXTEND)
    assert await store.highest_charges() == {
        like(): 520_000,
        like(service_mode="private"): 900_000,
        extension: 130_000,
    }


async def test_usage_is_told_apart_by_member_day_model_and_failure(store: Store):
    await charged(store, 300_000)
    await charged(store, 200_000, requester_id=OTHER, created_at=NOW + DAY)
    failed = await job_in(store, JobState.RUNNING, requester_id=OTHER)
    await store.apply(move(failed, FAIL, consumed_microusd=0, settle_microusd=0))
    await submitted(store, model="2.1")
    elsewhere = new_job()
    await store.submit(replace(elsewhere, place=replace(elsewhere.place, guild_id=GUILD + 1)), holds_for(elsewhere))
    since, until = month_of(NOW)

    async def by(part: Part) -> list[tuple[str, int, int, int, int, int]]:
        return [
            (line.what, line.ordered, line.made, line.failed, line.charged_microusd, line.reserved_microusd)
            for line in await store.usage(GUILD, since, until, part, limit=10)
        ]

    assert await by(Part.ALL) == [("", 4, 2, 1, 500_000, PRICE)]
    assert await by(Part.MEMBER) == [(str(PERSON), 2, 1, 0, 300_000, PRICE), (str(OTHER), 2, 1, 1, 200_000, 0)]
    today = NOW // DAY
    assert await by(Part.DAY) == [(str(today + 1), 1, 1, 0, 200_000, 0), (str(today), 3, 1, 1, 300_000, PRICE)]
    assert await by(Part.MODEL) == [("video std 1.6", 3, 2, 1, 500_000, 0), ("video std 2.1", 1, 0, 0, 0, PRICE)]
    assert await by(Part.FAILURE) == [("other", 1, 0, 1, 0, 0)]
    assert await store.usage(GUILD, until, until + DAY, Part.ALL, limit=1) == []


async def test_usage_comes_in_pages(store: Store):
    for person in range(5):
        await submitted(store, requester_id=person + 1)

    pages = [await store.usage(GUILD, 0, NOW + 1, Part.MEMBER, limit=2, offset=offset) for offset in (0, 2, 4)]

    assert [[line.what for line in page] for page in pages] == [["1", "2"], ["3", "4"], ["5"]]


async def test_a_grant_is_stored_with_its_line_in_the_audit_log(store: Store):
    grant = NewGrant(guild_id=GUILD, person_id=PERSON, counter="c:jobs:2026-05", clips=5, granted_by=OTHER, at=NOW)
    line = AuditLine(guild_id=GUILD, at=NOW, actor_id=OTHER, action="grant", subject=str(PERSON), detail="5 clips")

    await store.grant(grant, [line])
    await store.grant(replace(grant, clips=2), [line])

    assert await store.granted("c:jobs:2026-05") == 7
    assert await store.audited(GUILD, 10) == [line, line]


def budget_holds(ceiling: int, scope: Scope) -> list[Hold]:
    counter = counter_of(scope, guild_id=GUILD, person_id=PERSON, at=NOW)
    return [Hold(scope, counter, PRICE if scope.in_dollars else 1, ceiling)]


@pytest.mark.parametrize("scope", [Scope.SERVER_MONTH_USD, Scope.SERVER_MONTH_JOBS])
async def test_a_budget_is_warned_of_once_at_four_fifths_with_the_order_that_takes_it_there(store: Store, scope: Scope):
    ceiling = 10 * (PRICE if scope.in_dollars else 1)
    noted = []
    for _ in range(10):
        assert isinstance(await store.submit(new_job(), budget_holds(ceiling, scope)), Accepted)
        noted.append(len(await store.budget_warnings(10)))

    assert noted == [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]
    (warning,) = await store.budget_warnings(10)
    assert (warning.ceiling, warning.used, warning.guild_id) == (ceiling, ceiling, GUILD)
    assert warning.in_dollars is scope.in_dollars
    alert = Alert(key="budget", kind=AlertKind.SERVER_BUDGET, channel_id=5)
    assert await store.warn_of_budget(warning, alert, NOW)
    assert not await store.warn_of_budget(warning, alert, NOW)
    assert await store.budget_warnings(10) == []
    assert [found.alert.key for found in await store.open_alerts()] == ["budget"]


async def test_a_higher_budget_is_warned_of_on_its_own(store: Store):
    for ceiling in (2, 4, 4, 4):
        await store.submit(new_job(), budget_holds(ceiling, Scope.SERVER_MONTH_JOBS))

    assert sorted(warning.ceiling for warning in await store.budget_warnings(10)) == [4]
    await store.submit(new_job(), budget_holds(5, Scope.SERVER_MONTH_JOBS))
    assert sorted(warning.ceiling for warning in await store.budget_warnings(10)) == [4, 5]


async def test_the_ledger_adds_up_by_month_server_and_kind(store: Store, probe: Probe):
    await charged(store, 300_000)
    running = await job_in(store, JobState.RUNNING)
    extension = await charged(store, 130_000, kind=JobKind.EXTEND, input=ExtendInput(prompt="on"))
    since, until = month_of(NOW)

    lines = await store.ledger(since, until)

    assert [(line.month, line.guild_id, line.kind.value, line.jobs) for line in lines] == [
        ("2026-05", GUILD, "extend", 1),
        ("2026-05", GUILD, "video", 2),
    ]
    video = lines[1]
    assert (video.reserved_microusd, video.consumed_microusd) == (2 * PRICE, 300_000)
    assert (video.open_microusd, video.open_jobs) == (PRICE, 1)
    tasks = await store.ledger_tasks(since, until)
    assert {task.job_id: task.consumed_microusd for task in tasks}[extension.id] == 130_000
    assert {task.job_id: task.ended for task in tasks}[running.id] is False
    assert await store.ledger(until, until + DAY) == []
    assert await probe.contradictions() == []


@pytest.mark.parametrize("state", list(JobState))
async def test_the_ledger_knows_which_jobs_have_a_task_or_may_have_one(store: Store, state: JobState):
    job = await job_in(store, state)
    may_have = {JobState.SUBMITTING, JobState.SUBMIT_UNKNOWN, JobState.ABANDONED}

    listed = [task.job_id for task in await store.ledger_tasks(*month_of(NOW))]

    assert listed == ([job.id] if job.task_id is not None or state in may_have else [])
