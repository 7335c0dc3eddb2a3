"""Worker processes: how many at once, what each may use, and how each ends."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

import bot
from bot.clock import MINUTE, SECOND
from bot.errors import EgretError
from bot.media.worker import wire

if TYPE_CHECKING:
    from bot.media.worker.wire import Answer, ProcessLimits, Task

_log = logging.getLogger(__name__)

_SOURCE_ROOT: Final = Path(bot.__file__).resolve().parent.parent
_MIB: Final = 1024 * 1024
_MAX_ANSWER: Final = 64 * 1024
_MAX_COMPLAINT: Final = 8 * 1024
_INHERITED: Final = ("PATH", "SYSTEMROOT", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

AnswerT = TypeVar("AnswerT", bound="Answer")


class WorkerEnd(StrEnum):
    """How a worker ended without doing its work."""

    UNREADABLE = "unreadable"
    """It said that the file cannot be read."""
    TIMED_OUT = "timed_out"
    """It was stopped: too slow."""
    CRASHED = "crashed"
    """It ended by itself without an answer: a crash, or a limit on memory, time or output."""


class WorkerFailedError(EgretError):
    """A worker did not do its work; what it wrote is not to be used.

    Attributes:
        end: how it ended.
    """

    def __init__(self, end: WorkerEnd, cause: str) -> None:
        """Keep the end; `cause` is for logs and names no file."""
        super().__init__(f"{end.value}: {cause}")
        self.end = end


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one worker may use: its own limits and the time until it is stopped, in milliseconds."""

    limits: ProcessLimits
    wall_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What each kind of work may use."""

    probing: Allowance = Allowance(
        limits=wire.ProcessLimits(memory_bytes=1024 * _MIB, cpu_seconds=5, output_bytes=0),
        wall_ms=30 * SECOND,
    )
    image: Allowance = Allowance(
        limits=wire.ProcessLimits(memory_bytes=2048 * _MIB, cpu_seconds=60, output_bytes=64 * _MIB),
        wall_ms=2 * MINUTE,
    )
    audio: Allowance = Allowance(
        limits=wire.ProcessLimits(memory_bytes=1024 * _MIB, cpu_seconds=60, output_bytes=64 * _MIB),
        wall_ms=2 * MINUTE,
    )
    inspection: Allowance = Allowance(
        limits=wire.ProcessLimits(memory_bytes=2048 * _MIB, cpu_seconds=30, output_bytes=64 * _MIB),
        wall_ms=1 * MINUTE,
    )
    encoding: Allowance = Allowance(
        limits=wire.ProcessLimits(memory_bytes=3072 * _MIB, cpu_seconds=900, output_bytes=1024 * _MIB),
        wall_ms=10 * MINUTE,
    )

    def of(self, task: Task) -> Allowance:
        """Return what this piece of work may use."""
        match task:
            case wire.ProbeImage() | wire.ProbeAudio():
                return self.probing
            case wire.ConvertImage():
                return self.image
            case wire.ConvertAudio():
                return self.audio
            case wire.EncodeVideo():
                return self.encoding
            case wire.InspectVideo() | wire.MakePoster() | wire.RemuxVideo():
                return self.inspection


class WorkerPool:
    """Runs workers, a few at a time, each in a process of its own that dies with the call that wanted it."""

    def __init__(self, *, at_once: int = 1, allowances: Allowances | None = None) -> None:
        """Start nothing yet.

        Args:
            at_once: the most workers alive at one time.
            allowances: what each kind of work may use.
        """
        self._slots = asyncio.Semaphore(at_once)
        self._allowances = allowances or Allowances()

    async def run(self, task: Task, answer: type[AnswerT]) -> AnswerT:
        """Do one piece of work and return its answer, which must be of the given kind.

        Raises:
            WorkerFailedError: it was not done, whatever the reason.
        """
        got = await self.ask(task)
        if isinstance(got, answer):
            return got
        cause = got.cause if isinstance(got, wire.Unreadable) else type(got).__name__
        raise WorkerFailedError(WorkerEnd.UNREADABLE, cause)

    async def ask(self, task: Task) -> Answer:
        """Do one piece of work and return whatever the worker answers.

        Raises:
            WorkerFailedError: it was too slow, crashed or met a limit.
        """
        allowance = self._allowances.of(task)
        async with self._slots:
            process = await _start()
            try:
                async with asyncio.timeout(allowance.wall_ms / SECOND):
                    spoken, complaint = await _exchange(process, wire.request_to_json(task, allowance.limits))
            except TimeoutError as error:
                raise WorkerFailedError(WorkerEnd.TIMED_OUT, f"over {allowance.wall_ms} ms") from error
            finally:
                await _end(process)
        if complaint:
            _log.info("the media worker complained", extra={"work": type(task).__name__, "stderr": complaint})
        return _read_answer(spoken, process.returncode)


async def _start() -> asyncio.subprocess.Process:
    """Start a worker with none of our secrets in its environment and out of reach of the terminal's Ctrl-C."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # modules come from where ours came from, never from the working directory
        "-s",
        "-m",
        "bot.media.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "PYTHONPATH": str(_SOURCE_ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            # each arena of glibc's allocator reserves 64 MiB of the address space that is limited
            "MALLOC_ARENA_MAX": "2",
        },
        start_new_session=True,
    )


async def _exchange(process: asyncio.subprocess.Process, request: bytes) -> tuple[bytes, str]:
    """Send the request and read to the end; stdin stays open meanwhile, for its end would end the worker."""
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise WorkerFailedError(WorkerEnd.CRASHED, "no pipes")
    process.stdin.write(request)
    spoken, complaint = await asyncio.gather(
        _read_capped(process.stdout, _MAX_ANSWER), _read_capped(process.stderr, _MAX_COMPLAINT)
    )
    await process.wait()
    return spoken, complaint.decode(errors="replace").strip()


async def _read_capped(stream: asyncio.StreamReader, most: int) -> bytes:
    """Read to the end and keep the last `most` bytes."""
    kept = b""
    while block := await stream.read(most):
        kept = (kept + block)[-most:]
    return kept


async def _end(process: asyncio.subprocess.Process) -> None:
    """Make sure that the process is gone and reaped, even if the caller is cancelled again meanwhile."""
    if process.returncode is None:
        process.kill()
    await asyncio.shield(asyncio.ensure_future(process.wait()))
    if process.stdin is not None:
        process.stdin.close()


def _read_answer(spoken: bytes, returncode: int | None) -> Answer:
    if returncode != 0:
        raise WorkerFailedError(WorkerEnd.CRASHED, f"exit code {returncode}")
    try:
        envelope = TypeAdapter(dict[str, object]).validate_json(spoken)
        kind = wire.ANSWERS[str(envelope.pop("answer", ""))]
        return TypeAdapter(kind).validate_python(envelope)
    except (ValidationError, KeyError) as error:
        raise WorkerFailedError(WorkerEnd.CRASHED, "an answer that makes no sense") from error
