"""Servers take turns, and so do their people; the statements say whose turn it is as `bot.jobs.line` does."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence

import pytest

from bot.jobs.line import Lines, Waiting
from bot.jobs.model import Job, MessageRef, Place
from bot.jobs.ports import InLine
from bot.jobs.states import CANCEL_QUEUED, IN_FLIGHT, REFUSE, REQUEUE, SUBMIT, JobState
from storage.store import Store
from tests.contract.samples import CHANNEL, NOW, Probe, an_image, job_in, move, submitted

SOON = NOW + 60_000
NOBODY = 0


async def asked(store: Store, person: int, server: int | None = 1, **changes: object) -> Job:
    place = Place(guild_id=server, channel_id=CHANNEL, upload_limit=1)
    return await submitted(store, requester_id=person, place=place, **changes)


async def start(store: Store, places: int | None = None) -> Job:
    """Let whoever's turn it is have a place."""
    (job,) = await store.claim_ready(NOW, "lease", SOON, 1, places)
    started = await store.apply(move(job, SUBMIT, lease="lease"))
    assert started is not None
    return started


async def started(store: Store, number: int, places: int | None = None) -> list[int]:
    """Who has their turn, one after the other."""
    return [(await start(store, places)).requester_id for _ in range(number)]


def lines_of(rows: Sequence[InLine], places: int) -> Lines:
    held = Counter(row.line for row in rows if row.state in IN_FLIGHT - {JobState.OVERDUE})
    waiting = [
        Waiting(
            job_id=row.job_id, line=row.line, person=row.person, number=row.number, turn=row.turn,
            person_served=row.person_served, line_served=row.line_served,
        )
        for row in rows
        if row.state is JobState.QUEUED
    ]  # fmt: skip
    return Lines(waiting, held, places)


async def test_somebody_with_a_hundred_jobs_delays_anothers_first_by_one(store: Store):
    for _ in range(100):
        await asked(store, person=1)
    assert await started(store, 3) == [1, 1, 1]
    for person in (2, 3):
        await asked(store, person)
        await asked(store, person)
    assert await started(store, 7) == [1, 2, 3, 1, 2, 3, 1]


async def test_nor_anothers_on_another_server(store: Store):
    for _ in range(100):
        await asked(store, person=1, server=1)
    assert await started(store, 2, places=500) == [1, 1]
    await asked(store, person=2, server=2)
    await asked(store, person=3, server=None)
    assert await started(store, 4, places=500) == [1, 2, 3, 1]


async def test_a_server_of_many_goes_before_one_of_few_no_more_often_than_it(store: Store):
    for person in range(1, 7):
        await asked(store, person, server=1)
    await asked(store, person=11, server=2)
    await asked(store, person=11, server=2)
    assert await started(store, 8, places=500) == [1, 11, 2, 11, 3, 4, 5, 6]


async def test_whoever_came_first_goes_first(store: Store):
    for person in (3, 1, 2):
        await asked(store, person)
    assert await started(store, 3) == [3, 1, 2]


async def test_whoever_was_served_in_this_round_waits_for_those_who_were_not(store: Store):
    await asked(store, person=1)
    await asked(store, person=2)
    assert await started(store, 1) == [1]
    await asked(store, person=1)
    await asked(store, person=3)
    assert await started(store, 3) == [2, 1, 3]


async def test_a_person_on_two_servers_waits_in_two_lines(store: Store):
    await asked(store, person=1, server=1)
    await asked(store, person=1, server=2)
    await asked(store, person=2, server=2)
    await asked(store, person=1, server=1)
    assert await started(store, 4, places=500) == [1, 1, 1, 2]


async def test_what_is_put_off_costs_nobody_else_a_turn_and_its_person_only_one(store: Store):
    for _ in range(5):
        await asked(store, person=1, due_at=NOW + 500)
    for person in (2, 2, 2, 3):
        await asked(store, person)
    assert await started(store, 2) == [2, 3]
    await store.claim([JobState.QUEUED], NOW + 500, "early", SOON, 9)
    for row in await store.line(0):
        await store.release(row.job_id, "early", NOW)
    assert await started(store, 5) == [1, 2, 1, 2, 1]


async def test_what_comes_back_into_line_is_next_once_everybody_had_a_turn(store: Store):
    first = await asked(store, person=1)
    assert (await start(store)).id == first.id
    await asked(store, person=2)
    await asked(store, person=1)
    again = await store.apply(move(first, REQUEUE, due_at=NOW))
    assert again is not None
    assert [(await start(store)).id for _ in range(1)] == [first.id]
    assert await started(store, 2) == [2, 1]


