"""What stands in a form, for people who read it on a terminal or in a transcript."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sandbox.discord import component_tree
from sandbox.discord.json_types import JsonObject, as_object, integer, objects, text

if TYPE_CHECKING:
    from sandbox.seen import SeenModal


class FieldKind(StrEnum):
    """What a field takes."""

    TEXT = "text"
    ONE_OF = "one of a list"
    SOME_OF = "some of a list"
    FILES = "files"
    TICK = "a tick"


_KINDS: Final = {
    3: FieldKind.ONE_OF,
    4: FieldKind.TEXT,
    19: FieldKind.FILES,
    21: FieldKind.ONE_OF,
    22: FieldKind.SOME_OF,
    23: FieldKind.TICK,
}
"""Fields by Discord's numbers (developers/components/reference, "Component Types")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChoice:
    """One line of a list."""

    value: str
    label: str
    description: str
    picked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field.

    Attributes:
        name: Its custom id.
        label: What stands over it.
        description: What stands under that, "" for nothing.
        typed: What stands in it to begin with.
        choices: The lines of a list.
    """

    name: str
    kind: FieldKind
    label: str
    description: str
    typed: str
    choices: tuple[FieldChoice, ...]

    @property
    def several(self) -> bool:
        """Whether it takes more than one value."""
        return self.kind in {FieldKind.SOME_OF, FieldKind.FILES}


def form_fields(form: SeenModal) -> list[FormField]:
    """Return a form's fields, in order."""
    fields = []
    for part in objects(form.raw["components"]):
        for component in component_tree.walk([part]):
            kind = _KINDS.get(integer(component.get("type")))
            if kind is not None and "custom_id" in component:
                fields.append(_field(part, component, kind))
    return fields


def _field(part: JsonObject, component: JsonObject, kind: FieldKind) -> FormField:
    if kind is FieldKind.ONE_OF and integer(component.get("max_values"), 1) > 1:
        kind = FieldKind.SOME_OF
    return FormField(
        name=text(component["custom_id"]),
        kind=kind,
        label=text(part.get("label")) or text(component.get("label")),
        description=text(part.get("description")),
        typed=text(component.get("value")),
        choices=tuple(_choice(as_object(option)) for option in objects(component.get("options"))),
    )


def _choice(option: JsonObject) -> FieldChoice:
    return FieldChoice(
        value=text(option["value"]),
        label=text(option["label"]),
        description=text(option.get("description")),
        picked=option.get("default") is True,
    )
