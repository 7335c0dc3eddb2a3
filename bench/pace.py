"""The simulation that chose when tasks are asked for: `bot/jobs/pace.py` against asking for each every few seconds.

    python -m bench.pace          plays it and writes bench/pace.json, its trace
    python -m bench.pace --print  only prints

Nothing is measured here: completion times are drawn from the quantiles that the catalogue assumes (or from others than
the bot believes in), requests take no time, and what is counted are requests and seconds of delay.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from bot.catalog import Mode, completion_seconds
from bot.clock import SECOND
from bot.jobs import pace
from bot.jobs.model import JobKind
from bot.jobs.ports import Quantiles

TRACE: Final = Path(__file__).with_name("pace.json")
FIXED: Final = 5.0
"""What the bot that people write waits between two requests, in seconds."""
CLIPS: Final = 20_000
_SEED: Final = 20_260


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


def assumed() -> Quantiles:
    """Return what the catalogue assumes of a 5 s clip of 1.6."""
    known = completion_seconds(JobKind.VIDEO, model="1.6", mode=Mode.STD, seconds=5)
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


def together(times: Sequence[float], spacing: float, believed: Quantiles) -> tuple[float, float, float]:
    """Return the delay, the requests and how many were in flight, with the lookout where it pays.

    Args:
        times: of each task from its start to its end, in seconds.
        spacing: seconds between two starts.
        believed: what the bot knows of such tasks.
    """
    tick = pace.LOOKOUT_EVERY / SECOND
    starts = [number * spacing for number in range(len(times))]
    ends = [start + time for start, time in zip(starts, times, strict=True)]
    waiting = [
        (start + pace.first_poll(believed, webhooks=False) / SECOND, number) for number, start in enumerate(starts)
    ]
    heapq.heapify(waiting)
    due = {number: at for at, number in waiting}
    begun, open_tasks, seen = 0, set[int](), dict[int, float]()
    requests, watched, ticks, now = 0, 0, 0, 0.0
    while len(seen) < len(times):
        now += tick
        while begun < len(starts) and starts[begun] <= now:
            open_tasks.add(begun)
            begun += 1
        for number in [number for number in open_tasks if due[number] <= now]:
            # Asked for when it was due, between two looks.
            requests += 1
            if ends[number] <= due[number]:
                seen[number] = due[number]
                open_tasks.discard(number)
            else:
                due[number] += (
                    pace.next_poll(round((due[number] - starts[number]) * SECOND), believed, webhooks=False) / SECOND
                )
        ages = [(round((now - starts[number]) * SECOND), believed) for number in open_tasks]
        pages = 1 + max(0, len(open_tasks) - 1) // 100
        gained = pace.gain(pace.demand(ages, webhooks=False), pages)
        if gained > 1:
            requests += pages
            for number in list(open_tasks):
                if ends[number] <= now:
                    requests += 1
                    seen[number] = now
                    open_tasks.discard(number)
                elif due[number] < now + 2 * tick:
                    age = round((now - starts[number]) * SECOND)
                    due[number] = now + pace.spared(age, believed, gained, webhooks=False) / SECOND
        watched += len(open_tasks)
        ticks += 1
    delays = [seen[number] - ends[number] for number in seen]
    return statistics.fmean(delays), requests / len(times), watched / ticks


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
    for crowd in (2, 5, 20, 100, 1_000):
        some = times[: max(1_000, 5 * crowd)]
        delay, requests, in_flight = together(some, statistics.fmean(some) / crowd, known)
        played.append(told(f"{crowd} in flight", in_flight, (delay, requests), some))
    return played


def told(case: str, in_flight: float, figures: tuple[float, float], times: Sequence[float]) -> Played:
    delay, requests = figures
    usual_delay, usual_requests = fixed(times, FIXED)
    _, equal = fixed(times, 2 * delay)
    rounded = (round(each, 2) for each in (in_flight, delay, requests, usual_delay, usual_requests, equal))
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
            f"{each.case:46} {each.in_flight:6.1f} in flight {each.delay:6.2f} s late {each.requests:6.2f} requests;"
            f" fixed: {each.fixed_delay:.2f} s, {each.fixed_requests:.2f};"
            f" fixed, equally late: {each.fixed_requests_at_equal_delay:.2f}"
        )
    if not chosen.print:
        TRACE.write_text(json.dumps([asdict(each) for each in played], indent=1) + "\n")


if __name__ == "__main__":
    main()
