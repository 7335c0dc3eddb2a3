"""`POST /webhooks/piapi/{token}`: a hint that a task moved; nothing in the body is believed.

The secret is a bare header (provider notes §5), so it is checked before anything is read, and an accepted hint is
durable before it is answered. A body that makes no sense still makes its job due: the poll tells the truth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import HttpVersion11, web
from pydantic import SecretStr

from bot.jobs.ports import StoreUnavailable
from bot.piapi.webhook import SECRET_HEADER, SecretCheck, is_token, named_task
from bot.web.listener import CONNECTIONS, REFUSALS
from bot.web.outcomes import Outcome

BODY_LIMIT: Final = 256 * 1024
BODY_SECONDS: Final = 5.0
KEEPING_SECONDS: Final = 5.0
"""How long a hint may take to become durable; its sender comes again, and the poll needs no hint."""
_LIFE_SECONDS: Final = 30.0
"""How long a connection lives that has shown the secret: both of the above, and the pause until its next request."""
SECRET_MISSING: Final = 'Secret error="missing"'  # noqa: S105 - a header's value
SECRET_WRONG: Final = 'Secret error="wrong"'  # noqa: S105 - a header's value
"""What a 401 says, so that a proxy that takes the header away can be told from a wrong secret."""

Nudge = Callable[[str, str | None], Awaitable[bool]]
"""Hook token and task id, or None, to whether the token is known."""
Count = Callable[[str], None]
"""Takes one of `Outcome`."""
_NO_REFUSALS: Final = frozenset({Outcome.ACCEPTED, Outcome.UNKNOWN_TOKEN})


class _Unread(Exception):
    """A body was not read to its end; carries what is said and counted."""

    def __init__(self, outcome: Outcome, status: int) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome
        self.status = status


class WebhookEndpoint:
    """Receives the provider's webhooks."""

    def __init__(self, secret: SecretStr, nudge: Nudge, count: Count = lambda _outcome: None) -> None:
        """Accept only requests that carry `secret`; tell `count` what came of each."""
        self._is_authentic = SecretCheck(secret)
        self._nudge = nudge
        self._count = count

    async def expect(self, request: web.Request) -> web.Response | None:
        """Let a sender that asks first send its body only if it knows the secret."""
        refusal = self._refusal(request)
        asks = request.headers.get("Expect", "").lower() == "100-continue"
        if refusal is None and asks and request.version == HttpVersion11:
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # as aiohttp's own does: the answer proper has not begun
        return refusal

    async def handle(self, request: web.Request) -> web.Response:
        """Answer 204 to whoever knows the secret, 401 to anyone else, 503 where the hint could not be kept."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        request.app[CONNECTIONS].trust(request, _LIFE_SECONDS)
        try:
            body = await _read(request)
        except _Unread as unread:
            self._note(request, unread.outcome)
            return web.Response(status=unread.status, headers={"Connection": "close"})
        outcome = await self._keep(request.match_info["token"], body)
        self._note(request, outcome)
        return web.Response(status=503 if outcome is Outcome.NOT_KEPT else 204)

    def _refusal(self, request: web.Request) -> web.Response | None:
        given = request.headers.getall(SECRET_HEADER, [])
        if self._is_authentic(given):
            return None
        shown = any(given)
        self._note(request, Outcome.WRONG_SECRET if shown else Outcome.NO_SECRET)
        return web.Response(status=401, headers={"WWW-Authenticate": SECRET_WRONG if shown else SECRET_MISSING})

    async def _keep(self, token: str, body: bytes) -> Outcome:
        if not is_token(token):
            return Outcome.UNKNOWN_TOKEN
        try:
            async with asyncio.timeout(KEEPING_SECONDS):
                known = await self._nudge(token, named_task(body))
        except (StoreUnavailable, TimeoutError):
            return Outcome.NOT_KEPT
        return Outcome.ACCEPTED if known else Outcome.UNKNOWN_TOKEN

    def _note(self, request: web.Request, outcome: Outcome) -> None:
        self._count(outcome.value)
        if outcome not in _NO_REFUSALS:
            request.app[REFUSALS].note(f"webhook_{outcome}")


async def _read(request: web.Request) -> bytes:
    """Return the whole body.

    Raises:
        _Unread: it is too large, comes too slowly, ends early, or is not framed as it should be.
    """
    if (request.content_length or 0) > BODY_LIMIT:
        raise _Unread(Outcome.TOO_LARGE, 413)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        raise _Unread(Outcome.TOO_SLOW, 408) from None
    except web.HTTPRequestEntityTooLarge:
        raise _Unread(Outcome.TOO_LARGE, 413) from None
    except web.RequestPayloadError:
        raise _Unread(Outcome.MALFORMED, 400) from None
    except ConnectionError:
        raise _Unread(Outcome.BROKEN_OFF, 400) from None
