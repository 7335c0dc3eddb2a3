"""What the harness takes for one ending that was told, and what for a lost or a doubled one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.jobs.failures import FailureReason
from bot.jobs.model import Purpose, repost_purpose
from bot.jobs.states import DeliveryState, JobState
from storage.ids import delivery_id
from tests.chaos.invariants import Ending, Findings, Invariant, check_messages
from tests.chaos.records import DeliveryRecord, JobRecord

JOB = JobRecord(
    number=1,
    id="k7m2qp",
    request_key="i:1",
    state=JobState.SUCCEEDED,
    hook_token="token",
    task_id="task",
    card_message_id=5,
    card_shown=3,
    revision=3,
    reserved=300_000,
    consumed=260_000,
    settled=True,
)
DELIVERED, GIVEN_UP = DeliveryState.DELIVERED, DeliveryState.UNDELIVERABLE
RESULT, FAILURE, ABANDONED = Purpose.RESULT, Purpose.FAILURE, Purpose.ABANDONED


def message(purpose: str, state: DeliveryState = DELIVERED) -> DeliveryRecord:
    number = 100 + len(purpose)
    return DeliveryRecord(
        id=delivery_id(JOB.hook_token, purpose),
        job_id=JOB.id,
        purpose=purpose,
        state=state,
        message_id=number if state is DELIVERED else None,
    )


def looked_at(
    job: JobRecord, messages: Sequence[DeliveryRecord], *, unknown: Sequence[str] = (), out_of_reach: bool = False
) -> Findings:
    """Look at a job whose messages stand where the database says, and perhaps at some that it does not know."""
    posted = {(job.id, one.id): {one.message_id} for one in messages if one.message_id is not None}
    posted |= {(job.id, delivery_id(job.hook_token, purpose)): {999} for purpose in unknown}
    findings = Findings()
    check_messages([job], messages, posted, {job.request_key} if out_of_reach else (), findings)
    return findings


def broken(findings: Findings) -> set[Invariant]:
    return {breach.invariant for breach in findings.breaches}


@pytest.mark.parametrize(
    ("job", "purposes", "ending"),
    [
        (JOB, [RESULT], Ending.DELIVERED),
        (JOB, [RESULT, repost_purpose("i:2")], Ending.DELIVERED),
        (replace(JOB, state=JobState.FAILED), [FAILURE], Ending.FAILED),
        (replace(JOB, state=JobState.ABANDONED, was_abandoned=True), [ABANDONED], Ending.ABANDONED),
        (replace(JOB, was_abandoned=True), [ABANDONED, RESULT], Ending.DELIVERED),
        (replace(JOB, state=JobState.FAILED, was_abandoned=True), [ABANDONED, FAILURE], Ending.FAILED),
        (replace(JOB, state=JobState.CANCELLED), [], Ending.CANCELLED),
        (
            replace(JOB, state=JobState.CANCELLED, failure_reason=FailureReason.CANCELLED_BY_MODERATOR),
            [FAILURE],
            Ending.CANCELLED,
        ),
    ],
)
def test_one_ending_that_is_told_is_whole(job: JobRecord, purposes: list[str], ending: Ending):
    findings = looked_at(job, [message(purpose) for purpose in purposes])
    assert findings.breaches == []
    assert findings.endings == {ending: 1}


@pytest.mark.parametrize(
    ("state", "purposes"),
    [
        (JobState.SUCCEEDED, [RESULT, FAILURE]),
        (JobState.FAILED, [RESULT, FAILURE]),
        (JobState.SUCCEEDED, [ABANDONED, RESULT]),
        (JobState.CANCELLED, [FAILURE]),
        (JobState.CANCELLED, [RESULT]),
    ],
)
def test_one_ending_beside_another_is_a_doubling(state: JobState, purposes: list[str]):
    findings = looked_at(replace(JOB, state=state), [message(purpose) for purpose in purposes])
    assert broken(findings) == {Invariant.DELIVERED_ONCE}


def test_a_message_that_the_database_does_not_know_is_a_doubling():
    assert broken(looked_at(JOB, [message(RESULT)], unknown=[FAILURE])) == {Invariant.DELIVERED_ONCE}


@pytest.mark.parametrize("state", [JobState.SUCCEEDED, JobState.FAILED, JobState.ABANDONED])
def test_an_ending_of_which_no_message_is_owed_is_lost(state: JobState):
    findings = looked_at(replace(JOB, state=state), [])
    assert broken(findings) == {Invariant.NOTHING_LOST}
    assert findings.endings == {}


@pytest.mark.parametrize(
    ("state", "purpose"),
    [(JobState.SUCCEEDED, RESULT), (JobState.FAILED, FAILURE), (JobState.ABANDONED, ABANDONED)],
)
@pytest.mark.parametrize(("out_of_reach", "breaches"), [(False, {Invariant.NOTHING_LOST}), (True, set())])
def test_what_was_given_up_on_counts_as_told_nowhere(
    state: JobState, purpose: str, out_of_reach: bool, breaches: set[Invariant]
):
    job = replace(JOB, state=state, was_abandoned=state is JobState.ABANDONED)
    findings = looked_at(job, [message(purpose, GIVEN_UP)], out_of_reach=out_of_reach)
    assert broken(findings) == breaches
    assert findings.endings == {Ending.UNDELIVERABLE: 1}


def test_a_clip_brought_again_that_was_given_up_on_is_lost():
    repost = message(repost_purpose("i:2"), GIVEN_UP)
    assert broken(looked_at(JOB, [message(RESULT), repost])) == {Invariant.NOTHING_LOST}
