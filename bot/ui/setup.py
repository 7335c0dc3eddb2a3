"""Setting a server up: the message that it begins with, and its steps, each filled with what holds now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import discord

from bot.catalog import Catalogue
from bot.community import settings as s
from bot.community.effective import OperatorLimits, Scope, effective
from bot.community.record import HouseRecord, Level
from bot.community.settings import Setting
from bot.jobs.costs import Cost
from bot.ui import figures
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _, marked
from bot.ui.message import Button, EntityKind, EntityList, Message
from bot.ui.settings_names import name_of, value_words

MOST_PICKED: Final = 25
"""Discord lets so many channels or roles be picked in one list (platform notes §5); `/settings` takes more."""


class Step(StrEnum):
    """A page of setting up, in order; part of custom ids."""

    CHANNELS = "channels"
    ROLES = "roles"
    BUDGET = "budget"
    PERSON = "person"
    REPORTS = "reports"
    READY = "ready"


class Deed(StrEnum):
    """What else a custom id of these can ask for."""

    BEGIN = "begin"
    TEST = "test"
    CLIP = "clip"
    HOWTO = "howto"
    FINISH = "finish"


class Change(StrEnum):
    """What is to happen to a step's settings: the `extra` of its custom ids."""

    PICK = "pick"
    CLEAR = "clear"
    TYPE = "type"


