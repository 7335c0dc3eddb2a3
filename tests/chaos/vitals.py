"""How a running bot does, measured from outside, and whether that stays as it is however long it works."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import linear_regression
from typing import TYPE_CHECKING, Final

from tests.chaos.bot import Order
from tests.chaos.trial import Engine

if TYPE_CHECKING:
    from tests.chaos.arena import Arena

_KIBIBYTE: Final = 1024
_TOOK: Final = re.compile(r"Executing .* took (\d+\.\d+) seconds")
_WORDS_OF_DEFECTS: Final = (
    "never awaited",
    "never retrieved",
    "was destroyed but it is pending",
    "ResourceWarning",
    "Unclosed ",
    "loop died",
    "item spoilt",
    "Traceback (most recent call last)",
)
"""What asyncio's debug mode, Python's warnings and the bot's own log say of defects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """A bot at one moment at which it has nothing to do.

    Attributes:
        jobs: how many jobs it has brought to their end.
        seconds: of real time since the first measurement.
        memory: resident bytes.
        blocks: pieces of memory that Python has given to objects that live; exact, where resident bytes come by the
            mebibyte and are not given back.
        files: open file descriptors.
        tasks: tasks of its event loop.
        database: bytes of the database without its write-ahead log.
        log_ahead: bytes of the write-ahead log; 0 on PostgreSQL, which has its own elsewhere.
    """

    jobs: int
    seconds: float
    memory: int
    blocks: int
    files: int
    threads: int
    tasks: int
    database: int
    log_ahead: int


_DATABASE_SIZE: Final = "SELECT SUM(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"  # noqa: E501


async def vitals(arena: Arena, jobs: int, began: float) -> Vitals:
    """Measure the first bot."""
    told = await arena.bot.tell(Order(collect=True))
    assert told is not None, f"the bot is gone:\n{arena.bot.tail()}"
    database, log_ahead = await _database(arena)
    assert arena.bot.pid is not None
    memory, files, threads = _process(arena.bot.pid)
    return Vitals(
        jobs=jobs,
        seconds=round(time.monotonic() - began, 1),
        memory=memory,
        blocks=told.blocks,
        files=files,
        threads=threads,
        tasks=told.tasks,
        database=database,
        log_ahead=log_ahead,
    )


def _process(pid: int) -> tuple[int, int, int]:
    """Return a process's resident bytes, open descriptors and threads."""
    process = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    resident = int(status["VmRSS"].split()[0]) * _KIBIBYTE
    return resident, len(list((process / "fd").iterdir())), int(status["Threads"])


async def _database(arena: Arena) -> tuple[int, int]:
    if arena.engine is Engine.POSTGRES:
        ((size,),) = await arena.records.rows(_DATABASE_SIZE)
        return int(size or 0), 0
    return _file(Path(arena.database_url.removeprefix("sqlite:///")))


