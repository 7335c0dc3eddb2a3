"""Forgetting: afterwards no column of any table says who asked for what, and the ledger is whole."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.clock import DAY, HOUR
from bot.community.alerts import Alert, AlertKind
from bot.community.forgetting import GIVEN_UP_KEPT, HiddenJob, KeptJob, Left, Wiped
from bot.community.ports import AuditLine
from bot.community.record import Block, Level, RuleKey
from bot.community.spending import NewGrant
from bot.jobs.house import ConsentKind
from bot.jobs.limits import Hold, Scope, counter_of
from bot.jobs.model import (
    Destination,
    ExtendInput,
    Job,
    JobKind,
    LipsyncInput,
    MessageRef,
    Place,
    Purpose,
    VideoInput,
)
from bot.jobs.ports import Accepted, ArchivedFile, Draft, DraftKind, HeldFile
from bot.jobs.states import BEGIN_SEND, BIND, CANCEL_QUEUED, DELIVER, GIVE_UP, SUCCEED, JobState
from storage.store import Store
from tests.contract.conftest import TABLES
from tests.contract.samples import (
    CHANNEL,
    GUILD,
    NOW,
    PATHS,
    PRICE,
    Probe,
    an_image,
    job_in,
    move,
    new_job,
    send,
)

ZOE = 7_777_777_000_111
OTHER = 7_777_777_000_222
DIRECT = 9_999_000_333
"""Zoe's direct messages."""
PROMPT = "a heron at dusk"
FILE = "zoes-holiday.png"
SECRETS = (str(ZOE), PROMPT, FILE, str(DIRECT))
STAYS = frozenset(
    {
        ("audit", "actor_id"), ("audit", "subject"), ("blocks", "person_id"), ("blocks", "blocked_by"),
        ("house_rules", "changed_by"), ("blocked_words", "added_by"), ("grants", "granted_by"),
    }
)  # fmt: skip
"""What moderators and managers did, and to whom: PRIVACY.md says that it stays."""
LEDGER = "SELECT job_id, counter, reserved_microusd, consumed_microusd, opened_at, settled_at FROM charges ORDER BY 1"
LATER = NOW + HOUR
CLIP = ArchivedFile("mp4", "video/mp4", 1_000, "bb", 1280, 720, 5_000)
PICTURE = ArchivedFile("png", "image/png", 9, "cc", 640, 480)
SCOPES = (
    Scope.PROCESS_MONTH_USD, Scope.SERVER_MONTH_USD, Scope.PERSON_RUNNING, Scope.PERSON_DAY_JOBS,
    Scope.PERSON_MONTH_JOBS,
)  # fmt: skip


async def ordered(store: Store, number: int, **changes: Any) -> Job:
    """What Zoe asked for, with a picture of hers and with its card; it is in line."""
    asked = {
        "requester_id": ZOE,
        "input": VideoInput(prompt=PROMPT, negative_prompt=f"no {PROMPT}", seconds=5),
        "assets": (an_image(filename=FILE, url=f"https://cdn.example/{FILE}?sig=1"),),
        "request_key": f"i:{ZOE}{number}",
        "repeat_key": f"1:again:{ZOE}:{number}",
    }
    new = new_job(**{**asked, **changes})
    whose = {"guild_id": new.place.guild_id or 0, "person_id": new.requester_id, "at": new.created_at}
    amounts = {scope: PRICE if scope.in_dollars else 1 for scope in SCOPES}
    answer = await store.submit(
        new, [Hold(scope, counter_of(scope, **whose), amounts[scope], None) for scope in SCOPES]
    )
    assert isinstance(answer, Accepted)
    await store.set_card(answer.job.id, MessageRef(new.place.channel_id, 600_000 + number), answer.job.revision)
    for job in await store.claim_unprepared(new.created_at, "intake", LATER, 10):
        files = {asset.id: PICTURE for asset in await store.assets(job.id)}
        await store.mark_inputs_ready(job.id, "intake", files, (), new.created_at)
    return answer.job


async def running(store: Store, number: int, **changes: Any) -> Job:
    job = await ordered(store, number, **changes)
    for transition in PATHS[JobState.RUNNING]:
        assert await store.apply(move(job, transition, sent=json.dumps({"prompt": job.prompt}))) is not None
    return job


