"""The forms of setting up: amounts and numbers, filled with what holds, and read again when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import discord

from bot.community.settings import Setting
from bot.community.typed import is_in_dollars, read_number
from bot.ui import figures
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.forms_parts import form, text_part
from bot.ui.language import _
from bot.ui.settings_names import name_of, value_words
from bot.ui.setup import SETTINGS_OF, SetupFacts, Step

_MOST_TYPED: Final = 20


def render_typed(step: Step, facts: SetupFacts) -> discord.ui.Modal:
    """Return the form of a step, filled with what the server chose; an empty field is no limit of its own."""
    parts = [
        text_part(
            setting.name,
            name_of(setting.name),
            _description(setting, facts),
            _typed(setting, facts.stored(setting)),
            most=_MOST_TYPED,
            required=False,
            long=False,
        )
        for setting in SETTINGS_OF[step]
    ]
    titles = {Step.BUDGET: _("Monthly budget"), Step.PERSON: _("Limits of one member")}
    return form(custom_id(Verb.SETUP, step), titles[step], parts)


def read_typed(step: Step, texts: Mapping[str, str]) -> dict[Setting[Any], int | None]:
    """Return what was typed into a step's form: micro-dollars or numbers, None for nothing.

    Raises:
        Refused: something of it cannot be understood.
    """
    typed = {setting: texts.get(setting.name, "") for setting in SETTINGS_OF[step]}
    return {setting: read_number(setting, text) if text.strip() else None for setting, text in typed.items()}


def _description(setting: Setting[Any], facts: SetupFacts) -> str:
    limit = facts.limits.of(setting)
    if limit is None:
        return _("Leave it empty for no limit.")
    at_most = value_words(setting, limit, facts.catalogue, facts.there)
    return _("At most {limit}. Leave it empty to have just that.").format(limit=at_most)


def _typed(setting: Setting[Any], stored: int | None) -> str:
    if stored is None:
        return ""
    return figures.number(f"{Decimal(stored) / 1_000_000:.2f}") if is_in_dollars(setting) else str(stored)
