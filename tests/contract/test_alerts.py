"""Alerts are open once, told once, taken back once, whatever asks for it again."""

from __future__ import annotations

import asyncio

import pytest

from bot.community.alerts import Alert, AlertKind, StoredAlert
from bot.community.ports import AuditLine
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import MessageRef, Purpose
from bot.jobs.ports import Pause
from bot.jobs.states import ABANDON, BEGIN_SEND, GIVE_UP, SUCCEED, DeliveryState, JobState
from storage.store import Store
from tests.contract.samples import CHANNEL, GUILD, NOW, ManualClock, delivery_in, job_in, move, submitted

LOW = Alert(key="credit_low", kind=AlertKind.CREDIT_LOW, detail={"balance": "900000", "low": "5000000"})
MESSAGE = MessageRef(77, 88)


async def only(store: Store) -> StoredAlert:
    (found,) = await store.open_alerts()
    return found


async def claimed(store: Store, now: int = NOW, *, owners: bool = True) -> list[StoredAlert]:
    return list(await store.claim_alerts(now, now + 1_000, owners=owners, limit=8))


async def told(store: Store) -> StoredAlert:
    (owed,) = await claimed(store)
    assert await store.begin_alert(owed, NOW)
    await store.alert_told(owed, MESSAGE, NOW)
    return await only(store)


async def test_an_alert_is_raised_once_while_it_is_open(store: Store):
    assert await store.raise_alert(LOW, NOW)
    assert not await store.raise_alert(LOW, NOW + 5)
    found = await only(store)
    assert (found.alert, found.episode, found.raised_at) == (LOW, 1, NOW)


async def test_what_is_told_is_not_owed_again(store: Store):
    await store.raise_alert(LOW, NOW)
    assert (await told(store)).message == MESSAGE
    assert await claimed(store, NOW + 100_000) == []


async def test_nobody_else_is_given_what_one_has_in_hand(store: Store):
    await store.raise_alert(LOW, NOW)
    assert len(await claimed(store)) == 1
    assert await claimed(store) == []
    assert len(await claimed(store, NOW + 1_000)) == 1


async def test_an_attempt_is_remembered_from_before_it_is_made(store: Store):
    await store.raise_alert(LOW, NOW)
    (owed,) = await claimed(store)
    assert await store.begin_alert(owed, NOW + 1)
    (again,) = await claimed(store, NOW + 2_000)
    assert again.attempted_at == NOW + 1
    assert await store.begin_alert(again, NOW + 3_000)
    assert (await only(store)).attempted_at == NOW + 1


async def test_what_passed_before_it_was_told_is_not_told(store: Store):
    await store.raise_alert(LOW, NOW)
    (owed,) = await claimed(store)
    assert await store.clear_alert(LOW.key, NOW + 1)
    assert not await store.begin_alert(owed, NOW + 2)


async def test_it_is_taken_back_once(store: Store):
    await store.raise_alert(LOW, NOW)
    await told(store)
    assert await store.clear_alert(LOW.key, NOW + 1)
    assert not await store.clear_alert(LOW.key, NOW + 2)
    (owed,) = await claimed(store, NOW + 3)
    assert (owed.cleared_at, owed.message) == (NOW + 1, MESSAGE)
    assert await store.alert_taken_back(owed, NOW + 4)
    assert await claimed(store, NOW + 100_000) == []
    assert await store.open_alerts() == []


async def test_what_comes_again_before_it_was_taken_back_is_the_same(store: Store):
    await store.raise_alert(LOW, NOW)
    await told(store)
    await store.clear_alert(LOW.key, NOW + 1)
    (owed,) = await claimed(store, NOW + 2)
    assert await store.raise_alert(LOW, NOW + 3)
    assert not await store.alert_taken_back(owed, NOW + 4)
    found = await only(store)
    assert (found.episode, found.message, found.raised_at) == (1, MESSAGE, NOW)
    assert await claimed(store, NOW + 100_000) == []


