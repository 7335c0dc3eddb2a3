"""The CDN: attachment URLs that are signed, expire, and are renewed whenever a message is rendered again.

Form: `/attachments/{channel}/{attachment}/{filename}?ex=…&is=…&hm=…` with hexadecimal epoch seconds, and
`/ephemeral-attachments/…` for files uploaded with a command or a modal (developers/reference, "Signed Attachment
CDN URLs"). With `format=webp` a video's address answers a still of it, as the media proxy does for clients' posters.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from aiohttp import web

from sandbox.discord.clock import SECOND
from sandbox.discord.stills import still

if TYPE_CHECKING:
    from sandbox.discord.clock import Clock
    from sandbox.discord.config import LimitsConfig
    from sandbox.discord.state import Attachment

_RANGE: Final = re.compile(r"bytes=(\d+)-(\d*)$")


class Cdn:
    """Stores uploaded files and serves them to whoever holds a signed URL."""

    def __init__(self, clock: Clock, limits: LimitsConfig) -> None:
        self._clock = clock
        self._limits = limits
        self._key = secrets.token_bytes(32)
        self._files: dict[int, Attachment] = {}
        self._stills: dict[int, bytes | None] = {}
        self.origin = ""

    def store(self, attachment: Attachment) -> None:
        """Make a file available."""
        self._files[attachment.id] = attachment

    def get(self, attachment_id: int) -> Attachment | None:
        """Return a stored file unless it was deleted."""
        attachment = self._files.get(attachment_id)
        return None if attachment is None or attachment.deleted else attachment

    def url(self, attachment: Attachment) -> str:
        """Return a freshly signed URL."""
        issued = self._clock.now()
        lifetime = self._limits.ephemeral_url_ms if attachment.ephemeral else self._limits.url_ms
        expires = f"{(issued + lifetime) // SECOND:x}"
        since = f"{issued // SECOND:x}"
        path = self._path(attachment)
        return f"{self.origin}{path}?ex={expires}&is={since}&hm={self._signature(path, expires, since)}&"

    def _path(self, attachment: Attachment) -> str:
        root = "ephemeral-attachments" if attachment.ephemeral else "attachments"
        return f"/{root}/{attachment.folder}/{attachment.id}/{quote(attachment.filename)}"

    def _signature(self, path: str, expires: str, since: str) -> str:
        return hmac.new(self._key, f"{path}|{expires}|{since}".encode(), hashlib.sha256).hexdigest()

    def add_routes(self, app: web.Application) -> None:
        """Serve the files on `app`."""
        for root in ("attachments", "ephemeral-attachments"):
            app.router.add_get(f"/{root}/{{folder}}/{{attachment}}/{{filename}}", self._serve)

    async def _still(self, attachment: Attachment) -> web.Response:
        if attachment.id not in self._stills:
            self._stills[attachment.id] = await asyncio.to_thread(still, attachment.data)
        picture = self._stills[attachment.id]
        if picture is None:
            return web.Response(status=415, text="There is no picture in it.")
        return web.Response(body=picture, content_type="image/webp")

    async def _serve(self, request: web.Request) -> web.Response:
        expires, since, signature = (request.query.get(name, "") for name in ("ex", "is", "hm"))
        identifier = request.match_info["attachment"]
        attachment = self.get(int(identifier)) if identifier.isdigit() else None
        if attachment is None or self._path(attachment) != request.rel_url.raw_path:
            return web.Response(status=404, text="This content is no longer available.")
        genuine = hmac.compare_digest(self._signature(self._path(attachment), expires, since), signature)
        if not genuine or int(expires, 16) * SECOND <= self._clock.now():
            return web.Response(status=404, text="This content is no longer available.")
        if request.query.get("format") == "webp" and attachment.content_type.startswith("video/"):
            return await self._still(attachment)
        return self._body(attachment, request.headers.get("Range", ""))

    @staticmethod
    def _body(attachment: Attachment, wanted: str) -> web.Response:
        headers = {"Content-Type": attachment.content_type, "Accept-Ranges": "bytes"}
        match = _RANGE.match(wanted)
        size = len(attachment.data)
        if match is None:
            return web.Response(body=attachment.data, headers=headers)
        start = int(match.group(1))
        end = min(int(match.group(2) or size - 1), size - 1)
        if start > end:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        return web.Response(status=206, body=attachment.data[start : end + 1], headers=headers)
