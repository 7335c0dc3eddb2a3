"""What was found wrong, and how a validator's complaint is worded without repeating what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_SHOWN: Final = 40
"""Longer strings are not shown: they are texts of people, or tokens."""
_SECRET: Final = frozenset({"token", "interaction_token", "webhook_token"})


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at one place of a JSON value.

    Attributes:
        pointer: the place, as a JSON pointer; "" is the whole.
        text: what is wrong, without the value unless it is short and no secret.
    """

    pointer: str
    text: str

    def under(self, pointer: str) -> Finding:
        """Return the same finding in a value that holds this one at `pointer`."""
        return Finding(pointer + self.pointer, self.text)


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding and where it was found.

    Attributes:
        where: method and path template with "request" or "response", or the name of an event.
    """

    where: str
    pointer: str
    text: str

    @override
    def __str__(self) -> str:
        return f"{self.where}: {self.pointer or '(whole)'}: {self.text}"


def at(where: str, findings: Iterable[Finding]) -> list[Problem]:
    """Return the findings as problems of one place."""
    return [Problem(where, finding.pointer, finding.text) for finding in findings]


def pointer(path: Iterable[str | int]) -> str:
    """Return a path as a JSON pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def finding(error: ValidationError) -> Finding:
    """Return a validator's error as a finding."""
    path = list(error.absolute_path)
    return Finding(pointer(path), _text(error, path))


def shown(value: object, path: Sequence[str | int] = ()) -> str:
    """Return a value if it is short and no secret, else its kind."""
    if isinstance(value, bool | int | float) or value is None:
        return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)
    if isinstance(value, str) and len(value) <= _SHOWN and not _SECRET.intersection(map(str, path)):
        return f"'{value}'"
    return kind(value)


def kind(value: object) -> str:
    """Return what a JSON value is, in words."""
    if isinstance(value, str):
        return f"a string of {len(value)} characters"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        stated = value.get("type")
        return "an object" if not isinstance(stated, int) else f"an object of type {stated}"
    return shown(value)


def _text(error: ValidationError, path: Sequence[str | int]) -> str:
    wanted: Any = error.validator_value
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        extra = [key for key in error.instance if key not in known] if isinstance(error.instance, dict) else []
        return f"unknown keys: {', '.join(sorted(extra))}"
    if error.validator == "required" and isinstance(error.instance, dict):
        # One error for each missing key; the message names it alone.
        return error.message
    if error.validator == "type":
        types = wanted if isinstance(wanted, list) else [wanted]
        return f"{shown(error.instance, path)} is not {' or '.join(types)}"
    if error.validator in ("enum", "const"):
        return f"{shown(error.instance, path)} is not {wanted}"
    if error.validator in ("oneOf", "anyOf"):
        return error.message
    return f"{shown(error.instance, path)} does not hold {error.validator} {shown(wanted)}"
