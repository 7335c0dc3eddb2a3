"""Components as Discord stores them: numbered, with their defaults filled in; and finding one by its custom id."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from sandbox.discord.json_types import as_object, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sandbox.discord.json_types import JsonObject

BUTTON: Final = 2
SELECTS: Final = frozenset({3, 5, 6, 7, 8})
TEXT_DISPLAY: Final = 10
LABEL: Final = 18
LINK_STYLE: Final = 5

_DEFAULTS: Final[dict[int, JsonObject]] = {
    3: {"min_values": 1, "max_values": 1},
    5: {"min_values": 1, "max_values": 1},
    6: {"min_values": 1, "max_values": 1},
    7: {"min_values": 1, "max_values": 1},
    8: {"min_values": 1, "max_values": 1},
    11: {"description": None, "spoiler": False},
    13: {"spoiler": False},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}


def children(component: JsonObject) -> list[JsonObject]:
    """Return the components directly inside one."""
    inside = objects(component.get("components"))
    for key in ("accessory", "component"):
        if key in component:
            inside.append(as_object(component[key]))
    return inside


def walk(components: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Yield components and everything inside them, in order."""
    for component in components:
        yield component
        yield from walk(children(component))


def stored(components: Iterable[JsonObject], *, in_modal: bool = False) -> list[JsonObject]:
    """Return components with ids and defaults; ids given by the app stay, the others are numbered from 1.

    `required` means something in modals alone and is dropped elsewhere.
    """
    listed = list(components)
    taken = {component["id"] for component in walk(listed) if component.get("id")}
    numbers = (number for number in count(1) if number not in taken)

    def complete(component: JsonObject) -> JsonObject:
        kind = component.get("type")
        filled: JsonObject = {**(_DEFAULTS.get(kind, {}) if isinstance(kind, int) else {}), **component}
        if kind in SELECTS and not in_modal:
            filled.pop("required", None)
        if not filled.get("id"):
            filled = {**filled, "id": next(numbers)}
        if "items" in filled:
            filled["items"] = [{"description": None, "spoiler": False, **item} for item in objects(filled["items"])]
        if "components" in filled:
            filled["components"] = [complete(inner) for inner in objects(filled["components"])]
        for key in ("accessory", "component"):
            if key in filled:
                filled[key] = complete(as_object(filled[key]))
        return filled

    return [complete(component) for component in listed]


def with_custom_id(components: Iterable[JsonObject], custom_id: str) -> JsonObject | None:
    """Return the component that has a custom id."""
    return next((c for c in walk(components) if c.get("custom_id") == custom_id), None)
