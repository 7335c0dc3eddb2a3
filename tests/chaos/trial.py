"""What a trial is: a fault, done to a whole bot while people order clips."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.chaos.arena import Arena


class Group(StrEnum):
    """What kind of fault it is; the report has a table for each."""

    CRASH = "crash"
    KILLS = "kills"
    POWER = "power"
    STORAGE = "storage"
    PROVIDER = "provider"
    DISCORD = "discord"
    WEBHOOK = "webhook"
    OPERATIONS = "operations"
    SOAK = "soak"


class Engine(StrEnum):
    """The database that the bot works on."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


BOTH: Final = frozenset(Engine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One fault.

    `perform` arranges and acts; then the runner lets every order come to its end, and checks what must hold.

    Attributes:
        name: the fault, as a reader of the table wants it.
        perform: does it; each run has a seeded source of chance of its own.
        in_short: whether the short version, which runs before each change lands, performs it too.
        engines: where it makes sense.
        fresh: whether each run needs data, local services and a bot of its own (slower).
        overrides: settings of the bot, by environment name, that differ; a bot of its own, too.
        shards: how many the local Discord recommends, with a server on each; one process connects each.
        together: whether runs with the same overrides may share a bot all the same.
        times: how often the fault happens in one go, before everything is let come to its end and looked at; each time
            counts as a run.
        runs: how often, instead of RUNS, for what is long.
        seconds: how long one run may take, for what is long.
    """

    name: str
    group: Group
    perform: Callable[[Arena, random.Random], Awaitable[None]]
    in_short: bool = False
    engines: frozenset[Engine] = BOTH
    fresh: bool = False
    overrides: Mapping[str, str] = field(default_factory=dict)
    shards: int = 1
    together: bool = False
    times: int = 1
    runs: int | None = None
    seconds: float | None = None

    @property
    def apart(self) -> bool:
        """Whether it can share nothing with the trials around it."""
        return self.fresh or (bool(self.overrides) and not self.together)
