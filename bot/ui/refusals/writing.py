"""What cannot be taken because it could not be written down."""

from __future__ import annotations

from bot.jobs.trouble import NotWritable, PerhapsWritten
from bot.ui import troubles
from bot.ui.language import _
from bot.ui.refusals.sentence import nothing_to_buy, refusal_sentence

# It may have been bought: nobody can say that nothing was charged.
nothing_to_buy(PerhapsWritten)


@refusal_sentence.register
def not_writable(refusal: NotWritable) -> str:
    """A database or a disk that cannot be written."""
    after = _("Nothing new can be taken until that is mended; clips under way come later. Try again in a while.")
    return f"{troubles.title(refusal.trouble)}. {after}"


@refusal_sentence.register
def perhaps_written(refusal: PerhapsWritten) -> str:
    """The same, in the midst of taking something."""
    after = _("Look at `/clips` before you try again: the clip may be on its way already.")
    return f"{troubles.title(refusal.trouble)}. {after}"
