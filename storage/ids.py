"""Ids that the storage draws itself."""

from __future__ import annotations

import secrets
from typing import Final

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Lower case and digits without those that look alike (i, l, o, 0, 1)."""

_LENGTH: Final = 12
"""31 to the power of 12 is about 59 bits; a nonce of Discord's holds 25 characters."""


def draw_id() -> str:
    """Return a random id that nobody can guess or misread."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
