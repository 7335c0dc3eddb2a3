"""The command line's side of the socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeVar, cast

from pydantic import ValidationError

from bot.control.address import reachable
from bot.control.errors import BotGone, NoBot, Refused, SocketUnusable
from bot.control.protocol import LINE_LIMIT, VERSION, Answer, Question, Request, Response

CONNECT_SECONDS: Final = 5.0

AnswerT = TypeVar("AnswerT", bound=Answer)


class ControlConnection:
    """A connection to the running bot. Made by `connect`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep both directions."""
        self._reader = reader
        self._writer = writer

    async def ask(self, question: Question[AnswerT], *, seconds: float = 10.0) -> AnswerT:
        """Return the bot's answer.

        Args:
            question: what is asked.
            seconds: how long it may take.

        Raises:
            BotGone: no answer came.
            Refused: the bot will not, or cannot.
        """
        request = Request(v=VERSION, verb=question.verb, arguments=question.model_dump(mode="json"))
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(request.model_dump_json().encode() + b"\n")
                await self._writer.drain()
                line = await self._reader.readline()
        except (OSError, ValueError) as error:
            late = isinstance(error, TimeoutError)
            raise BotGone(f"the running bot {'did not answer in time' if late else 'went away'}") from error
        if not line:
            raise BotGone("the running bot went away")
        try:
            response = Response.model_validate_json(line)
            if response.answer is None:
                raise Refused(response.refused)
            return cast("AnswerT", question.answer.model_validate(response.answer))
        except ValidationError:
            raise BotGone("the running bot answers what this version does not understand: start it again") from None


@asynccontextmanager
async def connect(data_dir: Path) -> AsyncIterator[ControlConnection]:
    """Connect to the bot that runs on a DATA_DIR.

    Raises:
        NoBot: none does.
        SocketUnusable: the socket belongs to another user, or cannot be reached here.
    """
    with reachable(data_dir) as path:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_unix_connection(path, limit=LINE_LIMIT)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            raise NoBot("no bot runs on this DATA_DIR") from None
        except PermissionError as error:
            raise SocketUnusable("the running bot belongs to another user: run this as that user") from error
        except OSError as error:
            raise SocketUnusable(f"the running bot cannot be reached: {error.strerror or error}") from error
    try:
        yield ControlConnection(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
