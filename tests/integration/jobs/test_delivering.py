"""A message stands in its channel once, whatever happens between the decision and the knowledge."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.clock import DAY, HOUR, MINUTE, SECOND
from bot.jobs import schedule
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Job
from bot.jobs.ports import Declined, DefinitelyNotPosted, HistoryUnreadable, MaybePosted, TargetRefused, TryLater
from bot.jobs.states import DeliveryState
from tests.integration.jobs.world import PERSON, Died, World


async def finished(world: World):
    """A job whose clip is archived and whose result is owed."""
    submitted = await world.order()
    await world.settle()
    world.provider.finish((await world.job(submitted)).task_id)
    await world.service.nudge(submitted.job.hook_token, None)
    await world.poller.run_once()
    await world.archiver.run_once()
    return submitted


async def delivery(world: World, submitted):
    return (await world.store.deliveries(submitted.job.id))[0]


async def test_an_answer_lost_after_the_post_is_found_in_the_channel_and_not_repeated(world: World):
    submitted = await finished(world)
    world.channel.posts_before_fault = True
    world.channel.faults.append(MaybePosted("reset"))
    await world.deliverer.run_once()
    assert (await delivery(world, submitted)).state is DeliveryState.SENDING
    world.clock.advance(HOUR)  # far beyond the nonce's window
    await world.settle()
    assert (await delivery(world, submitted)).state is DeliveryState.DELIVERED
    assert len(world.channel.posted) == 1


async def test_an_answer_lost_before_the_post_is_sent_again(world: World):
    submitted = await finished(world)
    world.channel.faults.append(MaybePosted("reset"))
    await world.deliverer.run_once()
    world.clock.advance(10 * SECOND)
    await world.settle()
    assert (await delivery(world, submitted)).state is DeliveryState.DELIVERED
    assert len(world.channel.posted) == 1


async def test_a_process_that_died_after_the_post_finds_its_message(world: World):
    submitted = await finished(world)
    world.channel.posts_before_fault = True
    world.channel.faults.append(Died())
    with pytest.raises(Died):
        await world.deliverer.run_once()
    assert (await delivery(world, submitted)).state is DeliveryState.SENDING
    world.start_process()
    world.clock.advance(HOUR)
    await world.sweeper.recover(sole_owner=True)
    await world.settle()
    assert (await delivery(world, submitted)).state is DeliveryState.DELIVERED
    assert len(world.channel.posted) == 1


async def test_where_the_channel_cannot_be_searched_nothing_is_risked_and_the_owner_is_told(world: World):
    submitted = await finished(world)
    world.channel.posts_before_fault = True
    world.channel.faults.append(MaybePosted("reset"))
    world.channel.find_fault = HistoryUnreadable("forbidden")
    await world.deliverer.run_once()
    world.clock.advance(HOUR)
    await world.settle()
    assert (await delivery(world, submitted)).state is DeliveryState.UNDELIVERABLE
    assert world.alerts.words == ["undeliverable:history_unreadable"]
    assert len(world.channel.posted) == 1


async def test_a_search_that_fails_for_now_is_made_again(world: World):
    submitted = await finished(world)
    world.channel.posts_before_fault = True
    world.channel.faults.append(MaybePosted("reset"))
    world.channel.find_fault = TryLater("503")
    await world.deliverer.run_once()
    await world.live(5 * MINUTE)
    assert (await delivery(world, submitted)).state is DeliveryState.SENDING
    world.channel.find_fault = None
    await world.live(10 * MINUTE)
    assert (await delivery(world, submitted)).state is DeliveryState.DELIVERED
    assert len(world.channel.posted) == 1


async def test_a_refusal_for_now_is_tried_again_later(world: World):
    submitted = await finished(world)
    world.channel.faults.append(DefinitelyNotPosted("rate_limited", retry_after_ms=MINUTE))
    await world.deliverer.run_once()
    row = await delivery(world, submitted)
    assert (row.state, row.due_at) == (DeliveryState.PENDING, world.clock.now() + MINUTE)
    world.clock.advance(MINUTE)
    await world.settle()
    assert (await delivery(world, submitted)).state is DeliveryState.DELIVERED


async def test_a_channel_that_is_gone_falls_back_to_direct_messages(world: World):
    submitted = await finished(world)
    world.channel.refuses.add(submitted.job.place.channel_id)
    await world.settle()
    row = await delivery(world, submitted)
    assert row.message.channel_id == PERSON
    assert len(world.channel.posted) == 1


async def test_a_refusal_at_the_send_falls_back_too(world: World):
    submitted = await finished(world)
    world.channel.faults.append(TargetRefused("forbidden"))
    await world.settle()
    assert (await delivery(world, submitted)).message.channel_id == PERSON


async def test_a_message_nobody_takes_is_undeliverable_and_the_owner_is_told(world: World):
    submitted = await finished(world)
    world.channel.refuses.update({submitted.job.place.channel_id, PERSON})
    await world.settle()
    row = await delivery(world, submitted)
    assert (row.state, row.reason) == (DeliveryState.UNDELIVERABLE, "forbidden")
    assert world.alerts.words == ["undeliverable:forbidden"]


async def test_after_a_day_of_refusals_it_is_given_up(world: World):
    submitted = await finished(world)
    for _ in range(500):
        world.channel.faults.append(DefinitelyNotPosted("busy"))
    await world.live(DAY + HOUR, tick=5 * MINUTE)
    assert (await delivery(world, submitted)).state is DeliveryState.UNDELIVERABLE


async def test_the_target_and_the_first_attempt_are_on_record_before_the_send(world: World):
    submitted = await finished(world)
    seen = []

    async def look(message, owed):
        row = await delivery(world, submitted)
        seen.append((row.state, row.channel_id, row.first_attempt_at))
        return await type(world.channel).send(world.channel, message, owed)

    world.channel.send = look
    await world.deliverer.run_once()
    assert seen == [(DeliveryState.SENDING, submitted.job.place.channel_id, world.clock.now())]


async def test_two_workers_never_hold_the_same_message(world: World):
    await finished(world)
    now = world.clock.now()
    first = await world.store.claim_deliveries(now, "a", now + schedule.UPLOAD_LEASE, 4)
    second = await world.store.claim_deliveries(now, "b", now + schedule.UPLOAD_LEASE, 4)
    assert (len(first), len(second)) == (1, 0)


async def test_a_card_follows_its_job_and_then_rests(world: World):
    submitted = await world.order()
    await world.settle()
    job = await world.job(submitted)
    assert world.channel.cards[job.id] == job.revision == job.card_shown
    await world.cards.run_once()
    assert await world.store.claim_cards(world.clock.now(), world.clock.now() + MINUTE, 9) == []


async def test_a_message_posted_while_its_card_is_drawn_is_not_drawn_once_more(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    submitted = await finished(world)
    world.clock.advance(schedule.CARD_SETTLES)
    claim = world.store.claim_cards

    async def claim_before_it_is_posted(now: int, rest_until: int, limit: int) -> Sequence[Job]:
        claimed = await claim(now, rest_until, limit)
        await world.deliverer.run_once()
        return claimed

    monkeypatch.setattr(world.store, "claim_cards", claim_before_it_is_posted)
    assert await world.cards.run_once() == 1
    job = await world.job(submitted)
    assert (await delivery(world, submitted)).state is DeliveryState.DELIVERED
    assert world.channel.cards[job.id] == job.card_shown == job.revision


async def test_a_card_says_when_no_channel_takes_the_clip(world: World):
    submitted = await finished(world)
    before = (await world.job(submitted)).revision
    world.channel.refuses.update({submitted.job.place.channel_id, PERSON})
    await world.settle()
    details = await world.clip_service.details(submitted.job.id)
    assert details.facts.undeliverable
    assert details.job.revision > before


async def test_lost_answers_without_end_are_given_up_after_a_day(world: World):
    submitted = await finished(world)
    for _ in range(500):
        world.channel.faults.append(MaybePosted("reset"))
    await world.live(DAY + HOUR, tick=5 * MINUTE)
    assert (await delivery(world, submitted)).state is DeliveryState.UNDELIVERABLE
    assert len(world.channel.faults) > 100


async def test_a_long_downtime_is_no_attempt(world: World):
    submitted = await finished(world)
    world.start_process()
    world.clock.advance(25 * HOUR)
    world.channel.faults.append(DefinitelyNotPosted("rate_limited"))
    await world.settle()
    assert (await delivery(world, submitted)).state is DeliveryState.PENDING
    await world.live(10 * MINUTE)
    assert (await delivery(world, submitted)).state is DeliveryState.DELIVERED


async def test_an_ending_waits_for_its_card_but_not_for_long(world: World):
    world.provider.answers.append(lambda task: Declined(Failure(FailureReason.MODERATED)))
    submitted = await world.order(card=False)
    await world.settle()
    assert world.channel.posted == []
    await world.live(schedule.CARD_PATIENCE, tick=SECOND)
    assert [one.purpose for one in world.channel.posted] == ["failure"]
    assert (await delivery(world, submitted)).attempts == 1


async def test_a_clip_that_is_deleted_while_it_is_fetched_leaves_no_file(world: World):
    submitted = await world.order()
    await world.settle()
    job = await world.job(submitted)
    world.provider.finish(job.task_id)
    world.clips.meanwhile = lambda: world.clip_service.remove(job.id, PERSON, moderator=False)

    await world.live(5 * MINUTE)

    assert world.clips.kept == set()
    assert (await world.job(submitted)).removed_at is not None
