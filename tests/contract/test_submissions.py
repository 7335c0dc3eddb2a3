"""A submission stores a job with everything it takes, or nothing."""

from __future__ import annotations

import asyncio

import pytest

from bot.jobs.limits import Hold, Scope, month_counter, person_day_counter
from bot.jobs.model import (
    AssetRole,
    Destination,
    ExtendInput,
    JobEvent,
    JobKind,
    JobNote,
    LipsyncInput,
    NewJob,
    Place,
    VideoInput,
)
from bot.jobs.ports import Accepted, Duplicate, IdTaken, OverCeiling
from bot.jobs.states import CANCEL_QUEUED, JobState
from storage.errors import ConstraintViolated
from storage.store import Store, open_store
from tests.contract.samples import (
    CHANNEL,
    GUILD,
    NOW,
    PERSON,
    PRICE,
    ManualClock,
    Probe,
    an_image,
    holds_for,
    move,
    new_job,
    submitted,
)

MONTH = month_counter(NOW)
DAY = person_day_counter(GUILD, PERSON, NOW)


async def accept(store: Store, new: NewJob, *holds: Hold) -> Accepted:
    answer = await store.submit(new, holds)
    assert isinstance(answer, Accepted)
    return answer


async def test_a_stored_job_is_what_was_submitted(store: Store):
    new = new_job(
        input=VideoInput(
            prompt="Gewitter über dem Hafen ⛈",
            seconds=10,
            negative_prompt="boats",
            cfg_scale=0.5,
            ratio="9:16",
            camera_axis="zoom",
            camera_value=-5,
            sound=True,
        ),
        spoiler=True,
        notes=(JobNote.RATIO_IGNORED, JobNote.SPEECH_LONGER),
        place=Place(guild_id=None, channel_id=CHANNEL, upload_limit=5, locale="de", destination=Destination.THREAD),
        made_from=(await submitted(store)).id,
    )
    answer = await accept(store, new, *holds_for(new))
    job = await store.job(new.id)
    assert job == answer.job
    assert job is not None
    for field in (
        "id", "request_key", "kind", "requester_id", "place", "input", "model", "mode", "spoiler", "source_id",
        "made_from", "service_mode", "key_fingerprint", "hook_token", "price_microusd", "reserved_microusd", "notes",
        "created_at", "due_at", "queue_expires_at",
    ):  # fmt: skip
        assert getattr(job, field) == getattr(new, field), field


async def test_a_new_job_waits_in_the_queue_with_nothing_done(store: Store):
    job = await submitted(store, price_microusd=None)
    assert (job.state, job.revision, job.card_shown, job.attempts) == (JobState.QUEUED, 1, 0, 0)
    assert (job.inputs_ready, job.quota_held, job.price_microusd) == (True, True, None)
    unset = (
        "lease", "lease_until", "post_started_at", "post_ended_at", "candidate_task_id", "task_id", "running_since",
        "deadline_at", "stalled_since", "output_url", "consumed_microusd", "failure", "cancel_requested_at",
        "cancel_sent_at", "card", "result_asset_id", "finished_at", "made_from", "removed_at",
    )  # fmt: skip
    assert {name: getattr(job, name) for name in unset} == dict.fromkeys(unset)
    assert job.sent == ""
    assert await store.events(job.id) == [JobEvent(NOW, None, JobState.QUEUED, "submit")]


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        (JobKind.EXTEND, ExtendInput(prompt="and then it rains")),
        (JobKind.LIPSYNC, LipsyncInput(text="hello", voice="Oxley", speed=1.2)),
    ],
)
async def test_a_follow_up_keeps_its_source_and_its_kind_of_input(
    store: Store, kind: JobKind, made: ExtendInput | LipsyncInput
):
    source = await submitted(store)
    job = await submitted(store, kind=kind, input=made, source_id=source.id)
    assert (job.kind, job.input, job.source_id) == (kind, made, source.id)


