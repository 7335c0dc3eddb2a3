"""What a job is: frozen values, free of Discord, HTTP and SQL.

Instants are UTC milliseconds, money is integer micro-dollars (1 USD = 1,000,000), lengths of clips are seconds as
bought or milliseconds as measured; a name says which.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Final

from bot.catalog import ClipKind
from bot.jobs.failures import Failure
from bot.jobs.states import DeliveryState, JobState

JobKind = ClipKind
"""What is bought, in the catalogue's terms."""


class AssetRole(StrEnum):
    """What a file is to its job."""

    IMAGE = "image"
    END_IMAGE = "end_image"
    AUDIO = "audio"
    RESULT = "result"


class JobNote(StrEnum):
    """Something the person should read on the card: what was done differently from what was asked."""

    RATIO_IGNORED = "ratio_ignored"
    IMAGE_CONVERTED = "image_converted"
    IMAGE_SCALED = "image_scaled"
    IMAGE_FIRST_FRAME = "image_first_frame"
    IMAGE_FLATTENED = "image_flattened"
    AUDIO_CONVERTED = "audio_converted"
    AUDIO_PADDED = "audio_padded"
    AUDIO_TRIMMED = "audio_trimmed"
    SPEECH_LONGER = "speech_longer"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInput:
    """What `/video` buys, resolved: nothing is left to the provider's defaults except what is None.

    Attributes:
        cfg_scale: 0 to 1, None where the model takes none.
        ratio: "16:9", "9:16" or "1:1"; None with a start image, whose shape wins.
        camera_axis: one of the provider's six axes, or "" for none; `camera_value` is -10 to 10.
        sound: None where the model has no such choice.
    """

    prompt: str
    seconds: int
    negative_prompt: str = ""
    cfg_scale: float | None = None
    ratio: str | None = None
    camera_axis: str = ""
    camera_value: int = 0
    sound: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendInput:
    """What `/extend` buys: four to five more seconds of its source."""

    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LipsyncInput:
    """What `/lipsync` buys: either `text` with `voice` and `speed`, or the job's AUDIO asset (then `text` is "")."""

    text: str = ""
    voice: str = ""
    speed: float = 1.0


JobInput = VideoInput | ExtendInput | LipsyncInput

_INPUTS: Final = {JobKind.VIDEO: VideoInput, JobKind.EXTEND: ExtendInput, JobKind.LIPSYNC: LipsyncInput}


def input_to_json(value: JobInput) -> str:
    """Return a job's input as stored."""
    return json.dumps(asdict(value), ensure_ascii=False, sort_keys=True)


def input_from_json(kind: JobKind, text: str) -> JobInput:
    """Return the input that `input_to_json` stored.

    Raises:
        TypeError: the text holds other fields than this kind's.
    """
    made: JobInput = _INPUTS[kind](**json.loads(text))
    return made


class PriceBasis(StrEnum):
    """Where a price comes from."""

    CATALOGUE = "catalogue"
    """The provider's list."""
    SEEN = "seen"
    """The most that the provider has charged for its like."""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message in a channel (or thread, or direct message)."""

    channel_id: int
    message_id: int


class Destination(StrEnum):
    """Where a job's card and result go."""

    CHANNEL = "channel"
    """Both where the command was given."""
    THREAD = "thread"
    """The card where the command was given, the result in a thread that starts from it."""
    DIRECT = "direct"
    """Both in the requester's direct messages: nothing of the job is seen in the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a command was given, with what Discord said of that place at the time.

    Attributes:
        guild_id: the server whose quota and pickers the job belongs to; None for a command given in a direct message.
        channel_id: where the card stands; with DIRECT, the direct message's channel.
        upload_limit: bytes the bot may attach there (the guild's tier, not the person's).
        locale: the person's language tag, such as "en-US".
        public_locale: the server's, for what everybody there reads.
    """

    guild_id: int | None
    channel_id: int
    upload_limit: int
    locale: str = "en-US"
    public_locale: str = "en-US"
    destination: Destination = Destination.CHANNEL

    @property
    def is_direct(self) -> bool:
        """Tell whether `channel_id` is a direct message."""
        return self.guild_id is None or self.destination is Destination.DIRECT

    @property
    def spoken_locale(self) -> str:
        """Return the language of what stands there: the person's own where only they read it."""
        return self.locale_of(direct=self.is_direct)

    def locale_of(self, *, direct: bool) -> str:
        """Return the language of a message that went to direct messages after all, or that everybody there reads."""
        return self.locale if direct else self.public_locale


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAsset:
    """A file that a command brought, as Discord declared it; not fetched yet.

    Attributes:
        url: where to fetch it, signed and short-lived; or `kept_url` of a file that the archive has already.
        option: the command's option, for wording.
    """

    role: AssetRole
    url: str = field(repr=False)
    filename: str
    content_type: str
    size: int
    option: str


