"""The pages of /settings: everything at a glance, one group, one channel's or one role's settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot.catalog import Catalogue
from bot.community.effective import Effective, OperatorLimits, Scope, Source, effective
from bot.community.housekeeping import Leftovers
from bot.community.ports import AuditLine
from bot.community.record import HouseRecord, Level
from bot.ui import figures
from bot.ui.deeds import deed_words
from bot.ui.language import _, marked, ngettext
from bot.ui.message import CONTENT_LIMIT, Button, Choice, ChoiceList, EntityKind, EntityList, Message
from bot.ui.quoting import shorten
from bot.ui.settings_address import Step, press, press_at
from bot.ui.settings_names import GROUPS, NAMED, Group, Kind, Named, mention, shortened, value_words

_FIELD_LIMIT: Final = 1024
_SOURCES: Final = {
    Source.HERE: marked("set here"),
    Source.SERVER: marked("the server's"),
    Source.OPERATOR: marked("operator's limit"),
    Source.UNSET: marked("not set"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a page is drawn from.

    Attributes:
        record: the server's settings as stored.
        limits: the operator's.
        catalogue: names models.
        has_channel: tells whether a channel still exists.
        has_role: tells whether a role does.
        left: what is still set for those that do not.
    """

    record: HouseRecord
    limits: OperatorLimits
    catalogue: Catalogue
    has_channel: Callable[[int], bool]
    has_role: Callable[[int], bool]
    left: Leftovers

    def found(self, named: Named, scope: Scope) -> Effective:
        """Return what a setting comes to."""
        return effective(self.record, self.limits, named.setting, scope)

    def words(self, named: Named, found: Effective) -> str:
        """Return what a setting comes to in words."""
        there = self.has_role if named.kind is Kind.ROLES else self.has_channel
        return value_words(named.setting, found.value, self.catalogue, there)


def render_hub(around: Surroundings, *, note: str = "") -> Message:
    """Return everything that holds on the server, with the ways to change it."""
    scope = Scope(Level.SERVER, around.record.guild_id)
    embed = discord.Embed(title=_("This server's settings"), description=note or None)
    for group, (emoji, name) in GROUPS.items():
        lines = [_line(around, named, scope) for named in _of(group, Level.SERVER)]
        if group is Group.WORDS:
            lines.insert(0, figures.labelled(_("Blocked words"), f"**{len(around.record.words)}**"))
        embed.add_field(name=f"{emoji} {_(name)}", value=shorten("\n".join(lines), _FIELD_LIMIT), inline=False)
    own = _own_settings(around)
    if own:
        embed.add_field(name=f"📌 {_('Settings of their own')}", value=shorten(own, _FIELD_LIMIT), inline=False)
    groups = ChoiceList(
        custom_id=press(Step.GROUP),
        placeholder=_("Change settings of the server"),
        choices=tuple(Choice(value=group, label=f"{emoji} {_(name)}") for group, (emoji, name) in GROUPS.items()),
    )
    channels = EntityList(
        custom_id=press(Step.CHANNEL), placeholder=_("Settings of one channel"), kind=EntityKind.CHANNELS
    )
    roles = EntityList(custom_id=press(Step.ROLE), placeholder=_("Settings of one role"), kind=EntityKind.ROLES)
    return Message(embeds=(embed,), lists=(groups, channels, roles), buttons=tuple(_hub_buttons(around)))


def render_group(around: Surroundings, group: Group, *, note: str = "") -> Message:
    """Return one group of the server's settings."""
    emoji, name = GROUPS[group]
    scope = Scope(Level.SERVER, around.record.guild_id)
    lines = [f"**{emoji} {_(name)}**", *(_line(around, named, scope) for named in _of(group, Level.SERVER))]
    buttons = [_back(press(Step.HUB))]
    if group is Group.WORDS:
        buttons.append(words_button(around.record))
    return Message(
        content=_noted(note, "\n".join(lines)),
        lists=(_settings_list(_of(group, Level.SERVER), scope),),
        buttons=tuple(buttons),
    )


