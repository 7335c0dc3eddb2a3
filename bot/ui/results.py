"""The messages that end a job: a clip, a failure, or that nobody knows; and a clip brought once more.

Each is sent once. The first that ends a job pings its requester.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from bot.catalog import Catalogue
from bot.clock import DAY, SECOND
from bot.jobs.model import Asset, Delivery, Job, JobKind, MessageRef, Purpose, VideoInput, is_repost
from bot.jobs.ports import MessageFacts
from bot.replies import Verb
from bot.ui import custom_ids, figures, job_words
from bot.ui.failures import failure_text, remedy
from bot.ui.language import _, marked, spoken
from bot.ui.message import CONTENT_LIMIT, Button, Message
from bot.ui.quoting import one_line, quoted, shorten, units
from bot.ui.replies import words_for
from bot.ui.rows import failure_row, result_row

ALT_TEXT_LIMIT: Final = 1024
"""Characters of an attachment's description (platform notes §5)."""
_PROMPT_SHOWN: Final = 600
_PROMPT_LEAST: Final = 40
_LINK_LIMIT: Final = 1000
_NOT_IN_LINKS: Final = frozenset('<>()[]|`\\"*')
_THREAD_NAME_LIMIT: Final = 100
_LINK_LIFETIME: Final = 30 * DAY
"""The service behind the provider deletes clips that are older (provider notes §3)."""
_BRIEF_LINK_LIFETIME: Final = DAY
_BRIEF: Final = "/ephemeral/"
"""A part of the provider's addresses whose files go after a day (provider notes §1)."""

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
            return render_failure(delivery, job, facts, with_prompt=form.with_prompt)
        case Purpose.ABANDONED:
            return render_abandoned(delivery, job, facts, with_prompt=form.with_prompt)
        case purpose if is_repost(purpose):
            return render_repost(delivery, job, facts, catalogue, form)
        case _:
            return render_result(delivery, job, facts, catalogue, form)


def render_result(delivery: Delivery, job: Job, facts: MessageFacts, catalogue: Catalogue, form: ResultForm) -> Message:
    """Return the message that brings a clip."""
    ready = _(_READY[job.kind])
    details = [_("AI-generated"), *_facts(job, facts, catalogue, form), figures.charge(job)]
    lines = [
        _small([*details, job_words.name(job)]),
        *_strayed(delivery, job),
        *(f"-# ⚠️ {note}" for note in job_words.notes(job)),
        *_what_to_reply(job, facts),
        *_carried(delivery, job, form),
    ]
    head = f"<@{job.requester_id}> {ready}"
    pings = _pings(job, facts.pinged)
    row = result_row(job, facts.actions, delivery.id)
    return _message(job, head, lines, row, with_prompt=form.with_prompt, pings=pings)


def render_repost(delivery: Delivery, job: Job, facts: MessageFacts, catalogue: Catalogue, form: ResultForm) -> Message:
    """Return the message that brings a clip once more: it says so, and notifies nobody."""
    repost = _("Repost of {name}").format(name=job_words.name(job))
    lines = [
        _small([repost, _("AI-generated"), *_facts(job, facts, catalogue, form)]),
        *_carried(delivery, job, form),
    ]
    row = result_row(job, facts.actions, delivery.id)
    return _message(job, job_words.kind(job), lines, row, with_prompt=form.with_prompt, pings=())


def render_failure(delivery: Delivery, job: Job, facts: MessageFacts, *, with_prompt: bool = True) -> Message:
    """Return the message that says that there will be no clip."""
    head = _("{person} this clip did not work out").format(person=f"<@{job.requester_id}>")
    row = failure_row(job, facts.actions, delivery.id)
    pings = _pings(job, facts.pinged)
    return _message(job, head, _what_happened(delivery, job, facts), row, with_prompt=with_prompt, pings=pings)


def render_abandoned(delivery: Delivery, job: Job, facts: MessageFacts, *, with_prompt: bool = True) -> Message:
    """Return the message that says that nobody knows what became of a clip."""
    head = _("{person} this clip was lost on the way").format(person=f"<@{job.requester_id}>")
    row = failure_row(job, facts.actions, delivery.id)
    pings = _pings(job, facts.pinged)
    return _message(job, head, _what_happened(delivery, job, facts), row, with_prompt=with_prompt, pings=pings)


def render_in_doubt(job: Job) -> Message:
    """Return the message that says, in private, that a clip may or may not stand where it was asked for."""
    head = _("{person} your clip is made and kept").format(person=f"<@{job.requester_id}>")
    doubt = _(
        "Discord did not say whether it was posted in {channel}, and I may not look there."
        " If it is missing, press **{repost}**, and it comes here."
    ).format(channel=f"<#{job.place.channel_id}>", repost=_("Repost"))
    lines = [doubt, _small([job_words.kind(job), figures.charge(job), job_words.name(job)])]
    row = (Button(custom_ids.custom_id(custom_ids.Verb.REPOST, job.id), _("Repost"), "📌"),)
    return _message(job, head, lines, row, with_prompt=True, pings=(job.requester_id,))


def thread_name(job: Job, *, with_prompt: bool = True) -> str:
    """Return the name of the thread that a clip has for itself, at most 100 characters (platform notes §5).

    Args:
        job: whose clip.
        with_prompt: False where the server's filters do not let the person's words through.
    """
    tail = f" · {job_words.name(job)}"
    prompt = one_line(job.prompt) if with_prompt else ""
    return shorten(prompt or job_words.kind(job), _THREAD_NAME_LIMIT - units(tail)) + tail


