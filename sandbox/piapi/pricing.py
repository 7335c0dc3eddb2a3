"""What a task costs, in points: 10,000,000 points are one US dollar (provider notes §7).

Assumptions, where no price was found:

* 1.0 and 1.5 cost what 1.6 does; pro costs $0.46 for 5 s (the price relation of `effects`); 10 s cost twice 5 s.
* 2.5-turbo costs $0.28 for 5 s in either mode, twice that for 10 s.
* 2.6 with sound costs twice 2.6 without.
* An extension costs what 5 s of its source's version and mode cost.
* A lip-sync costs $0.10 for every 5 s begun.
"""

from __future__ import annotations

import math
from typing import Final

from sandbox.piapi.specs import VideoSpec

POINTS_PER_USD: Final = 10_000_000
_CENT: Final = POINTS_PER_USD // 100

_FIVE_SECONDS: Final = {
    ("1.0", "std"): 26,
    ("1.0", "pro"): 46,
    ("1.5", "std"): 26,
    ("1.5", "pro"): 46,
    ("1.6", "std"): 26,
    ("1.6", "pro"): 46,
    ("2.1", "std"): 26,
    ("2.1", "pro"): 46,
    ("2.0", "pro"): 96,
    ("2.1-master", "pro"): 96,
    ("2.5-turbo", "std"): 28,
    ("2.5-turbo", "pro"): 28,
    ("2.6", "std"): 20,
    ("2.6", "pro"): 33,
}
"""US cents for 5 s."""
_PER_SECOND_3_0: Final = {("std", False): 10, ("std", True): 15, ("pro", False): 15, ("pro", True): 20}
"""US cents a second, by mode and sound."""
_LIP_SYNC_CENTS: Final = 10


def video_points(spec: VideoSpec) -> int:
    """Price of a new clip."""
    if spec.version == "3.0":
        return _PER_SECOND_3_0[spec.mode, spec.sound] * spec.seconds * _CENT
    cents = _FIVE_SECONDS[spec.version, spec.mode] * spec.seconds // 5
    return cents * _CENT * (2 if spec.sound else 1)


def extension_points(version: str, mode: str) -> int:
    """Price of an extension of a clip of this version and mode (an assumption)."""
    return _FIVE_SECONDS[version, mode] * _CENT


def lip_sync_points(source_seconds: float) -> int:
    """Price of a lip-sync of a clip of this length (provider notes §7: about $0.1 per 5 s, a third party's word)."""
    return max(1, math.ceil(round(source_seconds) / 5)) * _LIP_SYNC_CENTS * _CENT
