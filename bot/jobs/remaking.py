"""A stored job as the request that would make it again: what Re-roll repeats and Edit begins from."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalog import CAMERA_MOVES, AudioFacts, Follow, LipsyncAsked, Mode, Ratio, VideoAsked
from bot.errors import Refused
from bot.jobs.model import (
    Asset,
    AssetRole,
    ExtendInput,
    Job,
    LipsyncInput,
    NewAsset,
    VideoInput,
    kept_url,
)
from bot.jobs.requests import ExtendRequest, InputsGone, LipsyncRequest, SourceUnknown, VideoRequest


def request_again(job: Job, assets: Sequence[Asset]) -> VideoRequest | ExtendRequest | LipsyncRequest:
    """Return the request that makes a job's like; its files come from the archive.

    Args:
        job: what was made, or failed.
        assets: its files as stored.

    Raises:
        Refused: a file that it needs is no longer kept.
    """
    match job.input:
        case VideoInput() as made:
            files = tuple(_kept(job, asset) for asset in assets if asset.role in {AssetRole.IMAGE, AssetRole.END_IMAGE})
            roles = {file.role for file in files}
            return VideoRequest(
                asked=_video_asked(job, made, roles), files=files, spoiler=job.spoiler, made_from=job.id
            )
        case ExtendInput() as made:
            return ExtendRequest(source_id=_source(job), prompt=made.prompt, spoiler=job.spoiler, made_from=job.id)
        case LipsyncInput() as made:
            return _lipsync(job, made, assets)


def _video_asked(job: Job, made: VideoInput, roles: set[AssetRole]) -> VideoAsked:
    return VideoAsked(
        prompt=made.prompt,
        image=AssetRole.IMAGE in roles,
        end_image=AssetRole.END_IMAGE in roles,
        model=job.model,
        mode=Mode(job.mode),
        seconds=made.seconds,
        ratio=Ratio(made.ratio) if made.ratio else None,
        sound=made.sound,
        follow=next((follow for follow in Follow if follow.cfg_scale == made.cfg_scale), None),
        camera=next(
            (move.key for move in CAMERA_MOVES if (move.axis, move.value) == (made.camera_axis, made.camera_value)), ""
        ),
        avoid=made.negative_prompt,
    )


def _lipsync(job: Job, made: LipsyncInput, assets: Sequence[Asset]) -> LipsyncRequest:
    recordings = [asset for asset in assets if asset.role is AssetRole.AUDIO]
    if not recordings:
        asked = LipsyncAsked(say=made.text, voice=made.voice, speed=made.speed)
        return LipsyncRequest(source_id=_source(job), asked=asked, spoiler=job.spoiler, made_from=job.id)
    recording = recordings[0]
    facts = AudioFacts(
        extension=recording.extension, size_bytes=recording.size, duration_ms=recording.duration_ms or None
    )
    return LipsyncRequest(
        source_id=_source(job),
        asked=LipsyncAsked(audio=facts),
        audio=_kept(job, recording),
        spoiler=job.spoiler,
        made_from=job.id,
    )


def _source(job: Job) -> str:
    if job.source_id is None:
        raise Refused(SourceUnknown(asked=job.id))
    return job.source_id


def _kept(job: Job, asset: Asset) -> NewAsset:
    if asset.archived_at is None or not asset.extension:
        raise Refused(InputsGone(job_id=job.id))
    return NewAsset(
        role=asset.role,
        url=kept_url(asset.id, asset.extension),
        filename=asset.filename,
        content_type=asset.content_type,
        size=asset.size,
        option=asset.option,
    )