def alt_text(job: Job, source: Job | None = None, *, with_prompt: bool = True) -> str:
    """Return what a screen reader says of the clip, at most 1024 characters.

    Args:
        job: whose clip.
        source: the job that it goes on from, whose words tell what is seen where its own say nothing of that; a private
            one's are read out in private alone.
        with_prompt: False where the server's filters do not let the person's words through.
    """
    kinds = {
        JobKind.VIDEO: _("AI-generated video: {prompt}"),
        JobKind.EXTEND: _("AI-generated video, extended: {prompt}"),
        JobKind.LIPSYNC: _("AI-generated video of somebody saying: {prompt}"),
    }
    shown = kinds[job.kind]
    prompt = one_line(job.prompt)
    if not prompt and source is not None and (job.place.is_direct or not source.place.is_direct):
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


def _what_happened(delivery: Delivery, job: Job, facts: MessageFacts) -> list[str]:
    failure = failure_text(job, remedy(job, facts.actions), rests_until=facts.rests_until)
    small = f"-# {job_words.kind(job)} · {job_words.name(job)}"
    return [f"{failure.what} {failure.money}", failure.next_step, *_strayed(delivery, job), small]


def _what_to_reply(job: Job, facts: MessageFacts) -> list[str]:
    """Say that a clip can be replied to, which nothing else in the channel tells."""
    verbs = words_for(spoken())
    replies = [(verbs[Verb.EXTEND][0], facts.actions.no_extend), (verbs[Verb.LIPSYNC][0], facts.actions.no_lipsync)]
    possible = [f"`{verb} …`" for verb, objection in replies if objection is None]
    if not possible:
        return []
    words = _("Reply {verbs}, or press a button.")
    if not job.place.is_direct:
        words = _("Reply {verbs} with the @ on, or press a button.")
    return [f"-# {words.format(verbs=figures.either(possible))}"]


def _strayed(delivery: Delivery, job: Job) -> list[str]:
    """Say why a clip that was asked for in a channel comes by direct message."""
    if job.place.is_direct or not job_words.is_private(job, MessageRef(delivery.channel_id, 0)):
        return []
    where = f"<#{job.place.channel_id}>"
    return [f"-# ⚠️ {_('It could not be posted in {channel}, so it comes here.').format(channel=where)}"]


def _facts(job: Job, facts: MessageFacts, catalogue: Catalogue, form: ResultForm) -> list[str]:
    """Return what a clip is: its length, what it goes on from, and what is unusual about it."""
    seconds = length(job, facts.result)
    return [
        figures.short_seconds(seconds) if seconds else "",
        _("from #{source}").format(source=job.source_id) if job.source_id else "",
        *job_words.unusual_settings(job, catalogue, length=False, words=form.with_prompt),
    ]


def _small(parts: list[str]) -> str:
    return f"-# {' · '.join(filter(None, parts))}"


def _pings(job: Job, pinged: bool) -> tuple[int, ...]:
    """Return whom a message notifies: the requester, unless another message has."""
    return () if pinged else (job.requester_id,)


def _carried(delivery: Delivery, job: Job, form: ResultForm) -> list[str]:
    """Say what was done to the clip so that it could be posted, and where the original is."""
    link = provider_link(job)
    until = provider_link_until(job, link)
    why = _(_WHY[form.carriage]).format(limit=figures.upload_limit(form.limit))
    if form.carriage is Carriage.NOT_KEPT and is_repost(delivery.purpose):
        why = _("The clip is no longer kept here.")
    if form.carriage is Carriage.ORIGINAL:
        return []
    if form.carriage in _ATTACHED:
        return [f"-# {why}{_original(job, link)}"]
    if not link or delivery.created_at >= until:
        return [f"{why} {_('Its file can no longer be had.')}"]
    soon = _("Watch or save it before {date}, when the provider will have deleted it:")
    return [f"{why} {soon.format(date=figures.date_and_time(until))}", _shown(job, link)]


def provider_link_until(job: Job, link: str) -> int:
    """Return when the provider will have deleted a clip, in UTC milliseconds."""
    lifetime = _BRIEF_LINK_LIFETIME if _BRIEF in urlsplit(link).path else _LINK_LIFETIME
    return (job.finished_at or job.created_at) + lifetime


def _original(job: Job, link: str) -> str:
    if not link or job.spoiler:
        return ""
    words = _("[Original](<{link}>), until the provider deletes it.").format(link=link)
    return f" {words}"


def _shown(job: Job, link: str) -> str:
    return f"|| {link} ||" if job.spoiler else link


def provider_link(job: Job) -> str:
    """Return the provider's address of the clip where it is fit to be shown, else ""."""
    link = job.output_url or ""
    # What is not plain ASCII could pass for another address, or turn the line around; and who opens a link should see
    # whose it is, not a name in front of an "@".
    fit = all("!" <= character <= "~" and character not in _NOT_IN_LINKS for character in link)
    if not fit or len(link) > _LINK_LIMIT:
        return ""
    parts = urlsplit(link)
    return link if parts.scheme in {"https", "http"} and parts.hostname and "@" not in parts.netloc else ""


def _message(
    job: Job, head: str, lines: list[str], row: tuple[Button, ...], *, with_prompt: bool, pings: tuple[int, ...]
) -> Message:
    """Put a message together, with as much of the prompt as there is room for."""
    tail = "\n".join(lines)
    room = CONTENT_LIMIT - units(figures.labelled(head, "")) - units(tail) - 1
    if job.prompt and with_prompt and room >= _PROMPT_LEAST:
        first = figures.labelled(head, quoted(job.prompt, min(room, _PROMPT_SHOWN)))
    else:
        first = _("{sentence}.").format(sentence=head)
    content = f"{first}\n{tail}"
    return Message(content=shorten(content, CONTENT_LIMIT), buttons=row, pings=pings)
