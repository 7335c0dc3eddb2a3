"""Refusals around offers, forms and private clips."""

from __future__ import annotations

from bot.jobs.chosen import ChosenKind, SourceAndFile, SourceNotChosen
from bot.jobs.drafts import DraftGone, DraftNotYours, FileNotFetched, TooMuchHeld
from bot.ui import labels
from bot.ui.language import _, marked
from bot.ui.refusals.sentence import refusal_sentence

_CHOSEN = {
    ChosenKind.IMAGE.value: marked("a picture"),
    ChosenKind.AUDIO.value: marked("a recording"),
    ChosenKind.CLIP.value: marked("a clip"),
}


@refusal_sentence.register
def draft_gone(_refusal: DraftGone) -> str:
    """An offer or a form of which nothing is left."""
    return _("This is no longer there: it was used or turned down, or it is too old. Ask for it again.")


@refusal_sentence.register
def draft_not_yours(_refusal: DraftNotYours) -> str:
    """Somebody else's offer."""
    return _("Only the person this was offered to can press that. Use the buttons under the clip for one of your own.")


@refusal_sentence.register
def file_not_fetched(refusal: FileNotFetched) -> str:
    """A file that did not come."""
    return _("`{option}`: the attached file could not be fetched. Attach it again.").format(
        option=labels.option(refusal.option)
    )


@refusal_sentence.register
def too_much_held(refusal: TooMuchHeld) -> str:
    """Files without end that nothing is bought with."""
    return _(
        "`{option}`: too many of your files wait for an answer already. Answer some of those offers, or try again "
        "tomorrow."
    ).format(option=labels.option(refusal.option))


@refusal_sentence.register
def source_not_chosen(refusal: SourceNotChosen) -> str:
    """A chosen source where there is none that would do."""
    wanted = _(_CHOSEN[refusal.wanted])
    remedy = _("Right-click a message with {wanted} → Apps → **Use as source**, then try again.").format(wanted=wanted)
    if not refusal.found:
        fault = _("`{option}`: nothing is chosen, or it was used already.").format(option=labels.option(refusal.option))
    else:
        fault = _("`{option}`: {wanted} is needed, and you chose {found}.").format(
            option=labels.option(refusal.option), wanted=wanted, found=_(_CHOSEN[refusal.found])
        )
    return f"{fault} {remedy}"


@refusal_sentence.register
def source_and_file(refusal: SourceAndFile) -> str:
    """A chosen source and a file for the same."""
    return _("`{option}` and `{other}` do not go together. Leave one of them out.").format(
        option=labels.option(refusal.option), other=labels.option(refusal.other)
    )
