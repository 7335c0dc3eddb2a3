"""The bot's side of the socket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog
from pydantic import ValidationError

from bot.control.address import SOCKET_NAME, reachable
from bot.control.errors import Refused, SocketUnusable
from bot.control.protocol import LINE_LIMIT, VERSION, Answer, Question, Request, Response

_BACKLOG: Final = 8
_PROBE_SECONDS: Final = 1.0
_MOST: Final = 32
"""Connections at once; more are hung up on, so that whatever leaves them open takes not the bot's own sockets."""

log = structlog.get_logger(__name__)

AnswerT = TypeVar("AnswerT", bound=Answer)
QuestionT = TypeVar("QuestionT", bound=Question[Any])


@dataclass(frozen=True, slots=True)
class Verb:
    """A question and who answers it. Made by `verb`."""

    question: type[Question[Any]]
    handle: Callable[[Any, AsyncExitStack], Awaitable[Answer]]


def verb(question: type[QuestionT], handle: Callable[[QuestionT, AsyncExitStack], Awaitable[Answer]]) -> Verb:
    """Return a verb.

    Args:
        question: what is asked.
        handle: answers it, or raises `Refused`; what it pushes onto the stack is undone when the connection ends.
    """
    return Verb(question, handle)


class ControlServer:
    """Answers on the socket, one connection beside the other."""

    def __init__(self, data_dir: Path, verbs: Iterable[Verb]) -> None:
        """Keep what can be asked."""
        self._data_dir = data_dir
        self._verbs = {one.question.verb: one for one in verbs}
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._made: tuple[int, int] | None = None

    async def start(self) -> None:
        """Listen; a socket that a crash left behind is replaced.

        Raises:
            SocketUnusable: no socket can be made there, or another process answers on it.
        """
        with reachable(self._data_dir) as path:
            try:
                listener, self._made = _bound(path)
            except OSError as error:
                raise SocketUnusable(f"the socket cannot be made: {error.strerror or error}") from error
        self._server = await asyncio.start_unix_server(self._connected, sock=listener, limit=LINE_LIMIT)

    async def stop(self) -> None:
        """Close every connection and take the socket away, if it is still ours."""
        if self._server is None:
            return
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        path = self._data_dir / SOCKET_NAME
        with contextlib.suppress(FileNotFoundError):
            found = path.lstat()
            if (found.st_dev, found.st_ino) == self._made:
                path.unlink()
        self._server = None

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= _MOST:
            writer.close()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with AsyncExitStack() as connection:
                # A line that is too long is a ValueError; whoever sends one is not answered.
                with contextlib.suppress(ConnectionError, ValueError):
                    while line := await reader.readline():
                        response = await self._answer(line, connection)
                        writer.write(response.model_dump_json().encode() + b"\n")
                        await writer.drain()
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, line: bytes, connection: AsyncExitStack) -> Response:
        try:
            request = Request.model_validate_json(line)
        except ValidationError:
            return Response(refused="that is no request: a JSON object with v, verb and arguments on one line is")
        if request.v != VERSION:
            return Response(refused=f"the running bot speaks version {VERSION}, not {request.v}: start it again")
        found = self._verbs.get(request.verb)
        if found is None:
            known = ", ".join(sorted(self._verbs))
            return Response(refused=f"the running bot knows no {request.verb!r}, only {known}")
        try:
            question = found.question.model_validate(request.arguments)
        except ValidationError as error:
            fields = ", ".join(str(one["loc"][0]) for one in error.errors() if one["loc"])
            return Response(refused=f"{request.verb}: wrong arguments: {fields}")
        try:
            answer = await found.handle(question, connection)
        except Refused as error:
            return Response(refused=str(error))
        except Exception:  # a defect of one verb must not end the bot, and the log says what it was
            log.exception("control_verb_failed", verb=request.verb)
            return Response(refused=f"{request.verb} failed; the running bot's log says why")
        return Response(answer=answer.model_dump(mode="json"))


def _bound(path: str) -> tuple[socket.socket, tuple[int, int]]:
    """Return a socket that listens at a path and that nobody but this user can open, and its file's identity.

    Raises:
        OSError: it cannot be made.
        SocketUnusable: another process answers there.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _clear(path)
        listener.bind(path)
        Path(path).chmod(stat.S_IRUSR | stat.S_IWUSR)
        # Before this nobody can connect, whatever its mode was.
        listener.listen(_BACKLOG)
        listener.setblocking(False)
        made = os.lstat(path)
    except BaseException:
        listener.close()
        raise
    return listener, (made.st_dev, made.st_ino)


def _clear(path: str) -> None:
    """Take away what a crashed process left."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise SocketUnusable(f"{SOCKET_NAME} in DATA_DIR is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        # Where a stopped process has a full queue, connecting would wait for ever; a queue is somebody's.
        probe.settimeout(_PROBE_SECONDS)
        try:
            probe.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            Path(path).unlink(missing_ok=True)
            return
        except (TimeoutError, BlockingIOError):
            pass
    raise SocketUnusable("another process with the same DATA_DIR answers on it")
