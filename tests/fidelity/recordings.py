"""Reads what `sandbox.discord.recording` wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.discord.observation import Exchange
from tests.fidelity.observer import FidelityObserver

if TYPE_CHECKING:
    from pathlib import Path


def observed(path: Path) -> FidelityObserver:
    """Return an observer that has seen everything in a recording.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no recording.
    """
    observer = FidelityObserver()
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            _show(observer, json.loads(line), number)
    return observer


def _show(observer: FidelityObserver, entry: Any, number: int) -> None:
    kind, content = next(iter(entry.items()), ("", None)) if isinstance(entry, dict) else ("", None)
    if kind == "event" and isinstance(content, dict):
        observer.on_event(content)
    elif kind == "exchange" and isinstance(content, dict):
        try:
            exchange = Exchange(**{**content, "file_parts": tuple(content["file_parts"])})
        except (KeyError, TypeError) as error:
            raise ValueError(f"line {number} is no exchange") from error
        observer.on_exchange(exchange)
    else:
        raise ValueError(f"line {number} is neither an exchange nor an event")
