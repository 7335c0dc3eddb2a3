"""Why a job ended without a clip: what happened, what it cost, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bot.catalog import PossibleActions
from bot.errors import refusal_from_json
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Job
from bot.jobs.resting import REFUSALS
from bot.jobs.states import JobState
from bot.ui import figures
from bot.ui.language import _, marked
from bot.ui.refusals import refusal_sentence

_AGAIN: Final = marked("Run the command again: the same request may work this time.")
_TOLD: Final = marked("Whoever runs the bot has been told.")
_OPERATOR: Final = marked("Whoever runs the bot has been told. Try again later.")

_WORDS: Final = {
    FailureReason.MODERATED: (
        marked("The provider's safety filter refused this prompt or picture."),
        marked("Say it differently or use another picture, then run the command again."),
    ),
    FailureReason.NO_FACE: (
        marked("The provider found no face in this clip that could be made to speak."),
        marked("Choose another clip, in which one face is seen clearly and from the front, for `/lipsync`."),
    ),
    FailureReason.IMAGE_REJECTED: (
        marked("The provider could not use the picture."),
        marked("Save it as JPEG or PNG, or use another one, and run the command again."),
    ),
    FailureReason.AUDIO_REJECTED: (
        marked("The provider could not use the recording."),
        marked("Save it as MP3, or use another one, and run the command again."),
    ),
    FailureReason.INPUT_REJECTED: (
        marked("The provider did not take these settings."),
        marked("Change or leave out some of them, and run the command again."),
    ),
    FailureReason.VOICE_UNKNOWN: (
        marked("The provider does not know this voice."),
        marked("Pick another voice, and run the command again."),
    ),
    FailureReason.SOURCE_UNAVAILABLE: (
        marked("The provider no longer has the clip that this one goes on from."),
        marked("Choose a newer clip, or make it again with `/video`."),
    ),
    FailureReason.NO_CREDIT: (marked("The bot's account at the provider has run out of credit."), _OPERATOR),
    FailureReason.BAD_KEY: (marked("The provider does not accept the bot's key."), _OPERATOR),
    FailureReason.PLAN: (marked("The bot's plan at the provider does not include this."), _OPERATOR),
    FailureReason.BUDGET_GONE: (marked("The bot's budget for this month is used up."), _OPERATOR),
    FailureReason.PAUSED_BY_OWNER: (
        marked("Whoever runs the bot has paused it."),
        marked("Try again once it goes on."),
    ),
    FailureReason.BUSY: (marked("The provider was too busy to take it."), _AGAIN),
    FailureReason.PROVIDER_ERROR: (marked("It failed at the provider."), _AGAIN),
    FailureReason.PROVIDER_DOWN: (
        marked("The provider cannot be used right now."),
        marked("Try again once it goes on."),
    ),
    FailureReason.NO_OUTPUT: (marked("The provider called it finished, but handed over no clip."), _AGAIN),
    FailureReason.QUEUE_EXPIRED: (marked("It waited too long in line and was never sent to the provider."), _AGAIN),
    FailureReason.VANISHED: (
        marked("The provider no longer knows about it."),
        marked("Whoever runs the bot has been told. If the clip turns up after all, it will be posted here."),
    ),
    FailureReason.INPUT_LOST: (
        marked("The attached file could not be fetched any more."),
        marked("Attach it again, and run the command again."),
    ),
    FailureReason.UNKNOWN_OUTCOME: (
        marked("It could not be found out whether the provider took it."),
        marked("Whoever runs the bot has been told. If the clip turns up after all, it will be posted here."),
    ),
    FailureReason.CANCELLED_UPSTREAM: (
        marked("It was cancelled at the provider, not by you."),
        marked("Run the command again if you still want the clip."),
    ),
    FailureReason.CANCELLED_BY_MODERATOR: (
        marked("A moderator cancelled it."),
        marked("Ask the moderators of this server why, before you run the command again."),
    ),
    FailureReason.OTHER: (
        marked("The provider failed for a reason that the bot does not know."),
        marked("Run the command again; if it fails again, tell whoever runs the bot the number of this job."),
    ),
}


class Remedy(Enum):
    """The button that may help after a failure."""

    RETRY = auto()
    EDIT = auto()


_RETRY: Final = marked("Press **Retry**: the same request may work this time.")
_REMEDIES: Final = {
    FailureReason.MODERATED: (
        Remedy.EDIT,
        marked("Press **Edit** and say it differently, or use another picture."),
    ),
    FailureReason.IMAGE_REJECTED: (
        Remedy.EDIT,
        marked("Press **Edit** and attach it as JPEG or PNG, or use another one."),
    ),
    FailureReason.AUDIO_REJECTED: (
        Remedy.EDIT,
        marked("Press **Edit** and attach it as MP3, or use another one."),
    ),
    FailureReason.INPUT_REJECTED: (Remedy.EDIT, marked("Press **Edit** and change or leave out some of them.")),
    FailureReason.VOICE_UNKNOWN: (Remedy.EDIT, marked("Press **Edit** and pick another voice.")),
    FailureReason.INPUT_LOST: (Remedy.EDIT, marked("Press **Edit** and attach it again.")),
    FailureReason.BUSY: (Remedy.RETRY, _RETRY),
    FailureReason.PROVIDER_ERROR: (Remedy.RETRY, _RETRY),
    FailureReason.PROVIDER_DOWN: (Remedy.RETRY, _RETRY),
    FailureReason.NO_OUTPUT: (Remedy.RETRY, _RETRY),
    FailureReason.QUEUE_EXPIRED: (Remedy.RETRY, _RETRY),
    FailureReason.CANCELLED_UPSTREAM: (Remedy.RETRY, marked("Press **Retry** if you still want the clip.")),
    FailureReason.OTHER: (
        Remedy.RETRY,
        marked("Press **Retry**; if it fails again, tell whoever runs the bot the number of this job."),
    ),
}
"""What a button can do about it; nothing where the bot's owner must act, or where nobody knows what became of it."""


