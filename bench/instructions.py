"""What processes did, in instructions: how long one of them takes hangs on what else the machine does meanwhile.

Linux counts them for its program `perf` (Debian's linux-perf), where that is installed and the kernel lets it.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

_EVENT: Final = "instructions:u"
_SECONDS: Final = 10.0
"""How long it may take to say what it counted."""


@dataclass(slots=True)
class InstructionsSeen:
    """What was counted.

    Attributes:
        count: instructions of the programs themselves, not of the kernel for them; None before the count has ended, and
            where nothing counts them.
    """

    count: int | None = None


@asynccontextmanager
async def counted_instructions(pids: Sequence[int]) -> AsyncIterator[InstructionsSeen]:
    """Count what processes, and the children that they start, do while the block lasts, but for its first instants.

    Without processes, or where one of them has ended, nothing is counted.
    """
    seen = InstructionsSeen()
    perf = shutil.which("perf")
    if perf is None or not pids:
        yield seen
        return
    counting = await asyncio.create_subprocess_exec(
        perf,
        *("stat", "--field-separator", ";", "--event", _EVENT, "--pid", ",".join(map(str, pids))),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield seen
    finally:
        seen.count = read_count(await _told(counting))


async def _told(counting: asyncio.subprocess.Process) -> str:
    """End the counting and return what it says; nothing where it does not end."""
    if counting.returncode is None:
        counting.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(_SECONDS):
            _, said = await counting.communicate()
    except TimeoutError:
        counting.kill()
        await counting.wait()
        return ""
    return said.decode(errors="replace")


def read_count(said: str) -> int | None:
    """Return the instructions that `perf stat` tells of; None where it could count none.

    Processors with cores of two kinds have a line for each.
    """
    lines = [line.split(";") for line in said.splitlines()]
    counts = [fields[0] for fields in lines if len(fields) > 2 and "instructions" in fields[2]]
    numbers = [int(count) for count in counts if count.isdecimal()]
    return sum(numbers) if numbers else None
