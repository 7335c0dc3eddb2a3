"""What those who moderate a server see: reports with what can be done about them, blocks, and the audit log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

import discord
from discord.app_commands import Choice as CommandChoice

from bot.catalog import Catalogue
from bot.community.moderation import BlocksPage, BlockSpan
from bot.community.record import Block
from bot.community.records import ORDER, ServerLine
from bot.community.reports import Report
from bot.jobs.model import Delivery, Job, MessageRef
from bot.jobs.ports.people import BY_DISCORD
from bot.jobs.states import JobState
from bot.ui import figures, job_words
from bot.ui.amounts import amounts_said
from bot.ui.custom_ids import Verb, custom_id, read_custom_id
from bot.ui.deeds import deed_words
from bot.ui.language import _, marked, ngettext
from bot.ui.message import CONTENT_LIMIT, Button, Choice, ChoiceList, Message
from bot.ui.quoting import quoted, shorten
from bot.ui.translator import said

BLOCKS_SHOWN: Final = 10
LINES_SHOWN: Final = 12
_PROMPT_SHOWN: Final = 300
_REASON_SHOWN: Final = 600
_BLOCK_REASON_SHOWN: Final = 90


class Remedy(StrEnum):
    """What staff can do about a reported clip."""

    DELETE = "delete"
    BLOCK = "block"
    DISMISS = "dismiss"


_SPANS: Final = {
    BlockSpan.HOUR: marked("1 hour"),
    BlockSpan.DAY: marked("1 day"),
    BlockSpan.WEEK: marked("7 days"),
    BlockSpan.MONTH: marked("30 days"),
    BlockSpan.FOR_GOOD: marked("for good"),
}


def _span(span: BlockSpan) -> str:
    return _(_SPANS[span])


SPANS: Final = [CommandChoice(name=said(partial(_span, span)), value=span.value) for span in BlockSpan]
"""How long a block can last, as choices of an option."""


def span_of(text: str) -> BlockSpan | None:
    """Return the span that was picked; None for what is none."""
    return next((span for span in BlockSpan if span == text), None)


def render_blocked(block: Block) -> Message:
    """Return the answer to blocking somebody."""
    person = f"<@{block.person_id}>"
    if block.until is None:
        words = _("{person} can make no more clips on this server, until somebody uses `/unblock`.")
        blocked = words.format(person=person)
    else:
        words = _("{person} can make no more clips on this server until {date}.")
        blocked = words.format(person=person, date=figures.date_and_time(block.until))
    rest = _("What they have ordered already is still made; press Cancel on its card to stop it.")
    return Message(content=f"{blocked} {rest}")


def render_unblocked(person_id: int, *, was_blocked: bool) -> Message:
    """Return the answer to unblocking somebody."""
    words = _("{person} can make clips again.") if was_blocked else _("{person} was not blocked. Nothing changed.")
    return Message(content=words.format(person=f"<@{person_id}>"))


def render_blocks(page: BlocksPage) -> Message:
    """Return the list of those who are blocked, with a list to let one in again."""
    if not page.total:
        return Message(content=_("Nobody is blocked on this server."))
    count = ngettext(
        "{number} person is blocked on this server:", "{number} people are blocked on this server:", page.total
    )
    lines = [count.format(number=page.total), *(_blocked_line(block) for block in page.blocks)]
    choices = tuple(Choice(value=str(block.person_id), label=str(block.person_id)) for block in page.blocks)
    unblock = ChoiceList(
        custom_id=custom_id(Verb.UNBLOCK, str(page.page)), placeholder=_("Let somebody in again"), choices=choices
    )
    return Message(
        content=shorten("\n".join(lines), CONTENT_LIMIT),
        lists=(unblock,),
        buttons=_turning(Verb.BLOCKS, page.page, further=page.page + 1 < page.pages),
    )


def _until(block: Block) -> str:
    if block.until is None:
        return _("for good")
    return _("until {date}").format(date=figures.date_and_time(block.until))


def _blocked_line(block: Block) -> str:
    until = _until(block)
    words = _("<@{person}> (`{person}`): {until}, by {moderator}")
    line = words.format(person=block.person_id, until=until, moderator=f"<@{block.blocked_by}>")
    return figures.labelled(f"- {line}", quoted(block.reason, _BLOCK_REASON_SHOWN)) if block.reason else f"- {line}"


def render_report(report: Report, job: Job, message: MessageRef | None, *, with_words: bool = True) -> Message:
    """Return what a mod log says of a report.

    Args:
        report: what was reported.
        job: the clip's.
        message: where the clip stands; None where no message brings it.
        with_words: False where the server's filters do not let people's words through.
    """
    place = _("in direct messages") if job.place.is_direct else f"<#{job.place.channel_id}>"
    by_discord = report.person_id == BY_DISCORD
    reported = _("🚩 {reporter} reported {kind} {name}, made by {person} ({place}).")
    held_back = _("🚩 This server's filters held back the words of {kind} {name}, made by {person} ({place}).")
    head = (held_back if by_discord else reported).format(
        reporter=f"<@{report.person_id}>",
        kind=job_words.kind(job),
        name=f"`{job_words.name(job)}`",
        person=f"<@{job.requester_id}>",
        place=place,
    )
    lines = [head]
    if with_words and report.reason:
        lines.append(figures.labelled(_("Why"), quoted(report.reason, _REASON_SHOWN)))
    # A private clip's words are its person's own: staff sees that it was reported, and why.
    # Nor does what filters held back go the round through another channel.
    if with_words and job.prompt and not job.place.is_direct and not by_discord:
        lines.append(figures.labelled(_("What was asked for"), quoted(job.prompt, _PROMPT_SHOWN)))
    if message is not None and not job.place.is_direct:
        lines.append(_("[Go to the clip]({link})").format(link=job_words.message_link(job, message)))
    return Message(content=shorten("\n".join(lines), CONTENT_LIMIT), buttons=_remedies(report, job, set(Remedy)))


def _remedies(report: Report, job: Job, left: Iterable[Remedy]) -> tuple[Button, ...]:
    named = {
        Remedy.DELETE: (_("Delete the clip"), "🗑️", discord.ButtonStyle.danger),
        Remedy.BLOCK: (_("Block its maker"), "🚫", discord.ButtonStyle.secondary),
        Remedy.DISMISS: (_("Dismiss"), "✖️", discord.ButtonStyle.secondary),
    }
    shown = set(left)
    return tuple(
        Button(remedy_id(remedy, job.id, report.person_id), label, emoji, style)
        for remedy, (label, emoji, style) in named.items()
        if remedy in shown
    )


def remedy_id(remedy: Remedy, job_id: str, reporter_id: int) -> str:
    """Return the custom id of a button below a report; it names the report, too."""
    return custom_id(Verb.FLAGGED, job_id, f"{remedy}.{reporter_id}")


@dataclass(frozen=True, slots=True)
class PickedRemedy:
    """A button below a report, read."""

    remedy: Remedy
    reporter_id: int


def read_remedy(extra: str) -> PickedRemedy | None:
    """Return what the extra part of such a custom id says, None where it is none."""
    word, _dot, reporter = extra.partition(".")
    remedy = next((remedy for remedy in Remedy if remedy == word), None)
    return PickedRemedy(remedy, int(reporter)) if remedy is not None and reporter.isdecimal() else None


def names_report(text: str, report: Report) -> bool:
    """Tell whether a component belongs to the message about a report."""
    pressed = read_custom_id(text)
    if pressed is None or pressed.verb != Verb.FLAGGED or pressed.subject != report.job_id:
        return False
    picked = read_remedy(pressed.extra)
    return picked is not None and picked.reporter_id == report.person_id


def with_outcome(content: str, custom_ids: Sequence[str], done: Remedy, outcome: str, job: Job) -> Message:
    """Return a report's message after something was done about it: with a line that says so, and what is left to do.

    Args:
        content: what it says.
        custom_ids: of its buttons.
        done: what was done.
        outcome: the line.
        job: the clip's.
    """
    picked = [read_remedy(pressed.extra) for text in custom_ids if (pressed := read_custom_id(text)) is not None]
    found = [each for each in picked if each is not None]
    gone = {Remedy.DELETE, Remedy.DISMISS} if done is Remedy.DELETE else {done}
    left = set() if done is Remedy.DISMISS else {each.remedy for each in found} - gone
    report = Report(job_id=job.id, person_id=found[0].reporter_id if found else 0, reason="", created_at=0)
    line = f"\n-# {outcome}"
    return Message(content=shorten(content, CONTENT_LIMIT - len(line)) + line, buttons=_remedies(report, job, left))


def deleted_line(moderator_id: int, *, left: int) -> str:
    """Return what a report's message says once the clip was deleted; `left` counts messages that could not be."""
    words = _("🗑️ {moderator} deleted the clip.").format(moderator=f"<@{moderator_id}>")
    if not left:
        return words
    more = ngettext(
        "{number} of its messages could not be deleted: delete it by hand.",
        "{number} of its messages could not be deleted: delete them by hand.",
        left,
    )
    return f"{words} {more.format(number=left)}"


