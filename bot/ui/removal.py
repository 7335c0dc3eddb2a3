"""Deleting a clip: asking once before it is done."""

from __future__ import annotations

import discord

from bot.jobs.model import Job
from bot.jobs.states import JobState
from bot.ui import job_words
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _
from bot.ui.message import Button, Message


def ask_removal(job: Job) -> Message:
    """Return the question whether a clip is meant to be deleted; the buttons' handlers check who presses them."""
    words = _(
        "Delete {name} for good? Its messages, the kept copy and the files it was made from go; what it cost is not "
        "given back."
    )
    return Message(
        content=words.format(name=f"`{job_words.name(job)}`"),
        buttons=(
            Button(custom_id(Verb.REMOVE, job.id), _("Delete"), "🗑️", discord.ButtonStyle.danger),
            Button(custom_id(Verb.KEEP, job.id), _("Keep"), "↩️"),
        ),
    )


def removal_not_yours(job: Job) -> Message:
    """Return the answer to somebody who may not delete a clip."""
    words = _(
        "{name} is not yours. Only whoever asked for it, or somebody who manages messages here, can delete it. "
        "Nothing was deleted."
    )
    return Message(content=words.format(name=f"`{job_words.name(job)}`"))


def removal_unfinished(job: Job) -> Message:
    """Return the answer to a wish to delete what is still being made."""
    if job.state is JobState.ABANDONED:
        words = _("{name} was lost on the way and may yet turn up, so it cannot be deleted. Nothing was deleted.")
    else:
        words = _(
            "{name} is still being made. Press **Cancel** on its card first; once it has ended it can be deleted."
        )
    return Message(content=words.format(name=f"`{job_words.name(job)}`"))
