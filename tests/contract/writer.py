"""A process that stores and moves jobs until it is killed, saying what it was told is durable.

python -m tests.contract.writer DATABASE_URL DATA_DIR
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import structlog

from bot.jobs.ports import Accepted
from bot.jobs.states import BIND, SUBMIT
from storage.store import Store, open_store
from tests.contract.samples import ManualClock, holds_for, move, new_job


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


async def write(store: Store, worker: int) -> None:
    for number in range(100_000):
        new = new_job(id=f"w{worker}-{number}", request_key=f"w{worker}-{number}")
        if isinstance(await store.submit(new, holds_for(new, month_ceiling=None, day_ceiling=None)), Accepted):
            say(new.id, "queued")
        if await store.apply(move(new.id, SUBMIT)) is not None:
            say(new.id, "submitting")
        if await store.apply(move(new.id, BIND)) is not None:
            say(new.id, "running")


async def main(url: str, data_dir: Path) -> None:
    async with open_store(url, data_dir, ManualClock()) as store:
        await asyncio.gather(*(write(store, worker) for worker in range(4)))


if __name__ == "__main__":
    # Standard output is for what is acknowledged.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
