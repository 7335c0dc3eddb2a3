"""A clip leaves the disk block by block, and its file is closed when it has left."""

from __future__ import annotations

import os
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.delivery.uploads import BLOCK, open_upload


def test_a_file_is_read_in_blocks_however_little_is_asked_for(tmp_path: Path) -> None:
    content = os.urandom(2 * BLOCK + 1)
    (tmp_path / "clip.mp4").write_bytes(content)
    file = open_upload(tmp_path / "clip.mp4", filename="kite.mp4", description="a kite", spoiler=False)

    read = [file.fp.read(1) for _ in range(4)]

    assert b"".join(read) == content
    assert [len(block) for block in read] == [BLOCK, BLOCK, 1, 0]
    file.close()


def test_closing_it_closes_the_stream(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"clip")
    file = open_upload(tmp_path / "clip.mp4", filename="kite.mp4", description="a kite", spoiler=True)
    assert (file.filename, file.description) == ("SPOILER_kite.mp4", "a kite")

    file.close()
    file.close()

    assert file.fp.closed


def test_what_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_upload(tmp_path / "clip.mp4", filename="kite.mp4", description="", spoiler=False)


async def test_a_form_carries_every_byte_once_and_again_after_a_rewind(tmp_path: Path) -> None:
    content = os.urandom(3 * BLOCK + 17)
    (tmp_path / "clip.mp4").write_bytes(content)
    arrived: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        sent = form["files[0]"]
        assert isinstance(sent, web.FileField)
        with sent.file:
            arrived.append(sent.file.read())
        return web.Response(status=204)

    app = web.Application(client_max_size=8 * 1024 * 1024)
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    file = open_upload(tmp_path / "clip.mp4", filename="kite.mp4", description="", spoiler=False)
    async with aiohttp.ClientSession() as session:
        for attempt in range(2):
            file.reset(seek=attempt)
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("files[0]", file.fp, filename="kite.mp4", content_type="application/octet-stream")
            async with session.post(f"http://127.0.0.1:{runner.addresses[0][1]}/", data=form) as response:
                assert response.status == 204
    file.close()
    await runner.cleanup()

    assert arrived == [content, content]
