"""The provider fails in every way that is known of it, and in those that networks add."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import ssl
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from bot.jobs import schedule
from bot.jobs.states import JobState
from sandbox.piapi.faults import Fault
from sandbox.piapi.options import Options
from sandbox.piapi.scenarios import Scenario
from sandbox.stage.line import Cut, Line
from sandbox.stage.line import Fault as LineFault
from tests.chaos import provider_side as side
from tests.chaos.arena import QUICK, Arena, Order
from tests.chaos.health import health
from tests.chaos.trial import Chance, Group, Trial

Perform = Callable[[Arena, Chance], Awaitable[None]]

_ALL_LOST: Final = (
    Scenario.GATEWAY_502,
    Scenario.GATEWAY_200,
    Scenario.SERVER_ERROR,
    Scenario.BROKEN_JSON,
    Scenario.REDIRECTED,
    Scenario.RESET_BEFORE,
)
"""Answers that leave it open whether a task was made; none was."""
_MADE_AND_LOST: Final = (
    Scenario.CREATED_DROPPED,
    Scenario.CREATED_500,
    Scenario.CREATED_502,
    Scenario.CREATED_BROKEN_JSON,
)
"""The same, and one was."""
_HEALS: Final[tuple[tuple[Scenario, ...], ...]] = (
    (),
    (Scenario.ENDPOINT_NOT_ECHOED,),
    (Scenario.WEBHOOK_OFF,),
    (Scenario.WEBHOOK_OFF, Scenario.ENDPOINT_NOT_ECHOED),
    (Scenario.WEBHOOK_OFF, Scenario.HISTORY_DELAYED),
    (Scenario.HISTORY_MISSING,),
    (Scenario.WEBHOOK_LATE,),
)
"""What is left to tell of such a task."""
_WEBHOOKS: Final[tuple[tuple[Scenario, ...], ...]] = ((), (Scenario.WEBHOOK_OFF,))
"""Webhooks come, or nothing but questions tells anything."""
_UNWELL: Final = (Scenario.BUSY, Scenario.OVERLOADED)
_VANISHED: Final = ((Scenario.VANISHES, Scenario.SLOW), (Scenario.VANISHES, Scenario.WEBHOOK_OFF))
"""Under way, or ended before the bot learned of it."""
_HICCUPS: Final = tuple(itertools.product(_UNWELL, range(1, schedule.FAILURES_IN_A_ROW)))
"""How the provider is unwell, and for how many purchases in a row."""
_READ_FAULTS: Final = (
    Fault.SERVER_ERROR,
    Fault.UNAVAILABLE,
    Fault.GATEWAY_502,
    Fault.GATEWAY_200,
    Fault.BROKEN_JSON,
    Fault.RATE_LIMITED,
    Fault.RATE_LIMITED_BARE,
    Fault.REDIRECTED,
    Fault.RESET,
)
_WIDE: Final = {"MAX_IN_FLIGHT": "50"}
_ON_THE_WIRE: Final = 6
"""So many purchases may be under way when the provider stops answering: two batches of three."""
_DOWNLOAD_SECONDS: Final = 300.0
"""Real time for half a gigabyte on a machine that has other things to do."""
_NAMES: Final = ("api.piapi.invalid", "piapi.invalid", "a.b.c.invalid")
_WITHOUT_TLS: Final = ("odd", "reset", "no TLS at all", "a certificate that nobody vouches for")
_PERSON_WAITS: Final = "The provider cannot be used right now."


async def _delivered_after_all(arena: Arena, orders: Sequence[Order], title: str) -> None:
    """Let the fault be over: every clip comes, and whatever was said of the outage is taken back, once each."""
    await side.mended(arena, JobState.SUCCEEDED)
    for order in orders:
        assert (await side.answer_to(arena, order)).attachments
    await side.taken_back(arena, title)
    await side.told(arena, side.GOES_ON)


async def _outage(arena: Arena, orders: Sequence[Order], minutes: float) -> None:
    """Let an outage last, and look that whoever has to be told is told once, and what waits says why."""
    await side.pass_minutes(arena, 1)
    for order in orders:
        await side.card_says(arena, order, _PERSON_WAITS)
    await side.pass_minutes(arena, minutes - 1)

    async def says_so() -> bool:
        seen = await health(arena)
        assert seen.alive == HTTPStatus.OK, seen
        return seen.ready == HTTPStatus.SERVICE_UNAVAILABLE and "provider" in seen.amiss

    # While a try is on its way, nothing is known to be amiss.
    await arena.until(says_so, "/readyz to say that the provider is unwell")


def _unreachable(begin: Callable[[Arena, Chance], Awaitable[Callable[[], Awaitable[object]]]]) -> Perform:
    """Return a trial in which the provider cannot be reached for some minutes.

    Args:
        begin: cuts the provider off, and returns what ends that.
    """

    async def perform(arena: Arena, chance: Chance) -> None:
        await side.calm(arena)
        before, end = await side.creates(arena), await begin(arena, chance)
        orders = await side.some_orders(arena, chance, chance.randint(1, 3))
        await _outage(arena, orders, chance.randint(5, 25))
        await side.told(arena, side.TAKES_NO_ORDERS)
        await side.told(arena, side.WAITS)
        assert not await side.said(arena, side.UNREACHED), "one outage was told twice"
        assert await side.creates(arena) == before
        await end()
        await _delivered_after_all(arena, orders, side.TAKES_NO_ORDERS)

    return perform


async def _refuse_connections(arena: Arena, _chance: Chance) -> Callable[[], Awaitable[object]]:
    line = await side.line_to_provider(arena)
    await line.spoil(LineFault(cut=Cut.REFUSED))
    return line.mend


async def _lose_the_name(arena: Arena, chance: Chance) -> Callable[[], Awaitable[object]]:
    right = arena.bot.environment["PIAPI_BASE_URL"]
    name = chance.in_turn(_NAMES)
    scheme = chance.in_turn(("http", "https"))
    await side.restart(arena, PIAPI_BASE_URL=f"{scheme}://{name}")
    return lambda: side.restart(arena, PIAPI_BASE_URL=right)


async def _break_tls(arena: Arena, chance: Chance) -> Callable[[], Awaitable[object]]:
    right = arena.bot.environment["PIAPI_BASE_URL"]
    port = urlsplit(arena.addresses.provider.base_url).port or 0
    how = chance.in_turn(_WITHOUT_TLS)
    certificate = _own_certificate(arena) if how.startswith("a cert") else None
    line = Line(port, certificate=certificate)
    await line.__aenter__()
    if how == "odd":
        await line.spoil(LineFault(cut=Cut.ODD))
    elif how == "reset":
        await line.spoil(LineFault(cut=Cut.RESET_REQUEST, after=chance.randint(1, 200)))
    await side.restart(arena, PIAPI_BASE_URL=f"https://127.0.0.1:{line.port}")

    async def end() -> None:
        await side.restart(arena, PIAPI_BASE_URL=right)
        await line.close()

    return end


def _own_certificate(arena: Arena) -> ssl.SSLContext:
    """Return a server's side of TLS with a certificate made a moment ago, by nobody in particular."""
    program = shutil.which("openssl") or "openssl"
    key, certificate = arena.home / "line.key", arena.home / "line.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([program, "req", "-x509", *made, *names, *files], check=True, capture_output=True)  # noqa: S603 - as above
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _no_openssl() -> str:
    return "" if shutil.which("openssl") else "openssl is not installed"


