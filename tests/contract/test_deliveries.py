"""Owed messages move only as their states allow, and reach their channel once."""

from __future__ import annotations

import asyncio

import pytest

from bot.jobs.model import Delivery, MessageRef, Purpose
from bot.jobs.ports import ArchivedFile
from bot.jobs.states import (
    BEGIN_SEND,
    DELIVER,
    DELIVERY_TRANSITIONS,
    FAIL,
    GIVE_UP,
    POSTPONE,
    REDELIVER,
    SUCCEED,
    DeliveryState,
    JobState,
)
from storage.store import Store
from tests.contract.samples import CHANNEL, NOW, Probe, delivery_in, job_in, move, send

SOON = NOW + 60_000
LATER = NOW + 10_000


async def stored(store: Store, delivery: Delivery) -> Delivery:
    (found,) = [row for row in await store.deliveries(delivery.job_id) if row.id == delivery.id]
    return found


@pytest.mark.parametrize("state", DeliveryState)
async def test_a_delivery_moves_only_along_its_transitions(store: Store, state: DeliveryState):
    for transition in DELIVERY_TRANSITIONS:
        delivery = await delivery_in(store, state)
        moved = await store.apply_delivery(send(delivery, transition))
        after = await stored(store, delivery)
        if state in transition.sources:
            assert moved == after
            assert after.state is transition.target
        else:
            assert moved is None
            assert after == delivery


@pytest.mark.parametrize("state", DeliveryState)
async def test_a_lost_lease_stops_every_move_that_asks_for_it(store: Store, state: DeliveryState):
    for transition in DELIVERY_TRANSITIONS:
        delivery = await delivery_in(store, state)
        assert await store.apply_delivery(send(delivery, transition, lease="someone-else")) is None
        assert await stored(store, delivery) == delivery


async def test_an_unknown_delivery_cannot_move(store: Store):
    assert await store.apply_delivery(send("nothing", BEGIN_SEND)) is None


async def test_target_and_start_are_kept_before_each_send(store: Store):
    delivery = await delivery_in(store, DeliveryState.PENDING)
    first = await store.apply_delivery(send(delivery, BEGIN_SEND, at=NOW + 100, channel_id=CHANNEL + 5))
    second = await store.apply_delivery(send(delivery, BEGIN_SEND, at=NOW + 200, channel_id=CHANNEL + 6))
    assert first is not None
    assert second is not None
    assert (first.channel_id, first.first_attempt_at, first.attempts) == (CHANNEL + 5, NOW + 100, 1)
    assert (second.channel_id, second.first_attempt_at, second.attempts) == (CHANNEL + 6, NOW + 100, 2)
    assert first.nonce == second.nonce


async def test_a_send_keeps_its_lease_and_a_fact_frees_it(store: Store):
    delivery = await delivery_in(store, DeliveryState.PENDING)
    await store.claim_deliveries(LATER, "lease-1", SOON, 1)
    begun = await store.apply_delivery(send(delivery, BEGIN_SEND, lease="lease-1", keep_lease_until=SOON + 5))
    assert begun is not None
    assert (begun.lease, begun.lease_until) == ("lease-1", SOON + 5)
    done = await store.apply_delivery(send(delivery, DELIVER, message=MessageRef(CHANNEL, 5)))
    assert done is not None
    assert (done.lease, done.lease_until, done.due_at) == (None, None, None)
    assert done.message == MessageRef(CHANNEL, 5)


async def test_no_lease_appears_where_none_was(store: Store):
    delivery = await delivery_in(store, DeliveryState.PENDING)
    begun = await store.apply_delivery(send(delivery, BEGIN_SEND, keep_lease_until=SOON))
    assert begun is not None
    assert (begun.lease, begun.lease_until) == (None, None)


async def test_a_reason_stays_until_another_is_given(store: Store):
    delivery = await delivery_in(store, DeliveryState.PENDING)
    await store.apply_delivery(send(delivery, POSTPONE, reason="slow_mode"))
    begun = await store.apply_delivery(send(delivery, BEGIN_SEND))
    assert begun is not None
    assert begun.reason == "slow_mode"
    given_up = await store.apply_delivery(send(delivery, GIVE_UP, reason="forbidden"))
    assert given_up is not None
    assert given_up.reason == "forbidden"
    again = await store.apply_delivery(send(delivery, REDELIVER, due_at=NOW + 9))
    assert again is not None
    assert (again.state, again.due_at, again.first_attempt_at) == (
        DeliveryState.PENDING,
        NOW + 9,
        begun.first_attempt_at,
    )


@pytest.mark.parametrize("purpose", Purpose)
async def test_an_ending_that_stands_in_the_channel_refreshes_the_card(store: Store, purpose: Purpose):
    delivery = await delivery_in(store, DeliveryState.SENDING, purpose)
    before = await revision(store, delivery)
    await store.apply_delivery(send(delivery, DELIVER, at=NOW + 8))
    assert await revision(store, delivery) == before + 1


async def test_a_message_that_no_channel_takes_refreshes_the_card_and_so_does_another_try(store: Store):
    delivery = await delivery_in(store, DeliveryState.PENDING)
    before = await revision(store, delivery)
    await store.apply_delivery(send(delivery, GIVE_UP))
    assert await revision(store, delivery) == before + 1
    await store.apply_delivery(send(delivery, REDELIVER))
    assert await revision(store, delivery) == before + 2


