"""What Discord's refusals mean for a message that was to be posted (platform notes §5, §6)."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

import discord

from bot.clock import MINUTE, SECOND

_TOO_LARGE: Final = frozenset({40005, 50045})
_FILTERED: Final = frozenset({20009, 200000, 200001, 240000})
"""Explicit content, AutoMod (text and title), a harmful link."""
_UPLOADS_LIMITED: Final = 400001
_NO_REPLY: Final = frozenset({160002, 50035})
"""Replying needs a permission that is missing; or the form is refused, and the reference is what may be wrong in it."""
_SLOWED: Final = frozenset({20016, 20022, 20028, 40003, 40062})
"""Slow mode, announcements, the channel, too many direct messages opened, and Discord's own resources."""
_OLD_EDITS: Final = 30046
"""Too many edits of a message older than an hour; Discord sends it with status 429."""
_NOT_FOUND_MESSAGE: Final = 10008
_LONGEST_WAIT: Final = 10 * MINUTE


class Verdict(Enum):
    """What a refusal means."""

    UNCERTAIN = auto()
    """The request may have been carried out."""
    SLOWED = auto()
    """Not now."""
    TOO_LARGE = auto()
    FILTERED = auto()
    """The server's filters do not let the text through."""
    UPLOADS_LIMITED = auto()
    NO_REPLY = auto()
    POSTED_AND_DELETED = auto()
    """The same nonce posted a message that somebody has deleted since."""
    LOCKED_OUT = auto()
    """The token is refused: nothing works until the process is restarted with another."""
    REFUSED = auto()
    """The channel will not take the message."""


def judge(error: discord.DiscordException) -> Verdict:
    """Return what it means that a message was not acknowledged."""
    if isinstance(error, discord.RateLimited):
        return Verdict.SLOWED
    if not isinstance(error, discord.HTTPException) or error.status >= 500:
        return Verdict.UNCERTAIN
    if error.code == _OLD_EDITS:
        return Verdict.REFUSED
    if error.status == 429 or error.code in _SLOWED:
        return Verdict.SLOWED
    if error.status in {403, 404} and not error.code:
        # Discord's own refusals have a code: this one is a proxy's, says nothing of the channel, and passes.
        return Verdict.SLOWED
    if error.status == 401:
        return Verdict.LOCKED_OUT
    if error.status == 413 or error.code in _TOO_LARGE:
        return Verdict.TOO_LARGE
    if error.code in _FILTERED:
        return Verdict.FILTERED
    if error.code == _UPLOADS_LIMITED:
        return Verdict.UPLOADS_LIMITED
    if error.code in _NO_REPLY:
        return Verdict.NO_REPLY
    return Verdict.POSTED_AND_DELETED if error.code == _NOT_FOUND_MESSAGE else Verdict.REFUSED


def reason(error: discord.DiscordException) -> str:
    """Return why, as a word that may be stored and logged: never the answer's text."""
    if isinstance(error, discord.HTTPException):
        return f"discord_{error.code or error.status}"
    return type(error).__name__


def retry_after(error: discord.DiscordException) -> int | None:
    """Return how long Discord asks to be left alone, in milliseconds, None where it does not say."""
    if isinstance(error, discord.RateLimited):
        return min(_LONGEST_WAIT, round(error.retry_after * SECOND))
    if not isinstance(error, discord.HTTPException):
        return None
    try:
        seconds = float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return min(_LONGEST_WAIT, max(SECOND, round(seconds * SECOND)))


def is_passing(error: discord.DiscordException) -> bool:
    """Tell whether a request without consequences is worth repeating later."""
    return judge(error) in {Verdict.UNCERTAIN, Verdict.SLOWED, Verdict.LOCKED_OUT}
