"""Supervised loops: each step is one `run_once`, and one dying stops them all with its name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar, runtime_checkable

import structlog
from structlog.contextvars import bound_contextvars

from bot.clock import SECOND, Clock
from bot.errors import EgretError, is_shortage
from bot.jobs.model import Delivery, Job
from bot.jobs.ports import StoreUnavailable

T = TypeVar("T")

_STORE_REST: Final = 5 * SECOND
_PATIENCE: Final = 0.1
"""Seconds in which a worker that is busy here is waited for before other processes are called."""

log = structlog.get_logger(__name__)


class LoopDied(EgretError):
    """A background loop ended by an exception that nobody foresaw; the process must stop."""

    def __init__(self, name: str) -> None:
        """Keep the loop's name."""
        super().__init__(f"the {name} loop died")
        self.name = name


class Step(Protocol):
    """One kind of work, taken from the store in small batches."""

    @property
    def name(self) -> str:
        """Return the step's name, for logs and errors."""
        ...

    @property
    def interval(self) -> int:
        """Return how long an idle loop rests before it looks again, in milliseconds."""
        ...

    @property
    def workers(self) -> int:
        """Return how many loops take this step side by side, so that one slow item holds up only its batch."""
        ...

    async def run_once(self) -> int:
        """Take what is due and return how many items that was."""
        ...


@runtime_checkable
class BatchStep(Protocol):
    """A step whose looks take so many items at most: one that takes fewer leaves nothing that could be taken then.

    What another statement held at that moment, and what becomes due without a ring, waits for the interval.
    """

    @property
    def batch(self) -> int:
        """Return how many items one look takes at most."""
        ...


class Bell:
    """Wakes one of a step's idle workers; a ring that finds none of them idle is kept for the first that is."""

    def __init__(self) -> None:
        """Nobody has rung, and nobody listens."""
        self._rung: asyncio.Queue[None] = asyncio.Queue(maxsize=1)
        self._idle = 0
        self.attended = False
        """Whether this process has workers for it, idle or not."""

    @property
    def unheard(self) -> bool:
        """Tell whether nobody has looked since it was rung."""
        return not self._rung.empty()

    def ring(self) -> bool:
        """Wake one worker: what there is to do, one look finds. False where all are at work, or there are none."""
        if self._rung.empty():
            self._rung.put_nowait(None)
        return self._idle > 0

    def clear(self) -> None:
        """Forget a ring that nobody has heard, because its hearer is about to look anyway."""
        if not self._rung.empty():
            self._rung.get_nowait()

    async def wait(self) -> None:
        """Return once the bell was rung for this worker."""
        self._idle += 1
        try:
            await self._rung.get()
        finally:
            self._idle -= 1


def _nobody_else(_names: Sequence[str]) -> None:
    """Call nobody: no other process works on this store."""


@dataclass(frozen=True, slots=True)
class Wakes:
    """Bells between steps, so that nobody waits out an interval when there is known to be work.

    Attributes:
        bells: by the step's name.
        call: lets other processes know of work that nobody here is free for.
    """

    bells: dict[str, Bell] = field(default_factory=dict)
    call: Callable[[Sequence[str]], None] = _nobody_else
    _kept: set[str] = field(default_factory=set, init=False)

    def bell(self, name: str) -> Bell:
        """Return the bell of a step."""
        return self.bells.setdefault(name, Bell())

    def ring(self, *names: str) -> None:
        """Wake steps, in other processes where nobody here is free; one at work looks once more when it is done.

        Who is busy here mostly has done with it before another process had looked, and all of those would look: they
        are called once the ring was left unheard for a moment, or at once where nobody here would ever hear it.
        """
        unheard = {name for name in names if not self.bell(name).ring()}
        absent = sorted(name for name in unheard if not self.bell(name).attended)
        if absent:
            self.call(absent)
        kept = unheard - self._kept - set(absent)
        if kept:
            self._kept.update(kept)
            asyncio.get_running_loop().call_later(_PATIENCE, self._call_for, kept)

    def _call_for(self, kept: set[str]) -> None:
        self._kept.difference_update(kept)
        unheard = sorted(name for name in kept if self.bell(name).unheard)
        if unheard:
            self.call(unheard)

    def ring_here(self, names: Iterable[str]) -> None:
        """Wake steps of this process alone, those it has: another has called, or there is no work but to end."""
        for name in names:
            if name in self.bells:
                self.bells[name].ring()


