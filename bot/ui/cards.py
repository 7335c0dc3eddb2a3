"""The progress card: one public message per job that changes with it.

It is plain text with a row of buttons, the same as the answer to a command and as a later edit: text wraps well on
phones, is read aloud in order, and needs no permission to show embeds.
"""

from __future__ import annotations

from typing import Final, assert_never

from bot.catalog import Catalogue
from bot.jobs.model import Job, JobKind, MessageRef
from bot.jobs.ports import CardFacts, Pause
from bot.jobs.states import ENDED, JobState
from bot.ui import figures, job_words, outages
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.failures import failure_text, pause_reason
from bot.ui.language import _
from bot.ui.message import CONTENT_LIMIT, Button, Message
from bot.ui.quoting import quoted, shorten

_PROMPT_SHOWN: Final = 240
_PROMPT_ONCE_TOLD: Final = 80
_TOLD: Final = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.ABANDONED})
"""A message of their own tells of these endings."""


def render_card(job: Job, facts: CardFacts, catalogue: Catalogue, *, with_prompt: bool = True) -> Message:
    """Return a job's card as it should look now.

    Args:
        job: the job as stored.
        facts: what stands beside it; a caller with a clock leaves out a pause that is over.
        catalogue: names models and knows the defaults.
        with_prompt: False where the server's filters do not let the person's words through.
    """
    if job.removed_at is not None:
        content = f"{_removed()} · `{job_words.name(job)}`"
    elif job.state in _TOLD and facts.result is not None:
        content = _told(job, facts.result, with_prompt=with_prompt)
    else:
        prompt = quoted(job.prompt, _PROMPT_SHOWN) if job.prompt and with_prompt else ""
        lines = [
            status_line(job, facts),
            _subject(job, prompt),
            _figures(job, catalogue, words=with_prompt),
            *_notes(job),
        ]
        content = "\n".join(filter(None, lines))
    return Message(content=shorten(content, CONTENT_LIMIT), buttons=_buttons(job))


def details_button(job: Job, delivery_id: str = "") -> Button:
    """Return the button that shows everything known of a job, to whoever asks and to nobody else."""
    return Button(custom_id=custom_id(Verb.DETAILS, job.id, delivery_id), label=_("Details"), emoji="ℹ️")


def cancel_button(job: Job, label: str = "") -> Button:
    """Return the button that cancels a job."""
    return Button(custom_id=custom_id(Verb.CANCEL, job.id), label=label or _("Cancel"), emoji="✖️")


def can_cancel(job: Job) -> bool:
    """Tell whether cancelling is still worth offering: not once it was asked for, and not after the end."""
    open_states = {*JobState} - ENDED - {JobState.ABANDONED}
    return job.state in open_states and job.cancel_requested_at is None


def looked_up(job: Job, facts: CardFacts) -> str:
    """Return a job's state for whoever looks it up: as on its card, without the advice that a failure came with."""
    if job.removed_at is None and job.state in {JobState.ABANDONED, JobState.FAILED}:
        line = f"{job_words.emoji(job.state)} **{job_words.state(job.state)}**"
        return f"{line} — {failure_text(job).looked_back_on()}"
    return status_line(job, facts)


def status_line(job: Job, facts: CardFacts) -> str:
    """Return a job's state with its words and its times, on one line."""
    if job.removed_at is not None:
        return _removed()
    if job.state is JobState.SUCCEEDED and facts.result is not None:
        return f"{job_words.emoji(job.state)} **{job_words.state(job.state)}**"
    words = _status(job, facts)
    return f"{words[0]} **{words[1]}**" + (f" — {words[2]}" if words[2] else "")


def _removed() -> str:
    return f"🗑️ **{_('Deleted')}**"


def _told(job: Job, message: MessageRef, *, with_prompt: bool) -> str:
    """One line that leads to the message about the ending, which says the rest."""
    parts = [f"{job_words.emoji(job.state)} **{job_words.state(job.state)}**"]
    worked = job.state is JobState.SUCCEEDED
    if not worked:
        parts.append(figures.charged(job))
    if job_words.is_private(job, message) and not job.place.is_direct:
        sent = _("the clip was sent by direct message") if worked else _("the reason was sent by direct message")
        parts.append(sent)
    else:
        words = _("[see the clip]({link})") if worked else _("[see why]({link})")
        parts.append(words.format(link=job_words.message_link(job, message)))
    if job.prompt and with_prompt:
        parts.append(quoted(job.prompt, _PROMPT_ONCE_TOLD))
    return " · ".join([*parts, f"`{job_words.name(job)}`"])


