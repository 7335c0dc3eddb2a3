"""A rendered message, before Discord: text, an embed, lists, buttons, small files."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypedDict

import discord

from bot.ui.quoting import shorten

CONTENT_LIMIT: Final = 2000
"""Characters of a bot's message (platform notes §5)."""
_PER_ROW: Final = 5
_CHOICE_LIMIT: Final = 100
_PLACEHOLDER_LIMIT: Final = 150


@dataclass(frozen=True, slots=True)
class Button:
    """A button to be; its custom id names who answers it (`bot.ui.buttons`)."""

    custom_id: str
    label: str
    emoji: str
    style: discord.ButtonStyle = discord.ButtonStyle.secondary


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a list's choices; label and description are cut to what Discord takes."""

    value: str
    label: str
    description: str = ""
    picked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceList:
    """A list to pick from; it takes a row of its own, above the buttons.

    Attributes:
        choices: 1 to 25.
        placeholder: what it says while nothing is picked.
        least: how many have to be picked.
        most: how many can be picked at once; cut to how many there are.
    """

    custom_id: str
    placeholder: str
    choices: tuple[Choice, ...]
    least: int = 1
    most: int = 1


class EntityKind(Enum):
    """What a list of Discord's own is filled with."""

    CHANNELS = auto()
    """Channels that clips can be asked for in."""
    TEXT_CHANNELS = auto()
    ROLES = auto()


_CHANNEL_TYPES: Final = {
    EntityKind.CHANNELS: (
        discord.ChannelType.text,
        discord.ChannelType.news,
        discord.ChannelType.voice,
        discord.ChannelType.stage_voice,
        discord.ChannelType.forum,
    ),
    EntityKind.TEXT_CHANNELS: (discord.ChannelType.text, discord.ChannelType.news),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityList:
    """A list that Discord fills and searches itself, however many there are; it takes a row of its own.

    Attributes:
        most: how many can be picked at once, at most 25.
        least: how many have to be picked.
        picked: the ids of what is picked to begin with; of more than `most` the first.
    """

    custom_id: str
    placeholder: str
    kind: EntityKind
    most: int = 1
    least: int = 1
    picked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text too long to be shown."""

    filename: str
    text: str


class SendArguments(TypedDict, total=False):
    """What `send_message`, `followup.send` and `channel.send` take."""

    content: str
    embeds: list[discord.Embed]
    files: list[discord.File]
    view: discord.ui.View
    allowed_mentions: discord.AllowedMentions


class EditArguments(TypedDict, total=False):
    """What an edit takes; attachments are kept unless there are new ones."""

    content: str
    embeds: list[discord.Embed]
    attachments: list[discord.File]
    view: discord.ui.View | None
    allowed_mentions: discord.AllowedMentions


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is shown, the same whether it is sent, answered or edited in.

    Attributes:
        content: at most 2000 UTF-16 units.
        lists: together with the rows of buttons, five to a row, at most five.
        pings: the people it may notify.
    """

    content: str = ""
    embeds: tuple[discord.Embed, ...] = ()
    lists: tuple[ChoiceList | EntityList, ...] = ()
    buttons: tuple[Button, ...] = ()
    files: tuple[TextFile, ...] = ()
    pings: tuple[int, ...] = ()

    def send(self) -> SendArguments:
        """Return the arguments for a new message; needs a running event loop, like everything of discord.ui."""
        arguments = SendArguments(content=self.content, allowed_mentions=self.allowed_mentions())
        if self.embeds:
            arguments["embeds"] = list(self.embeds)
        if self.files:
            arguments["files"] = self._files()
        view = self.view()
        if view is not None:
            arguments["view"] = view
        return arguments

    def edit(self) -> EditArguments:
        """Return the arguments for changing a message that stands; buttons that are gone are taken away."""
        arguments = EditArguments(
            content=self.content,
            embeds=list(self.embeds),
            view=self.view(),
            allowed_mentions=self.allowed_mentions(),
        )
        if self.files:
            arguments["attachments"] = self._files()
        return arguments

    def view(self) -> discord.ui.View | None:
        """Return the lists and buttons, or None where there are none."""
        if not self.buttons and not self.lists:
            return None
        view = discord.ui.View(timeout=None)
        for row, given in enumerate(self.lists):
            view.add_item(_select(given, row) if isinstance(given, ChoiceList) else _entity_select(given, row))
        for index, button in enumerate(self.buttons):
            view.add_item(
                discord.ui.Button(
                    custom_id=button.custom_id,
                    label=button.label,
                    emoji=button.emoji,
                    style=button.style,
                    row=len(self.lists) + index // _PER_ROW,
                )
            )
        # The client's dynamic items answer the clicks, so discord.py need not remember this view.
        view.stop()
        return view

    def allowed_mentions(self) -> discord.AllowedMentions:
        """Return whom the message may notify: nobody but `pings`."""
        return discord.AllowedMentions(
            everyone=False, roles=False, replied_user=False, users=[discord.Object(person) for person in self.pings]
        )

    def _files(self) -> list[discord.File]:
        return [discord.File(io.BytesIO(file.text.encode()), filename=file.filename) for file in self.files]


def _select(given: ChoiceList, row: int) -> discord.ui.Select[discord.ui.View]:
    return discord.ui.Select(
        custom_id=given.custom_id,
        placeholder=shorten(given.placeholder, _PLACEHOLDER_LIMIT),
        options=[
            discord.SelectOption(
                value=choice.value,
                label=shorten(choice.label, _CHOICE_LIMIT),
                description=shorten(choice.description, _CHOICE_LIMIT) or None,
                default=choice.picked,
            )
            for choice in given.choices
        ],
        min_values=given.least,
        max_values=min(given.most, len(given.choices)),
        row=row,
    )


def _entity_select(
    given: EntityList, row: int
) -> discord.ui.ChannelSelect[discord.ui.View] | discord.ui.RoleSelect[discord.ui.View]:
    placeholder = shorten(given.placeholder, _PLACEHOLDER_LIMIT)
    picked = [discord.Object(entity) for entity in given.picked[: given.most]]
    if given.kind is EntityKind.ROLES:
        return discord.ui.RoleSelect(
            custom_id=given.custom_id,
            placeholder=placeholder,
            min_values=given.least,
            max_values=given.most,
            default_values=[discord.SelectDefaultValue.from_role(role) for role in picked],
            row=row,
        )
    return discord.ui.ChannelSelect(
        custom_id=given.custom_id,
        placeholder=placeholder,
        channel_types=list(_CHANNEL_TYPES[given.kind]),
        min_values=given.least,
        max_values=given.most,
        default_values=[discord.SelectDefaultValue.from_channel(channel) for channel in picked],
        row=row,
    )
