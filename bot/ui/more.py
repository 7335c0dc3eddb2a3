"""What else can be done with a clip: a private message with buttons, a form to report, and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import discord

from bot.jobs.model import Delivery, Job
from bot.jobs.states import JobState
from bot.ui import figures, job_words
from bot.ui.cards import details_button
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _
from bot.ui.message import Button, Message
from bot.ui.quoting import quoted
from bot.ui.results import provider_link, provider_link_until

REASON: Final = "reason"
"""The custom id of the report's field."""
_PROMPT_SHOWN: Final = 200
_REASON_LIMIT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreFacts:
    """What decides which buttons More has for a person.

    Attributes:
        original: something better than what was posted can be had.
        favourite: the clip is among the person's favourites.
        removable: the person may delete it.
    """

    original: bool
    favourite: bool
    removable: bool


def render_more(job: Job, facts: MoreFacts) -> Message:
    """Return the private answer to More."""
    name = f"`{job_words.name(job)}`"
    if job.removed_at is not None:
        content = _("{kind} {name} was deleted. Details are all that is left of it.")
        return Message(content=content.format(kind=job_words.kind(job), name=name), buttons=(details_button(job),))
    head = f"**{job_words.kind(job)}** {name}"
    content = figures.labelled(head, quoted(job.prompt, _PROMPT_SHOWN)) if job.prompt else head
    return Message(content=content, buttons=tuple(_buttons(job, facts)))


def original_button_id(job: Job) -> str:
    """Return the custom id of the button Original."""
    return custom_id(Verb.ORIGINAL, job.id)


def _buttons(job: Job, facts: MoreFacts) -> list[Button]:
    buttons = [details_button(job)]
    if facts.original:
        buttons.append(Button(original_button_id(job), _("Original"), "⬇️"))
    if job.state is JobState.SUCCEEDED:
        if facts.favourite:
            buttons.append(Button(custom_id(Verb.FAVOURITE, job.id, "off"), _("Unfavourite"), "💔"))
        else:
            buttons.append(Button(custom_id(Verb.FAVOURITE, job.id, "on"), _("Favourite"), "⭐"))
        buttons.append(Button(custom_id(Verb.REPOST, job.id), _("Repost"), "📌"))
    buttons.append(Button(custom_id(Verb.REPORT, job.id), _("Report"), "🚩"))
    if facts.removable:
        buttons.append(Button(custom_id(Verb.DELETE, job.id), _("Delete"), "🗑️", discord.ButtonStyle.danger))
    return buttons


def report_form(job: Job) -> discord.ui.Modal:
    """Return the form that asks why a clip is reported; it is answered by its custom id alone."""
    form = discord.ui.Modal(
        title=_("Report {name}").format(name=job_words.name(job)), custom_id=custom_id(Verb.REPORT, job.id)
    )
    reason: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=REASON, style=discord.TextStyle.paragraph, max_length=_REASON_LIMIT
    )
    form.add_item(
        discord.ui.Label(
            text=_("What is wrong with this clip?"),
            description=_("Whoever moderates this server, or runs the bot, reads it; nobody else does."),
            component=reason,
        )
    )
    # Whoever sends it is heard by the client, so discord.py need not remember this form.
    form.stop()
    return form


def reported(job: Job, *, new: bool) -> Message:
    """Return the answer to a report."""
    if new:
        words = _("Thank you. Those who moderate this server, or run this bot, are told about {name} now.")
    else:
        words = _("You have reported {name} before, and it was passed on. Once is enough.")
    return Message(content=words.format(name=f"`{job_words.name(job)}`"))


def reposted(job: Job, delivery: Delivery) -> Message:
    """Return the answer to Repost."""
    name = f"`{job_words.name(job)}`"
    if delivery.message is None:
        return Message(content=f"{_('{name} is being posted again here.').format(name=name)} {_free()}")
    link = job_words.message_link(job, delivery.message)
    words = _("{name} was posted again: [see the clip]({link}).")
    return Message(content=f"{words.format(name=name, link=link)} {_free()}")


def original_attached(job: Job, size: int) -> Message:
    """Return what comes with the original file; `size` is in bytes."""
    words = _("The original of {name}, {size}, as the provider made it.")
    return Message(content=words.format(name=f"`{job_words.name(job)}`", size=figures.size(size)))


def has_link(job: Job, now: int) -> bool:
    """Tell whether the provider still has the clip, as far as anybody knows; `now` is in UTC milliseconds."""
    link = provider_link(job)
    return bool(link) and now < provider_link_until(job, link)


def original_elsewhere(job: Job, *, size: int, limit: int, now: int) -> Message:
    """Return where the original is, if it cannot be attached.

    Args:
        job: whose original.
        size: of the archived file in bytes, 0 where there is none.
        limit: what Discord takes from this person here, in bytes.
        now: UTC milliseconds.
    """
    name = f"`{job_words.name(job)}`"
    parts: list[str] = []
    if size:
        words = _("The original of {name} is {size}, and Discord takes at most {limit} here.")
        parts.append(words.format(name=name, size=figures.size(size), limit=figures.upload_limit(limit)))
    else:
        parts.append(_("The original of {name} is no longer kept here.").format(name=name))
    if has_link(job, now):
        link = provider_link(job)
        until = figures.date_and_time(provider_link_until(job, link))
        shown = f"|| {link} ||" if job.spoiler else f"<{link}>"
        parts.append(_("The provider has it until {date}: {link}").format(date=until, link=shown))
    elif size:
        parts.append(_("The provider has deleted its copy. Whoever runs this bot still has the file: ask them for it."))
    else:
        parts.append(_("The provider has deleted its copy, too."))
    return Message(content=" ".join(parts))


def removed(job: Job, *, left: int) -> Message:
    """Return the answer to Delete, once meant; `left` counts messages that could not be deleted."""
    words = _("{name} is deleted: its messages, and the copy that was kept.")
    content = words.format(name=f"`{job_words.name(job)}`")
    if left:
        more = _("Discord did not let me delete {number} of its messages. Press Delete again, or delete them by hand.")
        content = f"{content} {more.format(number=left)}"
    return Message(content=content)


def kept(job: Job) -> Message:
    """Return the answer to Keep."""
    return Message(content=_("{name} stays. Nothing was deleted.").format(name=f"`{job_words.name(job)}`"))


def _free() -> str:
    return _("It costs nothing.")