async def clip(store: Store, number: int = 1, *, at: int = NOW + 5_000, **changes: Any) -> Job:
    """A clip of Zoe's that is archived and posted."""
    job = await running(store, number, **changes)
    ended = move(job, SUCCEED, at=at, due_at=None, consumed_microusd=PRICE, purpose=Purpose.RESULT)
    ended = replace(ended, output_url=f"https://storage.example/{job.prompt}", cause=f"asked by {job.requester_id}")
    assert await store.apply(ended) is not None
    assert await store.record_result(job.id, "https://storage.example/x.mp4", f"clip{number}", CLIP, at)
    await post_all(store, job, 700_000 + number)
    stored = await store.job(job.id)
    assert stored is not None
    return stored


async def post_all(store: Store, job: Job, message: int) -> None:
    for delivery in await store.deliveries(job.id):
        assert await store.apply_delivery(send(delivery, BEGIN_SEND)) is not None
        posted = send(delivery, DELIVER, message=MessageRef(job.place.channel_id, message))
        assert await store.apply_delivery(posted) is not None


async def hide(store: Store, job: Job | str, at: int = LATER) -> HiddenJob | None:
    name = job if isinstance(job, str) else job.id
    return await store.hide_job(name, at, given_up_before=at - GIVEN_UP_KEPT)


async def forget(store: Store, job: Job, wiped: Wiped | None = None) -> HiddenJob:
    hidden = await hide(store, job)
    assert hidden is not None
    assert await store.forget_job(hidden, LATER, wiped) is True
    return hidden


async def found(probe: Probe, *words: str) -> set[tuple[str, str]]:
    """Return every column of any table that holds one of the words."""
    where = set()
    for table in TABLES:
        columns = await probe.columns(table)
        for row in await probe.rows(f"SELECT {', '.join(columns)} FROM {table}"):  # noqa: S608
            where |= {
                (table, column)
                for column, value in zip(columns, row, strict=True)
                if any(word in str(value) for word in words)
            }
    return where


async def everything_of(store: Store) -> dict[str, Job]:
    """All that a person can leave behind in the database."""
    made = {
        "video": await clip(store, 1),
        "private": await clip(
            store, 2, place=Place(guild_id=GUILD, channel_id=DIRECT, upload_limit=1, destination=Destination.DIRECT)
        ),
        "foreign": await clip(store, 3, requester_id=OTHER, input=VideoInput(prompt="a fox", seconds=5), assets=(),
                              request_key="i:other", repeat_key="", place=Place(
                                  guild_id=GUILD, channel_id=CHANNEL, upload_limit=1)),
    }  # fmt: skip
    made["extend"] = await clip(
        store, 4, kind=JobKind.EXTEND, input=ExtendInput(prompt=PROMPT), source_id=made["video"].id, assets=()
    )
    made["lipsync"] = await clip(
        store, 5, kind=JobKind.LIPSYNC, input=LipsyncInput(text=PROMPT), source_id=made["video"].id,
        made_from=made["extend"].id,
    )  # fmt: skip
    again = await store.owe_repost(made["video"].id, f"i:{ZOE}99", CHANNEL, NOW + 6_000)
    assert again is not None
    assert await store.apply_delivery(send(again, GIVE_UP, reason="forbidden")) is not None
    foreign = made["foreign"].id
    await store.set_preferences(ZOE, GUILD, {"hinted": "yes"})
    await store.set_preferences(ZOE, 0, {"model": "2.6"})
    await store.set_favourite(ZOE, foreign, True, NOW)
    await store.set_favourite(OTHER, made["video"].id, True, NOW)
    for job_id, who in ((foreign, ZOE), (made["video"].id, OTHER)):
        await store.report(job_id, who, f"it shows {PROMPT}", NOW)
        (report,) = await store.claim_reports(LATER, LATER, 10)
        await store.report_told(report, NOW)
    about = Alert(key="reported:1", kind=AlertKind.REPORTED, subject=made["video"].id, detail={"reason": PROMPT})
    await store.raise_alert(about, NOW)
    await store.give_consent(ZOE, ConsentKind.PICTURE, NOW)
    day = counter_of(Scope.PERSON_DAY_JOBS, guild_id=GUILD, person_id=ZOE, at=NOW)
    await store.grant(NewGrant(guild_id=GUILD, person_id=ZOE, counter=day, clips=5, granted_by=OTHER, at=NOW), ())
    line = AuditLine(guild_id=GUILD, at=NOW, actor_id=OTHER, action="block", subject=str(ZOE))
    await store.block(GUILD, Block(person_id=ZOE, until=None, reason="rude", blocked_by=OTHER, created_at=NOW), [line])
    held = HeldFile(asset_id="held-1", extension="png", filename=FILE, content_type="image/png", size=1)
    await store.put_draft(
        Draft(id="d1", kind=DraftKind.FORM, person_id=ZOE, guild_id=GUILD, payload=PROMPT, files=(held,),
              created_at=NOW, expires_at=NOW + DAY)
    )  # fmt: skip
    return made


