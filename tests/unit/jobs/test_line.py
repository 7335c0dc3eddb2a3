"""Nobody starves in line, whatever comes and however long it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.jobs import line as line_module
from bot.jobs.line import Lines, Waiting

Step = tuple[str, int, int]
servers, people = st.integers(1, 4), st.integers(1, 5)
steps = st.lists(
    st.tuples(st.sampled_from(["come", "come", "many", "start", "start", "start", "end", "back"]), servers, people),
    max_size=60,
)
places = st.integers(1, 7)


@dataclass
class Queue:
    """What is stored of a queue: the jobs that wait, those at the provider, and when each was served."""

    places: int
    clock: int = 0
    number: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    held: list[Waiting] = field(default_factory=list)
    served: dict[tuple[int, int], int] = field(default_factory=dict)
    started: list[Waiting] = field(default_factory=list)
    below: list[set[int]] = field(default_factory=list)

    def come(self, line: int, person: int) -> Waiting:
        self.clock += 1
        self.number += 1
        job = Waiting(job_id=f"j{self.number}", line=line, person=person, number=self.number, turn=self.clock)
        self.waiting.append(job)
        return job

    def many(self, line: int, person: int) -> None:
        for _ in range(9):
            self.come(line, person)

    def start(self, _line: int = 0, _person: int = 0) -> None:
        """Give a free place to whoever's turn it is; as the store does, from nothing but what is stored."""
        if not self.waiting or len(self.held) >= self.places:
            return
        self.below.append({line for line in self.busy if self.holds(line) < self.share})
        chosen = self.lines().start_next()
        (job,) = [each for each in self.waiting if each.job_id == chosen.job_id]
        self.waiting.remove(job)
        self.clock += 1
        self.served[job.line, job.person] = self.clock
        self.started.append(job)
        self.held.append(replace(job, turn=self.clock))

    @property
    def busy(self) -> set[int]:
        return {job.line for job in (*self.waiting, *self.held)}

    @property
    def share(self) -> int:
        return -(-self.places // max(1, len(self.busy)))

    def holds(self, line: int) -> int:
        return sum(job.line == line for job in self.held)

    def leave(self, line: int, person: int) -> None:
        """Let a person have nothing under way on a server."""
        for jobs in (self.waiting, self.held):
            jobs[:] = [job for job in jobs if (job.line, job.person) != (line, person)]

    def end(self, line: int, _person: int) -> None:
        """Whatever has been at the provider for however long ends; not always the oldest."""
        if self.held:
            self.held.pop(line % len(self.held))

    def back(self, line: int, _person: int) -> None:
        """A job that was certainly not taken comes back into line."""
        if self.held:
            self.waiting.append(self.held.pop(line % len(self.held)))

    def lines(self) -> Lines:
        lines: dict[int, int] = {}
        for (line, _), at in self.served.items():
            lines[line] = max(at, lines.get(line, 0))
        waiting = [
            replace(job, person_served=self.served.get((job.line, job.person), 0), line_served=lines.get(job.line, 0))
            for job in self.waiting
        ]
        return Lines(waiting, Counter(job.line for job in self.held), self.places)

    def play(self, history: Sequence[Step]) -> None:
        for what, line, person in history:
            getattr(self, what)(line, person)


def started_before(queue: Queue, job: Waiting, history: Sequence[Step]) -> list[Waiting]:
    """What is started from now on until this job is; places are freed for as long as it takes."""
    began = len(queue.started)
    queue.play(history)
    for _ in range(2_000):
        if any(each.job_id == job.job_id for each in queue.started[began:]):
            break
        queue.end(0, 0)
        queue.start()
    numbers = [each.job_id for each in queue.started]
    return queue.started[began : numbers.index(job.job_id, began)]


@given(before=steps, after=steps, wide=places, person=people)
@settings(deadline=None)
def test_before_a_persons_first_job_goes_at_most_one_of_each_other_person(
    before: list[Step], after: list[Step], wide: int, person: int
):
    queue = Queue(wide)
    queue.play([(what, 1, each) for what, _, each in before])
    queue.leave(1, person)

    passed = started_before(queue, queue.come(1, person), [(what, 1, each) for what, _, each in after])

    assert max(Counter(job.person for job in passed).values(), default=0) <= 1


@given(before=steps, after=steps, wide=st.integers(1_000, 1_001), line=servers, person=people)
@settings(deadline=None)
def test_between_two_jobs_of_a_server_goes_at_most_one_of_each_other_server(
    before: list[Step], after: list[Step], wide: int, line: int, person: int
):
    queue = Queue(wide)
    queue.play(before)
    job = queue.come(line, person)

    passed = [each.line for each in started_before(queue, job, after)]

    runs = "".join(str(each) for each in passed).split(str(line))
    assert max(max(Counter(run).values(), default=0) for run in runs) <= 1


@given(before=steps, after=steps, wide=places, line=servers, person=people)
@settings(deadline=None)
def test_whoever_is_not_kept_out_by_their_servers_share_waits_for_one_of_each_other_person_and_server_at_a_time(
    before: list[Step], after: list[Step], wide: int, line: int, person: int
):
    queue = Queue(wide)
    queue.play(before)
    queue.leave(line, person)
    others = {job.person for job in (*queue.waiting, *queue.held) if job.line == line}
    began = len(queue.started)

    passed = started_before(queue, queue.come(line, person), after)

    here = [job for job in passed if job.line == line]
    assert len(here) <= len(others)
    elsewhere = Counter(
        job.line for job, below in zip(passed, queue.below[began:], strict=False) if line in below and job.line != line
    )
    assert max(elsewhere.values(), default=0) <= len(here) + 1


@given(history=steps, wide=places)
@settings(deadline=None)
def test_no_place_stays_free_while_somebody_waits_and_no_server_passes_its_share_while_another_is_below(
    history: list[Step], wide: int
):
    queue = Queue(wide)
    for step in history:
        waiting, share = {job.line for job in queue.waiting}, queue.share
        held = Counter(job.line for job in queue.held)
        taken = len(queue.started)
        queue.play([step])
        if step[0] == "start" and waiting and sum(held.values()) < wide:
            assert len(queue.started) == taken + 1
            line = queue.started[-1].line
            assert held[line] < share or all(held[each] >= share for each in waiting)


@given(history=steps, wide=st.integers(1_000, 1_001), line=servers, person=people)
@settings(deadline=None)
def test_whoever_joins_is_told_how_many_go_first(history: list[Step], wide: int, line: int, person: int):
    queue = Queue(wide)
    queue.play(history)
    position = queue.lines().join(line, person)

    job = queue.come(line, person)

    assert len(started_before(queue, job, [])) + 1 == position


@given(history=steps, wide=places)
@settings(deadline=None)
def test_whoever_is_next_is_the_first_of_all_lines_by_the_rule(history: list[Step], wide: int):
    queue = Queue(wide)
    queue.play(history)
    lines, waiting, held = queue.lines(), list(queue.waiting), list(queue.held)
    clock = max([0, *(job.turn for job in (*waiting, *held)), *queue.served.values()])
    served = dict(queue.served)
    while waiting:
        if len(held) >= wide:
            lines.free(held.pop(0).line)
        expected = next_by_the_rule(waiting, held, served, wide)
        assert lines.start_next().job_id == expected.job_id
        clock += 1
        served[expected.line, expected.person] = clock
        waiting.remove(expected)
        held.append(expected)


def next_by_the_rule(
    waiting: list[Waiting], held: list[Waiting], served: dict[tuple[int, int], int], wide: int
) -> Waiting:
    """Look at every line and every job anew, as the rule is told."""
    held_by = Counter(job.line for job in held)
    share = -(-wide // len({job.line for job in (*waiting, *held)}))

    def of_line(line: int) -> tuple[bool, int, int]:
        here = [job for job in waiting if job.line == line]
        last = max((at for (each, _), at in served.items() if each == line), default=0)
        return held_by[line] >= share, max(last, min(job.turn for job in here)), next_here(here, served).number

    line = min({job.line for job in waiting}, key=of_line)
    return next_here([job for job in waiting if job.line == line], served)


def next_here(here: list[Waiting], served: dict[tuple[int, int], int]) -> Waiting:
    firsts = {job.person: job for job in sorted(here, key=lambda each: -each.number)}
    return min(firsts.values(), key=lambda job: (max(job.turn, served.get((job.line, job.person), 0)), job.number))


def test_a_start_looks_at_few_of_a_thousand_lines(monkeypatch):
    looks = 0
    get = line_module.Lines._valid

    def counted(self, heaps, held):
        nonlocal looks
        looks += len(heaps[held]) and 1
        return get(self, heaps, held)

    monkeypatch.setattr(line_module.Lines, "_valid", counted)
    waiting = [Waiting(job_id=f"j{n}", line=n % 1_000, person=n, number=n, turn=n) for n in range(3_000)]
    lines = Lines(waiting, {}, places=100)
    for _ in range(3_000):
        lines.free(lines.start_next().line)
    assert looks <= 2 * 3_000
