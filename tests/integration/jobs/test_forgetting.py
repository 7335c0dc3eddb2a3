"""The step that forgets: over crashes and restarts, in every order of events, with real rows and real files."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.catalog import VideoAsked
from bot.clock import DAY, HOUR, MINUTE
from bot.community.effective import OperatorLimits
from bot.community.forgetting import LEFT_SERVER_KEPT, Forgetting
from bot.community.personal_data import PersonalData
from bot.community.record import Level, RuleKey
from bot.jobs.limits import Allowance, person_day_counter
from bot.jobs.loops import Wakes
from bot.jobs.model import AssetRole, Job, MessageRef, NewAsset
from bot.jobs.ports import DraftKind, HeldFile, TryLater
from bot.jobs.requests import VideoRequest
from bot.jobs.states import JobState
from bot.media.archive import Archive
from storage.store import Store
from tests.integration.jobs.world import CHANNEL, GUILD, PERSON, START, Died, World

OTHER = PERSON + 1


@dataclass
class Messages:
    """What stands in channels."""

    refused: set[int] = field(default_factory=set)
    down: bool = False
    deleted: list[int] = field(default_factory=list)

    async def delete(self, message: MessageRef) -> bool:
        if self.down:
            raise TryLater("down")
        if message.message_id in self.refused:
            return False
        self.deleted.append(message.message_id)
        return True


class Mortal:
    """Passes calls on, and dies before or after the one that was chosen."""

    def __init__(self, inner: object, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*args: Any, **values: Any) -> Any:
            self._fuse.burn()
            done = await getattr(self._inner, name)(*args, **values)
            self._fuse.burn()
            return done

        return call


@dataclass
class Fuse:
    """Counts down to the end of a process."""

    left: int

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Died


class Place:
    """A world, its archive, and a process that forgets."""

    def __init__(self, world: World, directory: Path) -> None:
        self.world = world
        self.store: Store = world.store
        self.directory = directory
        self.archive = Archive(directory, world.clock)
        self.messages = Messages()
        self.personal = PersonalData(
            self.store, OperatorLimits(allowance=Allowance(), retention_days=90), world.clock, Wakes()
        )

    def process(self, retention_days: int | None = 90, fuse: Fuse | None = None) -> Forgetting:
        parts: list[Any] = [self.store, self.archive, self.messages]
        if fuse is not None:
            parts = [Mortal(part, fuse) for part in parts]
        return Forgetting(*parts, retention_days, self.world.clock)

    async def clip(self, *, by: int = PERSON, prompt: str = "a red kite", image: bool = True) -> Job:
        """A clip that is made, archived with its picture and posted."""
        self.world.clock.advance(1)
        origin = self.world.origin(person=by)
        picture = NewAsset(role=AssetRole.IMAGE, url="https://cdn.example/a.png", filename="mine.png",
                           content_type="image/png", size=9, option="image")  # fmt: skip
        request = VideoRequest(asked=VideoAsked(prompt=prompt, image=image), files=(picture,) if image else ())
        submitted = await self.world.service.submit(origin, request)
        card = MessageRef(CHANNEL, submitted.job.created_at)
        await self.world.service.card_posted(submitted, card)
        await self.world.settle()
        job = await self.world.job(submitted)
        assert job.task_id is not None
        self.world.provider.finish(job.task_id)
        await self.store.nudge(job.hook_token, job.task_id, self.world.clock.now())
        await self.world.settle()
        for asset in await self.store.assets(job.id):
            self.put(asset.id, asset.extension)
        return await self.world.job(submitted)

    def put(self, asset_id: str, extension: str, *, at: int | None = None) -> Path:
        path = self.archive.path(asset_id, extension)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"bytes")
        seconds = (self.world.clock.now() if at is None else at) / 1000
        os.utime(path, (seconds, seconds))
        return path

    def files(self) -> set[str]:
        return {path.name for path in self.directory.rglob("*") if path.is_file()}

    async def forgotten(self, job: Job) -> bool:
        stored = await self.store.job(job.id)
        assert stored is not None
        return stored.forgotten_at is not None


async def work(step: Forgetting) -> None:
    """Let a process do all that there is to do now."""
    while await step.run_once():
        pass


@pytest.fixture
def place(world: World, tmp_path: Path) -> Place:
    return Place(world, tmp_path / "files")


async def test_everything_about_a_person_goes_and_nothing_of_others(place: Place):
    mine = [await place.clip() for _ in range(12)]
    foreign = await place.clip(by=OTHER)
    kept = {f"{asset.id}.{asset.extension}" for asset in await place.store.assets(foreign.id)}
    await place.personal.erase(PERSON, messages=False)
    await work(place.process())
    assert all([await place.forgotten(job) for job in mine])
    assert not await place.forgotten(foreign)
    assert place.files() == kept
    about = await place.personal.about(PERSON, GUILD)
    assert about.stock.clips == 0
    assert about.erasure is not None
    assert (about.erasure.clips, about.erasure.ended_at) == (12, place.world.clock.now())
    assert place.messages.deleted == []


async def test_messages_go_where_that_is_wished_and_those_that_stay_are_counted(place: Place):
    first, second = await place.clip(), await place.clip()
    messages = [row.message.message_id for job in (first, second) for row in await place.store.deliveries(job.id)
                if row.message is not None]  # fmt: skip
    cards = [job.card.message_id for job in (first, second) if job.card is not None]
    place.messages.refused = {messages[0]}
    await place.personal.erase(PERSON, messages=True)
    await work(place.process())
    assert sorted(place.messages.deleted) == sorted([messages[1], *cards])
    erasure = await place.store.erasure(PERSON)
    assert erasure is not None
    assert (erasure.deleted, erasure.standing) == (3, 1)


async def test_while_discord_is_away_a_clip_is_kept_and_unusable_and_goes_later(place: Place):
    job = await place.clip()
    place.messages.down = True
    await place.personal.erase(PERSON, messages=True)
    await work(place.process())
    assert not await place.forgotten(job)
    assert await place.store.owe_repost(job.id, "i:9", CHANNEL, START) is None
    assert len(place.files()) == 2
    place.messages.down = False
    await work(place.process())
    assert await place.forgotten(job)
    assert place.files() == set()


async def test_what_is_under_way_is_finished_first_and_forgotten_then(place: Place):
    submitted = await place.world.order()
    await place.personal.erase(PERSON, messages=False)
    step = place.process()
    await work(step)
    about = await place.personal.about(PERSON, GUILD)
    assert about.left is not None
    assert (about.left.under_way, about.erasure and about.erasure.ended_at) == (1, None)
    await place.world.settle()
    job = await place.world.job(submitted)
    place.world.provider.finish(job.task_id or "")
    await place.store.nudge(job.hook_token, job.task_id or "", place.world.clock.now())
    await place.world.settle()
    assert [posted.purpose for posted in place.world.channel.posted] == ["result"]
    await work(step)
    assert await place.forgotten(job)
    erasure = await place.store.erasure(PERSON)
    assert erasure is not None
    assert erasure.ended_at is not None


async def test_what_is_ordered_after_the_wish_stays(place: Place):
    await place.clip()
    await place.personal.erase(PERSON, messages=False)
    later = await place.clip()
    await work(place.process())
    assert not await place.forgotten(later)
    assert len(place.files()) == 2


async def test_drafts_go_with_their_files_before_the_clips(place: Place):
    path = place.put("held-1", "png")
    held = HeldFile(asset_id="held-1", extension="png", filename="mine.png", content_type="image/png", size=5)
    await place.world.drafts.open(DraftKind.FORM, PERSON, GUILD, "a red kite", files=(held,))
    await place.personal.erase(PERSON, messages=False)
    await work(place.process())
    assert not path.exists()
    assert (await place.store.stock(PERSON)).drafts == 0


async def finished_by_hand(place: Place, fuse: Fuse) -> bool:
    """Run a process that may die; tell whether it lived."""
    try:
        await work(place.process(fuse=fuse))
    except Died:
        return False
    return True


async def test_a_crash_anywhere_only_delays_it(place: Place):
    """A process dies before or after each call in turn; the next goes on, and in the end nothing is left."""
    foreign = await place.clip(by=OTHER)
    kept = {f"{asset.id}.{asset.extension}" for asset in await place.store.assets(foreign.id)}
    point = 1
    while True:
        job = await place.clip()
        held = HeldFile(asset_id=f"held-{point}", extension="png", filename="a.png", content_type="image/png", size=5)
        place.put(held.asset_id, "png")
        await place.world.drafts.open(DraftKind.FORM, PERSON, GUILD, "x", files=(held,))
        await place.personal.erase(PERSON, messages=True)
        lived = await finished_by_hand(place, Fuse(point))
        named = {f"{asset.id}.{asset.extension}" for asset in await place.store.assets(job.id)}
        drafts = {f"{name}.png" for name in await place.store.held_files()}
        assert place.files() <= named | drafts | kept, f"a file that no row names, at point {point}"
        await work(place.process())
        assert await place.forgotten(job), point
        assert place.files() == kept
        erasure = await place.store.erasure(PERSON)
        assert erasure is not None
        assert (erasure.ended_at is not None, erasure.clips, erasure.deleted) == (True, 1, 2), point
        if lived:
            break
        point += 1
    assert point > 20


async def test_one_clip_that_fails_holds_up_no_other(place: Place):
    jobs = [await place.clip() for _ in range(7)]
    broken, *_ = await place.store.assets(jobs[0].id)
    path = place.archive.path(broken.id, broken.extension)
    path.unlink()
    path.mkdir()  # cannot be deleted as a file
    await place.personal.erase(PERSON, messages=False)
    step = place.process()
    await work(step)
    assert [await place.forgotten(job) for job in jobs] == [False, *[True] * 6]
    path.rmdir()
    await work(step)
    assert await place.forgotten(jobs[0])


async def retain(place: Place, days: str) -> None:
    await place.store.change_rules(
        GUILD, {RuleKey(Level.SERVER, GUILD, "retention_days"): days}, (), by=OTHER, at=place.world.clock.now()
    )


@pytest.mark.parametrize(
    ("operator", "server", "days"), [(90, None, 90), (90, "7", 7), (7, "90", 7), (None, "7", 7), (90, "soon", 90)]
)
async def test_clips_are_forgotten_after_the_operators_days_or_the_servers_fewer(
    place: Place, operator: int | None, server: str | None, days: int
):
    job = await place.clip()
    if server is not None:
        await retain(place, server)
    step = place.process(operator)
    place.world.clock.advance(days * DAY - HOUR)
    await work(step)
    assert not await place.forgotten(job)
    assert len(place.files()) == 2
    place.world.clock.advance(2 * HOUR)
    await work(step)
    assert await place.forgotten(job)
    assert place.files() == set()


async def test_without_a_wish_for_an_end_clips_stay(place: Place):
    job = await place.clip()
    place.world.clock.advance(4_000 * DAY)
    await work(place.process(None))
    assert not await place.forgotten(job)


async def test_many_old_clips_go_a_few_at_a_time_and_a_young_one_stays(place: Place):
    jobs = [await place.clip(image=False) for _ in range(11)]
    place.world.clock.advance(91 * DAY)
    young = await place.clip()
    step = place.process()
    assert await step.run_once() == 5
    assert [await place.forgotten(job) for job in jobs].count(True) == 5
    await work(step)
    assert all([await place.forgotten(job) for job in jobs])
    assert not await place.forgotten(young)


async def test_what_is_under_way_for_long_is_never_too_old(place: Place):
    submitted = await place.world.order()
    await place.world.settle()
    place.world.clock.advance(400 * DAY)
    await work(place.process())
    job = await place.world.job(submitted)
    assert (job.forgotten_at, job.state) == (None, JobState.RUNNING)


async def test_a_message_that_no_channel_took_does_not_keep_a_clip_for_ever(place: Place):
    place.world.channel.refuses = {CHANNEL, PERSON}
    job = await place.clip()
    assert {row.state.value for row in await place.store.deliveries(job.id)} == {"undeliverable"}
    place.world.clock.advance(91 * DAY)
    await work(place.process())
    assert await place.forgotten(job)


async def left(place: Place) -> None:
    await place.store.server_joined(GUILD, START)
    await retain(place, "80")
    assert await place.store.server_left(GUILD, place.world.clock.now())


async def test_a_server_that_was_left_is_forgotten_after_a_month(place: Place):
    job = await place.clip()
    await left(place)
    place.world.clock.advance(LEFT_SERVER_KEPT - HOUR)
    step = place.process(None)
    await work(step)
    assert not await place.forgotten(job)
    place.world.clock.advance(2 * HOUR)
    await work(step)
    assert await place.forgotten(job)
    assert place.files() == set()
    assert await place.store.servers() == []
    assert (await place.store.house(GUILD)).rules == {}


async def test_a_server_is_forgotten_sooner_where_nothing_is_kept_for_a_month(place: Place):
    job = await place.clip()
    await left(place)
    place.world.clock.advance(7 * DAY + HOUR)
    await work(place.process(7))
    assert await place.forgotten(job)
    assert await place.store.servers() == []


async def test_a_server_that_comes_back_within_the_month_has_everything_still(place: Place):
    job = await place.clip()
    await left(place)
    place.world.clock.advance(29 * DAY)
    await place.store.server_joined(GUILD, place.world.clock.now())
    place.world.clock.advance(5 * DAY)
    await work(place.process())
    assert not await place.forgotten(job)
    assert (await place.store.house(GUILD)).rules


async def test_a_server_with_work_under_way_is_forgotten_once_that_is_over(place: Place):
    submitted = await place.world.order()
    await place.world.settle()
    await left(place)
    place.world.clock.advance(31 * DAY)
    step = place.process()
    await work(step)
    assert len(await place.store.servers()) == 1
    job = await place.world.job(submitted)
    place.world.provider.finish(job.task_id or "")
    await place.store.nudge(job.hook_token, job.task_id or "", place.world.clock.now())
    await place.world.settle()
    place.world.clock.advance(11 * MINUTE)
    await work(step)
    assert await place.forgotten(job)
    assert await place.store.servers() == []


async def test_files_that_no_row_names_are_deleted_once_they_are_a_day_old(place: Place):
    job = await place.clip()
    named = place.files()
    held = HeldFile(asset_id="held-1", extension="png", filename="a.png", content_type="image/png", size=5)
    await place.world.drafts.open(DraftKind.FORM, PERSON, GUILD, "x", files=(held,))
    now = place.world.clock.now()
    draft = place.put("held-1", "png")
    orphan = place.put("orphan-1", "mp4", at=now + MINUTE)
    place.world.clock.advance(DAY)
    await work(place.process())
    assert orphan.exists()
    place.world.clock.advance(2 * MINUTE)
    young = place.put("orphan-2", "mp4")
    await work(place.process())
    assert not orphan.exists()
    assert draft.exists()
    assert young.exists()
    assert named <= place.files()
    assert not await place.forgotten(job)


async def test_with_another_database_no_file_is_anybodys_to_delete(place: Place):
    """DATABASE_URL was changed and DATA_DIR was not: the files of the other database are no orphans."""
    old = place.put("theirs-1", "mp4", at=START - 100 * DAY)
    place.world.clock.advance(10 * DAY)
    await work(place.process())
    assert old.exists()
    await place.clip()
    place.world.clock.advance(10 * DAY)
    await work(place.process())
    assert old.exists()


async def test_what_came_of_a_wish_is_remembered_for_a_day(place: Place):
    await place.clip()
    await place.personal.erase(PERSON, messages=False)
    step = place.process()
    await work(step)
    place.world.clock.advance(23 * HOUR)
    await work(step)
    assert await place.store.erasure(PERSON) is not None
    place.world.clock.advance(8 * HOUR)
    await work(step)
    assert await place.store.erasure(PERSON) is None


async def test_days_that_are_kept_are_told_as_they_are(place: Place):
    assert await place.personal.retention_days(None) == 90
    assert await place.personal.retention_days(GUILD) == 90
    await retain(place, "7")
    assert await place.personal.retention_days(GUILD) == 7


async def test_limits_do_not_begin_anew_by_a_clock_that_is_ahead_for_a_while(place: Place):
    await place.clip()
    day = person_day_counter(GUILD, PERSON, place.world.clock.now())
    place.world.clock.advance(2 * DAY)
    step = place.process()
    await work(step)
    place.world.clock.advance(-2 * DAY)
    assert await place.store.used(day) == 1
    await work(step)
    place.world.clock.advance(9 * DAY)
    await work(step)
    assert await place.store.used(day) == 0


async def test_after_the_clock_was_put_back_what_is_old_is_forgotten_in_time(place: Place):
    step = place.process(retention_days=1)
    place.world.clock.advance(5 * DAY)
    await work(step)
    place.world.clock.advance(-5 * DAY)
    old = await place.clip()
    place.world.clock.advance(DAY + HOUR)
    await work(step)
    assert await place.forgotten(old)
