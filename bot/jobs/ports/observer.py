"""What the core and its store tell whoever watches: facts after they are committed, and how late work begins."""

from __future__ import annotations

from typing import Protocol

from bot.jobs.model import Delivery, Job


class Observer(Protocol):
    """Watches, quickly and without raising; it changes nothing."""

    def stored(self, job: Job) -> None:
        """A job was stored."""
        ...

    def moved(self, job: Job, charged_microusd: int | None) -> None:
        """A job came into the state it has; `charged_microusd` where the ledger was settled with it."""
        ...

    def message_moved(self, delivery: Delivery, at: int) -> None:
        """A message owed to a channel changed its state at an instant (UTC milliseconds)."""
        ...

    def polled(self, late_ms: int) -> None:
        """A poll begins, so long after it was due."""
        ...

    def detected(self, late_ms: int) -> None:
        """A poll of a job shows that its task ended, so long ago by the provider's clock."""
        ...


class Unobserved:
    """Watches nothing."""

    def stored(self, job: Job) -> None:
        """Pass over it."""

    def moved(self, job: Job, charged_microusd: int | None) -> None:
        """Pass over it."""

    def message_moved(self, delivery: Delivery, at: int) -> None:
        """Pass over it."""

    def polled(self, late_ms: int) -> None:
        """Pass over it."""

    def detected(self, late_ms: int) -> None:
        """Pass over it."""
