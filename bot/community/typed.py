"""Numbers as people type them into forms."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from bot.community import settings as s
from bot.community.settings import Setting
from bot.errors import Refusal, Refused

_DOLLARS: Final = frozenset({s.USD_PER_DAY.name, s.USD_PER_MONTH.name, s.BUDGET_USD.name})
_WHOLE: Final = re.compile(r"[0-9]{1,12}")
_AMOUNT: Final = re.compile(
    r"(?:US ?)?\$? ?(?P<whole>[0-9]{1,9})(?:[.,](?P<part>[0-9]{1,2}))? ?(?:US ?\$|\$|USD)?", re.IGNORECASE
)
"""Cents at most: "1,000" may mean a thousand or one, so it is not taken."""
_MICRO_PER_CENT: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class NumberNotUnderstood(Refusal):
    """What was typed is no number that the setting takes.

    Attributes:
        setting: its name.
        found: as typed.
        in_dollars: whether an amount was asked for.
    """

    setting: str
    found: str
    in_dollars: bool


def is_in_dollars(setting: Setting[int]) -> bool:
    """Tell whether a setting is an amount, kept in micro-dollars."""
    return setting.name in _DOLLARS


def read_number(setting: Setting[int], typed: str) -> int:
    """Return a number in the setting's own unit.

    Raises:
        Refused: it is none.
    """
    in_dollars = is_in_dollars(setting)
    text = unicodedata.normalize("NFKC", typed).strip()
    if in_dollars:
        match = _AMOUNT.fullmatch(text)
        if match is not None:
            cents = int(match["whole"]) * 100 + int((match["part"] or "").ljust(2, "0"))
            return cents * _MICRO_PER_CENT
    elif _WHOLE.fullmatch(text):
        return int(text)
    raise Refused(NumberNotUnderstood(setting=setting.name, found=typed, in_dollars=in_dollars))
