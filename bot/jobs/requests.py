"""What people ask the job service for, and why it may refuse."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalog import LipsyncAsked, VideoAsked
from bot.errors import Refusal
from bot.jobs.model import Asset, Delivery, Job, JobEvent, MessageRef, NewAsset, Place
from bot.jobs.ports import CardFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who asks, where, and what makes a repeat the same request.

    Attributes:
        request_key: the interaction id, or the reply's message id.
    """

    request_key: str
    requester_id: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """A `/video` command; `files` are its images, already checked as far as Discord describes them."""

    origin: Origin
    asked: VideoAsked
    files: tuple[NewAsset, ...] = ()
    spoiler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendRequest:
    """An `/extend` command."""

    origin: Origin
    source_id: str
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LipsyncRequest:
    """A `/lipsync` command; `audio` is its recording, as `asked.audio` describes it."""

    origin: Origin
    source_id: str
    asked: LipsyncAsked
    audio: NewAsset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A job that is stored, or was stored by the same request before (`repeated`)."""

    job: Job
    facts: CardFacts
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PastClip:
    """An ended job with where its last message stands."""

    job: Job
    message: MessageRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Everything known of a job, for its Details view."""

    job: Job
    facts: CardFacts
    assets: tuple[Asset, ...]
    deliveries: tuple[Delivery, ...]
    events: tuple[JobEvent, ...]


@dataclass(frozen=True, kw_only=True)
class ServerNotEnabled(Refusal):
    """This server may not spend.

    Attributes:
        guild_id: what the owner would add to SERVERS; 0 in a direct message.
    """

    guild_id: int


@dataclass(frozen=True, kw_only=True)
class PriceOverCeiling(Refusal):
    """One clip of this kind costs more than the operator allows; micro-dollars, None where its price is not known."""

    price_microusd: int | None
    ceiling_microusd: int


@dataclass(frozen=True, kw_only=True)
class SourceUnknown(Refusal):
    """No clip of this server goes by that name.

    Attributes:
        asked: what was given for the clip.
    """

    option: str = "video"
    asked: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceUnfinished(Refusal):
    """The clip is not ready, or never will be.

    Attributes:
        job_id: the clip's short id.
        state: the state of its job.
    """

    option: str = "video"
    job_id: str
    state: str


@dataclass(frozen=True, kw_only=True)
class NotTakingWork(Refusal):
    """The bot is about to restart."""
