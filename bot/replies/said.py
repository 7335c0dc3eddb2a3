"""What a reply can mean: one frozen dataclass per meaning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.catalog import Mode


class Verb(StrEnum):
    """What a reply can ask for by a word."""

    EXTEND = "extend"
    CONTINUE = "continue"
    """Extend without words; the word counts only as the whole message."""
    LIPSYNC = "lipsync"
    REROLL = "reroll"
    EDIT = "edit"
    INFO = "info"
    CANCEL = "cancel"
    DELETE = "delete"
    HELP = "help"


class Flag(StrEnum):
    """An option within a reply, as it is written after two dashes or before a colon."""

    VOICE = "voice"
    SPEED = "speed"
    SPOILER = "spoiler"
    AVOID = "avoid"
    LENGTH = "length"
    QUALITY = "quality"


class FileKind(StrEnum):
    """What sort of file came with a reply."""

    AUDIO = "audio"
    VOICE_MESSAGE = "voice_message"
    IMAGE = "image"
    VIDEO = "video"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReplyFile:
    """One file that came with a reply."""

    kind: FileKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """Make the clip longer.

    Attributes:
        prompt: what happens next, or "" for no words.
        spoiler: whether the result is to be hidden until it is clicked.
    """

    prompt: str = ""
    spoiler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lipsync:
    """Make the clip speak a text.

    Attributes:
        text: what is spoken, never "".
        voice: the voice's name as typed, or "" where none was named.
        speed: the speech speed as typed, not held against any limit, or None where none was named.
        spoiler: whether the result is to be hidden until it is clicked.
    """

    text: str
    voice: str = ""
    speed: float | None = None
    spoiler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceOver:
    """Make the clip speak a recording.

    Attributes:
        file: which of the reply's files it is, counted from 0.
        spoiler: whether the result is to be hidden until it is clicked.
    """

    file: int
    spoiler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reroll:
    """Make the clip once more, with what is named here changed.

    Attributes:
        length: seconds, not held against any model, or None for as it was.
        quality: the tier, or None for as it was.
        avoid: what not to show, or "" for as it was.
        spoiler: whether the result is to be hidden until it is clicked.
    """

    length: int | None = None
    quality: Mode | None = None
    avoid: str = ""
    spoiler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Open the clip's options to change them, with what is named here filled in; the fields of `Reroll`."""

    length: int | None = None
    quality: Mode | None = None
    avoid: str = ""
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class Info:
    """Tell about the clip."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop making the clip."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the clip."""


@dataclass(frozen=True, slots=True)
class Help:
    """Tell what a reply can do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromImage:
    """An image and no text: a clip could be made from it.

    Attributes:
        file: which of the reply's files it is, counted from 0.
    """

    file: int


@dataclass(frozen=True, slots=True)
class OtherFiles:
    """Files and no text, and nothing can be made of them: a video, a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeText:
    """Words that are no command. They never spend.

    Attributes:
        text: what was written, without mentions before it; flags in it are left as they are.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """No visible content."""


class MistakeKind(StrEnum):
    """What is wrong with a command."""

    FLAG_UNKNOWN = "flag_unknown"
    """There is no such flag."""
    FLAG_NOT_TAKEN = "flag_not_taken"
    """The flag exists and does not belong to this verb."""
    LENGTH_NOT_TAKEN = "length_not_taken"
    """A length for an extension or a lip-sync: neither can be given one."""
    FLAG_TWICE = "flag_twice"
    """The flag was given twice."""
    VALUE_MISSING = "value_missing"
    """The flag needs a value and has none."""
    VALUE_MALFORMED = "value_malformed"
    """The flag's value is not in the form it must have."""
    TEXT_MISSING = "text_missing"
    """A lip-sync with neither a recording nor a letter or digit to say."""
    TEXT_AND_AUDIO = "text_and_audio"
    """A lip-sync with both a text and a recording."""
    VOICE_WITH_AUDIO = "voice_with_audio"
    """A voice or a speed for a recording, which has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A command that cannot be carried out as it is written; the first thing wrong with it.

    Attributes:
        kind: what is wrong.
        verb: the command.
        flag: the flag's name, as typed where there is no such flag, or "" where none is to blame.
        value: the value as typed, or "".
        meant: the flag that an unknown one is one slip away from, or None.
    """

    kind: MistakeKind
    verb: Verb
    flag: str = ""
    value: str = ""
    meant: Flag | None = None


Said: TypeAlias = (
    Extend
    | Lipsync
    | VoiceOver
    | Reroll
    | Edit
    | Info
    | Cancel
    | Delete
    | Help
    | FromImage
    | OtherFiles
    | FreeText
    | Nothing
    | Mistake
)
"""Everything that a reply can mean."""
