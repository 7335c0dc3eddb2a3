"""Any order of events, over the core's real steps and store: two processes, crashes at any await, clocks that jump."""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path
from typing import Final

from storage.migration import run_migrations
from tests.chaos.arena import Arena
from tests.chaos.trial import Engine, Group, Trial
from tests.contract.postgres_server import postgres_server
from tests.integration.jobs.machine import Budget, on_postgres, on_sqlite, perform

_ON_A_FILE: Final = (40, 50)
_ON_A_SERVER: Final = (20, 40)
"""How many orders of events, and how many events in each."""


async def in_any_order(arena: Arena, chance: random.Random) -> None:
    """Try other orders than the last time; the shortest that breaks a promise is the error's text."""
    on_server = arena.engine is Engine.POSTGRES
    examples, steps = _ON_A_SERVER if on_server else _ON_A_FILE
    budget = Budget(examples=examples, steps=steps, seed=chance.getrandbits(32))
    await asyncio.to_thread(_on_a_server if on_server else _on_a_file, budget)


def _on_a_file(budget: Budget) -> None:
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(run_migrations("sqlite:///egret.db", Path(directory)))
        perform(on_sqlite(Path(directory, "egret.db")), budget)


def _on_a_server(budget: Budget) -> None:
    with postgres_server() as address:
        url = address.format(name="postgres")
        asyncio.run(run_migrations(url, Path()))
        perform(on_postgres(url), budget)


TRIALS: Final = (
    Trial(
        name="any order of events on the real steps: two processes, crashes at any await, clocks that jump",
        group=Group.OPERATIONS,
        perform=in_any_order,
        runs=5,
        seconds=600,
    ),
)
