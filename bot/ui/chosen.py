"""Right-clicking a message: what is said of a source that is chosen, and of messages that show no clip of ours."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import discord

from bot.catalog import PossibleActions
from bot.jobs.chosen import Chosen
from bot.jobs.model import Job
from bot.ui import figures, job_words, labels
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _, marked
from bot.ui.message import Button, Choice, ChoiceList, Message
from bot.ui.quoting import quoted
from bot.ui.refusals import refusal_sentence

_NAME_SHOWN: Final = 80
_MOST_CHOICES: Final = 25


class Use(StrEnum):
    """What a button or list does with a chosen source; part of its custom id."""

    VIDEO = "video"
    SPEAK = "speak"
    FORGET = "forget"


class Shown(StrEnum):
    """What a message that is not about a clip of ours shows."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    NOTHING = "nothing"


_PICTURE: Final = marked(
    "This is a picture. It can be where a new clip starts: right-click it → Apps → **Use as source**, or give it to "
    "`/video` as `image`."
)
_RECORDING: Final = marked(
    "This is a recording. It can make a clip of mine speak: right-click it → Apps → **Use as source**, or give it to "
    "`/lipsync` as `audio`."
)
_NOTHING: Final = marked(
    "There is no clip of mine in this message. Right-click a message in which I posted one; `/clips` leads to them."
)
_EXTEND: Final = {
    Shown.IMAGE: _PICTURE,
    Shown.AUDIO: _RECORDING,
    Shown.VIDEO: marked(
        "I did not make this video, and the provider extends only clips that it made for me. To go on from its last "
        "moment, save that as a picture and give it to `/video` as `image`."
    ),
    Shown.NOTHING: _NOTHING,
}
_LIPSYNC: Final = {
    Shown.IMAGE: marked(
        "This is a picture, and only clips can be made to speak. Make a clip from it first: right-click it → Apps → "
        "**Use as source**, or give it to `/video` as `image`."
    ),
    Shown.AUDIO: _RECORDING,
    Shown.VIDEO: marked(
        "I did not make this video, and I can make only clips of my own speak. Make one with `/video`, then "
        "right-click it."
    ),
    Shown.NOTHING: _NOTHING,
}
_DETAILS: Final = {
    Shown.IMAGE: _PICTURE,
    Shown.AUDIO: _RECORDING,
    Shown.VIDEO: marked("I did not make this video, so I know nothing about it. `/clips` lists the clips I made here."),
    Shown.NOTHING: _NOTHING,
}
_SOURCE: Final = {
    Shown.VIDEO: marked(
        "I did not make this video, and the provider goes on only from clips that it made for me. To start from one "
        "of its moments, save that as a picture, post it, and use that as source."
    ),
    Shown.NOTHING: marked(
        "There is nothing in this message that could be a source. Choose a message with an attached picture, with a "
        "recording, or with a clip that I made. Pictures behind a link do not count: attach them."
    ),
}


def not_extendable(shown: Shown) -> Message:
    """Return the answer to "Extend this video" on a message that shows no clip of ours."""
    return Message(content=_(_EXTEND[shown]))


def not_speakable(shown: Shown) -> Message:
    """Return the answer to "Lip-sync this video" on a message that shows no clip of ours."""
    return Message(content=_(_LIPSYNC[shown]))


def no_details(shown: Shown) -> Message:
    """Return the answer to "Video details" on a message that shows no clip of ours."""
    return Message(content=_(_DETAILS[shown]))


def no_source(shown: Shown) -> Message:
    """Return the answer to "Use as source" on a message that has none."""
    return Message(content=_(_SOURCE.get(shown, _SOURCE[Shown.NOTHING])))


def only_on_a_server() -> Message:
    """Return the answer to "Use as source" on a file in direct messages."""
    return Message(
        content=_(
            "Here a file cannot be chosen. Post the file on the server and choose it there, or reply to one of my "
            "clips with it."
        )
    )


def clip_of_no_use(job: Job, actions: PossibleActions) -> Message:
    """Return the answer to choosing a clip from which nothing can be made any more."""
    head = _("Nothing can be made from {name}.").format(name=f"`{job_words.name(job)}`")
    return Message(content="\n".join([head, *_blocked(actions)]))


