"""The root: one sentence per kind of refusal, registered by the modules beside this one."""

from __future__ import annotations

from functools import singledispatch

from bot.errors import Refusal
from bot.ui import figures
from bot.ui.language import _


@singledispatch
def refusal_sentence(refusal: Refusal) -> str:
    """Return what is wrong and what to do, without the money: it may be part of a longer story."""
    if refusal.option:
        return _("`{option}` cannot be used like this.").format(option=refusal.option)
    return _("This cannot be done.")


def refusal_text(refusal: Refusal) -> str:
    """Return the whole answer to a request that is refused; every refusal comes before anything is bought."""
    return f"{refusal_sentence(refusal)} {figures.nothing_charged()}"


def is_worded(kind: type[Refusal]) -> bool:
    """Tell whether a kind of refusal has a sentence of its own."""
    return kind in refusal_sentence.registry
