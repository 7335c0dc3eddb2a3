"""What a recorded channel looked like to everybody at one moment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

_EPHEMERAL: Final = 1 << 6
"""The flag of a message that one person alone sees (discord docs, message flags)."""


class NothingToShow(Exception):
    """The recording never comes to the moment that was asked for."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel at a moment.

    Attributes:
        name: Its name.
        messages: Its messages as Discord sends them, oldest first.
        people: Shown names by user id.
        now: The moment, in seconds since 1970.
    """

    name: str
    messages: tuple[dict[str, Any], ...]
    people: dict[str, str]
    now: float


def channel_at(recording: Path, moment: re.Pattern[str]) -> Channel:
    """Read a recording up to the first message, new or changed, whose text matches.

    Raises:
        NothingToShow: none does.
    """
    messages: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}
    people: dict[str, str] = {}
    for kind, data in _events(recording):
        if kind == "INTERACTION_CREATE":
            names[data["channel"]["id"]] = data["channel"]["name"]
        for person in _people(data):
            people[person["id"]] = person["global_name"]
        if kind not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} or data["flags"] & _EPHEMERAL:
            continue
        messages[data["id"]] = data
        if moment.search(data["content"]):
            here = data["channel_id"]
            shown = sorted(
                (one for one in messages.values() if one["channel_id"] == here), key=lambda one: int(one["id"])
            )
            at = datetime.fromisoformat(data["edited_timestamp"] or data["timestamp"]).timestamp()
            return Channel(names.get(here, "channel"), tuple(shown), people, at)
    raise NothingToShow(f"no message in {recording} matches {moment.pattern!r}")


def _events(recording: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with recording.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line).get("event")
            if event is not None and isinstance(event.get("d"), dict):
                yield event["t"], event["d"]


def _people(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "author" in data:
        yield data["author"]
        yield from data["mentions"]
    user = (data.get("member") or {}).get("user")
    if user:
        yield user
