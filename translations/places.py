"""Where words are shown, and how many characters Discord takes there (platform notes §5)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Place:
    """Where words are shown.

    Attributes:
        name: for translators.
        limit: UTF-16 units.
    """

    name: str
    limit: int

    @property
    def comment(self) -> str:
        """Return what a translator reads."""
        return f"{self.name}, at most {self.limit} characters"


BUTTON: Final = Place("button", 80)
FORM_TITLE: Final = Place("title of a form", 45)
FORM_LABEL: Final = Place("field of a form", 45)
FORM_NOTE: Final = Place("note in a form", 100)
LIST_NOTE: Final = Place("what a list says while nothing is picked", 150)
ENTRY: Final = Place("entry of a list", 100)
ENTRY_NOTE: Final = Place("note of an entry of a list", 100)
EMBED_TITLE: Final = Place("title", 256)
_FIELD: Final[Mapping[int | str, Place]] = {1: FORM_LABEL, "label": FORM_LABEL, 2: FORM_NOTE, "description": FORM_NOTE}

_SLOTS: Final[Mapping[str, Mapping[int | str, Place]]] = {
    "Button": {1: BUTTON, "label": BUTTON},
    "ChoiceList": {"placeholder": LIST_NOTE},
    "Choice": {"label": ENTRY, "description": ENTRY_NOTE, "name": ENTRY},
    "SelectOption": {"label": ENTRY, "description": ENTRY_NOTE},
    "CheckboxGroupOption": {"label": ENTRY, "description": ENTRY_NOTE},
    "RadioGroupOption": {"label": ENTRY, "description": ENTRY_NOTE},
    "Select": {"placeholder": LIST_NOTE},
    "ChannelSelect": {"placeholder": LIST_NOTE},
    "RoleSelect": {"placeholder": LIST_NOTE},
    "UserSelect": {"placeholder": LIST_NOTE},
    "TextInput": {"label": FORM_LABEL, "placeholder": ENTRY},
    "Label": {"text": FORM_LABEL, "description": FORM_NOTE},
    "Modal": {"title": FORM_TITLE},
    "form": {1: FORM_TITLE, "title": FORM_TITLE},
    "text_part": _FIELD,
    "list_part": _FIELD,
    "files_part": _FIELD,
    "boxes_part": {1: FORM_LABEL, "label": FORM_LABEL},
    "Embed": {"title": EMBED_TITLE},
    "add_field": {"name": EMBED_TITLE},
    "_add": {1: EMBED_TITLE},
}
"""By what is called, and there by the argument's place or name."""


def called(node: ast.Call) -> str:
    """Return the name of what a call calls, "" where it has none."""
    match node.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case _:
            return ""


def slots(node: ast.Call) -> Iterator[tuple[ast.expr, Place]]:
    """Yield the arguments of a call whose words have a place with a limit."""
    known = _SLOTS.get(called(node), {})
    for index, argument in enumerate(node.args):
        if index in known:
            yield argument, known[index]
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg in known:
            yield keyword.value, known[keyword.arg]
