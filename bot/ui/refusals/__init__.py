"""Why a request is refused, in words: the option, the rule, what was found, and what to do instead."""

from __future__ import annotations

from bot.ui.refusals import (
    ceilings,
    files,
    house,
    housekeeping,
    moderation,
    offers,
    options,
    owner,
    paying,
    sources,
    spending,
    writing,
)
from bot.ui.refusals.sentence import is_worded, refusal_of_clip, refusal_sentence, refusal_text

__all__ = [
    "ceilings",
    "files",
    "house",
    "housekeeping",
    "is_worded",
    "moderation",
    "offers",
    "options",
    "owner",
    "paying",
    "refusal_of_clip",
    "refusal_sentence",
    "refusal_text",
    "sources",
    "spending",
    "writing",
]
