"""The invite link: which application, with which permissions and scopes."""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import urlencode

from bot.ui.permissions import INVITED_WITH

SCOPES: Final = ("bot", "applications.commands")
_AUTHORISE: Final = "https://discord.com/oauth2/authorize"


def invite_link(application_id: int) -> str:
    """Return the address at which somebody who manages a server invites the bot."""
    asked = {
        "client_id": str(application_id),
        "permissions": str(INVITED_WITH.value),
        "scope": " ".join(SCOPES),
    }
    return f"{_AUTHORISE}?{urlencode(asked)}"


def application_id_in(token: str) -> int | None:
    """Return the bot's id, which the first part of a token spells, or None where it does not.

    For applications made before 2016 the application's own id is another one; Discord knows it.
    """
    first = token.partition(".")[0]
    try:
        decoded = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4))
    except (binascii.Error, ValueError):
        return None
    return int(decoded) if decoded.isdigit() and len(decoded) <= 20 else None
