"""What a community spent, as it was read at one moment, and where it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.community.alerts import Alert
from bot.community.ports import AuditLine


class Part(StrEnum):
    """By what a server's usage is told apart."""

    ALL = "all"
    MEMBER = "member"
    DAY = "day"
    MODEL = "model"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """What was ordered, what came of it and what it cost.

    Attributes:
        what: a member's id, a number of days since 1970, "kind quality model", a failure's reason, or "".
        ordered: jobs.
        made: those that became clips.
        failed: those that failed or were given up on.
        charged_microusd: what the provider charged.
        reserved_microusd: what is held for jobs whose charge is not known.
    """

    what: str
    ordered: int = 0
    made: int = 0
    failed: int = 0
    charged_microusd: int = 0
    reserved_microusd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant:
    """Clips that somebody may take on top of a limit.

    Attributes:
        counter: which limit's.
    """

    guild_id: int
    person_id: int
    counter: str
    clips: int
    granted_by: int
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetWarning:
    """A budget of which most is gone, and that nobody was told of yet.

    Attributes:
        counter: what counts it, with its month in its name.
        ceiling: the budget when the warning was noted: clips, or micro-dollars.
        guild_id: the server.
        noted_at: UTC milliseconds.
        used: what is taken or reserved by now.
    """

    counter: str
    ceiling: int
    guild_id: int
    noted_at: int
    used: int

    @property
    def in_dollars(self) -> bool:
        """Tell whether it counts micro-dollars; clips otherwise."""
        return ":usd:" in self.counter


class SpendingStore(Protocol):
    """Keeps what was spent; each method is one transaction."""

    async def used(self, counter: str) -> int:
        """Return what a counter stands at."""
        ...

    async def granted(self, counter: str) -> int:
        """Return what was granted on top of a counter's ceiling."""
        ...

    async def grant(self, grant: NewGrant, audit: Sequence[AuditLine]) -> None:
        """Keep a grant, and what is to be remembered of who gave it."""
        ...

    async def usage(
        self, guild_id: int, since: int, until: int, part: Part, *, limit: int, offset: int = 0
    ) -> Sequence[UsageLine]:
        """Return what a server ordered between two instants (UTC milliseconds), told apart by a part."""
        ...


class WarningStore(Protocol):
    """Keeps warnings until they are told."""

    async def budget_warnings(self, limit: int) -> Sequence[BudgetWarning]:
        """Return what nobody was told of yet, oldest first."""
        ...

    async def warn_of_budget(self, warning: BudgetWarning, alert: Alert, now: int) -> bool:
        """Raise the alert that tells of a warning, once; False where it was raised before."""
        ...
