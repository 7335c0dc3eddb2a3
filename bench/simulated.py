"""What the schedule of polls is worth where one job is in flight, and where many are: by simulation, not by the clock.

`bench/pace.py` plays it; a run is a draw of completion times of its own.
"""

from __future__ import annotations

import asyncio
from typing import Final

from bench import pace
from bench.figures import Goal, Question, Result
from bench.measure import Conditions

_CROWD: Final = 20
_MANY: Final = 1_000
_EVERY_5: Final = "asking for each every 5 s"
ALONE: Final = Question(
    name="simulated_requests_alone",
    what="requests until a job's end is seen, one job in flight, by simulation (mean)",
    against="asking at a fixed interval that is as late in the mean",
    unit="requests",
    goal=Goal(ratio_at_most=1.0),
)


def _crowd(name: str, which: str) -> tuple[Question, Question]:
    """Return the questions of a crowd: its requests, and how late its ends are seen."""
    requests = Question(
        name=f"simulated_requests_{name}",
        what=f"requests until a job's end is seen, {which}, by simulation (mean)",
        against=_EVERY_5,
        unit="requests",
        goal=Goal(ratio_at_most=0.25),
    )
    delay = Question(
        name=f"simulated_detection_{name}",
        what=f"a task's end to the answer that shows it, {which}, by simulation (mean)",
        against=_EVERY_5,
        unit="s",
        goal=Goal(ratio_at_most=1.0),
    )
    return requests, delay


CROWDS: Final = {
    "crowd": _crowd("20", f"{_CROWD} jobs in flight"),
    "mixed": _crowd("mixed", f"{_CROWD} jobs of two of the provider's models in flight, and one that is long overdue"),
    "many": _crowd("1000", f"{_MANY:,} jobs in flight"),
}
QUESTIONS: Final = (ALONE, *(question for questions in CROWDS.values() for question in questions))


async def measure(conditions: Conditions) -> list[Result]:
    """Play as many draws as there are runs."""
    conditions.say(f"polling by simulation: {conditions.runs} draws")
    clips, crowd_clips, many = conditions.size((20_000, 2_000, _MANY), (500, 200, 50))
    draws = [await asyncio.to_thread(play, number, clips, crowd_clips, many) for number in range(conditions.runs)]
    alone = [draw["alone"] for draw in draws]
    results = [
        conditions.result(
            ALONE, [each.requests for each in alone], [each.fixed_requests_at_equal_delay for each in alone]
        )
    ]
    for name, (requests, delay) in CROWDS.items():
        crowds = [draw[name] for draw in draws]
        results += [
            conditions.result(requests, [each.requests for each in crowds], [each.fixed_requests for each in crowds]),
            conditions.result(delay, [each.delay for each in crowds], [each.fixed_delay for each in crowds]),
        ]
    return results


def play(seed: int, clips: int, crowd_clips: int, many: int = _MANY) -> dict[str, pace.Played]:
    """Play one draw: each job alone, and crowds of so many at once that enough are in flight."""
    known, turbo = pace.assumed(), pace.assumed(pace.TURBO)
    times, other = pace.drawn(clips, known, seed), pace.drawn(crowd_clips, turbo, -1 - seed)
    crowd = pace.crowd(times[:crowd_clips], _CROWD, known)
    return {
        "alone": pace.told("alone", 1, pace.one_by_one(times, known), times),
        "crowd": pace.told_of("crowd", crowd),
        "mixed": pace.told_of("mixed", pace.with_one_overdue(pace.with_another_model(crowd, other, turbo))),
        "many": pace.told_of("many", pace.crowd(times[: 10 * many], many, known)),
    }
