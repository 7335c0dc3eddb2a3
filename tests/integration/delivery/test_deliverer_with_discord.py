"""The whole core with the real store and the real sink: one message, whatever dies in between."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.catalog import VideoAsked
from bot.clock import MINUTE, SECOND, SystemClock
from bot.jobs.limits import Allowance
from bot.jobs.model import Delivery, Job, MessageRef, Place
from bot.jobs.ports import ArchivedFile, PreparedMessage
from bot.jobs.requests import Origin, Submitted, VideoRequest
from bot.jobs.service import Ceilings
from bot.jobs.states import DeliveryState
from sandbox.discord.permissions import Permission
from sandbox.seen import SeenMessage
from storage.store import Store, open_store
from tests.integration.delivery.quay import MIB, POST_ROUTE, Quay
from tests.integration.jobs.conftest import migrated as migrated
from tests.integration.jobs.world import Died, World


class MovableClock:
    """The machine's time and what a test adds to it."""

    def __init__(self) -> None:
        self._added = 0
        self._clock = SystemClock()

    def now(self) -> int:
        return self._clock.now() + self._added

    def advance(self, milliseconds: int) -> None:
        self._added += milliseconds

    async def sleep(self, milliseconds: int) -> None:
        await self._clock.sleep(milliseconds)


@dataclass
class Mortal:
    """The real sink, in a process that can die between Discord's answer and its record."""

    quay: Quay
    dies_after_posting: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.quay.sink, name)

    async def send(self, message: PreparedMessage, delivery: Delivery) -> MessageRef:
        posted = await self.quay.sink.send(message, delivery)
        if self.dies_after_posting:
            self.dies_after_posting = False
            raise Died
        return posted


@dataclass
class Clips:
    """Clips that arrive in the archive as they should."""

    quay: Quay
    clip: Path

    async def fetch(self, asset_id: str, url: str) -> ArchivedFile:
        asset = await self.quay.keep_clip(self.clip, asset_id)
        return ArchivedFile("mp4", "video/mp4", asset.size, "aa", 160, 120, 1_000)


@dataclass
class Pier:
    """Everything between a command and its clip."""

    quay: Quay
    store: Store
    world: World
    sink: Mortal

    async def order(self) -> Submitted:
        place = Place(guild_id=self.quay.guild.id, channel_id=self.quay.general.id, upload_limit=10 * MIB)
        origin = Origin(request_key="i:1", requester_id=self.quay.mira.id, place=place)
        submitted = await self.world.service.submit(origin, VideoRequest(asked=VideoAsked(prompt="a red fox")))
        card = (await self.quay.post_card(submitted.job)).card
        assert card is not None
        await self.world.service.card_posted(submitted, card)
        return submitted

    async def succeed(self, submitted: Submitted) -> Job:
        """Let the provider finish; what follows is the deliverer's."""
        await self.world.settle()
        job = await self.world.job(submitted)
        self.world.provider.finish(job.task_id or "")
        await self.store.nudge(job.hook_token, job.task_id, self.world.clock.now())
        await self.world.settle()
        return job

    async def start_again(self) -> None:
        """Start a new process on what the dead one left."""
        self.quay.restart()
        await self.store.expire_leases()
        self.world.start_process()
        await self.world.settle()

    async def later(self, milliseconds: int) -> None:
        self.world.clock.advance(milliseconds)
        await self.world.settle()

    async def delivery(self, job: Job) -> Delivery:
        (delivery,) = await self.store.deliveries(job.id)
        return delivery

    async def results(self, channel: str = "general") -> list[SeenMessage]:
        return [message for message in await self.quay.seen(channel) if message.attachments]


@pytest.fixture
async def pier(quay: Quay, migrated: Path, tmp_path: Path, clip: Path) -> AsyncIterator[Pier]:
    shutil.copy(migrated, tmp_path / "egret.db")
    clock: Any = MovableClock()
    nothing_forbidden = Ceilings(servers=None, microusd_per_month=None, microusd_per_job=None, per_person=Allowance())
    async with open_store("sqlite:///egret.db", tmp_path, clock) as store:
        world = World(store, clock, ceilings=nothing_forbidden)
        sink: Any = Mortal(quay)
        clips: Any = Clips(quay, clip)
        world.channel, world.clips = sink, clips
        world.start_process()
        yield Pier(quay, store, world, sink)


