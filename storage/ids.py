"""Ids that the storage draws itself."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Lower case and digits without those that look alike (i, l, o, 0, 1)."""

_LENGTH: Final = 12
"""31 to the power of 12 is about 59 bits; a nonce of Discord's holds 25 characters."""


def draw_id() -> str:
    """Return a random id that nobody can guess or misread."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def delivery_id(hook_token: str, purpose: str) -> str:
    """Return the id of a job's message for a purpose: always the same, and nobody else's.

    A database restored from a backup owes messages again that were posted since; being named alike, they are known in
    the channel. The token makes it as hard to guess as a drawn one.
    """
    number = int.from_bytes(hashlib.sha256(f"{hook_token}:{purpose}".encode()).digest(), "big")
    letters = []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)
