"""What a bot says of its own health, asked as whoever watches over it asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import aiohttp

from tests.chaos.arena import Arena

PROBE_SECONDS: Final = 4.0
"""How long the image's health check waits."""
SILENT: Final = 0
"""In place of a status: no answer in time."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the bot says of itself.

    Attributes:
        alive: the status of `/livez`.
        ready: the status of `/readyz`.
        amiss: what either says is amiss, by part.
    """

    alive: int
    ready: int
    amiss: Mapping[str, str]


async def health(arena: Arena) -> Health:
    """Ask both."""
    alive, first = await ask(arena, "livez")
    ready, second = await ask(arena, "readyz")
    return Health(alive, ready, {part: said for part, said in {**first, **second}.items() if said != "ok"})


async def ask(arena: Arena, path: str, *, within: float = PROBE_SECONDS) -> tuple[int, dict[str, str]]:
    """Ask one of the two, and wait so many seconds; return the status and what is said of each part."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within)) as http,
            http.get(f"http://127.0.0.1:{arena.web_port}/{path}") as answer,
        ):
            return answer.status, json.loads(await answer.read())
    except (aiohttp.ClientError, TimeoutError):
        return SILENT, {}
