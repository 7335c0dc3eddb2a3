"""What every route of the person's and the operator's API has in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

from aiohttp import web
from pydantic import Field, TypeAdapter

from sandbox.discord.bodies.base import Body, parse
from sandbox.discord.client.rules import ClientRefusal
from sandbox.discord.errors import ApiError
from sandbox.discord.json_types import JsonValue, decode, encode

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject

Handler = Callable[[web.Request], Awaitable[JsonValue]]
Parsed = TypeVar("Parsed", bound=Body)
MAX_WAIT: Final = 120.0
"""The longest that a request waits, in seconds."""


class PickedFile(Body):
    """A file in a request."""

    filename: str
    data: str
    description: Annotated[str | None, Field(max_length=1024)] = None
    content_type: str | None = None


async def read(request: web.Request, model: type[Parsed]) -> Parsed:
    """Return a request's body.

    Raises:
        ApiError: it is not what the route takes.
    """
    data = await request.read()
    try:
        value = decode(data) if data else {}
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
    return parse(TypeAdapter(model), value)


def seconds(request: web.Request, default: float = 0.0) -> float:
    """Return how long a request is willing to wait."""
    try:
        wanted = float(request.query.get("timeout", default))
    except ValueError:
        return default
    return min(max(wanted, 0.0), MAX_WAIT)


def serving(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return an aiohttp handler that answers JSON and turns refusals into sentences."""

    async def serve(request: web.Request) -> web.Response:
        try:
            return answer(200, await handler(request))
        except ClientRefusal as refusal:
            return answer(422, {"error": refusal.reason, "field": refusal.field, "code": 0})
        except ApiError as error:
            refused: JsonObject = {"error": error.message, "field": "", "code": error.code}
            if error.errors is not None:
                refused["errors"] = error.errors
            return answer(error.status, refused)

    return serve


def answer(status: int, body: JsonValue) -> web.Response:
    """Return a JSON response."""
    return web.Response(status=status, body=encode(body), content_type="application/json")
