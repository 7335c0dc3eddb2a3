"""Rate limits: a bucket per route and top-level resource, the headers of every answer, real 429s.

Source: developers/topics/rate-limits. Buckets refill whole at the end of their window.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.discord.clock import SECOND
from sandbox.discord.json_types import encode

if TYPE_CHECKING:
    from sandbox.discord.clock import Clock
    from sandbox.discord.config import Bucket, LimitsConfig
    from sandbox.discord.errors import RateLimited
    from sandbox.discord.json_types import JsonObject

EXEMPT: Final = ("/interactions/", "/webhooks/")
"""Paths to which the global limit does not apply."""


@dataclass(slots=True)
class _Window:
    used: int
    resets_at: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say about one request: headers to send, and a body if it is refused."""

    headers: dict[str, str]
    refusal: JsonObject | None = None


def coded_refusal(error: RateLimited) -> Verdict:
    """Return the 429 of a limit that has an error code of its own."""
    verdict = refusal(error.retry_after, scope="shared", global_=False, headers={})
    body: JsonObject = {**(verdict.refusal or {}), "message": error.message, "code": error.code}
    return Verdict(verdict.headers, body)


def refusal(retry_after: float, *, scope: str, global_: bool, headers: dict[str, str]) -> Verdict:
    """Return a 429: Retry-After in whole seconds, `Via` as Discord's own proxies set it."""
    extra = {
        "Retry-After": str(math.ceil(retry_after)),
        "X-RateLimit-Scope": scope,
        "Via": "1.1 google",
        **headers,
    }
    if global_:
        extra["X-RateLimit-Global"] = "true"
    return Verdict(
        extra,
        {"message": "You are being rate limited.", "retry_after": round(retry_after, 3), "global": global_},
    )


class RateLimits:
    """Counts requests."""

    def __init__(self, clock: Clock, limits: LimitsConfig) -> None:
        self._clock = clock
        self._limits = limits
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, route: str, resource: str, path: str) -> Verdict:
        """Count a request to `route` ("POST /channels/{channel_id}/messages") under a top-level resource."""
        now = self._clock.now() / SECOND
        if not path.startswith(EXEMPT):
            window = self._window(("", ""), self._limits.global_bucket, now)
            if window.used > self._limits.global_bucket.limit:
                return refusal(window.resets_at - now, scope="global", global_=True, headers={})
        bucket = self._limits.buckets.get(route, self._limits.default_bucket)
        window = self._window((route, resource), bucket, now)
        headers = self._headers(route, bucket, window, now)
        if window.used > bucket.limit:
            return refusal(window.resets_at - now, scope="user", global_=False, headers=headers)
        return Verdict(headers)

    def _window(self, key: tuple[str, str], bucket: Bucket, now: float) -> _Window:
        window = self._windows.get(key)
        if window is None or window.resets_at <= now:
            window = self._windows[key] = _Window(0, now + bucket.window)
        window.used += 1
        return window

    @staticmethod
    def _headers(route: str, bucket: Bucket, window: _Window, now: float) -> dict[str, str]:
        name = hashlib.sha256(encode(route)).hexdigest()[:32]
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(max(bucket.limit - window.used, 0)),
            "X-RateLimit-Reset": f"{window.resets_at:.3f}",
            "X-RateLimit-Reset-After": f"{window.resets_at - now:.3f}",
            "X-RateLimit-Bucket": name,
        }