async def erase(store: Store, *, messages: bool = False) -> None:
    """Do by hand what the loop does for Zoe."""
    asked = await store.ask_erasure(ZOE, LATER, messages=messages)
    for draft in await store.drafts_of_person(ZOE, LATER):
        await store.drop_draft(draft.id)
    for kept in await store.kept_of_person(ZOE, LATER, None, 100):
        job = await store.job(kept.id)
        assert job is not None
        await forget(store, job, Wiped(ZOE, 2, 1))
    await store.forget_deeds(asked)
    assert await store.left_of(asked) == Left()
    assert await store.end_erasure(asked, LATER)


async def test_before_forgetting_a_person_is_all_over_the_database(store: Store, probe: Probe):
    await everything_of(store)
    tables = {table for table, _ in await found(probe, *SECRETS)}
    assert tables == {
        "jobs", "job_events", "deliveries", "assets", "holds", "counters", "favourites", "reports", "alerts",
        "preferences", "consents", "grants", "blocks", "audit", "drafts",
    }  # fmt: skip


async def test_afterwards_no_column_of_any_table_holds_their_id_their_words_or_their_files(store: Store, probe: Probe):
    await everything_of(store)
    await erase(store)
    await store.forget_erasures(LATER + 1)
    await store.drop_old_counters(NOW + 40 * DAY)
    left = await found(probe, *SECRETS)
    assert left <= STAYS
    assert ("blocks", "person_id") in left
    assert ("audit", "subject") in left


async def test_the_ledger_is_as_it_was(store: Store, probe: Probe):
    await everything_of(store)
    before = await probe.rows(LEDGER)
    spent = await probe.rows("SELECT id, kind, model, mode, seconds, consumed_microusd, task_id FROM jobs ORDER BY id")
    month = counter_of(Scope.PROCESS_MONTH_USD, guild_id=0, person_id=0, at=NOW)
    used = await store.used(month)
    await erase(store)
    assert await probe.rows(LEDGER) == before
    assert (
        await probe.rows("SELECT id, kind, model, mode, seconds, consumed_microusd, task_id FROM jobs ORDER BY id")
        == spent
    )
    assert await store.used(month) == used


async def test_what_is_others_stays(store: Store):
    made = await everything_of(store)
    await erase(store)
    foreign = await store.job(made["foreign"].id)
    assert foreign == made["foreign"]
    assert await store.assets(foreign.id)
    assert (await store.deliveries(foreign.id))[0].message is not None


async def test_limits_of_today_are_not_begun_anew_by_deleting(store: Store):
    await everything_of(store)
    day = counter_of(Scope.PERSON_DAY_JOBS, guild_id=GUILD, person_id=ZOE, at=NOW)
    month = counter_of(Scope.PERSON_MONTH_JOBS, guild_id=GUILD, person_id=ZOE, at=NOW)
    await erase(store)
    await store.drop_old_counters(NOW)
    assert (await store.used(day), await store.used(month)) == (4, 4)
    await store.drop_old_counters(NOW + DAY)
    assert (await store.used(day), await store.used(month)) == (0, 4)
    await store.drop_old_counters(NOW + 31 * DAY)
    assert await store.used(month) == 0


async def test_counters_of_servers_and_of_the_process_are_kept(store: Store):
    await clip(store)
    kept = [counter_of(scope, guild_id=GUILD, person_id=ZOE, at=NOW) for scope in SCOPES[:2]]
    await store.drop_old_counters(NOW + 400 * DAY)
    assert [await store.used(counter) for counter in kept] == [PRICE, PRICE]


