"""What the bot writes on fails: it says so and takes nothing new, loses nothing, and goes on once that is mended."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final

from bot.exit_codes import ExitCode
from bot.jobs.trouble import Trouble
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.chaos.arena import Arena, Order
from tests.chaos.health import SILENT, ask
from tests.chaos.machine import failing, few_descriptors, filled, no_mounts, read_only, small_disk
from tests.chaos.power import strace
from tests.chaos.trial import Chance, Engine, Group, Trial, nothing

Perform = Callable[[Arena, Chance], Awaitable[None]]

_DISK: Final = 64
"""Mebibytes of a small disk; a tenth of it is kept for the database."""
_ANSWER_SECONDS: Final = 3.0
"""How long Discord waits for a command's first answer."""
_CALM: Final = 240.0
"""Seconds after which trouble that is over counts as over."""
_KITE: Final = "a kite that cannot be written down"
_ALERTS: Final = "off-topic"
_SPARE: Final = (0, 1)
"""So many more descriptors than it has a process may open."""
_CROWD: Final = 40
"""More than there may be holes among a process's descriptors."""
_PROBES: Final = ("livez", "readyz")
_TRIES: Final = 3
"""A connection that has shown nothing lives for ten seconds, in which a busy machine may not fill a table."""
_SILENCE: Final[tuple[int, dict[str, str]]] = (SILENT, {})
"""In place of an answer."""
_asked = partial(ask, within=_ANSWER_SECONDS)


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
        _, parts = await _asked(arena, "readyz")
        return parts.get("storage") == parts.get("disk") == "ok"

    await arena.until(says_so, "/readyz to say yes")


async def unready(arena: Arena, trouble: Trouble) -> None:
    """Wait until the bot says that it is not, and why, and its owner is told; it is alive all the same.

    No restart would mend that. The look that tells the owner comes every two seconds; trouble that is over by then is
    nothing to be told of.
    """

    async def says_so() -> bool:
        status, parts = await _asked(arena, "readyz")
        return status == HTTPStatus.SERVICE_UNAVAILABLE and parts.get("storage") == trouble.value

    async def told() -> bool:
        return bool(await _alerts(arena, trouble))

    await arena.until(says_so, f"/readyz to say {trouble}")
    await arena.until(told, f"the owner to be told of {trouble}")
    alive, parts = await _asked(arena, "livez")
    assert alive == HTTPStatus.OK, f"/livez answers {alive}: {parts}"


async def told_once(arena: Arena, trouble: Trouble) -> None:
    """The owner was told once, and once that it is over the same message says so."""

    async def over() -> bool:
        await arena.advance(_CALM / 8)
        return "It ended" in (await _alerts(arena, trouble))[0].text

    await arena.until(over, f"the alert of {trouble} to be taken back")
    assert len(await _alerts(arena, trouble)) == 1, f"the owner was told more than once of {trouble}"


async def _alerts(arena: Arena, trouble: Trouble) -> list[SeenMessage]:
    return [one for one in await arena.operator.messages(_ALERTS) if f"storage:{trouble}" in one.text]


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


async def _no_room_for_clips(arena: Arena, chance: Chance) -> None:
    async with on_a_small_disk(arena):
        await bought(arena, Scenario.STUCK)
        with filled(arena.data, leaving=2 * 1024 * 1024):
            await unready(arena, Trouble.DISK_FULL)
            await refused(arena, "The bot's disk is full.")
            await arena.finish_stuck()
            await asyncio.sleep(chance.uniform(0.5, 2.0))
        await ready(arena)
        await arena.order(arena.juno)
        await told_once(arena, Trouble.DISK_FULL)


async def _not_a_byte(arena: Arena, chance: Chance) -> None:
    async with on_a_small_disk(arena):
        await arena.provider.play(Scenario.CREATED_HANG, seconds=chance.uniform(1.0, 3.0))
        await bought(arena)
        with filled(arena.data):
            await unready(arena, Trouble.DISK_FULL)
            await refused(arena, "The bot's disk is full.")
            await asyncio.sleep(chance.uniform(2.0, 4.0))
        await ready(arena)
        await arena.order(arena.juno)
        await told_once(arena, Trouble.DISK_FULL)


async def _killed_on_a_full_disk(arena: Arena, chance: Chance) -> None:
    async with on_a_small_disk(arena):
        await arena.provider.play(Scenario.CREATED_HANG, seconds=30.0)
        await bought(arena)
        with filled(arena.data):
            await asyncio.sleep(chance.uniform(0.0, 1.0))
            await arena.kill()
        await arena.start()


async def _locked(arena: Arena, chance: Chance) -> None:
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
    await told_once(arena, Trouble.LOCKED)


_ERRORS: Final = tuple(
    itertools.product(
        (errno.EIO, errno.EROFS), (("fdatasync", "fsync"), ("pwrite64",), ("pwrite64", "fdatasync", "fsync"))
    )
)
"""What fails how: syncs, writes, or both."""


async def _failing_disk(arena: Arena, chance: Chance) -> None:
    await bought(arena, Scenario.STUCK)
    assert arena.bot.pid is not None
    error, calls = chance.in_turn(_ERRORS)
    async with failing(arena.bot.pid, arena.data / "egret.db-wal", error, *calls):
        await refused(arena, "The bot's disk cannot be written.")
        await unready(arena, Trouble.UNWRITABLE)
        await arena.finish_stuck()
    await ready(arena)
    await arena.order(arena.juno)
    await told_once(arena, Trouble.UNWRITABLE)


async def _read_only_files(arena: Arena, chance: Chance) -> None:
    await bought(arena, Scenario.STUCK)
    with read_only(arena.data / "files"):
        await unready(arena, Trouble.UNWRITABLE)
        await refused(arena, "The bot's disk cannot be written.")
        await arena.finish_stuck()
        await asyncio.sleep(chance.uniform(0.5, 2.0))
    await ready(arena)
    await arena.order(arena.juno)
    await told_once(arena, Trouble.UNWRITABLE)


