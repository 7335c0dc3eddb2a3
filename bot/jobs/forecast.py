"""How long those in line will wait: the rule of `bot.jobs.line`, played on with what tasks usually take."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.clock import SECOND
from bot.jobs import pace
from bot.jobs.line import Lines, Waiting
from bot.jobs.model import Job
from bot.jobs.place_shown import PlaceShown, Shown
from bot.jobs.ports import InLine, Quantiles
from bot.jobs.states import JobState

_SMALL: Final = 20
_HOLDS_PER_JOB: Final = 5
_LONGEST: Final = 2 * SECOND
"""A forecast for many is used again for a while, in milliseconds; one for few is made anew, for that costs nothing."""

_OFF: Final = 0.15
"""A card's time is off where this share of what is left to wait lies between it and the forecast."""
_SLACK: Final = 10 * SECOND
_SPELL: Final = 15 * SECOND
"""A few that are started right after each other make no line that moves fast."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What somebody in line may expect.

    Attributes:
        position: how many go first, plus one; 0 for what is not in line, or where that changes too often to be told.
        ready_at: when the clip is usually done, UTC milliseconds; None where that is not known.
        more_than: in place of a position: more than so many go first.
    """

    position: int = 0
    ready_at: int | None = None
    more_than: int = 0

    @property
    def place(self) -> int:
        """Return what is told of the place as one number, as it is stored with the card."""
        return self.position or -self.more_than


class Forecast:
    """What everybody in line may expect, as of one moment."""

    def __init__(
        self, rows: Sequence[InLine], places: int, now: int, known: Callable[[InLine], Quantiles | None]
    ) -> None:
        """Play the line on.

        Args:
            rows: who waits, and who holds a place.
            places: how many tasks may be at the provider at once.
            now: UTC milliseconds.
            known: how long such a job takes.
        """
        self._made_at = now
        self._waiting = {row.job_id: row for row in rows if row.state is JobState.QUEUED}
        self._held = [row for row in rows if row.state is not JobState.QUEUED]
        self._places = places
        self._starts: list[int | None] = []
        self._next_start: int | None = None
        self._outlooks: dict[str, Outlook] = {}
        self._positions: dict[str, int] = {}
        self._joined: Lines | None = None
        ready = self._play(now, known)
        self._shown = Shown.at(self._between_starts())
        for job_id, position in self._positions.items():
            self._outlooks[job_id] = self._outlook(position, ready[job_id])

    def holds_at(self, now: int) -> bool:
        """Tell whether it can be used again: the more it tells of, the longer."""
        many = len(self._waiting) + len(self._held)
        longest = 0 if many < _SMALL else min(_LONGEST, many * _HOLDS_PER_JOB)
        return 0 <= now - self._made_at < longest

    def of(self, job: Job) -> Outlook | None:
        """Return what a job may expect; None where it has come since."""
        return self._outlooks.get(job.id)

    def join(self, job: Job, known: Quantiles | None) -> Outlook:
        """Return what a job may expect that has come since."""
        self._joined = self._joined or self._lines_now()
        position = self._joined.join(job.place.guild_id or 0, job.requester_id)
        start = self._start_of(position)
        outlook = self._outlook(position, None if start is None or known is None else start + known.p50)
        self._outlooks[job.id] = outlook
        return outlook

    def misplaced(self, limit: int) -> list[str]:
        """Return whose cards say something else, those furthest off first; of equals, those in front.

        A card that is behind its job anyway is drawn as soon as it can be, and needs no word from here.
        """
        wrong = [
            (-error, position, job_id)
            for job_id, position in self._positions.items()
            if (row := self._waiting[job_id]).has_card and not row.card_behind
            if (error := self._error(row, position, self._outlooks[job_id])) >= 1
        ]
        return [job_id for *_, job_id in heapq.nsmallest(limit, wrong)]

    def _error(self, row: InLine, position: int, outlook: Outlook) -> float:
        """Return how far off a card is: by how many places, or how many times as far as its time may be."""
        place = self._shown.error(PlaceShown.stored(row.card_place), position)
        if row.card_ready_at is None or outlook.ready_at is None:
            return max(place, int(row.card_ready_at is not outlook.ready_at))
        off = abs(row.card_ready_at - outlook.ready_at)
        return max(place, off / max(_SLACK, _OFF * (outlook.ready_at - self._made_at)))

    def _outlook(self, position: int, ready_at: int | None) -> Outlook:
        told = self._shown.of(position)
        return Outlook(told.position, ready_at, told.more_than)

    def _between_starts(self) -> float | None:
        """Return how long it is from one start to the next in the mean; those that need not wait are gone at once."""
        waits = [start - self._made_at for start in self._starts if start is not None and start > self._made_at]
        return max(_SPELL, waits[-1]) / len(waits) if waits else None

    def _lines_now(self) -> Lines:
        held = Counter(row.line for row in self._held if row.state is not JobState.OVERDUE)
        waiting = [
            Waiting(
                job_id=row.job_id,
                line=row.line,
                person=row.person,
                number=row.number,
                turn=row.turn,
                person_served=row.person_served,
                line_served=row.line_served,
            )
            for row in self._waiting.values()
        ]
        return Lines(waiting, held, self._places)

    def _play(self, now: int, known: Callable[[InLine], Quantiles | None]) -> dict[str, int | None]:
        """Start everybody in turn, each as soon as a place is free; return when each is usually ready."""
        ready: dict[str, int | None] = {}
        lines = self._lines_now()
        ends = [
            (now + pace.remaining(now - (row.began_at or now), known(row)), row.line)
            for row in self._held
            if row.state is not JobState.OVERDUE
        ]
        heapq.heapify(ends)
        free, at = self._places - len(self._held), now
        for _ in self._waiting:
            while free <= 0 and ends:
                at, line = heapq.heappop(ends)
                lines.free(line)
                free += 1
            job = lines.start_next()
            row = self._waiting[job.job_id]
            quantiles = known(row)
            start = at if free > 0 else None
            self._starts.append(start)
            self._positions[job.job_id] = len(self._starts)
            ready[job.job_id] = None if start is None or quantiles is None else start + quantiles.p50
            if start is not None:
                free -= 1
                heapq.heappush(ends, (start + pace.mean(quantiles), job.line))
        self._next_start = at if free > 0 else ends[0][0] if ends else None
        return ready

    def _start_of(self, position: int) -> int | None:
        """Return when whoever is at a position is started; beyond the last, at the pace of those before."""
        if position <= len(self._starts):
            return self._starts[position - 1]
        if not self._starts:
            return self._next_start
        first, last = self._starts[0], self._starts[-1]
        if first is None or last is None:
            return None
        return last + (last - first) * (position - len(self._starts)) // len(self._starts)
