"""How long a burst of job submissions takes to become durable.

Each submission takes a month's budget and a person's quota, both with a ceiling, and writes the job, its first event
and its line in the ledger, deduplicated by its request key. One in twenty repeats an earlier request, one in fifty
draws a short id that is taken, and a few people are over their quota, so that every answer occurs.

    python -m bench.submit_burst [--jobs 1000] [--most-seconds 2] [--url sqlite:///burst.db]

The baseline is one row and one commit at a time on the same disk with the same settings. It ends with code 1 if the
burst takes longer than `--most-seconds`, or if the database does not hold exactly what was answered.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import aiosqlite

from bot.clock import SystemClock
from bot.jobs.limits import Hold, Scope, month_counter, person_day_counter
from bot.jobs.model import JobKind, NewJob, Place, VideoInput
from bot.jobs.ports import Accepted, SubmitResult
from storage.migration import run_migrations
from storage.store import Store, open_store

PRICE = 260_000
PEOPLE = 97
PER_PERSON = 10
ROUNDS = 3


def submission(number: int, at: int) -> tuple[NewJob, Sequence[Hold]]:
    person = 10_000 + number % PEOPLE + number // 1_000 * PEOPLE
    new = NewJob(
        id=f"b{number - 1 if number % 50 == 49 else number}",
        request_key=f"request-{number - 1 if number % 20 == 19 else number}",
        kind=JobKind.VIDEO,
        requester_id=person,
        place=Place(guild_id=1, channel_id=2, upload_limit=10_485_760),
        input=VideoInput(prompt="a storm rolls in over a harbour at dusk", seconds=5, ratio="16:9"),
        model="kling-1.6",
        mode="std",
        spoiler=False,
        source_id=None,
        service_mode="",
        key_fingerprint="benchmark",
        hook_token=secrets.token_hex(16),
        price_microusd=PRICE,
        reserved_microusd=PRICE,
        created_at=at,
        due_at=at,
        queue_expires_at=at + 3_600_000,
    )
    return new, (
        Hold(Scope.PROCESS_MONTH_USD, month_counter(at), PRICE, PRICE * 1_000_000),
        Hold(Scope.PERSON_DAY_JOBS, person_day_counter(person, at), 1, PER_PERSON),
    )


async def burst(store: Store, first: int, jobs: int) -> tuple[float, list[SubmitResult]]:
    """Return the seconds from the first call to the last answer, and the answers."""
    at = SystemClock().now()
    work = [submission(number, at) for number in range(first, first + jobs)]
    started = time.perf_counter()
    answers = await asyncio.gather(*(store.submit(new, holds) for new, holds in work))
    return time.perf_counter() - started, list(answers)


async def bare_commits(path: Path, rows: int) -> float:
    """Return the seconds that one row and one commit take, with nothing else done."""
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE bare (a TEXT, b TEXT)",
        ):
            await connection.execute_fetchall(statement)
        started = time.perf_counter()
        for number in range(rows):
            await connection.execute_fetchall("INSERT INTO bare VALUES (?, ?)", (str(number), "a storm rolls in"))
        return (time.perf_counter() - started) / rows


async def measure(url: str, jobs: int, folder: Path) -> float:
    await run_migrations(url, folder)
    seconds: list[float] = []
    async with open_store(url, folder, SystemClock()) as store:
        accepted = 0
        for round_number in range(ROUNDS):
            taken, answers = await burst(store, round_number * jobs, jobs)
            seconds.append(taken)
            accepted += sum(isinstance(answer, Accepted) for answer in answers)
            kinds = Counter(type(answer).__name__ for answer in answers)
            print(f"round {round_number + 1}: {taken:.3f} s  " + "  ".join(f"{n} {kind}" for kind, n in kinds.items()))
        held = await store.used(month_counter(SystemClock().now()))
        if held != accepted * PRICE:
            raise SystemExit(f"the month's counter says {held}, the answers say {accepted * PRICE}")
        print(f"{store.engine_version}, median of {ROUNDS} rounds of {jobs} submissions")
    return statistics.median(seconds)


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1_000)
    parser.add_argument("--most-seconds", type=float, default=2.0)
    parser.add_argument("--url", default="sqlite:///burst.db")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with asyncio.timeout(120):
            bare = await bare_commits(folder / "bare.db", min(options.jobs, 200))
            median = await measure(options.url, options.jobs, folder)
    print(
        f"burst:    {median:.3f} s = {median / options.jobs * 1e3:.3f} ms each, {options.jobs / median:.0f} per second"
    )
    print(f"baseline: {bare * options.jobs:.3f} s = {bare * 1e3:.3f} ms for one bare row and commit")
    print(f"ratio:    {median / (bare * options.jobs):.2f} of the baseline")
    return 0 if median <= options.most_seconds else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
