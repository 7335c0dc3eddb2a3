"""What was done on a server, in words: the lines of /audit and of the last changes in /settings.

They are stored in machine words and values as they are kept, and said in the language of whoever reads them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, Protocol

from bot.catalog import Catalogue
from bot.community.record import Level
from bot.community.settings import SETTINGS, Setting
from bot.community.spending import GrantPeriod
from bot.ui import figures
from bot.ui.language import _, marked
from bot.ui.quoting import escaped
from bot.ui.settings_names import NAMED, Kind, name_of, value_words
from bot.ui.usage import period_words

_DETAIL_SHOWN: Final = 80
_DONE: Final = {
    "setting": marked("changed {subject}"),
    "set_up": marked("set the bot up"),
    "words": marked("changed the blocked words"),
    "block": marked("blocked {subject}"),
    "unblock": marked("unblocked {subject}"),
    "delete": marked("deleted the clip {subject}"),
    "dismiss": marked("dismissed a report of the clip {subject}"),
    "grant": marked("granted more clips to {subject}"),
}
"""What the audit log's machine words mean; a word that is not here is shown as it is."""
_PEOPLE: Final = frozenset({"block", "unblock", "grant"})
_CLIPS: Final = frozenset({"delete", "dismiss"})
_OF: Final = re.compile(r"([a-z_]+)(?: of (channel|role) (\d{1,20}))?", re.ASCII)
_GRANTED: Final = re.compile(r"(\d{1,9}) clips, ([a-z]+)", re.ASCII)
_CHANGED: Final = " → "
_NOT_SET: Final = marked("not set")
_CUT: Final = "…"


class Deed(Protocol):
    """A line of the audit log, wherever it was read."""

    @property
    def action(self) -> str:
        """Return what was done, in a machine word."""
        ...

    @property
    def subject(self) -> str:
        """Return whom or what it was done to."""
        ...

    @property
    def detail(self) -> str:
        """Return what exactly was done."""
        ...


def deed_words(deed: Deed, catalogue: Catalogue) -> list[str]:
    """Return what was done, and what exactly; `catalogue` names models."""
    known = _DONE.get(deed.action)
    done = _(known).format(subject=_subject(deed)) if known is not None else _as_it_is(deed)
    return [done, *_detail(deed, catalogue)]


def _as_it_is(deed: Deed) -> str:
    parts = (escaped(part, _DETAIL_SHOWN) for part in (deed.action, deed.subject) if part)
    return " ".join(parts)


def _subject(deed: Deed) -> str:
    if deed.action == "setting":
        return _setting_words(deed.subject)
    if deed.action in _PEOPLE and deed.subject.isdecimal():
        return f"<@{deed.subject}>"
    if deed.action in _CLIPS:
        return f"`#{deed.subject}`"
    return escaped(deed.subject, _DETAIL_SHOWN)


def _setting_words(subject: str) -> str:
    """Return what a setting is called, and whose it is where it is not the whole server's."""
    found = _OF.fullmatch(subject)
    if found is None or found[1] not in NAMED:
        return escaped(subject, _DETAIL_SHOWN)
    name = f"**{name_of(found[1])}**"
    if found[2] is None:
        return name
    return f"{name} ({_mention(int(found[3]), is_role=found[2] == Level.ROLE)})"


def _detail(deed: Deed, catalogue: Catalogue) -> Sequence[str]:
    match deed.action:
        case "setting":
            return [_change(deed, catalogue)]
        case "grant" if (granted := _GRANTED.fullmatch(deed.detail)) is not None:
            period = next((one for one in GrantPeriod if one == granted[2]), None)
            return [figures.clips(int(granted[1])), period_words(period) if period is not None else granted[2]]
        case _:
            return [_shown(deed.detail)] if deed.detail else []


def _change(deed: Deed, catalogue: Catalogue) -> str:
    """Return what a setting was before, and what it is now."""
    found = _OF.fullmatch(deed.subject)
    before, arrow, after = deed.detail.partition(_CHANGED)
    if found is None or found[1] not in NAMED or not arrow:
        return _shown(deed.detail)
    setting = SETTINGS[found[1]]
    return f"{_value(setting, before, catalogue)}{_CHANGED}{_value(setting, after, catalogue)}"


def _value(setting: Setting[Any], kept: str, catalogue: Catalogue) -> str:
    """Return a value in words; dollars are kept as they are shown, and long lists without their ends."""
    if kept == _NOT_SET:
        return _(_NOT_SET)
    whole, cut, _rest = kept.partition(_CUT)
    kind = NAMED[setting.name].kind
    if cut and kind in {Kind.CHANNELS, Kind.ROLES, Kind.SEVERAL}:
        whole = whole.rpartition(" ")[0]
    if kind is Kind.DOLLARS:
        return _dollars(kept)
    try:
        value = setting.read(whole)
    except ValueError:
        return escaped(kept, _DETAIL_SHOWN)
    return value_words(setting, value, catalogue, lambda _id: True)


def _dollars(kept: str) -> str:
    amount = kept.removeprefix("$").replace(",", "").replace(".", "")
    return figures.dollars(int(amount) * 10_000) if amount.isdecimal() else escaped(kept, _DETAIL_SHOWN)


def _mention(entity: int, *, is_role: bool) -> str:
    return f"<@&{entity}>" if is_role else f"<#{entity}>"


def _shown(detail: str) -> str:
    """Return a detail as it is: Discord's own date in it stays one."""
    date, gap, rest = detail.partition(">") if detail.startswith("→ <t:") else ("", "", detail)
    return f"{date}{gap}{' ' if date and rest else ''}{escaped(rest.strip(), _DETAIL_SHOWN)}"
