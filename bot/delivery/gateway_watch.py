"""Is the bot connected to Discord's gateway, and does the gateway say anything?"""

from __future__ import annotations

import math
import time
from typing import Final

import discord

SILENT_SECONDS: Final = 15.0
"""How long the gateway may say nothing, beyond the time between two heartbeats, which it has to acknowledge."""
_HEARTBEAT_SECONDS: Final = 41.25
"""The time between two heartbeats that Discord asks for (platform notes §3), until it has said so."""


def gateway_trouble(client: discord.Client) -> str | None:
    """Return what is wrong with the connection, in a few words; None where nothing is.

    discord.py goes on saying that it is ready while it connects again, and closes a connection on which nothing comes
    any more only after a minute and up to one heartbeat more.
    """
    if not client.is_ready() or math.isnan(client.latency):
        return "not connected"
    if not client.ws.open:
        return "connection lost"
    heartbeat = client.ws._keep_alive  # noqa: SLF001 - nothing public tells when something came last
    if heartbeat is None:
        return "not connected"
    silent = time.perf_counter() - heartbeat._last_recv  # noqa: SLF001 - likewise
    if silent > SILENT_SECONDS + (heartbeat.interval or _HEARTBEAT_SECONDS):
        return f"has said nothing for {silent:.0f} s"
    return None
