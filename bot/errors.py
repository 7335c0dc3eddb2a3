"""The root of Egret's exceptions, and refusals: what a person asked for and cannot have.

A refusal carries facts, never sentences: `bot.ui.wording` turns each kind into words. Each package defines its own
refusals beside the rule that makes them; a test holds every subclass to a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass


class EgretError(Exception):
    """The root of every exception that Egret raises on purpose."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a request is refused before anything is stored or bought.

    Subclasses add the facts the sentence needs: the limit, the value found, the remedy's ingredients.

    Attributes:
        option: the name of the command option at fault, as the person sees it, or "" where there is none.
    """

    option: str = ""


class Refused(EgretError):
    """Raised where a request cannot be taken; nothing was stored and nothing was charged."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the facts for whoever words them."""
        super().__init__(repr(refusal))
        self.refusal = refusal
