"""Forms: a new clip, a longer one, one that speaks; each says what it costs before it is sent.

Sending a form that shows a price is the agreement to it, so its title names the price and its first field says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.catalog import BUILT_IN_VOICES, Catalogue, LipsyncLimits, Voice
from bot.errors import Refusal
from bot.jobs.costs import UNKNOWN, Cost
from bot.jobs.requests import ExtendRequest, LipsyncRequest, VideoRequest
from bot.ui import figures, labels, options
from bot.ui.amounts import amounts_said
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.forms_parts import (
    MOST_CHOICES,
    VALUE_LIMIT,
    Part,
    boxes_part,
    files_part,
    form,
    list_part,
    text_part,
    with_names,
)
from bot.ui.language import _
from bot.ui.message import CONTENT_LIMIT, Button, Choice, Message
from bot.ui.quoting import quoted, shorten, units
from bot.ui.refusals import refusal_of_clip, refusal_sentence

if TYPE_CHECKING:
    import discord

FormRequest = VideoRequest | ExtendRequest | LipsyncRequest
_OWN_LANGUAGE: Final = 20
"""How many voices of the reader's language come before the others."""
_NAME_SHOWN: Final = 60


class Field(StrEnum):
    """The fields' names in what is sent."""

    PROMPT = "prompt"
    PICTURES = "pictures"
    SETTINGS = "settings"
    AVOID = "avoid"
    OPTIONS = "options"
    SAY = "say"
    RECORDING = "recording"
    VOICE = "voice"
    SPEED = "speed"


class Box(StrEnum):
    """What can be ticked in the field OPTIONS."""

    SPOILER = "spoiler"
    PRIVATE = "private"
    NO_PICTURES = "no-pictures"