async def test_a_turn_in_hand_counts_as_taken(store: Store):
    for _ in range(3):
        await asked(store, person=1)
    (in_hand,) = await store.claim_ready(NOW, "lease-1", SOON, 1)
    await asked(store, person=2)
    assert [job.requester_id for job in await store.claim_ready(NOW, "lease-2", SOON, 1)] == [2]
    assert [job.requester_id for job in await store.claim_ready(NOW, "lease-3", SOON, 1)] == [1]
    assert in_hand.requester_id == 1


async def test_several_are_taken_in_turn_too(store: Store):
    for person in (1, 1, 1, 2, 3):
        await asked(store, person)
    taken = await store.claim_ready(NOW, "lease", SOON, 3)
    assert sorted(job.requester_id for job in taken) == [1, 2, 3]


async def test_inputs_are_read_in_turn_too(store: Store):
    for person in (1, 1, 1, 1, 2, 3):
        await asked(store, person, assets=(an_image(),))
    first = await store.claim_unprepared(NOW, "lease-1", SOON, 2)
    assert [job.requester_id for job in first] == [1, 2]
    for job in first:
        await store.mark_inputs_ready(job.id, "lease-1", {}, (), NOW)
    assert [job.requester_id for job in await store.claim_unprepared(NOW, "lease-2", SOON, 1)] == [3]


async def test_what_is_not_ready_holds_nobody_up(store: Store):
    await asked(store, person=1, assets=(an_image(),))
    await asked(store, person=1)
    await asked(store, person=2)
    assert await started(store, 2) == [1, 2]
    assert await store.claim_ready(NOW, "lease", SOON, 5) == []


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.QUEUED])
async def test_only_those_in_line_have_a_turn(store: Store, state: JobState):
    await job_in(store, state)
    await job_in(store, state, assets=(an_image(),))
    assert await store.claim_ready(NOW + 10_000, "lease-1", SOON, 9) == []
    assert await store.claim_unprepared(NOW + 10_000, "lease-2", SOON, 9) == []


# --- shares -----------------------------------------------------------------------------------------------------------


async def test_a_server_that_holds_its_share_lets_others_go_first(store: Store):
    for _ in range(6):
        await asked(store, person=1, server=1)
    assert await started(store, 2, places=4) == [1, 1]
    for _ in range(3):
        await asked(store, person=2, server=2)
    assert await started(store, 2, places=4) == [2, 2]


async def test_a_share_is_what_each_would_hold_rounded_up(store: Store):
    for _ in range(5):
        await asked(store, person=1, server=1)
    await started(store, 2, places=5)
    for _ in range(5):
        await asked(store, person=2, server=2)
    assert await started(store, 3, places=5) == [1, 2, 2]


async def test_a_place_that_nobody_else_can_take_is_taken_all_the_same(store: Store):
    for _ in range(5):
        await asked(store, person=1, server=1)
    assert await started(store, 5, places=5) == [1] * 5


async def test_leftover_places_go_to_those_who_hold_their_share_in_turn(store: Store):
    await job_in(store, JobState.RUNNING, requester_id=9, place=Place(guild_id=3, channel_id=1, upload_limit=1))
    for _ in range(3):
        await asked(store, person=1, server=1)
    for _ in range(3):
        await asked(store, person=2, server=2)
    assert await started(store, 4, places=3) == [1, 2, 1, 2]


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.QUEUED])
async def test_only_what_is_at_the_provider_and_not_overdue_takes_of_a_share(store: Store, state: JobState):
    first = await asked(store, person=1, server=1)
    await asked(store, person=2, server=2)
    await job_in(store, state, requester_id=5, place=Place(guild_id=1, channel_id=1, upload_limit=1))
    (taken,) = await store.claim_ready(NOW, "lease", SOON, 1, 2)
    holds = state in {JobState.SUBMITTING, JobState.SUBMIT_UNKNOWN, JobState.RUNNING}
    # Whatever was started there, its line was served after the other came.
    assert taken.requester_id == 2
    await store.apply(move(taken, CANCEL_QUEUED, due_at=None))
    await asked(store, person=3, server=2)
    assert [job.requester_id for job in await store.claim_ready(NOW, "lease", SOON, 1, 2)] == [3 if holds else 1]
    assert first.requester_id == 1


