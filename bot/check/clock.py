"""The machine's clock, compared with Discord's and PiAPI's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.check.finding import Area, Finding, failure, fine, warning
from bot.clock import MINUTE, SECOND
from bot.exit_codes import ExitCode
from bot.jobs.schedule import CLOCK_SKEW

NOTICED: Final = 5 * SECOND
"""Less may be the network's or the Date header's doing."""
_REMEDY: Final = "Let the machine set its clock from the network, such as with `timedatectl set-ntp true`."


def clock_findings(ahead: Mapping[str, int]) -> list[Finding]:
    """Compare clocks.

    Args:
        ahead: how far each one's clock is ahead of ours, in milliseconds, by its name.
    """
    if not ahead:
        return []
    names = _and(list(ahead))
    furthest = max(ahead, key=lambda name: abs(ahead[name]))
    skew = ahead[furthest]
    if abs(skew) <= NOTICED:
        return [fine(Area.CLOCK, f"This machine's clock agrees with {names}.")]
    nearest = min(ahead.values(), key=abs)
    if abs(skew - nearest) > NOTICED:
        names = furthest
    direction = "behind" if skew > 0 else "ahead of"
    sentence = f"This machine's clock is {_length(abs(skew))} {direction} {names}."
    if abs(skew) <= CLOCK_SKEW:
        return [warning(Area.CLOCK, sentence, _REMEDY)]
    unfound = f"{sentence.removesuffix('.')}, so that a purchase whose answer is lost could not be found again."
    return [failure(Area.CLOCK, unfound, _REMEDY, ExitCode.CLOCK)]


def _length(milliseconds: int) -> str:
    if milliseconds < MINUTE:
        return f"{milliseconds // SECOND} s"
    if milliseconds < 120 * MINUTE:
        return f"{milliseconds // MINUTE} min {milliseconds % MINUTE // SECOND} s"
    return f"{milliseconds // (60 * MINUTE)} h {milliseconds // MINUTE % 60} min"


def _and(names: list[str]) -> str:
    return " and ".join(names)
