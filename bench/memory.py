"""How much memory a bot takes that is connected and idle."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result
from bench.measure import Conditions
from bench.processes_seen import resident
from bench.stage import EGRET, IDLE, POLLING_BOT, Stage

_SETTLE: Final = 6.0
"""Seconds after connecting, when everything that a start needs is done."""
IDLE_MEMORY: Final = Question(
    name="idle_memory",
    what="resident memory when connected and idle, child processes included",
    against="bare discord.py with the same intents",
    unit="MiB",
    goal=Goal(ratio_at_most=2.0, figure_at_most=90.0),
)
IDLE_MEMORY_POLLING_BOT: Final = IDLE_MEMORY.model_copy(
    update={"name": "idle_memory_or_polling_bot", "against": "a bot that polls each job every 5 s", "goal": None}
)


QUESTIONS: Final = (IDLE_MEMORY, IDLE_MEMORY_POLLING_BOT)


async def measure(conditions: Conditions) -> list[Result]:
    """Start each bot anew for every run; memory does not depend on who else runs, so they do so side by side."""
    settle = conditions.size(_SETTLE, 0.2)
    conditions.say(f"idle memory: {conditions.runs} starts, read {settle:g} s after each")
    async with (
        Stage.open(conditions.folder / "bare") as bare_stage,
        Stage.open(conditions.folder / "polling_bot") as other_stage,
        Stage.open(conditions.folder / "egret") as egret_stage,
    ):
        taken = [
            await asyncio.gather(
                _start(bare_stage, IDLE, settle),
                _start(other_stage, POLLING_BOT, settle),
                _start(egret_stage, EGRET, settle),
            )
            for _ in range(conditions.runs)
        ]
    bare, other, egret = ([run[side] for run in taken] for side in range(3))
    return [
        conditions.result(IDLE_MEMORY, egret, bare),
        conditions.result(IDLE_MEMORY_POLLING_BOT, egret, other),
    ]


async def _start(stage: Stage, command: Sequence[str], settle: float) -> float:
    async with stage.bot(command) as bot:
        await asyncio.sleep(settle)
        if bot.pid is None or not bot.running:
            raise BenchFailed(f"{bot.name} ended with {bot.exit_code}:\n{bot.tail()}")
        return resident(bot.pid)
