"""The panel knows every word that the bot writes down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.jobs.failures import FailureReason
from bot.jobs.model import Purpose
from bot.jobs.states import DeliveryState, JobState
from sandbox.page.panel import event_words
from sandbox.page.panel.bot_file import Charge, Event, History, Order, Posting
from sandbox.page.panel.event_words import Line, state_words, told

JOBS = Path(event_words.__file__).parents[3] / "bot" / "jobs"
_LITERAL = re.compile(
    r"""(?:cause=|_refuse\(job,[^\n]*?,[ ]|_(?:requeue|doubt|pass_deadline|abandon)\(job,[ ])f?"([a-z_]+)[":]"""
)
CLIPS = {7: "clips"}


def order(state: str, *postings: Posting, reason: str | None = None, cancel: bool = False) -> Order:
    return Order(
        id="k3f9x2",
        kind="video",
        state=state,
        words="a kite",
        hook_token="token",
        task_id=None,
        requester_id=1,
        channel_id=7,
        card_id=2,
        created_at=1_000,
        finished_at=None,
        failure_reason=reason,
        cancel_requested=cancel,
        postings=postings,
    )


def posting(state: str, purpose: str = "result", **more: object) -> Posting:
    values = {
        "id": "d1",
        "purpose": purpose,
        "state": state,
        "created_at": 5_000,
        "first_attempt_at": None,
        "attempts": 0,
        "message_channel_id": None,
        "message_id": None,
        "reason": "",
        **more,
    }
    return Posting(**values)


def history(*events: Event, of: Order | None = None, charge: Charge | None = None) -> History:
    return History(order=of or order("queued"), events=events, charge=charge)


@pytest.mark.parametrize("state", JobState)
def test_every_state_is_said_in_words(state: JobState) -> None:
    said = state_words(order(state.value))

    assert said[0].isupper()
    assert state.value not in said.split()
    assert "_" not in said


@pytest.mark.parametrize("reason", FailureReason)
def test_every_reason_for_a_failure_is_said_in_words(reason: FailureReason) -> None:
    assert reason.value in event_words._REASONS
    assert state_words(order("failed", reason=reason.value)).startswith("Ended without a clip: ")


@pytest.mark.parametrize("state", DeliveryState)
def test_a_clip_that_is_made_tells_how_far_it_is(state: DeliveryState) -> None:
    said = {other: state_words(order("succeeded", posting(other.value))) for other in DeliveryState}

    assert len(set(said.values())) == len(DeliveryState)
    assert "clip" in said[state]


def test_every_cause_in_the_bots_source_is_said_in_words() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(JOBS.glob("*.py")))
    causes = set(_LITERAL.findall(source)) - {"submit"}

    assert {"created", "grace_over", "worker_gone", "declined", "unknown", "deadline"} <= causes
    assert causes - {*event_words._CAUSES, *event_words._REASONS} == set()


def test_every_purpose_of_a_message_is_said_in_words() -> None:
    assert set(event_words._PURPOSES) == {purpose.value for purpose in Purpose}


def test_a_lost_answer_and_what_came_of_it_read_as_a_story() -> None:
    message_id = (1_800_000_009_000 - 1_420_070_400_000) << 22
    at = 1_800_000_000_000
    story = told(
        history(
            Event(at=at, from_state=None, to_state="queued", cause="submit"),
            Event(at=at + 1, from_state="queued", to_state="submitting", cause="submit"),
            Event(at=at + 2, from_state="submitting", to_state="submit_unknown", cause="unknown:connection_lost"),
            Event(at=at + 3, from_state="submit_unknown", to_state="running", cause="found"),
            Event(at=at + 4, from_state="running", to_state="succeeded", cause="completed"),
            of=order(
                "succeeded",
                posting(
                    "delivered",
                    created_at=at + 4,
                    first_attempt_at=at + 5,
                    attempts=2,
                    message_channel_id=7,
                    message_id=message_id,
                ),
            ),
            charge=Charge(reserved=260_000, consumed=260_000, opened_at=at, settled_at=at + 4),
        ),
        CLIPS,
    )

    assert [line.words for line in story] == [
        "Somebody asked for it, and it was written down.",
        "$0.26 set aside.",
        "The order to the provider is about to go out.",
        "No answer came that can be read, so nobody knows yet whether it was bought (connection lost).",
        "The task was found at the provider: it had been bought after all.",
        "The provider says that the clip is done.",
        "The channel is owed the clip.",
        "The provider charged $0.26.",
        "Posting the clip began.",
        "Posted the clip in #clips, at attempt 2.",
    ]
    assert story[-1].at == 1_800_000_009_000


def test_what_follows_from_an_event_is_added_where_it_does_not_say_so() -> None:
    busy = Event(at=1, from_state="submitting", to_state="queued", cause="declined:busy")
    doubt = Event(at=2, from_state="overdue", to_state="abandoned", cause="vanished")

    assert told(history(busy, doubt), {}) == [
        Line(1, "The provider refused (busy). Back in the bot's queue."),
        Line(2, "The provider never knew the task again. Given up on, until it turns up."),
    ]


def test_a_message_that_could_not_be_posted_and_one_more_that_was_asked_for_are_told() -> None:
    lost = posting("undeliverable", first_attempt_at=6_000, reason="unknown_channel")
    more = posting("delivered", "repost:1", first_attempt_at=8_000, message_channel_id=99, message_id=1)
    story = told(history(of=order("succeeded", lost, more)), CLIPS)

    assert "Gave up posting the clip: unknown channel." in [line.words for line in story]
    assert story[-1].words == "Posted the clip once more, as somebody asked in a direct message."


def test_an_order_that_somebody_cancelled_says_so_until_it_ends() -> None:
    assert state_words(order("running", cancel=True)) == "Being made by the provider; somebody cancelled it"
    assert state_words(order("cancelled", cancel=True)) == "Cancelled"