async def test_what_an_ended_job_took_is_dropped_once_its_time_is_over(store: Store):
    await clip(store)
    day = counter_of(Scope.PERSON_DAY_JOBS, guild_id=GUILD, person_id=ZOE, at=NOW)
    assert await store.used(day) > 0
    await store.drop_old_counters(NOW + 400 * DAY)
    assert await store.used(day) == 0


async def test_what_an_open_job_may_still_give_back_is_counted_until_it_ends(store: Store, probe: Probe):
    # A clock that was ahead for a moment lets today look like long ago; afterwards today goes on.
    job = await ordered(store, 1)
    await store.drop_old_counters(NOW + 400 * DAY)
    day = counter_of(Scope.PERSON_DAY_JOBS, guild_id=GUILD, person_id=ZOE, at=NOW)
    assert await store.used(day) == 1
    assert await store.apply(move(job, CANCEL_QUEUED)) is not None
    assert await probe.contradictions() == []
    await store.drop_old_counters(NOW + 400 * DAY)
    assert await store.used(day) == 0


async def test_a_forgotten_job_can_be_read_as_any_other(store: Store):
    made = await everything_of(store)
    await erase(store)
    inputs = {
        "video": VideoInput(prompt="", seconds=5),
        "extend": ExtendInput(),
        "lipsync": LipsyncInput(),
        "private": VideoInput(prompt="", seconds=5),
    }
    for name, empty in inputs.items():
        job = await store.job(made[name].id)
        assert job is not None
        assert (job.forgotten_at, job.removed_at) == (LATER, LATER)
        assert (job.requester_id, job.place.channel_id, job.card, job.result_asset_id) == (0, 0, None, None)
        assert (job.input, job.sent, job.output_url, job.source_id, job.made_from) == (empty, "", None, None, None)
        assert job.hook_token != made[name].hook_token
        assert (job.state, job.finished_at, job.place.guild_id) == (
            made[name].state, made[name].finished_at, made[name].place.guild_id,
        )  # fmt: skip
        assert await store.assets(job.id) == []
        assert {event.cause for event in await store.events(job.id)} == {""}
        for delivery in await store.deliveries(job.id):
            assert delivery.message in {None, MessageRef(0, 0)}


async def test_a_forgotten_job_is_in_nobodys_list_and_is_brought_no_more(store: Store):
    job = await clip(store)
    await forget(store, job)
    assert await store.kept_of_person(ZOE, LATER, None, 10) == []
    assert await store.job_by_message(700_001) is None
    assert await store.source_clips(0, GUILD, 0, 0, 10) == []
    assert await store.owe_repost(job.id, "i:1", CHANNEL, LATER) is None


async def test_hiding_says_what_has_to_go_and_leaves_the_card_alone(store: Store):
    job = await clip(store)
    (picture, _) = await store.assets(job.id)
    hidden = await hide(store, job)
    assert hidden == HiddenJob(
        id=job.id, kind=JobKind.VIDEO, seconds=5,
        messages=(MessageRef(CHANNEL, 600_001), MessageRef(CHANNEL, 700_001)),
        files=((picture.id, "png"), ("clip1", "mp4")),
    )  # fmt: skip
    assert await store.claim_cards(LATER, LATER, 10) == []


async def test_hidden_twice_says_the_same_and_forgotten_twice_is_once(store: Store):
    job = await clip(store)
    first = await hide(store, job)
    assert first is not None
    assert await hide(store, job, LATER + 5) == first
    await store.ask_erasure(ZOE, LATER, messages=True)
    assert await store.forget_job(first, LATER, Wiped(ZOE, 2, 1)) is True
    assert await store.forget_job(first, LATER, Wiped(ZOE, 2, 1)) is False
    assert await hide(store, job) is None
    erasure = await store.erasure(ZOE)
    assert erasure is not None
    assert (erasure.clips, erasure.deleted, erasure.standing) == (1, 2, 1)


async def test_what_was_not_hidden_is_not_forgotten(store: Store, probe: Probe):
    job = await clip(store)
    hidden = HiddenJob(id=job.id, kind=job.kind, seconds=5, messages=(), files=())
    assert await store.forget_job(hidden, LATER) is False
    assert await store.job(job.id) == job


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.SUBMITTING, JobState.SUBMIT_UNKNOWN, JobState.RUNNING,
                                   JobState.OVERDUE])  # fmt: skip
