"""Changing a server's settings: each value is judged before it is kept, and who changed what is remembered with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakValueDictionary

from bot.clock import Clock
from bot.community import settings as s
from bot.community.effective import OperatorLimits, Scope
from bot.community.ports import AuditLine, HouseStore
from bot.community.record import HouseRecord, Level, RuleKey
from bot.community.settings import SETTINGS, Setting
from bot.community.words import folded
from bot.errors import Refusal, Refused

MOST_LISTED: Final = 100
"""So many channels or roles may stand in one setting."""
MOST_WORDS: Final = 500
WORD_LENGTH: Final = 80
"""Characters of one word or phrase that prompts may not contain."""

_MILLION: Final = 1_000_000
BOUNDS: Final[dict[str, tuple[int, int]]] = {
    s.MEMBER_DAYS.name: (1, 3_650),
    s.RUNNING.name: (1, 100),
    s.CLIPS_PER_DAY.name: (0, 100_000),
    s.CLIPS_PER_MONTH.name: (0, 100_000),
    s.USD_PER_DAY.name: (0, _MILLION * _MILLION),
    s.USD_PER_MONTH.name: (0, _MILLION * _MILLION),
    s.BUDGET_USD.name: (0, _MILLION * _MILLION),
    s.BUDGET_CLIPS.name: (0, 100_000),
    s.MAX_LENGTH.name: (1, 600),
    s.LENGTH.name: (1, 600),
    s.RETENTION_DAYS.name: (1, 3_650),
}
"""The least and the most of each number, whatever the operator allows."""
_LISTS: Final = (s.ALLOWED_CHANNELS, s.ALLOWED_ROLES, s.DENIED_ROLES)
_ROLES: Final = frozenset({s.ALLOWED_ROLES.name, s.DENIED_ROLES.name})
_OPENING: Final = frozenset({s.ALLOWED_CHANNELS.name, s.ALLOWED_ROLES.name})
_DETAIL: Final = 400
"""So many characters of a value stand in the audit log."""


@dataclass(frozen=True, kw_only=True)
class AboveOperatorsLimit(Refusal):
    """The operator of the bot allows less.

    Attributes:
        setting: its name.
        asked: in the setting's own unit.
        limit: likewise.
    """

    setting: str
    asked: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class OutOfBounds(Refusal):
    """The number makes no sense for the setting; the fields are as in `AboveOperatorsLimit`."""

    setting: str
    asked: int
    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class TooManyListed(Refusal):
    """More channels or roles than one setting takes."""

    setting: str
    found: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class NotForSuch(Refusal):
    """The setting cannot be made for a channel, or for a role."""

    setting: str


@dataclass(frozen=True, kw_only=True)
class EveryoneListed(Refusal):
    """The role that everybody has was picked for a list of roles."""

    setting: str


@dataclass(frozen=True, kw_only=True)
class TooManyWords(Refusal):
    """More blocked words than a server may have; `found` counts those that are there already, too."""

    found: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class WordTooLong(Refusal):
    """A blocked word or phrase is too long; characters."""

    word: str
    found: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class NoWordsGiven(Refusal):
    """There is no word in what was typed."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value for a setting; None takes back what was set."""

    setting: Setting[Any]
    scope: Scope
    value: Any

    @property
    def key(self) -> RuleKey:
        """Return under which name it is stored."""
        return RuleKey(self.scope.level, self.scope.id, self.setting.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """What is still set for channels and roles that are gone.

    Attributes:
        keys: settings made for them.
        listed: which of them stand in a setting of the server, by its name. A list of who or what is allowed stays
            where all in it are gone: without it, everything would be allowed.
    """

    keys: tuple[RuleKey, ...] = ()
    listed: Mapping[str, frozenset[int]]

    def __len__(self) -> int:
        """Return how many things there are to take away."""
        return len(self.keys) + sum(map(len, self.listed.values()))


class Housekeeping:
    """Reads and changes servers' settings; the last write of each setting wins, and no other is touched."""

    def __init__(self, store: HouseStore, limits: OperatorLimits, clock: Clock) -> None:
        """Keep the collaborators; `limits` are the operator's."""
        self._store = store
        self.limits = limits
        self._clock = clock
        self._changing: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def record(self, guild_id: int) -> HouseRecord:
        """Return a server's rules as stored."""
        return await self._store.house(guild_id)

    async def changes(self, guild_id: int, limit: int) -> Sequence[AuditLine]:
        """Return the newest lines of a server's audit log, newest first."""
        return await self._store.audited(guild_id, limit)

    async def keep(self, guild_id: int, chosen: Sequence[Chosen], *, by: int) -> None:
        """Keep values, all or none of them.

        Raises:
            Refused: one is more than the operator allows, or makes no sense.
        """
        async with self._alone(guild_id):
            await self._keep(await self.record(guild_id), chosen, by)

    async def add(self, guild_id: int, setting: Setting[frozenset[int]], ids: Iterable[int], *, by: int) -> None:
        """Add channels or roles to a list of the server's, whoever else adds to it at the same time.

        Raises:
            Refused: it would become too long, or everybody was picked, whose role is named like the server.
        """
        if guild_id in (ids := list(ids)):
            raise Refused(EveryoneListed(setting=setting.name))
        async with self._alone(guild_id):
            record = await self.record(guild_id)
            await self._keep(record, [_whole_list(record, setting, listed(record, setting) | set(ids))], by)

    async def take(self, guild_id: int, setting: Setting[frozenset[int]], ids: Iterable[int], *, by: int) -> None:
        """Take channels or roles out of a list of the server's."""
        async with self._alone(guild_id):
            record = await self.record(guild_id)
            await self._keep(record, [_whole_list(record, setting, listed(record, setting) - set(ids))], by)

    async def clear_out(self, guild_id: int, channels: Iterable[int], roles: Iterable[int], *, by: int) -> None:
        """Take away what is still set for channels and roles that are gone; those given exist."""
        async with self._alone(guild_id):
            record = await self.record(guild_id)
            left = leftovers(record, channels, roles)
            gone = [Chosen(SETTINGS[key.name], Scope(key.level, key.scope_id), None) for key in left.keys]
            lists = [
                _whole_list(record, SETTINGS[name], listed(record, SETTINGS[name]) - ids)
                for name, ids in left.listed.items()
                if name != s.MOD_LOG.name
            ]
            if s.MOD_LOG.name in left.listed:
                gone.append(Chosen(s.MOD_LOG, Scope(Level.SERVER, guild_id), None))
            await self._keep(record, [*gone, *lists], by)

    async def add_words(self, guild_id: int, text: str, *, by: int) -> int:
        """Add words that prompts may not contain, one a line or between commas; return how many are new.

        Raises:
            Refused: there are none, one is too long, or there would be too many.
        """
        words = words_of(text)
        if not words:
            raise Refused(NoWordsGiven())
        for word in words:
            if len(word) > WORD_LENGTH:
                raise Refused(WordTooLong(word=word, found=len(word), limit=WORD_LENGTH))
        async with self._alone(guild_id):
            there = (await self.record(guild_id)).words
            known = {folded(word) for word in there}
            new = [word for word in words if folded(word) not in known]
            if len(there) + len(new) > MOST_WORDS:
                raise Refused(TooManyWords(found=len(there) + len(new), limit=MOST_WORDS))
            if new:
                at = self._clock.now()
                lines = [self._line(guild_id, by, "words", "blocked words", f"+ {_joined(new)}")]
                await self._store.add_words(guild_id, new, lines, by=by, at=at)
            return len(new)

    async def drop_words(self, guild_id: int, text: str, *, by: int) -> int:
        """Take words back, written as in `add_words`; return how many were there."""
        wanted = {folded(word) for word in words_of(text)}
        async with self._alone(guild_id):
            gone = [word for word in (await self.record(guild_id)).words if folded(word) in wanted]
            if gone:
                line = self._line(guild_id, by, "words", "blocked words", f"- {_joined(gone)}")
                await self._store.drop_words(guild_id, gone, [line])
            return len(gone)

    def judge(self, chosen: Chosen) -> None:
        """Refuse a value that may not be set.

        Raises:
            Refused: naming the setting, the limit and the value found.
        """
        setting, value = chosen.setting, chosen.value
        if chosen.scope.level not in setting.levels:
            raise Refused(NotForSuch(setting=setting.name))
        if setting.name in _ROLES and value is not None and chosen.scope.id in value:
            raise Refused(EveryoneListed(setting=setting.name))
        if isinstance(value, frozenset) and len(value) > MOST_LISTED:
            raise Refused(TooManyListed(setting=setting.name, found=len(value), limit=MOST_LISTED))
        if value is None or setting.name not in BOUNDS:
            return
        limit = self.limits.of(setting)
        if limit is not None and value > limit:
            raise Refused(AboveOperatorsLimit(setting=setting.name, asked=value, limit=limit))
        least, most = BOUNDS[setting.name]
        if not least <= value <= most:
            raise Refused(OutOfBounds(setting=setting.name, asked=value, least=least, most=most))

    async def _keep(self, record: HouseRecord, chosen: Sequence[Chosen], by: int) -> None:
        values: dict[RuleKey, str | None] = {}
        lines: list[AuditLine] = []
        for one in chosen:
            self.judge(one)
            before = record.rules.get(one.key)
            after = one.setting.write(one.value) if one.value is not None else None
            if after == before:
                continue
            values[one.key] = after
            detail = f"{_said(one.setting, before)} → {_said(one.setting, after)}"
            lines.append(self._line(record.guild_id, by, "setting", _subject(one.key), detail))
        if values:
            await self._store.change_rules(record.guild_id, values, lines, by=by, at=self._clock.now())

    def _line(self, guild_id: int, by: int, action: str, subject: str, detail: str) -> AuditLine:
        at = self._clock.now()
        return AuditLine(guild_id=guild_id, at=at, actor_id=by, action=action, subject=subject, detail=detail)

    def _alone(self, guild_id: int) -> asyncio.Lock:
        """Return what lets one change of a server's settings happen at a time, from reading to writing."""
        return self._changing.setdefault(guild_id, asyncio.Lock())


def listed(record: HouseRecord, setting: Setting[frozenset[int]]) -> frozenset[int]:
    """Return the channels or roles that stand in a setting of the server."""
    stored = record.rules.get(RuleKey(Level.SERVER, record.guild_id, setting.name), "")
    try:
        return setting.read(stored)
    except ValueError:
        return frozenset()


def leftovers(record: HouseRecord, channels: Iterable[int], roles: Iterable[int]) -> Leftovers:
    """Return what is still set for channels and roles that are gone; those given exist."""
    there = {Level.CHANNEL: frozenset(channels), Level.ROLE: frozenset(roles)}
    keys = [
        key
        for key in record.rules
        if key.level is not Level.SERVER and key.scope_id not in there[key.level] and key.name in SETTINGS
    ]
    gone = {
        setting.name: listed(record, setting)
        - there[Level.CHANNEL if setting.name == s.ALLOWED_CHANNELS.name else Level.ROLE]
        for setting in _LISTS
    }
    mod_log = record.rules.get(RuleKey(Level.SERVER, record.guild_id, s.MOD_LOG.name), "")
    if mod_log.isdecimal() and int(mod_log) not in there[Level.CHANNEL]:
        gone[s.MOD_LOG.name] = frozenset({int(mod_log)})
    return Leftovers(
        keys=tuple(sorted(keys, key=lambda key: (key.level, key.scope_id, key.name))),
        listed={name: ids for name, ids in gone.items() if ids and not _would_open(record, name, ids)},
    )


def _would_open(record: HouseRecord, name: str, gone: frozenset[int]) -> bool:
    """Tell whether a list of who or what is allowed would become empty, and so allow everything."""
    return name in _OPENING and listed(record, SETTINGS[name]) == gone


def words_of(text: str) -> list[str]:
    """Return the words and phrases of a text, one a line or between commas, each once and in order."""
    parts = (" ".join(part.split()) for line in text.splitlines() for part in line.split(","))
    by_folded: dict[str, str] = {}
    for part in parts:
        if folded(part):
            by_folded.setdefault(folded(part), part)
    return list(by_folded.values())


def _whole_list(record: HouseRecord, setting: Setting[frozenset[int]], ids: frozenset[int]) -> Chosen:
    return Chosen(setting, Scope(Level.SERVER, record.guild_id), ids or None)


def _subject(key: RuleKey) -> str:
    return key.name if key.level is Level.SERVER else f"{key.name} of {key.level.value} {key.scope_id}"


def _said(setting: Setting[Any], stored: str | None) -> str:
    if stored is None:
        return "not set"
    if setting.name in {s.USD_PER_DAY.name, s.USD_PER_MONTH.name, s.BUDGET_USD.name} and stored.isdecimal():
        return f"${int(stored) / _MILLION:,.2f}"
    return stored if len(stored) <= _DETAIL else f"{stored[:_DETAIL]}…"


def _joined(words: Sequence[str]) -> str:
    text = ", ".join(words)
    return text if len(text) <= _DETAIL else f"{text[:_DETAIL]}… ({len(words)})"
