"""Refusals that are nobody's mistake: ceilings, servers that may not spend, a bot that is going."""

from __future__ import annotations

from bot.jobs.limits import CeilingReached, Scope
from bot.jobs.requests import CostsMore, NotTakingWork, PriceOverCeiling, ServerNotEnabled, TooManyRefused
from bot.ui import figures
from bot.ui.amounts import amounts_said
from bot.ui.language import _, ngettext
from bot.ui.refusals.sentence import refusal_sentence


@refusal_sentence.register
def ceiling_reached(refusal: CeilingReached) -> str:
    """A ceiling of the operator's."""
    free = figures.relative(refusal.free_at)
    scope = Scope(refusal.scope)
    if scope.in_dollars and not amounts_said():
        return _SPENT[scope]().format(free=free)
    if scope.in_dollars:
        return _DOLLARS_SPENT[scope]().format(
            used=figures.dollars(refusal.used),
            ceiling=figures.dollars(refusal.ceiling),
            asked=figures.dollars(refusal.asked),
            free=free,
        )
    return _clips_used(scope, refusal.ceiling).format(used=refusal.used, ceiling=refusal.ceiling, free=free)


def _clips_used(scope: Scope, ceiling: int) -> str:
    match scope:
        case Scope.PERSON_RUNNING:
            return ngettext(
                "{used} clip of yours is being made, and only {ceiling} may be at once. "
                "Wait until it is done, or cancel it.",
                "{used} clips of yours are being made, and only {ceiling} may be at once. "
                "Wait until one is done, or cancel one.",
                ceiling,
            )
        case Scope.PERSON_DAY_JOBS:
            return ngettext(
                "You have used {used} of the {ceiling} clip you may make per day. You can make more {free}.",
                "You have used {used} of the {ceiling} clips you may make per day. You can make more {free}.",
                ceiling,
            )
        case Scope.PERSON_MONTH_JOBS:
            return ngettext(
                "You have used {used} of the {ceiling} clip you may make per month. You can make more {free}.",
                "You have used {used} of the {ceiling} clips you may make per month. You can make more {free}.",
                ceiling,
            )
        case _:
            return ngettext(
                "This server has used {used} of the {ceiling} clip it may make per month. A new month begins {free}; "
                "whoever manages the server can raise it earlier.",
                "This server has used {used} of the {ceiling} clips it may make per month. A new month begins {free}; "
                "whoever manages the server can raise it earlier.",
                ceiling,
            )


def _day_spent() -> str:
    return _(
        "You have spent {used} of the {ceiling} you may spend per day, and this clip may cost {asked}. "
        "You can spend more {free}."
    )


def _month_spent() -> str:
    return _(
        "You have spent {used} of the {ceiling} you may spend per month, and this clip may cost {asked}. "
        "You can spend more {free}."
    )


def _server_spent() -> str:
    return _(
        "This server's budget for the month does not reach for this clip: {used} of {ceiling} are spent or reserved, "
        "and it may cost {asked}. A new month begins {free}; whoever manages the server can raise it earlier."
    )


def _process_spent() -> str:
    return _(
        "The bot's budget for this month does not reach for this clip: {used} of {ceiling} are spent or "
        "reserved. A new month begins {free}; whoever runs the bot can raise it earlier."
    )


_DOLLARS_SPENT = {
    Scope.PERSON_DAY_USD: _day_spent,
    Scope.PERSON_MONTH_USD: _month_spent,
    Scope.SERVER_MONTH_USD: _server_spent,
    Scope.PROCESS_MONTH_USD: _process_spent,
}


def _day_full() -> str:
    return _("What you may spend per day does not reach for this clip. You can spend more {free}.")


def _month_full() -> str:
    return _("What you may spend per month does not reach for this clip. You can spend more {free}.")


def _server_full() -> str:
    return _(
        "This server's budget for the month does not reach for this clip. A new month begins {free}; whoever manages "
        "the server can raise it earlier."
    )


def _process_full() -> str:
    return _(
        "The bot's budget for this month does not reach for this clip. A new month begins {free}; whoever runs the bot "
        "can raise it earlier."
    )


_SPENT = {
    Scope.PERSON_DAY_USD: _day_full,
    Scope.PERSON_MONTH_USD: _month_full,
    Scope.SERVER_MONTH_USD: _server_full,
    Scope.PROCESS_MONTH_USD: _process_full,
}


@refusal_sentence.register
def server_not_enabled(refusal: ServerNotEnabled) -> str:
    """A place that may not spend."""
    if not refusal.guild_id:
        return _("Clips cannot be made in direct messages here. Use the command on a server where the bot is enabled.")
    return _(
        "The bot is not enabled on this server. Whoever runs it can enable it by adding {guild} to `SERVERS`."
    ).format(guild=f"`{refusal.guild_id}`")


@refusal_sentence.register
def price_over_ceiling(refusal: PriceOverCeiling) -> str:
    """A clip that costs too much, or that might."""
    if refusal.price_microusd is None:
        return _("The price of this clip is not known, and whoever runs the bot allows no spending at all.")
    remedy = _("Choose a shorter length, a simpler quality or another model.")
    if not amounts_said():
        return f"{_('This clip costs more than is allowed for one clip.')} {remedy}"
    if refusal.seen:
        words = _("Such clips have cost up to {price} so far, and at most {ceiling} per clip is allowed.")
    else:
        words = _("This clip would cost {price}, and at most {ceiling} per clip is allowed.")
    amounts = {"price": figures.dollars(refusal.price_microusd), "ceiling": figures.dollars(refusal.ceiling_microusd)}
    return f"{words.format(**amounts)} {remedy}"


@refusal_sentence.register
def costs_more_than_agreed(refusal: CostsMore) -> str:
    """A price that rose between being shown and being agreed to."""
    if not amounts_said():
        return _("It costs more now than when you agreed to it. Ask for it again.")
    return _("It costs {now} now instead of {shown}. Ask for it again to see the new price.").format(
        now=figures.price(refusal.cost), shown=figures.price(refusal.agreed)
    )


@refusal_sentence.register
def too_many_refused(refusal: TooManyRefused) -> str:
    """A person whose requests the provider's filter refused again and again."""
    return ngettext(
        "The provider's safety filter refused {number} request of yours within the hour, so you take a break. "
        "You can make clips again {free}.",
        "The provider's safety filter refused {number} requests of yours within the hour, so you take a break. "
        "You can make clips again {free}.",
        refusal.refused,
    ).format(number=refusal.refused, free=figures.relative(refusal.free_at))


@refusal_sentence.register
def not_taking_work(_refusal: NotTakingWork) -> str:
    """A bot about to restart."""
    return _("The bot is just restarting. Try again in a minute.")
