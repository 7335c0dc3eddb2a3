"""Shards and roles: what this process connects, what is left to others, and how many sessions Discord still grants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.check.finding import Area, Finding, fine, warning
from bot.processes import EVERY_ROLE, Role, Shards
from bot.settings import Settings

_FEW: Final = 50
"""So few sessions are soon used up by restarts."""
_MINUTE: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayFacts:
    """What Discord says of connections to it (developers/events/gateway, `GET /gateway/bot`).

    Attributes:
        recommended: how many shards.
        sessions: how many may begin in a day.
        sessions_left: how many of those still may.
        reset_ms: when it is all of them again, in milliseconds from now.
        at_once: how many may begin within five seconds.
    """

    recommended: int
    sessions: int
    sessions_left: int
    reset_ms: int
    at_once: int


def shard_findings(facts: GatewayFacts, settings: Settings) -> list[Finding]:
    """Return what the settings for many processes amount to."""
    return [*_connected(facts, settings), *_sessions(facts, settings), *_others(settings)]


def _connected(facts: GatewayFacts, settings: Settings) -> Iterator[Finding]:
    if Role.GATEWAY not in settings.roles:
        return
    count = settings.shard_count or facts.recommended
    shards = Shards(settings.shard_ids or tuple(range(count)), count)
    if count < facts.recommended:
        yield warning(
            Area.DISCORD,
            f"SHARD_COUNT is {count}, but Discord recommends {facts.recommended} shards.",
            "Raise SHARD_COUNT in every process and share the shards out anew, or leave it empty where there is one"
            " process.",
        )
    elif shards.complete:
        yield fine(Area.DISCORD, f"Discord recommends {_shards(facts.recommended)}; this process connects all {count}.")
    else:
        yield fine(
            Area.DISCORD,
            f"Discord recommends {_shards(facts.recommended)}; this process connects {shards}, and others have to"
            " connect the rest.",
        )


def _sessions(facts: GatewayFacts, settings: Settings) -> Iterator[Finding]:
    if Role.GATEWAY in settings.roles and facts.sessions_left < _FEW:
        yield warning(
            Area.DISCORD,
            f"Only {facts.sessions_left} of {facts.sessions} sessions may begin in the next"
            f" {max(1, facts.reset_ms // _MINUTE)} minutes; each start takes one for each shard.",
            "Find out what restarts the bot again and again before they are used up: Discord then resets the token.",
        )


def _others(settings: Settings) -> Iterator[Finding]:
    missing = sorted(role.value for role in EVERY_ROLE - settings.roles)
    if missing:
        yield fine(Area.SETTINGS, f"ROLES leaves to other processes on the same database: {', '.join(missing)}.")


def _shards(number: int) -> str:
    return "1 shard" if number == 1 else f"{number} shards"