def _file(file: Path) -> tuple[int, int]:
    ahead = file.with_name(f"{file.name}-wal")
    # The rows that are still in the log alone are the database's, too, but less than a checkpoint's worth.
    return file.stat().st_size, ahead.stat().st_size if ahead.exists() else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How much of something may be gained per thousand jobs, by least squares over the second half of a soak.

    Attributes:
        at_most: in its own unit, per thousand jobs.
        spread: how far the highest may be from the lowest, in the second half.
        because: why so much.
    """

    name: str
    at_most: float
    spread: float
    because: str


MEBIBYTE: Final = 1024 * 1024
RULES: Final = (
    Rule(
        name="memory",
        at_most=6 * MEBIBYTE,
        spread=16 * MEBIBYTE,
        because="what the allocator cannot give back comes by the mebibyte; what lives, the blocks tell exactly",
    ),
    Rule(
        name="blocks",
        at_most=15_000,
        spread=100_000,
        because="of each of the latest 2,000 events a few are remembered; a leak of one job's row is thirty and more",
    ),
    Rule(
        name="files",
        at_most=8,
        spread=48,
        because="twenty or so kept-alive connections come and go; a leak of one in a hundred jobs shows",
    ),
    Rule(name="threads", at_most=1, spread=4, because="the pool's threads are made when first needed"),
    Rule(name="tasks", at_most=4, spread=32, because="a kept-alive connection has one; otherwise the loops' own"),
    Rule(name="log_ahead", at_most=MEBIBYTE, spread=8 * MEBIBYTE, because="SQLite checkpoints every 4 MiB"),
)
_STARTING: Final = 0.5
_DATABASE_TOLERANCE: Final = 0.1
"""By how much the bytes per job of the second half may differ from those of the first: pages fill unevenly."""


def unsteady(samples: Sequence[Vitals]) -> list[str]:
    """Return what does not stay as it is."""
    second = samples[int(len(samples) * _STARTING) :]
    found = []
    for rule in RULES:
        values = [float(getattr(sample, rule.name)) for sample in second]
        slope = per_thousand(second, rule.name)
        if slope > rule.at_most:
            found.append(f"{rule.name} grows by {slope:,.1f} per 1,000 jobs (at most {rule.at_most:,.0f})")
        if max(values) - min(values) > rule.spread:
            found.append(f"{rule.name} goes from {min(values):,.0f} to {max(values):,.0f}")
    first, last = bytes_per_job(samples[: len(samples) // 2 + 1]), bytes_per_job(samples[len(samples) // 2 :])
    if last > first * (1 + _DATABASE_TOLERANCE):
        found.append(f"a job takes {last:,.0f} bytes of the database in the second half, {first:,.0f} in the first")
    return found


def per_thousand(samples: Sequence[Vitals], name: str) -> float:
    """Return how much of something is gained per thousand jobs."""
    jobs = [sample.jobs for sample in samples]
    return linear_regression(jobs, [float(getattr(sample, name)) for sample in samples]).slope * 1_000


def bytes_per_job(samples: Sequence[Vitals]) -> float:
    """Return what a job takes of the database, in bytes."""
    gained = samples[-1].database - samples[0].database
    return gained / (samples[-1].jobs - samples[0].jobs)


@dataclass(frozen=True, slots=True)
class Complaints:
    """What a log complains of.

    Attributes:
        defects: lines that tell of a defect.
        slow: how long callbacks took that took long, in seconds, the longest first.
    """

    defects: Sequence[str]
    slow: Sequence[float]


def complaints(log: Path) -> Complaints:
    """Read a bot's log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    defects = [line for line in lines if any(words in line for words in _WORDS_OF_DEFECTS)]
    slow = sorted((float(found[1]) for line in lines if (found := _TOOK.search(line))), reverse=True)
    return Complaints(defects, slow)


def too_slow(seen: Complaints, allowed: float) -> list[float]:
    """Return how long the callbacks took, in seconds, that took so long or longer; the longest first."""
    return [seconds for seconds in seen.slow if seconds >= allowed]


def in_words(samples: Sequence[Vitals], seen: Complaints) -> str:
    """Return the figures that count, as sentences."""
    second = samples[int(len(samples) * _STARTING) :]
    gained = {rule.name: per_thousand(second, rule.name) for rule in RULES}
    slow = f", the longest {seen.slow[0]:.2f} s" if seen.slow else ""
    return (
        f"in the second half, per 1,000 jobs, memory {gained['memory'] / MEBIBYTE:+.1f} MiB, living blocks"
        f" {gained['blocks']:+,.0f}, file descriptors {gained['files']:+.1f}, threads"
        f" {gained['threads']:+.1f}, tasks {gained['tasks']:+.1f};"
        f" {bytes_per_job(samples):,.0f} bytes of the database a job. asyncio's debug mode named {len(seen.slow)}"
        f" callbacks of 0.1 s and more{slow}, and no defect."
    )


def as_json(samples: Sequence[Vitals], seen: Complaints) -> str:
    """Return everything that was measured."""
    figures = {
        "jobs": samples[-1].jobs,
        "seconds": samples[-1].seconds,
        "per_1000_jobs_in_second_half": {
            rule.name: round(per_thousand(samples[len(samples) // 2 :], rule.name), 1) for rule in RULES
        },
        "allowed": {
            rule.name: {"per_1000_jobs": rule.at_most, "spread": rule.spread, "because": rule.because} for rule in RULES
        },
        "database_bytes_per_job": round(bytes_per_job(samples)),
        "slow_callbacks": list(seen.slow[:20]),
        "number_of_slow_callbacks": len(seen.slow),
        "samples": [asdict(sample) for sample in samples],
    }
    return json.dumps(figures, indent=1) + "\n"