@dataclass(frozen=True, kw_only=True)
class FormNotReady(Refusal):
    """A form cannot follow a deferral, and what it needs did not come in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What stands in a form's fields, by their names.

    Attributes:
        texts: what is typed.
        picks: what is picked and ticked.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    picks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, name: Field) -> str:
        """Return what is typed into a field, "" for nothing."""
        return self.texts.get(name, "")

    def pick(self, name: Field) -> str:
        """Return the first thing picked, "" for none."""
        return next(iter(self.picks.get(name, ())), "")

    def ticked(self, box: Box) -> bool:
        """Tell whether a box is ticked."""
        return box in self.picks.get(Field.OPTIONS, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFacts:
    """What a form shows besides its fields.

    Attributes:
        draft_id: the draft that its sending takes up.
        request: what it began from, with the files that are kept.
        filled: what stands in the fields.
        catalogue: limits, voices, prices.
        settings: the choices of the list of settings; for a new clip only.
        priced: whether a price could be found; else it is shown, and asked about, after sending.
        cost: the price.
        in_server: whether a clip can be private: in direct messages every clip is.
        locale: the reader's.
    """

    draft_id: str
    request: FormRequest
    filled: Filled
    catalogue: Catalogue
    settings: tuple[Choice, ...] = ()
    priced: bool
    cost: Cost
    in_server: bool
    locale: str = "en-US"


def render_form(facts: FormFacts) -> discord.ui.Modal:
    """Return the form; needs a running event loop."""
    title, parts = _contents(facts)
    return form(custom_id(Verb.FORM, facts.draft_id), title, parts)


def to_be_mended(refusal: Refusal, draft_id: str, kept: Sequence[str], lost: Sequence[str]) -> Message:
    """Return the answer to a form that was refused, with the button that opens it again.

    Args:
        refusal: why.
        draft_id: what keeps the form.
        kept: the names of files that need not be attached again.
        lost: the names of files that must be.
    """
    lines = [
        refusal_of_clip(refusal),
        _("“Fix it” opens the form again with what you wrote; look over its settings before you send it."),
    ]
    if kept:
        lines.append(f"-# {_('Kept: {names}.').format(names=_names(kept))}")
    if lost:
        lines.append(f"-# {_('Not kept, attach again: {names}.').format(names=_names(lost))}")
    fix = Button(custom_id(Verb.FIX, draft_id), _("Fix it"), "✏️")
    return Message(content=shorten("\n".join(lines), CONTENT_LIMIT), buttons=(fix,))


def costs_more(offer: Message, shown: Cost, *, priced: bool) -> Message:
    """Return an offer that says why sending the form was not enough."""
    if priced and amounts_said():
        lead = _("The form said {price}. With what you chose it is this, so nothing was bought yet:")
        lead = lead.format(price=figures.price(shown))
    elif priced:
        lead = _("What you chose costs more than what the form began with, so nothing was bought yet:")
    else:
        lead = _("This is what it costs. Nothing was bought yet:")
    return Message(content=f"{lead}\n{offer.content}", buttons=offer.buttons)


def voices_offered(voices: Sequence[Voice], chosen: str, locale: str) -> tuple[Voice, ...]:
    """Return at most 25 voices: the one chosen, the owner's own, then most of the reader's language and some others.

    The command /lipsync offers them all.
    """
    home = "Chinese" if locale.startswith("zh") else "English"
    fitting = [voice for voice in voices if units(voice.name) <= VALUE_LIMIT]
    first = [voice for voice in fitting if voice.name.casefold() == chosen.casefold()]
    added = [voice for voice in fitting if voice not in BUILT_IN_VOICES]
    own = [voice for voice in fitting if voice.language == home]
    others = [voice for voice in fitting if voice.language != home]
    ordered = [*first, *added, *own[:_OWN_LANGUAGE], *others, *own]
    return tuple(dict.fromkeys(ordered))[:MOST_CHOICES]


def speeds_offered(limits: LipsyncLimits, chosen: str) -> tuple[str, ...]:
    """Return at most 25 speeds of speech, evenly from the slowest to the fastest, and the one chosen."""
    tenths = range(round(limits.min_speed * 10), round(limits.max_speed * 10) + 1)
    step = len(tenths) // MOST_CHOICES + 1
    speeds = {tenth / 10 for tenth in tenths[::step]}
    if chosen:
        speeds = {*sorted(speeds)[: MOST_CHOICES - 1], float(chosen)}
    return tuple(f"{speed:.1f}" for speed in sorted(speeds))


def _contents(facts: FormFacts) -> tuple[str, list[Part]]:
    request = facts.request
    match request:
        case VideoRequest():
            return _video(facts, request)
        case ExtendRequest():
            return _extend(facts, request)
        case LipsyncRequest():
            return _lipsync(facts, request)


def _video(facts: FormFacts, request: VideoRequest) -> tuple[str, list[Part]]:
    text, filled = facts.catalogue.limits.text, facts.filled
    name = _("Edit {name}").format(name=f"#{request.made_from}") if request.made_from else _("New video")
    if facts.priced and facts.cost.microusd is not None and amounts_said():
        price = _("{price} with these settings").format(price=figures.price(facts.cost))
        title = f"{name} · {price}"
    else:
        title = _title(name, facts)
    kept = [file.filename for file in request.files]
    parts = [
        text_part(
            Field.PROMPT,
            _("What the clip should show"),
            _terms(facts),
            filled.text(Field.PROMPT),
            most=text.prompt_characters,
            required=True,
        ),
        files_part(Field.PICTURES, _("Pictures"), _pictures(kept), most=2, file_types=options.IMAGE_FILES),
        list_part(
            Field.SETTINGS,
            _("Settings"),
            _("With a picture, the picture decides the shape."),
            facts.settings,
            required=True,
        ),
        text_part(
            Field.AVOID,
            _("Things you don't want to see"),
            "",
            filled.text(Field.AVOID),
            most=text.avoid_characters,
            required=False,
        ),
    ]
    more = [(Box.NO_PICTURES, _("Leave out the kept pictures"))] if kept else []
    return title, [*parts, _boxes(facts, more)]


def _extend(facts: FormFacts, request: ExtendRequest) -> tuple[str, list[Part]]:
    most = facts.catalogue.limits.text.prompt_characters
    prompt = text_part(
        Field.PROMPT,
        _("What happens next"),
        _terms(facts),
        facts.filled.text(Field.PROMPT),
        most=most,
        required=False,
    )
    name = _("Extend {name}").format(name=f"#{request.source_id}")
    return _title(name, facts), [prompt, _boxes(facts)]


def _lipsync(facts: FormFacts, request: LipsyncRequest) -> tuple[str, list[Part]]:
    limits, filled = facts.catalogue.limits.lipsync, facts.filled
    voice, speed = filled.pick(Field.VOICE), filled.pick(Field.SPEED)
    parts = [
        text_part(
            Field.SAY,
            _("What is said"),
            _terms(facts),
            filled.text(Field.SAY),
            most=limits.text_characters,
            required=False,
        ),
        list_part(
            Field.VOICE,
            _("Who says it"),
            _("Leave it out to get one for the language of the text. More voices are in /lipsync."),
            [
                Choice(value=one.name, label=labels.voice(one), picked=one.name.casefold() == voice.casefold())
                for one in voices_offered(facts.catalogue.voices, voice, facts.locale)
            ],
            required=False,
        ),
        list_part(
            Field.SPEED,
            _("How fast it is said"),
            _("{number} is the ordinary speed.").format(number=figures.number("1.0")),
            [
                Choice(value=one, label=figures.number(one), picked=one == speed)
                for one in speeds_offered(limits, speed)
            ],
            required=False,
        ),
        files_part(
            Field.RECORDING,
            _("A recording instead of a text"),
            _recording(request),
            most=1,
            file_types=options.AUDIO_FILES,
        ),
    ]
    name = _("Lip-sync {name}").format(name=f"#{request.source_id}")
    return _title(name, facts), [*parts, _boxes(facts)]


def _title(name: str, facts: FormFacts) -> str:
    return figures.joined((name, figures.price(facts.cost))) if facts.priced else name


def _terms(facts: FormFacts) -> str:
    """Say what sending does."""
    if facts.priced and facts.cost == UNKNOWN and amounts_said():
        return _("Nobody knows the price yet, and Submit buys the clip at once.")
    if facts.priced:
        return _("Submit buys the clip at once. If your choices cost more, you are asked first.")
    return _("Submit shows the price, and asks before anything is bought.")


def _pictures(kept: Sequence[str]) -> str:
    if not kept:
        return _("The first is what the clip starts from; a second one is what it ends with.")
    return with_names(_("kept: {names} (what you attach here replaces them)"), kept)


def _recording(request: LipsyncRequest) -> str:
    if request.audio is None:
        return _("With a recording, leave text, voice and speed empty.")
    return with_names(_("kept: {names} (used unless you type a text or attach another)"), [request.audio.filename])


def _boxes(facts: FormFacts, more: Sequence[tuple[Box, str]] = ()) -> Part:
    boxes = [(Box.SPOILER, _("Spoiler: hide the clip until somebody clicks on it"))]
    if facts.in_server:
        boxes.append((Box.PRIVATE, _("Private: only you get it, by direct message")))
    choices = [Choice(value=box, label=label, picked=facts.filled.ticked(box)) for box, label in (*boxes, *more)]
    return boxes_part(Field.OPTIONS, _("Options"), choices)


def _names(names: Sequence[str]) -> str:
    return figures.both([quoted(name, _NAME_SHOWN + 2) for name in names])


@refusal_sentence.register
def form_not_ready(_refusal: FormNotReady) -> str:
    """A form that did not open in time."""
    return _("The form could not be opened in time. Try again in a moment.")
