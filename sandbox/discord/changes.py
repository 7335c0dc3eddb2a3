"""The log of what happened, by sequence number: what people, consoles and tests wait on instead of polling."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

ChangeKind = Literal[
    "message_created",
    "message_updated",
    "message_deleted",
    "reaction",
    "typing",
    "thread_created",
    "channel_updated",
    "channel_deleted",
    "server_updated",
    "interaction",
    "commands",
    "bot_connected",
    "bot_disconnected",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened.

    Attributes:
        person_id: the only person who can notice, or None for everybody in the channel.
        actor_id: who types.
    """

    seq: int
    kind: ChangeKind
    channel_id: int | None = None
    message_id: int | None = None
    interaction_id: int | None = None
    person_id: int | None = None
    actor_id: int | None = None


class ChangeLog:
    """An append-only log with waiting."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._grown = asyncio.Event()

    @property
    def seq(self) -> int:
        """The latest change's number; 0 before the first."""
        return len(self._changes)

    def add(
        self,
        kind: ChangeKind,
        *,
        channel_id: int | None = None,
        message_id: int | None = None,
        interaction_id: int | None = None,
        person_id: int | None = None,
        actor_id: int | None = None,
    ) -> None:
        """Append a change and wake those who wait."""
        self._changes.append(
            Change(
                seq=self.seq + 1,
                kind=kind,
                channel_id=channel_id,
                message_id=message_id,
                interaction_id=interaction_id,
                person_id=person_id,
                actor_id=actor_id,
            )
        )
        self._grown.set()
        self._grown = asyncio.Event()

    def since(self, seq: int, wanted: Callable[[Change], bool]) -> list[Change]:
        """Return the wanted changes after `seq`."""
        return [change for change in self._changes[max(seq, 0) :] if wanted(change)]

    async def wait(self, seq: int, wanted: Callable[[Change], bool], timeout_seconds: float) -> list[Change]:
        """Return the wanted changes after `seq`, waiting in real time for the first; empty after the timeout."""
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while not (found := self.since(seq, wanted)):
            grown = self._grown
            try:
                async with asyncio.timeout_at(deadline):
                    await grown.wait()
            except TimeoutError:
                return self.since(seq, wanted)
        return found
