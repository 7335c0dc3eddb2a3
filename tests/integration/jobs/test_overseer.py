"""What needs the owner is seen however it came about, and passes by itself; members are told where they wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.clock import DAY, HOUR, MINUTE, SECOND
from bot.community.alerts import AlertBook, AlertKind, alert_of
from bot.community.overseer import Overseer, Thresholds
from bot.community.owner import (
    NoSuchJob,
    NothingUndelivered,
    NotUnresolved,
    OwnerService,
    ProcessFacts,
    ProviderSilent,
    TaskIsAnothers,
    TaskNotKnown,
    TaskNotOurs,
)
from bot.delivery import LoggedAlerts
from bot.errors import Refused
from bot.jobs import schedule
from bot.jobs.credit import FRESH, AccountSays, AccountWatch, CreditTooLow
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.limits import Allowance, Scope, counter_of
from bot.jobs.loops import Wakes
from bot.jobs.ports import Declined, GatewayUnavailable, Pause, PreparedTask, Unknowable
from bot.jobs.purchasing import Ceilings
from bot.jobs.service import JobService
from bot.jobs.states import DeliveryState, JobState
from tests.integration.jobs.world import CHANNEL, GUILD, PERSON, World

OWNER = 4_242


class Account:
    """The provider's account, as it answers."""

    def __init__(self) -> None:
        self.balance: int | None = 90_000_000
        self.key_refused = False
        self.reachable = True
        self.asked = 0

    async def ask(self) -> AccountSays:
        self.asked += 1
        if not self.reachable:
            raise GatewayUnavailable("away")
        return AccountSays(balance_microusd=self.balance, key_refused=self.key_refused)


class Hand:
    """What watches for the owner in one process, around a world."""

    def __init__(self, world: World, *, month: int | None = None) -> None:
        self.world = world
        self.account = Account()
        self.month = month
        self.stuck: Sequence[str] = ()
        self.shown: list[Pause | None] = []
        self.restart()

    def restart(self) -> None:
        """Begin as a new process does: with nothing but the store."""
        world = self.world
        self.watch = AccountWatch(self.account.ask, world.clock)
        self.book = AlertBook(world.store, LoggedAlerts(), world.clock, has_channel=True)
        self.overseer = Overseer(
            world.store,
            self.book,
            self.watch,
            Thresholds(low=5_000_000, least=260_000, month=self.month),
            world.clock,
            stuck=lambda _: self.stuck,
            show=self._show,
        )
        self.service = OwnerService(
            world.store,
            world.provider,
            self.watch,
            world.clock,
            Wakes(),
            in_flight_limit=5,
            month_ceiling=None,
            process=lambda: ProcessFacts(version="1", started_at=0, connected=True, latency_ms=1, servers=1, stuck=()),
            sync=self._sync,
        )

    async def _show(self, pause: Pause | None) -> None:
        self.shown.append(pause)

    async def _sync(self) -> int:
        return 9

    async def look(self, *, account: bool = False) -> list[str]:
        """Look once, and return the keys of what is open."""
        if account:
            await self.watch.run_once()
        await self.overseer.run_once()
        return [found.alert.key for found in await self.world.store.open_alerts()]

    async def later(self, milliseconds: int = 31 * SECOND, *, account: bool = False) -> list[str]:
        self.world.clock.advance(milliseconds)
        return await self.look(account=account)

    async def calm(self, milliseconds: int = 5 * MINUTE) -> list[str]:
        """Look now, and again once it has been calm for so long."""
        before = await self.later()
        after = await self.later(milliseconds)
        assert set(after) <= set(before)
        return after


@pytest.fixture
def hand(world: World) -> Hand:
    return Hand(world)


def decline(world: World, reason: FailureReason, times: int = 1) -> None:
    for _ in range(times):
        world.provider.answers.append(lambda task: Declined(Failure(reason)))


async def refuse_delivery(world: World) -> str:
    """Let a clip be made that no channel takes; return its job's id."""
    submitted = await world.order()
    await world.settle()
    job = await world.job(submitted)
    world.provider.finish(job.task_id or "")
    world.channel.refuses = {CHANNEL, PERSON}
    await world.store.nudge(job.hook_token, job.task_id, world.clock.now())
    await world.settle()
    (delivery,) = await world.store.deliveries(job.id)
    assert delivery.state is DeliveryState.UNDELIVERABLE
    return job.id


