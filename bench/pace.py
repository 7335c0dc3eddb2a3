"""The simulation that chose when tasks are asked for: `bot/jobs/pace.py` against asking for each every few seconds.

    python -m bench.pace          plays it and writes bench/pace.json, its trace
    python -m bench.pace --print  only prints

Nothing is measured here: completion times are drawn from the quantiles that the catalogue assumes (or from others than
the bot believes in), one in ten from a tail beyond the ninetieth percentile; requests take no time, and what is counted
are requests and seconds of delay. A crowd may be of two of the provider's models, each with a history of its own, have
a task among it that is long overdue, or stragglers, which make the history that is read longer.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Final

from bot.catalog import Mode, completion_seconds
from bot.clock import SECOND
from bot.jobs import pace
from bot.jobs.lookout import _DISTRUST, _PAGE, _PATIENCE
from bot.jobs.model import JobKind
from bot.jobs.ports import Quantiles
from bot.jobs.schedule import CLOCK_SKEW, OVERDUE_AFTER

TRACE: Final = Path(__file__).with_name("pace.json")
FIXED: Final = 5.0
"""What the bot that people write waits between two requests, in seconds."""
CLIPS: Final = 20_000
GIVE_UP: Final = 900.0
"""When it asks for a task no more, in seconds."""
_SEED: Final = 20_260
TURBO: Final = "2.5-turbo"
_FRESH: Final = _DISTRUST / SECOND
_LONG: Final = OVERDUE_AFTER / SECOND
_OVERDUE: Final = 2_400.0
"""Seconds since a task was begun that is long overdue; the bot calls it so after half an hour."""


@dataclass(frozen=True, slots=True)
class Played:
    """One schedule played.

    Attributes:
        case: which.
        in_flight: how many tasks were watched at once, in the mean.
        delay: seconds from a task's end to the answer that shows it, in the mean.
        requests: per task, in the mean.
        fixed_delay: likewise of asking for each task every `FIXED` seconds.
        fixed_requests: likewise.
        fixed_requests_at_equal_delay: of asking for each at the interval that gives the same delay.
    """

    case: str
    in_flight: float
    delay: float
    requests: float
    fixed_delay: float
    fixed_requests: float
    fixed_requests_at_equal_delay: float


def assumed(model: str = "1.6") -> Quantiles:
    """Return what the catalogue assumes of a 5 s clip of a model, at its usual mode."""
    mode = Mode.PRO if model == TURBO else Mode.STD
    known = completion_seconds(JobKind.VIDEO, model=model, mode=mode, seconds=5)
    return Quantiles(known.p10 * SECOND, known.p50 * SECOND, known.p90 * SECOND, samples=0)


def drawn(count: int, known: Quantiles, seed: int = _SEED) -> list[float]:
    """Return completion times in seconds: straight lines between the quantiles, an exponential tail after them."""
    chance = random.Random(seed)
    low, middle, high = (each / SECOND for each in (known.p10, known.p50, known.p90))

    def one() -> float:
        share = chance.random()
        if share < 0.1:
            return low * (0.7 + 3 * share)
        if share < 0.5:
            return low + (middle - low) * (share - 0.1) / 0.4
        if share < 0.9:
            return middle + (high - middle) * (share - 0.5) / 0.4
        return high + chance.expovariate(1 / (0.4 * high))

    return [one() for _ in range(count)]


def fixed(times: Sequence[float], every: float) -> tuple[float, float]:
    """Return the mean delay and the mean number of requests of asking for each task every so many seconds."""
    requests = [int(time // every) + 1 for time in times]
    delays = [number * every - time for number, time in zip(requests, times, strict=True)]
    return statistics.fmean(delays), statistics.fmean(requests)


def one_by_one(times: Sequence[float], believed: Quantiles | None) -> tuple[float, float]:
    """Return the same of the bot, each task for itself."""
    delays, requests = [], []
    for time in times:
        at, number = pace.first_poll(believed, webhooks=False) / SECOND, 1
        while at < time:
            at += pace.next_poll(round(at * SECOND), believed, webhooks=False) / SECOND
            number += 1
        delays.append(at - time)
        requests.append(number)
    return statistics.fmean(delays), statistics.fmean(requests)


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a crowd; seconds since the first began.

    Attributes:
        start: when it was begun.
        end: when it ends; infinity for one that never does.
        believed: what the bot knows of such tasks.
        model: the provider's: each has a history of its own.
    """

    start: float
    end: float
    believed: Quantiles
    model: int = 0

    def due(self, age: float) -> float:
        """Return when it is asked for again by itself, having been asked for at an age."""
        return self.start + age + pace.next_poll(round(age * SECOND), self.believed, webhooks=False) / SECOND


