"""What clicks and forms of /settings do to the settings, and what is said of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.catalog import Catalogue
from bot.community.effective import Scope
from bot.community.housekeeping import Chosen, Housekeeping
from bot.community.record import HouseRecord
from bot.community.settings import Setting
from bot.community.typed import read_number
from bot.ui.custom_ids import Pressed
from bot.ui.language import _
from bot.ui.settings_address import Address, Step
from bot.ui.settings_editor import NUMBER, choices_of
from bot.ui.settings_names import NAMED, Kind
from bot.ui.settings_words import WORDS, words_added, words_dropped
from cogs.found_here import NotHere
from cogs.modal_submits import SentForm


@dataclass(frozen=True, slots=True)
class Doing:
    """A change that somebody asks for.

    Attributes:
        setting: which is to change.
        by: who asks; they manage the server.
    """

    guild_id: int
    scope: Scope
    setting: Setting[Any]
    pressed: Pressed
    by: int


class SettingsChanges:
    """Applies changes; each returns what to say of it."""

    def __init__(self, housekeeping: Housekeeping, catalogue: Catalogue) -> None:
        """Keep the collaborators."""
        self._housekeeping = housekeeping
        self._catalogue = catalogue
        self._ways: dict[Step, Callable[[Doing], Awaitable[None]]] = {
            Step.ON: self._switch,
            Step.OFF: self._switch,
            Step.CHOOSE: self._choose,
            Step.ADD: self._add,
            Step.TAKE: self._take,
            Step.RESET: self._reset,
        }

    def changes(self, step: Step) -> bool:
        """Tell whether a step changes one setting."""
        return step in self._ways

    async def change(self, guild_id: int, address: Address | None, pressed: Pressed, by: int) -> str:
        """Do what a click asks for, and return what to say of it.

        Raises:
            Refused: the value may not be set.
            NotHere: the click is none of ours.
        """
        if address is None or address.setting is None:
            raise NotHere(pressed.extra)
        doing = Doing(guild_id, address.scope, address.setting, pressed, by)
        await self._ways[Step(pressed.subject)](doing)
        return _("✅ Saved.")

    async def type(self, guild_id: int, address: Address | None, form: SentForm, by: int) -> str:
        """Keep a number that was typed, and return what to say of it; it raises what `change` raises."""
        setting = address.setting if address is not None else None
        if address is None or setting is None or NAMED[setting.name].kind not in {Kind.NUMBER, Kind.DOLLARS}:
            raise NotHere(form.pressed.extra)
        value = read_number(setting, form.text(NUMBER))
        await self._housekeeping.keep(guild_id, [Chosen(setting, address.scope, value)], by=by)
        return _("✅ Saved.")

    async def words(self, guild_id: int, step: Step, form: SentForm, by: int) -> str:
        """Add or take back the words of a form, and return what to say of it; it raises what `change` raises."""
        if step is Step.WORDS_ADD:
            return words_added(await self._housekeeping.add_words(guild_id, form.text(WORDS), by=by))
        return words_dropped(await self._housekeeping.drop_words(guild_id, form.text(WORDS), by=by))

    async def take_words(self, record: HouseRecord, picked: tuple[str, ...], by: int) -> str:
        """Take back words that were picked, and return what to say of it."""
        known = [word for word in record.words if word in picked]
        return words_dropped(await self._housekeeping.drop_words(record.guild_id, "\n".join(known), by=by))

    async def _switch(self, doing: Doing) -> None:
        if NAMED[doing.setting.name].kind is not Kind.SWITCH:
            raise NotHere(doing.pressed.extra)
        await self._keep(doing, doing.pressed.subject == Step.ON)

    async def _choose(self, doing: Doing) -> None:
        offered = {value for value, _label in choices_of(doing.setting, self._catalogue)}
        picked = doing.pressed.values
        if not picked or not offered.issuperset(picked):
            raise NotHere(doing.pressed.extra)
        several = NAMED[doing.setting.name].kind is Kind.SEVERAL
        await self._keep(doing, frozenset(picked) if several else doing.setting.read(picked[0]))

    async def _add(self, doing: Doing) -> None:
        ids = _ids(doing.pressed)
        match NAMED[doing.setting.name].kind:
            case Kind.CHANNEL:
                await self._keep(doing, ids[0])
            case Kind.CHANNELS | Kind.ROLES:
                await self._housekeeping.add(doing.guild_id, doing.setting, ids, by=doing.by)
            case _:
                raise NotHere(doing.pressed.extra)

    async def _take(self, doing: Doing) -> None:
        if NAMED[doing.setting.name].kind not in {Kind.CHANNELS, Kind.ROLES}:
            raise NotHere(doing.pressed.extra)
        await self._housekeeping.take(doing.guild_id, doing.setting, _ids(doing.pressed), by=doing.by)

    async def _reset(self, doing: Doing) -> None:
        await self._keep(doing, None)

    async def _keep(self, doing: Doing, value: object) -> None:
        await self._housekeeping.keep(doing.guild_id, [Chosen(doing.setting, doing.scope, value)], by=doing.by)


def _ids(pressed: Pressed) -> list[int]:
    ids = [int(value) for value in pressed.values if value.isdecimal()]
    if not ids:
        raise NotHere(pressed.extra)
    return ids
