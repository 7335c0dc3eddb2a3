"""Repeats what is safe to repeat: reading and cancelling, never buying."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
from typing_extensions import override

from bot.clock import SECOND

RETRIED_METHODS: Final = frozenset({"GET", "DELETE"})
RETRIED_STATUSES: Final = frozenset({429, 502, 503, 504})
_RETRIED_ERRORS: Final = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)
MAX_BODY_BYTES: Final = 4 * 1024 * 1024
"""A page of a hundred history rows is well under one megabyte."""


class BodyTooLarge(httpx.TransportError):
    """The answer's body is larger than any answer of the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often, and how long to wait; milliseconds.

    Attributes:
        attempts: tries in all.
        first: the ceiling of the first wait; it doubles.
        longest: no wait is longer, whatever Retry-After says.
    """

    attempts: int = 4
    first: int = 500
    longest: int = 8 * SECOND

    def wait(self, attempt: int, retry_after: int | None, jitter: Callable[[], float]) -> int:
        """Return how long to wait after try number `attempt` (from 1), in milliseconds.

        Full jitter: anything from nothing to the ceiling, so that many clients do not return together. A Retry-After
        is kept to, up to `longest`.
        """
        if retry_after is not None:
            return min(retry_after, self.longest)
        return round(min(self.longest, self.first << (attempt - 1)) * jitter())


def retry_after_ms(headers: httpx.Headers, now: int) -> int | None:
    """Return what a Retry-After header asks for, in milliseconds from `now`; None where it is absent or odd.

    Args:
        headers: the answer's headers; seconds and HTTP dates are both understood.
        now: UTC milliseconds.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        # ASCII digits alone: "nan", "-1" and "1_0" are numbers to float().
        if value.isascii() and value.replace(".", "", 1).isdigit():
            return round(float(value) * SECOND)
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0, round((moment - datetime.fromtimestamp(now / SECOND, UTC)).total_seconds() * SECOND))
    except (ValueError, OverflowError):
        return None


class _Chunks(httpx.AsyncByteStream):
    """A body read before, chunk by chunk as it came."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk


class RetryTransport(httpx.AsyncBaseTransport):
    """Repeats GET and DELETE on overload and broken connections; passes everything else through untouched.

    Bodies of repeated methods are read here, so that a connection lost halfway is repeated too.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        sleep: Callable[[int], Awaitable[None]],
        now: Callable[[], int],
        policy: RetryPolicy | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Wrap a transport.

        Args:
            inner: what really sends.
            sleep: waits for milliseconds.
            now: UTC milliseconds.
            policy: how often and how long.
            jitter: a number from 0 to 1.
        """
        self._inner = inner
        self._sleep = sleep
        self._now = now
        self._policy = policy or RetryPolicy()
        self._jitter = jitter

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, again where that is safe and of use.

        Raises:
            httpx.TransportError: the last try's.
        """
        if request.method not in RETRIED_METHODS:
            return await self._inner.handle_async_request(request)
        for attempt in range(1, self._policy.attempts):
            retry_after = None
            try:
                response = await self._whole(request)
            except _RETRIED_ERRORS:
                pass  # a broken connection says nothing that the next try does not say better
            else:
                if response.status_code not in RETRIED_STATUSES:
                    return response
                retry_after = retry_after_ms(response.headers, self._now())
            await self._sleep(self._policy.wait(attempt, retry_after, self._jitter))
        return await self._whole(request)

    @override
    async def aclose(self) -> None:
        """Close what really sends."""
        await self._inner.aclose()

    async def _whole(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        chunks: list[bytes] = []
        size = 0
        try:
            assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - every async transport's is
            async for chunk in response.stream:
                size += len(chunk)
                if size > MAX_BODY_BYTES:
                    raise BodyTooLarge("body too large", request=request)
                chunks.append(chunk)
        finally:
            await response.aclose()
        return httpx.Response(
            response.status_code, headers=response.headers, stream=_Chunks(chunks), extensions=response.extensions
        )
