"""What a process and its children use, as Linux counts it in /proc."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.failure import BenchFailed

_KIB: Final = 1024
_LOOK: Final = 0.02


def resident(pid: int, *, children: bool = True) -> float:
    """Return the resident memory of a process, and of its descendants, in MiB.

    Raises:
        BenchFailed: it has ended, or this system has no /proc.
    """
    own = next(int(line.split()[1]) for line in _read(pid, "status").splitlines() if line.startswith("VmRSS:")) / _KIB
    return own + (sum(_resident_or_gone(child) for child in _children(pid)) if children else 0.0)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process, and its descendants, have used so far, those that ended included.

    Raises:
        BenchFailed: it has ended, or this system has no /proc.
    """
    # The name, which is in brackets, may hold anything; counted from after it, user time is the twelfth field.
    fields = _read(pid, "stat").rpartition(")")[2].split()
    own = sum(int(each) for each in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    return own + sum(_cpu_or_gone(child) for child in _children(pid))


def _children(pid: int) -> Iterator[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        yield from [int(child) for thread in threads for child in (thread / "children").read_text("ascii").split()]
    except OSError as error:
        raise _unreadable(error) from error


def _resident_or_gone(pid: int) -> float:
    try:
        return resident(pid)
    except (BenchFailed, StopIteration):
        return 0.0  # a child that ended since it was listed holds nothing


def _cpu_or_gone(pid: int) -> float:
    try:
        return cpu_seconds(pid)
    except BenchFailed:
        return 0.0


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise _unreadable(error) from error


def _unreadable(error: OSError) -> BenchFailed:
    return BenchFailed(f"a process cannot be looked at here: {error.strerror}")


@dataclass(slots=True)
class MemorySeen:
    """Resident memory of one process without its children, looked at again and again, in MiB.

    Attributes:
        at_first: when it was first looked at.
        most: the most that was seen.
    """

    at_first: float
    most: float = field(default=0.0)


@asynccontextmanager
async def watched_memory(pid: int) -> AsyncIterator[MemorySeen]:
    """Look at a process's memory fifty times a second while the block lasts."""
    seen = MemorySeen(at_first=resident(pid, children=False))
    seen.most = seen.at_first

    async def look() -> None:
        while True:
            seen.most = max(seen.most, resident(pid, children=False))
            await asyncio.sleep(_LOOK)

    looking = asyncio.create_task(look())
    try:
        yield seen
        if looking.done():
            looking.result()
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
