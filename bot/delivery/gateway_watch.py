"""Is each shard connected to Discord's gateway, and does the gateway say anything?"""

from __future__ import annotations

import math
import time
from typing import Final

import discord
from discord.gateway import DiscordWebSocket

from bot.delivery.sharded_client import ShardedClient
from bot.processes import written

SILENT_SECONDS: Final = 15.0
"""How long the gateway may say nothing, beyond the time between two heartbeats, which it has to acknowledge."""
_HEARTBEAT_SECONDS: Final = 41.25
"""The time between two heartbeats that Discord asks for (platform notes §3), until it has said so."""


def gateway_trouble(client: discord.Client) -> str | None:
    """Return what is wrong with the connections, in a few words; None where nothing is.

    discord.py goes on saying that it is ready while it connects again, and closes a connection on which nothing comes
    any more only after a minute and up to one heartbeat more.
    """
    if not isinstance(client, ShardedClient):
        return _trouble(client.ws, ready=client.is_ready())
    plan = client.plan
    if plan is None:
        return "not connected"
    amiss: dict[str, list[int]] = {}
    for number, socket in client.sockets.items():
        trouble = _trouble(socket, ready=True)
        if trouble is not None:
            amiss.setdefault(trouble, []).append(number)
    if plan.count == 1:
        return next(iter(amiss), None if client.is_ready() else "not connected")
    said = [f"{_named(numbers)} of {plan.count}: {what}" for what, numbers in amiss.items()]
    if not said and not client.is_ready():
        return "not every server is known yet"
    return "; ".join(said) or None


def _named(numbers: list[int]) -> str:
    return f"{'shard' if len(numbers) == 1 else 'shards'} {written(tuple(sorted(numbers)))}"


def _trouble(socket: DiscordWebSocket | None, *, ready: bool) -> str | None:
    if not ready or socket is None or math.isnan(socket.latency):
        return "not connected"
    if not socket.open:
        return "connection lost"
    heartbeat = socket._keep_alive  # noqa: SLF001 - nothing public tells when something came last
    if heartbeat is None:
        return "not connected"
    silent = time.perf_counter() - heartbeat._last_recv  # noqa: SLF001 - likewise
    if silent > SILENT_SECONDS + (heartbeat.interval or _HEARTBEAT_SECONDS):
        return f"has said nothing for {silent:.0f} s"
    return None
