"""What the bot writes on is watched: the owner hears of trouble once, with a database to remember it or without."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.community.alerts import Alert, AlertBook, AlertKind, StoredAlert
from bot.delivery import LoggedAlerts
from bot.jobs.ports import StoreUnavailable
from bot.jobs.trouble import Standing, Trouble
from bot.safekeeping import Safekeeping, room_for_the_database
from tests.contract.samples import ManualClock

ROOM = 1_000
CALM = AlertKind.STORAGE.calm


class Shelf:
    """A database as far as alerts go, which may fail; it tells `Standing` as the real one does."""

    def __init__(self) -> None:
        self.standing = Standing()
        self.fault: StoreUnavailable | None = None
        self.open: list[str] = []
        self.raised: list[str] = []

    def fail(self, trouble: Trouble | None) -> None:
        self.fault = StoreUnavailable("no", trouble) if trouble is not None else None
        if trouble is not None:
            self.standing.failed(trouble)

    def _try(self) -> None:
        if self.fault is not None:
            self.standing.failed(self.fault.trouble)
            raise self.fault

    async def prove(self) -> None:
        self._try()
        self.standing.written()

    async def raise_alert(self, alert: Alert, now: int) -> bool:
        self._try()
        if alert.key in self.open:
            return False
        self.open.append(alert.key)
        self.raised.append(alert.key)
        return True

    async def clear_alert(self, key: str, now: int) -> bool:
        self._try()
        if key not in self.open:
            return False
        self.open.remove(key)
        return True


class Voice:
    """Says alerts where no database remembers them."""

    def __init__(self) -> None:
        self.said: list[StoredAlert] = []
        self.hoarse = False

    async def say(self, alert: StoredAlert) -> bool:
        if not self.hoarse:
            self.said.append(alert)
        return not self.hoarse


class Watched:
    """A watch and what it looks at."""

    def __init__(self, files: Path) -> None:
        self.shelf, self.voice, self.clock, self.free = Shelf(), Voice(), ManualClock(), 10 * ROOM
        book = AlertBook(self.shelf, LoggedAlerts(), self.clock, has_channel=True)  # type: ignore[arg-type]
        self.step = Safekeeping(
            self.shelf, book, self.voice, self.clock, files=files, room=ROOM, free=lambda _path: self.free
        )

    async def look(self, milliseconds: int = 0) -> Trouble | None:
        self.clock.at += milliseconds
        await self.step.run_once()
        return self.shelf.standing.refuses


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


async def test_too_little_room_refuses_work_until_there_is_more_than_enough(watched: Watched):
    watched.free = ROOM - 1
    assert await watched.look() is Trouble.DISK_FULL
    watched.free = ROOM
    assert await watched.look() is Trouble.DISK_FULL
    watched.free = 2 * ROOM
    assert await watched.look() is None


async def test_the_owner_is_told_once_and_once_that_it_is_over(watched: Watched):
    watched.free = 0
    for _ in range(5):
        await watched.look(2_000)
    assert watched.shelf.raised == ["storage:disk_full"]

    watched.free = 10 * ROOM
    await watched.look()
    assert watched.shelf.open == ["storage:disk_full"]
    await watched.look(CALM)

    assert watched.shelf.open == []
    assert watched.voice.said == []


async def test_what_no_database_can_keep_is_said_once_all_the_same(watched: Watched):
    watched.shelf.fail(Trouble.DISK_FULL)
    for _ in range(5):
        await watched.look(2_000)
    (said,) = watched.voice.said
    assert (said.alert.key, said.cleared_at) == ("storage:disk_full", None)

    watched.shelf.fail(None)
    assert await watched.look() is None
    await watched.look(CALM)
    await watched.look(CALM)

    _, over = watched.voice.said
    assert over.name == said.name
    assert over.cleared_at is not None
    assert watched.shelf.raised == []


async def test_what_could_not_be_said_is_said_later(watched: Watched):
    watched.voice.hoarse = True
    watched.shelf.fail(Trouble.LOCKED)
    await watched.look()
    watched.voice.hoarse = False

    await watched.look(2_000)

    assert [said.alert.subject for said in watched.voice.said] == ["locked"]


async def test_trouble_that_comes_and_goes_is_one_alert(watched: Watched):
    for _ in range(5):
        watched.shelf.fail(Trouble.LOCKED)
        await watched.look(2_000)
        watched.shelf.fail(None)
        await watched.look(2_000)

    assert len(watched.voice.said) + len(watched.shelf.raised) == 1


async def test_damage_is_never_over_while_the_file_is_open(watched: Watched):
    watched.shelf.fail(Trouble.DAMAGED)
    watched.shelf.fail(None)

    assert await watched.look(CALM) is Trouble.DAMAGED
    assert watched.shelf.raised == ["storage:damaged"]


async def test_an_alert_of_an_earlier_process_is_taken_back_where_nothing_is_wrong_any_more(watched: Watched):
    watched.shelf.open.append("storage:disk_full")

    await watched.look()

    assert watched.shelf.open == []


async def test_a_directory_that_is_gone_cannot_be_written(tmp_path: Path):
    watched = Watched(tmp_path / "gone")

    assert await watched.look() is Trouble.UNWRITABLE


def test_clips_leave_the_database_a_part_of_the_disk(tmp_path: Path):
    room = room_for_the_database(tmp_path / "not made yet" / "data")

    assert 0 < room <= 256 * 1024 * 1024
