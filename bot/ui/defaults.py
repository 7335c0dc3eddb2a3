"""A person's defaults: what they are, what they would make, and how to change each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import discord

from bot.catalog import Catalogue, Mode, Ratio, VideoAsked, VideoChoice
from bot.errors import Refused
from bot.jobs.costs import LISTED_ONLY, PriceList
from bot.jobs.model import Destination
from bot.jobs.preferences import Preferences
from bot.ui import figures, labels
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _, marked
from bot.ui.message import Button, Choice, ChoiceList, Message
from bot.ui.quoting import escaped
from bot.ui.refusals import refusal_sentence

NOTHING: Final = "none"
"""The value of a list's first choice: not to have this default."""
_MOST_CHOICES: Final = 25
_MODEL_SHOWN: Final = 80
_ANY_PROMPT: Final = "…"
"""No request is judged without a prompt, and no prompt changes what one costs."""


class Default(StrEnum):
    """What can be chosen; part of custom ids."""

    MODEL = "model"
    QUALITY = "quality"
    LENGTH = "length"
    RATIO = "ratio"
    RESULTS = "results"
    SPOILER = "spoiler"
    ASK = "ask"


class Step(StrEnum):
    """What else a custom id of these can say."""

    RESET = "reset"
    BACK = "back"
    SET = "set"
    """In addition to a default's name: a list's pick."""
    ON = "on"
    OFF = "off"


_NAMES: Final = {
    Default.MODEL: ("🎞️", marked("Model")),
    Default.QUALITY: ("✨", marked("Quality")),
    Default.LENGTH: ("⏱️", marked("Length")),
    Default.RATIO: ("🖼️", marked("Shape")),
    Default.RESULTS: ("📬", marked("Results")),
}
_DESTINATIONS: Final = {
    Destination.CHANNEL: marked("in the channel where you ask"),
    Destination.THREAD: marked("in a thread of their own"),
    Destination.DIRECT: marked("in your direct messages, hidden from others"),
}


@dataclass(frozen=True, slots=True)
class _Picked:
    """How one default is listed: its choices, and how a pick changes the preferences."""

    choices: Callable[[Preferences, Catalogue], Iterable[tuple[str, str]]]
    current: Callable[[Preferences], str]
    chosen: Callable[[Preferences, str], Preferences]


def render_defaults(
    own: Preferences, catalogue: Catalogue, prices: PriceList = LISTED_ONLY, *, saved: bool = False
) -> Message:
    """Return a person's defaults with the buttons that change them.

    Args:
        own: what they saved.
        catalogue: names models, and knows what goes together.
        prices: what clips cost.
        saved: whether one was changed just now.
    """
    head = _("Saved. Your defaults, on every server:") if saved else _("Your defaults, on every server:")
    note = _("What you say in a command always goes first. Nothing is ever saved but what you choose here.")
    lines = [f"**{head}**", *_lines(own, catalogue), _outlook(own, catalogue, prices), f"-# {note}"]
    return Message(content="\n".join(lines), buttons=tuple(_buttons(own)))


def render_choices(which: Default, own: Preferences, catalogue: Catalogue) -> Message:
    """Return the list in which one of them is picked."""
    picked = _PICKED[which]
    current = picked.current(own)
    offered = [(NOTHING, _("No default: let the bot choose")), *picked.choices(own, catalogue)]
    if which is Default.RESULTS:
        offered = offered[1:]
    choices = [Choice(value=value, label=label, picked=value == current) for value, label in offered]
    name = _(_NAMES[which][1])
    pick = ChoiceList(
        custom_id=custom_id(Verb.DEFAULTS, which, Step.SET),
        placeholder=_("Pick one"),
        choices=tuple(choices[:_MOST_CHOICES]),
    )
    back = Button(custom_id(Verb.DEFAULTS, Step.BACK), _("Back"), "↩️")
    return Message(
        content=_("**{name}**, where you do not say otherwise:").format(name=name), lists=(pick,), buttons=(back,)
    )


def changed(which: Default, value: str, own: Preferences, catalogue: Catalogue) -> Preferences | None:
    """Return preferences after a pick; None where the list never had it."""
    if not is_listed(which) and value not in {Step.ON, Step.OFF}:
        return None
    if which is Default.SPOILER:
        return replace(own, spoiler=value == Step.ON)
    if which is Default.ASK:
        return replace(own, asks_first=value == Step.ON)
    picked = _PICKED[which]
    known = {offered for offered, _label in picked.choices(Preferences(), catalogue)} | {NOTHING}
    return picked.chosen(own, value) if value in known else None


def is_listed(which: Default) -> bool:
    """Tell whether a default is picked in a list; the others are switched on and off."""
    return which in _PICKED