async def test_all_is_quiet_where_all_is_well(hand: Hand):
    assert await hand.look(account=True) == []
    assert hand.shown == [None]


async def test_a_pause_is_seen_although_nobody_had_the_time_to_say_so(world: World, hand: Hand):
    decline(world, FailureReason.NO_CREDIT)
    await world.order()
    await world.submitter.run_once()
    # The world's own alerts go nowhere: as after a crash between the pause and the word about it.
    assert await hand.look() == ["credit_gone"]
    hand.restart()
    assert await hand.look() == ["credit_gone"]
    world.clock.advance(schedule.PAUSE + SECOND)
    await world.settle()
    assert await world.store.pause() is None
    assert await hand.calm() == []


async def test_what_the_core_says_and_what_is_seen_is_one_alert_and_one_line(world: World, hand: Hand):
    world.alerts = hand.book
    world.start_process()
    decline(world, FailureReason.NO_CREDIT)
    with capture_logs() as lines:
        await world.order()
        await world.submitter.run_once()
        await hand.look()
        await hand.later()
    assert [line["what"] for line in lines if line["event"] == "owner_needed"] == ["paused"]
    (found,) = await world.store.open_alerts()
    assert found.alert.kind is AlertKind.CREDIT_GONE


async def test_a_pause_that_nobody_tries_to_break_counts_as_over_unless_the_account_says_otherwise(
    world: World, hand: Hand
):
    await world.store.set_pause(Pause(world.clock.now() + schedule.PAUSE, "no_credit"))
    hand.account.balance = 0
    assert "credit_gone" in await hand.look(account=True)
    assert "credit_gone" in await hand.later(HOUR, account=True)
    hand.account.balance = 90_000_000
    await hand.watch.run_once()
    assert await hand.calm() == []


async def test_a_low_balance_is_told_until_it_is_topped_up(world: World, hand: Hand):
    hand.account.balance = 4_999_999
    assert await hand.look(account=True) == ["credit_low"]
    (found,) = await world.store.open_alerts()
    assert found.alert.detail == {"balance": "4999999", "low": "5000000"}
    hand.account.balance = 5_000_000
    assert await hand.later(account=True) == ["credit_low"]
    assert await hand.later(10 * MINUTE, account=True) == []


async def test_a_balance_from_before_the_provider_sold_again_is_no_news(world: World, hand: Hand):
    hand.account.balance = 0
    decline(world, FailureReason.NO_CREDIT)
    await world.order()
    await world.submitter.run_once()
    assert await hand.look(account=True) == ["credit_gone"]
    hand.account.balance = 90_000_000
    world.clock.advance(schedule.PAUSE + SECOND)
    await world.settle()
    assert await hand.calm() == []
    assert await hand.later(account=True) == []


async def test_ones_own_account_has_no_balance_to_run_low(hand: Hand):
    hand.account.balance = None
    assert await hand.look(account=True) == []


async def test_a_key_that_is_refused_is_told_until_it_is_accepted(hand: Hand):
    hand.account.key_refused = True
    assert await hand.look(account=True) == ["key_refused"]
    hand.account.key_refused = False
    await hand.watch.run_once()
    assert await hand.calm() == []


async def test_a_provider_out_of_reach_is_told_after_minutes_not_at_once(hand: Hand):
    await hand.look(account=True)
    hand.account.reachable = False
    assert await hand.later(account=True) == []
    assert await hand.later(4 * MINUTE, account=True) == []
    assert await hand.later(2 * MINUTE, account=True) == ["provider_down"]
    hand.account.reachable = True
    await hand.watch.run_once()
    assert await hand.calm() == []


async def rest(world: World) -> None:
    """Let purchases fail until submissions rest."""
    decline(world, FailureReason.BUSY, times=schedule.FAILURES_IN_A_ROW)
    for _ in range(schedule.FAILURES_IN_A_ROW):
        await world.order()
        await world.submitter.run_once()
    assert await world.store.pause() is not None


