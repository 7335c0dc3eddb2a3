"""The parts of a form, each held to what Discord takes, however long the words in it are.

A form has at most five parts (platform notes §5). A form that was sent is read from the raw interaction, so nothing
here answers anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from typing_extensions import override

from bot.ui import figures
from bot.ui.message import Choice
from bot.ui.quoting import one_line, shorten, units

if TYPE_CHECKING:
    from discord.types.components import FileUploadComponent

TITLE_LIMIT: Final = 45
LABEL_LIMIT: Final = 45
DESCRIPTION_LIMIT: Final = 100
TEXT_LIMIT: Final = 4000
MOST_CHOICES: Final = 25
VALUE_LIMIT: Final = 100

Part: TypeAlias = "discord.ui.Label[discord.ui.Modal]"


class Attach(discord.ui.FileUpload[discord.ui.Modal]):
    """A field for files that says which kinds it takes; discord.py 2.7.1 has no word for that (platform notes §6)."""

    def __init__(self, custom_id: str, most: int, file_types: Sequence[str]) -> None:
        """Take up to `most` files, or none."""
        super().__init__(custom_id=custom_id, required=False, min_values=0, max_values=most)
        self._file_types = list(file_types)

    @override
    def to_component_dict(self) -> FileUploadComponent:  # type: ignore[override]  # as the library's own
        payload = super().to_component_dict()
        payload["file_types"] = self._file_types  # type: ignore[typeddict-unknown-key]  # newer than the library
        return payload


def text_part(
    custom_id: str, label: str, description: str, typed: str, *, most: int, required: bool, long: bool = True
) -> Part:
    """Return a field to type in.

    Args:
        custom_id: names the field in what is sent.
        label: what it is.
        description: what to know before typing.
        typed: what stands in it to begin with.
        most: characters taken; never less than what stands in it already, and never more than Discord takes.
        required: whether it may stay empty.
        long: whether it has several lines.
    """
    filled = _cut(typed)
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=custom_id,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        default=filled or None,
        required=required,
        max_length=min(max(most, units(filled), 1), TEXT_LIMIT),
    )
    return _labelled(label, description, field)


def list_part(custom_id: str, label: str, description: str, choices: Sequence[Choice], *, required: bool) -> Part:
    """Return a field to pick one thing in, out of 1 to 25."""
    field: discord.ui.Select[discord.ui.Modal] = discord.ui.Select(
        custom_id=custom_id,
        required=required,
        min_values=1 if required else 0,
        max_values=1,
        options=[
            discord.SelectOption(
                value=choice.value,
                label=shorten(choice.label, VALUE_LIMIT),
                description=shorten(choice.description, VALUE_LIMIT) or None,
                default=choice.picked,
            )
            for choice in choices
        ],
    )
    return _labelled(label, description, field)


def files_part(custom_id: str, label: str, description: str, *, most: int, file_types: Sequence[str]) -> Part:
    """Return a field to attach up to `most` files to."""
    return _labelled(label, description, Attach(custom_id, most, file_types))


def boxes_part(custom_id: str, label: str, choices: Sequence[Choice]) -> Part:
    """Return boxes to tick, any of them."""
    field: discord.ui.CheckboxGroup[discord.ui.Modal] = discord.ui.CheckboxGroup(
        custom_id=custom_id,
        required=False,
        min_values=0,
        max_values=len(choices),
        options=[
            discord.CheckboxGroupOption(
                value=choice.value,
                label=shorten(choice.label, VALUE_LIMIT),
                description=shorten(choice.description, VALUE_LIMIT) or None,
                default=choice.picked,
            )
            for choice in choices
        ],
    )
    return _labelled(label, "", field)


def form(custom_id: str, title: str, parts: Sequence[Part]) -> discord.ui.Modal:
    """Return a form; needs a running event loop, like everything of discord.ui."""
    modal = discord.ui.Modal(title=shorten(title, TITLE_LIMIT), custom_id=custom_id)
    for part in parts:
        modal.add_item(part)
    # What is sent is read from the raw interaction, so discord.py need not remember this form.
    modal.stop()
    return modal


def with_names(words: str, names: Sequence[str]) -> str:
    """Return `words` with the names of files in the place of {names}, each cut so that all of it fits a description."""
    room = DESCRIPTION_LIMIT - units(words.format(names=""))
    between = units(figures.listed(("", "")))
    each = max(4, (room - between * (len(names) - 1)) // max(1, len(names)))
    return words.format(names=figures.listed([_name(name, each) for name in names]))


def _name(name: str, room: int) -> str:
    """Return a file's name cut in the middle: its ending tells what it is."""
    clean = one_line(name)
    if units(clean) <= room:
        return clean
    _, dot, extension = clean.rpartition(".")
    tail = f"{dot}{extension}" if dot and units(extension) <= 5 else ""
    return f"{shorten(clean.removesuffix(tail), max(2, room - units(tail)))}{tail}"


def _labelled(label: str, description: str, field: discord.ui.Item[discord.ui.Modal]) -> Part:
    return discord.ui.Label(
        text=shorten(label, LABEL_LIMIT),
        description=shorten(description, DESCRIPTION_LIMIT) or None,
        component=field,
    )


def _cut(text: str) -> str:
    return text if units(text) <= TEXT_LIMIT else shorten(text, TEXT_LIMIT)
