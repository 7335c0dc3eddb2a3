"""Is this the task that our request made?

The provider has no idempotency key and no field for a reference of ours (provider notes §11), so a task whose answer
was lost is recognised by what it was asked to do. The echo drops fields it does not recognise and default values,
and may write a number as text (provider notes §1.4, §2.1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

_FILLED_IN: Final = frozenset(
    {"aspect_ratio", "cfg_scale", "duration", "mode", "prefer_multi_shots", "tts_speed", "version"}
)
"""What the provider may add to the echo by itself. Anything else that we did not send makes it another's task."""
_TURBO_DROPS: Final = frozenset({"mode", "version"})
"""kling-turbo echoes neither (provider notes §1.4), and has one of each."""


def canonical(value: object) -> str:
    """Return `value` as JSON that is equal for equal values."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def is_same_request(sent: Mapping[str, object], echoed: Mapping[str, object]) -> bool:
    """Tell whether the echoed request is the one sent.

    Both hold `model`, `task_type`, `service_mode` and `input`. Model and task type must be equal; the service mode
    too, unless none was sent and the workspace's default took its place; every input field sent must be echoed with
    an equal value; and nothing else may be echoed but what the provider fills in.
    """
    if sent.get("model") != echoed.get("model") or sent.get("task_type") != echoed.get("task_type"):
        return False
    if sent.get("service_mode") and sent.get("service_mode") != echoed.get("service_mode"):
        return False
    asked, told = sent.get("input"), echoed.get("input")
    if not isinstance(asked, dict) or not isinstance(told, dict):
        return False
    dropped = _TURBO_DROPS if sent.get("model") == "kling-turbo" else frozenset()
    return _all_told(asked, told, dropped) and _nothing_added(asked, told)


def _all_told(asked: Mapping[str, object], told: Mapping[str, object], dropped: frozenset[str]) -> bool:
    return all((name in dropped and name not in told) or _equal(value, told.get(name)) for name, value in asked.items())


def _nothing_added(asked: Mapping[str, object], told: Mapping[str, object]) -> bool:
    return all(name in asked or name in _FILLED_IN or _is_nothing(value) for name, value in told.items())


def _equal(sent: object, echoed: object) -> bool:
    """Compare one value; what says nothing (0, false, "", an object of such) may be missing from the echo."""
    if isinstance(sent, dict) and isinstance(echoed, dict):
        return all(_equal(sent.get(name), echoed.get(name)) for name in {*sent, *echoed})
    if _is_nothing(sent):
        return _is_nothing(echoed)
    if isinstance(sent, bool) or isinstance(echoed, bool):
        return sent is echoed
    left, right = _number(sent), _number(echoed)
    # Only a number sent may come back as text: two texts are the same or they are not.
    if left is not None and right is not None and not isinstance(sent, str):
        return left == right
    return sent == echoed


def _is_nothing(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_nothing(part) for part in value.values())
    if isinstance(value, list):
        return all(_is_nothing(part) for part in value)
    return value is None or value is False or value in ("", 0)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        return None
