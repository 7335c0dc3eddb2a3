"""Autocomplete that never fails and never keeps anybody waiting."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import structlog
from discord import app_commands

MOST: Final = 25
"""Discord shows no more choices (platform notes §5)."""
TIME_LIMIT: Final = 1.5
"""Seconds; Discord waits three, and somebody is typing."""

Cog = TypeVar("Cog")
Given = ParamSpec("Given")
Value = TypeVar("Value", str, int, float)
Choices = list[app_commands.Choice[Value]]

log = structlog.get_logger(__name__)


def suggestions(
    complete: Callable[Concatenate[Cog, Given], Coroutine[Any, Any, Choices[Value]]],
) -> Callable[Concatenate[Cog, Given], Coroutine[Any, Any, Choices[Value]]]:
    """Make an autocomplete callback return no choices where it would fail or be late, and never more than fit."""

    @functools.wraps(complete)
    async def bounded(cog: Cog, /, *args: Given.args, **kwargs: Given.kwargs) -> Choices[Value]:
        try:
            async with asyncio.timeout(TIME_LIMIT):
                return (await complete(cog, *args, **kwargs))[:MOST]
        except TimeoutError:
            log.warning("autocomplete_late", callback=complete.__qualname__)
        except Exception:  # whatever went wrong, the person types on without suggestions
            log.exception("autocomplete_failed", callback=complete.__qualname__)
        return []

    return bounded
