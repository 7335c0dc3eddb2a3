"""What the schedule of polls is worth where one job is in flight, and where many are: by simulation, not by the clock.

`bench/pace.py` plays it; a run is a draw of completion times of its own.
"""

from __future__ import annotations

import asyncio
import statistics
from typing import Final

from bench import pace
from bench.figures import Goal, Question, Result
from bench.measure import Conditions

_CROWD: Final = 20
ALONE: Final = Question(
    name="simulated_requests_alone",
    what="requests until a job's end is seen, one job in flight, by simulation (mean)",
    against="asking at a fixed interval that is as late in the mean",
    unit="requests",
    goal=Goal(ratio_at_most=1.0),
)
CROWD: Final = Question(
    name="simulated_requests_20",
    what=f"requests until a job's end is seen, {_CROWD} jobs in flight, by simulation (mean)",
    against="asking for each every 5 s",
    unit="requests",
    goal=Goal(ratio_at_most=0.25),
)
CROWD_DELAY: Final = Question(
    name="simulated_detection_20",
    what=f"a task's end to the answer that shows it, {_CROWD} jobs in flight, by simulation (mean)",
    against="asking for each every 5 s",
    unit="s",
    goal=Goal(ratio_at_most=1.0),
)


async def measure(conditions: Conditions) -> list[Result]:
    """Play as many draws as there are runs."""
    conditions.say(f"polling by simulation: {conditions.runs} draws")
    clips, crowd_clips = conditions.size(20_000, 500), conditions.size(2_000, 200)
    draws = [await asyncio.to_thread(play, number, clips, crowd_clips) for number in range(conditions.runs)]
    alone, crowds = [draw[0] for draw in draws], [draw[1] for draw in draws]
    return [
        conditions.result(
            ALONE, [each.requests for each in alone], [each.fixed_requests_at_equal_delay for each in alone]
        ),
        conditions.result(CROWD, [each.requests for each in crowds], [each.fixed_requests for each in crowds]),
        conditions.result(CROWD_DELAY, [each.delay for each in crowds], [each.fixed_delay for each in crowds]),
    ]


def play(seed: int, clips: int, crowd_clips: int) -> tuple[pace.Played, pace.Played]:
    """Play one draw: each job alone, and so many at once that twenty are in flight."""
    known = pace.assumed()
    times = pace.drawn(clips, known, seed)
    alone = pace.told("alone", 1, pace.one_by_one(times, known), times)
    some = times[:crowd_clips]
    delay, requests, in_flight = pace.together(some, statistics.fmean(some) / _CROWD, known)
    return alone, pace.told("crowd", in_flight, (delay, requests), some)
