"""What whoever runs the bot relies on: answers about its health, alerts, and backups taken while people order."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bot.heartbeat import BLOCKED_SECONDS, UNANSWERED_SECONDS
from sandbox.person import Person
from sandbox.piapi.faults import Fault
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from sandbox.stage.environment import REPOSITORY
from tests.chaos.arena import Arena, NeverSettled
from tests.chaos.health import PROBE_SECONDS, SILENT, Health, ask, health
from tests.chaos.processes import BotProcess
from tests.chaos.records import Records
from tests.chaos.trial import Chance, Engine, Group, Trial
from tests.chaos.unhurried import until_ended

_OK: Final = 200
_NOT_OK: Final = 503
_ANSWER_SECONDS: Final = 3.0
"""How long Discord waits for a command's first answer."""
_ROUND_SECONDS: Final = 0.25
_CALM_MINUTES: Final = 12
"""For so long at the most something has to be away before it counts as over (the budget apart)."""

Perform = Callable[[Arena, Chance], Awaitable[None]]


async def _until_health(arena: Arena, what: str, holds: Callable[[Health], bool]) -> Health:
    seen = await health(arena)
    try:
        async with asyncio.timeout(90):
            while not holds(seen):
                await asyncio.sleep(_ROUND_SECONDS)
                seen = await health(arena)
    except TimeoutError:
        raise AssertionError(f"never {what}: {seen}") from None
    return seen


async def _until_well(arena: Arena) -> None:
    await _until_health(arena, "well again", lambda seen: seen.alive == seen.ready == _OK)


async def _until_amiss(arena: Arena, part: str, words: str = "", *, alive: int = _OK) -> None:
    """Wait until the bot says what is amiss, and is otherwise as alive as it should be."""

    def holds(seen: Health) -> bool:
        return part in seen.amiss and words in seen.amiss[part]

    seen = await _until_health(arena, f"{part}: {words}", holds)
    assert (seen.alive, seen.ready) == (alive, _NOT_OK), f"{seen}"


async def _minutes(arena: Arena, minutes: int) -> None:
    """Let time pass as it does: so that whoever looks every few seconds has looked."""
    for _ in range(minutes * 2):
        await arena.advance(30)
        await asyncio.sleep(0.08)