async def _down_for_over_an_hour(arena: Arena, chance: Chance) -> None:
    """Nothing can be bought for more than an hour: what waited is given back, in words, and nobody pays."""
    await side.calm(arena)
    await arena.provider.play(chance.in_turn(_UNWELL), times=None)
    orders = await side.some_orders(arena, chance, chance.randint(1, 3))
    await side.pass_minutes(arena, 68)
    await side.settle(arena, JobState.FAILED)
    for order in orders:
        await side.ends_with(arena, order, _PERSON_WAITS, side.NOTHING_CHARGED)
    await side.told(arena, side.TAKES_NO_ORDERS)
    assert await arena.new_tasks() == []


async def _hiccup(arena: Arena, chance: Chance) -> None:
    """One purchase or two in a row fail: nobody else waits, and nobody is told."""
    await side.calm(arena)
    before, (scenario, times) = await side.creates(arena), chance.in_turn(_HICCUPS)
    await arena.provider.play(scenario, times=times)
    orders = await side.some_orders(arena, chance, chance.randint(1, 2))
    await side.settle(arena, JobState.SUCCEEDED)
    assert await side.creates(arena) - before == len(orders) + times
    for order in orders:
        await side.answer_to(arena, order)
    assert not await side.said(arena, side.TAKES_NO_ORDERS)
    assert not await side.said(arena, side.WAITS)


