"""Tells Discord of the commands where they have changed: once, however many processes start together.

What Discord was told last is remembered as a fingerprint, so that a start with the same commands tells it nothing; the
call is limited to 200 a day. Processes take turns, so that one tells and the others see that it has.
"""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

import structlog
from discord.ext import commands

from bot.clock import MINUTE, SECOND, Clock
from cogs.home_commands import HomeCommands
from cogs.payload import Details, Json, command_payload, fingerprint

COMMANDS_KEY: Final = "discord_commands_sha256"
TURN: Final = "commands"
_TURN_LASTS: Final = 60 * SECOND
"""Longer than Discord is waited for, rate limits included."""
_LOOK_AGAIN: Final = 2 * SECOND
_LONGEST_WAIT: Final = 15 * MINUTE

log = structlog.get_logger(__name__)


class SyncMemory(Protocol):
    """Remembers what Discord was told last, and lets processes take turns at telling it."""

    async def get(self, key: str) -> str | None:
        """Return what was kept under `key`."""
        ...

    async def set(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        ...

    async def claim_turn(self, name: str, now: int, until: int) -> int | None:
        """Take a turn that ends at `until`; None where it is taken, else when somebody else's ends."""
        ...

    async def end_turn(self, name: str, until: int) -> None:
        """End a turn that was taken until then."""
        ...


class CommandSync:
    """Keeps Discord's list of commands the same as the bot's."""

    def __init__(self, memory: SyncMemory, clock: Clock, details: Details) -> None:
        """Keep the collaborators; `details` is what discord.py cannot say of options."""
        self._memory = memory
        self._clock = clock
        self._details = details
        self._waiting: asyncio.Task[None] | None = None
        self.home: HomeCommands | None = None

    async def settle(self, client: commands.Bot) -> None:
        """Tell Discord what has changed; where that fails, or another process is about to, see to it later."""
        payload = await self._payload(client)
        if not await self._tried(client, payload):
            self._waiting = asyncio.create_task(self._until_told(client, payload), name="command-sync")

    async def close(self) -> None:
        """Wait for nobody any more."""
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)

    async def replace(self, client: commands.Bot) -> int:
        """Replace Discord's lists of commands whether or not they differ; return how many there are."""
        home = await self.home.sync(client, force=True) if self.home is not None else 0
        return home + await self._tell(client, await self._payload(client), force=True)

    async def _in_turn(self, client: commands.Bot, payload: list[Json]) -> bool:
        """Tell Discord what has changed; False where another process is at it."""
        known = await self._memory.get(COMMANDS_KEY) == fingerprint(_id_of(client), payload)
        if known and (self.home is None or await self.home.is_told(client)):
            return True
        now = self._clock.now()
        until = now + _TURN_LASTS
        if await self._memory.claim_turn(TURN, now, until) is not None:
            return False
        try:
            await self._tell(client, payload)
            if self.home is not None:
                await self.home.sync(client)
        finally:
            await self._memory.end_turn(TURN, until)
        return True

    async def _until_told(self, client: commands.Bot, payload: list[Json]) -> None:
        wait = _LOOK_AGAIN
        told: bool | None = False
        while not told:
            # A refusal that stays is not asked for every two seconds.
            wait = wait if told is not None else min(_LONGEST_WAIT, 2 * wait)
            await self._clock.sleep(wait)
            told = await self._tried(client, payload)

    async def _tried(self, client: commands.Bot, payload: list[Json]) -> bool | None:
        """Tell Discord what has changed; False where another process is at it, None where it failed.

        Discord goes on with the commands that it knows, and what is under way does not wait for new ones.
        """
        try:
            return await self._in_turn(client, payload)
        except Exception as error:  # noqa: BLE001 - nobody else would try again, whatever it was
            log.warning("commands_not_synchronised", error=repr(error))
            return None

    async def _tell(self, client: commands.Bot, payload: list[Json], *, force: bool = False) -> int:
        known = fingerprint(_id_of(client), payload)
        if not force and await self._memory.get(COMMANDS_KEY) == known:
            return len(payload)
        await client.http.bulk_upsert_global_commands(_id_of(client), payload=payload)
        await self._memory.set(COMMANDS_KEY, known)
        log.info("commands_synchronised", count=len(payload))
        return len(payload)

    async def _payload(self, client: commands.Bot) -> list[Json]:
        return await command_payload(client.tree, self._details)


def _id_of(client: commands.Bot) -> int:
    if client.application_id is None:
        raise RuntimeError("commands are told of after login, which tells the application's id")
    return client.application_id
