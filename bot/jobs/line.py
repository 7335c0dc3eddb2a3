"""Whose turn it is: servers take turns, and on a server its people do.

Each server has a line (what belongs to none shares one). The queue's clock ticks with every job that comes and with
every one that is started. Of those who wait, a person stands where they were last served, or where the first of their
jobs came if that is later; so does a line. Whoever stands there longest goes first:

- a person's own jobs go in the order in which they came;
- before a person's next job goes at most one of everybody else's in the same line, for whoever was served stands behind
  them from then on; nobody can be passed for ever, however many jobs come, and from however many people;
- likewise before a line's next job goes at most one of each other line, while the line has room in its share.

A line's share is what it would hold if all lines that have something waiting or under way held the same, rounded up.
Who holds a share lets others go first; a place that nobody else can take is taken all the same.

The store claims by this rule (`storage/sql/*/line.sql`); here it tells people how long they will wait. It knows only
facts that are stored anyway: nothing is lost by a restart, and all processes agree.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush

_Turn = tuple[int, int, int]
"""Since when a line has stood, the number of the job in front, and the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A job in line.

    Attributes:
        line: the server's id; 0 for none.
        number: in order of arrival.
        turn: when it came by the queue's clock, or when it was last started, if it is back in line.
        person_served: when a job of that person was last started in that line; 0 for never.
        line_served: the same for the whole line.
    """

    job_id: str
    line: int
    person: int
    number: int
    turn: int
    person_served: int = 0
    line_served: int = 0


@dataclass(order=True, slots=True)
class _Standing:
    """Where a job stands in its line: jobs of equal rank, one of each person, make a round."""

    rank: int
    since: int
    number: int
    job: Waiting = field(compare=False)


class Lines:
    """The lines at one moment, and how they go on."""

    def __init__(self, waiting: Iterable[Waiting], held: Mapping[int, int], places: int) -> None:
        """Put everybody in their place.

        Args:
            waiting: whoever waits.
            held: how many places each line holds; what is overdue is not counted, for it may never end.
            places: how many there are in all.
        """
        self._places = places
        self._held = Counter({line: number for line, number in held.items() if number > 0})
        self._lines: defaultdict[int, list[_Standing]] = defaultdict(list)
        self._since: dict[int, int] = {}
        self._people: dict[tuple[int, int], _Person] = {}
        self._heaps: dict[int, list[_Turn]] | None = None
        self._busy = 0
        self._clock = self._number = 0
        for job in sorted(waiting, key=lambda each: each.number):
            self._lines[job.line].append(self._standing(job))
            self._clock = max(self._clock, job.turn, job.line_served)
            self._number = job.number
        for line, standing in self._lines.items():
            came = min(each.job.turn for each in standing)
            self._since[line] = max(came, *(each.job.line_served for each in standing))
            standing.sort()

    def start_next(self) -> Waiting:
        """Take the next one out of line, where there is one, and let it hold a place."""
        heaps = self._arranged() if self._heaps is None else self._heaps
        share = -(-self._places // self._busy)
        # Lines that hold equally many stand in one heap; of such numbers there are few, however many lines there are.
        first = {held: heap for held in list(heaps) if (heap := self._valid(heaps, held))}
        below = [heap for held, heap in first.items() if held < share]
        *_, line = heappop(min(below or first.values(), key=lambda heap: heap[0]))
        standing = self._lines[line]
        job = heappop(standing).job
        if not standing:
            del self._lines[line]
        self._clock += 1
        self._since[line] = self._clock
        self._held[line] += 1
        self._put(line)
        return job

    def free(self, line: int) -> None:
        """Let a line hold one place less."""
        self._held[line] -= 1
        if not self._held[line]:
            del self._held[line]
            self._busy -= line not in self._lines
        self._put(line)

    def join(self, line: int, person: int) -> int:
        """Let somebody new join, before anything is taken out; return how many go first, plus one.

        Shares are left out of account.
        """
        self._heaps = None
        self._clock += 1
        self._number += 1
        job = Waiting(job_id="", line=line, person=person, number=self._number, turn=self._clock)
        standing = self._standing(job)
        insort(self._lines[line], standing)
        since = self._since.setdefault(line, self._clock)
        rank = self._lines[line].index(standing) + 1
        return rank + sum(
            min(len(others), rank if self._since[other] < since else rank - 1)
            for other, others in self._lines.items()
            if other != line
        )

    def _standing(self, job: Waiting) -> _Standing:
        since = max(job.turn, job.person_served)
        person = self._people.setdefault((job.line, job.person), _Person(since))
        person.jobs += 1
        return _Standing(person.jobs, person.since, job.number, job)

    def _arranged(self) -> dict[int, list[_Turn]]:
        """Arrange the lines by how many places they hold, those whose turn it is first."""
        self._busy = len(self._lines.keys() | self._held.keys())
        self._heaps = {}
        for line in self._lines:
            self._put(line)
        return self._heaps

    def _put(self, line: int) -> None:
        """Let a line stand where it belongs; where it stood before it is passed over."""
        if self._heaps is not None and line in self._lines:
            turn = self._since[line], self._lines[line][0].number, line
            heappush(self._heaps.setdefault(self._held[line], []), turn)

    def _valid(self, heaps: dict[int, list[_Turn]], held: int) -> list[_Turn]:
        """Return a heap without what stands in front of it and belongs elsewhere by now."""
        heap = heaps[held]
        while heap:
            since, number, line = heap[0]
            standing = self._lines.get(line)
            if standing and (held, since, number) == (self._held[line], self._since[line], standing[0].number):
                return heap
            heappop(heap)
        del heaps[held]
        return heap


@dataclass(slots=True)
class _Person:
    """Since when somebody stands in a line, and with how many jobs."""

    since: int
    jobs: int = 0