def dismissed_line(moderator_id: int) -> str:
    """Return what a report's message says once it was dismissed."""
    return _("✖️ {moderator} dismissed this report. The clip stays.").format(moderator=f"<@{moderator_id}>")


def blocked_line(moderator_id: int, block: Block) -> str:
    """Return what a report's message says once the clip's maker was blocked."""
    until = _until(block)
    words = _("🚫 {moderator} blocked {person}: {until}.")
    return words.format(moderator=f"<@{moderator_id}>", person=f"<@{block.person_id}>", until=until)


def ask_span(job: Job, report_message_id: int) -> Message:
    """Return the question for how long a reported clip's maker is to be blocked."""
    spans = ChoiceList(
        custom_id=custom_id(Verb.BLOCKFOR, job.id, str(report_message_id)),
        placeholder=_("For how long?"),
        choices=tuple(Choice(value=span.value, label=_(words)) for span, words in _SPANS.items()),
    )
    words = _("Block {person} from making clips on this server: for how long?")
    return Message(content=words.format(person=f"<@{job.requester_id}>"), lists=(spans,))


def render_lines(lines: Sequence[ServerLine], page: int, catalogue: Catalogue, *, further: bool) -> Message:
    """Return a page of what was done and ordered on a server.

    Args:
        lines: newest first.
        page: counts from 0.
        catalogue: names models.
        further: there is another page after it.
    """
    if not lines and not page:
        return Message(content=_("Nothing has been done or ordered on this server yet."))
    head = _("**What was done and ordered here**, newest first")
    content = "\n".join([head, *(_line(line, catalogue) for line in lines)])
    return Message(content=shorten(content, CONTENT_LIMIT), buttons=_turning(Verb.AUDIT, page, further=further))