async def test_what_is_under_way_is_left_alone(store: Store, state: JobState):
    job = await job_in(store, state, requester_id=ZOE)
    assert await hide(store, job, LATER + 400 * DAY) is None
    assert await store.job(job.id) == job


async def test_a_job_that_is_bound_meanwhile_is_not_forgotten(store: Store):
    job = await job_in(store, JobState.ABANDONED, requester_id=ZOE)
    hidden = await hide(store, job, NOW + GIVEN_UP_KEPT + DAY)
    assert hidden is not None
    assert await store.apply(move(job, BIND)) is not None
    assert await store.forget_job(hidden, LATER) is False


async def test_a_purchase_that_was_given_up_on_is_kept_a_month_for_its_money(store: Store):
    job = await job_in(store, JobState.ABANDONED, requester_id=ZOE)
    await post_all(store, job, 700_001)
    assert await hide(store, job, NOW + GIVEN_UP_KEPT) is None
    later = NOW + GIVEN_UP_KEPT + DAY
    hidden = await hide(store, job, later)
    assert hidden is not None
    assert await store.forget_job(hidden, later) is True
    assert await store.kept_before(later, None, 10) == []


async def test_a_message_that_is_owed_holds_its_job(store: Store):
    job = await running(store, 1)
    assert await store.apply(move(job, SUCCEED, due_at=None, purpose=Purpose.RESULT)) is not None
    (owed,) = await store.deliveries(job.id)
    assert await hide(store, job) is None
    assert await store.apply_delivery(send(owed, BEGIN_SEND)) is not None
    assert await hide(store, job) is None
    assert await store.apply_delivery(send(owed, DELIVER)) is not None
    assert await hide(store, job) is not None


async def test_a_clip_that_is_being_fetched_holds_its_job(store: Store):
    job = await running(store, 1)
    assert await store.apply(move(job, SUCCEED, due_at=NOW)) is not None
    await post_all(store, job, 700_001)
    assert await hide(store, job) is None
    assert await store.record_result(job.id, "https://storage.example/x.mp4", "clip1", CLIP, NOW)
    assert await hide(store, job) is not None


async def test_a_report_that_nobody_has_read_holds_the_clip(store: Store):
    job = await clip(store)
    await store.report(job.id, OTHER, "bad", NOW)
    assert await hide(store, job) is None
    (report,) = await store.claim_reports(LATER, LATER, 10)
    await store.report_told(report, NOW)
    assert await hide(store, job) is not None


async def test_a_persons_wish_is_about_what_they_had_ordered_until_then(store: Store):
    before = await clip(store, 1)
    after = await clip(store, 2, created_at=LATER + 1)
    await clip(store, 3, requester_id=OTHER)
    kept = await store.kept_of_person(ZOE, LATER, None, 10)
    assert [each.id for each in kept] == [before.id]
    assert [each.id for each in await store.kept_of_person(ZOE, LATER + 1, kept[0], 10)] == [after.id]


async def test_a_wish_deletes_at_once_what_is_only_the_persons(store: Store):
    await everything_of(store)
    await store.ask_erasure(ZOE, LATER, messages=False)
    stock = await store.stock(ZOE)
    assert (stock.favourites, stock.choices, stock.grants) == (0, 0, 0)
    assert await store.consents(ZOE) == frozenset()
    assert (stock.clips, stock.reports, stock.drafts, stock.blocks) == (4, 1, 1, 1)


async def test_a_wish_that_is_asked_again_reaches_up_to_now_and_keeps_its_count(store: Store):
    job = await clip(store)
    await store.ask_erasure(ZOE, LATER, messages=True)
    await forget(store, job, Wiped(ZOE, 1, 0))
    again = await store.ask_erasure(ZOE, LATER + 9, messages=False)
    assert (again.asked_at, again.messages, again.clips, again.deleted) == (LATER + 9, True, 1, 1)
    assert await store.erasures_under_way() == [again]
    assert await store.end_erasure(replace(again, asked_at=LATER), LATER + 10) is False
    assert await store.end_erasure(again, LATER + 10) is True
    assert await store.end_erasure(again, LATER + 11) is False
    assert await store.erasures_under_way() == []
    anew = await store.ask_erasure(ZOE, LATER + 20, messages=False)
    assert (anew.ended_at, anew.messages, anew.clips, anew.deleted) == (None, False, 0, 0)


