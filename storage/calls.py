"""Calls from process to process that there is work: hints, which may be lost, and on which nothing depends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

Heard = Callable[[Sequence[str]], None]
"""Is given the names of the steps for which another process has called."""


class Calls(Protocol):
    """A way to the other processes on the same database."""

    def call(self, steps: Sequence[str]) -> None:
        """Let the other processes know that there is work for these steps; returns at once."""
        ...

    async def run(self, heard: Heard) -> None:
        """Pass calls on, and hear those of others, until cancelled."""
        ...


class NobodyElse:
    """A database that no other process works on."""

    def call(self, steps: Sequence[str]) -> None:
        """Do nothing."""

    async def run(self, heard: Heard) -> None:
        """Return at once: nobody calls."""
