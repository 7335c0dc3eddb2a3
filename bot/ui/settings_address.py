"""What the custom ids of /settings say: what to do, and with which setting of whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.community.effective import Scope
from bot.community.record import Level
from bot.community.settings import SETTINGS, Setting
from bot.ui.custom_ids import Verb, custom_id

_LETTERS: Final = {"c": Level.CHANNEL, "r": Level.ROLE}
_ADDRESS: Final = re.compile(r"(?:s|(?P<letter>[cr])\.(?P<id>[0-9]{1,20}))(?:\.(?P<name>[a-z_]{1,24}))?")


class Step(StrEnum):
    """What a custom id asks for; part of it."""

    HUB = "hub"
    GROUP = "group"
    """Show a group of the server's settings; picked from a list, or named by `extra`."""
    CHANNEL = "channel"
    """Show the settings of a channel that is picked."""
    ROLE = "role"
    SCOPE = "scope"
    """Show all settings of the scope in `extra`."""
    PICK = "pick"
    """Show one setting, picked from a list, of the scope in `extra`."""
    SHOW = "show"
    """Show the setting in `extra`."""
    ON = "on"
    OFF = "off"
    CHOOSE = "choose"
    """Keep what was picked."""
    ADD = "add"
    TAKE = "take"
    RESET = "reset"
    TYPE = "type"
    """Open the form for a number."""
    TYPED = "typed"
    """That form, sent."""
    WORDS = "words"
    """Show a page of the blocked words; `extra` is its number."""
    WORDS_ADD = "words-add"
    """Open the form that adds words; and that form, sent."""
    WORDS_DROP = "words-drop"
    WORDS_TAKE = "words-take"
    """Take back the words that were picked; `extra` is the page's number."""
    CLEAR_OUT = "clear-out"
    CHECK = "check"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Address:
    """Whose settings, and which of them.

    Attributes:
        setting: None for all of them.
    """

    scope: Scope
    setting: Setting[Any] | None = None


def press(step: Step, scope: Scope | None = None, setting: Setting[Any] | None = None) -> str:
    """Return the custom id of a step with the settings of somebody, or with one of them."""
    return custom_id(Verb.SETTINGS, step, _address(scope, setting) if scope is not None else "")


def press_at(step: Step, extra: str) -> str:
    """Return the custom id of a step with a group's name or a page's number."""
    return custom_id(Verb.SETTINGS, step, extra)


def read_address(text: str, guild_id: int) -> Address | None:
    """Return whose setting a custom id is about; None where it was none of ours."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return None
    scope = Scope(Level.SERVER, guild_id)
    if match["letter"]:
        scope = Scope(_LETTERS[match["letter"]], int(match["id"]))
    if match["name"] is None:
        return Address(scope)
    setting = SETTINGS.get(match["name"])
    return Address(scope, setting) if setting is not None and scope.level in setting.levels else None


def _address(scope: Scope, setting: Setting[Any] | None) -> str:
    letter = next((letter for letter, level in _LETTERS.items() if level is scope.level), None)
    whose = f"{letter}.{scope.id}" if letter is not None else "s"
    return f"{whose}.{setting.name}" if setting is not None else whose
