"""Calls between processes by PostgreSQL's LISTEN and NOTIFY, over one connection that is made again when it is lost.

A call is sent by this connection, after the transaction that made the work, and not inside that transaction: a NOTIFY
makes the whole server's commits wait for each other (PostgreSQL's documentation of NOTIFY), and a hint is not worth
that. What is called while a call is on its way goes with the next, so that a burst of work is a few statements. A
process that dies in between has called nobody, and the work is found when it is due.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import structlog

from storage.calls import Heard
from storage.location import PostgresServer

CHANNEL: Final = "egret_calls"
_CONNECT_SECONDS: Final = 10.0
_STATEMENT_SECONDS: Final = 10.0
_ALIVE_SECONDS: Final = 30.0
"""How often a silent connection is asked whether it is still there."""
_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 30.0
_WORKED_SECONDS: Final = 60.0
"""A connection that lasted this long was a working one."""
_LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)  # TimeoutError is one

log = structlog.get_logger(__name__)


class PostgresCalls:
    """Calls, and hears what others call."""

    def __init__(self, location: PostgresServer, application: str) -> None:
        """Keep the address; nothing connects yet.

        Args:
            location: the database that the processes share.
            application: what the server lists the connection under.
        """
        self._location = location
        self._application = application
        self._pending: set[str] = set()
        self._something = asyncio.Event()
        self.listening = asyncio.Event()
        """Set while others are heard."""

    def call(self, steps: Sequence[str]) -> None:
        """Let the other processes know that there is work for these steps; returns at once.

        While there is no connection nothing is kept: the others look by themselves before long.
        """
        if self.listening.is_set():
            self._pending.update(steps)
            self._something.set()

    async def run(self, heard: Heard) -> None:
        """Pass calls on, and hear those of others, until cancelled."""
        wait = _FIRST_WAIT
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._connected(heard)
                reason = "closed"
            except _LOST as error:
                # Only the kind: the message may repeat the address.
                reason = type(error).__name__
            wait = _FIRST_WAIT if loop.time() - began >= _WORKED_SECONDS else min(_LONGEST_WAIT, wait * 2)
            log.warning("calls_lost", reason=reason, wait=round(wait, 1))
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - no secret

    async def _connected(self, heard: Heard) -> None:
        connection = await asyncpg.connect(
            self._location.url,
            timeout=_CONNECT_SECONDS,
            command_timeout=_STATEMENT_SECONDS,
            server_settings={"application_name": self._application},
        )
        own = connection.get_server_pid()

        def hear(_connection: object, pid: int, _channel: str, payload: object) -> None:
            if pid != own:
                heard(str(payload).split(","))

        def gone(_connection: object) -> None:
            self._something.set()

        try:
            await connection.add_listener(CHANNEL, hear)
            connection.add_termination_listener(gone)
            self.listening.set()
            await self._pass_on(connection)
        finally:
            self.listening.clear()
            self._pending.clear()
            connection.terminate()

    async def _pass_on(self, connection: asyncpg.Connection[Any]) -> None:
        """Send what is called, until the connection is lost."""
        while not connection.is_closed():
            try:
                async with asyncio.timeout(_ALIVE_SECONDS):
                    await self._something.wait()
            except TimeoutError:
                await connection.execute("SELECT 1")
                continue
            self._something.clear()
            steps, self._pending = self._pending, set()
            if steps:
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, ",".join(sorted(steps)))
