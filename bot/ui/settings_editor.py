"""One setting of a server, a channel or a role: what it is, and the ways to change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import discord

from bot.catalog import Catalogue, Mode, Ratio
from bot.community import settings as s
from bot.community.effective import Effective, Scope, Source
from bot.community.housekeeping import BOUNDS, listed
from bot.community.settings import Setting
from bot.jobs.house import SeesDollars
from bot.jobs.model import Destination
from bot.ui import figures, labels
from bot.ui.forms_parts import form, text_part
from bot.ui.language import _
from bot.ui.message import Button, Choice, ChoiceList, EntityKind, EntityList, Message
from bot.ui.quoting import one_line
from bot.ui.settings_address import Step, press
from bot.ui.settings_names import DESTINATIONS, LANGUAGES, NAMED, SEEING, Kind, Named, number_words
from bot.ui.settings_pages import Surroundings, back_to, source_words

NUMBER: Final = "number"
"""The field of the form for a number."""
_MOST_CHOICES: Final = 25
_NUMBER_LIMIT: Final = 20


def render_setting(
    around: Surroundings, named: Named, scope: Scope, names: Mapping[int, str], *, note: str = ""
) -> Message:
    """Return one setting with what changes it.

    Args:
        around: what is stored.
        named: the setting.
        scope: whose.
        names: of channels and roles that exist, for a list of Discord's that shows no mentions.
        note: what was done just now.
    """
    found = around.found(named, scope)
    value = figures.labelled(_(named.name), f"**{around.words(named, found)}**")
    lines = [f"{value} · {source_words(found)}", _(named.about), *_limit(around, named, found)]
    if note:
        lines.insert(0, note)
    lists, buttons = _ways(around, named, scope, found, names)
    if _is_set_here(around, named, scope):
        buttons.append(_reset(around, named, scope))
    return Message(content="\n".join(lines), lists=tuple(lists), buttons=(back_to(scope, named), *buttons))


def render_number_form(around: Surroundings, named: Named, scope: Scope) -> discord.ui.Modal:
    """Return the form in which a number is typed; needs a running event loop."""
    found = around.found(named, scope)
    typed = "" if found.value is None or found.source is not Source.HERE else _plain(named, found.value)
    limit = around.limits.of(named.setting)
    least, most = BOUNDS[named.setting.name]
    most = most if limit is None else min(most, limit)
    description = _("From {least} to {most}").format(
        least=number_words(named.setting, least), most=number_words(named.setting, most)
    )
    part = text_part(NUMBER, _(named.name), description, typed, most=_NUMBER_LIMIT, required=True, long=False)
    return form(press(Step.TYPED, scope, named.setting), _(named.name), [part])


def choices_of(setting: Setting[Any], catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return what a setting can be picked from: values as stored, and their words."""
    match setting.name:
        case s.MODEL.name | s.MODELS.name:
            return [(row.key, labels.described_model(row)) for row in catalogue.models]
        case s.QUALITY.name:
            return [(mode.value, labels.quality(mode)) for mode in Mode]
        case s.LENGTH.name | s.MAX_LENGTH.name:
            return [(str(seconds), labels.length(seconds)) for seconds in catalogue.lengths_for()]
        case s.RATIO.name:
            return [(ratio.value, labels.ratio(ratio)) for ratio in Ratio]
        case s.RESULTS.name:
            return [(where.value, _(DESTINATIONS[where])) for where in Destination]
        case s.SEES_DOLLARS.name:
            return [(who.value, _(SEEING[who])) for who in SeesDollars]
        case s.LANGUAGE.name:
            return list(LANGUAGES.items())
        case _:
            return []


def named_setting(name: str) -> Named | None:
    """Return a setting by its name; None where there is none."""
    return NAMED.get(name)


def _ways(
    around: Surroundings, named: Named, scope: Scope, found: Effective, names: Mapping[int, str]
) -> tuple[list[ChoiceList | EntityList], list[Button]]:
    match named.kind:
        case Kind.CHANNELS | Kind.ROLES:
            return _entity_lists(around, named, scope, names), []
        case Kind.CHANNEL:
            pick = EntityList(
                custom_id=press(Step.ADD, scope, named.setting),
                placeholder=_("Pick a channel"),
                kind=EntityKind.TEXT_CHANNELS,
            )
            return [pick], []
        case Kind.NUMBER | Kind.DOLLARS:
            return [], [Button(press(Step.TYPE, scope, named.setting), _("Type a number"), "✏️")]
        case Kind.SWITCH:
            on = Button(press(Step.ON, scope, named.setting), _("On"), "✅", _style(found.value is True))
            off = Button(press(Step.OFF, scope, named.setting), _("Off"), "⛔", _style(found.value is False))
            return [], [on, off]
        case Kind.LIST | Kind.SEVERAL:
            return [_choice_list(around.catalogue, named, scope, found)], []


