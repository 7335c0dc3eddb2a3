"""The Discord application: its token, and the switches of the developer portal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.check.discord_account import ApplicationFacts
from bot.check.errors import Unreachable
from bot.check.finding import Area, Finding, failure, fine, warning
from bot.exit_codes import ExitCode

PORTAL: Final = "https://discord.com/developers/applications"
_INTENTS: Final = {
    "presences": "Presence Intent",
    "members": "Server Members Intent",
    "message_content": "Message Content Intent",
}
"""As the developer portal names them."""


def refused_findings() -> list[Finding]:
    """Return the finding of a token that is not accepted."""
    return [
        failure(
            Area.DISCORD,
            "DISCORD_TOKEN is refused by Discord.",
            f"Reset the token at {PORTAL} (your application, Bot) and put the new one into .env.",
            ExitCode.LOGIN,
        )
    ]


def unreachable_findings(reason: Unreachable) -> list[Finding]:
    """Return the finding of a Discord that gives no usable answer."""
    return [
        failure(
            Area.DISCORD,
            f"Discord cannot be asked: it {reason}.",
            "Check the network, a firewall or proxy in between, and discordstatus.com, and try again in a while.",
            ExitCode.UNREACHABLE,
        )
    ]


def application_findings(application: ApplicationFacts, *, every_server_spends: bool) -> list[Finding]:
    """Return what the portal's switches amount to.

    Args:
        application: the facts.
        every_server_spends: whether SERVERS is "all".
    """
    page = f"{PORTAL}/{application.id}"
    return [
        fine(Area.DISCORD, f"Discord accepts the token; the application is {application.name} ({application.id})."),
        _public(application, page, every_server_spends=every_server_spends),
        *_intents(application, page),
        *_hindrances(application, page),
    ]


def _public(application: ApplicationFacts, page: str, *, every_server_spends: bool) -> Finding:
    if not application.public:
        return fine(Area.DISCORD, "Public Bot is off: nobody but you can invite the bot.")
    so = "and spend your money there" if every_server_spends else "although only those in SERVERS may spend"
    return warning(
        Area.DISCORD,
        f"Public Bot is on: anybody can invite the bot to their server, {so}.",
        f"Switch Public Bot off at {page}/bot (set the install link to None at {page}/installation first).",
    )


def _intents(application: ApplicationFacts, page: str) -> Iterator[Finding]:
    lacking = [_INTENTS[name] for name in _INTENTS if name in application.intents_needed - application.intents_granted]
    unused = [_INTENTS[name] for name in _INTENTS if name in application.intents_granted - application.intents_needed]
    if lacking:
        yield failure(
            Area.DISCORD,
            f"MESSAGE_CONTENT is on, but the portal has switched off: {', '.join(lacking)}. Discord will not let the"
            " bot connect.",
            f"Switch it on at {page}/bot, or set MESSAGE_CONTENT=off.",
            ExitCode.LOGIN,
        )
        return
    if application.intents_needed:
        needed = ", ".join(_INTENTS[name] for name in _INTENTS if name in application.intents_needed)
        more = f"; {', '.join(unused)} may be switched off" if unused else ""
        yield fine(Area.DISCORD, f"The portal grants the {needed} that MESSAGE_CONTENT=on needs{more}.")
    elif unused:
        yield fine(Area.DISCORD, f"The bot needs no privileged intent; {', '.join(unused)} may be switched off.")
    else:
        yield fine(Area.DISCORD, "The bot needs no privileged intent, and none is switched on.")


def _hindrances(application: ApplicationFacts, page: str) -> Iterator[Finding]:
    if application.code_grant:
        yield failure(
            Area.DISCORD,
            "Requires OAuth2 Code Grant is on, so that Discord refuses the invite link.",
            f"Switch it off at {page}/bot.",
            ExitCode.LOGIN,
        )
    if application.interactions_endpoint:
        yield failure(
            Area.DISCORD,
            "The application has an interactions endpoint URL, so that commands go there and never to this bot.",
            f"Empty the field at {page}/information.",
            ExitCode.LOGIN,
        )