def _line(line: ServerLine, catalogue: Catalogue) -> str:
    when, who = figures.date_and_time(line.at), f"<@{line.actor_id}>"
    if line.action == ORDER:
        known = who if line.actor_id else _("somebody whose data was deleted")
        return f"- {figures.joined([when, known, *_order(line)])}"
    parts = [when, who if line.actor_id else "", *deed_words(line, catalogue)]
    return f"- {figures.joined(parts)}"


def _order(line: ServerLine) -> list[str]:
    place = f"<#{line.channel_id}>" if line.channel_id is not None else _("private")
    return [_("ordered {name}").format(name=f"`#{line.subject}`"), place, _state(line.detail), _cost(line)]


def _state(text: str) -> str:
    return next((job_words.state(state) for state in JobState if state == text), text)


def _cost(line: ServerLine) -> str:
    if not amounts_said():
        return ""
    if line.microusd is None:
        return _("price not known yet")
    paid = _("{amount} charged") if line.charged else _("{amount} held")
    return paid.format(amount=figures.dollars(line.microusd))


def _turning(verb: Verb, page: int, *, further: bool) -> tuple[Button, ...]:
    buttons = []
    if page:
        buttons.append(Button(custom_id(verb, str(page - 1)), _("Newer"), "◀️"))
    if further:
        buttons.append(Button(custom_id(verb, str(page + 1)), _("Older"), "▶️"))
    return tuple(buttons)


def message_of(deliveries: Sequence[Delivery]) -> MessageRef | None:
    """Return the newest message that brought a clip; None where none does."""
    posted = [delivery.message for delivery in deliveries if delivery.message is not None]
    return posted[-1] if posted else None
