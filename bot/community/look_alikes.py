"""Letters that look like Latin ones, and characters that are not seen.

A selection of the Unicode Consortium's list of confusable characters (Unicode Technical Standard #39,
https://www.unicode.org/Public/security/latest/confusables.txt): the scripts that keyboards have, and the small capitals
and boxed letters that "fancy text" pages make. What is a Latin letter in another dress (full width, bold, circled,
raised) needs no row here: Unicode's own compatibility form (NFKC) undresses it.
"""

from __future__ import annotations

from typing import Final

_CYRILLIC: Final = {
    "а": "a", "А": "a", "В": "b", "в": "b", "Ь": "b", "ь": "b", "с": "c", "С": "c", "ԁ": "d", "Ԁ": "d", "е": "e",
    "Е": "e", "ё": "e", "Ё": "e", "ә": "e", "Ә": "e", "ғ": "f", "Ғ": "f", "ԍ": "g", "Ԍ": "g", "һ": "h", "Һ": "h",
    "Н": "h", "н": "h", "і": "i", "І": "i", "ї": "i", "Ї": "i", "ӏ": "l", "Ӏ": "l", "ј": "j", "Ј": "j", "к": "k",
    "К": "k", "қ": "k", "Қ": "k", "М": "m", "м": "m", "п": "n", "П": "n", "о": "o", "О": "o", "ө": "o", "Ө": "o",
    "р": "p", "Р": "p", "ԛ": "q", "Ԛ": "q", "г": "r", "Г": "r", "я": "r", "Я": "r", "ѕ": "s", "Ѕ": "s", "т": "t",
    "Т": "t", "ц": "u", "Ц": "u", "ѵ": "v", "Ѵ": "v", "ѡ": "w", "Ѡ": "w", "ԝ": "w", "Ԝ": "w", "ш": "w", "Ш": "w",
    "х": "x", "Х": "x", "ҳ": "x", "Ҳ": "x", "у": "y", "У": "y", "ү": "y", "Ү": "y",
}  # fmt: skip
_GREEK: Final = {
    "α": "a", "Α": "a", "ά": "a", "Ά": "a", "β": "b", "Β": "b", "ϲ": "c", "Ϲ": "c", "ε": "e", "Ε": "e", "έ": "e",
    "Έ": "e", "γ": "y", "η": "n", "ή": "n", "Η": "h", "Ή": "h", "ι": "i", "Ι": "i", "ί": "i", "Ί": "i", "ϳ": "j",
    "Ϳ": "j", "κ": "k", "Κ": "k", "μ": "u", "Μ": "m", "ν": "v", "Ν": "n", "ο": "o", "Ο": "o", "ό": "o", "Ό": "o",
    "σ": "o", "ρ": "p", "Ρ": "p", "τ": "t", "Τ": "t", "υ": "u", "ύ": "u", "Υ": "y", "Ύ": "y", "χ": "x", "Χ": "x",
    "ω": "w", "ώ": "w", "Ζ": "z", "ζ": "z",
}  # fmt: skip
_ARMENIAN: Final = {"ա": "w", "հ": "h", "ո": "n", "ս": "u", "օ": "o", "Օ": "o", "ց": "g", "զ": "q", "յ": "j", "Տ": "s"}
_CHEROKEE: Final = {
    "Ꭺ": "a", "Ᏼ": "b", "Ꮯ": "c", "Ꭰ": "d", "Ꭼ": "e", "Ꮐ": "g", "Ꮋ": "h", "Ꭵ": "i", "Ꭻ": "j", "Ꮶ": "k", "Ꮮ": "l",
    "Ꮇ": "m", "Ꮲ": "p", "Ꭱ": "r", "Ꮪ": "s", "Ꭲ": "t", "Ꮩ": "v", "Ꮃ": "w", "Ꮍ": "y", "Ꮓ": "z",
}  # fmt: skip
_LATIN: Final = {
    "ɑ": "a", "ᴀ": "a", "ʙ": "b", "ƅ": "b", "ᴄ": "c", "ɔ": "c", "ᴅ": "d", "ɗ": "d", "đ": "d", "Đ": "d", "ᴇ": "e",
    "ə": "e", "ɛ": "e", "ꜰ": "f", "ƒ": "f", "ɡ": "g", "ɢ": "g", "ʜ": "h", "ħ": "h", "Ħ": "h", "ı": "i", "ɪ": "i",
    "ɩ": "i", "ᴊ": "j", "ȷ": "j", "ᴋ": "k", "ʟ": "l", "ł": "l", "Ł": "l", "ɫ": "l", "ᴍ": "m", "ɴ": "n", "ɲ": "n",
    "ŋ": "n", "ᴏ": "o", "ø": "o", "Ø": "o", "ɵ": "o", "ᴘ": "p", "ƥ": "p", "ʀ": "r", "ɾ": "r", "ꜱ": "s", "ʂ": "s",
    "ᴛ": "t", "ŧ": "t", "Ŧ": "t", "ᴜ": "u", "ʊ": "u", "ᴠ": "v", "ʋ": "v", "ᴡ": "w", "ʏ": "y", "ɣ": "y", "ᴢ": "z",
    "ʐ": "z",
}  # fmt: skip


def _boxed() -> dict[str, str]:
    """Return the letters in filled circles and squares, and those that flags are made of."""
    starts = (0x1F150, 0x1F170, 0x1F1E6)
    return {chr(start + place): chr(ord("a") + place) for start in starts for place in range(26)}


LOOK_ALIKES: Final = str.maketrans({**_CYRILLIC, **_GREEK, **_ARMENIAN, **_CHEROKEE, **_LATIN, **_boxed()})
"""What stands for a Latin letter, for `str.translate`."""

_UNSEEN: Final = (
    (0x00AD, 0x00AE), (0x034F, 0x0350), (0x0600, 0x0606), (0x061C, 0x061D), (0x06DD, 0x06DE), (0x070F, 0x0710),
    (0x0890, 0x0892), (0x08E2, 0x08E3), (0x115F, 0x1161), (0x17B4, 0x17B6), (0x180B, 0x1810), (0x200B, 0x2010),
    (0x202A, 0x202F), (0x2060, 0x2070), (0x2800, 0x2801), (0x3164, 0x3165), (0xFE00, 0xFE10), (0xFEFF, 0xFF00),
    (0xFFA0, 0xFFA1), (0xFFF9, 0xFFFC), (0x110BD, 0x110BE), (0x110CD, 0x110CE), (0x13430, 0x13440),
    (0x1BCA0, 0x1BCA4), (0x1D173, 0x1D17B), (0xE0000, 0xE0200),
)  # fmt: skip
NOTHING: Final = dict.fromkeys(code for start, end in _UNSEEN for code in range(start, end))
"""What is not seen at all: zero-width characters, directions, variation selectors, blanks that count as letters; taken
away by `str.translate`."""

_MARK_RANGES: Final = (
    (0x0300, 0x0370), (0x0483, 0x048A), (0x0591, 0x05C8), (0x0610, 0x061B), (0x064B, 0x0660), (0x0670, 0x0671),
    (0x1AB0, 0x1B00), (0x1DC0, 0x1E00), (0x20D0, 0x2100), (0xFE20, 0xFE30),
)  # fmt: skip
MARKS: Final = dict.fromkeys(code for start, end in _MARK_RANGES for code in range(start, end))
"""Accents, strokes and points that are added to letters, taken away by `str.translate`. Signs without which a word is
another one (the vowels of Indian and Thai writing, the voice marks of Japanese) are not among them."""