def render_scope(around: Surroundings, scope: Scope, *, note: str = "") -> Message:
    """Return the settings of one channel or role: its own, and what holds there without them."""
    if scope.level is Level.SERVER:
        return render_hub(around, note=note)
    is_role = scope.level is Level.ROLE
    whose = mention(scope.id, is_role=is_role, there=around.has_role if is_role else around.has_channel)
    if is_role:
        head = _("**Settings of the role {role}.** Of several roles the most generous holds.").format(role=whose)
    else:
        head = _("**Settings of the channel {channel}**, and of its threads.").format(channel=whose)
    offered = [named for named in NAMED.values() if scope.level in named.setting.levels]
    lines = [head, *(_line(around, named, scope) for named in offered)]
    return Message(
        content=_noted(note, "\n".join(lines)),
        lists=(_settings_list(offered, scope),),
        buttons=(_back(press(Step.HUB)),),
    )


def render_changes(lines: Sequence[AuditLine], catalogue: Catalogue) -> Message:
    """Return who changed what, newest first; `catalogue` names models."""
    told = [f"- {figures.joined([*_who_and_when(line), *deed_words(line, catalogue)])}" for line in lines]
    head = _("**What was changed last**") if told else _("Nothing has been changed yet.")
    return Message(content=_noted("", "\n".join([head, *told])), buttons=(_back(press(Step.HUB)),))


def _who_and_when(line: AuditLine) -> list[str]:
    return [figures.relative(line.at), f"<@{line.actor_id}>" if line.actor_id else ""]


def source_words(found: Effective) -> str:
    """Return where a value comes from."""
    return _(_SOURCES[found.source])


def words_button(record: HouseRecord) -> Button:
    """Return the button that opens the blocked words."""
    label = _("Blocked words ({number})").format(number=len(record.words))
    return Button(press_at(Step.WORDS, "0"), label, "🚫")


def back_to(scope: Scope, named: Named) -> Button:
    """Return the button that leads from a setting to where it is one of several."""
    if scope.level is Level.SERVER:
        return _back(press_at(Step.GROUP, named.group))
    return _back(press(Step.SCOPE, scope))


def _back(target: str) -> Button:
    return Button(target, _("Back"), "↩️")


def _noted(note: str, text: str) -> str:
    return shorten(f"{note}\n{text}" if note else text, CONTENT_LIMIT)


def _of(group: Group, level: Level) -> list[Named]:
    return [named for named in NAMED.values() if named.group is group and level in named.setting.levels]


def _line(around: Surroundings, named: Named, scope: Scope) -> str:
    found = around.found(named, scope)
    line = figures.labelled(_(named.name), f"**{around.words(named, found)}**")
    return f"{line} · {source_words(found)}"


def _settings_list(offered: Iterable[Named], scope: Scope) -> ChoiceList:
    return ChoiceList(
        custom_id=press(Step.PICK, scope),
        placeholder=_("Pick what to change"),
        choices=tuple(
            Choice(value=named.setting.name, label=_(named.name), description=_(named.about)) for named in offered
        ),
    )


def _own_settings(around: Surroundings) -> str:
    """Return the channels and roles that have settings of their own."""
    lines = []
    for level, name in ((Level.CHANNEL, marked("Channels")), (Level.ROLE, marked("Roles"))):
        own = sorted({key.scope_id for key in around.record.rules if key.level is level})
        if own:
            is_role = level is Level.ROLE
            there = around.has_role if is_role else around.has_channel
            mentions = [mention(entity, is_role=is_role, there=there) for entity in own]
            lines.append(figures.labelled(_(name), shortened(mentions)))
    return "\n".join(lines)


def _hub_buttons(around: Surroundings) -> Iterable[Button]:
    yield Button(press(Step.CHECK), _("Check permissions"), "🩺")
    yield words_button(around.record)
    yield Button(press(Step.CHANGES), _("Last changes"), "📜")
    if len(around.left):
        label = ngettext(
            "Remove {number} setting of what is deleted",
            "Remove {number} settings of what is deleted",
            len(around.left),
        )
        yield Button(press(Step.CLEAR_OUT), label.format(number=len(around.left)), "🧹")