async def test_purchases_that_fail_are_told_once_it_lasts_to_the_owner_and_to_who_waits(world: World, hand: Hand):
    await rest(world)
    assert await hand.look(account=True) == []
    decline(world, FailureReason.BUSY, times=50)
    await world.live(2 * MINUTE)
    assert sorted(await hand.look(account=True)) == [f"outage:{GUILD}", "provider_down"]
    world.provider.answers.clear()
    await world.live(6 * MINUTE)
    assert await world.store.pause() is None
    assert await hand.calm() == []


async def test_a_break_of_a_minute_is_told_to_nobody(world: World, hand: Hand):
    await rest(world)
    await hand.look(account=True)
    await world.live(MINUTE + 30 * SECOND)
    assert await world.store.pause() is None
    assert await hand.look(account=True) == []
    assert await hand.later(5 * MINUTE, account=True) == []


async def test_purchases_that_fail_and_an_account_that_is_silent_are_one_trouble(world: World, hand: Hand):
    await rest(world)
    decline(world, FailureReason.BUSY, times=50)
    hand.account.reachable = False
    with capture_logs() as lines:
        for _ in range(8):
            await world.live(MINUTE)
            await hand.look(account=True)
    assert [line["what"] for line in lines if line["event"] == "owner_needed"] == ["provider_down"]


async def test_a_trouble_that_comes_and_goes_is_one_alert_until_it_stays_away(world: World, hand: Hand):
    with capture_logs() as lines:
        for turn in range(60):
            hand.account.key_refused = turn % 2 == 0
            assert await hand.later(5 * SECOND, account=True) == ["key_refused"]
        assert await hand.calm() == []
    assert [line["event"] for line in lines if line["event"] in {"owner_needed", "alert_over"}] == [
        "owner_needed",
        "alert_over",
    ]
    (found,) = await world.store.claim_alerts(world.clock.now(), world.clock.now(), owners=True, limit=9)
    assert found.episode == 1


async def test_a_provider_that_answers_now_and_then_is_not_back_yet(hand: Hand):
    hand.account.reachable = False
    await hand.look(account=True)
    assert await hand.later(6 * MINUTE, account=True) == ["provider_down"]
    for turn in range(20):
        hand.account.reachable = turn % 4 == 0
        assert await hand.later(MINUTE, account=True) == ["provider_down"]
    hand.account.reachable = True
    await hand.watch.run_once()
    assert await hand.calm() == []


async def test_what_is_calm_only_for_as_long_as_a_process_lasts_is_not_over(hand: Hand):
    hand.account.key_refused = True
    await hand.look(account=True)
    hand.account.key_refused = False
    for _ in range(5):
        hand.restart()
        assert await hand.look(account=True) == ["key_refused"]
        assert await hand.later(4 * MINUTE, account=True) == ["key_refused"]
    assert await hand.later(MINUTE, account=True) == []


async def test_money_that_failing_clips_give_back_does_not_end_the_word_about_the_budget(world: World):
    hand = Hand(world, month=320_000)
    keys = set()
    for _ in range(4):
        submitted = await world.order()
        keys |= set(await hand.later())
        await world.service.cancel((await world.job(submitted)).id, PERSON, moderator=False)
        keys |= set(await hand.later(10 * MINUTE))
    (key,) = keys
    (found,) = await world.store.open_alerts()
    assert (found.alert.key, found.episode) == (key, 1)
    assert await hand.later(HOUR) == []


async def test_four_fifths_of_the_budget_are_told_once_and_a_new_month_ends_it(world: World):
    hand = Hand(world, month=320_000)
    assert await hand.look() == []
    await world.order()
    (key,) = await hand.later()
    assert key.startswith("budget:")
    assert await hand.later(32 * DAY) == ["backlog"]


async def test_a_line_that_does_not_move_is_told_until_it_does(world: World, hand: Hand):
    await world.order()
    assert await hand.later(29 * MINUTE) == []
    assert await hand.later(2 * MINUTE) == ["backlog"]
    await world.settle()
    assert await hand.later() == []


async def test_a_line_that_rests_is_no_backlog(world: World, hand: Hand):
    await world.order()
    await world.store.pause_for_owner("", [], world.clock.now())
    assert "backlog" not in await hand.later(31 * MINUTE)


