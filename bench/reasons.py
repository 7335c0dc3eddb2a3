"""Why goals do not hold, as far as it is known; shown where a run finds that they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_A_COMMAND: Final = (
    "Of a command that was traced, 4.3 ms are the processor's: 1.2 for reading it and whether its person may ask,"
    " 0.9 for prices and ceilings, 0.5 for storing it, 0.9 for the forecast that its card shows, 0.8 for drawing and"
    " sending that. The rest are three visits to the database's thread, the durable one among them. The bare answer has"
    " none of this."
)

REASONS: Final[Mapping[str, str]] = {
    "first_response_1": _A_COMMAND,
    "first_response_50": "It is what one command takes of one processor, fifty times over.",
    "first_response_1_network": "What a command takes without a network comes on top of it.",
    "first_response_50_network": "What fifty commands take without a network comes on top of it.",
    "start_with_history": (
        "0.75 s are spent before anything can begin: discord.py, aiohttp, httpx, pydantic and the bot's own modules are"
        " imported. What follows the imports has a row of its own."
    ),
}
"""Sentences by the name of a result."""
