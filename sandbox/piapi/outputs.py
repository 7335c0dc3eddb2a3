"""Serves finished clips, and the ways in which that goes wrong."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Final

from aiohttp import web

from sandbox.clips import first_picture
from sandbox.piapi.clock import NANOSECONDS
from sandbox.piapi.faults import reset
from sandbox.piapi.scenarios import Scenario

if TYPE_CHECKING:
    from sandbox.piapi.state import ProviderState
    from sandbox.piapi.tasks import Output, Task

_CHUNK: Final = 65_536
_OVERSIZE: Final = 1024 * 1024 * 1024
_DROPS: Final = 20
_SLOW_SECONDS: Final = 30.0
_ELSEWHERE: Final = "http://127.0.0.1:9/elsewhere.mp4"
PRIVATE: Final = (
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/clip.mp4",
    "http://192.168.0.1/clip.mp4",
    "http://172.16.0.1/clip.mp4",
    "http://100.64.0.1/clip.mp4",
    "http://[::1]:9/clip.mp4",
    "http://[fd00::1]/clip.mp4",
    "http://[::ffff:10.0.0.1]/clip.mp4",
    "http://0x7f000001:9/clip.mp4",
    "http://2130706433:9/clip.mp4",
    "http://localhost:9/clip.mp4",
)
"""Where a provider that was taken over might send whoever fetches a clip, in notations that careless eyes let pass."""
_DENIED: Final = b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>'
_PAGE: Final = b"<!DOCTYPE html><html><body>This is not the clip you are looking for.</body></html>"


class OutputServer:
    """Handlers of ``/videos/``, ``/ephemeral/`` and ``/cdn/``; clips have a Content-Length and take ranges."""

    def __init__(self, state: ProviderState) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Routes to add to the application."""
        return [
            web.get("/{folder:videos|ephemeral}/{name}", self.clip, name="output"),
            web.get("/{folder:videos|ephemeral}/moved/{name}", self.moved, name="output-moved"),
            web.get("/cdn/{name}", self.upstream, name="output-upstream"),
        ]

    async def clip(self, request: web.Request) -> web.StreamResponse:
        """A clip at the address its task shows."""
        task = self._state.outputs.get(request.match_info["name"])
        if task is None or task.output is None:
            return web.Response(status=404)
        if task.expired or self._is_too_old(task, request.match_info["folder"]):
            return _denied()
        return await self._scripted(request, task, task.output)

    async def moved(self, request: web.Request) -> web.StreamResponse:
        """Where `OUTPUT_REDIRECT` leads."""
        task = self._state.outputs.get(request.match_info["name"])
        if task is None or task.output is None:
            return web.Response(status=404)
        return web.FileResponse(task.output.file)

    async def upstream(self, request: web.Request) -> web.StreamResponse:
        """The upstream's own copy (``resource``), or the cover for a name ending in .png."""
        name = request.match_info["name"]
        task = self._state.outputs.get(name.removesuffix(".png").removesuffix(".mp4") + ".mp4")
        if task is None or task.output is None:
            return web.Response(status=404)
        if name.endswith(".png"):
            cover = await asyncio.to_thread(_cover, task.output)
            return web.Response(body=cover, content_type="image/png")
        return web.FileResponse(task.output.file)

    def _is_too_old(self, task: Task, folder: str) -> bool:
        options = self._state.options
        lifetime = options.video_lifetime_seconds if folder == "videos" else options.ephemeral_lifetime_seconds
        return (self._state.clock.now_ns() - task.ended_at) / NANOSECONDS > lifetime

    async def _scripted(self, request: web.Request, task: Task, output: Output) -> web.StreamResponse:
        redirect = _redirect(request, task, output)
        if redirect is not None:
            return web.Response(status=302, headers={"Location": redirect})
        if task.plays(Scenario.OUTPUT_EXPIRED):
            return _denied()
        if task.plays(Scenario.OUTPUT_WRONG_TYPE):
            return web.Response(body=_PAGE, content_type="text/html")
        if task.plays(Scenario.OUTPUT_TRUNCATED):
            return await self._truncated(request, output)
        if task.plays(Scenario.OUTPUT_SLOW):
            return await self._slow(request, output, task.play.seconds_or(_SLOW_SECONDS))
        if task.plays(Scenario.OUTPUT_OVERSIZE) or task.plays(Scenario.OUTPUT_OVERSIZE_DECLARED):
            declared = task.plays(Scenario.OUTPUT_OVERSIZE_DECLARED)
            return await self._endless(request, output, declared=declared)
        return web.FileResponse(output.file)

    async def _truncated(self, request: web.Request, output: Output) -> web.StreamResponse:
        body = await asyncio.to_thread(output.file.read_bytes)
        response = _stream()
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        return reset(request)

    async def _slow(self, request: web.Request, output: Output, seconds: float) -> web.StreamResponse:
        body = await asyncio.to_thread(output.file.read_bytes)
        response = _stream()
        response.content_length = len(body)
        await response.prepare(request)
        drop = max(1, -(-len(body) // _DROPS))
        with suppress(ConnectionResetError):  # the client has gone
            for start in range(0, len(body), drop):
                await self._state.clock.sleep(seconds / _DROPS)
                await response.write(body[start : start + drop])
            await response.write_eof()
        return response

    async def _endless(self, request: web.Request, output: Output, *, declared: bool) -> web.StreamResponse:
        body = await asyncio.to_thread(output.file.read_bytes)
        response = _stream()
        if declared:
            response.content_length = _OVERSIZE
        else:
            response.enable_chunked_encoding()
        await response.prepare(request)
        with suppress(ConnectionResetError):  # the client has gone
            await response.write(body)
            sent = len(body)
            while sent < _OVERSIZE and not self._state.stopping.is_set():
                part = bytes(min(_CHUNK, _OVERSIZE - sent))
                await response.write(part)
                sent += len(part)
            await response.write_eof()
        return response


def _redirect(request: web.Request, task: Task, output: Output) -> str | None:
    if task.plays(Scenario.OUTPUT_REDIRECT):
        return f"/{request.match_info['folder']}/moved/{output.name}"
    if task.plays(Scenario.OUTPUT_REDIRECT_AWAY):
        return _ELSEWHERE
    if task.plays(Scenario.OUTPUT_REDIRECT_PRIVATE):
        return PRIVATE[zlib.crc32(output.name.encode()) % len(PRIVATE)]
    if task.plays(Scenario.OUTPUT_REDIRECT_LOOP):
        return request.path
    return None


def _denied() -> web.Response:
    return web.Response(status=403, body=_DENIED, content_type="application/xml")


def _stream() -> web.StreamResponse:
    return web.StreamResponse(headers={"Content-Type": "video/mp4"})


def _cover(output: Output) -> bytes:
    encoded = BytesIO()
    first_picture(output.file).save(encoded, "PNG")
    return encoded.getvalue()
