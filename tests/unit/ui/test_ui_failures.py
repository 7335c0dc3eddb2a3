from __future__ import annotations

import pytest

from bot.catalog.refusals import ImageTooSmall
from bot.errors import refusal_to_json
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.states import JobState
from bot.ui.failures import failure_text, pause_reason
from tests.unit.ui.conftest import FOREIGN
from tests.unit.ui.job_samples import finished


def failed(reason: FailureReason, detail: str = "", consumed: int | None = 0):
    return finished(JobState.FAILED, failure=Failure(reason, detail), consumed_microusd=consumed)


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_says_what_happened_what_it_cost_and_what_to_do(reason: FailureReason) -> None:
    text = failure_text(failed(reason))

    assert text.what.endswith(".")
    assert text.money == "Nothing was charged."
    assert text.next_step.endswith(".")
    assert text.whole() == f"{text.what} {text.money} {text.next_step}"


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_is_told_in_the_persons_language(reason: FailureReason, foreign: None) -> None:
    assert failure_text(failed(reason)).whole().count(FOREIGN) == 3


def test_no_two_failures_read_alike() -> None:
    assert len({failure_text(failed(reason)).what for reason in FailureReason}) == len(FailureReason)


@pytest.mark.parametrize(
    ("consumed", "money"),
    [
        (0, "Nothing was charged."),
        (None, "What the provider charged is not known yet."),
        (260_000, "The provider charged $0.26."),
    ],
)
def test_nothing_was_charged_only_where_that_is_known(consumed: int | None, money: str) -> None:
    assert failure_text(failed(FailureReason.MODERATED, consumed=consumed)).money == money


def test_a_fault_our_own_rules_found_is_told_with_its_numbers() -> None:
    refusal = ImageTooSmall(option="image", width=200, height=900, longer_than_px=300)
    text = failure_text(failed(FailureReason.IMAGE_REJECTED, refusal_to_json(refusal)))

    assert text.what == (
        "`image`: the picture has 200 × 900 pixels, and each side must be longer than 300. Use a larger one."
    )
    assert text.next_step == "Then run the command again."


def test_a_kept_fault_of_a_kind_no_longer_known_falls_back_to_its_reason() -> None:
    text = failure_text(failed(FailureReason.IMAGE_REJECTED, '{"kind": "Forgotten"}'))

    assert text.what == "The provider could not use the picture."


def test_a_job_without_a_failure_has_an_unknown_one() -> None:
    assert failure_text(finished(JobState.FAILED)).what == (
        "The provider failed for a reason that the bot does not know."
    )


def test_a_pause_says_why() -> None:
    assert pause_reason("busy") == "The provider was too busy to take it."
    assert pause_reason("no_credit") == (
        "The bot's account at the provider has run out of credit. Whoever runs the bot has been told."
    )
    assert pause_reason("something new") == "The provider cannot be used right now."
