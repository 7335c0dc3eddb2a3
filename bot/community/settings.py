"""Every setting of a server: what it is called, for whom it can be made, how it is stored.

A setting that is not set is the operator's, or the catalogue's. What the operator allows is never passed: larger
values are refused when they are set, and give way when the operator's come down later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from bot.catalog import Mode, Ratio
from bot.community.record import Level
from bot.jobs.house import SeesDollars
from bot.jobs.model import Destination

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting.

    Attributes:
        name: as stored, and in the audit log.
        levels: for whom it can be made.
        read: turns what is stored into its value; raises ValueError for what it does not understand.
        write: the other way round.
    """

    name: str
    levels: frozenset[Level]
    read: Callable[[str], T]
    write: Callable[[T], str]


_SERVER: Final = frozenset({Level.SERVER})
_PLACES: Final = frozenset({Level.SERVER, Level.CHANNEL})
_PEOPLE: Final = frozenset({Level.SERVER, Level.ROLE})
_ALL: Final = frozenset(Level)


def _number(name: str, levels: frozenset[Level]) -> Setting[int]:
    return Setting(name, levels, _whole, str)


def _whole(stored: str) -> int:
    if not stored.isdecimal():
        raise ValueError(stored)
    return int(stored)


def _switch(name: str, levels: frozenset[Level]) -> Setting[bool]:
    return Setting(name, levels, _on, lambda value: "on" if value else "off")


def _on(stored: str) -> bool:
    if stored not in {"on", "off"}:
        raise ValueError(stored)
    return stored == "on"


def _one_of(name: str, levels: frozenset[Level], words: type[Word]) -> Setting[Word]:
    return Setting(name, levels, words, lambda value: value.value)


def _text(name: str, levels: frozenset[Level]) -> Setting[str]:
    return Setting(name, levels, str, str)


def _ids(name: str) -> Setting[frozenset[int]]:
    return Setting(name, _SERVER, _several, lambda ids: " ".join(map(str, sorted(ids))))


def _several(stored: str) -> frozenset[int]:
    return frozenset(_whole(part) for part in stored.split())


def _keys(name: str, levels: frozenset[Level]) -> Setting[frozenset[str]]:
    return Setting(name, levels, lambda stored: frozenset(stored.split()), lambda keys: " ".join(sorted(keys)))


ALLOWED_CHANNELS: Final = _ids("allowed_channels")
"""Where clips may be made; none: everywhere. A thread counts as its channel."""
ALLOWED_ROLES: Final = _ids("allowed_roles")
"""Who may make clips; none: everybody."""
DENIED_ROLES: Final = _ids("denied_roles")
"""Who may not, whatever else they are."""
MEMBER_DAYS: Final = _number("member_days", _SERVER)
"""How many days somebody has to be a member before they may spend."""
DIRECT: Final = _switch("direct", _PEOPLE)
"""Whether members may let the server pay for what they ask for in direct messages."""

RUNNING: Final = _number("running", _PEOPLE)
CLIPS_PER_DAY: Final = _number("clips_per_day", _PEOPLE)
CLIPS_PER_MONTH: Final = _number("clips_per_month", _PEOPLE)
USD_PER_DAY: Final = _number("microusd_per_day", _PEOPLE)
USD_PER_MONTH: Final = _number("microusd_per_month", _PEOPLE)
BUDGET_USD: Final = _number("budget_microusd", _SERVER)
"""What the server may spend in a month, micro-dollars."""
BUDGET_CLIPS: Final = _number("budget_clips", _SERVER)
"""How many clips the server may order in a month."""
SEES_DOLLARS: Final = _one_of("sees_dollars", _SERVER, SeesDollars)

MODEL: Final = _text("model", _PLACES)
QUALITY: Final = _one_of("quality", _PLACES, Mode)
LENGTH: Final = _number("length", _PLACES)
RATIO: Final = _one_of("ratio", _PLACES, Ratio)
MODELS: Final = _keys("models", _PLACES)
"""Rows' keys that may be used; none: all."""
MAX_LENGTH: Final = _number("max_length", _ALL)
PRO: Final = _switch("pro", _ALL)
LIPSYNC: Final = _switch("lipsync", _ALL)
PICTURES: Final = _switch("pictures", _ALL)
OWN_AUDIO: Final = _switch("own_audio", _ALL)
SPOILER: Final = _switch("spoiler", _PLACES)
"""Whether clips come hidden where nobody said otherwise."""
FORCED_SPOILER: Final = _switch("forced_spoiler", frozenset({Level.CHANNEL, Level.ROLE}))
"""Whether every clip comes hidden."""

MOD_LOG: Final = _number("mod_log", _SERVER)
"""The channel that reports go to."""
FREE_TEXT: Final = _switch("free_text", _PLACES)
RESULTS: Final = _one_of("results", _PLACES, Destination)
RETENTION_DAYS: Final = _number("retention_days", _SERVER)
LANGUAGE: Final = _text("language", _SERVER)
"""Discord's tag of the language that public messages are in; not set: the server's own."""

SETTINGS: Final[dict[str, Setting[Any]]] = {
    setting.name: setting for setting in list(globals().values()) if isinstance(setting, Setting)
}
