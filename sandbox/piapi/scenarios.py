"""What can go wrong, by name, and who chooses it.

A task plays every scenario that is named in square brackets in its prompt or speech (``a fox [slow] [webhook-off]``),
plus those of the first waiting script that fits it. Scripts are given through the control API.

Two words act without brackets, so that a person trying the demo meets moderation by talking: a prompt containing
"forbidden" is refused at once, one containing "indecent" is removed while it is being made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

REFUSED_WORDS: Final = ("forbidden",)
"""A prompt with one of these is refused at create."""
REMOVED_WORDS: Final = ("indecent",)
"""A prompt with one of these is accepted, then removed by moderation."""
_MARKER: Final = re.compile(r"\[([a-z0-9-]+)\]")


class Scenario(StrEnum):
    """One deviation from the good course; several may be combined."""

    NORMAL = "normal"
    """Nothing happens; uses up one turn of a script."""

    SLOW = "slow"
    """Processing takes `seconds` (600 unless given)."""
    FAILS = "fails"
    """Ends as failed with a transient text; nothing is consumed."""
    FAILS_BUSY = "fails-busy"
    """Ends as failed because the upstream refused the submission."""
    FAILS_OUT_OF_CREDIT = "fails-out-of-credit"
    """Ends as failed with a credit text."""
    FAILS_CHARGED = "fails-charged"
    """Ends as failed, and the price is consumed all the same."""
    FAILS_AT_ONCE = "fails-at-once"
    """The create answer itself says failed."""
    MODERATED = "moderated"
    """Removed by the upstream while being made: content violation, 404 not found."""
    NO_FACE = "no-face"
    """Lip-sync finds no face: identify failed, status 609."""
    STUCK = "stuck"
    """Stays in processing until it is finished through the control API."""
    NO_URL = "no-url"
    """Completed, but every URL is empty."""
    VANISHES = "vanishes"
    """GET answers 404 (from `seconds` after creation on); the task runs on unseen."""

    REFUSED = "refused"
    """Create answers ``{"code":400,"message":…}``."""
    REFUSED_AS_TASK = "refused-as-task"
    """Create answers 500 with a task object without id, its error filled."""
    OUT_OF_CREDIT = "out-of-credit"
    """Create: freeze credit: credit not enough, as a task object, HTTP 500."""
    OUT_OF_CREDIT_QUOTA = "out-of-credit-quota"
    """Create: quota not enough, short body, HTTP 400."""
    OUT_OF_CREDIT_402 = "out-of-credit-402"
    """Create: credit not enough, short body, HTTP 402."""
    KEY_REFUSED = "key-refused"
    """Create answers 401 although the key is right (a revoked key)."""
    PLAN_REFUSED = "plan-refused"
    """Create answers 403: insufficient plan level."""
    BUSY = "busy"
    """Create: submit task failed: 500 service busy."""
    OVERLOADED = "overloaded"
    """Create answers HTTP 200 with code 500: server overloaded."""
    RATE_LIMITED = "rate-limited"
    """Create answers 429 with Retry-After (`seconds`, 7 unless given)."""
    RATE_LIMITED_BARE = "rate-limited-bare"
    """Create answers 429 without Retry-After."""

    GATEWAY_502 = "gateway-502"
    """Create answers an HTML page, HTTP 502; no task."""
    GATEWAY_200 = "gateway-200"
    """Create answers an HTML page, HTTP 200; no task."""
    SERVER_ERROR = "server-error"
    """Create answers an empty 500; no task."""
    BROKEN_JSON = "broken-json"
    """Create answers half a JSON body, HTTP 200; no task."""
    REDIRECTED = "redirected"
    """Create answers 301 to another port of this machine; no task."""
    RESET_BEFORE = "reset-before"
    """The connection is reset before a task is made."""
    HANG_BEFORE = "hang-before"
    """Nothing is answered and no task is made."""
    CREATED_DROPPED = "created-dropped"
    """A task is made, then the connection is reset."""
    CREATED_500 = "created-500"
    """A task is made, then an empty 500 is answered."""
    CREATED_502 = "created-502"
    """A task is made, then the gateway answers an HTML page."""
    CREATED_BROKEN_JSON = "created-broken-json"
    """A task is made, then half a JSON body without its id is answered."""
    CREATED_HANG = "created-hang"
    """A task is made, then nothing is answered (for `seconds`, 600 unless given)."""

    OUTPUT_EXPIRED = "output-expired"
    """The clip's address answers 403."""
    OUTPUT_SLOW = "output-slow"
    """The clip comes in drops over `seconds` (30 unless given)."""
    OUTPUT_TRUNCATED = "output-truncated"
    """The connection breaks after half the clip."""
    OUTPUT_WRONG_TYPE = "output-wrong-type"
    """The clip's address answers 200 with an HTML page."""
    OUTPUT_OVERSIZE = "output-oversize"
    """The clip never seems to end (1 GiB, no Content-Length)."""
    OUTPUT_OVERSIZE_DECLARED = "output-oversize-declared"
    """As before, with a Content-Length of 1 GiB."""
    OUTPUT_LARGE = "output-large"
    """The clip is padded to 12 MiB, which is more than Discord takes on servers without boosts."""
    OUTPUT_REDIRECT = "output-redirect"
    """The clip's address redirects once, to this server."""
    OUTPUT_REDIRECT_AWAY = "output-redirect-away"
    """The clip's address redirects to another port of this machine, where nothing listens."""
    OUTPUT_REDIRECT_PRIVATE = "output-redirect-private"
    """The clip's address redirects to one that only this machine or its network has; which one goes by turns."""
    OUTPUT_REDIRECT_LOOP = "output-redirect-loop"
    """The clip's address redirects to itself."""
    OUTPUT_WORKS_ONLY = "output-works-only"
    """Completed in the oldest shape: no video_url, only works."""

    WEBHOOK_OFF = "webhook-off"
    """No webhook is sent."""
    WEBHOOK_DUPLICATED = "webhook-duplicated"
    """The final webhook is sent three times."""
    WEBHOOK_EARLY = "webhook-early"
    """The task ends, and its webhook is answered, before the create answer is sent."""
    WEBHOOK_FORGED = "webhook-forged"
    """First a webhook with a wrong secret claims completion with a stranger's address."""
    WEBHOOK_LATE = "webhook-late"
    """The final webhook is sent `seconds` (60 unless given) after the end."""
    WEBHOOK_PROGRESS = "webhook-progress"
    """Webhooks are sent for pending and processing too."""
    WEBHOOK_DISORDERED = "webhook-disordered"
    """After the final webhook, one that says processing."""

    HISTORY_DELAYED = "history-delayed"
    """The history lists the task only `seconds` (30 unless given) after its creation."""
    HISTORY_MISSING = "history-missing"
    """The history never lists the task."""
    ENDPOINT_NOT_ECHOED = "endpoint-not-echoed"
    """GET and webhooks show empty webhook settings."""
    STATUS_CAPITALISED = "status-capitalised"
    """Statuses read Pending, Processing, Completed, Failed."""
    STATUS_UNKNOWN = "status-unknown"
    """While processing, the status is a word nobody documented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Scenarios waiting for tasks.

    Attributes:
        scenarios: What the task plays.
        times: For how many creates; None for every one until the scripts are cleared.
        task_type: Only for creates of this type; None for any.
        seconds: The number that some scenarios take.
    """

    scenarios: frozenset[Scenario]
    times: int | None = 1
    task_type: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Play:
    """What one task plays."""

    scenarios: frozenset[Scenario] = frozenset()
    seconds: float | None = None

    def __contains__(self, scenario: Scenario) -> bool:
        return scenario in self.scenarios

    def seconds_or(self, default: float) -> float:
        """The script's number of seconds, or the scenario's own."""
        return default if self.seconds is None else self.seconds


