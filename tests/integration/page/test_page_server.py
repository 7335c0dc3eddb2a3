"""The page's server before a real local Discord: what it passes on, what it refuses, how it protects the page."""

from __future__ import annotations

import base64
import io
import math
import socket
from array import array
from typing import TYPE_CHECKING, Any

import aiohttp
import av
import pytest
from PIL import Image

from sandbox.clips.sound import RATE, Sound
from sandbox.discord import DiscordSandbox
from sandbox.page import PageServer
from sandbox.page.server import USUAL_PORT
from sandbox.person import LocalFile, Person
from sandbox.stage import DiscordAddresses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def addresses(discord: DiscordSandbox) -> DiscordAddresses:
    return DiscordAddresses(
        api_url=discord.api_url,
        gateway_url=discord.gateway_url,
        cdn_origin=discord.cdn_origin,
        person_url=discord.person_url,
        token=discord.token,
        server_id=next(iter(discord.world.guilds)),
    )


@pytest.fixture
async def discord() -> AsyncIterator[DiscordSandbox]:
    async with DiscordSandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def page(discord: DiscordSandbox) -> AsyncIterator[PageServer]:
    async with PageServer(addresses(discord), port=0) as server:
        yield server


@pytest.fixture
async def browser(page: PageServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that sends what a browser showing the page sends."""
    origin = page.url.rstrip("/")
    async with aiohttp.ClientSession(page.url, headers={"Origin": origin}) as session:
        yield session


@pytest.fixture
def recording() -> bytes:
    """A second of sound as Chromium records it: Opus in WebM, without a length."""
    held = io.BytesIO()
    with av.open(held, "w", format="webm", options={"live": "1"}) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono")
        for frame in Sound(array("h", [round(6_000 * math.sin(n * 0.05)) for n in range(RATE)])).frames():
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return held.getvalue()


async def sent(browser: aiohttp.ClientSession, content: str) -> aiohttp.ClientResponse:
    return await browser.post("/api/person/mira/channels/general/messages", json={"content": content})


async def test_the_page_and_its_parts_are_served_under_a_policy_that_lets_nothing_in(
    browser: aiohttp.ClientSession,
) -> None:
    for path, kind in (("/", "text/html"), ("/static/main.js", "javascript"), ("/static/style/basis.css", "text/css")):
        async with browser.get(path) as answer:
            assert answer.status == 200
            assert kind in answer.headers["Content-Type"]
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy
            assert "unsafe" not in policy
            assert "*" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_holds_no_script_or_style_of_its_own_and_names_no_place_outside(
    browser: aiohttp.ClientSession,
) -> None:
    async with browser.get("/") as answer:
        html = await answer.text()

    assert "://" not in html
    assert "<style" not in html
    assert " style=" not in html
    assert "<script>" not in html


async def test_what_a_person_does_reaches_the_local_discord(
    browser: aiohttp.ClientSession, discord: DiscordSandbox
) -> None:
    async with await sent(browser, "hello") as answer:
        message = await answer.json()

    async with Person(discord.person_url, "theo") as theo:
        assert [seen.content for seen in await theo.messages()] == ["hello"]
    assert message["content"] == "hello"


async def test_refusals_keep_their_status_and_field(browser: aiohttp.ClientSession) -> None:
    async with browser.post("/api/person/mira/channels/general/run", json={"command": "video"}) as answer:
        told = await answer.json()

    assert answer.status == 422
    assert "there is no command" in told["error"]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", None])
async def test_other_pages_change_nothing(page: PageServer, discord: DiscordSandbox, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    async with aiohttp.ClientSession(page.url, headers=headers) as elsewhere, await sent(elsewhere, "hello") as answer:
        status = answer.status

    async with Person(discord.person_url, "theo") as theo:
        assert await theo.messages() == []
    assert status == 403


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7", ""])
async def test_a_name_that_was_pointed_here_reads_nothing(page: PageServer, name: str) -> None:
    port = page.url.rstrip("/").rpartition(":")[2]
    headers = {"Host": f"{name}:{port}"}
    async with aiohttp.ClientSession(page.url) as session, session.get("/api/person/world", headers=headers) as answer:
        assert answer.status == 403


async def test_localhost_is_this_machine_too(page: PageServer) -> None:
    port = page.url.rstrip("/").rpartition(":")[2]
    headers = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    async with aiohttp.ClientSession(page.url, headers=headers) as session, await sent(session, "hello") as answer:
        assert answer.status == 200


async def test_a_server_beyond_loopback_may_be_called_by_its_address_and_by_no_other_name(
    discord: DiscordSandbox,
) -> None:
    async with PageServer(addresses(discord), host="0.0.0.0", port=0) as server:  # noqa: S104 - what is tried here
        port = server.url.rstrip("/").rpartition(":")[2]
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            async with session.get("/", headers={"Host": f"192.168.7.7:{port}"}) as by_address:
                assert by_address.status == 200
            async with session.get("/", headers={"Host": f"evil.example:{port}"}) as by_name:
                assert by_name.status == 403


async def test_pictures_come_from_the_pages_own_origin_in_pieces_if_wanted(
    browser: aiohttp.ClientSession, discord: DiscordSandbox
) -> None:
    held = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(held, "PNG")
    async with Person(discord.person_url, "mira") as mira:
        message = await mira.send(files=[LocalFile("a.png", held.getvalue())])
    path = message.attachments[0].url.removeprefix(discord.cdn_origin)

    async with browser.get(path) as whole, browser.get(path, headers={"Range": "bytes=0-7"}) as piece:
        assert await whole.read() == held.getvalue()
        assert (piece.status, await piece.read()) == (206, held.getvalue()[:8])
        assert "Content-Disposition" not in whole.headers
        assert whole.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(("name", "data"), [("a.html", b"<script>alert(1)</script>"), ("a.svg", b"<svg/>")])
async def test_what_could_be_run_is_offered_to_be_kept(
    browser: aiohttp.ClientSession, discord: DiscordSandbox, name: str, data: bytes
) -> None:
    async with Person(discord.person_url, "mira") as mira:
        message = await mira.send(files=[LocalFile(name, data)])

    async with browser.get(message.attachments[0].url.removeprefix(discord.cdn_origin)) as answer:
        assert answer.headers["Content-Disposition"] == "attachment"
        assert "Content-Security-Policy" in answer.headers


async def test_the_operators_and_the_bots_requests_are_not_the_pages(browser: aiohttp.ClientSession) -> None:
    for path in ("/api/person/../admin/state", "/api/person/%2e%2e/admin/state", "/admin/state", "/api/v10/gateway"):
        async with browser.get(path) as answer:
            assert answer.status == 404


async def test_without_the_local_discord_the_page_is_told_so(page: PageServer, discord: DiscordSandbox) -> None:
    await discord.stop()

    async with aiohttp.ClientSession(page.url) as session, session.get("/api/person/world") as answer:
        told: Any = await answer.json()

    assert answer.status == 502
    assert told["error"] == "The local Discord is not there."


async def test_a_recording_becomes_a_voice_message(browser: aiohttp.ClientSession, recording: bytes) -> None:
    async with browser.post("/api/voice-message", data=recording) as answer:
        voice = await answer.read()
    body = {"voice": {"filename": "voice-message.ogg", "data": base64.b64encode(voice).decode()}}
    async with browser.post("/api/person/mira/channels/general/messages", json=body) as posted:
        message = await posted.json()

    assert answer.content_type == "audio/ogg"
    assert message["attachments"][0]["duration_secs"] == pytest.approx(1.0, abs=0.1)


async def test_what_is_no_recording_is_refused(browser: aiohttp.ClientSession) -> None:
    async with browser.post("/api/voice-message", data=b"no sound") as answer:
        assert (answer.status, (await answer.json())["error"]) == (422, "That is not a recording.")


async def test_the_usual_port_gives_way_and_a_wanted_one_does_not(discord: DiscordSandbox) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", USUAL_PORT))
            taken.listen()
        except OSError:
            pass  # somebody else has it, which is as good
        async with PageServer(addresses(discord)) as server, aiohttp.ClientSession() as session:
            assert f":{USUAL_PORT}/" not in server.url
            async with session.get(server.url) as answer:
                assert answer.status == 200
        with pytest.raises(OSError, match="in use"):
            async with PageServer(addresses(discord), port=USUAL_PORT):
                pass