async def _read_only_start(arena: Arena, chance: Chance) -> None:
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


def damaged(spoil: Callable[[Path, Chance], None]) -> Perform:
    """Return a trial: the bot refuses to start on a damaged file, and goes on from a good copy of it."""

    async def perform(arena: Arena, chance: Chance) -> None:
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


def _header(file: Path, chance: Chance) -> None:
    _overwrite(file, 0, chance.randbytes(64))


def _page(file: Path, chance: Chance) -> None:
    with closing(sqlite3.connect(file)) as connection:
        used = [page for page in _pages(connection) if page > 1]
    page = used[chance.randrange(len(used))]
    _overwrite(file, (page - 1) * 4096, chance.randbytes(4096))


def _cut_short(file: Path, chance: Chance) -> None:
    with file.open("r+b") as opened:
        opened.truncate(chance.randrange(1, file.stat().st_size // 4096) * 4096 - chance.randrange(4096))


def _pages(connection: sqlite3.Connection) -> list[int]:
    """Return the pages of tables and indices; one that is free may hold anything."""
    return [page for (page,) in connection.execute("SELECT pageno FROM dbstat WHERE pagetype <> 'overflow'")]


def _overwrite(file: Path, offset: int, data: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(offset)
        opened.write(data)


async def _damaged_log(arena: Arena, chance: Chance) -> None:
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


async def _no_descriptors(arena: Arena, chance: Chance) -> None:
    await bought(arena, Scenario.STUCK)
    assert arena.bot.pid is not None
    pid, told = arena.bot.pid, len(arena.bot.tail(10_000))

    async def well() -> bool:
        return (await _asked(arena, "readyz"))[0] == HTTPStatus.OK

    await arena.until(well, "the bot to be ready")
    async with _full(arena, pid, chance.in_turn(_SPARE)):
        order = await arena.order(chance.choice(arena.people))
        assert order.acknowledged, f"a command was not taken: {order.said!r}"
        assert order.answered_in is not None
        assert order.answered_in < _ANSWER_SECONDS, f"a command was answered after {order.answered_in:.1f} s"
        await arena.finish_stuck()
        # Looked at every two seconds.
        await asyncio.sleep(chance.uniform(4.0, 6.0))
        assert await _asked(arena, "livez") == _SILENCE, "somebody got in where there is no room"
    await ready(arena)
    assert arena.bot.pid == pid, "the bot was started anew"
    assert arena.bot.running, arena.bot.tail()
    await arena.order(arena.juno)
    said = arena.bot.tail(100_000)[told:]
    assert said.count("owner_needed") == 1, f"said {said.count('owner_needed')} times"
    assert said.count("out of system resource") <= 2, f"{said.count('out of system resource')} lines of one thing"
    assert "Traceback" not in said, said[said.index("Traceback") - 500 :][:3000]


@asynccontextmanager
async def _full(arena: Arena, pid: int, spare: int) -> AsyncIterator[None]:
    """Leave a bot no descriptor: newcomers hear nothing, and whoever is connected by then hears that it is well.

    It is: what it has open is enough to take commands and to post clips, and a restart would only lose that.
    """
    for _ in range(_TRIES):
        inside = [await asyncio.open_connection("127.0.0.1", arena.web_port) for _ in _PROBES]
        await _asked(arena, "livez")  # by now those before it are in
        try:
            with few_descriptors(pid, spare):
                async with _crowd(arena):
                    await arena.until(lambda: _nobody_gets_in(arena), "a full table")
                    said = [await _said_to(one, path) for one, path in zip(inside, _PROBES, strict=True)]
                    if "" not in said:
                        for answer, path in zip(said, _PROBES, strict=True):
                            assert answer.startswith("HTTP/1.1 200 "), f"/{path}: {answer}"
                        yield
                        return
        finally:
            for _, writer in inside:
                writer.close()
    raise AssertionError("connections were over before the table was full")


async def _nobody_gets_in(arena: Arena) -> bool:
    return await _asked(arena, "livez", within=1.0) == _SILENCE


async def _said_to(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], path: str) -> str:
    """Return the answer over a connection that stands; "" where its time was over."""
    reader, writer = connection
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(_ANSWER_SECONDS):
            writer.write(f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            return (await reader.read()).decode()
    return ""


@asynccontextmanager
async def _crowd(arena: Arena) -> AsyncIterator[None]:
    """Let as many knock at the web side as it has places for, and stay."""

    async def stay() -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", arena.web_port)
                try:
                    await reader.read()
                finally:
                    writer.close()

    staying = [asyncio.create_task(stay()) for _ in range(_CROWD)]
    try:
        yield
    finally:
        for one in staying:
            one.cancel()
        await asyncio.gather(*staying, return_exceptions=True)


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
_ALTERNATIVES: Final[Mapping[Perform, int]] = {_failing_disk: len(_ERRORS), _no_descriptors: len(_SPARE)}
_IN_SHORT: Final = frozenset({_locked, _no_descriptors, _not_a_byte})


_LACKING: Final = ((_ANYWHERE, nothing), (_MOUNTED, no_mounts), (_TRACED, strace.lacking))

TRIALS: Final = tuple(
    Trial(
        name=name,
        group=Group.STORAGE,
        perform=perform,
        in_short=perform in _IN_SHORT,
        alternatives=_ALTERNATIVES.get(perform, 1),
        lacking=lacking,
        engines=frozenset({Engine.SQLITE}),
        fresh=True,
        seconds=300,
    )
    for trials, lacking in _LACKING
    for name, perform in trials.items()
)
