"""What is in the archive, as the store knows it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.jobs.model import AssetRole, Job, JobNote
from bot.jobs.ports import ArchivedFile
from bot.jobs.states import CANCEL_QUEUED, SUBMIT, SUCCEED, JobState
from storage.store import Store
from tests.contract.samples import NOW, Probe, an_image, job_in, move, submitted

SOON = NOW + 60_000
PICTURE = ArchivedFile("jpg", "image/jpeg", 999, "a" * 64, width=640, height=480, converted=True)
CLIP = ArchivedFile("mp4", "video/mp4", 4_000_000, "b" * 64, width=1280, height=720, duration_ms=5_040)


async def unprepared(store: Store) -> Job:
    await submitted(store, assets=(an_image(), an_image(role=AssetRole.END_IMAGE)))
    (job,) = await store.claim_unprepared(NOW, "lease-1", SOON, 1)
    return job


async def test_prepared_inputs_are_kept_and_the_job_goes_on(store: Store):
    job = await unprepared(store)
    first, second = await store.assets(job.id)
    notes = (JobNote.IMAGE_CONVERTED, JobNote.IMAGE_SCALED)
    assert await store.mark_inputs_ready(job.id, "lease-1", {first.id: PICTURE}, notes, NOW + 50) is True
    after = await store.job(job.id)
    assert after is not None
    assert (after.inputs_ready, after.notes, after.due_at) == (True, notes, NOW + 50)
    assert (after.lease, after.lease_until, after.revision) == (None, None, job.revision + 1)
    assert await store.asset(first.id) == replace(
        first,
        extension="jpg",
        content_type="image/jpeg",
        size=999,
        sha256="a" * 64,
        width=640,
        height=480,
        converted=True,
        archived_at=NOW + 50,
    )
    assert await store.asset(second.id) == second


async def test_notes_are_added_to_those_there_were_each_once(store: Store):
    await submitted(store, assets=(an_image(),), notes=(JobNote.RATIO_IGNORED,))
    (job,) = await store.claim_unprepared(NOW, "lease-1", SOON, 1)
    await store.mark_inputs_ready(job.id, "lease-1", {}, [JobNote.IMAGE_SCALED, JobNote.RATIO_IGNORED], NOW)
    after = await store.job(job.id)
    assert after is not None
    assert after.notes == (JobNote.RATIO_IGNORED, JobNote.IMAGE_SCALED)


async def test_without_new_notes_the_old_ones_stay(store: Store):
    await submitted(store, assets=(an_image(),), notes=(JobNote.RATIO_IGNORED,))
    (job,) = await store.claim_unprepared(NOW, "lease-1", SOON, 1)
    await store.mark_inputs_ready(job.id, "lease-1", {}, [], NOW)
    after = await store.job(job.id)
    assert after is not None
    assert after.notes == (JobNote.RATIO_IGNORED,)


async def test_a_worker_that_lost_its_lease_records_no_inputs(store: Store):
    job = await unprepared(store)
    first, _ = await store.assets(job.id)
    assert await store.mark_inputs_ready(job.id, "lease-2", {first.id: PICTURE}, [], NOW) is False
    assert await store.job(job.id) == job
    assert await store.asset(first.id) == first


async def test_a_cancelled_job_takes_no_inputs(store: Store):
    job = await unprepared(store)
    cancelled = await store.apply(move(job, CANCEL_QUEUED, due_at=None))
    assert await store.mark_inputs_ready(job.id, "lease-1", {}, [], NOW) is False
    assert await store.job(job.id) == cancelled


async def test_a_job_that_left_the_queue_takes_no_inputs_even_under_its_lease(store: Store):
    job = await unprepared(store)
    posting = await store.apply(move(job, SUBMIT, lease="lease-1", keep_lease_until=SOON))
    assert await store.mark_inputs_ready(job.id, "lease-1", {}, [], NOW) is False
    assert await store.job(job.id) == posting


async def test_a_file_of_another_job_is_out_of_reach(store: Store):
    other = await submitted(store, assets=(an_image(),), due_at=NOW + 999_999)
    (foreign,) = await store.assets(other.id)
    job = await unprepared(store)
    assert await store.mark_inputs_ready(job.id, "lease-1", {foreign.id: PICTURE}, [], NOW) is True
    assert await store.asset(foreign.id) == foreign


# --- the clip ---------------------------------------------------------------------------------------------------------


async def test_a_clip_is_recorded_with_its_job(store: Store):
    job = await job_in(store, JobState.SUCCEEDED, assets=(an_image(),))
    await store.claim_unarchived(NOW + 9_000, "lease-1", SOON, 1)
    assert await store.record_result(job.id, "https://p.example/1", "asset-1", CLIP, NOW + 70) is True
    after = await store.job(job.id)
    assert after is not None
    assert (after.result_asset_id, after.due_at, after.lease, after.lease_until) == ("asset-1", None, None, None)
    picture, clip = await store.assets(job.id)
    assert picture.role is AssetRole.IMAGE
    assert clip == await store.asset("asset-1")
    assert (clip.role, clip.source_url, clip.filename, clip.option) == (
        AssetRole.RESULT,
        "https://p.example/1",
        f"{job.id}.mp4",
        "",
    )
    assert (clip.extension, clip.content_type, clip.size, clip.sha256) == ("mp4", "video/mp4", 4_000_000, "b" * 64)
    assert (clip.width, clip.height, clip.duration_ms, clip.converted) == (1280, 720, 5_040, False)
    assert (clip.archived_at, clip.created_at) == (NOW + 70, NOW + 70)


async def test_inputs_come_before_the_clip_whenever_they_were_stored(store: Store):
    job = await job_in(store, JobState.SUCCEEDED, assets=(an_image(role=AssetRole.AUDIO), an_image()))
    await store.record_result(job.id, "https://p.example/1", "asset-1", CLIP, NOW - 99_999)
    assert [asset.role for asset in await store.assets(job.id)] == [
        AssetRole.AUDIO,
        AssetRole.IMAGE,
        AssetRole.RESULT,
    ]


async def test_a_clip_is_recorded_once_however_many_try(store: Store, probe: Probe):
    job = await job_in(store, JobState.SUCCEEDED)
    answers = await asyncio.gather(
        *(store.record_result(job.id, "https://p.example/1", f"asset-{n}", CLIP, NOW) for n in range(5))
    )
    assert sorted(answers) == [False] * 4 + [True]
    assert await probe.value("SELECT COUNT(*) FROM assets") == 1


@pytest.mark.parametrize("state", [state for state in JobState if state is not JobState.SUCCEEDED])
async def test_only_a_succeeded_job_has_a_clip(store: Store, state: JobState):
    job = await job_in(store, state)
    assert await store.record_result(job.id, "https://p.example/1", "asset-1", CLIP, NOW) is False
    assert await store.job(job.id) == job
    assert await store.asset("asset-1") is None


async def test_a_fresh_address_replaces_the_old_one_until_the_clip_is_archived(store: Store):
    job = await job_in(store, JobState.RUNNING)
    await store.apply(move(job, SUCCEED, output_url="https://p.example/old"))
    await store.set_output_url(job.id, "https://p.example/fresh")
    after = await store.job(job.id)
    assert after is not None
    assert after.output_url == "https://p.example/fresh"
    await store.record_result(job.id, "https://p.example/fresh", "asset-1", CLIP, NOW)
    await store.set_output_url(job.id, "https://p.example/too-late")
    after = await store.job(job.id)
    assert after is not None
    assert after.output_url == "https://p.example/fresh"