async def test_an_undelivered_clip_is_told_until_it_is_delivered(world: World, hand: Hand):
    job_id = await refuse_delivery(world)
    assert await hand.later() == [f"undeliverable:{job_id}"]
    assert await hand.service.jobs_to_redeliver() == [job_id]
    world.channel.refuses = set()
    assert await hand.service.redeliver(OWNER, f" #{job_id.upper()}") == 1
    await world.settle()
    assert await hand.later() == []
    (line,) = await world.store.audited(None, 5)
    assert (line.guild_id, line.actor_id, line.action, line.subject) == (None, OWNER, "redeliver", job_id)


async def test_what_nobody_can_mend_any_more_is_let_be(world: World, hand: Hand):
    job_id = await refuse_delivery(world)
    assert await hand.later() == [f"undeliverable:{job_id}"]
    assert await hand.later(30 * DAY) == []
    assert await hand.later() == []


async def test_a_loop_that_is_stuck_is_told_until_it_goes_on(hand: Hand):
    hand.stuck = ["poller"]
    assert await hand.look() == ["loop_stuck:poller"]
    hand.stuck = []
    assert await hand.calm() == []


async def test_a_loop_that_is_stuck_in_another_process_is_taken_back_by_that_process_or_the_next_to_begin(hand: Hand):
    here = hand.overseer
    hand.world.clock.advance(MINUTE)
    hand.restart()
    hand.stuck = ["poller"]
    assert await hand.later() == ["loop_stuck:poller"]

    there, hand.overseer = hand.overseer, here
    hand.stuck = []
    assert await hand.calm() == ["loop_stuck:poller"]
    hand.overseer = there
    assert await hand.calm() == []


async def test_a_loop_that_died_counts_as_mended_once_a_later_process_has_run_for_a_while(world: World, hand: Hand):
    from bot.community.alerts import Alert

    await hand.book.raise_(Alert(key="loop_died:poller", kind=AlertKind.LOOP_DIED, subject="poller"))
    hand.restart()
    assert await hand.later(9 * MINUTE) == ["loop_died:poller"]
    assert await hand.later(2 * MINUTE) == []


async def test_members_are_told_once_where_they_wait_once_it_lasts(world: World, hand: Hand):
    world.provider.answers.clear()
    decline(world, FailureReason.NO_CREDIT, times=20)
    await world.order()
    await world.submitter.run_once()
    assert f"outage:{GUILD}" not in await hand.later(MINUTE)
    assert f"outage:{GUILD}" in await hand.later(MINUTE)
    await world.order()
    found = [each for each in await world.store.open_alerts() if each.alert.kind is AlertKind.OUTAGE]
    assert [(each.alert.channel_id, each.alert.detail["reason"]) for each in found] == [(CHANNEL, "no_credit")]
    world.provider.answers.clear()
    await world.live(2 * schedule.PAUSE)
    assert await hand.calm() == []
    assert hand.shown[-1] is None


async def test_the_end_of_the_owners_own_pause_is_said_to_members_at_once(world: World, hand: Hand):
    await world.order()
    await hand.service.pause(OWNER, "")
    assert await hand.later(3 * MINUTE) == [f"outage:{GUILD}"]
    await hand.service.resume(OWNER)
    assert await hand.look() == []


async def test_nobody_is_told_where_nobody_waits(world: World, hand: Hand):
    await world.store.pause_for_owner("moving", [], world.clock.now())
    assert await hand.later(3 * MINUTE) == []
    assert hand.shown[-1] is not None
    assert hand.shown[-1].note == "moving"


async def test_while_the_owner_pauses_nothing_is_bought_and_commands_are_taken(world: World, hand: Hand):
    assert await hand.service.pause(OWNER, "moving house")
    submitted = await world.order()
    await world.settle()
    assert (await world.job(submitted)).state is JobState.QUEUED
    assert world.provider.posts == []
    assert await hand.service.resume(OWNER)
    await world.settle()
    assert (await world.job(submitted)).state is JobState.RUNNING
    assert [line.action for line in await world.store.audited(None, 5)] == ["resume", "pause"]
    assert not await hand.service.resume(OWNER)


async def test_a_purchase_that_was_under_way_does_not_end_the_owners_pause(world: World, hand: Hand):
    submitted = await world.order()
    await world.settle()
    await hand.service.pause(OWNER, "")
    second = await world.order()
    job = await world.job(submitted)
    world.provider.finish(job.task_id or "")
    await world.store.nudge(job.hook_token, job.task_id, world.clock.now())
    await world.live(5 * MINUTE)
    assert (await world.job(second)).state is JobState.QUEUED
    pause = await world.store.pause()
    assert pause is not None
    assert pause.is_owners