async def test_a_clip_arrives_once_and_its_card_leads_to_it(pier: Pier) -> None:
    submitted = await pier.order()

    job = await pier.succeed(submitted)

    (result,) = await pier.results()
    delivery = await pier.delivery(job)
    (card, _) = await pier.quay.seen()
    assert delivery.state is DeliveryState.DELIVERED
    assert delivery.message == MessageRef(pier.quay.general.id, result.id)
    assert result.reference_id == card.id
    assert f"/{pier.quay.general.id}/{result.id})" in card.content
    assert pier.world.alerts.words == []


async def test_a_death_between_posting_and_recording_posts_nothing_twice(pier: Pier) -> None:
    submitted = await pier.order()
    pier.sink.dies_after_posting = True
    with pytest.raises(Died):
        await pier.succeed(submitted)
    pier.quay.sandbox.clock.advance(10 * MINUTE)  # the nonce is forgotten by now

    await pier.start_again()

    (result,) = await pier.results()
    delivery = await pier.delivery(submitted.job)
    assert delivery.state is DeliveryState.DELIVERED
    assert delivery.message == MessageRef(pier.quay.general.id, result.id)
    assert len(pier.quay.requests("POST", POST_ROUTE)) == 2


async def test_a_lost_answer_posts_nothing_twice(pier: Pier) -> None:
    submitted = await pier.order()
    pier.quay.fail("lost_reset")
    job = await pier.succeed(submitted)
    pier.quay.sandbox.clock.advance(10 * MINUTE)

    await pier.later(10 * SECOND)

    (result,) = await pier.results()
    assert (await pier.delivery(job)).message == MessageRef(pier.quay.general.id, result.id)


async def test_a_request_that_never_arrived_is_made_again(pier: Pier) -> None:
    submitted = await pier.order()
    pier.quay.fail("reset")
    job = await pier.succeed(submitted)
    assert await pier.results() == []

    await pier.later(10 * SECOND)

    assert len(await pier.results()) == 1
    assert (await pier.delivery(job)).state is DeliveryState.DELIVERED


async def test_rather_than_risk_a_second_post_the_owner_is_told(pier: Pier) -> None:
    submitted = await pier.order()
    pier.sink.dies_after_posting = True
    with pytest.raises(Died):
        await pier.succeed(submitted)
    pier.quay.forbid(Permission.READ_MESSAGE_HISTORY)

    await pier.start_again()
    pier.quay.sandbox.operations.set_overwrite(pier.quay.general, "bot", 0, 0)

    assert len(await pier.results()) == 1
    assert (await pier.delivery(submitted.job)).state is DeliveryState.UNDELIVERABLE
    assert pier.world.alerts.words == ["undeliverable:history_unreadable"]


async def test_a_message_deleted_by_somebody_is_not_replaced(pier: Pier) -> None:
    submitted = await pier.order()
    pier.quay.refuse(10008, 404)

    job = await pier.succeed(submitted)

    assert await pier.results() == []
    assert await pier.results("dm") == []
    assert (await pier.delivery(job)).state is DeliveryState.UNDELIVERABLE


async def test_a_channel_that_refuses_is_replaced_by_direct_messages(pier: Pier) -> None:
    submitted = await pier.order()
    pier.quay.forbid(Permission.SEND_MESSAGES)
    job = await pier.succeed(submitted)

    await pier.later(10 * SECOND)

    (result,) = await pier.results("dm")
    (card,) = await pier.quay.seen()
    assert (await pier.delivery(job)).message == MessageRef(pier.quay.direct().id, result.id)
    assert f"It could not be posted in <#{job.place.channel_id}>, so it comes here." in result.content
    assert "the clip was sent by direct message" in card.content


async def test_where_nothing_is_open_the_owner_is_told(pier: Pier) -> None:
    submitted = await pier.order()
    pier.quay.forbid(Permission.SEND_MESSAGES)
    pier.quay.sandbox.operations.set_takes_direct_messages("mira", takes=False)
    job = await pier.succeed(submitted)

    await pier.later(10 * SECOND)

    assert (await pier.delivery(job)).state is DeliveryState.UNDELIVERABLE
    assert pier.world.alerts.words == ["undeliverable:discord_50007"]
