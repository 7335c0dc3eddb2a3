"""Answers that are no proper answers: gateway pages, broken bodies, resets, silence."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from aiohttp import web

from sandbox.piapi.wire import answer, body_of, refusal, success

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.piapi.specs import JsonObject

_GATEWAY_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
    b"<body><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></body></html>\n"
)
_ELSEWHERE: Final = "http://127.0.0.1:9/"
"""The discard port of this machine: nothing listens there, and following is harmless."""
_LOOK_SECONDS: Final = 0.05
DEFAULT_HANG_SECONDS: Final = 600.0
DEFAULT_RETRY_AFTER: Final = 7.0


class Fault(StrEnum):
    """What happens instead of an answer; usable on every route."""

    SERVER_ERROR = "server-error"
    """Empty 500."""
    UNAVAILABLE = "unavailable"
    """503 with a short text."""
    GATEWAY_502 = "gateway-502"
    """HTML page, 502."""
    GATEWAY_200 = "gateway-200"
    """HTML page, 200."""
    BROKEN_JSON = "broken-json"
    """Half a JSON body, 200."""
    RATE_LIMITED = "rate-limited"
    """429 with Retry-After."""
    RATE_LIMITED_BARE = "rate-limited-bare"
    """429 without Retry-After."""
    UNAUTHORIZED = "unauthorized"
    """401, as for an invalid key."""
    NOT_FOUND = "not-found"
    """404, as for an unknown task."""
    REDIRECTED = "redirected"
    """301 to a port where nothing listens."""
    RESET = "reset"
    """The connection is reset."""
    HANG = "hang"
    """Nothing, until the client goes or the time is over; then a reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFault:
    """A fault for the next requests of a route.

    Attributes:
        route: Route name as counted ("create", "get", "cancel", "account", "active", "history", "output").
        fault: What happens.
        times: For how many requests; None until cleared.
        seconds: Retry-After, or how long to hang.
    """

    route: str
    fault: Fault
    times: int | None = 1
    seconds: float | None = None


class WaitingFaults:
    """Faults waiting for requests, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[WaitingFault] = []

    def add(self, fault: WaitingFault) -> None:
        """Put a fault behind those that wait."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget every fault."""
        self._waiting.clear()

    def take(self, route: str) -> WaitingFault | None:
        """The fault for this request of `route`, if one waits."""
        for position, waiting in enumerate(self._waiting):
            if waiting.route != route:
                continue
            if waiting.times is not None:
                left = waiting.times - 1
                if left:
                    self._waiting[position] = WaitingFault(
                        route=route, fault=waiting.fault, times=left, seconds=waiting.seconds
                    )
                else:
                    del self._waiting[position]
            return waiting
        return None


async def play_fault(
    request: web.Request, fault: Fault, *, seconds: float | None, stopping: asyncio.Event
) -> web.Response:
    """Carry a fault out.

    Args:
        request: The request that meets it.
        fault: What happens.
        seconds: Retry-After of a rate limit, or how long a hang lasts.
        stopping: Set when the server goes down, so that a hang does not hold it up.
    """
    if fault is Fault.RESET:
        return reset(request)
    if fault is Fault.HANG:
        await hang(request, DEFAULT_HANG_SECONDS if seconds is None else seconds, stopping)
        return reset(request)
    if fault is Fault.RATE_LIMITED:
        after = DEFAULT_RETRY_AFTER if seconds is None else seconds
        return answer(refusal(429, "rate limit exceeded: too many requests"), 429, {"Retry-After": f"{after:g}"})
    page = _PAGES.get(fault)
    if page is not None:
        return web.Response(status=page[0], body=page[1], content_type=page[2], headers=page[3])
    status, message = _REFUSALS[fault]
    return answer(refusal(status, message), status)


def reset(request: web.Request) -> web.Response:
    """Cut the connection with a TCP reset; the returned response goes nowhere."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)


async def hang(request: web.Request, seconds: float, stopping: asyncio.Event) -> None:
    """Stay silent, in real time, until the client leaves, the server stops or `seconds` are over."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until and not stopping.is_set():
        if request.transport is None or request.transport.is_closing():
            return
        await asyncio.sleep(_LOOK_SECONDS)


def half(payload: JsonObject) -> web.Response:
    """A JSON answer whose second half is missing."""
    body = body_of(payload)
    return web.Response(body=body[: len(body) // 2], content_type="application/json", charset="utf-8")


_PAGES: Final[Mapping[Fault, tuple[int, bytes, str, dict[str, str]]]] = {
    Fault.SERVER_ERROR: (500, b"", "text/plain", {}),
    Fault.UNAVAILABLE: (503, b"upstream connect error", "text/plain", {}),
    Fault.GATEWAY_502: (502, _GATEWAY_PAGE, "text/html", {}),
    Fault.GATEWAY_200: (200, _GATEWAY_PAGE, "text/html", {}),
    Fault.BROKEN_JSON: (200, body_of(success({"task_id": ""}))[:20], "application/json", {}),
    Fault.REDIRECTED: (301, b"", "text/plain", {"Location": _ELSEWHERE}),
}
_REFUSALS: Final[Mapping[Fault, tuple[int, str]]] = {
    Fault.RATE_LIMITED_BARE: (429, "rate limit exceeded: too many requests"),
    Fault.UNAUTHORIZED: (401, "invalid api key"),
    Fault.NOT_FOUND: (404, "task not found"),
}