async def test_after_an_hour_of_pause_everything_that_was_taken_is_given_back(world: World, hand: Hand):
    await hand.service.pause(OWNER, "")
    submitted = await world.order()
    job = await world.job(submitted)
    counters = [counter_of(scope, guild_id=GUILD, person_id=PERSON, at=job.created_at) for scope in Scope]
    assert all([await world.store.used(counter) > 0 for counter in counters])
    await world.live(HOUR + MINUTE, tick=MINUTE)
    job = await world.job(submitted)
    assert (job.state, job.failure) == (JobState.FAILED, Failure(FailureReason.PAUSED_BY_OWNER))
    assert [await world.store.used(counter) for counter in counters] == [0] * len(counters)
    assert [one.purpose for one in world.channel.posted] == ["failure"]


async def test_what_the_account_cannot_pay_is_refused_before_it_is_stored(world: World, hand: Hand):
    service = credited(world, hand)
    hand.account.balance = 100
    await hand.watch.run_once()
    with pytest.raises(Refused) as refused:
        await buy(world, service)
    assert isinstance(refused.value.refusal, CreditTooLow)
    assert await world.store.running_clips(PERSON, GUILD, 5) == []


async def test_who_has_just_topped_up_is_not_turned_away_for_an_old_answer(world: World, hand: Hand):
    service = credited(world, hand)
    hand.account.balance = 100
    await hand.watch.run_once()
    hand.account.balance = 90_000_000
    world.clock.advance(MINUTE)
    await buy(world, service)
    assert len(await world.store.running_clips(PERSON, GUILD, 5)) == 1


async def test_a_balance_that_is_not_known_or_stale_stops_nobody(world: World, hand: Hand):
    service = credited(world, hand)
    await buy(world, service)
    hand.account.balance = 100
    await hand.watch.run_once()
    hand.account.reachable = False
    world.clock.advance(FRESH + SECOND)
    await buy(world, service)
    assert len(await world.store.running_clips(PERSON, GUILD, 5)) == 2


async def test_a_ceiling_that_is_nearer_than_the_empty_account_is_named(world: World, hand: Hand):
    ceilings = Ceilings(
        servers=frozenset({GUILD}),
        microusd_per_month=None,
        microusd_per_job=1_000_000,
        per_person=Allowance(clips_per_day=0),
    )
    service = credited(world, hand, ceilings)
    hand.account.balance = 0
    await hand.watch.run_once()
    with pytest.raises(Refused) as refused:
        await buy(world, service)
    assert not isinstance(refused.value.refusal, CreditTooLow)


async def test_a_request_that_was_taken_stays_taken_when_the_account_is_empty(world: World, hand: Hand):
    service = credited(world, hand)
    first = await buy(world, service, key="i:1")
    hand.account.balance = 0
    await hand.watch.run_once()
    again = await buy(world, service, key="i:1")
    assert (again.job.id, again.repeated) == (first.job.id, True)


async def unknown(world: World, *, made: bool = False) -> str:
    """Let a purchase's answer be lost, after its task was made or before; return the job's id."""

    def lose(task: PreparedTask) -> Unknowable:
        if made:
            world.provider.make_task(task)
        return Unknowable("reset")

    world.provider.answers.append(lose)
    submitted = await world.order()
    await world.submitter.run_once()
    return submitted.job.id


@pytest.mark.parametrize("echoes", [True, False])
async def test_the_owner_binds_the_task_that_a_lost_purchase_made(world: World, hand: Hand, *, echoes: bool):
    world.provider.echoes_endpoint = echoes
    job_id = await unknown(world, made=True)
    (task,) = world.provider.tasks.values()
    await hand.service.bind(OWNER, job_id, f" {task.id} ")
    job = await world.store.job(job_id)
    assert job is not None
    assert (job.state, job.task_id) == (JobState.RUNNING, task.id)
    assert [event.cause for event in await world.store.events(job_id)][-1] == "by_owner"
    (line,) = await world.store.audited(None, 5)
    assert (line.action, line.subject, line.detail) == ("bind", job_id, task.id)


