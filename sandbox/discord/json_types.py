"""What JSON can hold, as types, and the narrowing that reading somebody else's JSON needs."""

from __future__ import annotations

import json
from typing import TypeAlias

from pydantic import JsonValue as JsonValue

JsonObject: TypeAlias = dict[str, JsonValue]


def encode(value: JsonValue) -> bytes:
    """Return `value` as compact UTF-8 JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def decode(data: bytes | str) -> JsonValue:
    """Return the value that `data` holds; integers keep all their digits.

    Raises:
        ValueError: `data` is not JSON.
    """
    value: JsonValue = json.loads(data)
    return value


def as_object(value: JsonValue) -> JsonObject:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: JsonValue) -> list[JsonValue]:
    """Return `value` if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def objects(value: JsonValue) -> list[JsonObject]:
    """Return the objects among the elements of `value`."""
    return [item for item in as_list(value) if isinstance(item, dict)]


def text(value: JsonValue) -> str:
    """Return `value` if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def integer(value: JsonValue, default: int = 0) -> int:
    """Return `value` if it is a whole number or its digits, else `default`."""
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    return default
