"""Why a job ended without a clip: what happened, what it cost, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.errors import refusal_from_json
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import Job
from bot.ui import figures
from bot.ui.language import _, marked
from bot.ui.refusals import refusal_sentence

_AGAIN: Final = marked("Run the command again: the same request may work this time.")
_OPERATOR: Final = marked("Whoever runs the bot has been told. Try again later.")

_WORDS: Final = {
    FailureReason.MODERATED: (
        marked("The provider's safety filter refused this prompt or picture."),
        marked("Say it differently or use another picture, then run the command again."),
    ),
    FailureReason.NO_FACE: (
        marked("The provider found no face in this clip that could be made to speak."),
        marked("Choose a clip in which one face is seen clearly and from the front."),
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
    FailureReason.BUSY: (marked("The provider was too busy to take it."), _AGAIN),
    FailureReason.PROVIDER_ERROR: (marked("It failed at the provider."), _AGAIN),
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


@dataclass(frozen=True, slots=True)
class FailureText:
    """The three things a person wants to know of a failure, each a sentence or two."""

    what: str
    money: str
    next_step: str

    def whole(self) -> str:
        """Return all three in one paragraph."""
        return " ".join(filter(None, (self.what, self.money, self.next_step)))


def failure_text(job: Job) -> FailureText:
    """Return why a job ended without a clip; for a job without a failure, that nobody knows."""
    failure = job.failure or Failure(FailureReason.OTHER)
    what, next_step = _WORDS[failure.reason]
    money = figures.charged_sentence(job.consumed_microusd)
    refusal = refusal_from_json(failure.detail) if failure.detail else None
    if refusal is not None:
        # Our own rule found the fault, and its sentence says what to change.
        return FailureText(refusal_sentence(refusal), money, _("Then run the command again."))
    return FailureText(_(what), money, _(next_step))


def pause_reason(reason: str) -> str:
    """Return why submissions rest."""
    known = next((word for word in FailureReason if word == reason), None)
    return _(_WORDS[known][0]) if known is not None else _("The provider cannot be used right now.")
