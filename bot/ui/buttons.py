"""Buttons and lists that work for ever: who answers is found by the custom id alone, whatever was restarted since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Protocol, Self, TypeAlias, runtime_checkable

import discord
from typing_extensions import override

from bot.ui.custom_ids import TEMPLATE, Pressed

Click: TypeAlias = "discord.Interaction[discord.Client]"
AnyItem: TypeAlias = (
    "discord.ui.Button[discord.ui.View] | discord.ui.Select[discord.ui.View]"
    " | discord.ui.ChannelSelect[discord.ui.View] | discord.ui.RoleSelect[discord.ui.View]"
)
_ITEMS: Final = (discord.ui.Button, discord.ui.Select, discord.ui.ChannelSelect, discord.ui.RoleSelect)


@runtime_checkable
class HearsClicks(Protocol):
    """A client whose buttons can work."""

    async def clicked(self, interaction: Click, pressed: Pressed) -> None:
        """Do what a custom id asks for, and answer; raises nothing."""
        ...


class PressedItem(discord.ui.DynamicItem[AnyItem], template=TEMPLATE):
    """Any button or list of ours."""

    def __init__(self, item: AnyItem, pressed: Pressed) -> None:
        """Keep what the custom id says, and what was picked."""
        super().__init__(item)
        self._pressed = pressed

    @override
    @classmethod
    async def from_custom_id(cls, interaction: Click, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read the custom id and the choices."""
        if not isinstance(item, _ITEMS):
            raise TypeError("only buttons and lists carry these custom ids")
        return cls(item, Pressed(match["verb"], match["subject"], match["extra"] or "", _picked(interaction)))

    @override
    async def callback(self, interaction: Click) -> None:
        """Hand the click to the client."""
        client = interaction.client
        if not isinstance(client, HearsClicks):
            raise TypeError("the client hears no clicks")
        await client.clicked(interaction, self._pressed)


def _picked(interaction: Click) -> tuple[str, ...]:
    data = interaction.data
    values = data.get("values") if isinstance(data, Mapping) else None
    return tuple(str(value) for value in values) if isinstance(values, list) else ()


def custom_ids_of(components: Iterable[object]) -> Iterator[str]:
    """Yield the custom ids of a message's buttons."""
    for component in components:
        if isinstance(component, discord.ActionRow):
            yield from custom_ids_of(component.children)
        elif isinstance(component, discord.Button) and component.custom_id is not None:
            yield component.custom_id


BUTTONS: Final = (PressedItem,)
"""What the client registers by `add_dynamic_items`."""
