"""Everything known of a job, for whoever asks and nobody else."""

from __future__ import annotations

from typing import Final

import discord

from bot.catalog import Catalogue, Ratio
from bot.clock import SECOND
from bot.errors import Refusal
from bot.jobs.costs import cost_of_job
from bot.jobs.failures import FailureReason
from bot.jobs.model import Asset, AssetRole, Delivery, ExtendInput, Job, JobEvent, LipsyncInput, VideoInput
from bot.jobs.requests import Details
from bot.jobs.states import DeliveryState, JobState
from bot.ui import cards, figures, job_words, labels
from bot.ui.failures import failure_text
from bot.ui.language import _, marked
from bot.ui.lineage import child_lines, parent_lines
from bot.ui.message import Message, TextFile
from bot.ui.quoting import escaped, in_block, quoted, shorten, units
from bot.ui.refusals import refusal_sentence
from bot.ui.refusals.sentence import without_option

_PROMPT_LIMIT: Final = 3000
_FIELD_LIMIT: Final = 1024
_EMBED_LIMIT: Final = 5500
"""Below Discord's 6000 characters (platform notes §5), which may be counted in larger units than ours."""
_AVOID_SHOWN: Final = 200
_EVENTS_SHOWN: Final = 8
_ID_SHOWN: Final = 80

_FILES: Final = {
    AssetRole.IMAGE: marked("Picture to start from"),
    AssetRole.END_IMAGE: marked("Picture to end with"),
    AssetRole.AUDIO: marked("Recording"),
    AssetRole.RESULT: marked("Clip"),
}
_DELIVERIES: Final = {
    DeliveryState.PENDING: marked("waiting to be posted"),
    DeliveryState.SENDING: marked("being posted"),
    DeliveryState.DELIVERED: marked("posted"),
    DeliveryState.UNDELIVERABLE: marked("could not be posted"),
}


def render_details(details: Details, catalogue: Catalogue, viewer_id: int = 0) -> Message:
    """Return a job's Details view.

    Args:
        details: everything known of the job.
        catalogue: names models.
        viewer_id: who looks; others' private clips are not named to them.
    """
    job = details.job
    embed = discord.Embed(title=f"{job_words.kind(job)} {job_words.name(job)}")
    _add(embed, _("State"), _state(details))
    _add(embed, _("Settings"), "\n".join(_settings(job, catalogue)))
    _add(embed, _("Not possible"), "\n".join(_not_possible(details)))
    _add(embed, _("Money"), "\n".join(_money(job)))
    _add(embed, _("Files"), "\n".join(_file(asset) for asset in details.assets))
    _add(embed, _("Messages"), "\n".join(_messages(details)))
    _add(embed, _("Comes from"), "\n".join(parent_lines(job, details.lineage, viewer_id)))
    _add(embed, _("What came of it"), "\n".join(child_lines(job, details.lineage, viewer_id)))
    _add(embed, _("Numbers"), "\n".join(_numbers(job)))
    _add(embed, _("What happened"), "\n".join(_event(event) for event in details.events[-_EVENTS_SHOWN:]))
    room = min(_PROMPT_LIMIT, _EMBED_LIMIT - len(embed))
    embed.description = in_block(job.prompt, room) if job.prompt else _("No prompt was given.")
    return Message(embeds=(embed,), files=_whole_texts(job, room))


def _whole_texts(job: Job, room: int) -> tuple[TextFile, ...]:
    """Return what was too long to be shown whole, as a file."""
    avoid = job.input.negative_prompt if isinstance(job.input, VideoInput) else ""
    if units(job.prompt) <= room - 8 and units(avoid) <= _AVOID_SHOWN // 2:
        return ()
    text = f"{job.prompt}\n\n{_('Avoid:')}\n{avoid}\n" if avoid else f"{job.prompt}\n"
    return (TextFile(filename=f"egret-{job.id}.txt", text=text),)


def _state(details: Details) -> str:
    job = details.job
    line = cards.looked_up(job, details.facts)
    if job.failure is not None and job.failure.reason is not FailureReason.UNKNOWN_OUTCOME and not job.finished_at:
        line = f"{line}\n{failure_text(job).what}"
    return line


def _settings(job: Job, catalogue: Catalogue) -> list[str]:
    head = [
        _("Model: {value}").format(value=job_words.model(job, catalogue)),
        _("Quality: {value}").format(value=job_words.quality(job, catalogue)),
    ]
    match job.input:
        case VideoInput():
            return [*head, *_video(job.input), *_spoiler(job)]
        case LipsyncInput():
            return [*head, *_speech(job.input), *_spoiler(job)]
        case ExtendInput():
            return [*head, *_spoiler(job)]


