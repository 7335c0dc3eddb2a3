"""The one row of buttons under a message that ended a job, made for phones: words as well as emoji.

The message's delivery is named by one of its buttons: by More under a clip, by Details under a failure.
"""

from __future__ import annotations

import discord

from bot.catalog import PossibleActions
from bot.jobs.model import Job
from bot.ui.cards import details_button
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.failures import Remedy, remedy
from bot.ui.language import _
from bot.ui.message import Button


def result_row(job: Job, actions: PossibleActions, delivery_id: str) -> tuple[Button, ...]:
    """Return the buttons under a clip; what it cannot take is left out, and Details says why."""
    row: list[Button] = []
    if actions.no_extend is None:
        row.append(Button(custom_id(Verb.EXTEND, job.id), _("Extend"), "➕", discord.ButtonStyle.primary))
    if actions.no_lipsync is None:
        row.append(Button(custom_id(Verb.LIPSYNC, job.id), _("Lip-sync"), "👄"))
    if actions.no_again is None:
        row.append(Button(custom_id(Verb.AGAIN, job.id), _("Re-roll"), "🎲"))
    if actions.no_edit is None:
        row.append(_edit(job))
    return (*row, Button(custom_id(Verb.MORE, job.id, delivery_id), _("More"), "🔽"))


def failure_row(job: Job, actions: PossibleActions, delivery_id: str) -> tuple[Button, ...]:
    """Return the buttons under the message that there will be no clip: what may help, and Details."""
    details = details_button(job, delivery_id)
    match remedy(job, actions):
        case Remedy.RETRY:
            retry = Button(custom_id(Verb.AGAIN, job.id), _("Retry"), "🔁", discord.ButtonStyle.primary)
            return (retry, details)
        case Remedy.EDIT:
            return (_edit(job, discord.ButtonStyle.primary), details)
        case None:
            return (details,)


def _edit(job: Job, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> Button:
    return Button(custom_id(Verb.EDIT, job.id), _("Edit"), "✏️", style)
