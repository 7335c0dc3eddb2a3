"""Fonts for any script: the Noto faces of the `manimgx-fonts` packages, chosen glyph by glyph.

One `FontBook` belongs to one thread: FreeType faces must not be shared between threads.
"""

from __future__ import annotations

import unicodedata
from importlib.resources import files
from pathlib import Path
from typing import Final

from PIL import ImageFont

_NOTO: Final = Path(str(files("manimgx_fonts")))
_CJK: Final = Path(str(files("manimgx_fonts_cjk"))) / "NotoSansCJK-VF.otf.ttc"
_FIRST: Final = ("NotoSans[wght].ttf", "NotoEmoji[wght].ttf")
_JAPANESE, _KOREAN, _CHINESE = 0, 1, 2
_REGULAR_WEIGHT: Final = 400
_UNASSIGNED: Final = "\U0010fffd"
"""A private-use code point that no face draws: its mask is the face's "no such glyph" box."""


class Face:
    """One font at one size, with the knowledge of which characters it can draw."""

    def __init__(self, path: Path, size: int, index: int = 0) -> None:
        self.font = ImageFont.truetype(str(path), size, index=index, layout_engine=ImageFont.Layout.RAQM)
        axes = self.font.get_variation_axes()
        self.font.set_variation_by_axes(
            [_REGULAR_WEIGHT if axis["name"] == b"Weight" else float(axis["default"] or 0) for axis in axes]
        )
        self._missing = bytes(self.font.getmask(_UNASSIGNED))
        self._known: dict[str, bool] = {}

    def draws(self, character: str) -> bool:
        """Whether the face has a glyph for `character`."""
        known = self._known.get(character)
        if known is None:
            known = bytes(self.font.getmask(character)) != self._missing
            self._known[character] = known
        return known


class FontBook:
    """All faces at one size, loaded when first needed.

    Args:
        size: Height of the em square, in pixels.
        text: The text to be drawn; kana or hangul in it decide how Han characters look.
    """

    def __init__(self, size: int, text: str) -> None:
        self.size = size
        self._cjk_index = _han_style(text)
        rest = sorted(p.name for p in _NOTO.glob("*.ttf") if p.name not in _FIRST and "Italic" not in p.name)
        self._pending: list[tuple[Path, int]] = [(_NOTO / name, 0) for name in (*_FIRST, *rest)]
        self._pending.append((_CJK, self._cjk_index))
        self._faces: list[Face] = []

    @property
    def default(self) -> Face:
        """The Latin, Greek and Cyrillic face, which also sets the line's metrics."""
        return self._face(0)

    def face_for(self, character: str, previous: Face | None = None) -> Face:
        """The face that draws `character`, staying with `previous` where a change would break a cluster."""
        if previous is not None and (_joins_its_neighbour(character) or previous.draws(character)):
            return previous
        for position in range(len(self._faces) + len(self._pending)):
            face = self._face(position)
            if face.draws(character):
                return face
        return self.default

    def _face(self, position: int) -> Face:
        while position >= len(self._faces):
            path, index = self._pending.pop(0)
            self._faces.append(Face(path, self.size, index))
        return self._faces[position]


def _joins_its_neighbour(character: str) -> bool:
    """Marks, joiners and variation selectors are drawn with the character before them."""
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"} or character.isspace()


def _han_style(text: str) -> int:
    if any("\u3040" <= c <= "\u30ff" for c in text):
        return _JAPANESE
    if any("\uac00" <= c <= "\ud7a3" for c in text):
        return _KOREAN
    return _CHINESE
