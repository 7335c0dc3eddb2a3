"""`GET /files/{signed}`: an input file, for the provider to fetch. Range requests, no listing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.jobs.model import Asset, AssetRole
from bot.web.signing import FileAddresses

FindAsset = Callable[[str], Awaitable[Asset | None]]
PathOf = Callable[[str, str], Path]


class FilesEndpoint:
    """Serves what people attached, as archived; never results, never anything unsigned."""

    def __init__(self, addresses: FileAddresses, find: FindAsset, path_of: PathOf) -> None:
        """Look assets up with `find` and their files with `path_of` (asset id, extension)."""
        self._addresses = addresses
        self._find = find
        self._path_of = path_of

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer with the file, or 404 for a name that is unsigned, expired or unknown."""
        asset_id = self._addresses.asset_id(request.match_info["signed"])
        asset = await self._find(asset_id) if asset_id is not None else None
        if asset is None or asset.archived_at is None or asset.role is AssetRole.RESULT:
            raise web.HTTPNotFound
        path = self._path_of(asset.id, asset.extension)
        if not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(
            path, headers={"Content-Type": asset.content_type, "Cache-Control": "private, no-store"}
        )
