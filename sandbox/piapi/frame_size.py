"""How many pixels a clip has.

Standard quality has as many as 1280 x 720, pro as many as 1920 x 1080; other ratios keep that area (a square standard
clip is 960 x 960, as in the captured sample of provider notes §9.2). With a start image the image's ratio decides.
"""

from __future__ import annotations

import math
from typing import Final

_AREA: Final = {"std": 1280 * 720, "pro": 1920 * 1080}
_RATIO: Final = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


def frame_size(mode: str, aspect_ratio: str, image_size: tuple[int, int] | None = None) -> tuple[int, int]:
    """Width and height, both even.

    Args:
        mode: "std" or "pro".
        aspect_ratio: "16:9", "9:16" or "1:1".
        image_size: Width and height of the start image, if there is one.
    """
    across, down = _RATIO[aspect_ratio] if image_size is None else image_size
    width = math.sqrt(_AREA[mode] * across / down)
    return _even(width), _even(width * down / across)


def _even(value: float) -> int:
    return round(value / 2) * 2
