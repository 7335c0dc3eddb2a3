"""Passes the page's requests on to the local Discord, so that the page needs one origin only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aiohttp
from aiohttp import web
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Mapping

_SENT_ON: Final = ("Content-Type", "Range")
_ANSWERED: Final = ("Content-Type", "Content-Range", "Accept-Ranges", "Content-Length")
_CHUNK: Final = 1 << 16
_SHOWN: Final = ("audio/", "image/", "video/")
"""Media types that are shown in place; others are offered to be kept, so that no upload is ever run as a page."""
_ACTIVE: Final = "image/svg+xml"
"""The one picture that can hold a script."""


class PassingOn:
    """Serves `/api/person/…` and the CDN's paths from the local Discord.

    Args:
        person_url: The person's API.
        cdn_origin: Where attachments are.
        session: The connection to both.
    """

    def __init__(self, person_url: str, cdn_origin: str, session: aiohttp.ClientSession) -> None:
        self._person_url = person_url
        self._cdn_origin = cdn_origin
        self._session = session

    def add_to(self, app: web.Application) -> None:
        """Serve the routes on `app`."""
        app.router.add_route("*", "/api/person/{rest:.+}", self._person)
        for root in ("attachments", "ephemeral-attachments"):
            app.router.add_get(f"/{root}/{{rest:.+}}", self._file)

    async def _person(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path.removeprefix("/api")
        return await self._pass(request, self._person_url + path, {})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        # A signed address names exactly one content, so a browser need not ask for it twice.
        return await self._pass(
            request, self._cdn_origin + request.rel_url.raw_path, {"Cache-Control": "private, max-age=3600"}
        )

    async def _pass(self, request: web.Request, address: str, more: Mapping[str, str]) -> web.StreamResponse:
        query = request.rel_url.raw_query_string
        url = URL(f"{address}?{query}" if query else address, encoded=True)
        headers = {name: request.headers[name] for name in _SENT_ON if name in request.headers}
        body = await request.read() if request.can_read_body else None
        try:
            async with self._session.request(request.method, url, data=body, headers=headers) as answer:
                return await _relay(request, answer, more)
        except aiohttp.ClientConnectionError:
            return web.json_response({"error": "The local Discord is not there.", "field": "", "code": 0}, status=502)


async def _relay(request: web.Request, answer: aiohttp.ClientResponse, more: Mapping[str, str]) -> web.StreamResponse:
    headers = {name: answer.headers[name] for name in _ANSWERED if name in answer.headers} | dict(more)
    kind = answer.content_type
    shown = kind == "application/json" or (kind.startswith(_SHOWN) and kind != _ACTIVE)
    if not shown:
        headers["Content-Disposition"] = "attachment"
    response = web.StreamResponse(status=answer.status, headers=headers)
    await response.prepare(request)
    async for chunk in answer.content.iter_chunked(_CHUNK):
        await response.write(chunk)
    await response.write_eof()
    return response
