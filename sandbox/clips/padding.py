"""Clips of a wanted size: a real MP4, followed by space that players skip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_HEADER: Final = 8
"""Bytes of a box's size and name; no box is smaller."""


def pad(path: Path, size: int) -> None:
    """Lengthen an MP4 to `size` bytes with a `free` box (ISO/IEC 14496-12 §8.1.2); one that is larger is left alone.

    A gap too small for a box becomes the smallest box, so the file may end up at most seven bytes larger.
    """
    gap = size - path.stat().st_size
    if gap <= 0:
        return
    length = max(gap, _HEADER)
    with path.open("ab") as file:
        file.write(length.to_bytes(4) + b"free")
        file.truncate(file.tell() + length - _HEADER)