async def test_attempts_leave_the_card_as_it_is(store: Store):
    delivery = await delivery_in(store, DeliveryState.PENDING)
    before = await store.job(delivery.job_id)
    for transition in (BEGIN_SEND, POSTPONE, BEGIN_SEND):
        assert await store.apply_delivery(send(delivery, transition)) is not None
    assert await store.job(delivery.job_id) == before


async def revision(store: Store, delivery: Delivery) -> int:
    job = await store.job(delivery.job_id)
    assert job is not None
    return job.revision


# --- leasing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", DeliveryState)
async def test_only_what_is_still_owed_is_leased(store: Store, state: DeliveryState):
    delivery = await delivery_in(store, state)
    leased = await store.claim_deliveries(LATER, "lease-1", SOON, 5)
    if state in {DeliveryState.PENDING, DeliveryState.SENDING}:
        ((row, job),) = leased
        assert row == await stored(store, delivery)
        assert (row.lease, row.lease_until, row.state) == ("lease-1", SOON, state)
        assert job == await store.job(delivery.job_id)
    else:
        assert leased == []


async def test_a_delivery_is_leased_when_it_is_due_and_to_one_worker(store: Store):
    delivery = await delivery_in(store, DeliveryState.PENDING)
    await store.apply_delivery(send(delivery, POSTPONE, due_at=LATER))
    assert await store.claim_deliveries(LATER - 1, "lease-1", SOON, 5) == []
    assert len(await store.claim_deliveries(LATER, "lease-1", SOON, 5)) == 1
    assert await store.claim_deliveries(SOON - 1, "lease-2", SOON + 9, 5) == []
    ((row, _),) = await store.claim_deliveries(SOON, "lease-2", SOON + 9, 5)
    assert row.lease == "lease-2"


async def test_a_send_whose_worker_died_is_taken_up_even_without_a_due_time(store: Store):
    delivery = await delivery_in(store, DeliveryState.PENDING)
    await store.claim_deliveries(LATER, "lease-1", SOON, 5)
    await store.apply_delivery(send(delivery, BEGIN_SEND, lease="lease-1", keep_lease_until=SOON, due_at=None))
    assert await store.claim_deliveries(SOON - 1, "lease-2", SOON + 9, 5) == []
    ((row, _),) = await store.claim_deliveries(SOON, "lease-2", SOON + 9, 5)
    assert (row.id, row.state) == (delivery.id, DeliveryState.SENDING)


async def test_the_longest_due_go_first_and_the_limit_is_kept(store: Store):
    deliveries = [await delivery_in(store, DeliveryState.PENDING) for _ in range(4)]
    for delivery, due_at in zip(deliveries, (NOW + 30, NOW + 10, NOW + 20, None), strict=True):
        await store.apply_delivery(send(delivery, POSTPONE, due_at=due_at))
    order = [deliveries[1].id, deliveries[2].id, deliveries[0].id, deliveries[3].id]
    first = await store.claim_deliveries(LATER, "lease-1", SOON, 2)
    rest = await store.claim_deliveries(LATER, "lease-1", SOON, 5)
    assert [row.id for row, _ in first + rest] == order  # type: ignore[operator]


async def test_a_result_waits_for_its_clip(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, due_at=NOW + 1_000))
    assert await store.claim_deliveries(LATER, "lease-1", SOON, 5) == []
    file = ArchivedFile("mp4", "video/mp4", 1, "b" * 64)
    await store.record_result(job.id, "https://p.example/1", "asset-1", file, NOW)
    ((_, ready),) = await store.claim_deliveries(LATER, "lease-1", SOON, 5)
    assert ready.result_asset_id == "asset-1"


async def test_a_result_whose_clip_cannot_be_had_waits_no_longer(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, due_at=NOW + 1_000))
    await store.claim_unarchived(LATER, "lease-1", SOON, 5)
    assert await store.claim_deliveries(LATER, "lease-2", SOON, 5) == []
    await store.release(job.id, "lease-1", None)
    assert len(await store.claim_deliveries(LATER, "lease-2", SOON, 5)) == 1


async def test_other_messages_wait_for_nothing(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, FAIL, purpose=Purpose.FAILURE, due_at=NOW + 999_999))
    assert len(await store.claim_deliveries(LATER, "lease-1", SOON, 5)) == 1


async def test_a_lease_given_back_keeps_the_state(store: Store):
    delivery = await delivery_in(store, DeliveryState.SENDING)
    await store.claim_deliveries(LATER, "lease-1", SOON, 5)
    assert await store.release_delivery(delivery.id, "lease-2", LATER + 5) is False
    assert await store.release_delivery(delivery.id, "lease-1", LATER + 5) is True
    after = await stored(store, delivery)
    assert (after.lease, after.lease_until, after.due_at, after.state) == (
        None,
        None,
        LATER + 5,
        DeliveryState.SENDING,
    )
    assert await store.release_delivery(delivery.id, "lease-1", LATER) is False


async def test_many_workers_lease_every_delivery_once(store: Store, probe: Probe):
    deliveries = [await delivery_in(store, DeliveryState.PENDING) for _ in range(12)]
    claims = await asyncio.gather(*(store.claim_deliveries(LATER, f"lease-{n}", SOON, 3) for n in range(8)))
    leased = [row.id for claim in claims for row, _ in claim]
    assert sorted(leased) == sorted(delivery.id for delivery in deliveries)
    assert await probe.contradictions() == []