BEGIN_ID: Final = custom_id(Verb.SETUP, Deed.BEGIN)
"""Of the button with which setting up begins, wherever that stands."""
ORDER: Final = tuple(Step)
SETTINGS_OF: Final[dict[Step, tuple[Setting[Any], ...]]] = {
    Step.CHANNELS: (s.ALLOWED_CHANNELS,),
    Step.ROLES: (s.ALLOWED_ROLES,),
    Step.BUDGET: (s.BUDGET_USD, s.BUDGET_CLIPS),
    Step.PERSON: (s.CLIPS_PER_DAY, s.CLIPS_PER_MONTH, s.RUNNING),
    Step.REPORTS: (s.MOD_LOG,),
}
"""What each step decides."""
TYPED: Final = frozenset({Step.BUDGET, Step.PERSON})
"""Steps whose values are typed into a form; those of the others are picked."""
_HEADS: Final = {
    Step.CHANNELS: ("💬", marked("Where can members make clips?")),
    Step.ROLES: ("👥", marked("Who can make clips?")),
    Step.BUDGET: ("💰", marked("How much can this server spend in a month?")),
    Step.PERSON: ("👤", marked("How much can one member make?")),
    Step.REPORTS: ("📋", marked("Where do reports go?")),
}
_ABOUT: Final = {
    Step.CHANNELS: marked("Pick the channels, or leave it at every channel. A thread counts as its channel."),
    Step.ROLES: marked("Pick the roles of which one is needed, or leave it at everybody."),
    Step.BUDGET: marked(
        "When the budget is used up, nobody here can make more clips until the next month. It can be in dollars, in "
        "clips, or both."
    ),
    Step.PERSON: marked("These hold for everybody without a role of their own in `/settings`."),
    Step.REPORTS: marked(
        "Pick the channel in which moderators read reports of clips. Without one they go to whoever runs the bot."
    ),
}
_PICKS: Final = {
    Step.CHANNELS: (EntityKind.CHANNELS, MOST_PICKED, marked("Pick channels")),
    Step.ROLES: (EntityKind.ROLES, MOST_PICKED, marked("Pick roles")),
    Step.REPORTS: (EntityKind.TEXT_CHANNELS, 1, marked("Pick a channel")),
}
_CLEARS: Final = {
    Step.CHANNELS: marked("Every channel"),
    Step.ROLES: marked("Everybody"),
    Step.BUDGET: marked("No budget of our own"),
    Step.PERSON: marked("No limits of our own"),
    Step.REPORTS: marked("No channel"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFacts:
    """What the pages show.

    Attributes:
        record: what the server has chosen so far.
        limits: what the operator allows at most.
        catalogue: names models.
        there: tells whether a channel or role still exists.
        cost: of the first clip; None where it cannot be made as things stand.
    """

    record: HouseRecord
    limits: OperatorLimits
    catalogue: Catalogue
    there: Callable[[int], bool]
    cost: Cost | None = None

    @property
    def is_set_up(self) -> bool:
        """Tell whether members can make clips."""
        return self.record.set_up_at is not None

    def stored(self, setting: Setting[Any]) -> Any:
        """Return what the server chose, None where it chose nothing or what is stored makes no sense."""
        key = next(
            (
                key
                for key in self.record.rules
                if key.level is Level.SERVER and key.scope_id == self.record.guild_id and key.name == setting.name
            ),
            None,
        )
        try:
            return setting.read(self.record.rules[key]) if key is not None else None
        except ValueError:
            return None

    def words(self, setting: Setting[Any]) -> str:
        """Return what holds, in words."""
        holds = effective(self.record, self.limits, setting, Scope(Level.SERVER, self.record.guild_id))
        return value_words(setting, holds.value, self.catalogue, self.there)


def render_welcome() -> Message:
    """Return what a server is told when the bot comes there; it pings nobody."""
    hello = _("Hello! I make short video clips from words and pictures, and post them right here.")
    who = _(
        "Whoever manages this server can set me up in a minute: channels, roles, a monthly budget. Until then only "
        "they can make clips."
    )
    return Message(content=f"{hello}\n{who}", buttons=(_begin(),))


def render_step(step: Step, facts: SetupFacts, *, saved: bool = False) -> Message:
    """Return a page of setting up; what is chosen on it holds at once.

    Args:
        step: which.
        facts: what holds.
        saved: whether something was chosen just now.
    """
    return _ready(facts) if step is Step.READY else _page(step, facts, saved=saved)


def first_prompt() -> str:
    """Return what a first clip could show."""
    return _("A white egret takes off from a misty lake at sunrise")


def with_note(page: Message, note: str) -> Message:
    """Return a page that says first what came of something."""
    return replace(page, content=f"{note}\n\n{page.content}")


def render_finished(facts: SetupFacts, *, first: bool) -> Message:
    """Return the last page after setting up was finished; `first` is False where somebody else had done it before."""
    done = _("✅ This server is set up: members can make clips now.")
    before = _("This server is set up already, so nothing had to be done.")
    return with_note(_ready(facts), done if first else before)


def _page(step: Step, facts: SetupFacts, *, saved: bool) -> Message:
    emoji, head = _HEADS[step]
    number = _("{number} of {count}").format(number=ORDER.index(step) + 1, count=len(SETTINGS_OF))
    lines = [f"**{emoji} {_(head)}** · {number}", _(_ABOUT[step])]
    lines += [figures.labelled(f"**{name_of(setting.name)}**", facts.words(setting)) for setting in SETTINGS_OF[step]]
    ceiling = _ceiling(step, facts)
    if ceiling:
        lines.append(f"-# {ceiling}")
    if _too_many(step, facts):
        lines.append(_("More are chosen than one list can show: change them in `/settings`."))
    lines.append(f"-# {_('Saved.') if saved else _('Press Next to leave it as it is.')}")
    return Message(content="\n".join(lines), lists=_pick(step, facts), buttons=_buttons(step, facts))


def _ceiling(step: Step, facts: SetupFacts) -> str:
    """Return what the operator allows at most, where that is anything."""
    limits = [(setting, facts.limits.of(setting)) for setting in SETTINGS_OF[step]]
    said = [
        figures.labelled(name_of(setting.name), value_words(setting, limit, facts.catalogue, facts.there))
        for setting, limit in limits
        if limit is not None
    ]
    return _("At most, by whoever runs the bot: {limits}").format(limits=figures.listed(said)) if said else ""


def _too_many(step: Step, facts: SetupFacts) -> bool:
    """Tell whether picking in a list would lose some of what is chosen."""
    stored = facts.stored(SETTINGS_OF[step][0])
    return isinstance(stored, frozenset) and len(stored) > MOST_PICKED


def _pick(step: Step, facts: SetupFacts) -> tuple[EntityList, ...]:
    if step not in _PICKS or _too_many(step, facts):
        return ()
    kind, most, placeholder = _PICKS[step]
    stored = facts.stored(SETTINGS_OF[step][0])
    chosen = sorted(stored) if isinstance(stored, frozenset) else [stored] if stored is not None else []
    return (
        EntityList(
            custom_id=custom_id(Verb.SETUP, step, Change.PICK),
            placeholder=_(placeholder),
            kind=kind,
            most=most,
            picked=tuple(entity for entity in chosen if facts.there(entity)),
        ),
    )


def _buttons(step: Step, facts: SetupFacts) -> tuple[Button, ...]:
    place = ORDER.index(step)
    buttons = []
    if place:
        buttons.append(_go(ORDER[place - 1], _("Back"), "◀️"))
    if step in TYPED:
        buttons.append(Button(custom_id(Verb.SETUP, step, Change.TYPE), _("Change"), "✏️"))
    if any(facts.stored(setting) is not None for setting in SETTINGS_OF[step]):
        buttons.append(Button(custom_id(Verb.SETUP, step, Change.CLEAR), _(_CLEARS[step]), "🧹"))
    buttons.append(_go(ORDER[place + 1], _("Next"), "▶️", discord.ButtonStyle.primary))
    return tuple(buttons)


def _ready(facts: SetupFacts) -> Message:
    lines = [f"**🎬 {_('Ready?')}**", *_summary(facts)]
    if facts.is_set_up:
        said = _("Members can make clips. Everything else is in `/settings`.")
    else:
        said = _(
            "Nothing is left to choose. Until you let members in, only those who manage the server can make clips."
        )
    lines.append(said)
    test = EntityList(
        custom_id=custom_id(Verb.SETUP, Deed.TEST),
        placeholder=_("Test a channel: a small file is posted and taken away, free of charge"),
        kind=EntityKind.TEXT_CHANNELS,
    )
    return Message(content="\n".join(lines), lists=(test,), buttons=tuple(_deeds(facts)))


def _summary(facts: SetupFacts) -> Sequence[str]:
    lines = []
    for step, settings in SETTINGS_OF.items():
        emoji, _head = _HEADS[step]
        said = [figures.labelled(name_of(setting.name), facts.words(setting)) for setting in settings]
        lines.append(f"{emoji} {' · '.join(said)}")
    return lines


def _deeds(facts: SetupFacts) -> Sequence[Button]:
    buttons = [_go(Step.REPORTS, _("Back"), "◀️")]
    if not facts.is_set_up:
        finish = _("Let members make clips")
        buttons.append(Button(custom_id(Verb.SETUP, Deed.FINISH), finish, "✅", discord.ButtonStyle.success))
    price = figures.price(facts.cost) if facts.cost is not None else ""
    clip = _("Make the first clip: {price}").format(price=price) if price else _("Make the first clip")
    buttons.append(Button(custom_id(Verb.SETUP, Deed.CLIP), clip, "🎬"))
    buttons.append(Button(custom_id(Verb.SETUP, Deed.HOWTO), _("Post a how-to here"), "📌"))
    return buttons


def _go(step: Step, label: str, emoji: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> Button:
    return Button(custom_id(Verb.SETUP, step), label, emoji, style)


def _begin() -> Button:
    return Button(BEGIN_ID, _("Set up"), "⚙️", discord.ButtonStyle.primary)