_KEPT: Final = "kept:"


def kept_url(asset_id: str, extension: str) -> str:
    """Return what stands for an address where a file is in the archive already, under another asset's name."""
    return f"{_KEPT}{asset_id}.{extension}"


def kept_file(url: str) -> tuple[str, str] | None:
    """Return the asset id and extension that `kept_url` was given, None for any other address."""
    if not url.startswith(_KEPT):
        return None
    asset_id, _, extension = url.removeprefix(_KEPT).rpartition(".")
    return asset_id, extension


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of a job.

    Attributes:
        id: names the file in the archive; "" parts of a path never come from people.
        source_url: where it was (for an input: Discord's URL; for a result: the provider's).
        extension: of the archived file, without the dot; "" until archived.
        converted: the archived file differs from what `source_url` serves.
    """

    id: str
    job_id: str
    role: AssetRole
    source_url: str = field(repr=False)
    filename: str
    option: str
    content_type: str
    size: int
    extension: str = ""
    sha256: str = ""
    width: int = 0
    height: int = 0
    duration_ms: int = 0
    converted: bool = False
    archived_at: int | None = None
    created_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job about to be stored.

    Attributes:
        request_key: what makes a repeat the same request: the interaction id, or the reply's message id.
        hook_token: 128 random bits that name the job in its webhook's address.
        price_microusd: what it will cost, None where that is not known.
        price_basis: where that comes from.
        reserved_microusd: what the ledger holds until the provider's charge is known.
        key_fingerprint: names the account a follow-up must use too; not a secret.
        made_from: the job whose input this one repeats or changes (re-roll, retry, edit); `source_id` is the clip that
            is extended or made to speak.
        repeat_key: what a second click within moments has in common with the first; "" where only `request_key` tells.
        age_restricted: it was asked for in a channel for adults, or comes from a clip that was.
    """

    id: str
    request_key: str
    kind: JobKind
    requester_id: int
    place: Place
    input: JobInput
    model: str
    mode: str
    spoiler: bool
    source_id: str | None
    service_mode: str
    key_fingerprint: str
    hook_token: str = field(repr=False)
    price_microusd: int | None
    reserved_microusd: int
    notes: tuple[JobNote, ...] = ()
    assets: tuple[NewAsset, ...] = ()
    created_at: int
    due_at: int
    queue_expires_at: int
    made_from: str | None = None
    repeat_key: str = ""
    price_basis: PriceBasis = PriceBasis.CATALOGUE
    age_restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as stored.

    Attributes:
        revision: grows with everything a card shows; `card_shown` follows it.
        inputs_ready: every input is in the archive and usable; true from the start where there is none.
        due_at: when the next step may be taken; None where none is left.
        lease: the token of the worker that has the next step in hand.
        attempts: POSTs begun.
        sent: the request as the provider got it, as canonical JSON without endpoint or secret; "" before.
        candidate_task_id: a task id some webhook named; not believed until a GET confirms it.
        running_since: when the task id became known here.
        deadline_at: after this the job is overdue.
        consumed_microusd: what the provider charged; None while not known.
        quota_held: the person's quota is still taken.
        cancelled_by: who wished it cancelled first, once it had left the queue.
        stalled_since: since when the provider's answers are no use: it does not know the task, or calls it completed
            without a clip.
        made_from: the job whose input this one repeats or changes.
        removed_at: since when its clip is deleted, from the channel and from the archive; None while it is kept.
        price_basis: where `price_microusd` comes from.
        forgotten_at: since when nothing is left in the row of who asked for what; the ledger keeps its line.
        age_restricted: it was asked for in a channel for adults, or comes from a clip that was.
    """

    id: str
    request_key: str
    kind: JobKind
    state: JobState
    revision: int
    requester_id: int
    place: Place
    input: JobInput
    model: str
    mode: str
    spoiler: bool
    source_id: str | None
    service_mode: str
    key_fingerprint: str
    hook_token: str = field(repr=False)
    price_microusd: int | None
    reserved_microusd: int
    notes: tuple[JobNote, ...]
    inputs_ready: bool
    attempts: int
    due_at: int | None
    lease: str | None
    lease_until: int | None
    sent: str = field(repr=False)
    post_started_at: int | None
    post_ended_at: int | None
    candidate_task_id: str | None
    task_id: str | None
    running_since: int | None
    deadline_at: int | None
    stalled_since: int | None
    queue_expires_at: int
    output_url: str | None = field(repr=False)
    consumed_microusd: int | None
    quota_held: bool
    failure: Failure | None
    cancel_requested_at: int | None
    cancelled_by: int | None
    cancel_sent_at: int | None
    card: MessageRef | None
    card_shown: int
    result_asset_id: str | None
    created_at: int
    finished_at: int | None
    made_from: str | None = None
    removed_at: int | None = None
    price_basis: PriceBasis = PriceBasis.CATALOGUE
    forgotten_at: int | None = None
    age_restricted: bool = False

    @property
    def cancelled_by_another(self) -> bool:
        """Tell whether somebody else wished the job cancelled: then its person is told in a message of its own."""
        return self.cancelled_by is not None and self.cancelled_by != self.requester_id

    @property
    def prompt(self) -> str:
        """Return the words the person gave: the prompt, or what a lip-sync says."""
        return self.input.text if isinstance(self.input, LipsyncInput) else self.input.prompt


class Purpose(StrEnum):
    """Why a message is sent. A repost has the purpose `repost:<request key>`."""

    RESULT = "result"
    FAILURE = "failure"
    ABANDONED = "abandoned"
    """The outcome of a purchase could not be found out; a result or a failure may still follow."""


_REPOST: Final = "repost:"


def repost_purpose(request_key: str) -> str:
    """Return the purpose of bringing a clip once more, once per request."""
    return f"{_REPOST}{request_key}"


def is_repost(purpose: str) -> bool:
    """Tell whether a message brings a clip once more."""
    return purpose.startswith(_REPOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message owed to a channel; UNIQUE (job, purpose).

    Attributes:
        channel_id: the target of the attempt in hand, committed before each send.
        first_attempt_at: when the first send began; where to start looking for our message afterwards.
        reason: why it cannot be delivered, a word of `bot.delivery`, or "".
        stalled_since: since when every attempt has met trouble.
        spoiler: a clip that is shown elsewhere is hidden here.
    """

    id: str
    job_id: str
    purpose: str
    state: DeliveryState
    channel_id: int
    first_attempt_at: int | None
    attempts: int
    due_at: int | None
    lease: str | None
    lease_until: int | None
    message: MessageRef | None
    reason: str
    stalled_since: int | None = None
    created_at: int
    spoiler: bool = False

    @property
    def nonce(self) -> str:
        """Return Discord's idempotency key for every attempt (at most 25 characters)."""
        return f"egret-{self.id}"


@dataclass(frozen=True, slots=True)
class JobEvent:
    """A line of a job's history: append-only, written with the transition it tells of."""

    at: int
    from_state: JobState | None
    to_state: JobState
    cause: str
