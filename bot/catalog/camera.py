"""Camera moves: one named list instead of six numbers.

The provider takes six whole numbers from -10 to 10, all six required when sent, and Kling takes exactly one of them
non-zero (provider notes §2.1). The signs are Kling's own: `pan` turns the camera up and down, `tilt` left and right,
and a negative `zoom` narrows the field of view, so that things come closer (upstream documentation, [U]).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Axis(StrEnum):
    """The six values of `camera_control.config`."""

    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    PAN = "pan"
    TILT = "tilt"
    ROLL = "roll"
    ZOOM = "zoom"


GENTLE: Final = 3
STRONG: Final = 8


@dataclass(frozen=True, slots=True)
class CameraMove:
    """One move that a person can choose.

    Attributes:
        key: its name in storage and in typed options, such as "zoom-in-gentle".
        label: as shown, such as "Zoom in, gentle".
        axis: the one value that is not zero.
        value: from -10 to 10, never 0.
    """

    key: str
    label: str
    axis: Axis
    value: int

    def config(self) -> dict[str, int]:
        """Return all six values as the provider wants them."""
        return {axis.value: self.value if axis is self.axis else 0 for axis in Axis}


_DIRECTIONS = (
    ("zoom-in", "Zoom in", Axis.ZOOM, -1),
    ("zoom-out", "Zoom out", Axis.ZOOM, 1),
    ("move-left", "Move left", Axis.HORIZONTAL, -1),
    ("move-right", "Move right", Axis.HORIZONTAL, 1),
    ("move-up", "Move up", Axis.VERTICAL, 1),
    ("move-down", "Move down", Axis.VERTICAL, -1),
    ("look-up", "Look up", Axis.PAN, 1),
    ("look-down", "Look down", Axis.PAN, -1),
    ("look-left", "Look left", Axis.TILT, -1),
    ("look-right", "Look right", Axis.TILT, 1),
    ("roll-left", "Roll left", Axis.ROLL, -1),
    ("roll-right", "Roll right", Axis.ROLL, 1),
)

CAMERA_MOVES: Final[tuple[CameraMove, ...]] = tuple(
    CameraMove(f"{key}-{strength}", f"{label}, {strength}", axis, sign * amount)
    for key, label, axis, sign in _DIRECTIONS
    for strength, amount in (("gentle", GENTLE), ("strong", STRONG))
)
"""Twenty-four moves: they fit Discord's limit of 25 choices."""


def camera_move(key: str) -> CameraMove | None:
    """Return the move called `key`, or None."""
    return next((move for move in CAMERA_MOVES if move.key == key), None)
