"""Clips in one place, a page at a time: what is running first, then what has been made, and what to do with each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import discord

from bot.catalog import PossibleActions
from bot.jobs.model import Job
from bot.jobs.ports import CardFacts, ClipsPage, ListedClip
from bot.jobs.requests import Lineage, Submitted
from bot.jobs.states import ENDED, JobState
from bot.ui import cards, figures, job_words
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _
from bot.ui.lineage import lineage_line
from bot.ui.message import Button, Choice, ChoiceList, Message
from bot.ui.quoting import in_quotes, one_line, quoted, units

PAGE: Final = 5
"""Clips on a page."""
PICK: Final = "pick"
"""What the custom id of the page's list has in addition."""
STAR: Final = "star"
UNSTAR: Final = "unstar"
"""What the custom ids of a panel's own buttons have in addition to the clip: they change the panel, and keep it."""

_PROMPT_SHOWN: Final = 60
_PANEL_PROMPT_SHOWN: Final = 300
_RUNNING_LIMIT: Final = 1600
_MADE_LIMIT: Final = 3900
"""Together below the 6000 characters of all embeds of a message, each below its 4096 (platform notes §5)."""
_MOST_CANCELS: Final = 10
_SUBJECT: Final = re.compile(r"(\d{1,6})-(\d{1,20})-([af])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipsShown:
    """What a list shows; it stands in the custom ids of its buttons, and nowhere else.

    Attributes:
        page: from 0.
        person_id: whose clips; None for everybody's.
        favourites: only the viewer's favourites.
    """

    page: int = 0
    person_id: int | None
    favourites: bool = False

    def subject(self) -> str:
        """Return it as part of a custom id."""
        return f"{self.page}-{self.person_id or 0}-{'f' if self.favourites else 'a'}"


def read_shown(subject: str) -> ClipsShown | None:
    """Return what `ClipsShown.subject` said, None for anything else."""
    match = _SUBJECT.fullmatch(subject)
    if match is None:
        return None
    page, person, which = match.groups()
    return ClipsShown(page=int(page), person_id=int(person) or None, favourites=which == "f")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipsList:
    """A page to be rendered.

    Attributes:
        shown: which page of which list.
        viewer_id: who looks.
        running: the viewer's own unended jobs, where the page shows them.
        page: the ended ones.
        lineages: of the page's clips, by their ids.
    """

    shown: ClipsShown
    viewer_id: int
    running: Sequence[Submitted]
    page: ClipsPage
    lineages: Mapping[str, Lineage]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPanel:
    """One clip of the list to be rendered, with what decides its buttons.

    Attributes:
        viewer_id: who looks.
        actions: what can be done with an ended job; None while it is under way.
        favourite: it is among the viewer's favourites.
        removable: the viewer may cancel or delete it.
    """

    job: Job
    facts: CardFacts
    lineage: Lineage
    viewer_id: int
    actions: PossibleActions | None
    favourite: bool
    removable: bool


def render_clips(listed: ClipsList) -> Message:
    """Return the answer to /clips."""
    running = _running_embed(listed)
    embeds = (running, _made_embed(listed)) if running is not None else (_made_embed(listed),)
    return Message(embeds=embeds, lists=_pick_list(listed), buttons=(*_steps(listed), *_cancels(listed)))


def render_panel(panel: ClipPanel) -> Message:
    """Return the private answer to picking a clip from the list."""
    job = panel.job
    lines = [f"**{job_words.kind(job)}** `{job_words.name(job)}` · {cards.looked_up(job, panel.facts)}"]
    if job.prompt:
        lines.append(f"> {quoted(job.prompt, _PANEL_PROMPT_SHOWN)}")
    lineage = lineage_line(panel.lineage, panel.viewer_id)
    if lineage:
        lines.append(lineage)
    return Message(content="\n".join(lines), buttons=tuple(_panel_buttons(panel)))


def _running_embed(listed: ClipsList) -> discord.Embed | None:
    if not listed.running:
        return None
    lines = [_running(clip) for clip in listed.running]
    return discord.Embed(title=_("Running"), description=_within(lines, _RUNNING_LIMIT))


def _made_embed(listed: ClipsList) -> discord.Embed:
    shown, page = listed.shown, listed.page
    lines = [_past(clip, listed) for clip in page.clips]
    if shown.person_id not in {None, listed.viewer_id}:
        lines.insert(0, _("Made by {person}.").format(person=f"<@{shown.person_id}>"))
    if not page.clips:
        lines.append(_nothing(listed))
    embed = discord.Embed(title=_title(listed), description=_within(lines, _MADE_LIMIT))
    pages = max(1, -(-page.total // PAGE))
    if page.total:
        words = _("Page {page} of {pages} · {clips}")
        embed.set_footer(text=words.format(page=shown.page + 1, pages=pages, clips=figures.clips(page.total)))
    return embed


def _title(listed: ClipsList) -> str:
    shown = listed.shown
    if shown.favourites:
        return _("Your favourites here")
    if shown.person_id == listed.viewer_id:
        return _("Your clips here")
    return _("Clips of this channel") if shown.person_id is None else _("Clips of one person in this channel")


def _nothing(listed: ClipsList) -> str:
    shown = listed.shown
    if shown.favourites:
        return _("None yet. Press Favourite under More of a clip, or pick a clip from the list of `/clips`.")
    if shown.person_id == listed.viewer_id:
        if listed.running:
            return _("Nothing yet: what is running above will be the first.")
        return _("You have made no clips here yet. Begin with `/video` and say in a few words what it should show.")
    return _("There are none that you may see.")


def _running(clip: Submitted) -> str:
    job = clip.job
    parts = [f"`{job_words.name(job)}`", figures.relative(job.created_at), cards.status_line(job, clip.facts)]
    if job.state is JobState.RUNNING and job.cancel_requested_at is None:
        # Its status says when it was begun.
        del parts[1]
    return f"{' · '.join(parts)}{_prompt(job)}"


def _past(clip: ListedClip, listed: ClipsList) -> str:
    job = clip.job
    parts = [f"`{job_words.name(job)}`", _fate(job)]
    if not job.prompt:
        parts.append(job_words.kind(job))
    if clip.favourite:
        parts.append("⭐")
    if listed.shown.person_id is None:
        parts.append(f"<@{job.requester_id}>")
    parts.append(figures.relative(job.finished_at if job.finished_at is not None else job.created_at))
    if job.requester_id == listed.viewer_id:
        parts.append(figures.charge(job))
    if clip.message is not None and job.removed_at is None:
        link = job_words.message_link(job, clip.message)
        word = _("see the clip") if job.state is JobState.SUCCEEDED else _("see the message")
        parts.append(f"[{word}]({link})")
    lineage = lineage_line(listed.lineages.get(job.id, Lineage()), listed.viewer_id)
    return f"{figures.joined(parts)}{_prompt(job)}" + (f"\n-# {lineage}" if lineage else "")


def _fate(job: Job) -> str:
    if job.removed_at is not None:
        return f"🗑️ {_('Deleted')}"
    return f"{job_words.emoji(job.state)} {job_words.state(job.state)}"


def _prompt(job: Job) -> str:
    return f"\n> {quoted(job.prompt, _PROMPT_SHOWN)}" if job.prompt else ""


def _within(lines: Sequence[str], room: int) -> str:
    """Return as many lines as there is room for, and say where some are left out."""
    kept: list[str] = []
    more = _("… and more.")
    left = room - units(more)
    for line in lines:
        left -= units(line) + 1
        if left < 0:
            return "\n".join([*kept, more])
        kept.append(line)
    return "\n".join(kept)


def _pick_list(listed: ClipsList) -> tuple[ChoiceList, ...]:
    jobs = [*(clip.job for clip in listed.running), *(clip.job for clip in listed.page.clips)]
    if not jobs:
        return ()
    choices = tuple(Choice(value=job.id, label=_named(job)) for job in jobs)
    subject = listed.shown.subject()
    return (
        ChoiceList(
            custom_id=custom_id(Verb.CLIPS, subject, PICK),
            placeholder=_("Pick a clip to do something with it"),
            choices=choices,
        ),
    )


def _named(job: Job) -> str:
    prompt = one_line(job.prompt)
    name = f"{job_words.name(job)} · {_fate(job)}"
    return f"{name} · {in_quotes(prompt)}" if prompt else f"{name} · {job_words.kind(job)}"


def _steps(listed: ClipsList) -> list[Button]:
    """Return what leads to other pages and lists."""
    shown = listed.shown
    own = ClipsShown(person_id=listed.viewer_id)
    everybody = ClipsShown(person_id=None)
    buttons = []
    if shown.page > 0:
        buttons.append(_step(replace(shown, page=shown.page - 1), _("Newer"), "◀️"))
    if (shown.page + 1) * PAGE < listed.page.total:
        buttons.append(_step(replace(shown, page=shown.page + 1), _("Older"), "▶️"))
    if shown.favourites or shown.person_id != listed.viewer_id:
        buttons.append(_step(own, _("My clips"), "👤"))
    if shown.favourites or shown.person_id is not None:
        buttons.append(_step(everybody, _("This channel's"), "👥"))
    if not shown.favourites:
        buttons.append(_step(replace(everybody, favourites=True), _("My favourites"), "⭐"))
    return buttons


def _step(shown: ClipsShown, label: str, emoji: str) -> Button:
    return Button(custom_id(Verb.CLIPS, shown.subject()), label, emoji)


def _cancels(listed: ClipsList) -> list[Button]:
    jobs = [clip.job for clip in listed.running if cards.can_cancel(clip.job)]
    return [
        cards.cancel_button(job, _("Cancel {name}").format(name=job_words.name(job))) for job in jobs[:_MOST_CANCELS]
    ]


def _panel_buttons(panel: ClipPanel) -> list[Button]:
    job, actions = panel.job, panel.actions
    buttons = []
    if panel.removable and cards.can_cancel(job):
        buttons.append(cards.cancel_button(job))
    kept = job.state is JobState.SUCCEEDED and job.removed_at is None
    if kept and actions is not None:
        buttons += _follow_ups(job, actions)
    if actions is not None and actions.no_again is None:
        buttons.append(Button(custom_id(Verb.AGAIN, job.id), _("Run again"), "🎲"))
    if kept:
        buttons.append(Button(custom_id(Verb.REPOST, job.id), _("Repost"), "📌"))
        buttons.append(_favourite(job, on=not panel.favourite))
    buttons.append(cards.details_button(job))
    if panel.removable and job.state in ENDED and job.removed_at is None:
        buttons.append(Button(custom_id(Verb.DELETE, job.id), _("Delete"), "🗑️", discord.ButtonStyle.danger))
    return buttons


def _follow_ups(job: Job, actions: PossibleActions) -> list[Button]:
    buttons = []
    if actions.no_extend is None:
        buttons.append(Button(custom_id(Verb.EXTEND, job.id), _("Extend"), "➕"))
    if actions.no_lipsync is None:
        buttons.append(Button(custom_id(Verb.LIPSYNC, job.id), _("Lip-sync"), "👄"))
    return buttons


def _favourite(job: Job, *, on: bool) -> Button:
    if on:
        return Button(custom_id(Verb.CLIPS, job.id, STAR), _("Favourite"), "⭐")
    return Button(custom_id(Verb.CLIPS, job.id, UNSTAR), _("Unfavourite"), "💔")
