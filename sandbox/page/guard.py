"""Who may ask the page's server for what: nobody but the page itself, under a strict content security policy.

The server listens on loopback, which any page in the same browser can reach. A name that somebody else's DNS points
here ("DNS rebinding") is refused by its Host header, and a request that changes something by its Origin.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
"""Nothing from outside, no inline script or style, and no text that becomes markup."""
_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
_READING: Final = frozenset({"GET", "HEAD"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Refuses what does not come from the page.

    Args:
        host: What the server is bound to: an address, or a name.
    """

    def __init__(self, host: str) -> None:
        self._host = host.casefold()

    def allows_host(self, given: str) -> bool:
        """Return whether a Host header names this server by address, by "localhost", or as it was bound.

        An address cannot be rebound, a name can. Beyond loopback only where the server is bound beyond it.
        """
        name = (urlsplit(f"//{given}").hostname or "").casefold()
        if name in {"localhost", self._host}:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not self._on_loopback

    @property
    def _on_loopback(self) -> bool:
        try:
            return ipaddress.ip_address(self._host).is_loopback
        except ValueError:
            return self._host == "localhost"

    def refusal(self, request: web.Request) -> str | None:
        """Return why a request is refused, or None."""
        host = request.headers.get("Host", "")
        if not self.allows_host(host):
            return "This server is not called that."
        if request.method not in _READING and request.headers.get("Origin") != f"http://{host}":
            return "Only the page itself may do this."
        return None

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse, or pass on."""
        reason = self.refusal(request)
        if reason is not None:
            return web.json_response({"error": reason, "field": "", "code": 0}, status=403)
        return await handler(request)

    def add_to(self, app: web.Application) -> None:
        """Guard every route of `app`, and protect every answer, streamed and refused ones included."""
        app.middlewares.append(self.middleware)
        app.on_response_prepare.append(_protect)


async def _protect(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
