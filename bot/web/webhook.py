"""`POST /webhooks/piapi/{token}`: a hint that a task moved; nothing in the body is believed.

The secret is a bare header (provider notes §5), so it is checked before anything is read, and an accepted hint is
durable before it is answered. A body that makes no sense still makes its job due: the poll tells the truth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from pydantic import SecretStr

from bot.jobs.ports import StoreUnavailable
from bot.piapi.webhook import SECRET_HEADER, is_authentic, named_task

BODY_LIMIT: Final = 256 * 1024
BODY_SECONDS: Final = 5.0
SECRET_MISSING: Final = 'Secret error="missing"'  # noqa: S105 - a header's value
SECRET_WRONG: Final = 'Secret error="wrong"'  # noqa: S105 - a header's value
"""What a 401 says, so that a proxy that takes the header away can be told from a wrong secret."""

Nudge = Callable[[str, str | None], Awaitable[bool]]
"""Hook token and task id, or None, to whether the token is known."""
Count = Callable[[str], None]
"""Takes one of: accepted, unknown_token, no_secret, wrong_secret, too_slow, too_large, not_kept."""


class WebhookEndpoint:
    """Receives the provider's webhooks."""

    def __init__(self, secret: SecretStr, nudge: Nudge, count: Count = lambda _outcome: None) -> None:
        """Accept only requests that carry `secret`; tell `count` what came of each."""
        self._secret = secret
        self._nudge = nudge
        self._count = count

    async def handle(self, request: web.Request) -> web.Response:
        """Answer 204 to whoever knows the secret, 401 to anyone else, 503 where the hint could not be kept."""
        given = request.headers.get(SECRET_HEADER)
        if not is_authentic(given, self._secret):
            self._count("wrong_secret" if given else "no_secret")
            return web.Response(status=401, headers={"WWW-Authenticate": SECRET_WRONG if given else SECRET_MISSING})
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            self._count("too_slow")
            return web.Response(status=408, headers={"Connection": "close"})
        except web.HTTPRequestEntityTooLarge:
            self._count("too_large")
            raise
        try:
            known = await self._nudge(request.match_info["token"], named_task(body))
        except StoreUnavailable:
            self._count("not_kept")
            return web.Response(status=503)
        self._count("accepted" if known else "unknown_token")
        return web.Response(status=204)
