"""A request to the HTTP API, read: path, query, JSON body and files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiohttp import BodyPartReader, web

from sandbox.discord import errors
from sandbox.discord.clock import SECOND
from sandbox.discord.errors import ApiError
from sandbox.discord.json_types import decode
from sandbox.discord.uploads import UploadedFile

if TYPE_CHECKING:
    from sandbox.discord.clock import Clock
    from sandbox.discord.json_types import JsonValue

CHUNK: Final = 64 * 1024
_FILE_PART: Final = re.compile(r"files?(\[\d+\])?")


@dataclass(slots=True)
class Call:
    """One request.

    Attributes:
        body: the JSON body or a multipart's decoded `payload_json`; an empty object where there is none.
        has_body: whether there was one.
    """

    method: str
    path: str
    params: dict[str, str]
    query: dict[str, str]
    body: JsonValue = field(default_factory=dict)
    has_body: bool = False
    files: list[UploadedFile] = field(default_factory=list)

    def snowflake(self, name: str) -> int:
        """Return an id from the path.

        Raises:
            ApiError: it is not one (50035).
        """
        return _snowflake(name, self.params[name])

    def query_snowflake(self, name: str) -> int | None:
        """Return an id from the query string, or None.

        Raises:
            ApiError: it is not one (50035).
        """
        value = self.query.get(name)
        return None if value is None else _snowflake(name, value)

    def query_integer(self, name: str, default: int, least: int, most: int) -> int:
        """Return a number from the query string.

        Raises:
            ApiError: it is out of range (50035).
        """
        value = self.query.get(name, str(default))
        if not value.isdigit() or not least <= int(value) <= most:
            raise errors.invalid_field((name,), "NUMBER_TYPE_MAX", f"int value should be between {least} and {most}.")
        return int(value)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a status and JSON, or no body at all, and headers beyond the usual ones."""

    status: int = 200
    body: JsonValue = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is no body."""
        return self.status == 204


NO_CONTENT: Final = Reply(204)


def _snowflake(name: str, value: str) -> int:
    if not value.isdigit():
        message = f'Value "{value}" is not snowflake.'
        raise errors.invalid_field((name,), "NUMBER_TYPE_COERCE", message)
    return int(value)


async def read_body(call: Call, request: web.Request, clock: Clock, bytes_per_second: int | None) -> None:
    """Read a request's body into `call`, at most so fast.

    Raises:
        ApiError: the JSON is broken (50109) or the content type is none Discord takes (50035).
    """
    if not request.body_exists:
        return
    if request.content_type == "multipart/form-data":
        await _read_multipart(call, request, clock, bytes_per_second)
        return
    data = await request.read()
    if not data:
        return
    if request.content_type != "application/json":
        raise ApiError(400, 50035, "Invalid Form Body", {"_errors": [{"code": "CONTENT_TYPE_INVALID", "message": ""}]})
    call.body = _json(data)
    call.has_body = True


def _json(data: bytes) -> JsonValue:
    try:
        return decode(data)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None


async def _read_multipart(call: Call, request: web.Request, clock: Clock, bytes_per_second: int | None) -> None:
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise errors.invalid_field(("files",), "FILE_PART_NAME", "Nested multipart bodies are not taken.")
        name = part.name or ""
        data = bytearray()
        while chunk := await part.read_chunk(CHUNK):
            data += chunk
            if bytes_per_second is not None:
                await clock.sleep(len(chunk) * SECOND // bytes_per_second)
        if name == "payload_json":
            call.body = _json(bytes(data))
            call.has_body = True
        elif _FILE_PART.fullmatch(name) and part.filename is not None:
            call.files.append(UploadedFile(name, part.filename, bytes(data)))
        else:
            raise errors.invalid_field((name,), "UNKNOWN_KEY", "This form part is not documented")
