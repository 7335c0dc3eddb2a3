"""What each kind of job costs in requests, SQL statements and commits, held to the table in `cost_of_a_job.json`.

A change that makes a job dearer fails here; one that makes it much cheaper fails, too, until the table says so. Nothing
here is timed: the clock stands, so that every look at the database follows from an event. Of a few jobs of a kind the
least counts, and must not be more than the table says; a busy machine, where two changes come in one look, may make it
a little less. Two kinds of statements have a leeway upwards, too: looks that find nothing, for bells that ring apart
lead to one each; and what follows from time having passed, such as what was learnt of completion times in the last
minute.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from sandbox.person import Person
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.e2e.community import KITE, Community, answer_to, ask, community, until
from tests.e2e.files import picture
from tests.e2e.tally import StandingClock, Tally, quiet

TABLE: Final[dict[str, dict[str, int]]] = json.loads(Path(__file__).with_name("cost_of_a_job.json").read_text())
JOBS: Final = 5
LOOKS: Final = "looks that find nothing"
LEEWAY: Final = 2
"""Looks more or less than the table says, in the job with the fewest."""
LESS: Final = {"requests to Discord": 1, "requests to the provider": 0, "statements": 3, "commits": 2}
"""How much less than the table says a job may cost without the table being wrong."""
TIMED: Final = 6
"""Statements that follow from time having passed, in the job with the fewest."""
in_one_loop: Final = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Counted:
    """A running community whose costs are counted, and a clip that follow-ups start from."""

    place: Community
    tally: Tally
    mira: Person
    clip: str = ""


Act = Callable[[Counted], Awaitable[SeenMessage]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def counted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Counted]:
    tally = Tally()
    with pytest.MonkeyPatch.context() as patch:
        async with community(tmp_path_factory.mktemp("community")) as place:
            place.clock = StandingClock()
            tally.listen(place, patch)
            await place.start()
            here = Counted(place, tally, place.mira.in_channel(place.room()))
            async with quiet(tally):
                card = await ask(here.mira)
                await answer_to(here.mira, card)
            here.clip = (await place.job_of(card)).id
            yield here


async def video(here: Counted) -> SeenMessage:
    return await ask(here.mira)


async def video_from_a_picture(here: Counted) -> SeenMessage:
    return (await here.mira.run("video", prompt=KITE, image=picture("kite.jpg"))).expect_message()


async def video_that_fails(here: Counted) -> SeenMessage:
    await here.place.provider.play(Scenario.FAILS)
    return await ask(here.mira)


async def video_that_is_refused(here: Counted) -> SeenMessage:
    await here.place.provider.play(Scenario.REFUSED)
    return await ask(here.mira)


async def extend(here: Counted) -> SeenMessage:
    return (await here.mira.run("extend", video=here.clip, prompt="a storm rolls in")).expect_message()


async def lipsync(here: Counted) -> SeenMessage:
    return (await here.mira.run("lipsync", video=here.clip, say="Hello")).expect_message()


ACTS: Final[dict[str, Act]] = {
    act.__name__.replace("_", " "): act
    for act in (video, video_from_a_picture, video_that_fails, video_that_is_refused, extend, lipsync)
}


@in_one_loop
@pytest.mark.parametrize("kind", ACTS)
async def test_a_job_costs_what_the_table_says(counted: Counted, kind: str):
    runs, timed = [], TIMED + 1
    for _ in range(JOBS):
        runs.append(await _cost(counted, ACTS[kind]))
        timed = min(timed, counted.tally.timed.total())

    least = {name: min(run[name] for run in runs) for name in runs[0]}
    looks = least.pop(LOOKS) - TABLE[kind][LOOKS]
    for name, number in least.items():
        most = TABLE[kind][name]
        assert most - LESS[name] <= number <= most, (name, runs, counted.tally.discord, counted.tally.statements)
    assert -LEEWAY <= looks <= LEEWAY, (runs, counted.tally.looks)
    assert timed <= TIMED, counted.tally.timed


@in_one_loop
async def test_an_autocomplete_reads_little_and_writes_nothing(counted: Counted):
    await counted.mira.autocomplete("video", "model", "")  # reads what later ones find read
    runs: list[tuple[int, int]] = []
    for _ in range(JOBS):
        async with quiet(counted.tally):
            counted.tally.clear()
            await counted.mira.autocomplete("video", "model", "")
        runs.append((counted.tally.statements.total(), counted.tally.commits))

    assert min(runs) == (TABLE["autocomplete"]["statements"], 0), runs


def test_the_table_names_every_kind_and_no_other():
    assert TABLE.keys() == {*ACTS, "autocomplete"}


async def _cost(here: Counted, act: Act) -> dict[str, int]:
    before = (await here.place.provider.summary()).requests
    async with quiet(here.tally):
        here.tally.clear()
        card = await act(here)
        await answer_to(here.mira, card)
        await card_at_rest(here, card)
    after = (await here.place.provider.summary()).requests
    return {
        "requests to Discord": here.tally.discord.total(),
        "requests to the provider": _asked(after) - _asked(before),
        "statements": here.tally.statements.total(),
        LOOKS: here.tally.looks.total(),
        "commits": here.tally.commits,
    }


async def card_at_rest(here: Counted, card: SeenMessage) -> None:
    """Wait until the card shows that the job has ended, rather than count half a job."""
    job = await here.place.job_of(card, needs="finished_at")

    async def shown() -> bool:
        job = await here.place.job_of(card)
        return bool(job.card_shown == job.revision)

    await until(shown, f"the card to show revision {job.revision}")


def _asked(requests: dict[str, int]) -> int:
    """Return the requests to the provider's API; the clip itself comes from where it keeps files."""
    return sum(number for route, number in requests.items() if route != "output")