@dataclass(frozen=True, slots=True)
class FailureText:
    """The three things a person wants to know of a failure, each a sentence or two."""

    what: str
    money: str
    next_step: str

    def whole(self) -> str:
        """Return all three in one paragraph."""
        return " ".join(filter(None, (self.what, self.money, self.next_step)))

    def looked_back_on(self) -> str:
        """Return what happened and what it cost: what to do was said when it happened, beside the buttons for it."""
        return f"{self.what} {self.money}"


def remedy(job: Job, actions: PossibleActions) -> Remedy | None:
    """Return which button may help, None where none would."""
    if job.state is JobState.ABANDONED or job.removed_at is not None:
        return None
    kind, _words = _REMEDIES.get(_failure(job).reason, (None, ""))
    objection = actions.no_again if kind is Remedy.RETRY else actions.no_edit
    return kind if objection is None else None


def failure_text(job: Job, pressing: Remedy | None = None, *, rests_until: int | None = None) -> FailureText:
    """Return why a job ended without a clip; for a job without a failure, that nobody knows.

    Args:
        job: what failed.
        pressing: the button that stands under these words, None where there is none that helps.
        rests_until: when the person may ask again after too many refusals, UTC milliseconds; None where they may now.
    """
    failure = _failure(job)
    refusal = refusal_from_json(failure.detail) if failure.detail else None
    # Where our own rule found the fault, its sentence says what to change.
    what = refusal_sentence(refusal) if refusal is not None else _(_WORDS[failure.reason][0])
    next_step = _next_step(failure, pressing, told=refusal is not None)
    if rests_until is not None:
        next_step = f"{next_step} {_resting(rests_until)}"
    return FailureText(what, _money(job), next_step)


def what_happened(reason: FailureReason) -> str:
    """Return why clips failed, without the advice for any one of them."""
    return _(_WORDS[reason][0])


def pause_reason(reason: str) -> str:
    """Return why submissions rest."""
    known = next((word for word in FailureReason if word == reason), None)
    if known is None:
        return _("The provider cannot be used right now.")
    return f"{_(_WORDS[known][0])} {_(_TOLD)}" if _WORDS[known][1] == _OPERATOR else _(_WORDS[known][0])


def _failure(job: Job) -> Failure:
    return job.failure or Failure(FailureReason.OTHER)


def _next_step(failure: Failure, pressing: Remedy | None, *, told: bool) -> str:
    """Return what to do; with `told` it has been said already what to change."""
    if told:
        return _("Press **Edit** to change it.") if pressing is Remedy.EDIT else _("Then run the command again.")
    return _(_WORDS[failure.reason][1] if pressing is None else _REMEDIES[failure.reason][1])


def _money(job: Job) -> str:
    charged = figures.charged_sentence(job)
    if job.state is not JobState.ABANDONED:
        return charged
    again = _("It will not be bought again, and it no longer counts against your limit.")
    return f"{charged} {again}"


def _resting(until: int) -> str:
    words = _("The provider has refused {number} of your requests within an hour, so you can ask again {time}.")
    return words.format(number=REFUSALS, time=figures.relative(until))