def crowd(times: Sequence[float], in_flight: int, believed: Quantiles) -> list[Task]:
    """Return tasks of one kind that begin evenly, so many being in flight."""
    spacing = statistics.fmean(times) / in_flight
    return [Task(number * spacing, number * spacing + time, believed) for number, time in enumerate(times)]


def with_another_model(tasks: Sequence[Task], times: Sequence[float], believed: Quantiles) -> list[Task]:
    """Return the tasks with every third of another model, which takes other times."""
    changed = list(tasks)
    for number in range(2, len(tasks), 3):
        start = tasks[number].start
        changed[number] = Task(start, start + times[number], believed, 1)
    return changed


def with_stragglers(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks with every hundredth taking nearly as long as until it counts as overdue."""
    return [replace(task, end=task.start + 0.9 * _LONG) if not n % 100 else task for n, task in enumerate(tasks)]


def with_one_overdue(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks with one more that was begun long before them and never ends."""
    return [Task(-_OVERDUE, math.inf, tasks[0].believed), *tasks]


def together(tasks: Sequence[Task]) -> tuple[float, float, float]:
    """Return the delay, the requests and how many were in flight, with the lookout where it pays.

    Requests for a task that never ends are shared by those that do.
    """
    tick = pace.LOOKOUT_EVERY / SECOND
    ending = sum(math.isfinite(task.end) for task in tasks)
    due = [task.start + pace.first_poll(task.believed, webhooks=False) / SECOND for task in tasks]
    begun, open_tasks, seen, looked_at = 0, set[int](), dict[int, float](), -math.inf
    requests, watched, ticks, now, excess = 0, 0, 0, 0.0, 0
    while len(seen) < ending:
        now += tick
        while begun < len(tasks) and tasks[begun].start <= now:
            due[begun] = max(due[begun], 0.0)
            open_tasks.add(begun)
            begun += 1
        for number in [number for number in open_tasks if due[number] <= now]:
            # Asked for when it was due, between two looks.
            requests += 1
            if tasks[number].end <= due[number]:
                seen[number] = due[number]
                open_tasks.discard(number)
            else:
                due[number] = tasks[number].due(due[number] - tasks[number].start)
        kept = excess if now - looked_at < _FRESH else 0
        overdue = {number for number in open_tasks if now - tasks[number].start >= _LONG}
        few_overdue = overdue and gain(tasks, overdue, now, kept) <= 1
        looked_for = open_tasks - overdue if few_overdue else open_tasks
        gained = gain(tasks, looked_for, now, kept)
        if gained > 1:
            pages, shown = looked(tasks[:begun], looked_for)
            requests += pages
            looked_at, excess = now, 0 if overdue & looked_for else max(0, pages - pages_for(len(looked_for)))
            for number in shown:
                task = tasks[number]
                if task.end <= now:
                    requests += 1
                    seen[number] = now
                    open_tasks.discard(number)
                elif due[number] < now + 2 * tick:
                    age = round((now - task.start) * SECOND)
                    due[number] = now + pace.spared(age, task.believed, gained, webhooks=False) / SECOND
        watched += len(open_tasks)
        ticks += 1
    delays = [seen[number] - tasks[number].end for number in seen]
    return statistics.fmean(delays), requests / ending, watched / ticks


def gain(tasks: Sequence[Task], some: Collection[int], now: float, excess: int) -> float:
    """Return how many requests each request of a look at some tasks stands for; none of them is late here."""
    ages = [(round((now - tasks[number].start) * SECOND), tasks[number].believed) for number in some]
    return pace.gain(pace.demand(ages, webhooks=False), pages_for(len(some)) + excess)


def looked(begun: Sequence[Task], under_way: Collection[int]) -> tuple[int, list[int]]:
    """Return how many pages a look at the history takes, and which tasks under way it shows, as the lookout looks.

    It reads one history after the other of the models that have tasks under way, the latest tasks first, those that
    have ended among them, from the oldest task under way on; until all are found, and each no further than to many
    tasks on end of which none is under way.

    Args:
        begun: all tasks so far, in the order in which they were begun.
        under_way: the indexes of those whose end has not been seen.
    """
    missing = set(under_way)
    since = min(begun[number].start for number in under_way) - CLOCK_SKEW / SECOND
    shown: list[int] = []
    pages = 0
    for model in sorted({begun[number].model for number in under_way}):
        rows, strangers = 0, 0
        pages += 1
        for number in takewhile(lambda each: begun[each].start >= since, range(len(begun) - 1, -1, -1)):
            if begun[number].model != model:
                continue
            # A page that is full is followed by another, one that is not is the last.
            pages += rows > 0 and rows % _PAGE == 0
            rows += 1
            strangers += 1
            if number in missing:
                missing.discard(number)
                shown.append(number)
                strangers = 0
            if not missing:
                return pages, shown
            if strangers == _PATIENCE:
                break
        else:
            pages += rows > 0 and rows % _PAGE == 0
    return pages, shown


def pages_for(tasks: int) -> int:
    """Return how many pages so many tasks fill."""
    return 1 + max(0, tasks - 1) // _PAGE


def play() -> list[Played]:
    """Play every case."""
    known = assumed()
    times = drawn(CLIPS, known)
    mistaken = {
        "alone, and tasks take as long as believed": known,
        "alone, and tasks take longer than believed": _scaled(known, 0.7),
        "alone, and tasks take less long than believed": _scaled(known, 1.3),
        "alone, and nothing is known of such tasks": None,
    }
    played = [told(case, 1, one_by_one(times, believed), times) for case, believed in mistaken.items()]
    for in_flight in (2, 5, 20, 100, 1_000):
        tasks = crowd(times[: max(1_000, 5 * in_flight)], in_flight, known)
        played.append(told_of(f"{in_flight} in flight", tasks))
    turbo = assumed(TURBO)
    other = drawn(CLIPS, turbo, _SEED + 1)
    for in_flight in (20, 100):
        mixed = with_another_model(crowd(times[: max(1_000, 5 * in_flight)], in_flight, known), other, turbo)
        played += [
            told_of(f"{in_flight} in flight, of two models", mixed),
            told_of(
                f"{in_flight} in flight, and one overdue", with_one_overdue(crowd(times[:1_000], in_flight, known))
            ),
            told_of(f"{in_flight} in flight, of two models, and one overdue", with_one_overdue(mixed)),
            told_of(f"{in_flight} in flight, and stragglers", with_stragglers(crowd(times[:1_000], in_flight, known))),
        ]
    return played


def told_of(case: str, tasks: Sequence[Task]) -> Played:
    """Play a crowd, beside asking for each every few seconds, which is given up where a task never ends."""
    delay, requests, in_flight = together(tasks)
    times = [task.end - task.start for task in tasks if math.isfinite(task.end)]
    endless = (len(tasks) - len(times)) * GIVE_UP / FIXED / len(times)
    return told(case, in_flight, (delay, requests), times, endless)


def told(
    case: str, in_flight: float, figures: tuple[float, float], times: Sequence[float], endless: float = 0.0
) -> Played:
    """Return what was played, beside fixed polling, which spends `endless` requests more for tasks that never end."""
    delay, requests = figures
    usual_delay, usual_requests = fixed(times, FIXED)
    _, equal = fixed(times, 2 * delay)
    figured = (in_flight, delay, requests, usual_delay, usual_requests + endless, equal + endless * FIXED / (2 * delay))
    rounded = (round(each, 2) for each in figured)
    return Played(case, *rounded)


def _scaled(known: Quantiles, by: float) -> Quantiles:
    return Quantiles(round(known.p10 * by), round(known.p50 * by), round(known.p90 * by), known.samples)


def main() -> None:
    """Play, print, and keep the trace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", help="do not write bench/pace.json")
    chosen = parser.parse_args()
    played = play()
    for each in played:
        print(
            f"{each.case:48} {each.in_flight:6.1f} in flight {each.delay:6.2f} s late {each.requests:6.2f} requests;"
            f" fixed: {each.fixed_delay:.2f} s, {each.fixed_requests:.2f};"
            f" fixed, equally late: {each.fixed_requests_at_equal_delay:.2f}"
        )
    if not chosen.print:
        TRACE.write_text(json.dumps([asdict(each) for each in played], indent=1) + "\n")


if __name__ == "__main__":
    main()