async def _database_locked(arena: Arena, chance: Chance) -> None:
    await arena.order(chance.choice(arena.people))
    with closing(sqlite3.connect(_file(arena), isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        await _until_health(arena, "unready", lambda seen: bool({"database", "storage"} & set(seen.amiss)))
        end = asyncio.get_running_loop().time() + UNANSWERED_SECONDS + 5
        while asyncio.get_running_loop().time() < end:
            seen = await health(arena)
            assert (seen.alive, seen.ready) == (_OK, _NOT_OK), f"{seen}"
            await asyncio.sleep(1)
        another.execute("ROLLBACK")
    await _until_well(arena)
    await arena.order(chance.choice(arena.people))


async def _database_moved(arena: Arena, chance: Chance) -> None:
    await _until_well(arena)
    await arena.order(chance.choice(arena.people))
    file = _file(arena)
    aside = file.rename(file.with_name("aside.db"))
    try:
        await _until_amiss(arena, "database", "moved or deleted")
        outcome = await arena.mira.run("video", {"prompt": "a kite that nobody can write down"})
        assert outcome.message is None or outcome.message.ephemeral, "a command was taken that is written down nowhere"
    finally:
        aside.rename(file)
    await _until_well(arena)
    await arena.order(chance.choice(arena.people))


async def _server_gone(arena: Arena, chance: Chance) -> None:
    await arena.order(chance.choice(arena.people))
    async with _without_connections(arena):
        await _until_health(arena, "unready", lambda seen: seen.ready == _NOT_OK and "database" in seen.amiss)
        seen = await _until_health(arena, "dead", lambda seen: seen.alive == _NOT_OK)
        assert "has not answered" in seen.amiss["database"], f"{seen}"
    await _until_well(arena)
    await arena.order(chance.choice(arena.people))


@asynccontextmanager
async def _without_connections(arena: Arena) -> AsyncIterator[None]:
    """Let the server know nobody of this database."""
    await arena.records.close()
    name = urlsplit(arena.database_url).path.lstrip("/")
    connection = await asyncpg.connect(_another(arena.database_url, "postgres"))
    try:
        await connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        try:
            yield
        finally:
            await connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        await connection.close()


async def _provider_down(arena: Arena, chance: Chance) -> None:
    for route in ("account", "create", "get", "history"):
        await arena.provider.spoil(route, Fault.UNAVAILABLE, times=None)
    await _minutes(arena, 4)
    await _until_amiss(arena, "provider", "not reached")
    await arena.order(chance.choice(arena.people))
    await _until_told(arena, "provider_down")
    await arena.provider.clear_faults()
    await _until_taken_back(arena, "provider_down")
    await _until_well(arena)


async def _credit_gone(arena: Arena, chance: Chance) -> None:
    await arena.provider.set_balance(0)
    await arena.order(chance.choice(arena.people))
    await _until_amiss(arena, "provider", "submissions rest: no_credit")
    await _until_told(arena, "credit_gone")
    await arena.provider.set_balance(1_000_000)
    await _until_taken_back(arena, "credit_gone")
    await _until_well(arena)


async def _key_refused(arena: Arena, _chance: Chance) -> None:
    await arena.provider.spoil("account", Fault.UNAUTHORIZED, times=None)
    await _until_told(arena, "key_refused")
    await _until_amiss(arena, "provider", "refuses the key")
    await arena.provider.clear_faults()
    await _until_taken_back(arena, "key_refused")
    await _until_well(arena)


async def _gateway_gone(arena: Arena, chance: Chance) -> None:
    await _until_well(arena)
    await arena.operator.trouble_gateway("refuse")
    await arena.operator.trouble_gateway("drop")
    await _until_amiss(arena, "discord")
    await arena.operator.trouble_gateway("admit")
    await _until_well(arena)
    await arena.order(chance.choice(arena.people))


async def _gateway_dumb(arena: Arena, chance: Chance) -> None:
    await _until_well(arena)
    await arena.operator.trouble_gateway("freeze")
    try:
        await _until_amiss(arena, "discord")
    finally:
        await arena.operator.trouble_gateway("thaw")
    await _until_well(arena)
    await arena.order(chance.choice(arena.people))


async def _loop_blocked(arena: Arena, chance: Chance) -> None:
    await _until_well(arena)
    arena.bot.pause()
    await asyncio.sleep(BLOCKED_SECONDS - PROBE_SECONDS + 2)
    assert await ask(arena, "livez") == (SILENT, {}), "a process that stands still answers"
    arena.bot.resume()
    await _until_amiss(arena, "loop", "stood still", alive=_NOT_OK)
    await arena.order(chance.choice(arena.people))
    await _until_well(arena)


async def _draining(arena: Arena, chance: Chance) -> None:
    await _until_well(arena)
    await arena.provider.spoil("create", Fault.HANG, times=1, seconds=600)
    await arena.order(chance.choice(arena.people))
    stopping = asyncio.create_task(arena.bot.stop())
    seen = await _until_health(arena, "stopping", lambda seen: "process" in seen.amiss)
    assert (seen.alive, seen.ready) == (_OK, _NOT_OK), f"{seen}"
    await arena.provider.clear_faults()
    await stopping
    assert arena.bot.exit_code == 0, f"the bot ended with {arena.bot.exit_code}"


async def _line_stands_still(arena: Arena, chance: Chance) -> None:
    for _ in range(2):
        await arena.order(chance.choice(arena.people), scenarios=(Scenario.STUCK,))
    await _minutes(arena, 32)
    await _until_amiss(arena, "backlog", "the first in line waits")
    await _until_told(arena, "backlog")
    await arena.settle()
    await _until_taken_back(arena, "backlog")


async def said(arena: Arena, key: str) -> list[SeenMessage]:
    """Return the messages of this run that tell of an alert."""
    ending = re.compile(rf"-# `{re.escape(key)}#\d+`$")
    return [message for message in await arena.messages() if message.from_bot and ending.search(message.text)]


async def _until_told(arena: Arena, key: str) -> None:
    await _passing(arena, f"word of {key}", lambda told: bool(told), key)


async def _until_taken_back(arena: Arena, key: str) -> None:
    await _passing(arena, f"the end of {key}", lambda told: bool(told) and _is_over(told[-1]), key)
    await _minutes(arena, 1)
    told = await said(arena, key)
    assert len(told) == 1, f"{key} was told {len(told)} times"


async def _passing(arena: Arena, what: str, holds: Callable[[list[SeenMessage]], bool], key: str) -> None:
    for _ in range(240):
        if holds(await said(arena, key)):
            return
        assert arena.bot.running, f"the bot died before {what}:\n{arena.bot.tail()}"
        await arena.advance(15)
        await asyncio.sleep(0.1)
    raise NeverSettled(f"in vain for {what}")


def _is_over(message: SeenMessage) -> bool:
    return "It ended" in message.text


_WHILE_TELLING: Final = (
    "uncommitted raise_alert",
    "committed raise_alert",
    "committed claim_alerts",
    "committed begin_alert",
    "before posting a message",
    "after posting a message",
    "uncommitted alert_told",
    "committed alert_told",
)
_WHILE_TAKING_BACK: Final = (
    "uncommitted clear_alert",
    "committed clear_alert",
    "committed claim_alerts",
    "before editing a message",
    "after editing a message",
    "uncommitted alert_taken_back",
    "committed alert_taken_back",
)


_TROUBLES: Final = {"key_refused": Fault.UNAUTHORIZED, "provider_down": Fault.UNAVAILABLE}
"""Alerts, and what the provider's account has to answer for them."""


async def _killed_while_telling(arena: Arena, chance: Chance) -> None:
    key = chance.in_turn(sorted(_TROUBLES))
    await arena.bot.crash_at(chance.in_turn(_WHILE_TELLING))
    await arena.provider.spoil("account", _TROUBLES[key], times=None)
    await _until_dead(arena)
    await arena.start()
    await _until_told(arena, key)
    await _minutes(arena, 3)
    assert len(await said(arena, key)) == 1, "told more than once"
    await arena.provider.clear_faults()
    await _until_taken_back(arena, key)


async def _killed_while_taking_back(arena: Arena, chance: Chance) -> None:
    key = chance.in_turn(sorted(_TROUBLES))
    await arena.provider.spoil("account", _TROUBLES[key], times=None)
    await _until_told(arena, key)
    await _minutes(arena, 1)
    await arena.bot.crash_at(chance.in_turn(_WHILE_TAKING_BACK))
    await arena.provider.clear_faults()
    await _until_dead(arena)
    await arena.start()
    await _until_taken_back(arena, key)


async def _until_dead(arena: Arena) -> None:
    for _ in range(300):
        if not arena.bot.running:
            return
        await arena.advance(15)
        await asyncio.sleep(0.1)
    raise AssertionError("the bot never reached the point")


async def _comes_and_goes(arena: Arena, _chance: Chance) -> None:
    for _ in range(6):
        await arena.provider.spoil("account", Fault.UNAUTHORIZED, times=None)
        await _minutes(arena, 3)
        await arena.provider.clear_faults()
        await _minutes(arena, 2)
    told = await said(arena, "key_refused")
    assert len(told) == 1, f"told {len(told)} times"
    assert not _is_over(told[0]), "said to be over while it came and went"
    await _minutes(arena, _CALM_MINUTES)
    await _until_taken_back(arena, "key_refused")


_BALLAST: Final = 300_000_000
"""Bytes of rows that make a database as large as years of work do."""
_ROW: Final = 600
_UNDER_WAY: Final = 24
"""So many clips are ordered while a backup is made."""


def _backed_up_under_load(ballast: int) -> Perform:
    async def perform(arena: Arena, chance: Chance) -> None:
        if ballast:
            await arena.stop()
            _fill(_file(arena), ballast)
            await arena.start()
        await _orders_in_all_states(arena, chance)
        file = arena.home / "backup.tar"
        done = asyncio.Event()
        before = {job.request_key for job in await arena.records.jobs()}
        working = asyncio.create_task(_keep_ordering(arena, chance, done))
        try:
            await _verb(arena, arena.environment, "backup", str(file))
        finally:
            done.set()
            answered_in = await working
        slow = [seconds for seconds in answered_in if seconds is None or seconds > _ANSWER_SECONDS]
        assert not slow, f"{len(slow)} of {len(answered_in)} commands were not answered in time: {slow}"
        await arena.kill()
        await _take_over(arena, file, before)
        await arena.start()
        await _finish_stuck(arena)
        await until_ended(arena)
        _one_result_each(await arena.messages())

    return perform


async def _finish_stuck(arena: Arena) -> None:
    """Let the tasks end that were under way all the while."""
    await arena.provider.clear_scenarios()
    await arena.finish_stuck()


def _fill(file: Path, size: int) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(
            "INSERT INTO audit (at, guild_id, actor_id, action, subject, detail) VALUES (0, 1, 1, 'x', '', ?)",
            ((f"{row:0{_ROW}}",) for row in range(size // _ROW)),
        )


async def _orders_in_all_states(arena: Arena, chance: Chance) -> None:
    """Leave clips finished, failed, under way, in line, and of unknown fate."""
    for scenarios in (
        (),
        (Scenario.REFUSED,),
        (Scenario.FAILS,),
        (Scenario.CREATED_DROPPED, Scenario.WEBHOOK_OFF),
        *((Scenario.STUCK,),) * 3,
    ):
        await arena.order(chance.choice(arena.people), scenarios=scenarios)


async def _keep_ordering(arena: Arena, chance: Chance, done: asyncio.Event) -> list[float | None]:
    """Let three people order, then only look, until `done`; return after how many seconds each was answered."""
    answered_in: list[float | None] = []

    async def commands() -> None:
        while not done.is_set():
            if len(answered_in) < _UNDER_WAY:
                answered_in.append((await arena.order(chance.choice(arena.people))).answered_in)
            else:
                answered_in.append(await _look(chance.choice(arena.people)))
            await asyncio.sleep(_ROUND_SECONDS)

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(commands())
    return answered_in


async def _look(person: Person) -> float | None:
    """Ask what is left of one's limits; return after how many seconds that was answered."""
    began = time.monotonic()
    outcome = await person.run("quota")
    return None if outcome.kind in {"pending", "failed"} else time.monotonic() - began


async def _take_over(arena: Arena, file: Path, before: Collection[str]) -> None:
    """Restore into a new place, and let a bot there take the place of the first; forget what it cannot know.

    What was stored before the backup began has to be in it.
    """
    known = {job.request_key for job in await arena.records.jobs()}
    data = arena.home / "restored"
    data.mkdir()
    url = f"sqlite:///{data / 'egret.db'}"
    if arena.engine is Engine.POSTGRES:
        url = await _new_database(arena.database_url)
    environment = {**arena.environment, "DATA_DIR": str(data), "DATABASE_URL": url}
    await _verb(arena, environment, "restore", str(file))
    await arena.records.close()
    arena.records, arena.database_url, arena.environment = Records(url), url, environment
    restored = {job.request_key: job for job in await arena.records.jobs()}
    assert set(before) <= set(restored) <= known
    # What was ordered after the backup is in the old data alone, which is kept aside.
    arena.orders = [order for order in arena.orders if order.request_key in restored]
    tokens = {job.hook_token for job in restored.values()}
    later = [task.task_id for task in await arena.new_tasks() if task.endpoint.rpartition("/")[2] not in tokens]
    arena.leave_out(later)
    arena.bots[0] = BotProcess(arena.nursery, "restored", environment, arena.home)


async def _new_database(url: str) -> str:
    name = f"{urlsplit(url).path.lstrip('/')}_restored"
    connection = await asyncpg.connect(_another(url, "postgres"))
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return _another(url, name)


def _another(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _file(arena: Arena) -> Path:
    return Path(arena.database_url.removeprefix("sqlite:///"))


async def _verb(arena: Arena, environment: Mapping[str, str], *words: str) -> None:
    """Run a verb of the command line as an owner does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        env={**environment, "PYTHONPATH": str(REPOSITORY)},
        cwd=arena.home,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(120):
        output, _ = await process.communicate()
    assert process.returncode == 0, f"{words[0]}: {output.decode(errors='replace')}"


_RESULT: Final = re.compile(r"egret:[a-z]+:([A-Za-z0-9]+):")


def _one_result_each(messages: list[SeenMessage]) -> None:
    """Make sure that no job's clip stands twice, whichever bot posted it."""
    stand: dict[str, set[int]] = {}
    for message in messages:
        if message.from_bot and message.attachments:
            for clickable in message.clickables:
                if found := _RESULT.match(clickable.custom_id):
                    stand.setdefault(found[1], set()).add(message.id)
    twice = {job: ids for job, ids in stand.items() if len(ids) > 1}
    assert not twice, f"clips that stand twice: {twice}"


def _trial(name: str, perform: Perform, **how: object) -> Trial:
    return Trial(name=name, group=Group.OPERATIONS, perform=perform, **how)  # type: ignore[arg-type]


_SQLITE: Final = frozenset({Engine.SQLITE})
_POSTGRES: Final = frozenset({Engine.POSTGRES})
_FEW: Final = 3

TRIALS: Final = (
    _trial("health while another program locks the database", _database_locked, engines=_SQLITE, runs=_FEW),
    _trial("health while the database file is moved away", _database_moved, engines=_SQLITE),
    _trial("health while the database server is gone", _server_gone, engines=_POSTGRES, runs=_FEW),
    _trial("health and alert while PiAPI is down", _provider_down),
    _trial("health and alert while the credit is gone", _credit_gone),
    _trial("health and alert while the key is refused", _key_refused, in_short=True),
    _trial("health while Discord's gateway is gone", _gateway_gone),
    _trial("health while Discord's gateway says nothing", _gateway_dumb, runs=_FEW),
    _trial("health after the event loop stood still", _loop_blocked, runs=_FEW, fresh=True),
    _trial("health while the bot stops", _draining),
    _trial(
        "health and alert while the line stands still",
        _line_stands_still,
        overrides={"MAX_IN_FLIGHT": "1"},
        runs=_FEW,
    ),
    _trial(
        "alert told once, killed while telling",
        _killed_while_telling,
        in_short=True,
        alternatives=len(_WHILE_TELLING),
    ),
    _trial(
        "alert taken back once, killed while taking back",
        _killed_while_taking_back,
        alternatives=len(_WHILE_TAKING_BACK),
    ),
    _trial("alert of what comes and goes", _comes_and_goes, runs=_FEW),
    _trial("backup under load, restored elsewhere", _backed_up_under_load(0), fresh=True, runs=_FEW),
    _trial(
        "backup of a database of 300 MB under load, restored elsewhere",
        _backed_up_under_load(_BALLAST),
        fresh=True,
        runs=1,
        engines=_SQLITE,
    ),
)
