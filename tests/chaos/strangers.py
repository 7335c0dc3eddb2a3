"""Strangers at the bot's web side, as a program of their own: what they do costs the harness no time.

`python -m tests.chaos.strangers` reads one order from standard input, says "begun" in a line once all are there, and
ends with one line of what they saw. Bytes are written as Latin-1.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from sandbox.stage.environment import REPOSITORY, plain_environment

_PATIENCE: Final = 60.0
_DESCRIPTORS: Final = 4_096
_MANNERS: Final = 5
"""Strangers work on machines of their own; here they must not take the bot's."""


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Flood(_Order):
    """Requests one after the other, on so many connections at once.

    Attributes:
        requests: their number.
        says: each of them; `{n}` is its number.
    """

    do: Literal["flood"] = "flood"
    port: int
    requests: int
    at_once: int = 64
    says: str


class Dawdle(_Order):
    """Connections that are held open as long as they are let, saying a little now and then.

    Attributes:
        connections: their number.
        first: what each says at once.
        drip: what each says every `every` seconds from then on.
        seconds: how long they try.
        returning: whether who is cut comes back after `every` seconds.
    """

    do: Literal["dawdle"] = "dawdle"
    port: int
    connections: int
    first: str
    drip: str = ""
    every: float = 0.5
    seconds: float
    returning: bool = False


Attack = Flood | Dawdle
_ATTACK: Final = TypeAdapter[Attack](Annotated[Attack, Field(discriminator="do")])


class Seen(_Order):
    """What the strangers saw.

    Attributes:
        answers: how often each status came.
        unanswered: connections that were not taken, or ended without an answer.
        seconds: how long it all took.
        longest: how long the connection lived that lived longest, in seconds.
        outlived: connections that were still open when the strangers went home.
    """

    answers: dict[int, int]
    unanswered: int
    seconds: float
    longest: float
    outlived: int


@dataclass(slots=True)
class Siege:
    """Strangers at work."""

    process: asyncio.subprocess.Process
    _seen: asyncio.Task[Seen]

    @property
    def over(self) -> bool:
        """Whether they have gone home."""
        return self._seen.done()

    async def seen(self) -> Seen:
        """Return what they saw, once they have gone home."""
        return await asyncio.wait_for(asyncio.shield(self._seen), _PATIENCE)


@asynccontextmanager
async def strangers(attack: Attack) -> AsyncIterator[Siege]:
    """Have strangers come; they have all begun when this is entered."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.chaos.strangers",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=plain_environment(),
        cwd=REPOSITORY,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdout = process.stdout
    process.stdin.write(attack.model_dump_json().encode() + b"\n")
    process.stdin.close()

    async def last_line() -> Seen:
        return Seen.model_validate_json(await stdout.readline())

    assert (await asyncio.wait_for(stdout.readline(), _PATIENCE)).strip() == b"begun"
    siege = Siege(process, asyncio.create_task(last_line(), name="strangers"))
    try:
        yield siege
    finally:
        if not siege.over:
            process.kill()
        with contextlib.suppress(Exception):  # what was wrong with them, `seen` has told
            await siege._seen
        await process.wait()


class _Strangers:
    def __init__(self) -> None:
        self._answers: Counter[int] = Counter()
        self._unanswered = 0
        self._longest = 0.0
        self._outlived = 0
        self._began = time.monotonic()

    async def flood(self, order: Flood) -> None:
        numbers = iter(range(order.requests))
        _begun()

        async def work() -> None:
            connection = None
            for number in numbers:
                connection = await self._ask(
                    connection, order.port, order.says.replace("{n}", str(number)).encode("latin-1")
                )
            if connection is not None:
                connection[1].close()

        await asyncio.gather(*(work() for _ in range(order.at_once)))

    async def dawdle(self, order: Dawdle) -> None:
        here = 0
        end = time.monotonic() + order.seconds

        async def work() -> None:
            nonlocal here
            first = True
            while first or (order.returning and time.monotonic() < end):
                opened = await self._open(order.port)
                here += first
                if first and here == order.connections:
                    _begun()
                first = False
                if opened is not None:
                    await self._stay(order, *opened, until=end)
                if order.returning:
                    await asyncio.sleep(order.every)

        await asyncio.gather(*(work() for _ in range(order.connections)))

    def seen(self) -> Seen:
        return Seen(
            answers=dict(self._answers),
            unanswered=self._unanswered,
            seconds=time.monotonic() - self._began,
            longest=self._longest,
            outlived=self._outlived,
        )

    async def _open(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        try:
            return await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), _PATIENCE)
        except (OSError, TimeoutError):
            self._unanswered += 1
            return None

    async def _ask(
        self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None, port: int, says: bytes
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Ask once, on a new connection where there is none, and return the connection if it stays."""
        connection = connection or await self._open(port)
        if connection is None:
            return None
        reader, writer = connection
        try:
            writer.write(says)
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _PATIENCE)
        except (OSError, EOFError, TimeoutError):
            self._unanswered += 1
            writer.close()
            return None
        self._answers[int(answer.split(b" ", 2)[1])] += 1
        if b"connection: close" in answer.lower():
            writer.close()
            return None
        return connection

    async def _stay(
        self, order: Dawdle, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, until: float
    ) -> None:
        came = time.monotonic()
        hanging = asyncio.create_task(self._drip(order, writer))
        try:
            async with asyncio.timeout(max(0.0, until - came)):
                answer = await reader.read(65_536)
                while await reader.read(65_536):
                    pass
            if answer:
                self._answers[int(answer.split(b" ", 2)[1])] += 1
            else:
                self._unanswered += 1
        except TimeoutError:
            self._outlived += 1
        except OSError:
            self._unanswered += 1
        finally:
            hanging.cancel()
            writer.close()
        self._longest = max(self._longest, time.monotonic() - came)

    async def _drip(self, order: Dawdle, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(order.first.encode("latin-1"))
            while order.drip:
                await asyncio.sleep(order.every)
                writer.write(order.drip.encode("latin-1"))
                await writer.drain()


def _begun() -> None:
    sys.stdout.write("begun\n")
    sys.stdout.flush()


async def _main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, _DESCRIPTORS), hard))
    os.nice(_MANNERS)
    order = _ATTACK.validate_json(sys.stdin.readline())
    they = _Strangers()
    if isinstance(order, Flood):
        await they.flood(order)
    else:
        await they.dawdle(order)
    sys.stdout.write(they.seen().model_dump_json() + "\n")


if __name__ == "__main__":
    asyncio.run(_main())