async def _busy_storm(arena: Arena, chance: Chance) -> None:
    """The provider takes nothing for minutes, and says so."""
    await side.calm(arena)
    await arena.provider.play(chance.in_turn(_UNWELL), times=None)
    orders = await side.some_orders(arena, chance, chance.randint(1, 4))
    await _outage(arena, orders, chance.randint(5, 20))
    await side.told(arena, side.TAKES_NO_ORDERS)
    await side.told(arena, side.WAITS)
    await arena.provider.clear_scenarios()
    await _delivered_after_all(arena, orders, side.TAKES_NO_ORDERS)


async def _storm_of_lost_answers(arena: Arena, chance: Chance) -> None:
    """Whatever is ordered, nobody can tell what became of it: only a handful is risked, and the rest waits."""
    await side.calm(arena)
    before = await side.creates(arena)
    first = chance.in_turn(range(len(_ALL_LOST)))
    for number in range(40):
        await arena.provider.play(_ALL_LOST[(first + number) % len(_ALL_LOST)], times=1)
    ordering = [some_of(arena, person_orders) for person_orders in ((0, 5), (1, 4), (2, 4))]
    orders = [order for each in await asyncio.gather(*ordering) for order in each]
    await side.pass_minutes(arena, 14)
    await side.told(arena, side.TAKES_NO_ORDERS)
    await side.told(arena, side.WAITS)
    await arena.provider.clear_scenarios()
    jobs = await side.mended(arena, JobState.SUCCEEDED, JobState.ABANDONED)
    lost = [job for job in jobs if job.state is JobState.ABANDONED]
    # Counted once it is over: while the owner is told, time passes, and another try may fall due.
    tries = 4  # after one minute, two more, four more and eight more
    risked = await side.creates(arena) - before - len(await arena.new_tasks())
    assert schedule.FAILURES_IN_A_ROW <= risked <= _ON_THE_WIRE + tries, f"{risked} purchases were risked"
    # One that was on the wire while minutes passed in a moment may be counted, and be asked anew once all is well.
    assert risked - tries <= len(lost) <= risked, f"{risked} were risked, {len(lost)} lost"
    assert len(orders) == len(jobs)
    await side.told(arena, side.ABANDONED, times=len(lost))
    await side.taken_back(arena, side.TAKES_NO_ORDERS)
    await side.told(arena, side.GOES_ON)


async def some_of(arena: Arena, which: tuple[int, int]) -> list[Order]:
    """Let one person order clips one after the other."""
    person, number = which
    return [await arena.order(arena.people[person]) for _ in range(number)]


async def _answer_lost(arena: Arena, chance: Chance) -> None:
    """A task is made and its answer lost; the webhook's token or the history tells of it, whichever there is."""
    first, healed = chance.in_turn(range(len(_MADE_AND_LOST))), chance.in_turn(_HEALS)
    orders = []
    for number in range(chance.randint(1, 3)):
        lost = _MADE_AND_LOST[(first + number) % len(_MADE_AND_LOST)]
        orders += await side.some_orders(arena, chance, 1, (lost, *healed))
    if Scenario.HISTORY_MISSING in healed:
        # Webhooks are sent in real time, while the half hour that is waited for them passes in seconds.
        await arena.until(lambda: _webhooks_sent(arena), "the webhooks")
    await side.mended(arena, JobState.SUCCEEDED)
    assert len(await arena.new_tasks()) == len(orders)
    for order in orders:
        assert (await side.answer_to(arena, order)).attachments


