"""The frame around every route: faults, the bot's token, rate limits, errors as JSON, and observation."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aiohttp import web

from sandbox.discord import errors, faults
from sandbox.discord.clock import SECOND, http_date
from sandbox.discord.errors import ApiError
from sandbox.discord.faults import Fault, Faults
from sandbox.discord.json_types import JsonObject, JsonValue, encode
from sandbox.discord.observation import Exchange, Observation
from sandbox.discord.ratelimit import RateLimits, Verdict, coded_refusal, refusal
from sandbox.discord.rest.call import Call, Reply, read_body

if TYPE_CHECKING:
    from sandbox.discord.clock import Clock
    from sandbox.discord.config import DiscordConfig

_log = logging.getLogger(__name__)
PREFIX: Final = "/api/v10"
Handler = Callable[[Call], Awaitable[Reply]]
_RESOURCES: Final = ("channel_id", "guild_id", "webhook_id", "token", "interaction_id")
_REPORTED: Final = frozenset({400, 401, 405})
"""Statuses that mean the bot sent something wrong rather than met a state."""


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint; `by_token` ones are authorised by the token in their path."""

    method: str
    path: str
    handler: Handler
    by_token: bool = False


class RestApi:
    """Serves routes."""

    def __init__(self, config: DiscordConfig, clock: Clock, observation: Observation) -> None:
        self._config = config
        self._clock = clock
        self._observation = observation
        self.faults = Faults()
        self._limits = RateLimits(clock, config.limits)
        self._stopping = asyncio.Event()

    def add_routes(self, app: web.Application, routes: list[Route]) -> None:
        """Serve `routes` on `app`, and a recorded 404 for every other path below the prefix."""
        for route in routes:
            app.router.add_route(route.method, PREFIX + route.path, self._serving(route))
        app.router.add_route("*", "/api/{tail:.*}", self._unknown)
        app.on_response_prepare.append(self._date)

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Date an answer by the sandbox's own clock, which clients compare theirs with."""
        response.headers["Date"] = http_date(self._clock.now())

    def stop(self) -> None:
        """Let go of requests that hang on purpose."""
        self._stopping.set()

    def _serving(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._serve(route, request)

        return serve

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path.removeprefix(PREFIX)
        call = Call(request.method, path, {}, dict(request.query))
        self._observation.problem(f"{request.method} {path}", "no such route")
        return self._answered("", call, Reply(404, errors.no_such_route().body()), {})

    async def _serve(self, route: Route, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path.removeprefix(PREFIX)
        call = Call(request.method, path, dict(request.match_info), dict(request.query))
        fault = self.faults.take(request.method, path)
        if fault is not None and fault.kind == "reset":
            faults.cut(request)
            return web.Response()
        if fault is not None and fault.kind == "reset_upload":
            await faults.take_half(request)
            faults.cut(request)
            return web.Response()
        if fault is not None and fault.kind == "page":
            with contextlib.suppress(ApiError):
                await read_body(call, request, self._clock, None)
            return faults.page(fault)
        if fault is not None and fault.kind == "delay":
            await self._clock.sleep(int(fault.seconds * SECOND))
        verdict = self._verdict(route, call, fault)
        if verdict.refusal is not None:
            with contextlib.suppress(ApiError):
                # Observers are to see what was asked for, however it was asked.
                await read_body(call, request, self._clock, None)
            return self._answered(route.path, call, Reply(429, verdict.refusal), verdict.headers)
        reply = await self._answer(route, call, request, fault)
        lost = fault is not None and fault.kind in faults.LOST
        response = self._answered(route.path, call, reply, verdict.headers, delivered=not lost)
        if lost and fault is not None:
            return await self._lose(request, fault, verdict.headers)
        return response

    def _verdict(self, route: Route, call: Call, fault: Fault | None) -> Verdict:
        resource = "/".join(call.params[name] for name in _RESOURCES if name in call.params)
        verdict = self._limits.take(f"{route.method} {route.path}", resource, call.path)
        if fault is None or fault.kind != "rate_limit":
            return verdict
        scope = "global" if fault.global_ else "shared" if fault.shared else "user"
        headers = {} if fault.global_ else verdict.headers | {"X-RateLimit-Remaining": "0"}
        return refusal(fault.retry_after, scope=scope, global_=fault.global_, headers=headers)

    async def _answer(self, route: Route, call: Call, request: web.Request, fault: Fault | None) -> Reply:
        slow = fault.bytes_per_second if fault is not None and fault.kind == "slow_upload" else None
        try:
            if not route.by_token:
                self._check_token(request)
            await read_body(call, request, self._clock, slow)
            if fault is not None and fault.kind == "status":
                return _failure(fault)
            return await route.handler(call)
        except errors.RateLimited as limited:
            coded = coded_refusal(limited)
            return Reply(429, coded.refusal, coded.headers)
        except ApiError as error:
            if error.status in _REPORTED and error.code in (0, 50035, 50109):
                self._observation.problem(f"{call.method} {call.path}", f"{error} {error.errors or ''}")
            return Reply(error.status, error.body())
        except Exception as error:  # noqa: BLE001  (a mistake of the sandbox's own must not read as Discord's 500,
            # which clients try again for half a minute)
            _log.exception("%s %s failed", call.method, call.path)
            self._observation.problem(f"{call.method} {call.path}", f"the sandbox failed: {error!r}")
            return Reply(501, {"message": "501: the sandbox failed", "code": 0})

    def _check_token(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {self._config.token}":
            raise errors.unauthorized()

    async def _lose(self, request: web.Request, fault: Fault, headers: dict[str, str]) -> web.StreamResponse:
        if fault.kind == "lost_status":
            return _response(_failure(fault), headers)
        if fault.kind == "lost_hang":
            await self._stopping.wait()
        faults.cut(request)
        return web.Response()

    def _answered(
        self, route: str, call: Call, reply: Reply, headers: dict[str, str], *, delivered: bool = True
    ) -> web.Response:
        """Return the response and report the exchange."""
        response = _response(reply, headers)
        self._observation.exchange(
            Exchange(
                method=call.method,
                route=route,
                path=call.path,
                query=call.query,
                request=call.body if call.has_body else None,
                file_parts=tuple(file.part for file in call.files),
                status=reply.status,
                response=None if reply.empty else reply.body,
                headers=dict(response.headers),
                delivered=delivered,
            )
        )
        return response


def _failure(fault: Fault) -> Reply:
    body: JsonValue = fault.body if fault.body is not None else _default_body(fault.status)
    return Reply(fault.status, body)


def _default_body(status: int) -> JsonObject:
    return {"message": f"{status}: sandbox fault", "code": 0}


def _response(reply: Reply, headers: dict[str, str]) -> web.Response:
    if reply.empty:
        return web.Response(status=204, headers=headers | reply.headers)
    # The header is set as it is: `json_response` would add a charset, and discord.py would read plain text.
    return web.Response(
        status=reply.status,
        body=encode(reply.body),
        headers={**headers, **reply.headers, "Content-Type": "application/json"},
    )