@pytest.mark.parametrize("echoes", [True, False])
async def test_a_task_that_is_not_the_jobs_is_not_bound(world: World, hand: Hand, *, echoes: bool):
    world.provider.echoes_endpoint = echoes
    other = await world.order(prompt="somebody else's kite")
    await world.settle()
    other_job = await world.job(other)
    job_id = await unknown(world)
    for task_id, kind in ((other_job.task_id or "", TaskIsAnothers), ("nowhere", TaskNotKnown)):
        with pytest.raises(Refused) as refused:
            await hand.service.bind(OWNER, job_id, task_id)
        assert isinstance(refused.value.refusal, kind)
    foreign = replace(world.provider.tasks[other_job.task_id or ""], id="foreign", token="another's")
    world.provider.tasks[foreign.id] = foreign
    with pytest.raises(Refused) as refused:
        await hand.service.bind(OWNER, job_id, foreign.id)
    assert isinstance(refused.value.refusal, TaskNotOurs)
    assert await world.store.audited(None, 5) == []


async def test_the_owner_gives_up_on_a_lost_purchase_and_hears_no_more_of_it(world: World, hand: Hand):
    job_id = await unknown(world)
    await hand.service.abandon(OWNER, job_id)
    await world.settle()
    job = await world.store.job(job_id)
    assert job is not None
    assert (job.state, job.quota_held) == (JobState.ABANDONED, False)
    assert await hand.later() == []
    await hand.service.abandon(OWNER, job_id)


async def test_what_was_given_up_on_is_told_until_the_owner_deals_with_it(world: World, hand: Hand):
    job_id = await unknown(world)
    await world.live(schedule.UNKNOWN_GRACE + 10 * MINUTE, tick=MINUTE)
    assert await hand.later() == [f"abandoned:{job_id}"]
    assert await hand.service.jobs_to_resolve() == [job_id]
    await hand.service.abandon(OWNER, job_id)
    assert await hand.later() == []


async def test_what_is_known_is_not_decided(world: World, hand: Hand):
    submitted = await world.order()
    for deed, kind in (
        (hand.service.abandon(OWNER, submitted.job.id), NotUnresolved),
        (hand.service.bind(OWNER, submitted.job.id, "t"), NotUnresolved),
        (hand.service.redeliver(OWNER, submitted.job.id), NothingUndelivered),
        (hand.service.redeliver(OWNER, "zzzzzz"), NoSuchJob),
    ):
        with pytest.raises(Refused) as refused:
            await deed
        assert isinstance(refused.value.refusal, kind)


async def test_the_balance_is_asked_anew_and_a_silent_provider_is_said(hand: Hand):
    assert (await hand.service.balance()).balance_microusd == 90_000_000
    hand.account.reachable = False
    with pytest.raises(Refused) as refused:
        await hand.service.balance()
    assert isinstance(refused.value.refusal, ProviderSilent)


async def test_status_tells_what_there_is(world: World, hand: Hand):
    await unknown(world)
    await world.order()
    await hand.service.pause(OWNER, "moving")
    hand.account.balance = 1
    await hand.look(account=True)
    status = await hand.service.status()
    assert (status.queued, status.in_flight, status.in_flight_limit, status.unknown) == (1, 1, 5, 1)
    assert status.pause is not None
    assert (status.pause.note, status.balance) == ("moving", 1)
    assert [found.alert.key for found in status.alerts] == ["credit_low"]


def test_a_line_in_the_log_is_enough_for_the_rest():
    assert alert_of(None, "overdue:deadline") is None
    assert alert_of(None, "paused:busy") is None


def credited(world: World, hand: Hand, ceilings: Ceilings | None = None) -> JobService:
    from bot.jobs.timing import Timing

    timing = Timing(world.store, lambda *_: None, webhooks=True, clock=world.clock, places=5)
    return JobService(
        world.store,
        world.provider,
        world.catalogue,
        ceilings or world.ceilings,
        world.clock,
        Wakes(),
        timing,
        credit=hand.watch,
    )


async def buy(world: World, service: JobService, key: str | None = None):
    from bot.catalog import VideoAsked
    from bot.jobs.requests import VideoRequest

    return await service.submit(world.origin(key), VideoRequest(asked=VideoAsked(prompt="a red kite")))
