"""What each further server costs: memory held and processor time of the start, from one server to 2,500.

Each server has twenty text channels, three roles and two members that bots are told of, and is announced like any other
when the bot connects. Bare discord.py with the same intents, and caches as it has them by default, is beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.failure import BenchFailed
from bench.figures import Question, Result
from bench.measure import Conditions
from bench.processes_seen import cpu_seconds, resident
from bench.stage import EGRET, IDLE, Stage
from bench.world import World

_SERVERS: Final = 2_500
_CHANNELS: Final = 20
_SETTLE: Final = 6.0
_KIB: Final = 1024
_BARE: Final = "bare discord.py with the same intents"
MEMORY: Final = Question(
    name="memory_per_guild",
    what="resident memory for each server of 2,500, above that with one, child processes included",
    against=_BARE,
    unit="KiB",
)
START: Final = Question(
    name="start_per_guild",
    what="processor time of the start for each server of 2,500, above that with one",
    against=_BARE,
    unit="ms",
)


QUESTIONS: Final = (MEMORY, START)


@dataclass(frozen=True, slots=True)
class _Seen:
    memory: float
    cpu: float


async def measure(conditions: Conditions) -> list[Result]:
    """Start each bot anew for every run; what counts is not time, so they may start side by side."""
    servers = conditions.size(_SERVERS, 30)
    settle = conditions.size(_SETTLE, 1.0)
    conditions.say(f"servers: {conditions.runs} starts with 1 and {servers}")
    one, many = World(channels=_CHANNELS), World(servers=servers, channels=_CHANNELS)
    runs: dict[str, list[_Seen]] = {"bare": [], "egret": []}
    async with (
        Stage.open(conditions.folder / "bare1", one) as bare_one,
        Stage.open(conditions.folder / "egret1", one) as egret_one,
        Stage.open(conditions.folder / "bare", many) as bare_many,
        Stage.open(conditions.folder / "egret", many) as egret_many,
    ):
        for _ in range(conditions.runs):
            seen = await asyncio.gather(
                _start(bare_one, IDLE, settle),
                _start(egret_one, EGRET, settle),
                _start(bare_many, IDLE, settle),
                _start(egret_many, EGRET, settle),
            )
            runs["bare"].append(_each(seen[0], seen[2], servers))
            runs["egret"].append(_each(seen[1], seen[3], servers))
    bare, egret = runs["bare"], runs["egret"]
    return [
        conditions.result(MEMORY, [each.memory for each in egret], [each.memory for each in bare]),
        conditions.result(START, [each.cpu for each in egret], [each.cpu for each in bare]),
    ]


def _each(one: _Seen, many: _Seen, servers: int) -> _Seen:
    """Return what each server beyond the first adds, in KiB and milliseconds."""
    return _Seen(_KIB * (many.memory - one.memory) / (servers - 1), 1000 * (many.cpu - one.cpu) / (servers - 1))


async def _start(stage: Stage, command: Sequence[str], settle: float) -> _Seen:
    async with stage.bot(command, set_up=False) as bot:
        await asyncio.sleep(settle)
        if bot.pid is None or not bot.running:
            raise BenchFailed(f"{bot.name} ended with {bot.exit_code}:\n{bot.tail()}")
        return _Seen(resident(bot.pid), cpu_seconds(bot.pid))
