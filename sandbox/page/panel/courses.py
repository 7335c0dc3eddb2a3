"""The courses that a task can be told to take, in plain words: one for each of the provider's scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.piapi.scenarios import Scenario


class UnknownCourse(LookupError):
    """There is no course of that name; the text says so to people."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a task goes.

    Attributes:
        scenario: What the provider plays.
        name: What it is called.
        line: What happens, in one sentence.
        seconds: The number it takes unless another is given; None where it takes none.
        task_type: The only kind of task it makes sense for, in the provider's words; None for any.
    """

    scenario: Scenario
    name: str
    line: str
    seconds: float | None = None
    task_type: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Courses that belong together."""

    title: str
    courses: tuple[Course, ...]


LONGEST_SECONDS: Final = 3_600.0
"""The largest number of seconds a course may be given."""
_LIP_SYNC: Final = "lip_sync"
_S = Scenario

CHAPTERS: Final = (
    Chapter(
        "Most wanted",
        (
            Course(_S.NORMAL, "Goes well", "The clip is made at the provider's pace."),
            Course(_S.SLOW, "Is slow", "The clip is made, but it takes this many seconds.", 20.0),
            Course(_S.FAILS, "Fails", "The provider gives up after a while; nothing is charged."),
            Course(_S.MODERATED, "Is moderated", "The provider takes the clip down for its content while making it."),
            Course(_S.NO_FACE, "Finds no face", "A lip-sync fails: nobody's face is in the clip.", task_type=_LIP_SYNC),
            Course(_S.OUT_OF_CREDIT, "Is refused: out of credit", "The account's money is used up; no task is made."),
            Course(_S.BUSY, "Is refused: busy", "The provider has no room now; no task is made."),
            Course(_S.RATE_LIMITED, "Is refused: too many requests (429)", "Come back after this many seconds.", 7.0),
            Course(
                _S.CREATED_DROPPED,
                "Is bought, but the answer is lost",
                "A task is made and paid for; the connection breaks before the bot is told.",
            ),
            Course(_S.WEBHOOK_LATE, "Webhook comes late", "The webhook comes this many seconds after the end.", 20.0),
            Course(_S.WEBHOOK_DUPLICATED, "Webhook comes three times", "The end is told three times over."),
            Course(_S.WEBHOOK_OFF, "Webhook never comes", "The bot has to ask by itself."),
            Course(_S.OUTPUT_EXPIRED, "Clip has expired", "The task ends well, but its clip cannot be fetched (403)."),
        ),
    ),
    Chapter(
        "Ends without a clip",
        (
            Course(_S.FAILS_BUSY, "Fails: busy", "The task is made, then refused further on as too busy."),
            Course(_S.FAILS_OUT_OF_CREDIT, "Fails: out of credit", "The task is made, then fails for lack of credit."),
            Course(_S.FAILS_CHARGED, "Fails and is charged", "The task fails, and the price is taken all the same."),
            Course(_S.FAILS_AT_ONCE, "Fails at once", "The first answer already says that the task failed."),
            Course(_S.STUCK, "Gets stuck", "The task is never done until you press Finish or Fail."),
            Course(_S.NO_URL, "Ends without an address", "The task is completed, but nobody says where the clip is."),
            Course(_S.VANISHES, "Vanishes", "The provider denies knowing the task, which runs on unseen.", 0.0),
        ),
    ),
    Chapter(
        "Is refused: no task is made",
        (
            Course(_S.REFUSED, "Is refused", "The request is called wrong, in a short answer."),
            Course(_S.REFUSED_AS_TASK, "Is refused as a task", "The refusal looks like a task without a number."),
            Course(_S.OUT_OF_CREDIT_QUOTA, "Is refused: quota", "The quota is not enough (400)."),
            Course(_S.OUT_OF_CREDIT_402, "Is refused: payment required", "The credit is not enough (402)."),
            Course(_S.KEY_REFUSED, "Is refused: key", "The key is no longer valid (401)."),
            Course(_S.PLAN_REFUSED, "Is refused: plan", "The account's plan does not include this (403)."),
            Course(
                _S.OVERLOADED, "Is refused: overloaded", "The provider says overloaded, in an answer that looks fine."
            ),
            Course(
                _S.RATE_LIMITED_BARE, "Is refused: 429 without a time", "Too many requests, not saying for how long."
            ),
        ),
    ),
    Chapter(
        "Nobody knows whether a task was made",
        (
            Course(_S.CREATED_500, "Is bought, answered 500", "A task is made, then an empty error is answered."),
            Course(_S.CREATED_502, "Is bought, answered 502", "A task is made, then a gateway's web page is answered."),
            Course(_S.CREATED_BROKEN_JSON, "Is bought, answer cut", "A task is made; half of the answer arrives."),
            Course(
                _S.CREATED_HANG, "Is bought, never answered", "A task is made; for this many seconds, silence.", 600.0
            ),
            Course(_S.RESET_BEFORE, "Connection breaks first", "The connection breaks before a task is made."),
            Course(_S.HANG_BEFORE, "Silence", "For this many seconds nothing is answered; no task is made.", 600.0),
            Course(_S.GATEWAY_502, "Answers 502", "A gateway's web page is answered; no task is made."),
            Course(
                _S.GATEWAY_200, "Answers a web page", "A web page is answered as if all were well; no task is made."
            ),
            Course(_S.SERVER_ERROR, "Answers 500", "An empty error is answered; no task is made."),
            Course(_S.BROKEN_JSON, "Answers in halves", "Half of an answer arrives; no task is made."),
            Course(_S.REDIRECTED, "Sends elsewhere", "The bot is sent to another address; no task is made."),
        ),
    ),
    Chapter(
        "The clip is hard to fetch",
        (
            Course(_S.OUTPUT_SLOW, "Clip comes in drops", "Fetching the clip takes this many seconds.", 30.0),
            Course(_S.OUTPUT_TRUNCATED, "Clip breaks off", "The connection breaks after half of the clip."),
            Course(_S.OUTPUT_WRONG_TYPE, "Clip is a web page", "A web page comes where the clip should be."),
            Course(_S.OUTPUT_OVERSIZE, "Clip never ends", "A gigabyte comes, and nobody said so before."),
            Course(_S.OUTPUT_OVERSIZE_DECLARED, "Clip is a gigabyte", "A gigabyte comes, as announced."),
            Course(_S.OUTPUT_LARGE, "Clip is large", "12 MiB: more than Discord takes on servers without boosts."),
            Course(_S.OUTPUT_REDIRECT, "Clip has moved", "The clip is at another address of the provider's."),
            Course(_S.OUTPUT_REDIRECT_AWAY, "Clip has moved away", "The clip's address leads to another server."),
            Course(_S.OUTPUT_REDIRECT_PRIVATE, "Clip leads inside", "The clip's address leads into a private network."),
            Course(_S.OUTPUT_REDIRECT_LOOP, "Clip runs in circles", "The clip's address leads to itself."),
            Course(_S.OUTPUT_WORKS_ONLY, "Clip in the old form", "The clip's address stands where it used to stand."),
        ),
    ),
    Chapter(
        "Webhooks and what the provider says",
        (
            Course(_S.WEBHOOK_EARLY, "Webhook comes first", "The end is told before the order is even answered."),
            Course(
                _S.WEBHOOK_FORGED, "A stranger's webhook", "Somebody without the secret claims that the clip is done."
            ),
            Course(_S.WEBHOOK_PROGRESS, "Webhooks on the way", "Webhooks also come while the clip is being made."),
            Course(
                _S.WEBHOOK_DISORDERED, "Webhooks in disorder", "After the end, a webhook says that it is being made."
            ),
            Course(
                _S.HISTORY_DELAYED, "History lags", "The list of tasks shows it only after this many seconds.", 30.0
            ),
            Course(_S.HISTORY_MISSING, "History forgets", "The list of tasks never shows it."),
            Course(_S.ENDPOINT_NOT_ECHOED, "Webhook address is hidden", "Answers do not repeat the webhook's address."),
            Course(_S.STATUS_CAPITALISED, "Capital letters", "States are written with a capital letter."),
            Course(_S.STATUS_UNKNOWN, "A new word", "While the clip is being made, its state is a word nobody knows."),
        ),
    ),
)
_BY_NAME: Final = {course.scenario.value: course for chapter in CHAPTERS for course in chapter.courses}


def course_named(name: str) -> Course:
    """Return the course of a scenario's name.

    Raises:
        UnknownCourse: There is none.
    """
    course = _BY_NAME.get(name)
    if course is None:
        raise UnknownCourse(f"The provider knows no course called “{name}”.")
    return course


def in_words(scenarios: list[Scenario]) -> list[str]:
    """Return what scenarios are called, those that change nothing left out."""
    return [course_named(one.value).name for one in scenarios if one is not Scenario.NORMAL]