def _lines(own: Preferences, catalogue: Catalogue) -> list[str]:
    unset = _("not set")
    row = catalogue.model(own.model) if own.model else None
    model = labels.described_model(row) if row is not None else escaped(own.model, _MODEL_SHOWN)
    values = {
        Default.MODEL: model or unset,
        Default.QUALITY: labels.quality(own.mode) if own.mode else unset,
        Default.LENGTH: labels.length(own.seconds) if own.seconds is not None else unset,
        Default.RATIO: labels.ratio(own.ratio) if own.ratio else unset,
        Default.RESULTS: _(_DESTINATIONS[own.destination]),
    }
    lines = [f"{_NAMES[which][0]} {figures.labelled(_(_NAMES[which][1]), value)}" for which, value in values.items()]
    spoiler = _("yes, until somebody clicks on them") if own.spoiler else _("no")
    lines.append(f"🙈 {figures.labelled(_('Hide clips as spoilers'), spoiler)}")
    lines.append(f"💬 {figures.labelled(_('Ask before buttons and replies spend'), _asking(own))}")
    return lines


def _asking(own: Preferences) -> str:
    if own.asks_first:
        return _("yes, with the price")
    return _("no; press **Ask again** to change that")


def _outlook(own: Preferences, catalogue: Catalogue, prices: PriceList) -> str:
    """Return what a bare prompt would make, or which of the defaults do not go together."""
    try:
        choice = catalogue.choose(own.fill(VideoAsked(prompt=_ANY_PROMPT)))
    except Refused as error:
        rule = refusal_sentence(error.refusal)
        words = _("⚠️ These do not go together, so `/video` leaves all of them aside until you change one: {rule}")
        return words.format(rule=rule)
    return _("With only a prompt, `/video` makes: {clip}").format(clip=_clip(choice, prices))


def _clip(choice: VideoChoice, prices: PriceList) -> str:
    row = choice.model.mode_row(choice.mode)
    parts = [f"Kling {choice.model.label}", labels.quality(choice.mode, row), labels.length(choice.seconds)]
    if choice.ratio:
        parts.append(labels.ratio(Ratio(choice.ratio)))
    price = labels.price(choice, prices)
    return f"{figures.listed(parts)} — **{price}**" if price else figures.listed(parts)


def _buttons(own: Preferences) -> list[Button]:
    buttons = [Button(custom_id(Verb.DEFAULTS, which), _(name), emoji) for which, (emoji, name) in _NAMES.items()]
    if own.spoiler:
        buttons.append(_switch(Default.SPOILER, Step.OFF, _("Don't hide clips"), "👁️"))
    else:
        buttons.append(_switch(Default.SPOILER, Step.ON, _("Hide clips"), "🙈"))
    if own.asks_first:
        buttons.append(_switch(Default.ASK, Step.OFF, _("Don't ask before spending"), "⏩"))
    else:
        buttons.append(_switch(Default.ASK, Step.ON, _("Ask again"), "💬"))
    if own != Preferences():
        reset = Button(custom_id(Verb.DEFAULTS, Step.RESET), _("Reset all"), "🧹", discord.ButtonStyle.danger)
        buttons.append(reset)
    return buttons


def _switch(which: Default, to: Step, label: str, emoji: str) -> Button:
    return Button(custom_id(Verb.DEFAULTS, which, to), label, emoji)


def _models(_own: Preferences, catalogue: Catalogue) -> Iterable[tuple[str, str]]:
    return ((row.key, labels.described_model(row)) for row in catalogue.models[: _MOST_CHOICES - 1])


def _qualities(own: Preferences, catalogue: Catalogue) -> Iterable[tuple[str, str]]:
    row = catalogue.model(own.model) if own.model else None
    return ((mode.value, labels.quality(mode, row.mode_row(mode) if row is not None else None)) for mode in Mode)


def _lengths(own: Preferences, catalogue: Catalogue) -> Iterable[tuple[str, str]]:
    lengths = catalogue.lengths_for(own.model, own.mode)
    return ((str(seconds), labels.length(seconds)) for seconds in lengths[: _MOST_CHOICES - 1])


def _ratios(_own: Preferences, _catalogue: Catalogue) -> Iterable[tuple[str, str]]:
    return ((ratio.value, labels.ratio(ratio)) for ratio in Ratio)


def _destinations(_own: Preferences, _catalogue: Catalogue) -> Iterable[tuple[str, str]]:
    return ((where.value, _(words)) for where, words in _DESTINATIONS.items())


_PICKED: Final = {
    Default.MODEL: _Picked(
        _models, lambda own: own.model or NOTHING, lambda own, key: replace(own, model="" if key == NOTHING else key)
    ),
    Default.QUALITY: _Picked(
        _qualities,
        lambda own: own.mode.value if own.mode else NOTHING,
        lambda own, mode: replace(own, mode=None if mode == NOTHING else Mode(mode)),
    ),
    Default.LENGTH: _Picked(
        _lengths,
        lambda own: str(own.seconds) if own.seconds is not None else NOTHING,
        lambda own, seconds: replace(own, seconds=None if seconds == NOTHING else int(seconds)),
    ),
    Default.RATIO: _Picked(
        _ratios,
        lambda own: own.ratio.value if own.ratio else NOTHING,
        lambda own, ratio: replace(own, ratio=None if ratio == NOTHING else Ratio(ratio)),
    ),
    Default.RESULTS: _Picked(
        _destinations,
        lambda own: own.destination.value,
        lambda own, where: replace(own, destination=Destination.CHANNEL if where == NOTHING else Destination(where)),
    ),
}
