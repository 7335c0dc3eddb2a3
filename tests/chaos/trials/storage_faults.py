"""What the bot writes on fails: it says so and takes nothing new, loses nothing, and goes on once that is mended."""

from __future__ import annotations

import asyncio
import errno
import json
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp

from bot.exit_codes import ExitCode
from bot.jobs.trouble import Trouble
from sandbox.piapi.scenarios import Scenario
from tests.chaos.arena import Arena, Order
from tests.chaos.machine import failing, few_descriptors, filled, mounts, read_only, small_disk
from tests.chaos.power import strace
from tests.chaos.trial import Engine, Group, Trial

Perform = Callable[[Arena, random.Random], Awaitable[None]]

_DISK: Final = 64
"""Mebibytes of a small disk; a tenth of it is kept for the database."""
_ANSWER_SECONDS: Final = 3.0
"""How long Discord waits for a command's first answer."""
_CALM: Final = 240.0
"""Seconds after which trouble that is over counts as over."""
_KITE: Final = "a kite that cannot be written down"
_ALERTS: Final = "off-topic"
_SPARE: Final = 1


async def refused(arena: Arena, words: str) -> None:
    """Order until the bot says what the matter is, in time; nothing is bought by that."""

    async def says_so() -> bool:
        began = time.monotonic()
        outcome = await arena.mira.run("video", {"prompt": _KITE}, timeout_seconds=2 * _ANSWER_SECONDS)
        took = time.monotonic() - began
        assert outcome.message is not None, "a command was not answered at all"
        assert outcome.message.ephemeral, f"a command was taken: {outcome.message.text}"
        assert took < 2 * _ANSWER_SECONDS, f"a command was answered after {took:.1f} s"
        return words in outcome.message.text and "Nothing was charged." in outcome.message.text

    await arena.until(says_so, f"a refusal that says: {words}")


async def ready(arena: Arena) -> None:
    """Wait until the bot says that it can write again; a webhook that was lost may keep it from being ready."""

    async def says_so() -> bool:
        _, parts = await _readiness(arena)
        return parts.get("storage") == parts.get("disk") == "ok"

    await arena.until(says_so, "/readyz to say yes")


async def unready(arena: Arena, trouble: Trouble) -> None:
    """Wait until the bot says that it is not, and why."""

    async def says_so() -> bool:
        status, parts = await _readiness(arena)
        return status == HTTPStatus.SERVICE_UNAVAILABLE and parts.get("storage") == trouble.value

    await arena.until(says_so, f"/readyz to say {trouble}")


async def _readiness(arena: Arena) -> tuple[int, dict[str, str]]:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as http,
            http.get(f"http://127.0.0.1:{arena.web_port}/readyz") as answer,
        ):
            return answer.status, json.loads(await answer.read())
    except (aiohttp.ClientError, TimeoutError):
        return 0, {}


async def told_once(arena: Arena, key: str) -> None:
    """The owner was told once, and once that it is over the same message says so."""
    alerts = [one for one in await arena.operator.messages(_ALERTS) if f"storage:{key}" in one.text]
    assert len(alerts) == 1, f"the owner was told {len(alerts)} times of {key}"

    async def over() -> bool:
        await arena.advance(_CALM / 8)
        (alert,) = [one for one in await arena.operator.messages(_ALERTS) if f"storage:{key}" in one.text]
        return "It ended" in alert.text

    await arena.until(over, f"the alert of {key} to be taken back")


@asynccontextmanager
async def on_a_small_disk(arena: Arena) -> AsyncIterator[None]:
    """Let the bot work on a disk of its own meanwhile."""
    await arena.stop()
    with small_disk(arena.data, _DISK):
        try:
            await arena.start()
            yield
            await arena.settle()
            await arena.stop()
        finally:
            await arena.kill()
    await arena.start()


async def bought(arena: Arena, *scenarios: Scenario) -> Order:
    """Order a clip and wait until the provider has its task."""
    before = len(await arena.new_tasks())
    order = await arena.order(arena.theo, scenarios=scenarios)

    async def there() -> bool:
        return len(await arena.new_tasks()) > before

    await arena.until(there, "the task at the provider")
    return order


