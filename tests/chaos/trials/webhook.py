"""Strangers, and a provider beside itself, at the web side of a bot at work: people are answered all the same."""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp
from pydantic import SecretStr

from bot.piapi.webhook import SecretCheck
from sandbox.piapi.scenarios import Scenario
from tests.chaos.arena import Arena, Order
from tests.chaos.health import ask
from tests.chaos.strangers import Attack, Dawdle, Flood, Seen, strangers
from tests.chaos.trial import Engine, Group, Trial

SECRET: Final = "what-the-provider-was-told-and-nobody-else"
_KNOWN: Final = {"WEBHOOK_SECRET": SECRET}
_REQUESTS: Final = 5_000
_CROWD: Final = 1_000
_CHECKS: Final = 3
_BETWEEN_CHECKS_SECONDS: Final = 0.5
_ALIVE_WITHIN_SECONDS: Final = 6.0
"""Less than a stranger's connection lives: a bot that is deaf to the first who come is noticed."""
_ANSWER_SECONDS: Final = 3.0
"""How long Discord waits for a command's first answer."""
_ORDERS: Final = 12
"""Commands in one siege at the most."""
_PAUSE_SECONDS: Final = 0.25
_STRANGER_SECONDS: Final = 10.0
"""How long the bot lets a connection live that has shown nothing; here with the time a busy machine takes to see it."""
_SPARE_SECONDS: Final = 2.0
_GROWTH: Final = 160 * 1024 * 1024
"""Bytes by which the bot may grow at the most while all its 256 connections hold what they may: 256 KiB of a body, as
much that asyncio has read beyond it, and what the allocator adds."""
_BODY: Final = '{"timestamp": 1, "data": {"task_id": "no-such-task", "status": "completed"}}'

Perform = Callable[[Arena, random.Random], Awaitable[None]]


