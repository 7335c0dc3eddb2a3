"""Filling in a form as it is typed: `prompt:"more wind" pictures:a.jpg,b.jpg options:spoiler,private`."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.console.entries import NotUnderstood
from sandbox.console.files import read_file
from sandbox.console.typed_commands import ATTACHMENT, INTEGER, STRING, OptionShape, read_fields
from sandbox.person import FieldValue
from sandbox.stage.forms import FieldKind, FormField

_SHAPES = {FieldKind.TEXT: STRING, FieldKind.FILES: ATTACHMENT}
_TICKED = frozenset({"true", "yes", "on", "1"})
_EMPTY = frozenset({"", "none"})


def fill_in(words: str, fields: Sequence[FormField]) -> dict[str, FieldValue]:
    """Return a form's values by field, as typed; fields that are not named stay as they are.

    Raises:
        NotUnderstood: there is no such field or choice.
        OSError: a file cannot be read.
    """
    known = {field.name: field for field in fields}
    shapes = [OptionShape(name=field.name, kind=_SHAPES.get(field.kind, INTEGER)) for field in fields]
    return {name: _value(known[name], raw) for name, raw in read_fields(words, shapes).items()}


def _value(field: FormField, raw: str) -> FieldValue:
    match field.kind:
        case FieldKind.TEXT:
            return raw
        case FieldKind.FILES:
            return [read_file(path) for path in _parts(raw)]
        case FieldKind.ONE_OF:
            return [] if raw.lower() in _EMPTY else _chosen(field, raw)
        case FieldKind.SOME_OF:
            return [_chosen(field, part) for part in _parts(raw)]
        case FieldKind.TICK:
            return raw.lower() in _TICKED


def _parts(raw: str) -> list[str]:
    return [part.strip() for part in raw.split(",") if part.strip().lower() not in _EMPTY]


def _chosen(field: FormField, wanted: str) -> str:
    """Return the value of the choice that is meant by its value, its words, or the beginning of them."""
    near = wanted.casefold()
    for choice in field.choices:
        if near in (choice.value.casefold(), choice.label.casefold()):
            return choice.value
    beginning = [choice for choice in field.choices if choice.label.casefold().startswith(near)]
    if len(beginning) == 1:
        return beginning[0].value
    offered = "; ".join(choice.label for choice in beginning or field.choices)
    raise NotUnderstood(f"{field.name} cannot be {wanted!r}; there is: {offered}")
