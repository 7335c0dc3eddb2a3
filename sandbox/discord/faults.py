"""Faults on demand: what goes wrong with the next requests that match a pattern."""

from __future__ import annotations

import fnmatch
import math
import socket
import struct
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Literal, get_args

from aiohttp import web

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject

FaultKind = Literal[
    "status",
    "page",
    "rate_limit",
    "reset",
    "reset_upload",
    "lost_reset",
    "lost_hang",
    "lost_status",
    "slow_upload",
    "delay",
]
"""`status` answers an HTTP status (with `body` if given) and does nothing else; `page` answers one as a proxy in front
of Discord does, with HTML, without `Via` and without limits (429 is Cloudflare's ban); `rate_limit` answers 429;
`reset` cuts the connection before anything is done, `reset_upload` once half of the body has come; `lost_reset`,
`lost_hang` and `lost_status` do the work and then cut the connection, never answer, or answer an HTTP status all the
same (with `body` if given; 5xx, which clients try again by themselves); `slow_upload` reads the body at
`bytes_per_second`; `delay` waits `seconds` before doing anything."""

_CLOUDFLARE: Final = {429: "Error 1015: You are being rate limited", 520: "Web server returns an unknown error"}
"""Statuses that Cloudflare has names of its own for."""
KINDS: Final[tuple[FaultKind, ...]] = get_args(FaultKind)
LOST: Final[frozenset[FaultKind]] = frozenset({"lost_reset", "lost_hang", "lost_status"})
"""Everything is done, and the client does not learn of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of trouble.

    Attributes:
        method: the HTTP method it waits for, or "*".
        path: a shell-style pattern for the path below `/api/v10`, such as "/channels/*/messages".
        times: how many matching requests it hits.
        seconds: how long a `delay` waits, in the sandbox's time.
        retry_after: of a `rate_limit` or a `page` with status 429, in seconds; 0 leaves it out of the page's headers.
        shared: whether a `rate_limit` has the scope `shared` rather than `user`.
    """

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    times: int = 1
    status: int = 500
    body: JsonObject | None = None
    seconds: float = 0.0
    retry_after: float = 1.0
    global_: bool = False
    shared: bool = False
    bytes_per_second: int = 1 << 20

    def matches(self, method: str, path: str) -> bool:
        """Return whether it waits for such a request."""
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)


@dataclass(slots=True)
class _Armed:
    fault: Fault
    left: int


class Faults:
    """The faults that wait for a request, first in first out."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        self._armed.append(_Armed(fault, fault.times))

    def clear(self) -> None:
        """Disarm everything."""
        self._armed.clear()

    @property
    def pending(self) -> list[Fault]:
        """Those that have not yet hit all they wait for."""
        return [armed.fault for armed in self._armed]

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault that hits this request, if any."""
        for armed in self._armed:
            if armed.fault.matches(method, path):
                armed.left -= 1
                if armed.left <= 0:
                    self._armed.remove(armed)
                return armed.fault
        return None


def cut(request: web.BaseRequest) -> None:
    """Reset a request's connection: the client sees ECONNRESET, not an orderly end."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def take_half(request: web.BaseRequest) -> None:
    """Read the first half of a request's body."""
    left = (request.content_length or 0) // 2
    while left > 0:
        chunk = await request.content.read(left)
        if not chunk:
            return
        left -= len(chunk)


def page(fault: Fault) -> web.Response:
    """Return what a proxy in front of Discord says of its own accord."""
    headers = {"Server": "cloudflare", "Content-Type": "text/html; charset=UTF-8"}
    if fault.status == HTTPStatus.TOO_MANY_REQUESTS and fault.retry_after:
        headers["Retry-After"] = str(math.ceil(fault.retry_after))
    reason = _CLOUDFLARE.get(fault.status) or HTTPStatus(fault.status).phrase
    body = f"<!DOCTYPE html><html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>"
    return web.Response(status=fault.status, body=body.encode(), headers=headers)
