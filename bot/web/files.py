"""`GET /files/{signed}`: an input file, for the provider to fetch. Range requests, no listing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from typing_extensions import override

from bot.jobs.model import Asset, AssetRole
from bot.jobs.ports import StoreUnavailable
from bot.web.listener import CONNECTIONS
from bot.web.signing import FileAddresses

FindAsset = Callable[[str], Awaitable[Asset | None]]
PathOf = Callable[[str, str], Path]

AT_ONCE: Final = 32
"""Files under way at once; each holds two descriptors. The provider fetches an input once or twice."""
LEAST_SECONDS: Final = 15.0
LEAST_RATE: Final = 64 * 1024
"""Bytes in a second: whoever reads a file more slowly than that does not get to its end."""
_SPARE_SECONDS: Final = 5.0
"""The connection outlives the answer by this, so that it is the answer that is given up."""


class FilesEndpoint:
    """Serves what people attached, as archived; never results, never anything unsigned."""

    def __init__(self, addresses: FileAddresses, find: FindAsset, path_of: PathOf, *, at_once: int = AT_ONCE) -> None:
        """Look assets up with `find` and their files with `path_of` (asset id, extension)."""
        self._addresses = addresses
        self._find = find
        self._path_of = path_of
        self._places = asyncio.Semaphore(at_once)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer with the file, 404 for a name that is unsigned, expired or unknown, 503 for later."""
        asset_id = self._addresses.asset_id(request.match_info["signed"])
        try:
            asset = await self._find(asset_id) if asset_id is not None else None
        except StoreUnavailable:
            return _later()
        if asset is None or asset.archived_at is None or asset.role is AssetRole.RESULT:
            raise web.HTTPNotFound
        path = self._path_of(asset.id, asset.extension)
        if not path.is_file():
            raise web.HTTPNotFound
        if self._places.locked():
            return _later()
        seconds = LEAST_SECONDS + asset.size / LEAST_RATE
        request.app[CONNECTIONS].trust(request, seconds + _SPARE_SECONDS, yielding=False)
        return _File(path, asset.content_type, self._places, seconds)


def _later() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": "5"})


class _File(web.FileResponse):
    """A file that is sent within a stated time, and then its connection closed."""

    def __init__(self, path: Path, content_type: str, places: asyncio.Semaphore, seconds: float) -> None:
        super().__init__(path, headers={"Content-Type": content_type, "Cache-Control": "private, no-store"})
        self._places = places
        self._seconds = seconds
        self.force_close()

    @override
    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        async with self._places:
            try:
                async with asyncio.timeout(self._seconds):
                    return await super().prepare(request)
            except TimeoutError:
                if request.transport is not None:
                    request.transport.abort()
                raise ConnectionResetError("a file was read too slowly") from None
