"""What somebody may still take, what the server may, and what clips cost here: the answer to /quota."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import discord

from bot.catalog import ClipKind
from bot.community.spending import LimitState, PriceLine, Quota
from bot.jobs.limits import Scope
from bot.ui import figures, labels
from bot.ui.amounts import amounts_said
from bot.ui.language import _, ngettext
from bot.ui.message import Message
from bot.ui.paying_server import pays_line
from bot.ui.quoting import units
from bot.ui.refusals import refusal_sentence

_PRICES_LIMIT: Final = 3_000
"""Together with the rest below the 6000 characters of all embeds of a message (platform notes §5)."""
_LENGTHS_SHOWN: Final = 4


def render_quota(quota: Quota, payer: str = "") -> Message:
    """Return the answer to /quota; `payer` names the server that pays in direct messages."""
    own = discord.Embed(title=_("Your limits here"), description="\n".join(own_lines(quota)))
    server = discord.Embed(title=_("This server, this month"), description="\n".join(limit_lines(quota.server)))
    title = _("Prices") if amounts_said() else _("What can be made here")
    prices = discord.Embed(title=title, description=_within(price_lines(quota.prices), _PRICES_LIMIT))
    note = _("Days and months begin at midnight UTC. Looking costs nothing.")
    prices.set_footer(text=note)
    return Message(content=pays_line(payer) if payer else "", embeds=(own, server, prices))


def limit_lines(states: Sequence[LimitState]) -> list[str]:
    """Return a line for each limit, without those in dollars where amounts are not said."""
    lines = [_limit(state) for state in states if not state.scope.in_dollars or amounts_said()]
    return lines or [_("No limit is set.")]


def own_lines(quota: Quota) -> list[str]:
    """Return a person's limits, and before them why they may not make clips as things stand."""
    refusal = [f"⛔ {refusal_sentence(quota.refusal)}"] if quota.refusal is not None else []
    # A person's limits in dollars are seldom set, and one that is not says nothing.
    shown = [state for state in quota.person if state.ceiling is not None or not state.scope.in_dollars]
    return [*refusal, *limit_lines(shown)]


def _limit(state: LimitState) -> str:
    name = _name(state.scope)
    if state.ceiling is None or state.left is None:
        return figures.labelled(name, _("{used} used, no limit").format(used=_count(state, state.used)))
    words = _("{used} of {ceiling} used, **{left} left**").format(
        used=_count(state, state.used), ceiling=_count(state, state.ceiling), left=_count(state, state.left)
    )
    parts = [figures.labelled(name, words)]
    if state.granted:
        granted = ngettext("{number} of them granted", "{number} of them granted", state.granted)
        parts.append(granted.format(number=state.granted))
    if state.used and state.scope is not Scope.PERSON_RUNNING:
        parts.append(_("begins anew {time}").format(time=figures.relative(state.frees_at)))
    return figures.joined(parts)


def _name(scope: Scope) -> str:
    match scope:
        case Scope.PERSON_RUNNING:
            return _("Being made now")
        case Scope.PERSON_DAY_JOBS:
            return _("Clips today")
        case Scope.PERSON_MONTH_JOBS | Scope.SERVER_MONTH_JOBS:
            return _("Clips this month")
        case Scope.PERSON_DAY_USD:
            return _("Spent today")
        case _:
            return _("Spent this month")


def _count(state: LimitState, amount: int) -> str:
    return figures.dollars(amount) if state.scope.in_dollars else figures.number(f"{amount:,}")


def price_lines(prices: Sequence[PriceLine]) -> list[str]:
    """Return what clips cost: a line for each model, followed by one for each of its qualities."""
    lines = []
    for _key, of_row in groupby(prices, key=lambda line: line.row.key):
        priced = list(of_row)
        lines.append(f"**Kling {labels.described_model(priced[0].row)}**")
        for mode, of_mode in groupby(priced, key=lambda line: line.mode):
            quality = labels.quality(mode, priced[0].row.mode_row(mode))
            lines.append(figures.labelled(quality, "; ".join(_of_mode(list(of_mode)))))
    return lines or [_("Nothing can be made here as the server is set up.")]


def _of_mode(lines: Sequence[PriceLine]) -> list[str]:
    said = []
    silent = [line for line in lines if line.kind is ClipKind.VIDEO and not line.sound]
    loud = [line for line in lines if line.kind is ClipKind.VIDEO and line.sound]
    if silent:
        said.append(_lengths(silent))
    if loud:
        said.append(_("with sound {prices}").format(prices=_lengths(loud)))
    for line in lines:
        if line.kind is ClipKind.EXTEND:
            said.append(_after(_("making it longer"), line))
        elif line.kind is ClipKind.LIPSYNC:
            said.append(_after(_("making it speak"), line))
    return said


def _lengths(lines: Sequence[PriceLine]) -> str:
    ends = lines if len(lines) <= _LENGTHS_SHOWN else (lines[0], lines[-1])
    between = ", " if len(ends) == len(lines) else " … "
    if len({line.cost for line in lines}) == 1:
        lengths = between.join(figures.short_seconds(line.seconds) for line in ends)
        return _after(lengths, lines[0])
    return between.join(_after(figures.short_seconds(line.seconds), line) for line in ends)


def _after(words: str, line: PriceLine) -> str:
    price = figures.amount(line.cost)
    return f"{words} {price}" if price else words


def _within(lines: Sequence[str], room: int) -> str:
    kept: list[str] = []
    for line in lines:
        room -= units(line) + 1
        if room < 0:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)
