"""The servers: those that may spend and those that the bot is in, and what it may do in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.check.discord_account import JoinedServer, ServerFacts
from bot.check.errors import Unreachable
from bot.check.finding import Area, Finding, failure, fine, warning
from bot.exit_codes import ExitCode
from bot.ui.permissions import permission_name

NAMED: Final = 3
"""So many channels are named before the rest is counted."""
EXAMINED: Final = 25
"""So many servers are looked into; each costs four requests."""


def to_examine(joined: Sequence[JoinedServer], listed: frozenset[int] | None) -> list[JoinedServer]:
    """Return the servers to look into: those that may spend, and no more than is polite to ask about.

    Args:
        joined: those that the bot is in.
        listed: SERVERS, None for "all".
    """
    return [server for server in joined if listed is None or server.id in listed][:EXAMINED]


def membership_findings(
    joined: Sequence[JoinedServer], listed: frozenset[int] | None, invitation: str
) -> list[Finding]:
    """Compare SERVERS with the servers that the bot is in.

    Args:
        joined: those that the bot is in.
        listed: SERVERS, None for "all".
        invitation: the invite link.
    """
    if not joined:
        return [warning(Area.SERVERS, "The bot is in no server yet.", f"Invite it: {invitation}")]
    if listed is None:
        return [*_all_spend(joined), *_not_examined(len(joined))]
    return [*_nobody_spends(joined, listed), *_absent(joined, listed, invitation), *_unlisted(joined, listed)]


def permission_findings(facts: ServerFacts, invitation: str) -> list[Finding]:
    """Say whether a clip could be posted in a server."""
    return list(_permissions(facts, invitation))


def not_examined(server: JoinedServer, reason: Unreachable) -> Finding:
    """Return the finding of a server about which Discord gave no usable answer."""
    sentence = f"What the bot may do in {_name(server)} is not known: Discord was asked, and it {reason}."
    return warning(Area.SERVERS, sentence, "Check again in a while.")


def _all_spend(joined: Sequence[JoinedServer]) -> Iterator[Finding]:
    number = f"the one server that the bot is in ({_name(joined[0])})" if len(joined) == 1 else f"all {len(joined)}"
    yield fine(Area.SERVERS, f"SERVERS is all: people in {number} may spend.")


def _not_examined(number: int) -> Iterator[Finding]:
    if number > EXAMINED:
        yield fine(Area.SERVERS, f"Permissions were looked at in {EXAMINED} of {number} servers.")


def _nobody_spends(joined: Sequence[JoinedServer], listed: frozenset[int]) -> Iterator[Finding]:
    if not listed:
        ids = ",".join(str(server.id) for server in joined[:NAMED])
        yield warning(
            Area.SERVERS,
            "SERVERS is empty, so that nobody may order a clip anywhere.",
            f"Put the servers that may spend into .env, such as SERVERS={ids}.",
        )


def _absent(joined: Sequence[JoinedServer], listed: frozenset[int], invitation: str) -> Iterator[Finding]:
    absent = sorted(listed - {server.id for server in joined})
    if absent:
        yield warning(
            Area.SERVERS,
            f"SERVERS lists {', '.join(map(str, absent))}, where the bot is not.",
            f"Invite it there ({invitation}), or take the id out of SERVERS.",
        )


def _unlisted(joined: Sequence[JoinedServer], listed: frozenset[int]) -> Iterator[Finding]:
    unlisted = [server for server in joined if server.id not in listed]
    if listed and unlisted:
        names = _some([f"{_name(server)} ({server.id})" for server in unlisted])
        yield warning(
            Area.SERVERS,
            f"The bot is in {names} too, but SERVERS does not list it, so that nobody there may order a clip.",
            "Add the id to SERVERS if they may spend, or let the bot leave.",
        )


def _permissions(facts: ServerFacts, invitation: str) -> Iterator[Finding]:
    name = _name(facts.server)
    anew = f"Invite the bot again, which leaves everything else as it is: {invitation}&guild_id={facts.server.id}"
    if not facts.commands:
        yield failure(
            Area.SERVERS, f"In {name} the bot was invited without the scope applications.commands, so that its"
            " commands do not show.", anew, ExitCode.LOGIN,
        )  # fmt: skip
    usable = [channel for channel in facts.channels if not channel.missing]
    barred = [channel for channel in facts.channels if channel.missing]
    if facts.missing:
        lacking = ", ".join(permission_name(permission) for permission in facts.missing)
        sentence = f"In {name} the bot's role lacks {lacking}."
        yield warning(Area.SERVERS, sentence, anew)
    if not usable:
        yield failure(
            Area.SERVERS,
            f"In {name} there is no text channel in which the bot may post a clip.",
            "Allow its role View Channel, Send Messages, Embed Links, Attach Files and Read Message History in one.",
            ExitCode.LOGIN,
        )
        return
    if barred and not facts.missing:
        lacking = ", ".join(sorted({permission_name(missing) for channel in barred for missing in channel.missing}))
        yield warning(
            Area.SERVERS,
            f"In {name} the bot sees {_some([f'#{channel.name}' for channel in barred])} but may not post clips there:"
            f" it lacks {lacking}.",
            "Allow that to its role in the channel's settings, or hide the channel from it.",
        )
    elif not facts.missing:
        yield fine(Area.SERVERS, f"In {name} the bot may post in {_count(len(usable))}{_hidden(facts.hidden)}.")


def _count(number: int) -> str:
    return "1 channel" if number == 1 else f"{number} channels"


def _hidden(number: int) -> str:
    return f" ({_count(number)} hidden from it)" if number else ""


def _name(server: JoinedServer) -> str:
    return server.name or str(server.id)


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
