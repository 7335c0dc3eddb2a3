"""What can be made from a clip or a file that already exists: extensions, lip-syncs, images.

Facts come in as small values, so that neither the storage nor Discord is needed to judge them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.catalog.catalogue import Catalogue
from bot.catalog.choice import Note
from bot.catalog.limits import ImageLimits, LipsyncLimits
from bot.catalog.model import ClipKind, Price
from bot.catalog.refusals import (
    AudioFormatNotTaken,
    AudioTooLarge,
    AudioTooLong,
    ExtensionTooLong,
    ImageTooLarge,
    ImageTooNarrow,
    ImageTooSmall,
    NotExtendable,
    NotLipsyncable,
    SayAndAudio,
    SayOrAudioMissing,
    SourceLengthNotLipsyncable,
    SourceOfOtherAccount,
    SourceTooOld,
    SpeedOutOfRange,
    TextTooLong,
    VoiceWithAudio,
)
from bot.catalog.voices import Voice, speech_seconds
from bot.clock import DAY, SECOND
from bot.errors import Refused

CONVERTIBLE_AUDIO: Final = ("m4a", "aac", "mp4")
"""What phones record; converted to MP3 before it is sent."""
_LENGTH_TOLERANCE_MS: Final = 500
"""A five-second clip lasts 5.1 s (provider notes §6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What is known of a clip that is to be followed up.

    Attributes:
        kind: how the clip itself was made.
        model: the key of the row that made the first clip of its chain.
        after_lipsync: whether a lip-sync is anywhere in its chain, the clip itself included.
        made_at: when the provider finished it, UTC milliseconds.
        duration_ms: its length, or None where not known.
        same_account: whether it was made with the key in use now.
    """

    kind: ClipKind
    model: str
    after_lipsync: bool = False
    made_at: int
    duration_ms: int | None = None
    same_account: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionChoice:
    """An extension that may be bought.

    Attributes:
        prompt: what happens next, trimmed, or "".
        adds_seconds: the least and the most the clip grows.
        price: what it costs, or None where that is not known.
    """

    prompt: str
    adds_seconds: tuple[int, int]
    price: Price | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """What is known of a recording.

    Attributes:
        extension: its format as a file extension without the dot.
        size_bytes: the file's size.
        duration_ms: its length, or None where not known yet.
    """

    extension: str
    size_bytes: int
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LipsyncAsked:
    """The options of /lipsync besides the clip; "" and None mean "not given"."""

    say: str = ""
    voice: str = ""
    speed: float | None = None
    audio: AudioFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LipsyncChoice:
    """A lip-sync that may be bought.

    Attributes:
        say: the text, trimmed, or "" with a recording.
        voice: who speaks, or None with a recording.
        speed: the speech speed to one decimal; 1.0 with a recording.
        price: what it costs, or None where that is not known.
        notes: what the person should know.
    """

    say: str
    voice: Voice | None
    speed: float
    price: Price | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What is known of an image: pixels and bytes."""

    width: int
    height: int
    size_bytes: int


def check_extend(catalogue: Catalogue, source: SourceFacts, *, prompt: str, now: int) -> ExtensionChoice:
    """Return the extension of `source`.

    Only clips of 1.0, 1.5 and 1.6 and extensions of these, no longer than three minutes and no older than 30 days
    (provider notes §3).

    Args:
        catalogue: the rows and limits that hold.
        source: the clip.
        prompt: what happens next; the provider needs none.
        now: UTC milliseconds.

    Raises:
        Refused: the clip cannot be extended, or the prompt is too long.
    """
    limits = catalogue.limits
    _check_text("prompt", prompt, limits.text.prompt_characters)
    model = catalogue.model(source.model)
    after_lipsync = source.after_lipsync or source.kind is ClipKind.LIPSYNC
    if model is None or not model.extendable or after_lipsync:
        raise Refused(
            NotExtendable(
                model=catalogue.label(source.model),
                after_lipsync=after_lipsync,
                extendable=tuple(row.label for row in catalogue.models if row.extendable),
            )
        )
    _check_source(source, now, limits.extension.max_source_age_days)
    most = limits.extension.adds_seconds[1] * SECOND
    if source.duration_ms is not None and source.duration_ms + most > limits.extension.max_total_seconds * SECOND:
        raise Refused(
            ExtensionTooLong(
                source_seconds=source.duration_ms / SECOND, limit_seconds=limits.extension.max_total_seconds
            )
        )
    return ExtensionChoice(
        prompt=prompt.strip(), adds_seconds=limits.extension.adds_seconds, price=limits.extension.price
    )


def check_lipsync(catalogue: Catalogue, source: SourceFacts, asked: LipsyncAsked, *, now: int) -> LipsyncChoice:
    """Return the lip-sync of `source` (provider notes §4.1).

    Args:
        catalogue: the rows, voices and limits that hold.
        source: the clip.
        asked: text with voice and speed, or a recording.
        now: UTC milliseconds.

    Raises:
        Refused: the clip cannot be made to speak, or the text, voice, speed or recording is not taken.
    """
    limits = catalogue.limits.lipsync
    say = asked.say.strip()
    if say and asked.audio is not None:
        raise Refused(SayAndAudio())
    if not say and asked.audio is None:
        raise Refused(SayOrAudioMissing())
    if asked.audio is not None and (asked.voice.strip() or asked.speed is not None):
        raise Refused(VoiceWithAudio(option="voice" if asked.voice.strip() else "speed"))
    check_lipsync_source(catalogue, source, now)
    if asked.audio is not None:
        check_audio(limits, asked.audio)
        lasts, clip = asked.audio.duration_ms, source.duration_ms
        trimmed = lasts is not None and clip is not None and lasts > clip
        notes = (Note.AUDIO_TRIMMED,) if trimmed else ()
        return LipsyncChoice(say="", voice=None, speed=1.0, price=limits.price, notes=notes)
    _check_text("say", say, limits.text_characters)
    speed = _speed(limits, asked.speed)
    voice = catalogue.voice(asked.voice) if asked.voice.strip() else catalogue.default_voice(say)
    too_long = source.duration_ms is not None and speech_seconds(say, speed) * SECOND > source.duration_ms
    notes = (Note.SPEECH_LONGER,) if too_long else ()
    return LipsyncChoice(say=say, voice=voice, speed=speed, price=limits.price, notes=notes)


def check_audio(limits: LipsyncLimits, audio: AudioFacts) -> None:
    """Refuse a recording that can be neither sent nor mended.

    Raises:
        Refused: its format is neither taken nor convertible, or it is too large or too long.
    """
    extension = audio.extension.lower().lstrip(".")
    if extension not in limits.audio_formats and extension not in CONVERTIBLE_AUDIO:
        raise Refused(AudioFormatNotTaken(found=extension, taken=(*limits.audio_formats, *CONVERTIBLE_AUDIO)))
    if audio.size_bytes >= limits.max_audio_bytes:
        raise Refused(AudioTooLarge(found_bytes=audio.size_bytes, limit_bytes=limits.max_audio_bytes))
    if audio.duration_ms is not None and audio.duration_ms >= limits.max_audio_seconds * SECOND:
        raise Refused(AudioTooLong(found_seconds=audio.duration_ms / SECOND, limit_seconds=limits.max_audio_seconds))


def check_image(limits: ImageLimits, image: ImageFacts, option: str) -> None:
    """Refuse an image that the provider would not take (provider notes §2.1).

    Args:
        limits: the limits that hold.
        image: the image as it would be sent.
        option: the option it was given in.

    Raises:
        Refused: it is too large, too small or too narrow.
    """
    if image.size_bytes > limits.max_bytes:
        raise Refused(ImageTooLarge(option=option, found_bytes=image.size_bytes, limit_bytes=limits.max_bytes))
    shorter, longer = sorted((image.width, image.height))
    if shorter <= limits.longer_than_px:
        raise Refused(
            ImageTooSmall(option=option, width=image.width, height=image.height, longer_than_px=limits.longer_than_px)
        )
    if longer > shorter * limits.max_aspect:
        raise Refused(
            ImageTooNarrow(option=option, width=image.width, height=image.height, max_aspect=limits.max_aspect)
        )


def check_lipsync_source(catalogue: Catalogue, source: SourceFacts, now: int) -> None:
    """Refuse a clip that cannot be made to speak, whatever it is to say (provider notes §4.1).

    Args:
        catalogue: the rows and limits that hold.
        source: the clip.
        now: UTC milliseconds.

    Raises:
        Refused: because of its model, age, account or length.
    """
    limits = catalogue.limits.lipsync
    model = catalogue.model(source.model)
    if model is None or not model.lip_syncable:
        raise Refused(
            NotLipsyncable(
                model=catalogue.label(source.model),
                lip_syncable=tuple(row.label for row in catalogue.models if row.lip_syncable),
            )
        )
    _check_source(source, now, limits.max_source_age_days)
    shortest, longest = limits.source_seconds
    if source.duration_ms is not None and not (
        shortest * SECOND <= source.duration_ms <= longest * SECOND + _LENGTH_TOLERANCE_MS
    ):
        raise Refused(
            SourceLengthNotLipsyncable(source_seconds=source.duration_ms / SECOND, shortest=shortest, longest=longest)
        )


def _check_source(source: SourceFacts, now: int, limit_days: int) -> None:
    if now - source.made_at > limit_days * DAY:
        raise Refused(SourceTooOld(age_days=(now - source.made_at) // DAY, limit_days=limit_days))
    if not source.same_account:
        raise Refused(SourceOfOtherAccount())


def _check_text(option: str, text: str, limit: int) -> None:
    if len(text.strip()) > limit:
        raise Refused(TextTooLong(option=option, limit=limit, found=len(text.strip())))


def _speed(limits: LipsyncLimits, asked: float | None) -> float:
    if asked is None:
        return 1.0
    if not limits.min_speed <= asked <= limits.max_speed:
        raise Refused(SpeedOutOfRange(asked=asked, slowest=limits.min_speed, fastest=limits.max_speed))
    return round(asked, 1)
