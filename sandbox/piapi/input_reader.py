"""Reads the `input` of a create body field by field, noting what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.piapi.specs import JsonObject, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class InputReader:
    """Typed access to an `input` object.

    Null and the empty string count as "not set" (provider notes §4.1: clients send unused fields as ""). A wrong value
    is noted as a refusal and read as "not set", so that one pass finds everything.

    Args:
        given: The object as received.
        path: Where it stands in the body, for the problems' texts.
    """

    def __init__(self, given: JsonObject, path: str = "input") -> None:
        self._given = given
        self._path = path
        self.problems: list[Problem] = []

    def note_unknown(self, known: Collection[str]) -> None:
        """Note, without refusing, every field that is not in `known`: the provider drops such fields."""
        for name in sorted(set(self._given) - set(known)):
            self.note(name, "not a field of this task type and version")

    def refuse(self, name: str, text: str) -> None:
        """Note a fault that makes the provider refuse the request."""
        self.problems.append(Problem(self._at(name), text, refused=True))

    def note(self, name: str, text: str) -> None:
        """Note something a careful client would not send, without refusing."""
        self.problems.append(Problem(self._at(name), text, refused=False))

    def is_set(self, name: str) -> bool:
        """Whether the field has a value other than null and ""."""
        return self._given.get(name) not in (None, "")

    def text(self, name: str, longest: int | None = None) -> str:
        """A string, "" when not set."""
        value = self._given.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse(name, "must be a string")
            return ""
        if longest is not None and len(value) > longest:
            self.refuse(name, f"must have at most {longest} characters, has {len(value)}")
        return value

    def choice(self, name: str, allowed: Iterable[str]) -> str | None:
        """One of `allowed`, None when not set."""
        choices = sorted(allowed)
        value = self.text(name)
        if not value:
            return None
        if value not in choices:
            self.refuse(name, f"must be one of {', '.join(choices)}")
            return None
        return value

    def whole(self, name: str) -> int | None:
        """A whole number, None when not set."""
        value = self._given.get(name)
        if value in (None, ""):
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(name, "must be a whole number")
            return None
        return value

    def number(self, name: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`, None when not set."""
        value = self._given.get(name)
        if value in (None, ""):
            return None
        if isinstance(value, str):
            self.note(name, "sent as a string, is a number")
            try:
                value = float(value)
            except ValueError:
                self.refuse(name, "must be a number")
                return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(name, "must be a number")
            return None
        if not low <= value <= high:
            self.refuse(name, f"must be from {low:g} to {high:g}")
            return None
        return float(value)

    def flag(self, name: str) -> bool:
        """A boolean, False when not set."""
        value = self._given.get(name)
        if value in (None, ""):
            return False
        if not isinstance(value, bool):
            self.refuse(name, "must be true or false")
            return False
        return value

    def url(self, name: str) -> str:
        """An http or https address, "" when not set."""
        value = self.text(name)
        if value and not _is_web_address(value):
            self.refuse(name, "must be an http or https URL")
            return ""
        return value

    def inner(self, name: str) -> InputReader | None:
        """A reader of an object inside, None when not set."""
        value = self._given.get(name)
        if value in (None, ""):
            return None
        if not isinstance(value, dict):
            self.refuse(name, "must be an object")
            return None
        return InputReader(value, self._at(name))

    def rows(self, name: str) -> list[InputReader]:
        """Readers of the objects in a list, empty when not set."""
        value = self._given.get(name)
        if value in (None, ""):
            return []
        if not isinstance(value, list):
            self.refuse(name, "must be a list")
            return []
        readers: list[InputReader] = []
        for number, row in enumerate(value):
            if isinstance(row, dict):
                readers.append(InputReader(row, f"{self._at(name)}[{number}]"))
            else:
                self.refuse(name, "must be a list of objects")
        return readers

    def take_problems(self, other: InputReader) -> None:
        """Add what another reader (of an inner object) has found."""
        self.problems.extend(other.problems)

    def echo(self, recognised: Collection[str]) -> JsonObject:
        """The recognised fields that were supplied, in alphabetical order."""
        return {
            name: self._given[name]
            for name in sorted(self._given)
            if name in recognised and self._given[name] is not None
        }

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
