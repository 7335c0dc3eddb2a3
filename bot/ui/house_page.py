"""The table of the documentation that tells every setting of a server, from what the code goes by."""

from __future__ import annotations

from typing import Final

from bot.community import settings as s
from bot.community.effective import OperatorLimits, Scope, effective
from bot.community.housekeeping import BOUNDS, MOST_LISTED
from bot.community.record import HouseRecord, Level
from bot.jobs.limits import Allowance
from bot.ui.settings_names import GROUPS, NAMED, UNSET, Kind, Named, number_words

OPERATORS: Final = {
    s.RUNNING.name: "MAX_RUNNING_PER_PERSON",
    s.CLIPS_PER_DAY.name: "MAX_JOBS_PER_PERSON_PER_DAY",
    s.CLIPS_PER_MONTH.name: "MAX_JOBS_PER_PERSON_PER_MONTH",
    s.BUDGET_USD.name: "MAX_USD_PER_SERVER_PER_MONTH",
    s.RETENTION_DAYS.name: "RETENTION_DAYS",
}
"""Which variable of the process limits a setting."""
_LEVELS: Final = {Level.SERVER: "server", Level.CHANNEL: "channel", Level.ROLE: "role"}
_NOTHING_SET: Final = HouseRecord(guild_id=0)
_NO_LIMITS: Final = OperatorLimits(allowance=Allowance())


def house_table() -> str:
    """Return the table of settings, in the groups of `/settings`."""
    rows = ["| setting | what it does | for | not set | can be |", "|---|---|---|---|---|"]
    for group, (_emoji, title) in GROUPS.items():
        rows.append(f"| **{title}** | | | | |")
        rows += [_row(named) for named in NAMED.values() if named.group is group]
    return "\n".join(rows) + "\n"


def _row(named: Named) -> str:
    levels = ", ".join(words for level, words in _LEVELS.items() if level in named.setting.levels)
    return f"| {named.name} | {named.about} | {levels} | {_unset(named)} | {_range(named)} |"


def _unset(named: Named) -> str:
    name = named.setting.name
    if name in OPERATORS:
        return f"`{OPERATORS[name]}`"
    if named.kind is Kind.SWITCH:
        found = effective(_NOTHING_SET, _NO_LIMITS, named.setting, Scope(Level.SERVER, 0))
        return "on" if found.value else UNSET.get(name, "off")
    return UNSET.get(name, "no limit")


def _range(named: Named) -> str:
    if named.kind in {Kind.CHANNELS, Kind.ROLES}:
        return f"up to {MOST_LISTED}"
    if named.kind not in {Kind.NUMBER, Kind.DOLLARS}:
        return {Kind.SWITCH: "on or off", Kind.CHANNEL: "a channel", Kind.SEVERAL: "one or more of a list"}.get(
            named.kind, "one of a list"
        )
    least, most = (number_words(named.setting, bound) for bound in BOUNDS[named.setting.name])
    operator = OPERATORS.get(named.setting.name)
    return f"{least} to {most}" + (f", at most `{operator}`" if operator else "")
