"""Tasks that are watched together, on both engines."""

from __future__ import annotations

import pytest

from bot.jobs.states import JobState
from storage.repositories import lookouts
from storage.store import Store
from tests.contract.samples import NOW, job_in

UNDER_WAY = (JobState.RUNNING, JobState.OVERDUE)
OTHERS = tuple(state for state in JobState if state not in UNDER_WAY)


async def due_at(store: Store, job_id: str) -> int | None:
    job = await store.job(job_id)
    assert job is not None
    return job.due_at


async def test_what_is_under_way_is_told_without_its_words(store: Store):
    running = await job_in(store, JobState.RUNNING)
    overdue = await job_in(store, JobState.OVERDUE)
    for state in OTHERS:
        await job_in(store, state)

    tasks = await store.tasks_under_way()

    assert [task.job_id for task in tasks] == [running.id, overdue.id]
    first = tasks[0]
    assert (first.task_id, first.like) == (running.task_id, (running.kind, running.model, running.mode, 5))
    assert (first.started_at, first.due_at, first.asked_at) == (
        running.running_since,
        running.due_at,
        running.created_at,
    )


@pytest.mark.parametrize("state", UNDER_WAY)
async def test_a_task_is_made_due_but_never_later_than_it_was(store: Store, state: JobState):
    job = await job_in(store, state)
    await store.put_off_tasks({job.id: NOW + 50_000})
    await store.make_tasks_due([job.id], NOW + 1_000)
    assert await due_at(store, job.id) == NOW + 1_000

    await store.make_tasks_due([job.id], NOW + 2_000)
    assert await due_at(store, job.id) == NOW + 1_000


async def test_a_task_in_hand_is_asked_for_once_more(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.make_tasks_due([job.id], NOW)
    (taken,) = await store.claim([JobState.RUNNING], NOW, "mine", NOW + 60_000, 8)

    await store.make_tasks_due([job.id], NOW + 5)
    await store.release(taken.id, "mine", NOW + 90_000)

    assert await due_at(store, job.id) == NOW + 5


@pytest.mark.parametrize("state", UNDER_WAY)
async def test_a_task_that_was_seen_is_put_off(store: Store, state: JobState):
    job = await job_in(store, state)

    await store.put_off_tasks({job.id: NOW + 120_000})

    assert await due_at(store, job.id) == NOW + 120_000


async def test_a_task_is_never_put_forward_by_being_put_off(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.put_off_tasks({job.id: NOW + 120_000})
    await store.put_off_tasks({job.id: NOW + 60_000})

    assert await due_at(store, job.id) == NOW + 120_000


async def test_a_task_that_is_in_hand_is_not_put_off(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.make_tasks_due([job.id], NOW)
    await store.claim([JobState.RUNNING], NOW, "mine", NOW + 60_000, 8)

    await store.put_off_tasks({job.id: NOW + 120_000})

    assert await due_at(store, job.id) == NOW


async def test_a_task_that_somebody_spoke_of_is_not_put_off(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.nudge(job.hook_token, None, NOW)

    await store.put_off_tasks({job.id: NOW + 120_000})

    assert await due_at(store, job.id) == NOW


@pytest.mark.parametrize("state", OTHERS)
async def test_no_other_job_is_dated(store: Store, state: JobState):
    job = await job_in(store, state)

    await store.make_tasks_due([job.id], 1)
    await store.put_off_tasks({job.id: NOW + 999_000})

    assert await due_at(store, job.id) == job.due_at


async def test_while_ten_thousand_are_listed_others_have_their_turns(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lookouts, "_TURN_EVERY", 2)
    jobs = [await job_in(store, JobState.RUNNING) for _ in range(5)]
    turns: list[float] = []

    async def turn(seconds: float) -> None:
        turns.append(seconds)

    monkeypatch.setattr(lookouts.asyncio, "sleep", turn)

    tasks = await store.tasks_under_way()

    assert sorted(task.job_id for task in tasks) == sorted(job.id for job in jobs)
    assert turns == [0, 0]
