"""Ended jobs are listed a page at a time, to each viewer what is theirs to see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.jobs.model import Destination, Job, MessageRef, Place, Purpose
from bot.jobs.ports import ClipsAsked, ClipsPage, ListedClip
from bot.jobs.states import DELIVER, ENDED, SUCCEED, JobState
from storage.store import Store
from tests.contract.samples import CHANNEL, GUILD, NOW, PERSON, finished, job_in, move, send, submitted

OTHER = PERSON + 1
HERE = Place(guild_id=GUILD, channel_id=CHANNEL, upload_limit=1)
UNSEEN = replace(HERE, channel_id=CHANNEL + 60, destination=Destination.DIRECT)
THREAD = replace(HERE, destination=Destination.THREAD)
ELSEWHERE = replace(HERE, guild_id=GUILD + 1)
DIRECT_MESSAGES = Place(guild_id=None, channel_id=CHANNEL + 60, upload_limit=1)


def asking(**changes: Any) -> ClipsAsked:
    return replace(ClipsAsked(viewer_id=PERSON, guild_id=GUILD, channel_id=CHANNEL, limit=50), **changes)


def listed(page: ClipsPage) -> list[Job]:
    assert len(page.clips) == page.total
    return [clip.job for clip in page.clips]


async def test_a_servers_list_has_everybodys_ended_jobs_newest_first(store: Store):
    mine = await finished(store, NOW + 10)
    others = await finished(store, NOW + 30, requester_id=OTHER, place=THREAD)
    middle = await finished(store, NOW + 20)
    await submitted(store)
    await finished(store, NOW + 40, place=ELSEWHERE)
    await finished(store, NOW + 40, place=DIRECT_MESSAGES)
    page = await store.clips_page(asking())
    assert page == ClipsPage(
        clips=tuple(ListedClip(job=job, message=None, favourite=False) for job in (others, middle, mine)), total=3
    )


async def test_every_ending_is_listed_and_nothing_that_has_not_ended(store: Store):
    jobs = [await job_in(store, state) for state in JobState]
    assert {job.state for job in listed(await store.clips_page(asking()))} == ENDED
    assert {job.state for job in listed(await store.clips_page(asking(requester_id=PERSON)))} == ENDED
    for job in jobs:
        await store.set_favourite(PERSON, job.id, on=True, now=NOW)
    assert {job.state for job in listed(await store.clips_page(asking(favourites=True)))} == ENDED


async def test_private_jobs_are_listed_to_their_own_person_alone(store: Store):
    private = await finished(store, NOW + 10, place=UNSEEN, requester_id=OTHER)
    for person in (PERSON, OTHER):
        await store.set_favourite(person, private.id, on=True, now=NOW)
    for asked in (asking(), asking(requester_id=OTHER), asking(favourites=True)):
        assert listed(await store.clips_page(asked)) == []
    for asked in (asking(requester_id=OTHER), asking(favourites=True)):
        assert listed(await store.clips_page(replace(asked, viewer_id=OTHER))) == [private]


async def test_direct_messages_list_only_the_viewers_own(store: Store):
    mine = await finished(store, NOW + 10, place=DIRECT_MESSAGES)
    theirs = await finished(store, NOW + 10, place=DIRECT_MESSAGES, requester_id=OTHER)
    await finished(store, NOW + 10)
    await finished(store, NOW + 10, place=UNSEEN)
    for job in (mine, theirs):
        await store.set_favourite(PERSON, job.id, on=True, now=NOW)
    here = asking(guild_id=None)
    assert listed(await store.clips_page(here)) == [mine]
    assert listed(await store.clips_page(replace(here, requester_id=PERSON))) == [mine]
    assert listed(await store.clips_page(replace(here, favourites=True))) == [mine]
    for favourites in (False, True):
        asked = replace(here, requester_id=OTHER, favourites=favourites)
        assert await store.clips_page(asked) == ClipsPage(clips=(), total=0)


async def test_one_persons_jobs_can_be_asked_for(store: Store):
    await finished(store, NOW + 10)
    theirs = await finished(store, NOW + 20, requester_id=OTHER)
    await finished(store, NOW + 30, requester_id=OTHER, place=ELSEWHERE)
    await finished(store, NOW + 30, requester_id=OTHER, place=DIRECT_MESSAGES)
    assert listed(await store.clips_page(asking(requester_id=OTHER))) == [theirs]


async def test_others_clips_are_listed_where_they_were_asked_for(store: Store):
    there = replace(HERE, channel_id=CHANNEL + 70)
    theirs = await finished(store, NOW + 1, requester_id=OTHER, place=there)
    mine = await finished(store, NOW + 2, place=there)

    assert listed(await store.clips_page(asking())) == []
    assert listed(await store.clips_page(asking(requester_id=PERSON))) == [mine]
    assert listed(await store.clips_page(asking(requester_id=OTHER))) == []
    assert listed(await store.clips_page(asking(channel_id=CHANNEL + 70))) == [mine, theirs]

    await store.set_favourite(PERSON, theirs.id, on=True, now=NOW)
    assert listed(await store.clips_page(asking(favourites=True))) == [theirs]


async def test_a_deleted_clip_is_a_favourite_no_more(store: Store):
    job = await finished(store, NOW + 1)
    await store.set_favourite(PERSON, job.id, on=True, now=NOW)

    await store.remove_clip(job.id, NOW + 2)

    assert listed(await store.clips_page(asking(favourites=True))) == []
    assert [one.id for one in listed(await store.clips_page(asking()))] == [job.id]


async def test_favourites_are_the_viewers_own(store: Store):
    liked, plain, theirs = [await finished(store, NOW + n, requester_id=PERSON + n % 2) for n in (1, 2, 3)]
    elsewhere = await finished(store, NOW + 9, place=ELSEWHERE)
    for job in (liked, elsewhere):
        await store.set_favourite(PERSON, job.id, on=True, now=NOW)
    await store.set_favourite(OTHER, theirs.id, on=True, now=NOW)
    assert listed(await store.clips_page(asking(favourites=True))) == [liked]
    assert listed(await store.clips_page(asking(favourites=True, requester_id=PERSON))) == []
    assert listed(await store.clips_page(asking(favourites=True, requester_id=OTHER))) == [liked]
    everything = await store.clips_page(asking())
    assert [(clip.job.id, clip.favourite) for clip in everything.clips] == [
        (theirs.id, False),
        (plain.id, False),
        (liked.id, True),
    ]


async def test_a_favourite_is_taken_out_again_and_twice_is_once(store: Store):
    clip = await finished(store, NOW + 10)
    for on, length in ((True, 1), (True, 1), (False, 0), (False, 0)):
        await store.set_favourite(PERSON, clip.id, on=on, now=NOW)
        assert (await store.clips_page(asking(favourites=True))).total == length


async def test_clips_only_leaves_out_what_made_none_and_what_is_deleted(store: Store):
    for state in ENDED:
        await job_in(store, state)
    kept = await finished(store, NOW + 10)
    gone = await finished(store, NOW + 20)
    await store.remove_clip(gone.id, NOW + 30)
    everything = [clip.job.id for clip in (await store.clips_page(asking())).clips]
    clips = listed(await store.clips_page(asking(clips_only=True)))
    assert gone.id in everything
    assert {job.state for job in clips} == {JobState.SUCCEEDED}
    assert kept in clips
    assert len(clips) == 2


async def test_pages_follow_each_other_without_gap_or_repeat_under_equal_times(store: Store):
    jobs = [await finished(store, NOW + 10) for _ in range(7)]
    newest_first = [job.id for job in reversed(jobs)]
    pages = [await store.clips_page(asking(offset=offset, limit=3)) for offset in (0, 3, 6)]
    assert [[clip.job.id for clip in page.clips] for page in pages] == [
        newest_first[:3],
        newest_first[3:6],
        newest_first[6:],
    ]
    assert [page.total for page in pages] == [7, 7, 7]


async def test_a_page_past_the_end_is_empty_and_still_says_how_many_there_are(store: Store):
    await finished(store, NOW + 10)
    assert await store.clips_page(asking(offset=5)) == ClipsPage(clips=(), total=1)


async def test_an_empty_list_is_empty(store: Store):
    for asked in (asking(), asking(requester_id=OTHER), asking(favourites=True), asking(guild_id=None)):
        assert await store.clips_page(asked) == ClipsPage(clips=(), total=0)


async def test_a_clip_leads_to_the_message_of_its_end_not_to_a_repost(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, SUCCEED, purpose=Purpose.RESULT, due_at=None))
    (result,) = await store.deliveries(job.id)
    repost = await store.owe_repost(job.id, "press-1", CHANNEL + 3, NOW)
    assert repost is not None
    seen = []
    for owed, message in ((result, MessageRef(CHANNEL, 71)), (repost, MessageRef(CHANNEL + 3, 72))):
        await store.apply_delivery(send(owed, DELIVER, message=message))
        (clip,) = (await store.clips_page(asking())).clips
        seen.append(clip.message)
    assert seen == [MessageRef(CHANNEL, 71), MessageRef(CHANNEL, 71)]
