"""Who and what there is in the local Discord, and how the local PiAPI behaves, for one measurement."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from sandbox.discord import DiscordConfig, GuildConfig
from sandbox.discord.config import LimitsConfig, PersonConfig
from sandbox.piapi import Options

OWNER: Final = "person1"
"""Who owns every server."""
ROOM: Final = "room-{}"
_BOOST_TIER: Final = 2
"""A server of this boost tier takes files of 50 MB."""
_PATIENCE_MS: Final = 60_000
"""Discord waits three seconds for a first response; here lateness is measured rather than punished."""


class World(BaseModel):
    """What a measurement needs to find.

    Attributes:
        people: how many there are, each a member of the first server.
        rooms: channels of the first server.
        servers: how many servers there are; those after the first have `channels` each.
        channels: see `servers`.
        shards: how many shards the servers are spread over, one after the other.
        pending_seconds: how long a task waits before it is processed; None: until it is told to finish.
        processing_seconds: likewise for its processing.
        clip_bytes: what clips are padded to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: int = 50
    rooms: int = 1
    servers: int = 1
    channels: int = 1
    shards: int = 1
    pending_seconds: float | None = None
    processing_seconds: float | None = None
    clip_bytes: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Return the people's user names."""
        return tuple(f"person{number}" for number in range(1, self.people + 1))

    def first_channel(self, server: int) -> str:
        """Return the first channel of a server, counted from 0."""
        return ROOM.format(0) if server == 0 else f"server-{server}-0"

    def discord(self) -> DiscordConfig:
        """Return boosted servers, the first with everybody in it."""
        people = tuple(PersonConfig(username=name, global_name=name.title()) for name in self.names)
        limits = LimitsConfig(first_response_ms=_PATIENCE_MS, identify_concurrency=self.shards)
        guilds = tuple(self._server(number) for number in range(self.servers))
        return DiscordConfig(people=people, guilds=guilds, application_owner=OWNER, limits=limits, shards=self.shards)

    def _server(self, number: int) -> GuildConfig:
        rooms = [ROOM.format(room) for room in range(self.rooms)]
        others = [f"server-{number}-{channel}" for channel in range(self.channels)]
        return GuildConfig(
            name=f"Bench {number}" if number else "Bench",
            owner=OWNER,
            channels=tuple(others if number else rooms),
            people=(OWNER,) if number else self.names,
            premium_tier=_BOOST_TIER,
            shard=(number % self.shards, self.shards) if self.shards > 1 else None,
        )

    def provider(self) -> Options:
        """Return how the local PiAPI behaves; it has room for more tasks than anybody's account."""
        return Options(
            pending_seconds=self.pending_seconds,
            processing_seconds=self.processing_seconds,
            smallest_clip_bytes=self.clip_bytes,
            max_concurrent_task_count=100_000,
        )
