"""A bot whose every system call is recorded, and the judgement of what a power cut would have cost."""

from __future__ import annotations

import contextlib
import copy
import os
import random
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from typing_extensions import override

from sandbox.stage.processes import ChildProcess
from tests.chaos.power import strace
from tests.chaos.power.disk import Disk, Loss
from tests.chaos.power.images import Image, Judge, image_of
from tests.chaos.power.promises import Promise, promises
from tests.chaos.power.replay import Replay

BETWEEN: Final = 200
"""Places between two syncs at which the power is cut, beside those right after each sync."""


class RecordedBot(ChildProcess):
    """A bot under strace; signals go to the bot itself, for strace would let go of it and say no more."""

    def __init__(
        self, command: Sequence[str], *, record: Path, environment: Mapping[str, str], directory: Path, log: Path
    ) -> None:
        super().__init__(
            "recorded bot",
            [*strace.command(record), *command],
            environment=environment,
            directory=directory,
            log=log,
        )
        self.record = record

    @override
    def _signal(self, number: signal.Signals) -> None:
        if self.pid is None or not self.running:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(strace.traced_by(self.pid) or self.pid, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of cutting the power at many places of one record."""

    cuts: int
    images: int
    promises: int
    losses: Sequence[str] = ()


@dataclass
class PowerCuts:
    """A record, ready to be cut.

    Attributes:
        before: the disk as it was when the record began.
        directory: the data's.
    """

    record: Path
    before: Disk
    directory: Path
    discord: str
    provider: str
    promised: Sequence[Promise] = ()
    _calls: list[strace.Call] = field(default_factory=list)

    def read(self) -> None:
        """Read the record; once is enough."""
        self._calls = strace.read_record(self.record)
        self.promised = promises(self._calls, discord=self.discord, provider=self.provider)

    def places(self, dice: random.Random, between: int = BETWEEN) -> list[int]:
        """Return where the power is cut: after each sync, where each promise leaves, and anywhere else."""
        last = max((call.ended for call in self._calls), default=0) + 1
        chosen = {place for sync in self._replay().synced() for place in (sync - 1, sync)}
        chosen |= {promise.place + 1 for promise in self.promised}
        chosen |= {dice.randrange(last + 1) for _ in range(between)} | {last}
        return sorted(chosen)

    def judge(
        self, dice: random.Random, workplace: Path, *, between: int = BETWEEN, losses: Iterable[Loss] = Loss
    ) -> Verdict:
        """Cut the power at every place, in each way, and say what was lost of what had been promised."""
        workplace.mkdir(parents=True, exist_ok=True)
        judge, replay = Judge(self.promised, workplace), self._replay()
        found: dict[str, str] = {}
        places, images = self.places(dice, between), 0
        for place in places:
            replay.go_to(place)
            for loss in losses:
                images += 1
                for lost in judge.losses(image_of(replay.disk, loss, dice), place):
                    found.setdefault(lost, f"{lost} (cut at {place}, {loss.name} of the unsynced lost)")
        return Verdict(cuts=len(places), images=images, promises=len(self.promised), losses=tuple(found.values()))

    def at_the_end(self, loss: Loss, dice: random.Random) -> Image:
        """Return what is left where the power was cut when the record ended."""
        replay = self._replay()
        replay.go_to(max((call.ended for call in self._calls), default=0) + 1)
        return image_of(replay.disk, loss, dice)

    def _replay(self) -> Replay:
        return Replay(disk=copy.deepcopy(self.before), directory=self.directory, calls=self._calls)
