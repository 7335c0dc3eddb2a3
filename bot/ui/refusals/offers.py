"""Refusals around offers, forms and private clips."""

from __future__ import annotations

from bot.jobs.drafts import DraftGone, DraftNotYours, FileNotFetched
from bot.ui.language import _
from bot.ui.refusals.sentence import refusal_sentence


@refusal_sentence.register
def draft_gone(_refusal: DraftGone) -> str:
    """An offer or a form of which nothing is left."""
    return _("This is no longer there: it was too long ago, or it was turned down. Ask for it again.")


@refusal_sentence.register
def draft_not_yours(_refusal: DraftNotYours) -> str:
    """Somebody else's offer."""
    return _("Only the person this was offered to can press that. Use the buttons under the clip for one of your own.")


@refusal_sentence.register
def file_not_fetched(refusal: FileNotFetched) -> str:
    """A file that did not come."""
    return _("`{option}`: the attached file could not be fetched. Attach it again.").format(option=refusal.option)
