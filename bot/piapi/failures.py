"""What the provider's error texts mean.

There is no catalogue of error codes (provider notes §11), so texts are matched by the fragments that real clients
match (provider notes §4.3 and §8). The first rule that fits decides: the more telling ones come first.
"""

from __future__ import annotations

import re
from typing import Final

from bot.jobs.failures import FailureReason


def _any(*fragments: str) -> re.Pattern[str]:
    return re.compile("|".join(fragments), re.IGNORECASE)


_TOO_FAST: Final = (r"rate.?limit", r"too many requests", r"concurren")
_RULES: Final[tuple[tuple[FailureReason, re.Pattern[str]], ...]] = (
    (
        FailureReason.NO_CREDIT,
        _any(
            r"(credits?|quota|balance|points?) (is |are )?not enough", r"freeze credit",
            r"insufficient (credit|balance|quota)",
        ),
    ),
    (FailureReason.VOICE_UNKNOWN, _any(r"voice (id )?not found", r"\btimbre\b", r"tts_timbre")),
    (FailureReason.NO_FACE, _any(r"identify failed", r"status 609", r"no face", r"no human in the video", r"face not")),
    # Before moderation: an image that cannot be fetched is "404 not found" too.
    (FailureReason.AUDIO_REJECTED, _any(r"preprocess.*\baudio\b")),
    (FailureReason.IMAGE_REJECTED, _any(r"preprocess")),
    (
        FailureReason.MODERATED,
        _any(
            r"content (violation|policy)", r"\bnsfw\b", r"deleted the task", r"kling deleted", r"moderat",
            r"\bsensitive\b", r"risk control", r"violat(e|es|ed|ion)", r"inappropriate", r"prohibited",
            r"fetch task failed.*\b404\b", r"\b404 not found",
        ),
    ),
    (
        FailureReason.BAD_KEY,
        _any(r"(invalid|wrong|missing|expired|disabled) (x-)?api[ -_]?key", r"unauthori[sz]ed", r"invalid key"),
    ),
    (FailureReason.PLAN, _any(r"plan level", r"upgrade your plan", r"(your|current) plan", r"subscription")),
    (
        FailureReason.BUSY,
        _any(
            *_TOO_FAST, r"service busy", r"server busy", r"overloaded", r"submit task failed: 5\d\d",
            r"try again later",
        ),
    ),
    (FailureReason.SOURCE_UNAVAILABLE, _any(r"origin.?(task|video)", r"source (task|video)")),
    (
        FailureReason.PROVIDER_ERROR,
        _any(
            r"proxyconnect", r"connection (refused|reset)", r"timed out", r"timeout", r"bad gateway", r"unknown error",
        ),
    ),
    (FailureReason.AUDIO_REJECTED, _any(r"\baudio\b", r"dubbing")),
    (FailureReason.IMAGE_REJECTED, _any(r"\bimages?\b", r"image_(tail_)?url")),
    (
        FailureReason.INPUT_REJECTED,
        _any(
            r"too (large|long|small|short)", r"maximum is", r"file size", r"exceeds? (the )?(limit|maximum)",
            r"invalid (request )?param",
            r"invalid (input|request)", r"validation", r"required", r"unsupported", r"not support",
        ),
    ),
    (FailureReason.PROVIDER_ERROR, _any(r"internal (server )?error", r"submit task failed")),
)  # fmt: skip

_CODES: Final = {
    400: FailureReason.INPUT_REJECTED,
    401: FailureReason.BAD_KEY,
    402: FailureReason.NO_CREDIT,
    403: FailureReason.PLAN,
    413: FailureReason.INPUT_REJECTED,
    422: FailureReason.INPUT_REJECTED,
    429: FailureReason.BUSY,
}
_UNKNOWN_TASK: Final = _any(
    r"task.{0,20}(not found|not exist|doesn.?t exist)", r"(no such|unknown|invalid) task", r"find.{0,20}task",
)  # fmt: skip
_CANCELLED: Final = re.compile(r"\bcancel", re.IGNORECASE)


def reason_of_text(*texts: str) -> FailureReason:
    """Return what an error text means; OTHER where no rule fits.

    Args:
        texts: what was said, in one or several fields.
    """
    text = " \n ".join(texts)
    return next((reason for reason, pattern in _RULES if pattern.search(text)), FailureReason.OTHER)


def reason_of_refusal(status: int, code: int, *texts: str) -> FailureReason:
    """Return why a request was refused: by its text, and only where that says nothing by its numbers.

    The HTTP status for each case is not documented (provider notes §1.8), so texts come first.

    Args:
        status: the HTTP status.
        code: the envelope's code.
        texts: what was said.
    """
    reason = reason_of_text(*texts)
    if reason is not FailureReason.OTHER:
        return reason
    for number in (code, status):
        if number in _CODES:
            return _CODES[number]
        if 500 <= number <= 599:
            return FailureReason.PROVIDER_ERROR
    return FailureReason.OTHER


def says_cancelled(text: str) -> bool:
    """Tell whether a failure's text speaks of a cancellation.

    What a cancelled task reads as is not documented; `failed` with such a text is one way (provider notes §1.5).
    """
    return _CANCELLED.search(text) is not None


def says_too_fast(*texts: str) -> bool:
    """Tell whether a refusal asks only for fewer requests, or for fewer tasks at once."""
    return re.search("|".join(_TOO_FAST), " \n ".join(texts), re.IGNORECASE) is not None


def says_unknown_task(*texts: str) -> bool:
    """Tell whether an answer about a task says that there is none; its wording is not documented."""
    return _UNKNOWN_TASK.search(" \n ".join(texts)) is not None
