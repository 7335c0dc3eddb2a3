"""What can be done with a clip that is made, and why not."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalog.catalogue import Catalogue
from bot.catalog.follow_ups import SourceFacts, check_extend, check_lipsync_source
from bot.errors import Refusal, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleActions:
    """What stands in the way of each action; None where nothing does.

    Attributes:
        no_extend: why the clip cannot go on.
        no_lipsync: why it cannot be made to speak.
        no_again: why the same cannot be made once more.
        no_edit: why it cannot be made once more even with changes.
    """

    no_extend: Refusal | None = None
    no_lipsync: Refusal | None = None
    no_again: Refusal | None = None
    no_edit: Refusal | None = None


def possible_actions(catalogue: Catalogue, source: SourceFacts, now: int) -> PossibleActions:
    """Return how a clip can be gone on from.

    Args:
        catalogue: the rows and limits that hold.
        source: the clip.
        now: UTC milliseconds.
    """
    no_extend = no_lipsync = None
    try:
        check_extend(catalogue, source, prompt="", now=now)
    except Refused as error:
        no_extend = error.refusal
    try:
        check_lipsync_source(catalogue, source, now)
    except Refused as error:
        no_lipsync = error.refusal
    return PossibleActions(no_extend=no_extend, no_lipsync=no_lipsync)
