"""An alert is said once and taken back once in a real channel, whatever is lost in between."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.community.alerts import Alert, AlertKind, StoredAlert
from bot.delivery.alert_channel import AlertTeller
from bot.jobs.model import MessageRef
from bot.jobs.ports import StoreUnavailable
from sandbox.discord.permissions import Permission
from sandbox.seen import SeenMessage
from storage.migration import run_migrations
from storage.store import Store, open_store
from tests.integration.delivery.quay import Quay
from tests.integration.jobs.world import ManualClock

LOW = Alert(key="credit_low", kind=AlertKind.CREDIT_LOW, detail={"balance": "900000", "low": "5000000"})


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("migrated")
    asyncio.run(run_migrations("sqlite:///egret.db", directory))
    return directory / "egret.db"


class Teller:
    """One process after another that tells of what one store holds."""

    def __init__(self, quay: Quay, store: Store, clock: ManualClock) -> None:
        self.quay, self.store, self.clock = quay, store, clock
        self.channel_id: int | None = quay.general.id
        self.restart()

    def restart(self) -> None:
        """Begin anew, with nothing but the store."""
        self.step = AlertTeller(self.quay.client, self.store, self.channel_id, self.clock)

    async def run(self) -> None:
        """Say what is to be said now, and what is put off, too."""
        for _ in range(3):
            await self.step.run_once()
            self.clock.advance(11 * 60_000)

    async def posted(self) -> list[SeenMessage]:
        return [message for message in await self.quay.person.messages() if message.from_bot]


@pytest.fixture
async def teller(quay: Quay, migrated: Path, tmp_path: Path) -> AsyncIterator[Teller]:
    shutil.copy(migrated, tmp_path / "egret.db")
    # The messages' own times are the machine's, and are searched from when an attempt began.
    clock = ManualClock(quay.clock.now())
    async with open_store("sqlite:///egret.db", tmp_path, clock) as store:
        yield Teller(quay, store, clock)


async def test_an_alert_is_said_once_with_its_remedy_and_wakes_nobody(teller: Teller):
    await teller.store.raise_alert(LOW, teller.clock.now())
    for _ in range(3):
        await teller.run()
        teller.restart()
    (message,) = await teller.posted()
    assert "The credit runs low" in message.text
    assert "$0.90 left, which is less than $5.00" in message.text
    assert "Top it up on piapi.ai." in message.text
    assert message.text.endswith("-# `credit_low#1`")
    assert message.pinged == ()


async def test_it_is_taken_back_in_its_place_once(teller: Teller):
    await teller.store.raise_alert(LOW, teller.clock.now())
    await teller.run()
    await teller.store.clear_alert(LOW.key, teller.clock.now())
    at = teller.clock.now() // 1000
    for _ in range(2):
        await teller.run()
        teller.restart()
    (message,) = await teller.posted()
    assert f"It ended <t:{at}:R>." in message.text
    assert "~~The credit runs low~~" in message.text
    edits = [one for one in teller.quay.wire.exchanges if one.method == "PATCH"]
    assert len(edits) == 1


async def test_what_comes_again_later_is_said_again(teller: Teller):
    for _ in range(2):
        await teller.store.raise_alert(LOW, teller.clock.now())
        await teller.run()
        await teller.store.clear_alert(LOW.key, teller.clock.now())
        await teller.run()
    assert len(await teller.posted()) == 2


async def test_a_message_whose_answer_was_lost_with_the_process_is_found_not_repeated(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
):
    await teller.store.raise_alert(LOW, teller.clock.now())

    async def die(*_: object) -> None:
        raise StoreUnavailable("the process is gone")

    with monkeypatch.context() as crash:
        crash.setattr(teller.store, "alert_told", die)
        with pytest.raises(StoreUnavailable):
            await teller.step.run_once()
    assert len(await teller.posted()) == 1
    teller.quay.sandbox.clock.advance(3_600_000)  # the nonce is forgotten by now
    teller.clock.advance(3_600_000)
    teller.restart()
    await teller.run()
    (message,) = await teller.posted()
    (found,) = await teller.store.open_alerts()
    assert found.message == MessageRef(teller.quay.general.id, message.id)


async def test_what_passed_while_nobody_knew_whether_it_was_said_is_taken_back(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
):
    await teller.store.raise_alert(LOW, teller.clock.now())

    async def die(*_: object) -> None:
        raise StoreUnavailable("the process is gone")

    with monkeypatch.context() as crash:
        crash.setattr(teller.store, "alert_told", die)
        with pytest.raises(StoreUnavailable):
            await teller.step.run_once()
    await teller.store.clear_alert(LOW.key, teller.clock.now())
    teller.restart()
    await teller.run()
    (message,) = await teller.posted()
    assert "It ended" in message.text


async def test_what_passed_before_it_was_said_is_never_said(teller: Teller):
    await teller.store.raise_alert(LOW, teller.clock.now())
    await teller.store.clear_alert(LOW.key, teller.clock.now())
    await teller.run()
    assert await teller.posted() == []


async def test_trouble_at_discord_delays_it(teller: Teller):
    await teller.store.raise_alert(LOW, teller.clock.now())
    teller.quay.refuse(0, 500, times=5)
    await teller.run()
    assert len(await teller.posted()) == 1


async def test_a_closed_channel_is_tried_again_until_it_is_opened(teller: Teller):
    teller.quay.forbid(Permission.SEND_MESSAGES)
    await teller.store.raise_alert(LOW, teller.clock.now())
    await teller.run()
    assert await teller.posted() == []
    teller.quay.sandbox.operations.set_overwrite(teller.quay.general, "bot", 0, 0)
    await teller.run()
    assert len(await teller.posted()) == 1


async def test_a_message_that_its_owner_deleted_is_not_posted_again_to_take_it_back(teller: Teller):
    await teller.store.raise_alert(LOW, teller.clock.now())
    await teller.run()
    (message,) = await teller.posted()
    teller.quay.sandbox.operations.delete_message(message.id)
    await teller.store.clear_alert(LOW.key, teller.clock.now())
    await teller.run()
    assert await teller.posted() == []
    assert await teller.store.open_alerts() == []


async def test_without_a_channel_the_owner_is_told_nothing_and_members_still_are(teller: Teller):
    teller.channel_id = None
    teller.restart()
    await teller.store.raise_alert(LOW, teller.clock.now())
    notice = Alert(
        key="outage:1",
        kind=AlertKind.OUTAGE,
        detail={"reason": "no_credit", "note": "", "locale": "en-US"},
        channel_id=teller.quay.general.id,
    )
    await teller.store.raise_alert(notice, teller.clock.now())
    await teller.run()
    (message,) = await teller.posted()
    assert "Clips have to wait." in message.text
    assert "run out of credit" in message.text
    await teller.store.clear_alert("outage:1", teller.clock.now())
    await teller.run()
    (message,) = await teller.posted()
    assert message.text.startswith("▶️ Clips are being made again. The break ended <t:")


async def test_members_closed_channel_is_let_be(teller: Teller):
    teller.quay.forbid(Permission.SEND_MESSAGES)
    notice = Alert(key="outage:1", kind=AlertKind.OUTAGE, detail={"reason": "plan"}, channel_id=teller.quay.general.id)
    await teller.store.raise_alert(notice, teller.clock.now())
    await teller.run()
    (found,) = await teller.store.open_alerts()
    assert found.told_at is not None
    assert found.message is None


async def test_a_report_is_said_and_then_closed(teller: Teller):
    report = Alert(
        key="reported:k3f9x2:1",
        kind=AlertKind.REPORTED,
        subject="k3f9x2",
        detail={"reason": "it is @everyone cruel", "link": "https://discord.com/channels/1/2/3"},
    )
    await teller.store.raise_alert(report, teller.clock.now())
    await teller.run()
    (message,) = await teller.posted()
    assert "Somebody reported a clip: `#k3f9x2`" in message.text
    assert "[Go to the clip](https://discord.com/channels/1/2/3)" in message.text
    assert message.pinged == ()
    assert await teller.store.open_alerts() == []


async def test_what_comes_again_while_it_is_taken_back_says_so_again(teller: Teller, monkeypatch: pytest.MonkeyPatch):
    await teller.store.raise_alert(LOW, teller.clock.now())
    await teller.run()
    await teller.store.clear_alert(LOW.key, teller.clock.now())
    take_back = teller.store.alert_taken_back

    async def raised_meanwhile(alert: StoredAlert, now: int) -> bool:
        await teller.store.raise_alert(LOW, now)
        return await take_back(alert, now)

    monkeypatch.setattr(teller.store, "alert_taken_back", raised_meanwhile)
    await teller.run()
    (message,) = await teller.posted()
    assert "🔔 **The credit runs low**" in message.text
    assert len(await teller.store.open_alerts()) == 1


def nearly_gone(guild_id: int, channel_id: int) -> Alert:
    return Alert(
        key="server_budget:x",
        kind=AlertKind.SERVER_BUDGET,
        subject=str(guild_id),
        detail={"used": "9", "ceiling": "10", "unit": "clips"},
        channel_id=channel_id,
    )


async def test_the_owner_is_told_of_a_budget_where_the_servers_channel_is_gone(teller: Teller):
    gone = nearly_gone(teller.quay.general.guild_id, 4711)
    await teller.store.raise_alert(gone, teller.clock.now())
    for _ in range(2):
        await teller.run()
        teller.restart()

    (message,) = await teller.posted()
    assert "9 of 10 clips are made or under way." in message.text


async def test_a_budget_is_told_of_in_no_channel_of_another_server(teller: Teller):
    elsewhere = teller.quay.general.id
    teller.channel_id = None
    teller.restart()
    await teller.store.raise_alert(nearly_gone(12, elsewhere), teller.clock.now())
    await teller.run()

    assert await teller.posted() == []
