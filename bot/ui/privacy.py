"""What /privacy says: what is stored, who gets it, for how long, and what deleting it does."""

from __future__ import annotations

from typing import Final

import discord

from bot.community.forgetting import Erasure, Left
from bot.community.personal_data import AboutPerson
from bot.ui import figures
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.language import _, ngettext
from bot.ui.message import Button, Choice, ChoiceList, Message

EXPORT: Final = "export"
DELETE: Final = "delete"
REACH: Final = "reach"
"""What the list of the question below says: whether messages go, too."""
CONFIRM: Final = "confirm"
KEEP: Final = "keep"
LOOK: Final = "look"
DATA: Final = "data"
MESSAGES: Final = "messages"
"""How far a deletion reaches: what is stored alone, or the messages, too."""


def render_about(about: AboutPerson) -> Message:
    """Return what is stored about a person."""
    stock = about.stock
    clips = ngettext("{number} clip", "{number} clips", stock.clips).format(number=stock.clips)
    others = [
        (stock.files, ngettext("{number} file", "{number} files", stock.files)),
        (stock.favourites, ngettext("{number} favourite", "{number} favourites", stock.favourites)),
        (stock.reports, ngettext("{number} report", "{number} reports", stock.reports)),
        (stock.choices, ngettext("{number} default", "{number} defaults", stock.choices)),
        (about.consents, ngettext("{number} consent", "{number} consents", about.consents)),
        (stock.drafts, ngettext("{number} unfinished order", "{number} unfinished orders", stock.drafts)),
    ]
    counts = [clips, *(words.format(number=number) for number, words in others if number)]
    lines = [
        _("**What is stored about you**, on every server where you used me: {counts}.").format(
            counts=figures.joined(counts)
        ),
        _("A clip is kept with your id, its prompt and options, where and when you asked for it, and what it cost."),
    ]
    if about.blocked_here:
        lines.append(_("This server has blocked you once or now; that is kept by its moderators."))
    lines += [
        "",
        _(
            "**Who gets it**: PiAPI, which passes it on to Kling, gets prompts, options, pictures and recordings, but"
            " neither your name nor your id. Discord gets the clips and their messages: whoever can read the channel"
            " sees them."
        ),
        f"**{_('How long')}**: {_retention(about.retention_days)}",
        _("What the bot's owner does besides is theirs to say; their backups keep what they held."),
    ]
    lines += _progress(about.erasure, about.left)
    return Message(content="\n".join(lines), buttons=_doors())


def _doors() -> tuple[Button, ...]:
    return (
        Button(custom_id(Verb.PRIVACY, EXPORT), _("Export"), "📦"),
        Button(custom_id(Verb.PRIVACY, DELETE), _("Delete"), "🗑️", discord.ButtonStyle.danger),
    )


def _retention(days: int | None) -> str:
    if days is None:
        return _("until you delete it here, or its owner does.")
    words = ngettext(
        "clips that are made here are forgotten {number} day after they ended.",
        "clips that are made here are forgotten {number} days after they ended.",
        days,
    )
    return words.format(number=days)


def render_question(about: AboutPerson, *, messages: bool) -> Message:
    """Return the question whether everything about a person is meant to be deleted.

    Args:
        about: what there is.
        messages: whether the messages with their clips are to go, too.
    """
    reach = MESSAGES if messages else DATA
    lines = [
        _("**Delete what is stored about you?** It cannot be brought back."),
        _(
            "**Goes**, on every server: your prompts and options, the files you brought and the clips that are kept,"
            " your defaults, favourites, reports, consents, grants and unfinished orders."
        ),
        _(
            "**Stays**: what each clip cost and when, without your name or prompt; what you have used of today's and"
            " this month's limits, until they end; blocks, and what moderators and managers did; clips that others"
            " made from yours."
        ),
        _("**Your clips' messages**: they go, too, as far as Discord lets me.")
        if messages
        else _("**Your clips' messages** stay in their channels; I will not know any more that they are yours."),
    ]
    if about.stock.under_way:
        words = ngettext(
            "{number} clip is under way: it is finished first, and forgotten then. To have less made, press Cancel on"
            " its card.",
            "{number} clips are under way: they are finished first, and forgotten then. To have less made, press"
            " Cancel on their cards.",
            about.stock.under_way,
        )
        lines.append(words.format(number=about.stock.under_way))
    choices = (
        Choice(value=DATA, label=_("Leave my clips' messages where they are"), picked=not messages),
        Choice(value=MESSAGES, label=_("Delete my clips' messages in channels, too"), picked=messages),
    )
    return Message(
        content="\n".join(lines),
        lists=(ChoiceList(custom_id=custom_id(Verb.PRIVACY, REACH), placeholder=_("Messages"), choices=choices),),
        buttons=(
            Button(custom_id(Verb.PRIVACY, CONFIRM, reach), _("Delete for good"), "🗑️", discord.ButtonStyle.danger),
            Button(custom_id(Verb.PRIVACY, KEEP), _("Keep"), "↩️"),
        ),
    )


