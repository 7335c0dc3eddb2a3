"""How long clips take before anything has been learnt from past jobs.

Measured from start to end in captured tasks (provider notes §8): 1.6 Standard 5 s 100 s, 2.5-turbo Pro 5 s 137 s, 3.0
Standard 5 s 110 s; lip-sync about three minutes. Others say "usually two to five minutes", hence the wide p90.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalog.model import ClipKind, Mode


@dataclass(frozen=True, slots=True)
class CompletionSeconds:
    """Quantiles of the time from acceptance to completion, in seconds."""

    p10: int
    p50: int
    p90: int


_MEASURED: dict[tuple[str, Mode], int] = {
    ("1.6", Mode.STD): 100,
    ("2.5-turbo", Mode.PRO): 137,
    ("3.0", Mode.STD): 110,
}
_TYPICAL = {Mode.STD: 105, Mode.PRO: 140}
_FOLLOW_UP = {ClipKind.EXTEND: 150, ClipKind.LIPSYNC: 180}
_SHARE_PER_SECOND = 0.12
"""Each second over five is assumed to add this share of the five-second time."""


def completion_seconds(
    kind: ClipKind, *, model: str = "", mode: Mode = Mode.STD, seconds: int = 5
) -> CompletionSeconds:
    """Return the assumed completion times of a clip; the application replaces them by what it has measured."""
    if kind is ClipKind.VIDEO:
        five_seconds = _MEASURED.get((model, mode), _TYPICAL[mode])
        median = five_seconds * max(0.6, 1 + _SHARE_PER_SECOND * (seconds - 5))
    else:
        median = _FOLLOW_UP[kind]
    return CompletionSeconds(p10=round(median * 0.6), p50=round(median), p90=round(median * 2.5))
