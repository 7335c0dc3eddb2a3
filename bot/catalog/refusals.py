"""What the catalogue refuses, each with the facts its sentence needs.

Facts are numbers, texts and flat tuples, so that a refusal can be kept as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import Refusal


@dataclass(frozen=True, kw_only=True)
class PromptMissing(Refusal):
    """There is nothing to make a clip of."""

    option: str = "prompt"


@dataclass(frozen=True, kw_only=True)
class TextTooLong(Refusal):
    """A text option is over its limit.

    Attributes:
        limit: characters allowed.
        found: characters given.
    """

    limit: int
    found: int


@dataclass(frozen=True, kw_only=True)
class ModelUnknown(Refusal):
    """No row has this name.

    Attributes:
        asked: the name given.
        known: the labels of the rows there are.
    """

    option: str = "model"
    asked: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class QualityUnknown(Refusal):
    """There is no such quality.

    Attributes:
        asked: what was given.
    """

    option: str = "quality"
    asked: str


@dataclass(frozen=True, kw_only=True)
class CameraUnknown(Refusal):
    """No camera move has this name.

    Attributes:
        asked: the name given.
    """

    option: str = "camera"
    asked: str


@dataclass(frozen=True, kw_only=True)
class EndFrameWithoutStart(Refusal):
    """An end image needs a start image."""

    option: str = "end_image"


@dataclass(frozen=True, kw_only=True)
class CameraWithImage(Refusal):
    """A camera move works without an image only."""

    option: str = "camera"


@dataclass(frozen=True, kw_only=True)
class NotOffered(Refusal):
    """The base of "this model cannot do that".

    Attributes:
        model: the label of the model named, or "" where no model at all can.
        nearest: the key of the nearest model that can do everything asked, or "" where none can.
        nearest_label: its label.
        nearest_mode: the quality it would be made in, "std" or "pro".
        nearest_seconds: the length it would have.
        nearest_microusd: what that costs, or None where that is not known.
    """

    model: str = ""
    nearest: str = ""
    nearest_label: str = ""
    nearest_mode: str = ""
    nearest_seconds: int = 0
    nearest_microusd: int | None = None


@dataclass(frozen=True, kw_only=True)
class ModeNotOffered(NotOffered):
    """The model does not come in this quality.

    Attributes:
        asked: "std" or "pro".
        offered: the tiers the model has.
    """

    option: str = "quality"
    asked: str
    offered: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LengthNotOffered(NotOffered):
    """The model does not make clips of this length.

    Attributes:
        asked: seconds.
        offered: the lengths there are, in seconds, for the quality asked.
    """

    option: str = "length"
    asked: int
    offered: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ImageNotTaken(NotOffered):
    """The model makes clips from text alone."""

    option: str = "image"


@dataclass(frozen=True, kw_only=True)
class EndFrameNotOffered(NotOffered):
    """The model takes no end image, or not in this quality and length.

    Attributes:
        modes: the qualities in which it does; empty where it takes none at all.
        lengths: the lengths in seconds at which it does.
    """

    option: str = "end_image"
    modes: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SoundNotOffered(NotOffered):
    """The model makes silent clips."""

    option: str = "sound"


@dataclass(frozen=True, kw_only=True)
class FollowNotTaken(NotOffered):
    """The model decides by itself how closely to follow the prompt."""

    option: str = "follow"


@dataclass(frozen=True, kw_only=True)
class CameraNotTaken(NotOffered):
    """The model takes no camera moves."""

    option: str = "camera"


@dataclass(frozen=True, kw_only=True)
class AvoidNotTaken(NotOffered):
    """The model cannot be told what not to show."""

    option: str = "avoid"


@dataclass(frozen=True, kw_only=True)
class OptionsNotTogether(NotOffered):
    """Each of these options is offered, but not all of them by one model.

    Attributes:
        options: the options in conflict, as the person sees them.
    """

    options: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotExtendable(Refusal):
    """The clip was made in a way that cannot be extended.

    Attributes:
        model: the label of the clip's model, or its stored key where the row is gone.
        after_lipsync: True where it is the lip-sync that stands in the way.
        extendable: the labels of the models whose clips can be extended.
    """

    option: str = "video"
    model: str
    after_lipsync: bool
    extendable: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotLipsyncable(Refusal):
    """The clip was made by a model whose clips cannot be made to speak.

    Attributes:
        model: the label of the clip's model, or its stored key where the row is gone.
        lip_syncable: the labels of the models whose clips can.
    """

    option: str = "video"
    model: str
    lip_syncable: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SourceTooOld(Refusal):
    """The provider has forgotten the clip.

    Attributes:
        age_days: whole days since it was made.
        limit_days: how long the provider remembers.
    """

    option: str = "video"
    age_days: int
    limit_days: int


@dataclass(frozen=True, kw_only=True)
class SourceOfOtherAccount(Refusal):
    """The clip was made with another key, which the provider cannot follow up."""

    option: str = "video"


@dataclass(frozen=True, kw_only=True)
class ExtensionTooLong(Refusal):
    """The extended clip would be longer than is possible.

    Attributes:
        source_seconds: the clip's length now.
        limit_seconds: the longest an extended clip can be.
    """

    option: str = "video"
    source_seconds: float
    limit_seconds: int


@dataclass(frozen=True, kw_only=True)
class SourceLengthNotLipsyncable(Refusal):
    """The clip is too short or too long to be made to speak.

    Attributes:
        source_seconds: its length.
        shortest: seconds.
        longest: seconds.
    """

    option: str = "video"
    source_seconds: float
    shortest: int
    longest: int


@dataclass(frozen=True, kw_only=True)
class SayAndAudio(Refusal):
    """Text and a recording together."""

    option: str = "say"


@dataclass(frozen=True, kw_only=True)
class SayOrAudioMissing(Refusal):
    """Neither text nor a recording."""

    option: str = "say"


@dataclass(frozen=True, kw_only=True)
class VoiceWithAudio(Refusal):
    """A voice or a speed along with a recording, which has its own."""

    option: str = "voice"


@dataclass(frozen=True, kw_only=True)
class VoiceUnknown(Refusal):
    """No voice has this name.

    Attributes:
        asked: the name given.
        similar: names that come close, best first.
    """

    option: str = "voice"
    asked: str
    similar: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SpeedOutOfRange(Refusal):
    """The speech speed is outside what the provider takes.

    Attributes:
        asked: the speed given.
        slowest: the least allowed.
        fastest: the most allowed.
    """

    option: str = "speed"
    asked: float
    slowest: float
    fastest: float


@dataclass(frozen=True, kw_only=True)
class AudioFormatNotTaken(Refusal):
    """The recording's format is not taken.

    Attributes:
        found: the format, as a lower-case file extension.
        taken: the formats that are.
    """

    option: str = "audio"
    found: str
    taken: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AudioTooLarge(Refusal):
    """The recording's file is too large.

    Attributes:
        found_bytes: its size.
        limit_bytes: it must be smaller than this.
    """

    option: str = "audio"
    found_bytes: int
    limit_bytes: int


@dataclass(frozen=True, kw_only=True)
class AudioTooLong(Refusal):
    """The recording is too long.

    Attributes:
        found_seconds: its length.
        limit_seconds: it must be shorter than this.
    """

    option: str = "audio"
    found_seconds: float
    limit_seconds: int


@dataclass(frozen=True, kw_only=True)
class ImageTooLarge(Refusal):
    """The image's file is too large.

    Attributes:
        found_bytes: its size.
        limit_bytes: the most allowed.
    """

    found_bytes: int
    limit_bytes: int


@dataclass(frozen=True, kw_only=True)
class ImageTooSmall(Refusal):
    """A side of the image is too short.

    Attributes:
        width: pixels.
        height: pixels.
        longer_than_px: each side must be longer than this.
    """

    width: int
    height: int
    longer_than_px: int


@dataclass(frozen=True, kw_only=True)
class ImageTooNarrow(Refusal):
    """The image is too long for its width, or the reverse.

    Attributes:
        width: pixels.
        height: pixels.
        max_aspect: the longer side over the shorter, at most.
    """

    width: int
    height: int
    max_aspect: float
