"""Reading a reply: the verb it begins with, its flags, its text, or none of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.catalog import BUILT_IN_VOICES, Mode
from bot.replies.characters import says_nothing, shows_nothing, unquoted, without_dashes_before, without_mentions_before
from bot.replies.flags import TAKEN, Given, Value, flag_near, value_of
from bot.replies.said import (
    Cancel,
    Delete,
    Edit,
    Extend,
    FileKind,
    Flag,
    FreeText,
    FromImage,
    Help,
    Info,
    Lipsync,
    Mistake,
    MistakeKind,
    Nothing,
    OtherFiles,
    ReplyFile,
    Reroll,
    Said,
    Verb,
    VoiceOver,
)
from bot.replies.scanning import scan
from bot.replies.verbs import command_in

_BUILT_IN: Final = tuple(voice.name for voice in BUILT_IN_VOICES)
_SOUNDS: Final = (FileKind.AUDIO, FileKind.VOICE_MESSAGE)
_PLAIN: Final[Mapping[Verb, Said]] = {
    Verb.INFO: Info(),
    Verb.CANCEL: Cancel(),
    Verb.DELETE: Delete(),
    Verb.HELP: Help(),
}


def read_reply(text: str, attachments: Sequence[ReplyFile] = (), *, voices: Sequence[str] = _BUILT_IN) -> Said:
    """Return what a reply to a clip means. Never raises.

    `extend` and `say` take a text; every other verb counts only as the whole message, flags aside, so that
    "again we meet" and "delete that from my memory" are free text. What cannot be told from a wish ("say what you
    want, this is great") is read as the wish; nothing is spent before its price was confirmed.

    Args:
        text: the message's content as Discord gives it.
        attachments: its files, in order. They count where there is no text, and for a lip-sync.
        voices: the names of the voices that can be spoken with; they tell where an unquoted name ends.
    """
    said = without_mentions_before(text)
    if shows_nothing(said):
        return _files_alone(attachments)
    command = command_in(said)
    if command is None:
        return FreeText(text=said)
    scanned = scan(command.rest, voices)
    options = _options(command.verb, scanned.flags)
    match command.verb:
        case Verb.EXTEND:
            return _extend(scanned.text, options)
        case Verb.LIPSYNC:
            return _lipsync(scanned.text, options, _first(attachments, _SOUNDS))
        case verb:
            return _whole(verb, options) if says_nothing(scanned.text) else FreeText(text=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """The flags of one command, each given at most once and taken by its verb."""

    voice: str = ""
    speed: float | None = None
    spoiler: bool = False
    avoid: str = ""
    length: int | None = None
    quality: Mode | None = None


def _options(verb: Verb, flags: Sequence[Given]) -> _Options | Mistake:
    values: dict[Flag, Value] = {}
    for given in flags:
        value = _checked(verb, given, values)
        if isinstance(value, Mistake):
            return value
        if given.flag is not None:
            values[given.flag] = value
    voice, avoid = values.get(Flag.VOICE), values.get(Flag.AVOID)
    speed, length = values.get(Flag.SPEED), values.get(Flag.LENGTH)
    quality = values.get(Flag.QUALITY)
    return _Options(
        voice=voice if isinstance(voice, str) else "",
        speed=speed if isinstance(speed, float) else None,
        spoiler=values.get(Flag.SPOILER) is True,
        avoid=avoid if isinstance(avoid, str) else "",
        length=length if isinstance(length, int) else None,
        quality=quality if isinstance(quality, Mode) else None,
    )


def _checked(verb: Verb, given: Given, before: Mapping[Flag, Value]) -> Value | Mistake:
    if given.flag is None:
        return Mistake(kind=MistakeKind.FLAG_UNKNOWN, verb=verb, flag=given.name, meant=flag_near(given.name))
    written = given.value or ""
    if given.flag not in TAKEN.get(verb, ()):
        length = given.flag is Flag.LENGTH and verb in (Verb.EXTEND, Verb.CONTINUE, Verb.LIPSYNC)
        kind = MistakeKind.LENGTH_NOT_TAKEN if length else MistakeKind.FLAG_NOT_TAKEN
        return Mistake(kind=kind, verb=verb, flag=given.flag, value=written)
    if given.flag in before:
        return Mistake(kind=MistakeKind.FLAG_TWICE, verb=verb, flag=given.flag, value=written)
    if not written:
        missing = Mistake(kind=MistakeKind.VALUE_MISSING, verb=verb, flag=given.flag)
        return True if given.flag is Flag.SPOILER else missing
    value = value_of(given.flag, written)
    malformed = Mistake(kind=MistakeKind.VALUE_MALFORMED, verb=verb, flag=given.flag, value=written)
    return malformed if value is None else value


def _extend(prompt: str, options: _Options | Mistake) -> Said:
    if isinstance(options, Mistake):
        return options
    said = without_dashes_before(prompt)
    return Extend(prompt="" if says_nothing(said) else said, spoiler=options.spoiler)


def _lipsync(typed: str, options: _Options | Mistake, sound: int | None) -> Said:
    if isinstance(options, Mistake):
        return options
    text = unquoted(typed)
    if sound is not None:
        return _voice_over(text, options, sound)
    if not _speakable(text):
        return Mistake(kind=MistakeKind.TEXT_MISSING, verb=Verb.LIPSYNC)
    return Lipsync(text=text, voice=options.voice, speed=options.speed, spoiler=options.spoiler)


def _voice_over(text: str, options: _Options, sound: int) -> Said:
    if _speakable(text):
        return Mistake(kind=MistakeKind.TEXT_AND_AUDIO, verb=Verb.LIPSYNC)
    if options.voice:
        kind = MistakeKind.VOICE_WITH_AUDIO
        return Mistake(kind=kind, verb=Verb.LIPSYNC, flag=Flag.VOICE, value=options.voice)
    if options.speed is not None:
        kind = MistakeKind.VOICE_WITH_AUDIO
        return Mistake(kind=kind, verb=Verb.LIPSYNC, flag=Flag.SPEED, value=f"{options.speed:g}")
    return VoiceOver(file=sound, spoiler=options.spoiler)


def _speakable(text: str) -> bool:
    """Tell whether there is anything in `text` to say aloud but a mention; a dash or an emoji alone is not."""
    return not says_nothing(text) and any(map(str.isalnum, text))


def _whole(verb: Verb, options: _Options | Mistake) -> Said:
    if isinstance(options, Mistake):
        return options
    match verb:
        case Verb.CONTINUE:
            return Extend(spoiler=options.spoiler)
        case Verb.REROLL | Verb.EDIT:
            meaning = Reroll if verb is Verb.REROLL else Edit
            return meaning(length=options.length, quality=options.quality, avoid=options.avoid, spoiler=options.spoiler)
        case _:
            return _PLAIN[verb]


def _files_alone(attachments: Sequence[ReplyFile]) -> Said:
    if not attachments:
        return Nothing()
    sound = _first(attachments, _SOUNDS)
    if sound is not None:
        return VoiceOver(file=sound)
    image = _first(attachments, (FileKind.IMAGE,))
    return OtherFiles() if image is None else FromImage(file=image)


def _first(attachments: Sequence[ReplyFile], kinds: Sequence[FileKind]) -> int | None:
    return next((number for number, file in enumerate(attachments) if file.kind in kinds), None)
