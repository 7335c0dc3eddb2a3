"""The invite link: which application, with which permissions and scopes; and the verb `invite` that prints it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import sys
from typing import Annotated, Final
from urllib.parse import urlencode

from pydantic import AfterValidator
from pydantic_settings import BaseSettings

from bot.check.discord_account import logged_in
from bot.check.errors import TokenRefused, Unreachable
from bot.clock import SystemClock
from bot.exit_codes import ExitCode
from bot.settings import Secret, Settings, SettingsError, WebUrl, in_sentences, socket_url
from bot.ui.permissions import INVITED_WITH

SCOPES: Final = ("bot", "applications.commands")
_AUTHORISE: Final = "https://discord.com/oauth2/authorize"
_LONGEST_ID: Final = 20


class DiscordAccess(BaseSettings):
    """The settings that an invitation needs, so that it can be printed while others are still missing."""

    model_config = Settings.model_config

    discord_token: Secret
    discord_api_url: WebUrl = ""
    discord_gateway_url: Annotated[str, AfterValidator(socket_url)] = ""


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
        decoded = base64.b64decode(first + "=" * (-len(first) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return int(decoded) if decoded.isdigit() and len(decoded) <= _LONGEST_ID else None


def print_invitation() -> ExitCode:
    """Print the link on standard output, and what there is to say about it on standard error."""
    try:
        access = _access()
    except SettingsError as error:
        return _complain(str(error), ExitCode.SETTINGS)
    try:
        application_id = asyncio.run(_ask(access))
    except TokenRefused:
        return _complain("DISCORD_TOKEN is refused by Discord.", ExitCode.LOGIN)
    except Unreachable as error:
        spelt = application_id_in(access.discord_token.get_secret_value())
        if spelt is None:
            return _complain(f"Discord cannot be asked which application this is: it {error}.", ExitCode.UNREACHABLE)
        _complain(f"Discord cannot be asked (it {error}); the link is made from the token alone.", ExitCode.OK)
        application_id = spelt
    sys.stdout.write(f"{invite_link(application_id)}\n")
    return ExitCode.OK


def _access() -> DiscordAccess:
    with in_sentences():
        return DiscordAccess()


async def _ask(access: DiscordAccess) -> int:
    token = access.discord_token.get_secret_value()
    async with logged_in(token, access.discord_api_url, access.discord_gateway_url, SystemClock()) as account:
        return (await account.application()).id


def _complain(sentence: str, code: ExitCode) -> ExitCode:
    sys.stderr.write(f"egret: {sentence}\n")
    return code
