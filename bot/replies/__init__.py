"""What a reply to a clip asks for: a pure reading of its text and of the files that came with it.

Everything is data in and data out. Whether the clip allows what was asked, what it costs and how an answer is worded
is decided elsewhere.
"""

from __future__ import annotations

from bot.replies.reading import read_reply
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
from bot.replies.vocabulary import VOCABULARY

__all__ = [
    "VOCABULARY",
    "Cancel",
    "Delete",
    "Edit",
    "Extend",
    "FileKind",
    "Flag",
    "FreeText",
    "FromImage",
    "Help",
    "Info",
    "Lipsync",
    "Mistake",
    "MistakeKind",
    "Nothing",
    "OtherFiles",
    "ReplyFile",
    "Reroll",
    "Said",
    "Verb",
    "VoiceOver",
    "read_reply",
]