async def _no_room_for_clips(arena: Arena, chance: random.Random) -> None:
    async with on_a_small_disk(arena):
        await bought(arena, Scenario.STUCK)
        with filled(arena.data, leaving=2 * 1024 * 1024):
            await unready(arena, Trouble.DISK_FULL)
            await refused(arena, "The bot's disk is full.")
            await arena.finish_stuck()
            await asyncio.sleep(chance.uniform(0.5, 2.0))
        await ready(arena)
        await arena.order(arena.juno)
        await told_once(arena, "disk_full")


async def _not_a_byte(arena: Arena, chance: random.Random) -> None:
    async with on_a_small_disk(arena):
        await arena.provider.play(Scenario.CREATED_HANG, seconds=chance.uniform(1.0, 3.0))
        await bought(arena)
        with filled(arena.data):
            await unready(arena, Trouble.DISK_FULL)
            await refused(arena, "The bot's disk is full.")
            await asyncio.sleep(chance.uniform(2.0, 4.0))
        await ready(arena)
        await arena.order(arena.juno)
        await told_once(arena, "disk_full")


async def _killed_on_a_full_disk(arena: Arena, chance: random.Random) -> None:
    async with on_a_small_disk(arena):
        await arena.provider.play(Scenario.CREATED_HANG, seconds=30.0)
        await bought(arena)
        with filled(arena.data):
            await asyncio.sleep(chance.uniform(0.0, 1.0))
            await arena.kill()
        await arena.start()