def _request(token: str, secret: str | None, body: str = _BODY) -> str:
    shown = "" if secret is None else f"x-webhook-secret: {secret}\r\n"
    return (
        f"POST /webhooks/piapi/{token} HTTP/1.1\r\nHost: egret\r\n{shown}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


def _resident(arena: Arena) -> int:
    """Return how much memory the bot has, in bytes."""
    status = Path(f"/proc/{arena.bot.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


async def _alive(arena: Arena) -> None:
    """Look whether the bot says that it is alive: as for the image's health check, three failures in a row count.

    The image's come half a minute apart; here all three come within a few seconds.
    """
    async with asyncio.timeout(_ALIVE_WITHIN_SECONDS):
        for left in reversed(range(_CHECKS)):
            status, parts = await ask(arena, "livez")
            if status == HTTPStatus.OK:
                return
            assert left or status, "/livez is not answered"
            assert not status, f"/livez answers {status}: {parts}"
            # Who comes while every place is held by somebody who came a moment ago is turned away at once.
            await asyncio.sleep(_BETWEEN_CHECKS_SECONDS)


async def _order(arena: Arena, chance: random.Random) -> Order:
    order = await arena.order(chance.choice(arena.people))
    assert order.answered_in is not None, "a command was not answered"
    assert order.answered_in < _ANSWER_SECONDS, f"a command was answered after {order.answered_in:.1f} s"
    return order


async def besieged(arena: Arena, chance: random.Random, attack: Attack) -> tuple[Seen, list[float], int]:
    """Let people order clips while strangers are there.

    Returns:
        What the strangers saw, after how many seconds each command was answered, and by how many bytes the bot grew.
    """
    before = _resident(arena)
    answered, most = [], before
    async with strangers(attack) as siege:
        while not (siege.over and answered):
            if len(answered) < _ORDERS:
                order = await _order(arena, chance)
                answered.append(order.answered_in or 0.0)
            await _alive(arena)
            most = max(most, _resident(arena))
            await asyncio.sleep(_PAUSE_SECONDS)
        seen = await siege.seen()
    assert most - before < _GROWTH, f"the bot grew by {(most - before) / 1e6:.0f} MB"
    return seen, answered, most - before


def _lines(arena: Arena) -> int:
    return arena.bot.log.read_text(encoding="utf-8", errors="replace").count("web_refused")


def _flood(secret: str | None, status: int, at_once: int = 64) -> Perform:
    async def perform(arena: Arena, chance: random.Random) -> None:
        lines = _lines(arena)
        says = _request("token-{n}", secret)
        flood = Flood(port=arena.web_port, requests=_REQUESTS, at_once=at_once, says=says)
        seen, _, _ = await besieged(arena, chance, flood)
        assert set(seen.answers) == {status}, seen
        # Who finds no place asks in vain; among so few none does.
        assert at_once > 64 or seen.answers[status] >= 0.99 * _REQUESTS, seen
        assert _lines(arena) - lines <= 3, "a line was written for each refusal"
        log = arena.bot.log.read_text(encoding="utf-8", errors="replace")
        assert SECRET not in log
        assert "no-such-task" not in log

    return perform


async def _questions_of_strangers(arena: Arena, chance: random.Random) -> None:
    says = "GET /readyz HTTP/1.1\r\nHost: egret\r\n\r\n"
    seen, _, _ = await besieged(arena, chance, Flood(port=arena.web_port, requests=_REQUESTS, says=says))
    assert seen.answers == {200: _REQUESTS}, seen


async def _flood_about_one_job(arena: Arena, chance: random.Random) -> None:
    order = await arena.order(arena.mira, scenarios=(Scenario.STUCK,))
    (job,) = await arena.records.jobs(after=arena.first_number)

    async def bound() -> bool:
        return (await arena.records.jobs(after=arena.first_number))[0].task_id is not None

    await arena.until(bound, "the task to be bound")
    flood = Flood(port=arena.web_port, requests=_REQUESTS, says=_request(job.hook_token, SECRET))
    asked = await _questions(arena)
    seen, _, _ = await besieged(arena, chance, flood)
    assert seen.answers == {204: _REQUESTS}, seen
    assert order.acknowledged
    asked = await _questions(arena) - asked
    assert asked < 200, f"the provider was asked {asked} times"


async def _questions(arena: Arena) -> int:
    return sum(task.gets for task in await arena.provider.tasks())


def _crowd(first: str, drip: str, *, returning: bool = False, status: int | None = None) -> Perform:
    async def perform(arena: Arena, chance: random.Random) -> None:
        crowd = Dawdle(
            port=arena.web_port,
            connections=_CROWD,
            first=first,
            drip=drip,
            every=1.0 if returning else 0.5,
            seconds=2 * _STRANGER_SECONDS,
            returning=returning,
        )
        seen, _, _ = await besieged(arena, chance, crowd)
        assert seen.longest < _STRANGER_SECONDS + _SPARE_SECONDS, seen
        assert returning or not seen.outlived, seen
        if status is not None:
            assert status in seen.answers, seen
            assert seen.answers.keys() <= {status, HTTPStatus.REQUEST_TIMEOUT}, seen

    return perform


async def _replayed(arena: Arena, chance: random.Random) -> None:
    """Send what the provider sent, and what it did not, early, late, twice and forged."""
    for person in arena.people:
        await arena.order(person)
    jobs = await arena.records.jobs(after=arena.first_number)
    stories = [(job.hook_token, state) for job in jobs for state in ("pending", "completed", "failed") * 5]
    chance.shuffle(stories)
    secrets = itertools.cycle((SECRET, SECRET, SECRET[:-1], ""))
    async with aiohttp.ClientSession() as http:
        for round_ in range(2):
            for token, state in stories:
                tasks = await arena.new_tasks()
                task = tasks[chance.randrange(len(tasks))].task_id if tasks else "none-yet"
                body = {"timestamp": round_, "data": {"task_id": task, "status": state, "output": {"video_url": "x"}}}
                secret = next(secrets)
                address = f"http://127.0.0.1:{arena.web_port}/webhooks/piapi/{token}"
                async with http.post(address, json=body, headers={"x-webhook-secret": secret}) as answer:
                    assert answer.status == (204 if secret == SECRET else 401)
            await arena.settle()


async def _nonsense(arena: Arena, chance: random.Random) -> None:
    """Send bytes of no sense, some of them behind a head that has the secret."""
    start = f"POST /webhooks/piapi/token HTTP/1.1\r\nx-webhook-secret: {SECRET}\r\n"
    heads = [
        "",
        "POST /webhooks/piapi/",
        _request("token", None, ""),
        _request("token", SECRET, ""),
        f"{start}Transfer-Encoding: chunked\r\n\r\n",
        f"{start}Content-Encoding: gzip\r\nContent-Length: 400\r\n\r\n",
    ]
    for head in heads:
        noise = chance.randbytes(400).decode("latin-1")
        await besieged(
            arena, chance, Dawdle(port=arena.web_port, connections=100, first=head + noise, seconds=_STRANGER_SECONDS)
        )


async def _timed(arena: Arena, chance: random.Random) -> None:
    """Measure how long wrong secrets take to be told from the right one, by where they differ from it."""
    check = SecretCheck(SecretStr(SECRET))
    candidates = {
        "differs in the first letter": "X" + SECRET[1:],
        "differs in the last letter": SECRET[:-1] + "X",
        "has another length": SECRET[:-1],
    }
    taken: dict[str, list[int]] = {name: [] for name in candidates}
    names = [*candidates] * 7_000
    chance.shuffle(names)
    for name in names:
        value = [candidates[name]]
        began = time.perf_counter_ns()
        check(value)
        taken[name].append(time.perf_counter_ns() - began)
    medians = {name: statistics.median(sorted(times)[: len(times) * 9 // 10]) for name, times in taken.items()}
    spread = max(medians.values()) - min(medians.values())
    assert spread <= 0.05 * min(medians.values()), f"nanoseconds by how a secret differs: {medians}"
    await _order(arena, chance)


def _trial(name: str, perform: Perform, **more: object) -> Trial:
    return Trial(name=name, group=Group.WEBHOOK, perform=perform, overrides=_KNOWN, together=True, **more)  # type: ignore[arg-type]


_SQLITE: Final = frozenset({Engine.SQLITE})
"""What never gets as far as the database needs not be tried on two."""
_HALF_A_HEAD: Final = "POST /webhooks/piapi/token HTTP/1.1\r\nHost: egret\r\n"
_ENDLESS: Final = "Transfer-Encoding: chunked\r\n\r\n"

TRIALS: Final = (
    _trial(f"{_REQUESTS:,} webhooks without the secret, 500 at once", _flood(None, 401, 500), engines=_SQLITE, runs=3),
    _trial(
        f"{_REQUESTS:,} webhooks with a near miss of the secret", _flood(SECRET[:-1] + "x", 401), in_short=True, runs=3
    ),
    _trial(f"{_REQUESTS:,} webhooks with the secret, for jobs that nobody has", _flood(SECRET, 204), runs=3),
    _trial(f"{_REQUESTS:,} webhooks with the secret, for one job under way", _flood_about_one_job, runs=3),
    _trial(f"{_REQUESTS:,} questions whether the bot is ready", _questions_of_strangers, engines=_SQLITE, runs=3),
    _trial("webhooks replayed, reordered, early, late and forged", _replayed, in_short=True),
    _trial("nonsense instead of HTTP, and behind good heads", _nonsense, runs=3),
    _trial(f"{_CROWD:,} connections that say nothing", _crowd("", ""), engines=_SQLITE, runs=3),
    _trial(
        f"{_CROWD:,} connections whose heads never end",
        _crowd(_HALF_A_HEAD, "X-More: of it\r\n"),
        engines=_SQLITE,
        runs=3,
    ),
    _trial(
        f"{_CROWD:,} connections whose heads never end, coming back when cut",
        _crowd(_HALF_A_HEAD, "X-More: of it\r\n", returning=True),
        engines=_SQLITE,
        runs=3,
    ),
    _trial(
        f"{_CROWD:,} bodies without end, without the secret",
        _crowd(_HALF_A_HEAD + _ENDLESS, "400\r\n" + "x" * 0x400 + "\r\n", status=401),
        engines=_SQLITE,
        in_short=True,
        runs=3,
    ),
    _trial(
        f"{_CROWD:,} bodies without end, with the secret",
        _crowd(f"{_HALF_A_HEAD}x-webhook-secret: {SECRET}\r\n{_ENDLESS}", "400\r\n" + "x" * 0x400 + "\r\n"),
        runs=3,
    ),
    _trial(
        f"{_CROWD:,} bodies larger than allowed, with the secret",
        _crowd(
            f"{_HALF_A_HEAD}x-webhook-secret: {SECRET}\r\n{_ENDLESS}",
            ("8000\r\n" + "x" * 0x8000 + "\r\n") * 4,
            status=413,
        ),
        runs=3,
    ),
    _trial("secrets by where they differ from ours, timed", _timed, engines=_SQLITE, runs=1),
)
