"""Which clip is meant: typed as an id, pasted as a message's link, or picked from a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from discord import app_commands

from bot.catalog import Catalogue, ClipKind
from bot.clock import SECOND
from bot.errors import Refused
from bot.jobs.chosen import ChosenSources
from bot.jobs.clips import ClipService
from bot.jobs.model import Job, VideoInput
from bot.jobs.requests import SourceUnknown
from bot.ui import choices
from bot.ui.language import speaking
from cogs.interaction import Interaction, belongs_here, guild_of, origin_of, sees
from cogs.our_messages import job_of_address

_LINK: Final = re.compile(
    r"https?://(?:(?:www|ptb|canary)\.)?discord(?:app)?\.com/channels/"
    r"(@me|\d{15,20})/(\d{15,20})/(\d{15,20})/?(?:\?\S*)?",
    re.ASCII | re.IGNORECASE,
)
_MESSAGE_ID: Final = re.compile(r"\d{15,20}", re.ASCII)
_WRAPPING: Final = "<>`\"' \t\n"


@dataclass(frozen=True, slots=True)
class ClipById:
    """A clip named by its short id."""

    job_id: str


@dataclass(frozen=True, slots=True)
class ClipByMessage:
    """A clip named by a message that shows it.

    Attributes:
        guild_id: the server the link names; None for a direct message, or where only an id was given.
        channel_id: the channel the link names; None where only an id was given.
    """

    message_id: int
    guild_id: int | None = None
    channel_id: int | None = None


def read_source(text: str) -> ClipById | ClipByMessage:
    """Read what stands in the option `video`: a message's link or id, or a short id with or without its "#"."""
    bare = text.strip(_WRAPPING)
    if link := _LINK.fullmatch(bare):
        guild, channel, message = link.groups()
        return ClipByMessage(int(message), None if guild == "@me" else int(guild), int(channel))
    if _MESSAGE_ID.fullmatch(bare):
        return ClipByMessage(int(bare))
    return ClipById(bare.removeprefix("#").strip().lower())


async def source_id(clips: ClipService, interaction: Interaction, text: str) -> str:
    """Return the short id of the clip that `text` names; the service judges whether it will do here.

    Raises:
        Refused: the text is a link into another server, or names no clip, or one that this person cannot see.
    """
    found = await _named(clips, interaction, text)
    here = found is not None and found.place.channel_id == interaction.channel_id
    if found is None or not (here or sees(interaction.user, found)):
        raise Refused(SourceUnknown(asked=text.strip()))
    return found.id


async def _named(clips: ClipService, interaction: Interaction, text: str) -> Job | None:
    named = read_source(text)
    if isinstance(named, ClipById):
        return await clips.of_id(named.job_id)
    if named.guild_id is not None and interaction.guild_id is not None and named.guild_id != interaction.guild_id:
        return None
    channel_id = named.channel_id if named.channel_id is not None else interaction.channel_id or 0
    return await job_of_address(clips, interaction.client, channel_id, named.message_id)


def extendable(catalogue: Catalogue, job: Job) -> bool:
    """Tell whether a finished clip is worth offering to /extend; the service decides."""
    model = catalogue.model(job.model)
    return model is not None and model.extendable and job.kind is not ClipKind.LIPSYNC


def lip_syncable(catalogue: Catalogue, job: Job) -> bool:
    """Tell whether a finished clip is worth offering to /lipsync; the service decides."""
    model = catalogue.model(job.model)
    longest = catalogue.limits.lipsync.source_seconds[1]
    fits = not isinstance(job.input, VideoInput) or job.input.seconds <= longest
    return model is not None and model.lip_syncable and fits


def matches(job: Job, typed: str) -> bool:
    """Tell whether a clip is among those that `typed` looks for: by the beginning of its id, or words of its prompt."""
    wanted = typed.strip().casefold()
    prompt = job.prompt.casefold()
    return job.id.startswith(wanted.removeprefix("#")) or all(word in prompt for word in wanted.split())


async def offered_sources(
    clips: ClipService,
    chosen: ChosenSources,
    interaction: Interaction,
    typed: str,
    fits: Callable[[Catalogue, Job], bool],
) -> list[app_commands.Choice[str]]:
    """Return the clips to pick from: the one chosen for it, the person's own in this server, then the channel's."""
    now = int(interaction.created_at.timestamp() * SECOND)
    origin = origin_of(interaction)
    first = await _chosen_clip(clips, chosen, interaction)
    found = [job for job in await clips.sources(origin) if first is None or job.id != first.id]
    with speaking(interaction.locale.value):
        marked = [choices.chosen_clip(first, now)] if first is not None and _offered(clips, first, typed, fits) else []
        return [*marked, *(choices.clip(job, now) for job in found if _offered(clips, job, typed, fits))]


def _offered(clips: ClipService, job: Job, typed: str, fits: Callable[[Catalogue, Job], bool]) -> bool:
    return fits(clips.catalogue, job) and matches(job, typed)


async def _chosen_clip(clips: ClipService, chosen: ChosenSources, interaction: Interaction) -> Job | None:
    found = await chosen.find(interaction.user.id, guild_of(interaction))
    job = await clips.of_id(found.job_id) if found is not None and found.job_id else None
    if job is None or job.removed_at is not None or not belongs_here(job, interaction):
        return None
    return job