def _status(job: Job, facts: CardFacts) -> tuple[str, str, str]:
    """Return a picture, a word and the rest of the sentence."""
    emoji, word = job_words.emoji(job.state), job_words.state(job.state)
    if job.cancel_requested_at is not None and _is_out(job):
        rest = _("the provider is asked to stop; if it finishes all the same, the clip is posted here.")
        return "🛑", _("Cancelling"), rest
    match job.state:
        case JobState.QUEUED:
            return _queued(job, facts)
        case JobState.SUBMITTING:
            return emoji, word, ""
        case JobState.SUBMIT_UNKNOWN:
            rest = _("we are finding out whether the provider took it. You will not be charged twice.")
            return emoji, word, rest
        case JobState.RUNNING:
            return emoji, word, _estimate(job, facts)
        case JobState.OVERDUE:
            return emoji, word, _("it still counts and will be posted here when it is done.")
        case JobState.SUCCEEDED if facts.undeliverable:
            return "📪", _("Not posted"), _not_posted(job)
        case JobState.SUCCEEDED:
            return "📤", _("Uploading"), _("the clip is ready and on its way here.")
        case JobState.ABANDONED | JobState.FAILED:
            return emoji, word, failure_text(job).whole()
        case JobState.CANCELLED:
            return emoji, word, figures.charged_sentence(job)
        case _ as unreachable:
            assert_never(unreachable)


def _not_posted(job: Job) -> str:
    if job.place.is_direct:
        return _(
            "the clip is made and kept, but Discord does not let me post it here. Whoever runs this bot has been told."
        )
    return _(
        "the clip is made and kept, but Discord lets me post it neither here nor by direct message."
        " Whoever runs this bot has been told."
    )


def _is_out(job: Job) -> bool:
    """Tell whether a wish to cancel is still open: something was sent, and nothing has come of it yet."""
    return job.state not in ENDED and job.state not in {JobState.QUEUED, JobState.ABANDONED}


def _queued(job: Job, facts: CardFacts) -> tuple[str, str, str]:
    emoji, word = job_words.emoji(job.state), job_words.state(job.state)
    if not job.inputs_ready:
        return emoji, _("Preparing"), _("reading your files.")
    place = _place_in_line(facts)
    pause = facts.pause
    if pause is None or pause.until <= job.created_at:
        return emoji, word, f"{place} {_usually_ready(facts)}".strip()
    return "⏸️", word, f"{place} {_resting(pause)}".strip()


def _resting(pause: Pause) -> str:
    """Return why a job in line has to wait, and until when, as far as anybody knows."""
    if pause.is_owners:
        reason = outages.owners_words(pause.reason, pause.note)
        return f"{reason} {_('Your place is kept for an hour; nothing is charged before it goes on.')}"
    return _("{reason} Trying again {time}; nothing is lost.").format(
        reason=pause_reason(pause.reason), time=figures.relative(pause.until)
    )


def _usually_ready(facts: CardFacts) -> str:
    if facts.ready_at is None:
        return ""
    return _("Usually ready {time}.").format(time=figures.relative(facts.ready_at))


def _place_in_line(facts: CardFacts) -> str:
    if facts.more_than > 0:
        return _("more than {number} before it in line.").format(number=facts.more_than)
    if facts.position <= 0:
        return ""
    if facts.position == 1:
        return _("next in line.")
    return _("{ordinal} in line.").format(ordinal=figures.ordinal(facts.position))


def _estimate(job: Job, facts: CardFacts) -> str:
    started = figures.relative(job.running_since if job.running_since is not None else job.created_at)
    if facts.ready_at is None:
        return _("started {started}.").format(started=started)
    return _("started {started}, usually ready {ready}.").format(
        started=started, ready=figures.relative(facts.ready_at)
    )


def _subject(job: Job, prompt: str) -> str:
    kind = job_words.kind(job)
    if job.kind is not JobKind.VIDEO and job.source_id:
        kind = _("{kind} from #{source}").format(kind=kind, source=job.source_id)
    return f"> {figures.labelled(kind, prompt)}" if prompt else f"> {kind}"


def _figures(job: Job, catalogue: Catalogue, *, words: bool) -> str:
    facts = [*job_words.unusual_settings(job, catalogue, words=words), _money(job), job_words.name(job)]
    return f"-# {' · '.join(filter(None, facts))}"


def _money(job: Job) -> str:
    """Return what a clip will cost or did cost; where it came to nothing, the line above says so already."""
    if job.state is JobState.SUCCEEDED:
        return figures.charge(job)
    return "" if job.state in ENDED else figures.price_of(job)


def _notes(job: Job) -> list[str]:
    return [f"-# ⚠️ {note}" for note in job_words.notes(job)]


def _buttons(job: Job) -> tuple[Button, ...]:
    return (cancel_button(job), details_button(job)) if can_cancel(job) else (details_button(job),)
