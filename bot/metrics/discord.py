"""Measures Discord: its REST requests, its gateway, and how soon interactions are answered."""

from __future__ import annotations

import re
from collections import OrderedDict
from time import perf_counter
from types import SimpleNamespace
from typing import Final

import aiohttp

from bot.metrics.instruments import Instruments

_ROUTES: Final = tuple(
    (method, re.compile(pattern), word)
    for method, pattern, word in (
        ("POST", r"/interactions/(?P<id>\d+)/[^/]+/callback", "interaction_callback"),
        ("", r"/webhooks/.*", "interaction_followup"),
        ("POST", r"/channels/\d+/messages", "message_create"),
        ("PATCH", r"/channels/\d+/messages/\d+", "message_edit"),
        ("", r"/channels/\d+/messages.*", "message_other"),
        ("", r"/channels/.*", "channel"),
        ("", r"/guilds/.*", "guild"),
        ("", r"/users/@me/channels", "direct_message_open"),
        ("", r"/users/.*", "user"),
        ("", r"/(applications|oauth2)/.*", "application"),
        ("", r"/(gateway.*)?", "gateway"),
    )
)
_VERSION: Final = re.compile(r"/api/v\d+(?=/)")
_MOST_WAITING: Final = 1000
"""Interactions that nobody answers must not be remembered for ever."""
_TOO_MANY: Final = 429
_REFUSED: Final = 400
_BROKEN: Final = 500


def route_of(method: str, path: str) -> tuple[str, int | None]:
    """Return a route's class, and the interaction that it answers, if any."""
    path = _VERSION.sub("", path, count=1)
    for wanted, pattern, word in _ROUTES:
        found = pattern.fullmatch(path) if wanted in {"", method} else None
        if found is not None:
            return word, int(found["id"]) if "id" in pattern.groupindex else None
    return "other", None


class DiscordFigures:
    """Counts what goes to and comes from Discord; also a `cogs.tree.CommandWatch`."""

    def __init__(self, instruments: Instruments) -> None:
        """Count into these."""
        self._to = instruments
        self._arrived: OrderedDict[int, tuple[str, float]] = OrderedDict()

    def trace(self) -> aiohttp.TraceConfig:
        """Return what the client's HTTP session is to be traced by."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._started)
        trace.on_request_end.append(self._ended)
        trace.on_request_exception.append(self._failed)
        return trace

    def arrived(self, interaction_id: int, kind: str) -> None:
        """Note that an interaction came in."""
        self._arrived[interaction_id] = (kind, perf_counter())
        while len(self._arrived) > _MOST_WAITING:
            self._arrived.popitem(last=False)

    def ended(self, command: str, outcome: str) -> None:
        """Count a command."""
        self._to.commands.labels(command=command or "unknown", outcome=outcome).inc()

    async def identified(self) -> None:
        """Count a new session."""
        self._to.gateway_sessions.labels(how="identified").inc()

    async def resumed(self) -> None:
        """Count a session taken up again."""
        self._to.gateway_sessions.labels(how="resumed").inc()

    async def lost(self) -> None:
        """Count a connection that is gone."""
        self._to.gateway_losses.inc()

    async def _started(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, _request: aiohttp.TraceRequestStartParams
    ) -> None:
        context.began = perf_counter()

    async def _ended(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, request: aiohttp.TraceRequestEndParams
    ) -> None:
        route, interaction_id = route_of(request.method, request.url.path)
        status = request.response.status
        self._note(route, _outcome(status), context.began)
        if interaction_id is not None and status < _REFUSED:
            self._responded(interaction_id)

    async def _failed(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, request: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._note(route_of(request.method, request.url.path)[0], "no_answer", context.began)

    def _note(self, route: str, outcome: str, began: float) -> None:
        self._to.discord_requests.labels(route=route, outcome=outcome).observe(perf_counter() - began)

    def _responded(self, interaction_id: int) -> None:
        kind, at = self._arrived.pop(interaction_id, ("", 0.0))
        if kind:
            self._to.first_response.labels(kind=kind).observe(perf_counter() - at)


def _outcome(status: int) -> str:
    if status == _TOO_MANY:
        return "rate_limited"
    return "server_error" if status >= _BROKEN else "refused" if status >= _REFUSED else "ok"
