"""What people ask the job service for, and why it may refuse."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalog import LipsyncAsked, PossibleActions, VideoAsked
from bot.errors import Refusal
from bot.jobs.costs import Cost
from bot.jobs.house import ConsentKind
from bot.jobs.model import Asset, Delivery, Job, JobEvent, MessageRef, NewAsset, Place, PriceBasis
from bot.jobs.ports import CardFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What a server knows of one of its members.

    Attributes:
        roles: ids of their roles, without the one that everybody has.
        joined_at: when they joined, UTC milliseconds; None where Discord does not say.
        manages: whether they have Manage Server (or are the owner, or an administrator).
    """

    roles: frozenset[int] = frozenset()
    joined_at: int | None = None
    manages: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who asks, where, and what makes a repeat the same request.

    Attributes:
        request_key: the interaction id, the reply's message id, or the draft that was taken up.
        member: what the server that pays knows of them; None where they ask from direct messages, and it has to be
            asked.
        asked_in: the channel on a server where they ask for what goes into direct messages; None where it goes nowhere
            else, and in direct messages.
        parent_channel_id: the channel that the one where they ask is a thread of; None for none.
        age_restricted: whether the channel is for adults only.
        repeat_key: what a second click within moments has in common with the first; "" where none can follow.
    """

    request_key: str
    requester_id: int
    place: Place
    repeat_key: str = ""
    member: Membership | None = None
    asked_in: int | None = None
    parent_channel_id: int | None = None
    age_restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """A clip from words and pictures; `files` are its images, already checked as far as Discord describes them.

    Attributes:
        spoiler: None leaves it to the person's own default.
        made_from: the job that this one repeats or changes; then no default of the person's is added.
    """

    asked: VideoAsked
    files: tuple[NewAsset, ...] = ()
    spoiler: bool | None = None
    made_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendRequest:
    """A clip that goes on.

    Attributes:
        spoiler: None leaves it as it is for the source.
    """

    source_id: str
    prompt: str = ""
    spoiler: bool | None = None
    made_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LipsyncRequest:
    """A clip that speaks; `audio` is its recording, as `asked.audio` describes it.

    Attributes:
        spoiler: None leaves it as it is for the source.
    """

    source_id: str
    asked: LipsyncAsked
    audio: NewAsset | None = None
    spoiler: bool | None = None
    made_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RerunRequest:
    """The same once more: a new take of a clip that worked, or another try of one that did not."""

    job_id: str


Request = VideoRequest | ExtendRequest | LipsyncRequest | RerunRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A job that is stored, or was stored by the same request before (`repeated`)."""

    job: Job
    facts: CardFacts
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a person was told that it costs before they said yes."""

    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a request would buy now; nothing is stored or held for it.

    Attributes:
        cost: what it costs.
        left_today: how many clips the person may still order today, this one included; None without a ceiling.
        frees_at: when the person's day ends, UTC milliseconds.
        consent: what the person has to say first that they may use; None for nothing.
    """

    cost: Cost
    left_today: int | None
    frees_at: int
    consent: ConsentKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastClip:
    """An ended job with where its last message stands."""

    job: Job
    message: MessageRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What a job comes from and what came of it; both may name jobs that only their own person may see.

    Attributes:
        parents: the jobs it goes on from or repeats, each with where its message stands.
        children: the jobs that go on from it or repeat it, newest first.
    """

    parents: tuple[PastClip, ...] = ()
    children: tuple[PastClip, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Everything known of a job, for its Details view.

    Attributes:
        lineage: what it comes from, and what came of it.
        actions: what can be done with it now; None while it is under way.
    """

    job: Job
    facts: CardFacts
    assets: tuple[Asset, ...]
    deliveries: tuple[Delivery, ...]
    events: tuple[JobEvent, ...]
    lineage: Lineage = Lineage()
    actions: PossibleActions | None = None


@dataclass(frozen=True, kw_only=True)
class ServerNotEnabled(Refusal):
    """This server may not spend.

    Attributes:
        guild_id: what the owner would add to SERVERS; 0 in a direct message.
    """

    guild_id: int


@dataclass(frozen=True, kw_only=True)
class PriceOverCeiling(Refusal):
    """One clip of this kind costs more than the operator allows, or may.

    Attributes:
        price_microusd: what it costs; None where nobody knows.
        seen: whether that is the most that its like was charged.
    """

    price_microusd: int | None
    seen: bool = False
    ceiling_microusd: int


@dataclass(frozen=True, kw_only=True)
class CostsMore(Refusal):
    """It costs more than what the person agreed to, or what it costs is less certain now.

    Attributes:
        agreed_microusd: what was agreed to, with the following two as in `Cost`.
        microusd: what it costs now, likewise.
    """

    agreed_microusd: int | None
    agreed_basis: str = PriceBasis.CATALOGUE.value
    agreed_included: bool = False
    microusd: int | None
    basis: str = PriceBasis.CATALOGUE.value
    included: bool = False

    @classmethod
    def than(cls, agreed: Cost, cost: Cost) -> CostsMore:
        """Return the refusal of what costs `cost` to somebody who agreed to `agreed`."""
        return cls(
            agreed_microusd=agreed.microusd,
            agreed_basis=agreed.basis.value,
            agreed_included=agreed.included,
            microusd=cost.microusd,
            basis=cost.basis.value,
            included=cost.included,
        )

    @property
    def agreed(self) -> Cost:
        """Return what was agreed to."""
        return Cost(microusd=self.agreed_microusd, basis=PriceBasis(self.agreed_basis), included=self.agreed_included)

    @property
    def cost(self) -> Cost:
        """Return what it costs now."""
        return Cost(microusd=self.microusd, basis=PriceBasis(self.basis), included=self.included)


@dataclass(frozen=True, kw_only=True)
class TooManyRefused(Refusal):
    """The provider's safety filter refused several of a person's requests within the hour.

    Attributes:
        refused: how many.
        free_at: UTC milliseconds when the person may ask again.
    """

    refused: int
    free_at: int


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
class SourceRemoved(Refusal):
    """The clip was deleted.

    Attributes:
        job_id: the clip's short id.
    """

    option: str = "video"
    job_id: str


@dataclass(frozen=True, kw_only=True)
class ClipForgotten(Refusal):
    """Nothing is kept of the clip any more but its line in the ledger.

    Attributes:
        job_id: the clip's short id.
    """

    job_id: str


@dataclass(frozen=True, kw_only=True)
class InputsGone(Refusal):
    """The files that a job was made from are no longer kept, so it cannot be made once more.

    Attributes:
        job_id: the job's short id.
    """

    job_id: str


@dataclass(frozen=True, kw_only=True)
class NotTakingWork(Refusal):
    """The bot is about to restart."""