async def _locked(arena: Arena, chance: random.Random) -> None:
    await bought(arena, Scenario.STUCK)
    with closing(sqlite3.connect(arena.data / "egret.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await unready(arena, Trouble.LOCKED)
        await refused(arena, "Another program has locked the bot's database.")
        await arena.finish_stuck()
        await asyncio.sleep(chance.uniform(0.5, 2.0))
        other.execute("ROLLBACK")
    await ready(arena)
    await arena.order(arena.juno)
    await told_once(arena, "locked")


async def _failing_disk(arena: Arena, chance: random.Random) -> None:
    await bought(arena, Scenario.STUCK)
    assert arena.bot.pid is not None
    error = chance.choice((errno.EIO, errno.EROFS))
    calls = chance.choice((("fdatasync", "fsync"), ("pwrite64",), ("pwrite64", "fdatasync", "fsync")))
    async with failing(arena.bot.pid, arena.data / "egret.db-wal", error, *calls):
        await refused(arena, "The bot's disk cannot be written.")
        await unready(arena, Trouble.UNWRITABLE)
        await arena.finish_stuck()
        await asyncio.sleep(chance.uniform(0.5, 2.0))
    await ready(arena)
    await arena.order(arena.juno)
    await told_once(arena, "unwritable")


async def _read_only_files(arena: Arena, chance: random.Random) -> None:
    await bought(arena, Scenario.STUCK)
    with read_only(arena.data / "files"):
        await unready(arena, Trouble.UNWRITABLE)
        await refused(arena, "The bot's disk cannot be written.")
        await arena.finish_stuck()
        await asyncio.sleep(chance.uniform(0.5, 2.0))
    await ready(arena)
    await arena.order(arena.juno)
    await told_once(arena, "unwritable")


async def _read_only_start(arena: Arena, chance: random.Random) -> None:
    await arena.order(chance.choice(arena.people))
    await arena.stop()
    with read_only(arena.data):
        await ends_saying(arena, ExitCode.DATABASE, "Read-only file system")
    await arena.start()


async def ends_saying(arena: Arena, code: ExitCode, words: str) -> None:
    """Start the bot, which cannot work: it says why, and ends."""
    told = len(arena.bot.tail(10_000))
    await arena.bot.start()
    async with asyncio.timeout(60):
        assert await arena.bot.ended() == code, arena.bot.tail()
    said = [line for line in arena.bot.tail(10_000)[told:].splitlines() if line.startswith("egret: ")]
    assert len(said) == 1, arena.bot.tail()
    assert words in said[0], said[0]


def damaged(spoil: Callable[[Path, random.Random], None]) -> Perform:
    """Return a trial: the bot refuses to start on a damaged file, and goes on from a good copy of it."""

    async def perform(arena: Arena, chance: random.Random) -> None:
        await arena.order(chance.choice(arena.people))
        await arena.settle()
        await arena.stop()
        file, kept = arena.data / "egret.db", arena.home / "kept.db"
        shutil.copyfile(file, kept)
        spoil(file, chance)
        await ends_saying(arena, ExitCode.DATABASE, "the database file is damaged")
        shutil.copyfile(kept, file)
        await arena.start()

    return perform


def _header(file: Path, chance: random.Random) -> None:
    _overwrite(file, 0, chance.randbytes(64))


def _page(file: Path, chance: random.Random) -> None:
    with closing(sqlite3.connect(file)) as connection:
        (used,) = chance.sample([page for page in _pages(connection) if page > 1], 1)
    _overwrite(file, (used - 1) * 4096, chance.randbytes(4096))


def _cut_short(file: Path, chance: random.Random) -> None:
    with file.open("r+b") as opened:
        opened.truncate(chance.randrange(1, file.stat().st_size // 4096) * 4096 - chance.randrange(4096))


def _pages(connection: sqlite3.Connection) -> list[int]:
    """Return the pages of tables and indices; one that is free may hold anything."""
    return [page for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE pagetype <> 'overflow'")]


def _overwrite(file: Path, offset: int, data: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(data)


async def _damaged_log(arena: Arena, chance: random.Random) -> None:
    """What the log's end said is done again: the frames of the last transactions are not whole."""
    await arena.order(chance.choice(arena.people))
    await arena.settle()
    await arena.kill()
    log = arena.data / "egret.db-wal"
    frames = (log.stat().st_size - 32) // 4120
    assert frames > 0, "there is no log"
    _overwrite(log, 32 + (frames - 1) * 4120 + chance.randrange(4120), chance.randbytes(64))
    await arena.start()
    await arena.order(chance.choice(arena.people))


async def _no_descriptors(arena: Arena, chance: random.Random) -> None:
    await bought(arena, Scenario.STUCK)
    assert arena.bot.pid is not None
    pid, told = arena.bot.pid, len(arena.bot.tail(10_000))
    with few_descriptors(pid, chance.randrange(_SPARE + 1)):
        await arena.finish_stuck()
        waiting = asyncio.create_task(_crowd(arena))
        await arena.order(chance.choice(arena.people))
        # Looked at every two seconds.
        await asyncio.sleep(chance.uniform(4.0, 6.0))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    await ready(arena)
    assert arena.bot.pid == pid, "the bot was started anew"
    assert arena.bot.running, arena.bot.tail()
    await arena.order(arena.juno)
    said = arena.bot.tail(100_000)[told:]
    assert said.count("owner_needed") == 1, f"said {said.count('owner_needed')} times"
    assert said.count("out of system resource") <= 2, f"{said.count('out of system resource')} lines of one thing"
    assert "Traceback" not in said, said[said.index("Traceback") - 500 :][:3000]


async def _crowd(arena: Arena) -> None:
    """Knock at the web side, which has no place for anybody."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1.0)) as http:
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{arena.web_port}/livez") as answer:
                    await answer.read()
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)


_MOUNTED: Final[dict[str, Perform]] = {
    "disk full: no room for clips": _no_room_for_clips,
    "disk full: not a byte left while a purchase is under way": _not_a_byte,
    "disk full: killed with a purchase that could not be recorded": _killed_on_a_full_disk,
    "files on a disk that turns read-only": _read_only_files,
    "start on a read-only disk": _read_only_start,
}
_TRACED: Final[dict[str, Perform]] = {"disk fails: errors from writes and syncs of the log": _failing_disk}
_ANYWHERE: Final[dict[str, Perform]] = {
    "database locked by another program": _locked,
    "database damaged: header": damaged(_header),
    "database damaged: a page": damaged(_page),
    "database damaged: cut short": damaged(_cut_short),
    "database damaged: the end of its log": _damaged_log,
    "no descriptor left": _no_descriptors,
}
_IN_SHORT: Final = frozenset({_locked, _no_descriptors, _not_a_byte})


def _possible() -> dict[str, Perform]:
    found = dict(_ANYWHERE)
    for needs, can, some in (("mounting a disk", mounts(), _MOUNTED), ("strace", strace.available(), _TRACED)):
        if can:
            found |= some
        else:
            sys.stdout.write(f"       storage: skipped for want of {needs}: {'; '.join(some)}\n")
    return found


TRIALS: tuple[Trial, ...] = tuple(
    Trial(
        name=name,
        group=Group.STORAGE,
        perform=perform,
        in_short=perform in _IN_SHORT,
        engines=frozenset({Engine.SQLITE}),
        fresh=True,
        seconds=240,
    )
    for name, perform in _possible().items()
)