async def test_files_are_stored_with_their_job_in_the_order_given(store: Store):
    files = (an_image(), an_image(role=AssetRole.END_IMAGE, filename="b.png", option="end_image"))
    job = await submitted(store, assets=files)
    assert job.inputs_ready is False
    stored = await store.assets(job.id)
    assert [(asset.role, asset.source_url, asset.filename, asset.option) for asset in stored] == [
        (AssetRole.IMAGE, files[0].url, "a.png", "image"),
        (AssetRole.END_IMAGE, files[1].url, "b.png", "end_image"),
    ]
    assert [(asset.content_type, asset.size, asset.job_id) for asset in stored] == [("image/png", 1_234, job.id)] * 2
    assert [(asset.archived_at, asset.extension, asset.converted) for asset in stored] == [(None, "", False)] * 2
    assert len({asset.id for asset in stored}) == 2


async def test_holds_are_taken_and_the_ledger_opened(store: Store, probe: Probe):
    job = await submitted(store)
    assert await store.used(MONTH) == PRICE
    assert await store.used(DAY) == 1
    assert await probe.rows("SELECT * FROM charges") == [(job.id, MONTH, PRICE, None, NOW, None)]
    assert await probe.rows("SELECT job_id, counter, amount, kind FROM holds") == [(job.id, DAY, 1, "clip")]


async def test_a_counter_that_nobody_took_from_stands_at_nothing(store: Store):
    assert await store.used("process:usd:1999-01") == 0


async def test_without_holds_nothing_is_taken(store: Store, probe: Probe):
    answer = await accept(store, new_job())
    assert answer.job.quota_held is False
    assert await probe.value("SELECT COUNT(*) FROM counters") == 0
    assert await probe.value("SELECT COUNT(*) FROM charges") == 0


async def test_a_hold_without_a_ceiling_is_counted_all_the_same(store: Store):
    new = new_job()
    await accept(store, new, *holds_for(new, month_ceiling=None, day_ceiling=None))
    assert await store.used(MONTH) == PRICE
    assert await store.used(DAY) == 1


async def test_more_holds_than_scopes_are_a_mistake(store: Store):
    hold = Hold(Scope.PERSON_DAY_JOBS, "x", 1, None)
    with pytest.raises(ValueError, match="more holds"):
        await store.submit(new_job(), [hold] * (len(Scope) + 1))


async def test_the_same_request_is_stored_once(store: Store, probe: Probe):
    new = new_job()
    first = await accept(store, new, *holds_for(new))
    again = new_job(request_key=new.request_key)
    assert await store.submit(again, holds_for(again)) == Duplicate(first.job)
    assert await store.job(again.id) is None
    assert await store.job_by_request(new.request_key) == first.job
    assert await store.used(DAY) == 1
    assert len(await store.events(new.id)) == 1
    assert await probe.contradictions() == []


async def test_the_very_same_job_again_is_a_duplicate(store: Store):
    new = new_job()
    first = await accept(store, new, *holds_for(new))
    assert await store.submit(new, holds_for(new)) == Duplicate(first.job)
    assert await store.used(DAY) == 1


async def test_a_repeat_is_a_duplicate_even_where_the_ceiling_is_reached_now(store: Store):
    new = new_job()
    first = await accept(store, new, *holds_for(new, day_ceiling=1))
    again = new_job(request_key=new.request_key)
    assert await store.submit(again, holds_for(again, day_ceiling=1)) == Duplicate(first.job)


async def test_a_duplicate_is_answered_with_the_job_as_it_is_now(store: Store):
    job = await submitted(store)
    cancelled = await store.apply(move(job, CANCEL_QUEUED, due_at=None))
    again = new_job(request_key=job.request_key)
    assert cancelled is not None
    assert await store.submit(again, holds_for(again)) == Duplicate(cancelled)


async def test_a_taken_id_asks_for_another_and_takes_nothing(store: Store, probe: Probe):
    first = await submitted(store)
    new = new_job(id=first.id)
    assert await store.submit(new, holds_for(new)) == IdTaken()
    assert await store.job(first.id) == first
    assert await store.used(DAY) == 1
    assert await probe.contradictions() == []


async def test_a_taken_webhook_token_asks_for_another_draw(store: Store):
    first = await submitted(store)
    new = new_job(hook_token=first.hook_token)
    assert await store.submit(new, holds_for(new)) == IdTaken()


async def test_the_ceiling_itself_may_be_reached_and_not_passed(store: Store, probe: Probe):
    for _ in range(3):
        new = new_job()
        await accept(store, new, *holds_for(new, day_ceiling=3))
    over = new_job()
    holds = holds_for(over, day_ceiling=3)
    assert await store.submit(over, holds) == OverCeiling(holds[1], 3)
    assert await store.job(over.id) is None
    assert await store.used(MONTH) == 3 * PRICE
    assert await probe.contradictions() == []