def clip_chosen(chosen: Chosen, job: Job, actions: PossibleActions) -> Message:
    """Return the answer to choosing a clip of ours: what it will be used for."""
    buttons, commands = [], []
    if actions.no_extend is None:
        buttons.append(Button(custom_id(Verb.EXTEND, job.id), _("Extend it"), "➕", discord.ButtonStyle.primary))
        commands.append("`/extend`")
    if actions.no_lipsync is None:
        buttons.append(Button(custom_id(Verb.LIPSYNC, job.id), _("Make it speak"), "👄"))
        commands.append("`/lipsync`")
    words = _("{name} is chosen: press a button, or find it first in the list of {commands}.")
    head = words.format(name=f"`{job_words.name(job)}`", commands=figures.both(commands))
    content = "\n".join([head, *_blocked(actions), _once(chosen)])
    return Message(content=content, buttons=(*buttons, _forget(chosen)))


def picture_chosen(chosen: Chosen, others: int) -> Message:
    """Return the answer to choosing a picture.

    Args:
        chosen: the choice.
        others: how many more files the message has.
    """
    words = _("The picture {file} is chosen: press the button, or run `/video` with `use_source`.")
    make = Button(_use(chosen, Use.VIDEO), _("Make a video from it"), "🎬", discord.ButtonStyle.primary)
    content = "\n".join([words.format(file=_file(chosen)), *_first_of(others), _once(chosen)])
    return Message(content=content, buttons=(make, _forget(chosen)))


def recording_chosen(chosen: Chosen, clips: Sequence[Job], others: int, now: int) -> Message:
    """Return the answer to choosing a recording.

    Args:
        chosen: the choice.
        clips: those that could speak, likeliest first.
        others: how many more files the message has.
        now: UTC milliseconds.
    """
    if clips:
        words = _("The recording {file} is chosen: pick a clip to speak it, or run `/lipsync` with `use_source`.")
    else:
        words = _(
            "The recording {file} is chosen, but there is no clip here yet that could speak it. Make one with "
            "`/video`, then run `/lipsync` with `use_source`."
        )
    content = "\n".join([words.format(file=_file(chosen)), *_first_of(others), _once(chosen)])
    choices = tuple(Choice(value=job.id, label=labels.clip(job, now)) for job in clips[:_MOST_CHOICES])
    lists = (ChoiceList(custom_id=_use(chosen, Use.SPEAK), placeholder=speak_placeholder(), choices=choices),)
    return Message(content=content, lists=lists if choices else (), buttons=(_forget(chosen),))


def speak_placeholder() -> str:
    """Return what the list of clips says that could speak a recording."""
    return _("Make a clip speak with it: which one?")


def forgotten() -> Message:
    """Return the answer to Forget it."""
    return Message(content=_("Forgotten: nothing is chosen now."))


def read_use(extra: str) -> tuple[str, str]:
    """Return the use and the mark in a custom id's `extra`."""
    use, _dot, mark = extra.partition(".")
    return use, mark


def _blocked(actions: PossibleActions) -> list[str]:
    refusals = [refusal for refusal in (actions.no_extend, actions.no_lipsync) if refusal is not None]
    return [f"- {refusal_sentence(refusal)}" for refusal in refusals]


def _use(chosen: Chosen, use: Use) -> str:
    return custom_id(Verb.USE, chosen.draft.id, f"{use}.{chosen.mark}")


def _forget(chosen: Chosen) -> Button:
    return Button(_use(chosen, Use.FORGET), _("Forget it"), "✖️")


def _file(chosen: Chosen) -> str:
    return quoted(chosen.file.filename, _NAME_SHOWN)


def _first_of(others: int) -> list[str]:
    if not others:
        return []
    return [_("Of the files in the message this is the first that can be used; post another one alone to choose it.")]


def _once(chosen: Chosen) -> str:
    words = _(
        "It is used once, and only where you say so. It is kept until {time}, or until you choose something else."
    )
    return f"-# {words.format(time=figures.date_and_time(chosen.draft.expires_at))}"