def render_kept() -> Message:
    """Return the answer to not deleting after all."""
    return Message(content=_("Nothing was deleted."))


def render_erasure(erasure: Erasure | None, left: Left | None) -> Message:
    """Return how far a deletion has come; it goes on without anybody looking."""
    if erasure is None:
        return Message(content=_("Nothing is being deleted now. `/privacy show` says what is stored about you."))
    buttons: tuple[Button, ...] = ()
    if erasure.ended_at is None:
        buttons = (Button(custom_id(Verb.PRIVACY, LOOK), _("Look again"), "🔄"),)
    return Message(content="\n".join(_progress(erasure, left)).strip(), buttons=buttons)


def _progress(erasure: Erasure | None, left: Left | None) -> list[str]:
    if erasure is None:
        return []
    lines = ["", _done(erasure) if erasure.ended_at is not None else _under_way(erasure, left or Left())]
    if erasure.messages:
        words = ngettext("{number} message was deleted.", "{number} messages were deleted.", erasure.deleted)
        lines.append(words.format(number=erasure.deleted))
    if erasure.standing:
        words = ngettext(
            "{number} message could not be deleted, because I may not any more where it stands: ask who moderates"
            " that channel.",
            "{number} messages could not be deleted, because I may not any more where they stand: ask who moderates"
            " those channels.",
            erasure.standing,
        )
        lines.append(words.format(number=erasure.standing))
    return lines


def _done(erasure: Erasure) -> str:
    words = ngettext(
        "✅ **Deleted**: {number} clip, and everything else about you. That you asked is forgotten in a day.",
        "✅ **Deleted**: {number} clips, and everything else about you. That you asked is forgotten in a day.",
        erasure.clips,
    )
    return words.format(number=erasure.clips)


def _under_way(erasure: Erasure, left: Left) -> str:
    words = ngettext(
        "⏳ **Being deleted**: {number} clip so far; your defaults, favourites and consents are gone. It goes on even"
        " if I am restarted.",
        "⏳ **Being deleted**: {number} clips so far; your defaults, favourites and consents are gone. It goes on even"
        " if I am restarted.",
        erasure.clips,
    )
    lines = [words.format(number=erasure.clips)]
    if left.under_way:
        waiting = ngettext(
            "{number} clip is under way, or nobody knows yet whether it was bought: it is forgotten once that is over.",
            "{number} clips are under way, or nobody knows yet whether they were bought: they are forgotten once that"
            " is over.",
            left.under_way,
        )
        lines.append(waiting.format(number=left.under_way))
    return "\n".join(lines)


def render_export(files: int, clips: int) -> Message:
    """Return what goes with a person's own files."""
    held = ngettext(
        "Everything that is stored about you, with {number} clip, as JSON.",
        "Everything that is stored about you, with {number} clips, as JSON.",
        clips,
    ).format(number=clips)
    if files > 1:
        parts = ngettext(
            "It is too large for one file here: it comes as {number} compressed file that can be read by itself.",
            "It is too large for one file here: it comes as {number} compressed files that can each be read alone.",
            files,
        )
        held = f"{held} {parts.format(number=files)}"
    more = _("The clips themselves are behind **More → Original** below each of them.")
    return Message(content=f"{held} {more}")
