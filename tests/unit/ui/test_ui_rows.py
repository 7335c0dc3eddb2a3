"""The row of buttons under a message that ended a job."""

from __future__ import annotations

import pytest

from bot.catalog import PossibleActions
from bot.errors import Refusal
from bot.jobs.failures import Failure, FailureKind, FailureReason
from bot.jobs.model import Job
from bot.jobs.states import JobState
from bot.ui.custom_ids import names_delivery
from bot.ui.failures import failure_text, remedy
from bot.ui.rows import failure_row, result_row
from tests.unit.ui.job_samples import finished

ALL = PossibleActions()
NO = Refusal()


def failed(reason: FailureReason, state: JobState = JobState.FAILED) -> Job:
    return finished(state, failure=Failure(reason), consumed_microusd=0)


def labels(job: Job, actions: PossibleActions = ALL) -> list[str]:
    return [button.label for button in failure_row(job, actions, "d1")]


def test_a_clip_has_one_row_with_words_and_pictures() -> None:
    row = result_row(finished(), ALL, "d1")

    assert [button.label for button in row] == ["Extend", "Lip-sync", "Re-roll", "Edit", "More"]
    assert all(button.emoji for button in row)


@pytest.mark.parametrize(
    ("actions", "missing"),
    [
        (PossibleActions(no_extend=NO), "Extend"),
        (PossibleActions(no_lipsync=NO), "Lip-sync"),
        (PossibleActions(no_again=NO), "Re-roll"),
        (PossibleActions(no_edit=NO), "Edit"),
    ],
)
def test_what_a_clip_cannot_take_is_left_out(actions: PossibleActions, missing: str) -> None:
    every = {button.label for button in result_row(finished(), ALL, "d1")}

    assert every - {button.label for button in result_row(finished(), actions, "d1")} == {missing}


def test_one_button_names_the_delivery() -> None:
    rows = [result_row(finished(), ALL, "d1"), failure_row(failed(FailureReason.MODERATED), ALL, "d1")]

    assert [[names_delivery(button.custom_id, "k3f9x2", "d1") for button in row] for row in rows] == [
        [False, False, False, False, True],
        [False, True],
    ]


@pytest.mark.parametrize(
    "reason",
    [
        FailureReason.BUSY,
        FailureReason.PROVIDER_ERROR,
        FailureReason.NO_OUTPUT,
        FailureReason.QUEUE_EXPIRED,
        FailureReason.CANCELLED_UPSTREAM,
        FailureReason.OTHER,
    ],
)
def test_retry_stands_where_the_same_request_may_work(reason: FailureReason) -> None:
    assert labels(failed(reason)) == ["Retry", "Details"]


@pytest.mark.parametrize(
    "reason",
    [
        FailureReason.MODERATED,
        FailureReason.IMAGE_REJECTED,
        FailureReason.AUDIO_REJECTED,
        FailureReason.INPUT_REJECTED,
        FailureReason.VOICE_UNKNOWN,
        FailureReason.INPUT_LOST,
    ],
)
def test_edit_stands_where_a_change_may_help(reason: FailureReason) -> None:
    assert labels(failed(reason)) == ["Edit", "Details"]


@pytest.mark.parametrize(
    "reason",
    [reason for reason in FailureReason if reason.kind is FailureKind.OPERATOR]
    + [FailureReason.NO_FACE, FailureReason.SOURCE_UNAVAILABLE, FailureReason.CANCELLED_BY_MODERATOR],
)
def test_where_no_button_helps_there_is_none(reason: FailureReason) -> None:
    assert labels(failed(reason)) == ["Details"]


@pytest.mark.parametrize("reason", FailureReason)
def test_what_may_have_been_paid_is_not_offered_again(reason: FailureReason) -> None:
    assert labels(failed(reason, JobState.ABANDONED)) == ["Details"]


def test_a_retry_that_would_be_refused_is_not_offered() -> None:
    assert labels(failed(FailureReason.BUSY), PossibleActions(no_again=NO)) == ["Details"]
    assert labels(failed(FailureReason.MODERATED), PossibleActions(no_edit=NO)) == ["Details"]


@pytest.mark.parametrize("reason", FailureReason)
@pytest.mark.parametrize("actions", [ALL, PossibleActions(no_again=NO, no_edit=NO)])
def test_the_words_name_the_buttons_that_are_there(reason: FailureReason, actions: PossibleActions) -> None:
    job = failed(reason)
    text = failure_text(job, remedy(job, actions)).next_step

    for button in ("Retry", "Edit"):
        assert (f"**{button}**" in text) == (button in labels(job, actions))
