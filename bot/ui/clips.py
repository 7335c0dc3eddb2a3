"""A person's clips in one place: what is running first, then what has been made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot.jobs.model import Job
from bot.jobs.ports import ListedClip
from bot.jobs.requests import Submitted
from bot.jobs.states import JobState
from bot.ui import cards, figures, job_words
from bot.ui.language import _
from bot.ui.message import Button, Message
from bot.ui.quoting import quoted, units

_PROMPT_SHOWN: Final = 60
_DESCRIPTION_LIMIT: Final = 4000
_MOST_BUTTONS: Final = 25


def render_clips(running: Sequence[Submitted], past: Sequence[ListedClip]) -> Message:
    """Return the answer to /clips."""
    if not running and not past:
        words = _("You have made no clips here yet. Begin with `/video` and say in a few words what it should show.")
        return Message(content=words)
    sections: list[str] = []
    if running:
        sections += [f"### {_('Running')}", *(_running(clip) for clip in running)]
    if past:
        sections += [f"### {_('Made')}", *(_past(clip) for clip in past)]
    embed = discord.Embed(title=_("Your clips here"), description=_within_limit(sections))
    return Message(embeds=(embed,), buttons=_buttons(running))


def _running(clip: Submitted) -> str:
    job = clip.job
    parts = [f"`{job_words.name(job)}`", cards.status_line(job, clip.facts), figures.relative(job.created_at)]
    return f"{' · '.join(parts)}{_prompt(job)}"


def _past(clip: ListedClip) -> str:
    job = clip.job
    parts = [
        f"`{job_words.name(job)}`",
        f"{job_words.emoji(job.state)} {job_words.state(job.state)}",
        figures.relative(job.finished_at if job.finished_at is not None else job.created_at),
        figures.charge(job.consumed_microusd),
    ]
    if clip.message is not None:
        link = job_words.message_link(job, clip.message)
        word = _("see the clip") if job.state is JobState.SUCCEEDED else _("see the message")
        parts.append(f"[{word}]({link})")
    return f"{' · '.join(parts)}{_prompt(job)}"


def _prompt(job: Job) -> str:
    return f"\n> {quoted(job.prompt, _PROMPT_SHOWN)}" if job.prompt else ""


def _within_limit(lines: Sequence[str]) -> str:
    """Return as many lines as there is room for, and say where some are left out."""
    room = _DESCRIPTION_LIMIT
    kept: list[str] = []
    for line in lines:
        room -= units(line) + 1
        if room < 0:
            return "\n".join([*kept, _("… and more.")])
        kept.append(line)
    return "\n".join(kept)


def _buttons(running: Sequence[Submitted]) -> tuple[Button, ...]:
    jobs = [clip.job for clip in running if cards.can_cancel(clip.job)]
    return tuple(
        cards.cancel_button(job, _("Cancel {name}").format(name=job_words.name(job))) for job in jobs[:_MOST_BUTTONS]
    )