def _not_possible(details: Details) -> list[str]:
    """Return why buttons are missing under a clip, a line for each."""
    actions = details.actions
    if actions is None or details.job.state is not JobState.SUCCEEDED or details.job.removed_at is not None:
        return []
    objections = [
        (_("Extend: {reason}"), actions.no_extend),
        (_("Lip-sync: {reason}"), actions.no_lipsync),
        (_("Re-roll: {reason}"), actions.no_again),
        (_("Edit: {reason}"), actions.no_edit),
    ]
    return [words.format(reason=_reason(refusal)) for words, refusal in objections if refusal is not None]


def _reason(refusal: Refusal) -> str:
    """Return a refusal's sentence without the option that it would blame in a command."""
    sentence = without_option(refusal_sentence(refusal), refusal.option)
    return sentence[:1].upper() + sentence[1:]


def _video(made: VideoInput) -> list[str]:
    shape = labels.ratio(Ratio(made.ratio)) if made.ratio is not None else _("as the picture")
    lines = [
        _("Length: {value}").format(value=figures.seconds(made.seconds)),
        _("Shape: {value}").format(value=shape),
    ]
    if made.cfg_scale is not None:
        lines.append(_("Follows the prompt: {value}").format(value=job_words.follow(made.cfg_scale)))
    if made.camera_axis:
        lines.append(_("Camera: {value}").format(value=job_words.camera(made.camera_axis, made.camera_value)))
    if made.sound is not None:
        lines.append(_("Sound: {value}").format(value=_("yes") if made.sound else _("no")))
    if made.negative_prompt:
        lines.append(_("Avoid: {value}").format(value=quoted(made.negative_prompt, _AVOID_SHOWN)))
    return lines


def _speech(made: LipsyncInput) -> list[str]:
    if not made.text:
        return [_("Voice: {value}").format(value=_("from a recording"))]
    return [
        _("Voice: {value}").format(value=escaped(made.voice, _ID_SHOWN)),
        _("Speed: {value}").format(value=figures.number(f"{made.speed:g}")),
    ]


def _spoiler(job: Job) -> list[str]:
    return [_("Hidden as a spoiler")] if job.spoiler else []


def _money(job: Job) -> list[str]:
    price, charge = figures.amount(cost_of_job(job)), figures.charged_amount(job)
    return [
        *([_("Price: {value}").format(value=price)] if price else []),
        *([_("Charged: {value}").format(value=charge)] if charge else []),
    ]


def _file(asset: Asset) -> str:
    facts = []
    if asset.size:
        facts.append(figures.size(asset.size))
    if asset.width and asset.height:
        facts.append(f"{asset.width} × {asset.height}")
    if asset.duration_ms:
        facts.append(figures.seconds(round(asset.duration_ms / SECOND, 1)))
    if asset.converted:
        facts.append(_("converted"))
    name = _(_FILES[asset.role])
    return figures.labelled(name, figures.listed(facts)) if facts else name


def _messages(details: Details) -> list[str]:
    job = details.job
    lines = [_("[Card]({link})").format(link=job_words.message_link(job, job.card))] if job.card else []
    return [*lines, *(_delivery(job, delivery) for delivery in details.deliveries)]


def _delivery(job: Job, delivery: Delivery) -> str:
    words = _(_DELIVERIES[delivery.state])
    if delivery.message is None:
        return _("Answer: {state}").format(state=words)
    link = job_words.message_link(job, delivery.message)
    return _("[Answer]({link}): {state}").format(link=link, state=words)


def _numbers(job: Job) -> list[str]:
    lines = [
        _("Job: {value}").format(value=f"`{job_words.name(job)}`"),
        _("Asked for by {person}, {time}").format(
            person=f"<@{job.requester_id}>", time=figures.date_and_time(job.created_at)
        ),
    ]
    if job.task_id:
        lines.append(_("Provider's task: {value}").format(value=f"`{escaped(job.task_id, _ID_SHOWN)}`"))
    if job.finished_at is not None:
        lines.append(_("Ended {time}").format(time=figures.date_and_time(job.finished_at)))
    return lines


def _event(event: JobEvent) -> str:
    return f"{figures.time_of_day(event.at)} {job_words.state(event.to_state)}"


def _add(embed: discord.Embed, name: str, value: str) -> None:
    if value:
        embed.add_field(name=name, value=shorten(value, _FIELD_LIMIT), inline=False)
