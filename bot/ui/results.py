"""The messages that end a job: a clip, a failure, or that nobody knows. Each is sent once and pings its requester."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from bot.catalog import Catalogue
from bot.clock import SECOND
from bot.jobs.model import Asset, Delivery, Job, JobKind, Purpose, VideoInput
from bot.jobs.ports import MessageFacts
from bot.ui import figures, job_words
from bot.ui.cards import details_button
from bot.ui.failures import failure_text
from bot.ui.language import _, marked
from bot.ui.message import CONTENT_LIMIT, Message
from bot.ui.quoting import one_line, quoted, shorten, units

ALT_TEXT_LIMIT: Final = 1024
"""Characters of an attachment's description (platform notes §5)."""
_PROMPT_SHOWN: Final = 600
_PROMPT_LEAST: Final = 40
_LINK_LIMIT: Final = 1000

_READY: Final = {
    JobKind.VIDEO: marked("your clip is ready"),
    JobKind.EXTEND: marked("your extended clip is ready"),
    JobKind.LIPSYNC: marked("your clip speaks now"),
}


class Carriage(StrEnum):
    """How a clip comes with its message."""

    ORIGINAL = "original"
    """Attached as the provider made it."""
    SMALLER = "smaller"
    """Attached, encoded anew because the original is over the channel's limit."""
    PLAYABLE = "playable"
    """Attached, encoded anew because the original would not play in the channel."""
    TOO_LARGE = "too_large"
    """A link, with a picture where one could be made: no decent version is small enough."""
    UPLOADS_LIMITED = "uploads_limited"
    """A link: Discord takes no files on this server right now."""
    NOT_KEPT = "not_kept"
    """A link: there is no copy in the archive."""


