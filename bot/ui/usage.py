"""What a server took in a month, and what came of granting somebody more: the answers to /usage and /grant."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

import discord
from discord.app_commands import Choice as CommandChoice

from bot.catalog import Catalogue, ClipKind, Mode
from bot.clock import DAY
from bot.community.spending import Granted, GrantPeriod, Usage, UsageAsked
from bot.community.spending_records import Part, UsageLine
from bot.jobs.failures import FailureReason
from bot.ui import figures, labels
from bot.ui.amounts import amounts_said
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.failures import what_happened
from bot.ui.language import _, marked, ngettext
from bot.ui.message import Button, Choice, ChoiceList, Message
from bot.ui.quota import limit_lines
from bot.ui.quoting import escaped
from bot.ui.translator import said

PICK: Final = "part"
"""What the custom id of the list of parts has in addition."""
_SUBJECT: Final = re.compile(r"([01])-([a-z]+)-(\d{1,4})", re.ASCII)
_MODEL_SHOWN: Final = 60
_PARTS: Final = {
    Part.ALL: marked("Everything together"),
    Part.MEMBER: marked("By member"),
    Part.DAY: marked("By day"),
    Part.MODEL: marked("By model"),
    Part.FAILURE: marked("By what went wrong"),
}
_PERIODS: Final = {GrantPeriod.TODAY: marked("today"), GrantPeriod.MONTH: marked("this month")}


def period_words(period: GrantPeriod) -> str:
    """Return for how long something is granted."""
    return _(_PERIODS[period])


PERIODS: Final = [CommandChoice(name=said(partial(period_words, period)), value=period.value) for period in GrantPeriod]


def subject(asked: UsageAsked) -> str:
    """Return what is shown as part of a custom id."""
    return f"{asked.months_ago}-{asked.part}-{asked.page}"


def read_subject(text: str) -> UsageAsked | None:
    """Return what `subject` said, None for anything else."""
    match = _SUBJECT.fullmatch(text)
    part = read_part(match[2]) if match is not None else None
    if match is None or part is None:
        return None
    return UsageAsked(part=part, months_ago=int(match[1]), page=int(match[3]))


def read_part(text: str) -> Part | None:
    """Return the part that goes by a word, None for anything else."""
    return next((part for part in Part if part.value == text), None)


def render_usage(usage: Usage, catalogue: Catalogue) -> Message:
    """Return the answer to /usage; the people in it are not notified."""
    asked = usage.asked
    lines = [_total(usage.total), *limit_lines(usage.budgets)] if usage.budgets else [_total(usage.total)]
    embeds = [discord.Embed(title=_month(asked.months_ago), description="\n".join(lines))]
    if asked.part is not Part.ALL:
        shown = [_line(line, asked.part, catalogue) for line in usage.lines]
        embed = discord.Embed(title=_(_PARTS[asked.part]), description="\n".join(shown) or _("Nothing."))
        if asked.page or usage.more:
            embed.set_footer(text=_("Page {page}").format(page=asked.page + 1))
        embeds.append(embed)
    return Message(embeds=tuple(embeds), lists=(_parts(asked),), buttons=tuple(_buttons(usage)))


def render_granted(granted: Granted) -> Message:
    """Return the answer to /grant."""
    words = ngettext(
        "{person} may make {clips} more {period}. It is in the audit log.",
        "{person} may make {clips} more {period}. It is in the audit log.",
        granted.clips,
    ).format(person=f"<@{granted.person_id}>", clips=figures.clips(granted.clips), period=period_words(granted.period))
    return Message(content="\n".join([words, *limit_lines(granted.limits)]))


def _month(months_ago: int) -> str:
    return _("This month") if months_ago == 0 else _("Last month")


def _total(line: UsageLine) -> str:
    if not line.ordered:
        return _("No clips were ordered.")
    parts = [
        _("{clips} ordered").format(clips=figures.clips(line.ordered)),
        _("{number} made").format(number=line.made),
        _("{number} failed").format(number=line.failed),
        *_money(line),
    ]
    return figures.joined(parts)


def _money(line: UsageLine) -> list[str]:
    if not amounts_said():
        return []
    charged = [_("{amount} charged").format(amount=figures.dollars(line.charged_microusd))]
    if line.reserved_microusd:
        charged.append(_("{amount} reserved").format(amount=figures.dollars(line.reserved_microusd)))
    return charged


def _line(line: UsageLine, part: Part, catalogue: Catalogue) -> str:
    name = _name(line, part, catalogue)
    if part is Part.FAILURE:
        return figures.joined([name, figures.clips(line.ordered), *_money(line)])
    failed = [_("{number} failed").format(number=line.failed)] if line.failed else []
    made = _("{made} of {ordered} made").format(made=line.made, ordered=line.ordered)
    return figures.joined([name, made, *failed, *_money(line)])


def _name(line: UsageLine, part: Part, catalogue: Catalogue) -> str:
    match part:
        case Part.MEMBER:
            return f"<@{line.what}>" if line.what != "0" else _("somebody whose data was deleted")
        case Part.DAY:
            return f"`{datetime.fromtimestamp(int(line.what) * DAY / 1000, UTC):%Y-%m-%d}`"
        case Part.MODEL:
            return _made(line.what, catalogue)
        case Part.FAILURE:
            return _failure(line.what)
        case Part.ALL:
            return ""


def _made(what: str, catalogue: Catalogue) -> str:
    kind, mode, model = what.split(" ", 2)
    quality = next((labels.quality(known) for known in Mode if known.value == mode), mode)
    name = f"Kling {escaped(catalogue.label(model), _MODEL_SHOWN)}"
    return figures.listed((labels.kind(ClipKind(kind)), name, quality))


def _failure(what: str) -> str:
    reason = next((known for known in FailureReason if known.value == what), FailureReason.OTHER)
    return what_happened(reason)


def _parts(asked: UsageAsked) -> ChoiceList:
    return ChoiceList(
        custom_id=custom_id(Verb.USAGE, subject(asked), PICK),
        placeholder=_("Show by member, day, model or failure"),
        choices=tuple(
            Choice(value=part.value, label=_(words), picked=part is asked.part) for part, words in _PARTS.items()
        ),
    )


def _buttons(usage: Usage) -> list[Button]:
    asked = usage.asked
    buttons = []
    if asked.page:
        buttons.append(_step(replace(asked, page=asked.page - 1), _("Back"), "◀️"))
    if usage.more:
        buttons.append(_step(replace(asked, page=asked.page + 1), _("More"), "▶️"))
    other = 1 - asked.months_ago
    buttons.append(_step(replace(asked, months_ago=other, page=0), _month(other), "📅"))
    return buttons


def _step(asked: UsageAsked, label: str, emoji: str) -> Button:
    return Button(custom_id(Verb.USAGE, subject(asked)), label, emoji)
