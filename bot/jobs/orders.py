"""From a request to a purchase: every rule of the catalogue and of the clip that is gone on from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from bot.catalog import (
    Catalogue,
    ClipKind,
    PossibleActions,
    SourceFacts,
    check_extend,
    check_lipsync,
    possible_actions,
)
from bot.clock import Clock
from bot.errors import Refusal, Refused
from bot.jobs.model import Asset, ExtendInput, Job, LipsyncInput, VideoInput
from bot.jobs.ports import TaskGateway
from bot.jobs.preferences import Choices, Preferences, read_preferences
from bot.jobs.purchasing import Purchase, follow_up
from bot.jobs.remaking import request_again
from bot.jobs.requests import (
    ClipForgotten,
    ExtendRequest,
    LipsyncRequest,
    Origin,
    Request,
    RerunRequest,
    SourceRemoved,
    SourceUnfinished,
    SourceUnknown,
    VideoRequest,
)
from bot.jobs.states import JobState

_CHAIN_LIMIT: Final = 64
"""A three-minute clip is at most some forty extensions deep."""
_NO_CHOICES: Final = Preferences()


class OrderStore(Choices, Protocol):
    """What orders are judged by."""

    async def job(self, job_id: str) -> Job | None:
        """Return a job, None where there is none."""
        ...

    async def asset(self, asset_id: str) -> Asset | None:
        """Return a file, None where there is none."""
        ...

    async def assets(self, job_id: str) -> Sequence[Asset]:
        """Return a job's files."""
        ...


class _ReadOnce:
    """Reads each thing once for one answer: what stands in a clip's way is asked again and again of the same rows."""

    def __init__(self, store: OrderStore, *known: Job) -> None:
        self._store = store
        self._jobs: dict[str, Job | None] = {job.id: job for job in known}
        self._files: dict[str, Asset | None] = {}
        self._files_of: dict[str, Sequence[Asset]] = {}

    async def job(self, job_id: str) -> Job | None:
        if job_id not in self._jobs:
            self._jobs[job_id] = await self._store.job(job_id)
        return self._jobs[job_id]

    async def asset(self, asset_id: str) -> Asset | None:
        if asset_id not in self._files:
            self._files[asset_id] = await self._store.asset(asset_id)
        return self._files[asset_id]

    async def assets(self, job_id: str) -> Sequence[Asset]:
        if job_id not in self._files_of:
            self._files_of[job_id] = await self._store.assets(job_id)
        return self._files_of[job_id]

    async def preferences(self, person_id: int, guild_id: int) -> Mapping[str, str]:
        return await self._store.preferences(person_id, guild_id)


class Orders:
    """Judges requests; stores nothing. What it reads for one answer it reads once."""

    def __init__(self, store: OrderStore, gateway: TaskGateway, catalogue: Catalogue, clock: Clock) -> None:
        """Keep the collaborators."""
        self._store = store
        self._gateway = gateway
        self._catalogue = catalogue
        self._clock = clock

    async def purchase(self, origin: Origin, request: Request, house: Preferences = _NO_CHOICES) -> Purchase:
        """Return what a request would buy; see `_Judgement.purchase`."""
        return await self._judgement().purchase(origin, request, house)

    async def request_again(self, job: Job) -> VideoRequest | ExtendRequest | LipsyncRequest:
        """Return the request that makes a job's like; see `_Judgement.request_again`."""
        return await self._judgement().request_again(job)

    async def visible(self, job_id: str, origin: Origin) -> Job:
        """Return a job that may be seen from there; see `_Judgement.visible`."""
        return await self._judgement().visible(job_id, origin)

    async def source_facts(self, source: Job) -> SourceFacts:
        """Return what decides how a finished clip can be gone on from."""
        return await self._judgement(source).source_facts(source)

    async def possible_actions(self, job: Job) -> PossibleActions:
        """Return what can be done with an ended job, and what stands in the way of the rest."""
        return await self._judgement(job).possible_actions(job)

    def _judgement(self, *known: Job) -> _Judgement:
        return _Judgement(_ReadOnce(self._store, *known), self._gateway, self._catalogue, self._clock)


