"""Refusals of what is asked for in direct messages: no server is there, or none wants, to pay for it."""

from __future__ import annotations

from bot.community.paying import NoServerPays, PayerLeft, WhichServerPays
from bot.jobs.house import DirectNotAllowed, MembershipUnknown
from bot.ui.language import _
from bot.ui.quoting import quoted
from bot.ui.refusals.sentence import refusal_sentence

SERVER_SHOWN = 100
"""Discord takes no longer names."""


@refusal_sentence.register
def which_server_pays(_refusal: WhichServerPays) -> str:
    """Several servers of which one has to be chosen."""
    return _("Several servers of yours can pay in direct messages. Choose one with `/defaults`.")


@refusal_sentence.register
def no_server_pays(_refusal: NoServerPays) -> str:
    """Nobody to pay."""
    return _(
        "In direct messages a server that you are on has to pay, and none of yours can. Join one that has the bot."
    )


@refusal_sentence.register
def payer_left(refusal: PayerLeft) -> str:
    """A choice that holds no longer."""
    words = _("You are not a member of {server} any more, which was to pay. Choose another server with `/defaults`.")
    return words.format(server=quoted(refusal.server, SERVER_SHOWN))


@refusal_sentence.register
def membership_unknown(_refusal: MembershipUnknown) -> str:
    """A Discord that does not answer."""
    return _(
        "Discord does not say right now whether you are a member of the server that would pay. Try again in a minute."
    )


@refusal_sentence.register
def direct_not_allowed(_refusal: DirectNotAllowed) -> str:
    """A server that pays for nothing here."""
    return _(
        "The server that would pay allows no clips from direct messages. Use the command on the server, or let another"
        " server of yours pay: `/defaults`."
    )