_ATTACHED: Final = frozenset({Carriage.ORIGINAL, Carriage.SMALLER, Carriage.PLAYABLE})
_WHY: Final = {
    Carriage.ORIGINAL: "",
    Carriage.SMALLER: marked("The original is larger than the {limit} this place takes, so this is a smaller copy."),
    Carriage.PLAYABLE: marked("The original would not play here, so this is a copy that does."),
    Carriage.TOO_LARGE: marked("The clip is larger than the {limit} this place takes."),
    Carriage.UPLOADS_LIMITED: marked("Discord takes no files here right now."),
    Carriage.NOT_KEPT: marked("The clip could not be copied here."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultForm:
    """What a result message has to explain about itself.

    Attributes:
        carriage: how the clip comes.
        limit: what the channel takes, in bytes; only looked at where it was too little.
        with_prompt: False where the server's filters do not let the person's words through.
    """

    carriage: Carriage = Carriage.ORIGINAL
    limit: int = 0
    with_prompt: bool = True


def render_delivery(
    delivery: Delivery, job: Job, facts: MessageFacts, catalogue: Catalogue, form: ResultForm
) -> Message:
    """Return the message that a delivery owes its channel."""
    match delivery.purpose:
        case Purpose.FAILURE:
            return render_failure(delivery, job, with_prompt=form.with_prompt)
        case Purpose.ABANDONED:
            return render_abandoned(delivery, job, with_prompt=form.with_prompt)
        case _:
            return render_result(delivery, job, facts, catalogue, form)


def render_result(delivery: Delivery, job: Job, facts: MessageFacts, catalogue: Catalogue, form: ResultForm) -> Message:
    """Return the message that brings a clip."""
    ready = _(_READY[job.kind])
    details = [
        _("AI-generated"),
        figures.short_seconds(length(job, facts.result)) if length(job, facts.result) else "",
        _("from #{source}").format(source=job.source_id) if job.source_id else "",
        *job_words.unusual_settings(job, catalogue, length=False, words=form.with_prompt),
        figures.charge(job.consumed_microusd),
        job_words.name(job),
    ]
    lines = [
        f"-# {' · '.join(filter(None, details))}",
        *(f"-# ⚠️ {note}" for note in job_words.notes(job)),
        *_carried(job, form),
    ]
    return _message(delivery, job, f"<@{job.requester_id}> {ready}", lines, with_prompt=form.with_prompt)


def render_failure(delivery: Delivery, job: Job, *, with_prompt: bool = True) -> Message:
    """Return the message that says that there will be no clip."""
    head = _("{person} this clip did not work out").format(person=f"<@{job.requester_id}>")
    return _message(delivery, job, head, _what_happened(job), with_prompt=with_prompt)


def render_abandoned(delivery: Delivery, job: Job, *, with_prompt: bool = True) -> Message:
    """Return the message that says that nobody knows what became of a clip."""
    head = _("{person} this clip was lost on the way").format(person=f"<@{job.requester_id}>")
    return _message(delivery, job, head, _what_happened(job), with_prompt=with_prompt)


def alt_text(job: Job, source: Job | None = None, *, with_prompt: bool = True) -> str:
    """Return what a screen reader says of the clip, at most 1024 characters.

    Args:
        job: whose clip.
        source: the job that it goes on from, whose words tell what is seen where its own say nothing of that.
        with_prompt: False where the server's filters do not let the person's words through.
    """
    kinds = {
        JobKind.VIDEO: _("AI-generated video: {prompt}"),
        JobKind.EXTEND: _("AI-generated video, extended: {prompt}"),
        JobKind.LIPSYNC: _("AI-generated video of somebody saying: {prompt}"),
    }
    shown = kinds[job.kind]
    prompt = one_line(job.prompt)
    if not prompt and source is not None:
        prompt = one_line(source.prompt)
        if job.kind is JobKind.LIPSYNC:
            shown = _("AI-generated video, speaking with a recording: {prompt}")
    text = shown.format(prompt=prompt) if prompt and with_prompt else _("AI-generated video")
    return shorten(text, ALT_TEXT_LIMIT)


def file_name(job: Job, extension: str) -> str:
    """Return the attachment's name."""
    return f"egret-{job.id}.{extension}"


def length(job: Job, result: Asset | None) -> float:
    """Return the clip's length in seconds: as measured, else as bought, else 0."""
    if result is not None and result.duration_ms:
        return result.duration_ms / SECOND
    return job.input.seconds if isinstance(job.input, VideoInput) else 0


def _what_happened(job: Job) -> list[str]:
    failure = failure_text(job)
    return [f"{failure.what} {failure.money}", failure.next_step, f"-# {job_words.kind(job)} · {job_words.name(job)}"]


def _carried(job: Job, form: ResultForm) -> list[str]:
    """Say what was done to the clip so that it could be posted, and where the original is."""
    link = _link(job)
    why = _(_WHY[form.carriage]).format(limit=figures.upload_limit(form.limit))
    if form.carriage is Carriage.ORIGINAL:
        return []
    if form.carriage in _ATTACHED:
        return [f"-# {why}{_original(job, link)}"]
    if not link:
        return [f"{why} {_('Its file can no longer be had.')}"]
    return [f"{why} {_('Watch or save it soon, because the provider deletes it after a while:')}", _shown(job, link)]


def _original(job: Job, link: str) -> str:
    if not link or job.spoiler:
        return ""
    words = _("[Original](<{link}>), until the provider deletes it.").format(link=link)
    return f" {words}"


def _shown(job: Job, link: str) -> str:
    return f"|| {link} ||" if job.spoiler else link


def _link(job: Job) -> str:
    """Return the provider's address of the clip where it is fit to be shown, else ""."""
    link = job.output_url or ""
    unfit = any(character.isspace() or character in "<>()[]|`\\" for character in link)
    if unfit or units(link) > _LINK_LIMIT or urlsplit(link).scheme not in {"https", "http"}:
        return ""
    return link


def _message(delivery: Delivery, job: Job, head: str, lines: list[str], *, with_prompt: bool) -> Message:
    """Put a message together, with as much of the prompt as there is room for."""
    tail = "\n".join(lines)
    room = CONTENT_LIMIT - units(head) - units(tail) - 3
    prompt = ""
    if job.prompt and with_prompt and room >= _PROMPT_LEAST:
        prompt = f": {quoted(job.prompt, min(room, _PROMPT_SHOWN))}"
    content = f"{head}{prompt or '.'}\n{tail}"
    return Message(
        content=shorten(content, CONTENT_LIMIT),
        buttons=(details_button(job, delivery.id),),
        pings=(job.requester_id,),
    )
