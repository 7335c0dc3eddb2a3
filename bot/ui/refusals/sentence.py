"""The root: one sentence per kind of refusal, registered by the modules beside this one."""

from __future__ import annotations

from functools import singledispatch
from typing import Final

from bot.errors import Refusal
from bot.ui import figures, labels
from bot.ui.language import _

_CLIP: Final = "video"
"""The option that names a clip."""
_NOTHING_TO_BUY: Final[set[type[Refusal]]] = set()


@singledispatch
def refusal_sentence(refusal: Refusal) -> str:
    """Return what is wrong and what to do, without the money: it may be part of a longer story."""
    if refusal.option:
        return _("`{option}` cannot be used like this.").format(option=labels.option(refusal.option))
    return _("This cannot be done.")


def nothing_to_buy(*kinds: type[Refusal]) -> None:
    """Note kinds of refusals of what buys no clips: nobody who reads them wonders what it cost."""
    _NOTHING_TO_BUY.update(kinds)


def refusal_text(refusal: Refusal) -> str:
    """Return the whole answer to a request that is refused; every refusal comes before anything is bought."""
    if type(refusal) in _NOTHING_TO_BUY:
        return refusal_sentence(refusal)
    return f"{refusal_sentence(refusal)} {figures.nothing_charged()}"


def refusal_of_clip(refusal: Refusal) -> str:
    """Return the whole answer where a button or a reply named the clip: there is no option to be blamed for it."""
    text = refusal_text(refusal)
    return without_option(text, _CLIP)


def without_option(sentence: str, option: str) -> str:
    """Return a sentence that begins with the option it blames without that beginning."""
    blamed = f"`{labels.option(option)}`: "
    if not option or not sentence.startswith(blamed):
        return sentence
    bare = sentence.removeprefix(blamed)
    return bare[:1].upper() + bare[1:]


def is_worded(kind: type[Refusal]) -> bool:
    """Tell whether a kind of refusal has a sentence of its own."""
    return kind in refusal_sentence.registry