async def test_a_server_whose_job_is_overdue_makes_no_share_smaller(store: Store):
    await job_in(store, JobState.OVERDUE, place=Place(guild_id=3, channel_id=1, upload_limit=1))
    for _ in range(3):
        await asked(store, person=1, server=1)
    await asked(store, person=2, server=2)
    await asked(store, person=2, server=2)
    assert await started(store, 3, places=3) == [1, 2, 1]


async def test_those_in_line_take_of_no_share(store: Store):
    for _ in range(5):
        await asked(store, person=1, server=1)
    await asked(store, person=2, server=2)
    assert await started(store, 1, places=2) == [1]


# --- as the rule says -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
async def test_the_statements_go_by_the_rule_whatever_comes(store: Store, seed: int):
    chance = random.Random(seed)  # noqa: S311 - no secret
    under_way: list[Job] = []
    for _ in range(60):
        what = chance.choice(["come", "come", "come", "take", "take", "end", "cancel"])
        places = chance.randint(1, 6)
        rows = await store.line(0)
        waiting = [row for row in rows if row.state is JobState.QUEUED]
        if what == "come" or not waiting:
            await asked(store, person=chance.randint(1, 4), server=chance.choice([1, 2, 3, None]))
        elif what == "take":
            number = chance.randint(1, min(3, len(waiting)))
            lines = lines_of(rows, places)
            expected = [lines.start_next().job_id for _ in range(number)]
            taken = await store.claim_ready(NOW, "lease", SOON, number, places)
            assert sorted(job.id for job in taken) == sorted(expected)
            for job in sorted(taken, key=lambda each: expected.index(each.id)):
                moved = await store.apply(move(job, SUBMIT, lease="lease"))
                assert moved is not None
                under_way.append(moved)
        elif what == "end" and under_way:
            ended = under_way.pop(chance.randrange(len(under_way)))
            assert await store.apply(move(ended, REQUEUE if chance.random() < 0.3 else REFUSE, due_at=NOW))
        else:
            assert await store.apply(move(chance.choice(waiting).job_id, CANCEL_QUEUED, due_at=None))


async def test_the_line_tells_who_waits_who_holds_a_place_and_when_they_were_served(store: Store, probe: Probe):
    jobs = {state: await job_in(store, state, requester_id=1) for state in JobState if state is not JobState.QUEUED}
    waiting = await asked(store, person=1, server=8_001)
    other = await asked(store, person=2, server=8_001, assets=(an_image(),))
    await store.set_card(waiting.id, MessageRef(CHANNEL, 11), 1, 7, NOW + 9)
    await store.set_card(other.id, MessageRef(CHANNEL, 12), 1, 8)
    rows = {row.job_id: row for row in await store.line(0)}
    assert rows.keys() == {waiting.id, other.id, *(jobs[state].id for state in IN_FLIGHT)}
    latest = await probe.value("SELECT MAX(turn) FROM jobs WHERE attempts > 0")
    first, second = rows[waiting.id], rows[other.id]
    assert (first.person_served, first.line_served) == (latest, latest)
    assert (second.person_served, second.line_served) == (NOBODY, latest)
    assert (first.turn, second.turn) == (latest + 1, latest + 2)
    assert (first.has_card, first.card_place, first.card_ready_at) == (True, 7, NOW + 9)
    assert (second.has_card, second.card_place, second.card_ready_at) == (False, 8, None)
    assert (first.line, first.person, first.kind, first.model, first.mode, first.seconds, first.began_at) == (
        8_001, 1, waiting.kind, waiting.model, waiting.mode, 5, None,
    )  # fmt: skip


async def test_where_nobody_waits_the_line_is_empty_whatever_is_under_way(store: Store):
    await job_in(store, JobState.RUNNING)
    assert await store.line(0) == []


async def test_who_holds_a_place_is_not_in_line_where_there_is_one_for_everybody(store: Store):
    running = await job_in(store, JobState.RUNNING)
    await job_in(store, JobState.ABANDONED)
    waiting = await asked(store, person=1)
    assert [row.job_id for row in await store.line(2)] == [waiting.id]
    assert [row.job_id for row in await store.line(1)] == [running.id, waiting.id]


async def test_many_workers_take_no_turn_twice_and_pass_nobody_over(store: Store):
    for person in range(20):
        for _ in range(2):
            await asked(store, person)
    claims = await asyncio.gather(*(store.claim_ready(NOW, f"lease-{n}", SOON, 2) for n in range(10)))
    taken = [job.requester_id for claim in claims for job in claim]
    assert sorted(taken) == list(range(20))
