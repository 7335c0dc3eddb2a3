"""How long a burst of job submissions takes to become durable, against one bare commit for each.

Each submission takes a month's budget and a person's quota, both with a ceiling, and writes the job, its first event
and its line in the ledger, deduplicated by its request key. One in twenty repeats an earlier request, one in fifty
draws a short id that is taken, and a few people are over their quota, so that every answer occurs. The database must
hold exactly what was answered.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from typing import Final

from bench.baseline.commits import bare_commits
from bench.failure import BenchFailed
from bench.figures import Goal, Question, Result, alternated
from bench.measure import Conditions
from bot.clock import SystemClock
from bot.jobs.limits import Hold, Scope, month_counter, person_day_counter
from bot.jobs.model import JobKind, NewJob, Place, VideoInput
from bot.jobs.ports import Accepted, SubmitResult
from bot.log import Redaction, configure_logging
from bot.settings import LogFormat
from storage.migration import run_migrations
from storage.store import Store, open_store

PRICE: Final = 260_000
PEOPLE: Final = 97
PER_PERSON: Final = 10
JOBS: Final = 1_000
QUESTION: Final = Question(
    name="submit_burst",
    what="1,000 submissions at the same moment until all are answered and durable, SQLite",
    against="1,000 bare aiosqlite commits, one after the other",
    unit="s",
    goal=Goal(figure_at_most=2.0),
)


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
        Hold(Scope.PERSON_DAY_JOBS, person_day_counter(1, person, at), 1, PER_PERSON),
    )


async def burst(store: Store, first: int, jobs: int) -> tuple[float, list[SubmitResult]]:
    """Return the seconds from the first call to the last answer, and the answers."""
    at = SystemClock().now()
    work = [submission(number, at) for number in range(first, first + jobs)]
    started = time.perf_counter()
    answers = await asyncio.gather(*(store.submit(new, holds) for new, holds in work))
    return time.perf_counter() - started, list(answers)


async def measure(conditions: Conditions) -> list[Result]:
    """Measure bursts into one growing database, each after as many bare commits on the same disk."""
    jobs = conditions.size(JOBS, 100)
    conditions.say(f"submissions: {conditions.runs} bursts of {jobs}")
    folder = conditions.folder
    accepted = 0

    async def bare(number: int) -> float:
        return await bare_commits(folder / f"bare{number}.db", jobs)

    async def bot(number: int) -> float:
        nonlocal accepted
        seconds, answers = await burst(store, (number + 1) * JOBS, jobs)
        accepted += sum(isinstance(answer, Accepted) for answer in answers)
        return seconds

    # A line of the log for each job would go to the terminal, whose pace is not what is measured.
    configure_logging(LogFormat.TEXT, "WARNING", Redaction())
    folder.mkdir(parents=True)
    url = "sqlite:///burst.db"
    await run_migrations(url, folder)
    async with open_store(url, folder, SystemClock()) as store:
        await bot(-1)  # the first burst finds nothing loaded
        figures, baselines = await alternated(conditions.runs, bare, bot)
        held = await store.used(month_counter(SystemClock().now()))
    if held != accepted * PRICE:
        raise BenchFailed(f"the month's counter says {held}, the answers say {accepted * PRICE}")
    return [conditions.result(QUESTION, figures, baselines)]
