"""The status that a bot shows beside its name (developers/events/gateway-events, Update Presence)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.discord.json_types import objects, text

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject

_CUSTOM: Final = 4
_STATUSES: Final = frozenset({"online", "dnd", "idle", "invisible", "offline"})


@dataclass(frozen=True, slots=True)
class Presence:
    """What people see.

    Attributes:
        status: "online", "idle", "dnd" or "invisible".
        line: a custom status's text, another activity's name, or "".
    """

    status: str = "online"
    line: str = ""


def presence_from(given: JsonObject) -> Presence:
    """Return what a presence update asks for; Discord passes over what it does not know."""
    status = text(given.get("status"))
    activities = objects(given.get("activities") or [])
    if not activities:
        line = ""
    elif activities[0].get("type") == _CUSTOM:
        line = text(activities[0].get("state"))
    else:
        line = text(activities[0].get("name"))
    return Presence(status if status in _STATUSES else "online", line)