async def test_what_comes_again_afterwards_is_told_anew(store: Store):
    await store.raise_alert(LOW, NOW)
    await told(store)
    await store.clear_alert(LOW.key, NOW + 1)
    (owed,) = await claimed(store, NOW + 2)
    await store.alert_taken_back(owed, NOW + 3)
    assert await store.raise_alert(LOW, NOW + 4)
    (again,) = await claimed(store, NOW + 5)
    assert (again.episode, again.attempted_at, again.told_at, again.message) == (2, None, None, None)
    # A late word about the first time says nothing of the second.
    await store.alert_told(owed, MESSAGE, NOW + 6)
    assert (await only(store)).told_at is None


async def test_what_does_not_pass_is_closed_with_its_telling_and_keeps_no_words(store: Store, probe):
    await store.raise_alert(Alert(key="r", kind=AlertKind.REPORTED, detail={"reason": "cruel"}), NOW)
    owed = await told(store)
    await store.close_alert(owed, NOW + 1)
    assert await store.open_alerts() == []
    assert await claimed(store, NOW + 100_000) == []
    ((detail,),) = await probe.rows("SELECT detail FROM alerts")
    assert detail == ""
    assert not await store.raise_alert(Alert(key="r", kind=AlertKind.REPORTED, detail={"reason": "cruel"}), NOW + 2)


async def test_without_a_channel_for_the_owner_only_what_has_its_own_is_given_out(store: Store):
    await store.raise_alert(LOW, NOW)
    await store.raise_alert(Alert(key="outage:1", kind=AlertKind.OUTAGE, channel_id=CHANNEL), NOW)
    assert [found.alert.key for found in await claimed(store, owners=False)] == ["outage:1"]
    assert [found.alert.key for found in await claimed(store)] == ["credit_low"]


async def test_what_the_owner_dealt_with_is_not_raised_by_what_was_missed(store: Store):
    job = await job_in(store, JobState.SUBMIT_UNKNOWN)
    await store.settle_alert(f"abandoned:{job.id}", AlertKind.ABANDONED, job.id, NOW)
    await store.apply(move(job, ABANDON, failure=Failure(FailureReason.UNKNOWN_OUTCOME), purpose=Purpose.ABANDONED))
    assert await store.untold_abandoned(0) == {}
    assert await store.open_alerts() == []


async def test_settling_what_is_open_lets_it_pass(store: Store):
    await store.raise_alert(Alert(key="abandoned:x", kind=AlertKind.ABANDONED, subject="x"), NOW)
    await store.settle_alert("abandoned:x", AlertKind.ABANDONED, "x", NOW + 1)
    assert await store.open_alerts() == []


async def test_abandoned_jobs_of_which_nothing_was_said_are_found(store: Store):
    job = await job_in(store, JobState.SUBMIT_UNKNOWN)
    await store.apply(move(job, ABANDON, failure=Failure(FailureReason.UNKNOWN_OUTCOME), purpose=Purpose.ABANDONED))
    assert await store.untold_abandoned(0) == {job.id: "unknown_outcome"}
    assert await store.untold_abandoned(NOW * 2) == {}


async def test_messages_that_no_channel_takes_are_found_until_an_alert_tells(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, due_at=None))
    (delivery,) = await store.deliveries(job.id)
    await _give_up(store, delivery.id, "forbidden")
    assert await store.untold_undeliverable(0) == {job.id: "forbidden"}
    alert = Alert(key=f"undeliverable:{job.id}", kind=AlertKind.UNDELIVERABLE, subject=job.id)
    await store.raise_alert(alert, NOW)
    assert await store.untold_undeliverable(0) == {}


async def test_what_its_person_deleted_is_nobodys_trouble(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, due_at=None))
    (delivery,) = await store.deliveries(job.id)
    await _give_up(store, delivery.id, "removed")
    assert await store.untold_undeliverable(0) == {}


async def test_places_where_somebody_waits_are_known(store: Store):
    assert await store.waiting_places() == []
    await submitted(store)
    await submitted(store)
    (place,) = await store.waiting_places()
    assert (place.guild_id, place.channel_id, place.locale) == (GUILD, CHANNEL, "en-US")


