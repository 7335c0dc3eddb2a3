"""What is stored of a server's house rules, as it was read at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """For whom a setting is made."""

    SERVER = "server"
    CHANNEL = "channel"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class RuleKey:
    """Names a stored setting.

    Attributes:
        scope_id: the channel's or role's id; the server's own for the whole server.
        name: the setting's.
    """

    level: Level
    scope_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A person who may not use the bot on a server.

    Attributes:
        until: UTC milliseconds when it ends; None for no end.
    """

    person_id: int
    until: int | None
    reason: str
    blocked_by: int
    created_at: int

    def holds(self, now: int) -> bool:
        """Tell whether it still stands."""
        return self.until is None or self.until > now


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRecord:
    """Everything stored of a server's house rules.

    Attributes:
        revision: grows with every change; equal revisions are equal records.
        set_up_at: when somebody who manages the server set it up, UTC milliseconds; None before.
        rules: settings as stored; what a setting no longer understands counts as not set.
        words: what prompts may not contain, as written down.
        blocks: by person.
    """

    guild_id: int
    revision: int = 0
    set_up_at: int | None = None
    rules: Mapping[RuleKey, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    blocks: Mapping[int, Block] = field(default_factory=dict)