async def _webhooks_sent(arena: Arena) -> bool:
    return all(task.is_final and task.webhooks_settled for task in await arena.new_tasks())


async def _answer_cut(arena: Arena, chance: Chance) -> None:
    """The connection is reset somewhere within the answer to the purchase."""
    line = await side.line_to_provider(arena)
    await line.spoil(LineFault(cut=Cut.RESET_ANSWER, after=chance.randint(0, 900), only=b"POST ", times=1))
    off = chance.in_turn(_WEBHOOKS)
    (order,) = await side.some_orders(arena, chance, 1, off)
    await side.mended(arena, JobState.SUCCEEDED)
    assert line.struck == 1
    assert len(await arena.new_tasks()) == 1
    assert (await side.answer_to(arena, order)).attachments


async def _request_cut(arena: Arena, chance: Chance) -> None:
    """The connection is reset before or somewhere within the request, so that no task is made."""
    line = await side.line_to_provider(arena)
    after = chance.in_turn((1, chance.randint(2, 400), 100_000))
    await line.spoil(LineFault(cut=Cut.RESET_REQUEST, after=after, only=b"POST ", times=1))
    (order,) = await side.some_orders(arena, chance, 1)
    await side.settle(arena, JobState.ABANDONED)
    assert line.struck == 1
    assert await arena.new_tasks() == []
    await _given_up_in_words(arena, order)


async def _lost_for_good(arena: Arena, chance: Chance) -> None:
    """A task is made, its answer lost, and nothing ever tells of it: given up on in words, and never bought again."""
    hidden = (chance.in_turn(_MADE_AND_LOST), Scenario.WEBHOOK_OFF, Scenario.HISTORY_MISSING)
    (order,) = await side.some_orders(arena, chance, 1, hidden)
    await side.settle(arena, JobState.ABANDONED)
    assert len(await arena.new_tasks()) == 1
    await _given_up_in_words(arena, order)


async def _given_up_in_words(arena: Arena, order: Order) -> None:
    await side.ends_with(
        arena,
        order,
        "this clip was lost on the way",
        "could not be found out whether the provider took it",
        "It will not be bought again",
        "Whoever runs the bot has been told.",
    )
    (job,) = await side.jobs_of(arena)
    (alert,) = await side.told(arena, f"{side.ABANDONED}: `#{job.id}`")
    assert "/owner resolve" in alert.text