class Scripts:
    """The scripts waiting, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Script] = []

    @property
    def waiting(self) -> tuple[Script, ...]:
        """What waits, in the order in which it is tried."""
        return tuple(self._waiting)

    def add(self, script: Script) -> None:
        """Put a script behind those that wait."""
        self._waiting.append(script)

    def clear(self) -> None:
        """Forget every script."""
        self._waiting.clear()

    def take(self, task_type: str, words: str) -> Play:
        """What a create plays: the first fitting script, which loses a turn, and the markers in `words`."""
        marked = marked_scenarios(words)
        for position, script in enumerate(self._waiting):
            if script.task_type not in {None, task_type}:
                continue
            if script.times is not None:
                left = script.times - 1
                if left:
                    self._waiting[position] = Script(
                        scenarios=script.scenarios, times=left, task_type=script.task_type, seconds=script.seconds
                    )
                else:
                    del self._waiting[position]
            return Play(script.scenarios | marked, script.seconds)
        return Play(marked)


def marked_scenarios(words: str) -> frozenset[Scenario]:
    """The scenarios named in square brackets in `words`; unknown names are ordinary text."""
    names = {scenario.value for scenario in Scenario}
    marked = {Scenario(name) for name in _MARKER.findall(words.lower()) if name in names}
    if any(word in words.lower() for word in REMOVED_WORDS):
        marked.add(Scenario.MODERATED)
    return frozenset(marked)


def is_refused_by_moderation(words: str) -> bool:
    """Whether the words themselves make the provider refuse."""
    return any(word in words.lower() for word in REFUSED_WORDS)
