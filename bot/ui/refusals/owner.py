"""Refusals that the owner's commands meet, and one that members meet when the owner's account is empty."""

from __future__ import annotations

from bot.community.owner import (
    NoSuchJob,
    NothingUndelivered,
    NotTheOwner,
    NotUnresolved,
    ProviderSilent,
    TaskIsAnothers,
    TaskNotKnown,
    TaskNotOurs,
)
from bot.jobs.credit import CreditTooLow
from bot.jobs.states import JobState
from bot.ui import job_words
from bot.ui.language import _
from bot.ui.quoting import escaped
from bot.ui.refusals.sentence import nothing_to_buy, refusal_sentence

_SHOWN = 80

nothing_to_buy(
    NoSuchJob, NothingUndelivered, NotTheOwner, NotUnresolved, ProviderSilent, TaskIsAnothers, TaskNotKnown, TaskNotOurs
)


@refusal_sentence.register
def credit_too_low(_refusal: CreditTooLow) -> str:
    """An account that cannot pay."""
    return _(
        "The account that pays for clips here has too little credit for this one. Only whoever runs the bot can top it"
        " up, and they have been told. Try again later."
    )


@refusal_sentence.register
def not_the_owner(_refusal: NotTheOwner) -> str:
    """Somebody who does not own the bot."""
    return _("Only whoever owns this bot can use this command.")


@refusal_sentence.register
def no_such_job(refusal: NoSuchJob) -> str:
    """A number that no clip has."""
    words = _("There is no clip with the number {job}. Copy it from its card or from an alert.")
    return words.format(job=_code(refusal.job_id))


@refusal_sentence.register
def nothing_undelivered(refusal: NothingUndelivered) -> str:
    """A clip that was posted."""
    words = _("Nothing about {job} waits to be posted again: it was posted, is on its way, or was deleted.")
    return words.format(job=_code(refusal.job_id))


@refusal_sentence.register
def not_unresolved(refusal: NotUnresolved) -> str:
    """A clip of which everything is known."""
    words = _("What became of {job} is known: {state}. There is nothing to decide.")
    return words.format(job=_code(refusal.job_id), state=job_words.state(JobState(refusal.state)))


@refusal_sentence.register
def task_not_known(refusal: TaskNotKnown) -> str:
    """A task that is not there."""
    words = _("PiAPI knows no task {task} under the bot's key. Copy the id from your history on piapi.ai again.")
    return words.format(task=_text(refusal.task_id))


@refusal_sentence.register
def task_is_anothers(refusal: TaskIsAnothers) -> str:
    """A task that another clip has."""
    if not refusal.holder:
        return _("The task {task} belongs to another clip.").format(task=_text(refusal.task_id))
    words = _("The task {task} belongs to {job} already.")
    return words.format(task=_text(refusal.task_id), job=_code(refusal.holder))


@refusal_sentence.register
def task_not_ours(refusal: TaskNotOurs) -> str:
    """A task that was made by something else."""
    words = _("The task {task} was not made by {job}: what it was asked for is something else. Nothing was changed.")
    return words.format(task=_text(refusal.task_id), job=_code(refusal.job_id))


@refusal_sentence.register
def provider_silent(_refusal: ProviderSilent) -> str:
    """A provider that does not answer."""
    return _("PiAPI gives no usable answer right now. Try again in a minute.")


def _code(job_id: str) -> str:
    return f"`#{job_id}`"


def _text(given: str) -> str:
    return escaped(given, _SHOWN)
