"""What asking Discord or PiAPI can come to, besides an answer."""

from __future__ import annotations

from bot.errors import EgretError


class Unreachable(EgretError):
    """No usable answer came; the message is the rest of a sentence that begins with "it"."""


class TokenRefused(EgretError):
    """Discord does not accept the token."""


class KeyRefused(EgretError):
    """PiAPI does not accept the key; the message is a short machine word."""
