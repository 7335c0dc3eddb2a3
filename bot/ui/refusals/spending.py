"""Why more clips cannot be granted."""

from __future__ import annotations

from bot.community.spending import GrantNeedsMember, GrantNumberWrong, GrantOverCeiling, GrantPeriod, NothingToGrant
from bot.ui import figures, labels
from bot.ui.language import _, ngettext
from bot.ui.refusals.sentence import nothing_to_buy, refusal_sentence

nothing_to_buy(GrantNeedsMember, GrantNumberWrong, GrantOverCeiling, NothingToGrant)


@refusal_sentence.register
def grant_number_wrong(refusal: GrantNumberWrong) -> str:
    """A number of clips that nobody can be granted at once."""
    return _("`{option}`: {asked} cannot be granted at once. Choose a number from 1 to {most}.").format(
        option=labels.option(refusal.option),
        asked=figures.number(f"{refusal.asked:,}"),
        most=figures.number(f"{refusal.most:,}"),
    )


@refusal_sentence.register
def grant_needs_member(refusal: GrantNeedsMember) -> str:
    """Somebody who is no member of the server, or no person."""
    return _("`{option}`: {person} cannot make clips here. Choose somebody who is a member of this server.").format(
        option=labels.option(refusal.option), person=f"<@{refusal.person_id}>"
    )


@refusal_sentence.register
def nothing_to_grant(refusal: NothingToGrant) -> str:
    """Somebody without a limit."""
    if GrantPeriod(refusal.period) is GrantPeriod.TODAY:
        words = _("{person} has no limit per day here, so there is nothing to grant for today. `/quota` shows limits.")
    else:
        words = _("{person} has no limit per month here, so there is nothing to grant. `/quota` shows limits.")
    return words.format(person=f"<@{refusal.person_id}>")


@refusal_sentence.register
def grant_over_ceiling(refusal: GrantOverCeiling) -> str:
    """More than the operator lets anybody make."""
    if GrantPeriod(refusal.period) is GrantPeriod.TODAY:
        rule = _("Whoever runs the bot lets nobody make more than {clips} per day.")
    else:
        rule = _("Whoever runs the bot lets nobody make more than {clips} per month.")
    rule = rule.format(clips=figures.clips(refusal.ceiling))
    if not refusal.possible:
        return f"{rule} {_('{person} may make as many already.').format(person=f'<@{refusal.person_id}>')}"
    rest = ngettext(
        "{person} can be granted {number} more at most.",
        "{person} can be granted {number} more at most.",
        refusal.possible,
    )
    return f"{rule} {rest.format(person=f'<@{refusal.person_id}>', number=refusal.possible)}"
