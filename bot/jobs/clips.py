"""Clips that exist: finding and listing them, and what is done with one afterwards without buying anything."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final, Protocol

from bot.catalog import Catalogue, PossibleActions, SourceFacts
from bot.clock import Clock
from bot.errors import Refused
from bot.jobs import schedule
from bot.jobs.cards import card_facts
from bot.jobs.house import House, NoRules
from bot.jobs.loops import Wakes
from bot.jobs.model import Delivery, Job, MessageRef
from bot.jobs.orders import Orders
from bot.jobs.ports import CardFacts, ClipsAsked, ClipsPage, ClipStore, JobStore, PeopleStore, TaskGateway
from bot.jobs.ports.people import BY_DISCORD
from bot.jobs.requests import (
    Details,
    ExtendRequest,
    Lineage,
    LipsyncRequest,
    Origin,
    PastClip,
    SourceRemoved,
    SourceUnfinished,
    Submitted,
    VideoRequest,
)
from bot.jobs.resting import rest_of
from bot.jobs.states import ENDED, JobState
from bot.jobs.timing import Timing

_CHILDREN_SHOWN: Final = 5


class ClipFiles(Protocol):
    """The archive, as far as clips that are made go."""

    def path(self, asset_id: str, extension: str) -> Path:
        """Return where a file is or would be."""
        ...

    async def delete(self, asset_id: str, extension: str) -> bool:
        """Delete a file; False where it was not there."""
        ...


class Removal(Enum):
    """What came of a wish to delete a clip."""

    REMOVED = auto()
    UNFINISHED = auto()
    """It is still being made or posted: cancelling comes first."""
    NOT_YOURS = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Removed:
    """What came of a wish to delete a clip, and the messages of ours that show it."""

    outcome: Removal
    messages: tuple[MessageRef, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptClip:
    """The archived file of a clip, as the provider made it; `size` is in bytes."""

    path: Path
    size: int


class ClipStores(JobStore, ClipStore, PeopleStore, Protocol):
    """What clips are kept in."""


class ClipService:
    """Answers questions about jobs, and does with clips what costs nothing."""

    def __init__(
        self,
        store: ClipStores,
        gateway: TaskGateway,
        catalogue: Catalogue,
        files: ClipFiles,
        clock: Clock,
        wakes: Wakes,
        timing: Timing,
        house: House | None = None,
    ) -> None:
        """Keep the collaborators; without a house, nobody is turned away."""
        self._store = store
        self.catalogue = catalogue
        self._orders = Orders(store, gateway, catalogue, clock)
        self._files = files
        self._house: House = house or NoRules()
        self._clock = clock
        self._wakes = wakes
        self._timing = timing

    async def running(self, origin: Origin, limit: int = 10) -> list[Submitted]:
        """Return a person's unended jobs on this server, oldest first."""
        jobs = await self._store.running_clips(origin.requester_id, origin.place.guild_id, limit)
        return [Submitted(job=job, facts=await self.facts(job)) for job in jobs]

    async def page(self, asked: ClipsAsked) -> ClipsPage:
        """Return a part of a list of ended jobs, newest first."""
        return await self._store.clips_page(asked)

    async def sources(self, origin: Origin, limit: int = 100) -> list[Job]:
        """Return clips that may be followed up here: the person's own first, then the channel's, newest first."""
        if origin.member is not None and not await self._is_welcome(origin):
            return []
        since = self._clock.now() - schedule.SOURCE_LIFETIME
        place = origin.place
        return list(await self._store.source_clips(origin.requester_id, place.guild_id, place.channel_id, since, limit))

    async def of_message(self, message_id: int) -> Job | None:
        """Return the job that a message of ours is about."""
        return await self._store.job_by_message(message_id)

    async def of_id(self, job_id: str) -> Job | None:
        """Return the job of a short id, wherever it belongs."""
        return await self._store.job(job_id)

    async def visible(self, job_id: str, origin: Origin) -> Job:
        """Return a job that may be seen from there.

        Raises:
            Refused: there is none.
        """
        return await self._orders.visible(job_id, origin)

    async def source_facts(self, job: Job) -> SourceFacts:
        """Return what decides whether a finished clip can be extended or made to speak."""
        return await self._orders.source_facts(job)

    async def possible_actions(self, job: Job) -> PossibleActions:
        """Return what can be done with an ended job, and what stands in the way of the rest."""
        return await self._orders.possible_actions(job)

    async def request_again(self, job: Job) -> VideoRequest | ExtendRequest | LipsyncRequest:
        """Return the request that makes a job's like, to be changed.

        Raises:
            Refused: it was deleted, or a file that it needs is no longer kept.
        """
        return await self._orders.request_again(job)

    async def rests_until(self, person_id: int) -> int | None:
        """Return when a person may ask again after too many refusals; None where they may now."""
        rest = await rest_of(self._store, person_id, self._clock.now())
        return rest.until if rest is not None else None

    async def details(self, job_id: str) -> Details | None:
        """Return everything known of a job."""
        job = await self._store.job(job_id)
        if job is None:
            return None
        return Details(
            job=job,
            facts=await self.facts(job),
            assets=tuple(await self._store.assets(job.id)),
            deliveries=tuple(await self._store.deliveries(job.id)),
            events=tuple(await self._store.events(job.id)),
            actions=await self.possible_actions(job) if job.state in ENDED else None,
            lineage=await self.lineage(job),
        )

    async def lineage(self, job: Job) -> Lineage:
        """Return what a job comes from, and the latest of what came of it."""
        parents = [name for name in dict.fromkeys((job.source_id, job.made_from)) if name is not None]
        return Lineage(
            parents=await self._with_messages([await self._store.job(name) for name in parents]),
            children=await self._with_messages(await self._store.children(job.id, _CHILDREN_SHOWN)),
        )

    async def repost(self, origin: Origin, job_id: str) -> Delivery:
        """Owe a channel a finished clip once more; the same request owes it once.

        Raises:
            Refused: there is no such clip here, it is not ready, or it was deleted; or who asks may not bring clips
                there.
        """
        job = await self._orders.visible(job_id, origin)
        rules = await self._house.rules_for(origin)
        adults_only = job.age_restricted and not origin.age_restricted and not origin.place.is_direct
        owed = await self._store.owe_repost(
            job.id,
            origin.request_key,
            origin.place.channel_id,
            self._clock.now(),
            spoiler=job.spoiler or rules.forces_spoiler or adults_only,
        )
        if owed is None:
            if job.removed_at is not None:
                raise Refused(SourceRemoved(job_id=job.id))
            raise Refused(SourceUnfinished(job_id=job.id, state=job.state))
        self._wakes.ring("deliverer")
        return owed

    async def remove(self, job_id: str, person_id: int, *, moderator: bool) -> Removed:
        """Delete a clip: note it, delete its file and those it was made from, and say which messages still stand.

        Asked again after a crash in between, it finishes what was begun.

        Args:
            job_id: the job's short id.
            person_id: who asks.
            moderator: whether they may manage others' messages there.
        """
        job = await self._store.job(job_id)
        if job is None:
            return Removed(Removal.UNKNOWN)
        if job.requester_id != person_id and not moderator:
            return Removed(Removal.NOT_YOURS)
        if job.state not in ENDED:
            return Removed(Removal.UNFINISHED)
        await self._store.remove_clip(job.id, self._clock.now(), by=person_id)
        for asset in await self._store.assets(job.id):
            if asset.extension:
                await self._files.delete(asset.id, asset.extension)
        self._wakes.ring("cards")
        deliveries = await self._store.deliveries(job.id)
        return Removed(Removal.REMOVED, tuple(row.message for row in deliveries if row.message is not None))

    async def set_favourite(self, job_id: str, person_id: int, *, on: bool) -> None:
        """Put a clip among a person's favourites, or take it out."""
        await self._store.set_favourite(person_id, job_id, on, self._clock.now())

    async def is_favourite(self, job_id: str, person_id: int) -> bool:
        """Tell whether a clip is among a person's favourites."""
        return await self._store.is_favourite(person_id, job_id)

    async def kept(self, job: Job) -> KeptClip | None:
        """Return the clip's file as the provider made it, None where it is not kept."""
        result = await self._store.asset(job.result_asset_id) if job.result_asset_id else None
        if job.removed_at is not None or result is None or not result.extension:
            return None
        path = self._files.path(result.id, result.extension)
        return KeptClip(path, result.size) if await asyncio.to_thread(path.is_file) else None

    async def report(self, job: Job, person_id: int, reason: str) -> bool:
        """Keep a report, of which somebody is told soon; False where this person had reported the clip before."""
        new = await self._store.report(job.id, person_id, reason, self._clock.now())
        self._wakes.ring("reports")
        return new

    async def held_back(self, job_id: str) -> None:
        """Note that Discord's filters held back a clip's words, so that its server's moderators are told once."""
        await self._store.report(job_id, BY_DISCORD, "", self._clock.now())
        self._wakes.ring("reports")

    async def _is_welcome(self, origin: Origin) -> bool:
        try:
            await self._house.rules_for(origin)
        except Refused:
            return False
        return True

    async def _with_messages(self, jobs: Sequence[Job | None]) -> tuple[PastClip, ...]:
        return tuple([PastClip(job=job, message=await self._message(job)) for job in jobs if job is not None])

    async def _message(self, job: Job) -> MessageRef | None:
        if job.state is not JobState.SUCCEEDED:
            return None
        posted = [row.message for row in await self._store.deliveries(job.id) if row.message is not None]
        return posted[-1] if posted else None

    async def facts(self, job: Job) -> CardFacts:
        """Return what stands beside a job on its card."""
        return await card_facts(self._store, self._timing, job)
