"""The ledger as it is read: what was reserved and charged, and which tasks it was charged for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.catalog import ClipKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """What one server's clips of one kind took in one month.

    Attributes:
        month: such as "2026-11" (UTC).
        guild_id: 0 for direct messages without a server.
        jobs: how many.
        reserved_microusd: what was held for them when they were asked for.
        consumed_microusd: what was charged for those whose charge is known.
        open_microusd: what is held for the others.
        open_jobs: how many those are.
    """

    month: str
    guild_id: int
    kind: ClipKind
    jobs: int
    reserved_microusd: int
    consumed_microusd: int
    open_microusd: int
    open_jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTask:
    """A job that has a task at the provider, or may have one.

    Attributes:
        task_id: None where it is not known whether there is one.
        model: the catalogue's key.
        ended: whether nothing more is charged for it.
        consumed_microusd: what the ledger says that it was charged; None while that is open.
        opened_at: when it was asked for, UTC milliseconds.
    """

    job_id: str
    task_id: str | None
    model: str
    ended: bool
    consumed_microusd: int | None
    opened_at: int


class LedgerStore(Protocol):
    """Reads the ledger; each method is one transaction."""

    async def ledger(self, since: int, until: int) -> Sequence[LedgerLine]:
        """Return the ledger between two instants (UTC milliseconds), by month, server and kind."""
        ...

    async def ledger_tasks(self, since: int, until: int) -> Sequence[LedgerTask]:
        """Return the jobs of a time that have a task at the provider, or may have one."""
        ...