async def _never_answered(arena: Arena, chance: Chance) -> None:
    """Neither purchases nor questions are answered, in real time: each is given up after its time, and healed."""
    made = chance.in_turn((True, False))
    scenario = Scenario.CREATED_HANG if made else Scenario.HANG_BEFORE
    (order,) = await side.some_orders(arena, chance, 1, (scenario, Scenario.WEBHOOK_OFF))
    await arena.provider.spoil("history", Fault.HANG, times=1, seconds=25)
    await asyncio.sleep(130)  # the bot waits two minutes for each piece of an answer, by the machine's clock
    await side.mended(arena, JobState.SUCCEEDED if made else JobState.ABANDONED)
    assert len(await arena.new_tasks()) == int(made)
    await side.answer_to(arena, order)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What the provider says, what waits says, and what the owner reads."""

    scenarios: tuple[Scenario, ...]
    card: str
    title: str

    @property
    def alternatives(self) -> list[tuple[Scenario, bool]]:
        """Each way of saying it, mended within the hour, and not."""
        return list(itertools.product(self.scenarios, (False, True)))


_NO_CREDIT: Final = _Refusal(
    (Scenario.OUT_OF_CREDIT, Scenario.OUT_OF_CREDIT_QUOTA, Scenario.OUT_OF_CREDIT_402),
    "has run out of credit",
    "The credit is used up",
)
_NO_KEY: Final = _Refusal((Scenario.KEY_REFUSED,), "does not accept the bot's key", "PiAPI does not accept the key")
_NO_PLAN: Final = _Refusal((Scenario.PLAN_REFUSED,), "plan at the provider does not include", "The plan at PiAPI")


def _operator_must_act(refusal: _Refusal) -> Perform:
    async def perform(arena: Arena, chance: Chance) -> None:
        await side.calm(arena)
        scenario, long = chance.in_turn(refusal.alternatives)
        await arena.provider.play(scenario, times=None)
        orders = await side.some_orders(arena, chance, chance.randint(1, 3))
        await side.card_says(arena, orders[0], refusal.card)
        await side.told(arena, refusal.title)
        await side.pass_minutes(arena, 68 if long else chance.randint(4, 22))
        if long:
            await side.settle(arena, JobState.FAILED)
            for order in orders:
                await side.ends_with(arena, order, refusal.card, side.NOTHING_CHARGED)
            await side.told(arena, refusal.title)
            return
        await arena.provider.clear_scenarios()
        await _delivered_after_all(arena, orders, refusal.title)

    return perform


_LIMITS: Final = (
    (Scenario.RATE_LIMITED, 1.0),
    (Scenario.RATE_LIMITED_BARE, None),
    (Scenario.RATE_LIMITED, 40.0),
    (Scenario.RATE_LIMITED, 86_400.0),
    (Scenario.RATE_LIMITED, None),
)
"""How the provider says it, and for how many seconds it asks."""


async def _too_fast(arena: Arena, chance: Chance) -> None:
    """The provider asks for fewer requests, with and without saying for how long: they come later, and nobody rests."""
    await side.calm(arena)
    scenario, seconds = chance.in_turn(_LIMITS)
    await arena.provider.play(scenario, times=chance.randint(1, 8), seconds=seconds)
    orders = await side.some_orders(arena, chance, chance.randint(1, 3))
    await side.settle(arena, JobState.SUCCEEDED)
    for order in orders:
        assert (await side.answer_to(arena, order)).attachments
    assert not await side.said(arena, side.TAKES_NO_ORDERS)
    assert not await side.said(arena, side.WAITS)


async def _questions_fail(arena: Arena, chance: Chance) -> None:
    """Asking for tasks, the history and the account fails in every way for a while; buying does not."""
    first = chance.in_turn(range(len(_READ_FAULTS)))
    for number, route in enumerate(("get", "history", "account")):
        for more in range(chance.randint(1, 4)):
            fault = _READ_FAULTS[(first + 3 * number + more) % len(_READ_FAULTS)]
            await arena.provider.spoil(route, fault, times=chance.randint(1, 3))
    # One whose task only the history tells of, and which only polls tell to be done.
    orders = await side.some_orders(arena, chance, 1, (chance.in_turn(_MADE_AND_LOST), Scenario.WEBHOOK_OFF))
    orders += await side.some_orders(arena, chance, chance.randint(0, 2), chance.in_turn(_WEBHOOKS))
    await side.settle(arena, JobState.SUCCEEDED)
    for order in orders:
        assert (await side.answer_to(arena, order)).attachments


async def _account_alone_fails(arena: Arena, chance: Chance) -> None:
    """The account cannot be asked for: clips are made all the same, and the owner is told once, after a while."""
    await side.calm(arena)
    await arena.provider.spoil("account", chance.in_turn(_READ_FAULTS), times=None)
    await side.pass_minutes(arena, 12)
    orders = await side.some_orders(arena, chance, 1)
    await side.settle(arena, JobState.SUCCEEDED)
    assert (await side.answer_to(arena, orders[0])).attachments
    await side.told(arena, side.UNREACHED)
    assert not await side.said(arena, side.WAITS)
    await arena.provider.clear_faults()
    await side.taken_back(arena, side.UNREACHED)


async def _key_revoked_meanwhile(arena: Arena, chance: Chance) -> None:
    """The key is refused while a clip is being made: it is fetched once the key is accepted again."""
    await side.calm(arena)
    arena.finishes_stuck = False
    (order,) = await side.some_orders(arena, chance, 1, (Scenario.STUCK,))
    (task,) = await _tasks(arena, 1)
    for route in ("get", "account", "history"):
        await arena.provider.spoil(route, Fault.UNAUTHORIZED, times=None)
    await side.pass_minutes(arena, 5)
    await arena.provider.finish(task)
    await side.pass_minutes(arena, 4)
    await side.told(arena, _NO_KEY.title)
    await arena.provider.clear_faults()
    await side.mended(arena, JobState.SUCCEEDED)
    assert (await side.answer_to(arena, order)).attachments
    await side.taken_back(arena, _NO_KEY.title)


async def _tasks(arena: Arena, number: int) -> list[str]:
    async def enough() -> bool:
        return len(await arena.new_tasks()) >= number

    await arena.until(enough, f"{number} tasks at the provider")
    return [task.task_id for task in await arena.new_tasks()]


async def _never_ends(arena: Arena, chance: Chance) -> None:
    """A task is not done for hours: its card says that it takes long, and the clip comes when it is done."""
    arena.finishes_stuck = False
    (order,) = await side.some_orders(arena, chance, 1, (Scenario.STUCK,))
    (task,) = await _tasks(arena, 1)
    await side.pass_minutes(arena, 32)
    await side.card_says(arena, order, "it still counts and will be posted here when it is done")
    await side.pass_minutes(arena, chance.randint(1, 600), step=600)
    if chance.in_turn((True, False)):
        await arena.provider.finish(task)
        arena.finishes_stuck = True
        await side.settle(arena, JobState.SUCCEEDED)
        assert (await side.answer_to(arena, order)).attachments
    else:
        await arena.provider.fail(task, "task failed: timed out upstream")
        arena.finishes_stuck = True
        await side.settle(arena, JobState.FAILED)
        await side.ends_with(arena, order, "failed at the provider")


async def _vanishes(arena: Arena, chance: Chance) -> None:
    """The provider forgets a task: after a day it is given up on, and the owner and the person know."""
    (order,) = await side.some_orders(arena, chance, 1, chance.in_turn(_VANISHED))
    await _tasks(arena, 1)
    await side.pass_minutes(arena, 25 * 60, step=chance.randrange(600, 1801, 300))
    await side.settle(arena, JobState.ABANDONED)
    await side.ends_with(
        arena,
        order,
        "this clip was lost on the way",
        "no longer knows about it",
        "It will not be bought again",
        "Whoever runs the bot has been told.",
    )
    (job,) = await side.jobs_of(arena)
    await side.told(arena, f"{side.ABANDONED}: `#{job.id}`")


async def _vanishes_for_a_while(arena: Arena, chance: Chance) -> None:
    """The provider does not know a task for some minutes: the clip comes all the same."""
    await arena.provider.spoil("get", Fault.NOT_FOUND, times=chance.randint(1, 12))
    off = chance.in_turn(_WEBHOOKS)
    (order,) = await side.some_orders(arena, chance, 1, off)
    await side.settle(arena, JobState.SUCCEEDED)
    assert (await side.answer_to(arena, order)).attachments


async def _no_url(arena: Arena, chance: Chance) -> None:
    """A task is completed and has no clip: its person learns that, and what it cost."""
    (order,) = await side.some_orders(arena, chance, 1, (Scenario.NO_URL,))
    await side.settle(arena, JobState.FAILED)
    await side.ends_with(arena, order, "called it finished, but handed over no clip", "The provider charged")


async def _never_stops_coming(arena: Arena, chance: Chance) -> None:
    """A clip that does not say how large it is never ends: it is fetched once, up to what is kept, and linked to."""
    (order,) = await side.some_orders(arena, chance, 1, (Scenario.OUTPUT_OVERSIZE,))
    before = (await arena.provider.summary()).requests.get("output", 0)
    async with asyncio.timeout(_DOWNLOAD_SECONDS):
        while not await arena.at_rest():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.5)
    await side.ended(arena, JobState.SUCCEEDED)
    assert (await arena.provider.summary()).requests.get("output", 0) == before + 1
    await _linked_to(arena, order)


async def _linked_to(arena: Arena, order: Order) -> None:
    answer = await side.answer_to(arena, order)
    (task,) = await arena.new_tasks()
    assert answer.attachments == ()
    assert "could not be copied here" in answer.text
    assert task.output_url in answer.text


def _output(*scenarios: Scenario, minutes: float = 0, clip: bool = False) -> Perform:
    """Return a trial in which finished clips are hard to fetch.

    Args:
        scenarios: one of these, by turns.
        minutes: for how long the bot tries before it posts the link alone.
        clip: whether the clip itself is to come all the same.
    """

    async def perform(arena: Arena, chance: Chance) -> None:
        (order,) = await side.some_orders(arena, chance, 1, (chance.in_turn(scenarios),))
        if minutes:
            await _tasks(arena, 1)
            await side.pass_minutes(arena, minutes, step=600)
        await side.settle(arena, JobState.SUCCEEDED)
        if clip:
            assert (await side.answer_to(arena, order)).attachments
        else:
            await _linked_to(arena, order)

    return perform


_BREAKS: Final = (Fault.UNAVAILABLE, Fault.RESET, Fault.SERVER_ERROR)


async def _broken_once(arena: Arena, chance: Chance) -> None:
    """Fetching a clip fails a few times, each in another way, and then works."""
    first = chance.in_turn(range(len(_BREAKS)))
    for number in range(chance.randint(1, 4)):
        await arena.provider.spoil("output", _BREAKS[(first + number) % len(_BREAKS)])
    (order,) = await side.some_orders(arena, chance, 1)
    await side.settle(arena, JobState.SUCCEEDED)
    assert (await side.answer_to(arena, order)).attachments


_TASK_FAILURES: Final[dict[str, str]] = {
    "task failed: unknown error, please contact support": "failed at the provider",
    "fetch task failed: 404 not found": "safety filter refused",
    "kling deleted the task: content violation": "safety filter refused",
    "NSFW content": "safety filter refused",
    "submit task failed: 500 service busy": "too busy to take it",
    "too many requests": "too busy to take it",
    "proxyconnect tcp: dial: connection refused": "failed at the provider",
    "context deadline exceeded: timed out": "failed at the provider",
    "preprocess failed: image too small": "could not use the picture",
    "freeze credit: credit not enough": "has run out of credit",
    "quota not enough": "has run out of credit",
    "file size too large, maximum is 10MB": "did not take these settings",
    "kaboom": "for a reason that the bot does not know",
}
"""Texts of failed tasks that real clients match (provider notes §8), and what a person reads."""


async def _task_fails(arena: Arena, chance: Chance) -> None:
    """A task fails with one of the provider's texts: it is told in our words, with what it cost."""
    arena.finishes_stuck = False
    (order,) = await side.some_orders(arena, chance, 1, (Scenario.STUCK,))
    (task,) = await _tasks(arena, 1)
    text, words = chance.in_turn(tuple(_TASK_FAILURES.items()))
    await arena.provider.fail(task, text, message=chance.in_turn(("task failed", "", text)))
    await side.settle(arena, JobState.FAILED)
    answer = await side.ends_with(arena, order, words, side.NOTHING_CHARGED)
    assert text not in answer.text