def _choice_list(catalogue: Catalogue, named: Named, scope: Scope, found: Effective) -> ChoiceList:
    several = named.kind is Kind.SEVERAL
    current = _current(named, found)
    offered = choices_of(named.setting, catalogue)
    shown = offered[:_MOST_CHOICES]
    placeholder = _("Pick one or more") if several else _("Pick one")
    if len(offered) > len(shown):
        placeholder = _("Pick one ({number} more are not shown)").format(number=len(offered) - len(shown))
    return ChoiceList(
        custom_id=press(Step.CHOOSE, scope, named.setting),
        placeholder=placeholder,
        choices=tuple(Choice(value=value, label=label, picked=value in current) for value, label in shown),
        most=len(shown) if several else 1,
    )


def _entity_lists(
    around: Surroundings, named: Named, scope: Scope, names: Mapping[int, str]
) -> list[ChoiceList | EntityList]:
    is_role = named.kind is Kind.ROLES
    add = EntityList(
        custom_id=press(Step.ADD, scope, named.setting),
        placeholder=_("Add roles") if is_role else _("Add channels"),
        kind=EntityKind.ROLES if is_role else EntityKind.CHANNELS,
        most=_MOST_CHOICES,
    )
    there = around.has_role if is_role else around.has_channel
    # Those that are deleted come first: they are what one wants to take away.
    current = sorted(listed(around.record, named.setting), key=lambda entity: (there(entity), entity))
    if not current:
        return [add]
    shown = current[:_MOST_CHOICES]
    placeholder = _("Take away")
    if len(current) > len(shown):
        placeholder = _("Take away ({number} more are not shown)").format(number=len(current) - len(shown))
    take = ChoiceList(
        custom_id=press(Step.TAKE, scope, named.setting),
        placeholder=placeholder,
        choices=tuple(Choice(value=str(entity), label=_entity(entity, names, is_role=is_role)) for entity in shown),
        most=len(shown),
    )
    return [add, take]


def _entity(entity: int, names: Mapping[int, str], *, is_role: bool) -> str:
    if entity not in names:
        return _("⚠️ deleted ({id})").format(id=entity)
    return f"@{one_line(names[entity])}" if is_role else f"#{one_line(names[entity])}"


def _limit(around: Surroundings, named: Named, found: Effective) -> Iterable[str]:
    limit = around.limits.of(named.setting)
    if limit is not None:
        most = number_words(named.setting, limit)
        yield f"-# {_('Whoever runs the bot allows at most {limit}.').format(limit=most)}"
    if found.over is not None:
        asked = number_words(named.setting, found.over)
        yield f"-# {_('Set here: {value}, which is more than is allowed by now.').format(value=asked)}"


def _is_set_here(around: Surroundings, named: Named, scope: Scope) -> bool:
    return any(
        (key.level, key.scope_id, key.name) == (scope.level, scope.id, named.setting.name)
        for key in around.record.rules
    )


def _reset(around: Surroundings, named: Named, scope: Scope) -> Button:
    if around.limits.of(named.setting) is not None:
        label = _("Back to the operator's")
    elif scope.id != around.record.guild_id:
        label = _("Back to the server's")
    else:
        label = _("Back to not set")
    return Button(press(Step.RESET, scope, named.setting), label, "🧹", discord.ButtonStyle.danger)


def _current(named: Named, found: Effective) -> frozenset[str]:
    if found.value is None or found.source is not Source.HERE:
        return frozenset()
    return frozenset(found.value) if named.kind is Kind.SEVERAL else frozenset({named.setting.write(found.value)})


def _plain(named: Named, value: int) -> str:
    return f"{value / 1_000_000:.6f}".rstrip("0").rstrip(".") if named.kind is Kind.DOLLARS else str(value)


def _style(is_current: bool) -> discord.ButtonStyle:
    return discord.ButtonStyle.primary if is_current else discord.ButtonStyle.secondary