async def test_what_passed_long_ago_is_forgotten(store: Store, probe):
    await store.settle_alert("a", AlertKind.ABANDONED, "a", NOW)
    await store.forget_alerts(NOW)
    assert len(await probe.rows("SELECT key FROM alerts")) == 1
    await store.forget_alerts(NOW + 1)
    assert await probe.rows("SELECT key FROM alerts") == []


async def test_the_owners_pause_stands_before_the_providers_and_outlasts_it(store: Store):
    line = AuditLine(guild_id=None, at=NOW, actor_id=5, action="pause", subject="")
    await store.set_pause(Pause(NOW + 5, "no_credit"))
    assert await store.pause_for_owner("moving", [line], NOW)
    assert not await store.pause_for_owner("moving on", [line], NOW + 9)
    await store.set_pause(None)
    pause = await store.pause()
    assert pause is not None
    assert (pause.is_owners, pause.note, pause.since) == (True, "moving on", NOW)
    assert pause.until > NOW * 2
    assert len(await store.audited(None, 9)) == 2


async def test_the_end_of_the_owners_pause_makes_what_rests_due(store: Store):
    line = AuditLine(guild_id=None, at=NOW, actor_id=5, action="resume", subject="")
    job = await submitted(store)
    await store.pause_for_owner("", [], NOW)
    (leased,) = await store.claim_ready(NOW, "lease", NOW + 1_000, 1)
    await store.release(leased.id, "lease", NOW + 3_600_000)
    assert await store.claim_ready(NOW + 10, "other", NOW + 1_000, 1) == []
    assert await store.resume_for_owner([line], NOW + 20)
    assert [found.id for found in await store.claim_ready(NOW + 20, "third", NOW + 1_000, 1)] == [job.id]
    assert not await store.resume_for_owner([line], NOW + 30)
    assert len(await store.audited(None, 9)) == 1


async def test_a_pause_that_is_renewed_remembers_when_it_began(store: Store, clock: ManualClock):
    await store.set_pause(Pause(NOW + 5, "no_credit"))
    clock.at += 60_000
    await store.set_pause(Pause(NOW + 65_000, "no_credit"))
    pause = await store.pause()
    assert pause is not None
    assert pause.since == NOW


@pytest.mark.parametrize("number", [40])
async def test_however_many_raise_it_at_once_one_is_the_first(store: Store, number: int):
    raised = await asyncio.gather(*(store.raise_alert(LOW, NOW + each) for each in range(number)))
    assert sum(raised) == 1


async def _give_up(store: Store, delivery_id: str, reason: str) -> None:
    from bot.jobs.ports import DeliveryChange

    begin = DeliveryChange(delivery_id=delivery_id, transition=BEGIN_SEND, at=NOW, due_at=NOW, channel_id=CHANNEL)
    assert await store.apply_delivery(begin) is not None
    end = DeliveryChange(delivery_id=delivery_id, transition=GIVE_UP, at=NOW, reason=reason)
    assert await store.apply_delivery(end) is not None


@pytest.mark.parametrize("state", [state for state in DeliveryState if state is not DeliveryState.UNDELIVERABLE])
async def test_a_message_that_may_still_come_is_nobodys_trouble(store: Store, state: DeliveryState):
    await delivery_in(store, state)
    assert await store.untold_undeliverable(0) == {}


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.ABANDONED])
async def test_only_what_was_given_up_on_is_abandoned(store: Store, state: JobState):
    await job_in(store, state)
    assert await store.untold_abandoned(0) == {}


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.QUEUED])
async def test_nobody_waits_in_line_once_their_clip_has_left_it(store: Store, state: JobState):
    await job_in(store, state)
    assert await store.waiting_places() == []


async def test_the_end_of_the_owners_pause_hastens_nothing_that_is_at_the_provider(store: Store):
    running = await job_in(store, JobState.RUNNING)
    await store.pause_for_owner("", [], NOW)
    assert running.due_at is not None

    await store.resume_for_owner([], running.due_at - 500)

    after = await store.job(running.id)
    assert after is not None
    assert after.due_at == running.due_at