class _Judgement:
    """One answer."""

    def __init__(self, store: OrderStore, gateway: TaskGateway, catalogue: Catalogue, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._catalogue = catalogue
        self._clock = clock

    async def purchase(self, origin: Origin, request: Request, house: Preferences = _NO_CHOICES) -> Purchase:
        """Return what a request would buy.

        Args:
            origin: who asks, and where.
            request: what for.
            house: what the channel or the server chose for whoever chose nothing.

        Raises:
            Refused: a rule forbids it.
        """
        if isinstance(request, RerunRequest):
            again = await self.request_again(await self.visible(request.job_id, origin))
            return await self.purchase(origin, again, house)
        made_from = await self._store.job(request.made_from) if request.made_from is not None else None
        _check_kept(made_from)
        bought = await self._judged(origin, request, house)
        adults_only = bought.age_restricted or (made_from is not None and made_from.age_restricted)
        return replace(bought, age_restricted=adults_only)

    async def _judged(
        self, origin: Origin, request: VideoRequest | ExtendRequest | LipsyncRequest, house: Preferences
    ) -> Purchase:
        match request:
            case VideoRequest():
                return await self._video(origin, request, house)
            case ExtendRequest():
                return await self._extend(origin, request)
            case LipsyncRequest():
                return await self._lipsync(origin, request)

    async def request_again(self, job: Job) -> VideoRequest | ExtendRequest | LipsyncRequest:
        """Return the request that makes a job's like.

        Raises:
            Refused: it was deleted, or a file that it needs is no longer kept.
        """
        _check_kept(job)
        return request_again(job, await self._store.assets(job.id))

    async def visible(self, job_id: str, origin: Origin) -> Job:
        """Return a job that may be seen from there.

        Raises:
            Refused: there is none: jobs never cross servers, and a private one is its person's alone. Or nothing is
                kept of it any more.
        """
        job = await self._store.job(job_id)
        if job is not None and job.forgotten_at is not None:
            raise Refused(ClipForgotten(job_id=job.id))
        if job is None or job.place.guild_id != origin.place.guild_id:
            raise Refused(SourceUnknown(asked=job_id))
        if job.place.is_direct and job.requester_id != origin.requester_id:
            raise Refused(SourceUnknown(asked=job_id))
        return job

    async def _video(self, origin: Origin, request: VideoRequest, house: Preferences) -> Purchase:
        defaults = Preferences()
        if request.made_from is None:
            defaults = (await read_preferences(self._store, origin.requester_id)).over(house)
        choice = defaults.choose(self._catalogue, request.asked)
        made = VideoInput(
            prompt=choice.prompt,
            seconds=choice.seconds,
            negative_prompt=choice.negative_prompt,
            cfg_scale=choice.cfg_scale,
            ratio=choice.ratio,
            camera_axis=choice.camera.axis if choice.camera else "",
            camera_value=choice.camera.value if choice.camera else 0,
            sound=choice.sound,
        )
        return Purchase(
            origin=origin,
            kind=ClipKind.VIDEO,
            input=made,
            model=choice.model.key,
            mode=choice.mode,
            price=choice.price,
            notes=choice.notes,
            files=request.files,
            spoiler=defaults.spoiler if request.spoiler is None else request.spoiler,
            made_from=request.made_from,
            service_mode=self._gateway.service_mode,
            key_fingerprint=self._gateway.key_fingerprint,
        )

    async def _extend(self, origin: Origin, request: ExtendRequest) -> Purchase:
        source = await self._source(request.source_id, origin)
        facts = await self.source_facts(source)
        choice = check_extend(self._catalogue, facts, prompt=request.prompt, now=self._clock.now())
        made = ExtendInput(prompt=choice.prompt)
        bought = follow_up(origin, ClipKind.EXTEND, source, made, choice.price)
        return _for_request(bought, request)

    async def _lipsync(self, origin: Origin, request: LipsyncRequest) -> Purchase:
        source = await self._source(request.source_id, origin)
        facts = await self.source_facts(source)
        choice = check_lipsync(self._catalogue, facts, request.asked, now=self._clock.now())
        made = LipsyncInput(text=choice.say, voice=choice.voice.name if choice.voice else "", speed=choice.speed)
        files = (request.audio,) if request.audio is not None else ()
        bought = follow_up(origin, ClipKind.LIPSYNC, source, made, choice.price, notes=choice.notes, files=files)
        return _for_request(bought, request)

    async def _source(self, source_id: str, origin: Origin) -> Job:
        source = await self.visible(source_id, origin)
        _check_kept(source)
        if source.state is not JobState.SUCCEEDED:
            raise Refused(SourceUnfinished(job_id=source.id, state=source.state))
        return source

    async def source_facts(self, source: Job) -> SourceFacts:
        """Return what decides how a finished clip can be gone on from."""
        result = await self._store.asset(source.result_asset_id) if source.result_asset_id else None
        return SourceFacts(
            kind=source.kind,
            model=source.model,
            after_lipsync=await self._lipsynced(source),
            made_at=source.finished_at or source.created_at,
            duration_ms=(result.duration_ms or None) if result is not None else None,
            same_account=source.key_fingerprint == self._gateway.key_fingerprint,
        )

    async def possible_actions(self, job: Job) -> PossibleActions:
        """Return what can be done with an ended job, and what stands in the way of the rest."""
        now = self._clock.now()
        actions = possible_actions(self._catalogue, await self.source_facts(job), now)
        own = Origin(request_key="", requester_id=job.requester_id, place=job.place)
        return replace(actions, no_again=await self._no_again(job, own), no_edit=await self._no_edit(job, own, now))

    async def _no_again(self, job: Job, origin: Origin) -> Refusal | None:
        try:
            await self.purchase(origin, RerunRequest(job_id=job.id))
        except Refused as error:
            return error.refusal
        return None

    async def _no_edit(self, job: Job, origin: Origin, now: int) -> Refusal | None:
        """Return what no change of its options could mend: that it was deleted, or the clip that it goes on from."""
        if job.removed_at is not None:
            return SourceRemoved(job_id=job.id)
        if job.source_id is None:
            return None
        try:
            source = await self._source(job.source_id, origin)
        except Refused as error:
            return error.refusal
        actions = possible_actions(self._catalogue, await self.source_facts(source), now)
        return actions.no_extend if job.kind is ClipKind.EXTEND else actions.no_lipsync

    async def _lipsynced(self, job: Job) -> bool:
        """Tell whether a lip-sync stands anywhere in the clip's line."""
        link: Job | None = job
        for _ in range(_CHAIN_LIMIT):
            if link is None:
                return False
            if link.kind is ClipKind.LIPSYNC:
                return True
            link = await self._store.job(link.source_id) if link.source_id else None
        return False


def _check_kept(job: Job | None) -> None:
    """Refuse a clip that was deleted: nothing is made from it any more, and it is not made again."""
    if job is not None and job.removed_at is not None:
        raise Refused(SourceRemoved(job_id=job.id))


def _for_request(bought: Purchase, request: ExtendRequest | LipsyncRequest) -> Purchase:
    spoiler = bought.spoiler if request.spoiler is None else request.spoiler
    return replace(bought, made_from=request.made_from, spoiler=spoiler)