async def test_a_fulfilled_wish_is_forgotten_and_no_other(store: Store):
    asked = await store.ask_erasure(ZOE, NOW, messages=False)
    await store.forget_erasures(LATER)
    assert await store.erasure(ZOE) is not None
    await store.end_erasure(asked, NOW + 5)
    await store.forget_erasures(NOW + 5)
    assert await store.erasure(ZOE) is not None
    await store.forget_erasures(NOW + 6)
    assert await store.erasure(ZOE) is None


async def test_a_draft_stays_while_a_job_may_need_its_files(store: Store):
    await everything_of(store)
    new = new_job(requester_id=ZOE, assets=(an_image(),))
    assert isinstance(await store.submit(new, ()), Accepted)
    assert await store.drafts_of_person(ZOE, LATER) == []
    (job,) = await store.claim_unprepared(NOW, "intake", LATER, 1)
    await store.mark_inputs_ready(job.id, "intake", {}, (), NOW)
    assert [draft.id for draft in await store.drafts_of_person(ZOE, LATER)] == ["d1"]
    assert await store.drafts_of_person(ZOE, NOW - 1) == []


async def test_who_cancelled_anothers_clip_is_forgotten_once_it_has_ended(store: Store):
    job = await running(store, 1, requester_id=OTHER)
    await store.request_cancel(job.id, ZOE, NOW)
    asked = await store.ask_erasure(ZOE, LATER, messages=False)
    await store.forget_deeds(asked)
    assert (await store.left_of(asked)).cancelled == 1
    assert await store.apply(move(job, SUCCEED, due_at=None)) is not None
    await store.forget_deeds(asked)
    assert await store.left_of(asked) == Left()
    after = await store.job(job.id)
    assert after is not None
    assert after.cancelled_by_another


async def test_a_clip_that_is_given_up_on_does_not_hold_up_forgetting_who_cancelled_it(store: Store):
    job = await ordered(store, 1, requester_id=OTHER)
    for transition in PATHS[JobState.ABANDONED][:-1]:
        assert await store.apply(move(job, transition)) is not None
    await store.request_cancel(job.id, ZOE, NOW)
    assert await store.apply(move(job, PATHS[JobState.ABANDONED][-1], due_at=None)) is not None
    asked = await store.ask_erasure(ZOE, LATER, messages=False)
    await store.forget_deeds(asked)
    assert await store.left_of(asked) == Left()


async def test_old_jobs_come_by_when_they_ended(store: Store):
    second, first, third = [
        await clip(store, number, at=NOW + at) for number, at in ((1, 2_000), (2, 1_000), (3, 3_000))
    ]
    lost = await job_in(store, JobState.ABANDONED)
    lost_at = (await store.job(lost.id) or lost).created_at
    old = await store.kept_before(NOW + 3_000, None, 10)
    assert [each.id for each in old if each.id != lost.id] == [first.id, second.id]
    assert lost.id in {each.id for each in old}
    assert lost_at < NOW + 3_000
    rest = await store.kept_before(NOW + 3_001, next(each for each in old if each.id == second.id), 10)
    assert [each.id for each in rest] == [third.id]


async def test_a_page_goes_on_where_the_one_before_ended_among_jobs_of_one_instant(store: Store):
    made = [await clip(store, number) for number in range(1, 6)]
    seen: list[str] = []
    after: KeptJob | None = None
    while page := await store.kept_before(LATER, after, 2):
        seen += [each.id for each in page]
        after = page[-1]
    assert seen == [job.id for job in made]


async def test_retention_is_read_of_servers_alone(store: Store):
    rules = {
        RuleKey(Level.SERVER, GUILD, "retention_days"): "7",
        RuleKey(Level.SERVER, GUILD, "running"): "3",
    }
    await store.change_rules(GUILD, rules, (), by=OTHER, at=NOW)
    assert await store.retentions() == {GUILD: "7"}