async def _slow_provider(arena: Arena, chance: Chance) -> None:
    """Tasks wait and are processed for long, as at a peak: their clips come, and nobody is told anything."""
    options = Options(
        pending_seconds=chance.uniform(30, 300),
        processing_seconds=chance.uniform(120, 900),
        webhook_retry_seconds=1.0,
    )
    await arena.provider.set_options(options)
    arena.afterwards.append(lambda: arena.provider.set_options(QUICK))
    orders = await side.some_orders(arena, chance, chance.randint(1, 3))
    await side.settle(arena, JobState.SUCCEEDED)
    for order in orders:
        assert (await side.answer_to(arena, order)).attachments


_trial: Final = partial(Trial, group=Group.PROVIDER)

TRIALS: Final = (
    _trial(name="its name is not resolved for minutes", perform=_unreachable(_lose_the_name), alternatives=len(_NAMES)),
    _trial(name="connections are refused for minutes", perform=_unreachable(_refuse_connections), in_short=True),
    _trial(
        name="TLS fails for minutes: odd answer, reset, none, unknown certificate",
        perform=_unreachable(_break_tls),
        alternatives=len(_WITHOUT_TLS),
        lacking=_no_openssl,
    ),
    _trial(name="down for more than an hour", perform=_down_for_over_an_hour, alternatives=len(_UNWELL)),
    _trial(name="one or two purchases in a row fail", perform=_hiccup, in_short=True, alternatives=len(_HICCUPS)),
    _trial(name="busy or overloaded for minutes", perform=_busy_storm, alternatives=len(_UNWELL)),
    _trial(
        name="every answer to a purchase is lost: 5xx, HTML, broken JSON, redirect, reset",
        perform=_storm_of_lost_answers,
        overrides=_WIDE,
        together=True,
        in_short=True,
        alternatives=len(_ALL_LOST),
    ),
    _trial(
        name="task made, answer lost: reset, 500, gateway page, broken JSON",
        perform=_answer_lost,
        in_short=True,
        alternatives=len(_HEALS),
    ),
    _trial(name="task made, answer reset at any byte", perform=_answer_cut, alternatives=len(_WEBHOOKS)),
    _trial(name="request reset at any byte", perform=_request_cut, alternatives=3),
    _trial(
        name="task made, and nothing ever tells of it",
        perform=_lost_for_good,
        in_short=True,
        alternatives=len(_MADE_AND_LOST),
    ),
    _trial(name="no answer at all: the read times out", perform=_never_answered, runs=2, alternatives=2),
    _trial(
        name="no credit, in each wording and status",
        perform=_operator_must_act(_NO_CREDIT),
        in_short=True,
        alternatives=len(_NO_CREDIT.alternatives),
    ),
    _trial(name="401 on purchases", perform=_operator_must_act(_NO_KEY), alternatives=len(_NO_KEY.alternatives)),
    _trial(
        name="403: the plan does not include it",
        perform=_operator_must_act(_NO_PLAN),
        alternatives=len(_NO_PLAN.alternatives),
    ),
    _trial(name="401 on questions while a clip is made", perform=_key_revoked_meanwhile),
    _trial(name="429 with and without Retry-After", perform=_too_fast, alternatives=len(_LIMITS)),
    _trial(
        name="questions fail: 5xx, HTML, broken JSON, 429, redirect, reset",
        perform=_questions_fail,
        in_short=True,
        alternatives=len(_READ_FAULTS),
    ),
    _trial(name="only the account cannot be asked for", perform=_account_alone_fails, alternatives=len(_READ_FAULTS)),
    _trial(name="slow tasks", perform=_slow_provider),
    _trial(name="a task that does not end for hours", perform=_never_ends, alternatives=2),
    _trial(name="a task that vanishes", perform=_vanishes, alternatives=len(_VANISHED)),
    _trial(name="a task that is unknown for minutes", perform=_vanishes_for_a_while, alternatives=len(_WEBHOOKS)),
    _trial(name="completed without a clip", perform=_no_url),
    _trial(name="a task that fails, in each wording", perform=_task_fails, alternatives=len(_TASK_FAILURES)),
    _trial(
        name="clip expired, of the wrong type, or too large",
        perform=_output(
            Scenario.OUTPUT_EXPIRED,
            Scenario.OUTPUT_WRONG_TYPE,
            Scenario.OUTPUT_OVERSIZE_DECLARED,
        ),
        alternatives=3,
    ),
    _trial(name="clip that never stops coming", perform=_never_stops_coming, runs=2),
    _trial(
        name="clip's address leads into a private network, away, or in a circle",
        perform=_output(
            Scenario.OUTPUT_REDIRECT_PRIVATE,
            Scenario.OUTPUT_REDIRECT_AWAY,
            Scenario.OUTPUT_REDIRECT_LOOP,
        ),
        in_short=True,
        alternatives=3,
    ),
    _trial(name="clip breaks off each time", perform=_output(Scenario.OUTPUT_TRUNCATED, minutes=25 * 60)),
    _trial(
        name="clip comes in drops, or from elsewhere at the provider",
        perform=_output(Scenario.OUTPUT_SLOW, Scenario.OUTPUT_REDIRECT, Scenario.OUTPUT_WORKS_ONLY, clip=True),
        alternatives=3,
    ),
    _trial(name="clip breaks off a few times", perform=_broken_once, alternatives=len(_BREAKS)),
)
