"""The one door to jobs: what commands, replies and buttons call."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

import structlog
from structlog.contextvars import bound_contextvars

from bot.catalog import Catalogue, ClipKind, SourceFacts, check_extend, check_lipsync
from bot.clock import Clock
from bot.errors import Refused
from bot.jobs import schedule
from bot.jobs.cards import card_facts
from bot.jobs.endings import cancelled_in_queue
from bot.jobs.loops import Wakes
from bot.jobs.model import (
    ExtendInput,
    Job,
    LipsyncInput,
    MessageRef,
    VideoInput,
)
from bot.jobs.ports import CardFacts, Duplicate, JobStore, TaskGateway
from bot.jobs.purchasing import Ceilings, Purchase, Purchasing, follow_up
from bot.jobs.requests import (
    Details,
    ExtendRequest,
    LipsyncRequest,
    NotTakingWork,
    Origin,
    PastClip,
    ServerNotEnabled,
    SourceUnfinished,
    SourceUnknown,
    Submitted,
    VideoRequest,
)
from bot.jobs.states import JobState
from bot.jobs.timing import Timing

log = structlog.get_logger(__name__)

_CHAIN_LIMIT: Final = 64
"""A three-minute clip is at most some forty extensions deep."""


class Cancellation(Enum):
    """What came of a wish to cancel."""

    CANCELLED = auto()
    """Nothing had been sent; nothing was charged."""
    REQUESTED = auto()
    """The provider will be asked; it may finish all the same."""
    TOO_LATE = auto()
    NOT_YOURS = auto()
    UNKNOWN = auto()


class JobService:
    """Takes requests, and answers questions about jobs."""

    def __init__(
        self,
        store: JobStore,
        gateway: TaskGateway,
        catalogue: Catalogue,
        ceilings: Ceilings,
        clock: Clock,
        wakes: Wakes,
        timing: Timing,
    ) -> None:
        """Keep the collaborators."""
        self._store = store
        self._gateway = gateway
        self.catalogue = catalogue
        self._servers = ceilings.servers
        self._purchasing = Purchasing(store, catalogue, ceilings, clock)
        self._clock = clock
        self._wakes = wakes
        self._timing = timing
        self._open = True

    def close(self) -> None:
        """Take no more requests: the process is about to stop."""
        self._open = False

    async def video(self, request: VideoRequest) -> Submitted:
        """Queue a clip made from words and pictures.

        Raises:
            Refused: a rule, a ceiling or the server's standing forbids it; nothing was stored.
        """
        self._admit(request.origin)
        choice = self.catalogue.choose(request.asked)
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
        return await self._buy(
            Purchase(
                origin=request.origin,
                kind=ClipKind.VIDEO,
                input=made,
                model=choice.model.key,
                mode=choice.mode,
                price=choice.price,
                notes=choice.notes,
                files=request.files,
                spoiler=request.spoiler,
                service_mode=self._gateway.service_mode,
                key_fingerprint=self._gateway.key_fingerprint,
            )
        )

    async def extend(self, request: ExtendRequest) -> Submitted:
        """Queue a longer version of a clip.

        Raises:
            Refused: as for `video`, or the clip cannot be extended.
        """
        self._admit(request.origin)
        source = await self._source(request.source_id, request.origin)
        facts = await self._source_facts(source)
        choice = check_extend(self.catalogue, facts, prompt=request.prompt, now=self._clock.now())
        return await self._buy(
            follow_up(request.origin, ClipKind.EXTEND, source, ExtendInput(prompt=choice.prompt), choice.price)
        )

    async def lipsync(self, request: LipsyncRequest) -> Submitted:
        """Queue a version of a clip that speaks.

        Raises:
            Refused: as for `video`, or the clip cannot be made to speak so.
        """
        self._admit(request.origin)
        source = await self._source(request.source_id, request.origin)
        facts = await self._source_facts(source)
        choice = check_lipsync(self.catalogue, facts, request.asked, now=self._clock.now())
        made = LipsyncInput(text=choice.say, voice=choice.voice.name if choice.voice else "", speed=choice.speed)
        files = (request.audio,) if request.audio is not None else ()
        return await self._buy(
            follow_up(request.origin, ClipKind.LIPSYNC, source, made, choice.price, notes=choice.notes, files=files)
        )

    async def card_posted(self, submitted: Submitted, card: MessageRef) -> None:
        """Remember where a job's card stands; the first one stays."""
        await self._store.set_card(submitted.job.id, card, submitted.job.revision)
        self._wakes.ring("cards")

    async def cancel(self, job_id: str, person_id: int, *, moderator: bool) -> Cancellation:
        """Cancel a job, or ask the provider to.

        Args:
            job_id: the job's short id.
            person_id: who asks.
            moderator: whether they may manage others' messages there.
        """
        job = await self._store.job(job_id)
        if job is None:
            return Cancellation.UNKNOWN
        if job.requester_id != person_id and not moderator:
            return Cancellation.NOT_YOURS
        now = self._clock.now()
        by_another = job.requester_id != person_id
        cancelled = await self._store.apply(cancelled_in_queue(job, by_another=by_another, at=now))
        self._wakes.ring("cards", "poller", "deliverer")
        if cancelled is not None:
            return Cancellation.CANCELLED
        asked = await self._store.request_cancel(job.id, person_id, now)
        return Cancellation.REQUESTED if asked is not None else Cancellation.TOO_LATE

    async def nudge(self, hook_token: str, task_id: str | None) -> bool:
        """Note that the provider spoke of a job; False if no job has this token."""
        job_id = await self._store.nudge(hook_token, task_id, self._clock.now())
        if job_id is None:
            return False
        log.info("webhook_heard", job=job_id)
        self._wakes.ring("poller")
        return True

    async def running_clips(self, origin: Origin, limit: int = 10) -> list[Submitted]:
        """Return a person's unended jobs on this server, oldest first."""
        jobs = await self._store.running_clips(origin.requester_id, origin.place.guild_id, limit)
        return [Submitted(job=job, facts=await self._facts(job)) for job in jobs]

    async def past_clips(self, origin: Origin, limit: int = 10) -> list[PastClip]:
        """Return a person's ended jobs on this server, newest first."""
        rows = await self._store.past_clips(origin.requester_id, origin.place.guild_id, limit)
        return [PastClip(job=job, message=message) for job, message in rows]

    async def sources(self, origin: Origin, limit: int = 100) -> list[Job]:
        """Return clips that may be followed up here: the person's own first, then the channel's, newest first."""
        since = self._clock.now() - schedule.SOURCE_LIFETIME
        place = origin.place
        return list(await self._store.source_clips(origin.requester_id, place.guild_id, place.channel_id, since, limit))

    async def source_of_message(self, message_id: int) -> str | None:
        """Return the short id of the job that a message shows."""
        job = await self._store.job_by_message(message_id)
        return job.id if job is not None else None

    async def details(self, job_id: str) -> Details | None:
        """Return everything known of a job."""
        job = await self._store.job(job_id)
        if job is None:
            return None
        return Details(
            job=job,
            facts=await self._facts(job),
            assets=tuple(await self._store.assets(job.id)),
            deliveries=tuple(await self._store.deliveries(job.id)),
            events=tuple(await self._store.events(job.id)),
        )

    async def _facts(self, job: Job) -> CardFacts:
        return await card_facts(self._store, self._timing, job)

    def _admit(self, origin: Origin) -> None:
        if not self._open:
            raise Refused(NotTakingWork())
        if self._servers is not None and origin.place.guild_id not in self._servers:
            raise Refused(ServerNotEnabled(guild_id=origin.place.guild_id or 0))

    async def _source(self, source_id: str, origin: Origin) -> Job:
        source = await self._store.job(source_id)
        if source is None or source.place.guild_id != origin.place.guild_id:
            raise Refused(SourceUnknown(asked=source_id))
        if source.state is not JobState.SUCCEEDED:
            raise Refused(SourceUnfinished(job_id=source.id, state=source.state))
        return source

    async def _source_facts(self, source: Job) -> SourceFacts:
        result = await self._store.asset(source.result_asset_id) if source.result_asset_id else None
        return SourceFacts(
            kind=source.kind,
            model=source.model,
            after_lipsync=await self._lipsynced(source),
            made_at=source.finished_at or source.created_at,
            duration_ms=(result.duration_ms or None) if result is not None else None,
            same_account=source.key_fingerprint == self._gateway.key_fingerprint,
        )

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

    async def _buy(self, purchase: Purchase) -> Submitted:
        """Store the job; the loops do the rest."""
        result = await self._purchasing.buy(purchase)
        with bound_contextvars(job=result.job.id):
            self._wakes.ring("intake", "submitter")
            facts = await self._facts(result.job)
            return Submitted(job=result.job, facts=facts, repeated=isinstance(result, Duplicate))