async def left_server(store: Store) -> dict[str, Job]:
    made = await everything_of(store)
    await store.server_joined(GUILD, NOW)
    rules = {RuleKey(Level.SERVER, GUILD, "running"): "3"}
    await store.change_rules(GUILD, rules, (), by=OTHER, at=NOW)
    await store.add_words(GUILD, ["rude"], (), by=OTHER, at=NOW)
    assert await store.server_left(GUILD, NOW)
    return made


async def test_a_server_that_was_left_is_forgotten_whole(store: Store, probe: Probe):
    await left_server(store)
    assert await store.servers_left(LATER, 10) == [GUILD]
    assert await store.forget_house(GUILD, LATER, LATER) is True
    for draft in await store.drafts_of_server(GUILD):
        await store.drop_draft(draft.id)
    assert await store.forget_server(GUILD, LATER) is False
    for kept in await store.kept_of_server(GUILD, LATER, None, 100):
        hidden = await hide(store, kept.id)
        assert hidden is not None
        assert await store.forget_job(hidden, LATER) is True
    assert await store.forget_server(GUILD, LATER) is True
    await store.drop_old_counters(NOW + 40 * DAY)
    left = await found(probe, *SECRETS, str(OTHER), "rude")
    # A choice for everywhere, and what a person may use, are not the server's.
    assert left == {("preferences", "person_id"), ("consents", "person_id")}
    assert len(await probe.rows(LEDGER)) == 5


async def test_a_server_that_has_come_back_keeps_everything(store: Store, probe: Probe):
    await left_server(store)
    await store.server_joined(GUILD, NOW + 5)
    assert await store.forget_house(GUILD, LATER, LATER) is False
    assert await store.forget_server(GUILD, LATER) is False
    assert (await store.house(GUILD)).words


async def test_budgets_of_months_that_are_over_go_with_their_server(store: Store):
    await left_server(store)
    budget = counter_of(Scope.SERVER_MONTH_USD, guild_id=GUILD, person_id=0, at=NOW)
    assert await store.forget_house(GUILD, LATER, LATER)
    assert await store.used(budget) == 5 * PRICE
    assert await store.forget_house(GUILD, LATER, NOW + 31 * DAY)
    assert await store.used(budget) == 0


async def test_every_file_is_named_once_by_a_job_or_a_draft(store: Store):
    made = await everything_of(store)
    named = [name for job in made.values() for name in [asset.id for asset in await store.assets(job.id)]]
    seen: list[str] = []
    while page := await store.asset_ids(seen[-1] if seen else "", 2):
        seen += page
    assert seen == sorted(named)
    assert await store.held_files() == {"held-1"}
    assert await store.first_job_at() == NOW


async def test_a_database_without_jobs_has_no_first(store: Store):
    assert await store.first_job_at() is None


async def test_what_is_stored_is_counted(store: Store):
    await everything_of(store)
    await running(store, 9, assets=())
    stock = await store.stock(ZOE)
    assert (stock.clips, stock.under_way, stock.files) == (5, 1, 7)
    assert (stock.reports, stock.favourites, stock.choices, stock.drafts, stock.grants, stock.blocks) == (
        1,
        1,
        2,
        1,
        1,
        1,
    )


async def test_a_person_can_have_all_of_it(store: Store):
    made = await everything_of(store)
    record = await store.person_record(ZOE)
    assert [(row["guild_id"], row["name"], row["value"]) for row in record.choices] == [
        (0, "model", "2.6"), (GUILD, "hinted", "yes"),
    ]  # fmt: skip
    assert [row["job_id"] for row in record.favourites] == [made["foreign"].id]
    assert [row["reason"] for row in record.reports] == [f"it shows {PROMPT}"]
    assert [row["kind"] for row in record.consents] == [ConsentKind.PICTURE.value]
    assert [(row["guild_id"], row["reason"]) for row in record.blocks] == [(GUILD, "rude")]
    assert [row["amount"] for row in record.grants] == [5]
    assert len(record.limits) == 3
    first = await store.clip_records(ZOE, 0, 2)
    rest = await store.clip_records(ZOE, first[-1].number, 10)
    records = [*first, *rest]
    assert [each.job.id for each in records] == [made[name].id for name in ("video", "private", "extend", "lipsync")]
    assert [asset.filename for asset in records[0].assets] == [FILE, f"{made['video'].id}.mp4"]
    assert len(records[0].deliveries) == 2
    assert records[0].events[-1].to_state is JobState.SUCCEEDED
