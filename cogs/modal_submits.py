"""Forms that were sent, read from the raw interaction: discord.py knows a modal only until the next restart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.ui.custom_ids import Pressed, read_custom_id
from cogs.interaction import Interaction

_DEPTH: Final = 3
"""A label or row around a field; nothing of Discord's nests deeper."""


class _Kind(IntEnum):
    """Components of modals that carry a value (platform notes §2)."""

    SELECT = 3
    TEXT = 4
    FILES = 19
    RADIO = 21
    CHECKBOXES = 22
    CHECKBOX = 23


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A file that was attached to a form, as Discord declares it.

    Attributes:
        url: signed and short-lived.
        duration: of a recording, in seconds.
    """

    id: int
    filename: str
    content_type: str | None
    size: int
    url: str = field(repr=False)
    width: int | None
    height: int | None
    duration: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """What a person put into a form, by the custom ids of its fields.

    A field that was left empty may be missing or hold "" or ().

    Attributes:
        pressed: the form's own custom id.
        texts: what was typed; of a radio group what was picked.
        choices: what was picked from lists and groups of boxes.
        checks: boxes that stand alone.
        files: what was attached.
    """

    pressed: Pressed
    texts: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]
    checks: Mapping[str, bool]
    files: Mapping[str, tuple[Uploaded, ...]]

    def text(self, field_id: str) -> str:
        """Return what was typed into a field, "" for nothing."""
        return self.texts.get(field_id, "")

    def choice(self, field_id: str) -> str:
        """Return the first thing picked from a list, "" for none."""
        return next(iter(self.choices.get(field_id, ())), "")

    def checked(self, field_id: str) -> bool:
        """Tell whether a box is ticked."""
        return self.checks.get(field_id, False)

    def uploads(self, field_id: str) -> tuple[Uploaded, ...]:
        """Return what was attached to a field."""
        return self.files.get(field_id, ())


class _Attachment(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int
    filename: str
    content_type: str | None = None
    size: int
    url: str
    width: int | None = None
    height: int | None = None
    duration_secs: float | None = None

    def uploaded(self) -> Uploaded:
        return Uploaded(
            id=self.id,
            filename=self.filename,
            content_type=self.content_type,
            size=self.size,
            url=self.url,
            width=self.width,
            height=self.height,
            duration=self.duration_secs,
        )


class _Component(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    type: int
    custom_id: str = ""
    value: str | bool | None = None
    values: tuple[str, ...] = ()
    component: _Component | None = None
    components: tuple[_Component, ...] = ()

    def fields(self, depth: int = _DEPTH) -> Iterator[_Component]:
        """Yield the component and what it holds."""
        if depth == 0:
            return
        yield self
        held = self.components if self.component is None else (self.component, *self.components)
        for component in held:
            yield from component.fields(depth - 1)


class _Resolved(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    attachments: dict[str, _Attachment] = {}


class _ModalData(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    custom_id: str
    components: tuple[_Component, ...] = ()
    resolved: _Resolved = _Resolved()


_ADAPTER: Final = TypeAdapter(_ModalData)


def read_modal(interaction: Interaction) -> SentForm | None:
    """Return what a form brought, None where it is none of ours or is nothing that can be understood."""
    try:
        data = _ADAPTER.validate_python(interaction.data)
    except ValidationError:
        return None
    pressed = read_custom_id(data.custom_id)
    return _read(pressed, data) if pressed is not None else None


def _read(pressed: Pressed, data: _ModalData) -> SentForm:
    texts: dict[str, str] = {}
    choices: dict[str, tuple[str, ...]] = {}
    checks: dict[str, bool] = {}
    files: dict[str, tuple[Uploaded, ...]] = {}
    attached = data.resolved.attachments
    for part in (part for component in data.components for part in component.fields()):
        match part.type:
            case _Kind.TEXT | _Kind.RADIO:
                texts[part.custom_id] = part.value if isinstance(part.value, str) else ""
            case _Kind.SELECT | _Kind.CHECKBOXES:
                choices[part.custom_id] = part.values
            case _Kind.CHECKBOX:
                checks[part.custom_id] = part.value is True
            case _Kind.FILES:
                files[part.custom_id] = tuple(attached[name].uploaded() for name in part.values if name in attached)
            case _:
                continue
    return SentForm(pressed=pressed, texts=texts, choices=choices, checks=checks, files=files)
