"""What an observer outside may see: every HTTP exchange, every dispatched event, and what was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request to the REST API and its answer.

    Attributes:
        route: the route's template, such as "/channels/{channel_id}/messages"; "" where none matched.
        path: the path below `/api/v10`, percent-encoding kept.
        query: the query string's parameters.
        request: the JSON body, a multipart's decoded `payload_json`, or None.
        file_parts: the names of a multipart's file parts, such as "files[0]".
        response: the answer's JSON, or None for an empty body.
        headers: the answer's headers.
        delivered: False where a fault kept the answer from the client.
    """

    method: str
    route: str
    path: str
    query: dict[str, str]
    request: JsonValue
    file_parts: tuple[str, ...]
    status: int
    response: JsonValue
    headers: dict[str, str]
    delivered: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the bot did that Discord has no place for: an unknown route or a body it refuses."""

    where: str
    what: str


class Observer(Protocol):
    """Sees everything that passes between the bot and the sandbox."""

    def on_exchange(self, exchange: Exchange) -> None:
        """Take note of an HTTP exchange."""
        ...

    def on_event(self, payload: JsonObject) -> None:
        """Take note of a dispatched gateway payload: op, t, d and s."""
        ...


class Observation:
    """Passes everything on to the observers and keeps the problems."""

    def __init__(self) -> None:
        self.observers: list[Observer] = []
        self.problems: list[Problem] = []

    def exchange(self, exchange: Exchange) -> None:
        """Report an HTTP exchange."""
        for observer in self.observers:
            observer.on_exchange(exchange)

    def event(self, payload: JsonObject) -> None:
        """Report a dispatched event."""
        for observer in self.observers:
            observer.on_event(payload)

    def problem(self, where: str, what: str) -> None:
        """Keep a problem."""
        self.problems.append(Problem(where, what))
