"""A network between a bot and the local services, as a process of its own: every byte arrives a little later.

    python -m bench.network --milliseconds 25 PORT [PORT ...]

prints, as one line of JSON, a port for each of these. From SIGUSR1 on, what goes through it takes so long each way;
until then, and for making a connection, it takes no time. The end of standard input, or another signal, stops it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
from collections.abc import Sequence
from typing import Final

from sandbox.stage.serving import stop_at_end_of_input, stop_signal

_PIECE: Final = 262_144


class DelayedLine:
    """Forwards connections to a port of this machine.

    Args:
        port: the port behind it.

    Attributes:
        seconds: how long each byte takes, each way.
    """

    def __init__(self, port: int) -> None:
        self.seconds = 0.0
        self._behind = port
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def open(self) -> int:
        """Listen; return the port."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        if talk is not None:
            self._talks.add(talk)
            talk.add_done_callback(self._talks.discard)
        with contextlib.suppress(OSError):
            behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", self._behind)
            try:
                await asyncio.gather(self._carry(reader, behind_writer), self._carry(behind_reader, writer))
            finally:
                behind_writer.close()
        writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(self._arrive(under_way, writer))
        loop = asyncio.get_running_loop()
        try:
            with contextlib.suppress(OSError):
                while piece := await reader.read(_PIECE):
                    under_way.put_nowait((loop.time() + self.seconds, piece))
            under_way.put_nowait((loop.time() + self.seconds, b""))
            await arriving
        finally:
            arriving.cancel()

    async def _arrive(self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while True:
                due, piece = await under_way.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                if not piece:
                    break
                writer.write(piece)
                await writer.drain()
        with contextlib.suppress(OSError):
            # Whoever reads is told that nothing more comes; what is said the other way goes on.
            writer.write_eof()


async def main(ports: Sequence[int], milliseconds: float) -> None:
    """Forward until told to stop."""
    stop = stop_signal()
    await stop_at_end_of_input(stop)
    lines = [DelayedLine(port) for port in ports]

    def slow_down() -> None:
        for line in lines:
            line.seconds = milliseconds / 1000

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, slow_down)
    try:
        print(json.dumps([await line.open() for line in lines]), flush=True)
        await stop.wait()
    finally:
        await asyncio.gather(*(line.close() for line in lines))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--milliseconds", type=float, required=True)
    parser.add_argument("ports", type=int, nargs="+")
    given = parser.parse_args()
    asyncio.run(main(given.ports, given.milliseconds))