async def test_money_counts_in_what_a_job_may_cost(store: Store):
    first = new_job()
    await accept(store, first, *holds_for(first, month_ceiling=2 * PRICE))
    dear = new_job(reserved_microusd=PRICE + 1)
    holds = holds_for(dear, month_ceiling=2 * PRICE)
    assert await store.submit(dear, holds) == OverCeiling(holds[0], PRICE)
    fits = new_job()
    await accept(store, fits, *holds_for(fits, month_ceiling=2 * PRICE))


async def test_a_first_job_over_its_ceiling_is_refused_too(store: Store, probe: Probe):
    new = new_job()
    holds = holds_for(new, day_ceiling=0)
    assert await store.submit(new, holds) == OverCeiling(holds[1], 0)
    assert await probe.value("SELECT COALESCE(SUM(used), 0) FROM counters") == 0


async def test_of_two_full_ceilings_the_person_s_own_is_named_whatever_the_order_given(store: Store):
    new = new_job()
    month, day = holds_for(new, month_ceiling=0, day_ceiling=0)
    assert await store.submit(new, [day, month]) == OverCeiling(day, 0)


async def test_a_ceiling_names_its_own_hold_when_the_holds_come_in_any_order(store: Store):
    new = new_job()
    month, day = holds_for(new, day_ceiling=0)
    assert await store.submit(new, [day, month]) == OverCeiling(day, 0)


async def test_a_hundred_at_once_never_pass_a_ceiling(store: Store, probe: Probe):
    work = [new_job(requester_id=PERSON + number % 2) for number in range(100)]
    answers = await asyncio.gather(
        *(store.submit(new, holds_for(new, month_ceiling=30 * PRICE, day_ceiling=20)) for new in work)
    )
    accepted = [answer for answer in answers if isinstance(answer, Accepted)]
    assert len(accepted) == 30
    assert all(isinstance(answer, Accepted | OverCeiling) for answer in answers)
    assert await store.used(MONTH) == 30 * PRICE
    assert await probe.value("SELECT COUNT(*) FROM jobs") == 30
    assert await probe.contradictions() == []


async def test_one_request_sent_twenty_times_at_once_is_one_job(store: Store, probe: Probe):
    work = [new_job(request_key="the-same") for _ in range(20)]
    answers = await asyncio.gather(*(store.submit(new, holds_for(new)) for new in work))
    (accepted,) = [answer for answer in answers if isinstance(answer, Accepted)]
    duplicates = [answer for answer in answers if isinstance(answer, Duplicate)]
    assert len(duplicates) == 19
    assert {answer.job.id for answer in duplicates} == {accepted.job.id}
    assert await probe.contradictions() == []


async def test_one_id_drawn_ten_times_at_once_is_given_once(store: Store):
    work = [new_job(id="same") for _ in range(10)]
    answers = await asyncio.gather(*(store.submit(new, holds_for(new)) for new in work))
    assert sorted(type(answer).__name__ for answer in answers) == ["Accepted"] + ["IdTaken"] * 9


async def test_one_bad_row_fails_alone_in_its_burst(store: Store, probe: Probe):
    work = [new_job(source_id="no-such-job" if number == 7 else None) for number in range(20)]
    answers = await asyncio.gather(*(store.submit(new, holds_for(new)) for new in work), return_exceptions=True)
    assert isinstance(answers[7], ConstraintViolated)
    assert sum(isinstance(answer, Accepted) for answer in answers) == 19
    assert await store.job(work[7].id) is None
    assert await probe.contradictions() == []


async def test_jobs_are_there_when_the_store_is_opened_again(url: str, tmp_path, clock: ManualClock):
    async with open_store(url, tmp_path, clock) as store:
        job = await submitted(store)
    async with open_store(url, tmp_path, clock) as store:
        assert await store.job(job.id) == job


async def test_what_is_not_there_is_not_found(store: Store):
    assert await store.job("nobody") is None
    assert await store.job_by_request("none") is None
    assert await store.job_by_task("none") is None
    assert await store.job_by_message(1) is None
    assert await store.asset("none") is None
    assert await store.events("nobody") == []
    assert await store.deliveries("nobody") == []