class Loops:
    """Runs steps until told to stop, or until one dies."""

    def __init__(
        self, steps: Sequence[Step], wakes: Wakes, clock: Clock, stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        """Keep the steps; nothing runs yet.

        Args:
            steps: what there is to do.
            wakes: rings between steps.
            clock: tells when an idle loop looks again.
            stopwatch: tells how long a batch takes, in seconds; nobody sets it.
        """
        self._steps = steps
        self._wakes = wakes
        self._clock = clock
        self._stopwatch = stopwatch
        self._begun: dict[tuple[str, int], float] = {}
        self._storeless: set[tuple[str, int]] = set()
        self._found_all: dict[str, int] = {}
        """When a look of each step last began that left nothing."""
        self._stopping = asyncio.Event()
        for step in steps:
            wakes.bell(step.name).attended = True

    def stuck(self, seconds: float) -> Sequence[str]:
        """Return the steps of which every worker has been at one batch for longer than that."""
        now = self._stopwatch()
        late = {key for key, begun in self._begun.items() if now - begun > seconds}
        return [step.name for step in self._steps if all((step.name, worker) in late for worker in _of(step))]

    def without_store(self) -> Sequence[str]:
        """Return the steps that the store turned away when they last tried."""
        return [step.name for step in self._steps if any((step.name, each) in self._storeless for each in _of(step))]

    def stop(self) -> None:
        """Ask every loop to end after the item in hand."""
        self._stopping.set()
        for step in self._steps:
            # From here on others are called at once.
            self._wakes.bell(step.name).attended = False
        self._wakes.ring_here(step.name for step in self._steps)

    async def run(self) -> None:
        """Run every loop until `stop`.

        Raises:
            LoopDied: one of them ended by an exception; the others have been cancelled.
        """
        tasks = [
            asyncio.create_task(self._loop(step, worker), name=f"loop:{step.name}:{worker}")
            for step in self._steps
            for worker in range(step.workers)
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _loop(self, step: Step, worker: int) -> None:
        bell = self._wakes.bell(step.name)
        batch = step.batch if isinstance(step, BatchStep) else 1
        while not self._stopping.is_set():
            bell.clear()
            self._begun[step.name, worker] = self._stopwatch()
            began = self._clock.now()
            try:
                taken = await step.run_once()
                rest = 0
                if taken < batch:
                    # What came meanwhile has rung the bell.
                    rest = step.interval
                    self._found_all[step.name] = began
                self._storeless.discard((step.name, worker))
            except StoreUnavailable as error:
                self._storeless.add((step.name, worker))
                log.warning("store unavailable", step=step.name, error=str(error))
                rest = _STORE_REST
            except Exception as error:
                if not is_shortage(error):
                    # Whatever it was, it is a defect: say which loop, and stop the process rather than limp.
                    log.exception("loop died", step=step.name)
                    raise LoopDied(step.name) from error
                # A new process would have no more of what there is too little of.
                log.warning("short_of_resources", step=step.name, error=str(error))
                rest = _STORE_REST
            finally:
                self._begun.pop((step.name, worker), None)
            while rest:
                rung = await self._rest(bell, rest)
                rest = 0 if rung else self._left(step)
        # A ring wakes one worker; the one that ends passes it on.
        bell.ring()

    def _left(self, step: Step) -> int:
        """Return how long a worker rests on because another of its step has left nothing meanwhile.

        So a step looks once an interval, however many its workers are; what was put off waits for two at most.
        """
        found_all = self._found_all.get(step.name)
        if found_all is None or step.workers == 1:
            return 0
        since = self._clock.now() - found_all
        return step.interval - since if 0 <= since < step.interval else 0

    async def _rest(self, bell: Bell, milliseconds: int) -> bool:
        """Rest until the bell rings, or for so long; tell whether it rang."""
        waits = [asyncio.ensure_future(bell.wait()), asyncio.ensure_future(self._clock.sleep(milliseconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return waits[0].done()
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


def _of(step: Step) -> range:
    """Return the numbers of a step's workers."""
    return range(step.workers)


async def each(
    items: Iterable[T],
    take: Callable[[T], Awaitable[None]],
    spoilt: Callable[[T], Awaitable[object]],
    *,
    step: str,
    at_once: int = 8,
) -> int:
    """Take items side by side and return how many there were.

    An item whose `take` raises something unforeseen is logged and handed to `spoilt`, which puts it off: one poisoned
    row must not stop everybody's clips. Whatever is logged meanwhile, by a library too, carries the step and the job.

    Raises:
        StoreUnavailable: the store went away; leases bring the items back.
    """
    gate = asyncio.Semaphore(at_once)

    async def one(item: T) -> None:
        # Each item has a task of its own below, so that nothing bound here is seen by its neighbours.
        async with gate:
            with bound_contextvars(step=step, **_names(item)):
                try:
                    await take(item)
                except StoreUnavailable:
                    raise
                except Exception as error:
                    if is_shortage(error):
                        log.warning("short_of_resources", error=str(error))
                    else:
                        # A defect met by one item: its traceback is logged, and the others go on.
                        log.exception("item spoilt")
                    await spoilt(item)

    done = await asyncio.gather(*(one(item) for item in items), return_exceptions=True)
    for result in done:
        if isinstance(result, BaseException):
            raise result
    return len(done)


def _names(item: object) -> dict[str, str]:
    """Return what a log line says of an item."""
    match item:
        case Job():
            return {"job": item.id}
        case (Delivery() as delivery, Job() as job):
            return {"job": job.id, "delivery": delivery.id}
        case _:
            return {}
