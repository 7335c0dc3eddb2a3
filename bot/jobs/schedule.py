"""When to do things: backoffs, poll times, deadlines and graces. Pure functions and constants, in milliseconds."""

from __future__ import annotations

import random
from typing import Final

from bot.clock import DAY, HOUR, MINUTE, SECOND

POST_DEADLINE: Final = 3 * MINUTE
"""The longest a create may take; public clients of the provider allow 60 to 180 s (provider notes §1.8)."""
LEASE: Final = 2 * MINUTE
"""The longest an ordinary step may take."""
INTAKE_LEASE: Final = 15 * MINUTE
"""Two files, each downloaded within five minutes and converted within a few more."""
POST_LEASE: Final = POST_DEADLINE + MINUTE
UPLOAD_DEADLINE: Final = 10 * MINUTE
UPLOAD_LEASE: Final = UPLOAD_DEADLINE + MINUTE
REPEAT_WINDOW: Final = 5 * SECOND
"""Two clicks of one person on one button within this are one."""
DRAFT_LIFETIME: Final = DAY + HOUR
"""How long an offer or a form can be taken up; longer than its files may wait for their job's turn."""
OVERDUE_AFTER: Final = 30 * MINUTE
"""Past this the person is told that it takes unusually long; the job goes on (provider notes §8)."""
UNKNOWN_GRACE: Final = 30 * MINUTE
"""How long an unknown outcome is looked for while the provider's history can be read."""
UNKNOWN_GRACE_UNREADABLE: Final = DAY
"""The same where the history could not be read at all."""
VANISHED_PATIENCE: Final = 2 * MINUTE
"""How long a task may be unknown right after it was made before it counts as overdue."""
RETRY_AFTER_CAP: Final = HOUR
"""The longest that a provider's Retry-After is believed."""
CARD_PATIENCE: Final = 10 * SECOND
"""How long after a command an ending waits for its card, so that it can reply to it."""
CARD_REST: Final = 90 * SECOND
"""How long a card that could not be drawn is let be; longer than any attempt to draw it."""
CARD_SETTLES: Final = 2 * SECOND
"""How long a change whose successor is on its way is not drawn: a purchase and a message take less, and then one edit
shows both."""
CLOCK_SKEW: Final = 2 * MINUTE
"""How far the provider's clock may be from ours."""
FURTHEST_LEASE: Final = INTAKE_LEASE + CLOCK_SKEW
"""A lease that ends further away was drawn by a clock that has been put back since: it binds nobody."""
FURTHEST_STEP: Final = RETRY_AFTER_CAP + CLOCK_SKEW
"""A step that is due further away was put off by such a clock: nothing is put off for longer."""
NO_OUTPUT_GRACE: Final = 10 * MINUTE
"""How long a completed task may lack its clip."""
VANISHED_GRACE: Final = DAY
"""How long the provider may say that it does not know a running task."""
FORGET_AFTER: Final = 30 * DAY
"""Nothing is polled longer: the upstream service deletes what is older (provider notes §3)."""
PAUSE: Final = 5 * MINUTE
"""How long submissions rest after a refusal that only the operator can mend; then single jobs try again."""
FAILURES_IN_A_ROW: Final = 3
"""So many purchases in a row that fail for the provider's sake let all submissions rest.

One may be a lost packet, two a gateway that restarts. Where one in twenty fails by chance, three in a row come about
once in 8,000 purchases; where the provider is down, they come within half a minute.
"""
FIRST_REST: Final = MINUTE
"""How long submissions rest at first while the provider is unwell; twice as long after each try that fails, too."""
REACH_DEADLINE: Final = 30 * SECOND
"""How long the provider may take to answer what is asked before a try."""
REACH_AGAIN: Final = MINUTE
"""How long until it is asked again where it does not: that costs nothing, so the wait does not grow."""
LONGEST_REST: Final = HOUR
"""Longer than any pause but the owner's."""
PAUSED_QUEUE_LIMIT: Final = HOUR
"""A job that has waited this long when submissions rest is given back to its person."""
QUEUE_LIMIT: Final = DAY
"""A job that could not be submitted for this long is given back to its person."""
ARCHIVE_UNAVAILABLE_GRACE: Final = 2 * MINUTE
"""How long a dead address is asked again, and a fresh one asked for, before the link alone is posted."""
ARCHIVE_GRACE: Final = DAY
DELIVERY_GRACE: Final = DAY
SOURCE_LIFETIME: Final = 30 * DAY
"""How old a clip may be to be extended or lip-synced (provider notes §3, §4)."""


def backoff(attempt: int, first: int = 5 * SECOND, most: int = 5 * MINUTE) -> int:
    """Return a jittered wait before attempt number `attempt` + 1 (attempts count from 1)."""
    steady = min(most, first * 2 ** max(0, min(attempt, 30) - 1))
    return random.randint(steady // 2, steady)  # noqa: S311 - jitter, not a secret


def rest(tries: int, *, at_risk: bool) -> int:
    """Return how long submissions rest while the provider is unwell, after so many tries that failed since it began.

    A try whose outcome is unknown may have cost something. So where the last one was such, the wait grows until that
    outcome is given up on: six in the first hour, two in each one after it. Any other costs nothing, and is made anew
    within minutes.
    """
    return min(UNKNOWN_GRACE if at_risk else PAUSE, FIRST_REST << min(tries, 10))


def next_look(age: int) -> int:
    """Return how long to wait before looking again for a purchase made `age` ago whose outcome is unknown.

    Below 0 the clock was put back past it. It is looked for all the longer then, until by the clock the grace is over:
    giving up early would lose what was paid for, and clocks are put right. So nobody looks as often as at first.
    """
    return min(2 * MINUTE, max(10 * SECOND, abs(age) // 2))
