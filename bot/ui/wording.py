"""Answers to what cannot be done, whole messages for one person's eyes."""

from __future__ import annotations

from bot.community.paying import WhichServerPays
from bot.errors import Refusal
from bot.jobs.model import Destination, Job, MessageRef
from bot.jobs.requests import Submitted
from bot.jobs.service import Cancellation
from bot.ui import figures, job_words, paying_server
from bot.ui.failures import FailureText, failure_text
from bot.ui.language import _
from bot.ui.message import Message
from bot.ui.refusals import refusal_of_clip, refusal_text

__all__ = [
    "FailureText",
    "apology",
    "cancelled",
    "click_apology",
    "click_refused",
    "commands_changed",
    "failure_text",
    "not_asked_again",
    "not_here",
    "private_card_comes",
    "refusal_text",
    "refused",
    "repeated",
    "sent_privately",
    "started",
    "turned_down",
]


def refused(refusal: Refusal) -> Message:
    """Return the answer to a request that is refused before anything is stored or bought."""
    if isinstance(refusal, WhichServerPays):
        return paying_server.render_which(refusal.servers)
    return Message(content=refusal_text(refusal))


def click_refused(refusal: Refusal) -> Message:
    """Return the answer to a click or a form that is refused: what it is about was clicked on, not named."""
    if isinstance(refusal, WhichServerPays):
        return paying_server.render_which(refusal.servers)
    return Message(content=refusal_of_clip(refusal))


def commands_changed() -> Message:
    """Return the answer to a command that Discord still shows and that is no more."""
    words = _("This command has changed. Restart Discord or wait a minute, then try again.")
    return Message(content=f"{words} {figures.nothing_charged()}")


def apology(error_id: str, *, nothing_charged: bool) -> Message:
    """Return the answer after a defect of ours.

    Args:
        error_id: stands in the log, too.
        nothing_charged: False where the request may have been stored before it went wrong.
    """
    after = (
        figures.nothing_charged()
        if nothing_charged
        else _("Look at `/clips` before you try again: the clip may be on its way already.")
    )
    return Message(content=f"{_went_wrong(error_id)} {after}")


def click_apology(error_id: str) -> Message:
    """Return the answer to a click that came upon a defect of ours: what it did, and what the clip costs, is open."""
    after = _("Look at the clip's card before you click again.")
    return Message(content=f"{_went_wrong(error_id)} {after}")


def repeated(job: Job) -> Message:
    """Return the answer to a request that was taken before."""
    words = _("This was asked for already, as {name}; it is made and charged once.")
    return Message(content=words.format(name=f"`{job_words.name(job)}`"))


def started(submitted: Submitted) -> Message:
    """Return the private answer to a click that bought something; its card stands in the channel."""
    if submitted.repeated:
        return repeated(submitted.job)
    if submitted.job.place.destination is Destination.DIRECT:
        return sent_privately(submitted.job, None)
    name = f"`{job_words.name(submitted.job)}`"
    return Message(content=_("On its way as {name}. The clip is posted when it is ready.").format(name=name))


def private_card_comes() -> str:
    """Return what stands in direct messages for the moment before a private clip is ordered."""
    return _("One moment: your private clip is being ordered.")


def sent_privately(job: Job, card: MessageRef | None) -> Message:
    """Return the private answer to a command whose card went into direct messages."""
    name = f"`{job_words.name(job)}`"
    words = _("On its way as {name}, in your direct messages. Nobody here sees anything of it.").format(name=name)
    if card is None:
        return Message(content=words)
    link = f"https://discord.com/channels/@me/{card.channel_id}/{card.message_id}"
    return Message(content=f"{words} {_('[Go there]({link})').format(link=link)}")


def turned_down() -> Message:
    """Return the answer to No."""
    return Message(content=_("All right: nothing was made, and nothing was charged."))


def not_asked_again() -> Message:
    """Return what "Run, and don't ask again" says in addition."""
    words = _("From now on buttons and replies spend without asking you first. `/defaults` turns asking on again.")
    return Message(content=words)


def cancelled(outcome: Cancellation, job_id: str) -> Message:
    """Return what came of a wish to cancel."""
    sentences = {
        Cancellation.CANCELLED: f"{_('{name} is cancelled.')} {figures.nothing_charged()}",
        Cancellation.REQUESTED: _(
            "{name} was sent to the provider already, which is asked to stop. If it finishes all the same, the clip "
            "is posted and charged; otherwise the card will say what it cost."
        ),
        Cancellation.TOO_LATE: _("{name} has ended already, so there is nothing left to cancel."),
        Cancellation.NOT_YOURS: _(
            "{name} is not yours. Only whoever asked for it, or somebody who manages messages here, can cancel it."
        ),
        Cancellation.UNKNOWN: _("There is no clip {name}. Nothing was cancelled."),
    }
    return Message(content=sentences[outcome].format(name=f"`#{job_id}`"))


def not_here() -> Message:
    """Return the answer to a button that belongs to no clip of this place."""
    return Message(content=_("This button belongs to no clip of this server. Nothing was done."))


def _went_wrong(error_id: str) -> str:
    words = _("Something went wrong in the bot. If it happens again, tell whoever runs it this number: `{number}`.")
    return words.format(number=error_id)
