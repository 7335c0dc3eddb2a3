"""What a trial is: a fault, done to a whole bot while people order clips."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

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
T = TypeVar("T")


class Chance(random.Random):
    """A run's source of chance, which also knows whose turn it is among a trial's alternatives.

    Attributes:
        turn: the run's number among those of its trial, from 0; None where alternatives, too, come by chance.
        alternatives: how many the trial says that it has.
    """

    turn: int | None = None
    alternatives: int = 1

    def in_turn(self, alternatives: Sequence[T]) -> T:
        """Return the alternative whose turn it is, so that a trial's runs perform each of them."""
        assert len(alternatives) <= self.alternatives, (
            f"{len(alternatives)} alternatives, and the trial says that it has {self.alternatives}"
        )
        return self.choice(alternatives) if self.turn is None else alternatives[self.turn % len(alternatives)]


def nothing() -> str:
    """Say that nothing is lacking."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One fault.

    `perform` arranges and acts; then the runner lets every order come to its end, and checks what must hold.

    Attributes:
        name: the fault, as a reader of the table wants it.
        perform: does it; each run has a seeded source of chance of its own.
        in_short: whether the short version, which runs before each change lands, performs it too.
        in_long: whether the long version does; not where another trial is this one and more.
        lacking: tells what this machine lacks to perform it, "" for nothing.
        engines: where it makes sense.
        fresh: whether each run needs data, local services and a bot of its own (slower).
        overrides: settings of the bot, by environment name, that differ; a bot of its own, too.
        shards: how many the local Discord recommends, with a server on each; one process connects each.
        together: whether runs with the same overrides may share a bot all the same.
        times: how often the fault happens in one go, before everything is let come to its end and looked at; each time
            counts as a run.
        runs: how often, instead of RUNS, for what is long.
        alternatives: among how many ways of doing it the runs take turns; each is performed, however small RUNS is.
        seconds: how long one run may take, for what is long.
    """

    name: str
    group: Group
    perform: Callable[[Arena, Chance], Awaitable[None]]
    in_short: bool = False
    in_long: bool = True
    lacking: Callable[[], str] = nothing
    engines: frozenset[Engine] = BOTH
    fresh: bool = False
    overrides: Mapping[str, str] = field(default_factory=dict)
    shards: int = 1
    together: bool = False
    times: int = 1
    runs: int | None = None
    alternatives: int = 1
    seconds: float | None = None

    @property
    def apart(self) -> bool:
        """Whether it can share nothing with the trials around it."""
        return self.fresh or (bool(self.overrides) and not self.together)

    def goes(self, runs: int, *, short: bool = False) -> int:
        """Return how often it is performed where RUNS, or the short version, wants so many runs."""
        wanted = runs if short or self.runs is None else self.runs
        goes = -(-wanted // self.times)
        return goes if short else max(goes, self.alternatives)
