"""`make chaos`: does every fault to whole bots, and ends non-zero where something does not hold."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.chaos.register import trials
from tests.chaos.runner import Plan, chosen, runner
from tests.chaos.trial import Engine


async def main() -> int:
    directory = Path(tempfile.mkdtemp(prefix="egret-chaos-"))
    engines = [Engine(os.environ["ENGINE"])] if os.environ.get("ENGINE") else list(Engine)
    bad = 0
    for engine in engines:
        plan = Plan(
            engine=engine,
            runs=int(os.environ.get("RUNS", "20")),
            seed=os.environ.get("SEED", "1"),
            directory=directory / engine,
        )
        async with runner(plan) as performing:
            for trial in chosen(trials(), engine, only=os.environ.get("ONLY", ""), short="--short" in sys.argv):
                result = await performing.perform(trial)
                bad += len(result.breaches)
                print(
                    engine,
                    trial.name,
                    result.runs,
                    result.commands,
                    dict(result.endings),
                    f"{result.seconds:.1f}s",
                    flush=True,
                )
                for breach in result.breaches:
                    print("   BREACH", breach.invariant.value, "--", breach.what, flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
