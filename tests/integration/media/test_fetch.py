from __future__ import annotations

import asyncio
import gzip
import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.media.disk import DiskFullError, free_bytes
from bot.media.fetch import (
    BlockedError,
    Downloader,
    DownloadError,
    DownloadTimes,
    ExpiredError,
    ForbiddenError,
    PermanentDownloadError,
    RejectedError,
    TooLargeError,
    TransientDownloadError,
    WrongTypeError,
)
from bot.media.signatures import IMAGE_KINDS, FileKind
from tests.integration.media.samples import picture, save_clip, save_image

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

MP4 = frozenset({FileKind.MP4})
CAP = 1_000_000
SECRET = "signature-of-the-address"


class Site:
    """A web server on loopback that remembers what it was asked."""

    def __init__(self) -> None:
        self.app = web.Application()
        self.requests: list[web.Request] = []
        self.origin = ""

    def serve(self, path: str, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.requests.append(request)
            return await answer(request)

        self.app.router.add_get(path, handle)
        return path

    def serve_bytes(self, path: str, body: bytes, **options: object) -> None:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=body, **options)

        self.serve(path, answer)

    def redirect(self, path: str, location: str | None) -> None:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": location} if location else {})

        self.serve(path, answer)


@asynccontextmanager
async def started(site: Site) -> AsyncIterator[str]:
    runner = web.AppRunner(site.app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield site.origin
    finally:
        await runner.cleanup()


@asynccontextmanager
async def speaking(*parts: bytes, hang: bool = False) -> AsyncIterator[str]:
    """A server that says exactly these bytes to whoever connects, then closes, or keeps silent."""
    done = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for part in parts:
                writer.write(part)
                await writer.drain()
            if hang:
                await done.wait()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has had enough
        finally:
            writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        done.set()
        server.close()
        await server.wait_closed()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return save_clip(tmp_path_factory.mktemp("clip") / "clip.mp4").read_bytes()


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "incoming"
    path.mkdir()
    yield path
    assert list(path.glob("*.part")) == [], "a partial file was left behind"


def contents(directory: Path) -> list[Path]:
    return list(directory.iterdir())


async def fetch(
    origin: str, path: str, directory: Path, *, downloader: Downloader | None = None, max_bytes: int = CAP
) -> bytes:
    """Download from a trusted origin and check that nothing but the whole file is there."""
    async with downloader or Downloader(trusted_origins=[origin]) as opened:
        got = await opened.fetch(f"{origin}{path}?{SECRET}", directory, max_bytes=max_bytes, expect=MP4)
    assert contents(directory) == [got.path]
    return got.path.read_bytes()


async def failure(
    origin: str,
    path: str,
    directory: Path,
    kind: type[DownloadError],
    *,
    times: DownloadTimes | None = None,
    max_bytes: int = CAP,
) -> DownloadError:
    """Fail to download; nothing may be left, and nothing of the address may be told."""
    async with Downloader(trusted_origins=[origin], times=times) as downloader:
        with pytest.raises(kind) as caught:
            await downloader.fetch(f"{origin}{path}?{SECRET}", directory, max_bytes=max_bytes, expect=MP4)
    assert contents(directory) == []
    assert SECRET not in str(caught.value)
    return caught.value


class TestAWholeFile:
    async def test_arrives_with_its_facts(self, directory: Path, clip: bytes) -> None:
        site = Site()
        site.serve_bytes("/clip", clip)

        async with started(site) as origin, Downloader(trusted_origins=[origin]) as downloader:
            got = await downloader.fetch(f"{origin}/clip", directory, max_bytes=CAP, expect=MP4)

        assert got.path.read_bytes() == clip
        assert got.path.suffix == ".mp4"
        assert got.size == len(clip)
        assert got.digest.hexdigest() == hashlib.sha256(clip).hexdigest()
        assert got.kind is FileKind.MP4
        assert contents(directory) == [got.path]

    async def test_is_asked_for_uncompressed_and_without_credentials(self, directory: Path, clip: bytes) -> None:
        site = Site()
        site.serve_bytes("/clip", clip, headers={"Set-Cookie": "a=b"})

        async with started(site) as origin, Downloader(trusted_origins=[origin]) as downloader:
            for _ in range(2):
                await downloader.fetch(f"{origin}/clip", directory, max_bytes=CAP, expect=MP4)

        for request in site.requests:
            assert request.headers["Accept-Encoding"] == "identity"
            assert "Cookie" not in request.headers
            assert "Authorization" not in request.headers

    async def test_arrives_in_chunks_without_a_declared_length(self, directory: Path, clip: bytes) -> None:
        async def drip(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            for at in range(0, len(clip), 7_000):
                await response.write(clip[at : at + 7_000])
            return response

        site = Site()
        site.serve("/clip", drip)

        async with started(site) as origin:
            assert await fetch(origin, "/clip", directory) == clip

    async def test_may_be_as_large_as_the_cap(self, directory: Path, clip: bytes) -> None:
        site = Site()
        site.serve_bytes("/clip", clip)

        async with started(site) as origin:
            assert await fetch(origin, "/clip", directory, max_bytes=len(clip)) == clip

    async def test_of_any_expected_kind_is_taken(self, directory: Path, tmp_path: Path) -> None:
        site = Site()
        image = save_image(tmp_path / "image", picture(64, 64), "WEBP").read_bytes()
        site.serve_bytes("/image.png", image, content_type="image/png")

        async with started(site) as origin, Downloader(trusted_origins=[origin]) as downloader:
            got = await downloader.fetch(f"{origin}/image.png", directory, max_bytes=CAP, expect=IMAGE_KINDS)

        assert got.kind is FileKind.WEBP
        assert got.path.suffix == ".webp"

    async def test_can_be_fetched_after_closing(self, directory: Path, clip: bytes) -> None:
        site = Site()
        site.serve_bytes("/clip", clip)

        async with started(site) as origin:
            downloader = Downloader(trusted_origins=[origin])
            await downloader.close()
            assert await fetch(origin, "/clip", directory, downloader=downloader) == clip


class TestRedirects:
    async def test_are_followed_three_times(self, directory: Path, clip: bytes) -> None:
        site = Site()
        for number in range(3):
            site.redirect(f"/{number}", f"/{number + 1}")
        site.serve_bytes("/3", clip)

        async with started(site) as origin:
            assert await fetch(origin, "/0", directory) == clip

    async def test_are_not_followed_a_fourth_time(self, directory: Path, clip: bytes) -> None:
        site = Site()
        for number in range(4):
            site.redirect(f"/{number}", f"/{number + 1}")
        site.serve_bytes("/4", clip)

        async with started(site) as origin:
            await failure(origin, "/0", directory, RejectedError)

        assert [request.path for request in site.requests] == ["/0", "/1", "/2", "/3"]

    async def test_to_an_internal_server_never_reach_it(self, directory: Path, clip: bytes) -> None:
        internal, site = Site(), Site()
        internal.serve_bytes("/clip", clip)

        async with started(internal) as inside:
            port = inside.rpartition(":")[2]
            site.redirect("/plain", f"{inside}/clip")
            site.redirect("/secure", f"https://127.0.0.1:{port}/clip")
            site.redirect("/named", f"https://localhost:{port}/clip")
            site.redirect("/mapped", f"https://[::ffff:127.0.0.1]:{port}/clip")
            async with started(site) as origin:
                for path in ("/plain", "/secure", "/named", "/mapped"):
                    await failure(origin, path, directory, BlockedError)

        assert internal.requests == []

    @pytest.mark.parametrize(
        ("location", "error"),
        [
            (None, RejectedError),
            ("https://[half", RejectedError),
            ("file:///etc/passwd", BlockedError),
            ("https://user:pass@example.com/", BlockedError),
            ("http://example.com/clip", BlockedError),
        ],
    )
    async def test_to_nowhere_sensible_end_the_download(
        self, directory: Path, location: str | None, error: type[DownloadError]
    ) -> None:
        site = Site()
        site.redirect("/", location)

        async with started(site) as origin:
            await failure(origin, "/", directory, error)


class TestTheGuard:
    @pytest.mark.parametrize(
        "host",
        [
            "localhost",
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "0x7f000001",
            "017700000001",
            "2130706433",
            "0.0.0.0",  # noqa: S104 - an address to be refused
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "192.88.99.1",
            "10.0.0.1",
            "224.0.0.1",
            "[fe80::1]",
        ],
    )
    async def test_no_address_inside_is_dialled_however_it_is_written(self, directory: Path, host: str) -> None:
        async with asyncio.timeout(5), Downloader() as downloader:
            with pytest.raises(BlockedError):
                await downloader.fetch(f"https://{host}/clip", directory, max_bytes=CAP, expect=MP4)

    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/clip.mp4",
            "ftp://example.com/clip.mp4",
            "file:///etc/passwd",
            "data:video/mp4;base64,AAAA",
            "https://user:pass@example.com/",
            "https://",
            "https://[half",
            "https://a..b/",
            "https://" + "a" * 70 + ".com/",
            "",
        ],
    )
    async def test_only_sound_https_addresses_are_tried(self, directory: Path, url: str) -> None:
        async with Downloader() as downloader:
            with pytest.raises(BlockedError):
                await downloader.fetch(url, directory, max_bytes=CAP, expect=MP4)

    async def test_trust_is_for_one_scheme_host_and_port(self, directory: Path, clip: bytes) -> None:
        trusted, other = Site(), Site()
        trusted.serve_bytes("/clip", clip)
        other.serve_bytes("/clip", clip)

        async with started(trusted) as origin, started(other) as elsewhere:
            port = origin.rpartition(":")[2]
            async with Downloader(trusted_origins=[origin]) as downloader:
                for url in (f"{elsewhere}/clip", f"http://localhost:{port}/clip", f"https://127.0.0.1:{port}/clip"):
                    with pytest.raises(BlockedError):
                        await downloader.fetch(url, directory, max_bytes=CAP, expect=MP4)

        assert trusted.requests == other.requests == []

    @pytest.mark.parametrize("host", ["example.com", "evildiscordapp.com", "discordapp.com.example.com"])
    async def test_hosts_outside_the_list_are_not_tried(self, directory: Path, host: str) -> None:
        async with Downloader() as downloader:
            with pytest.raises(BlockedError, match="not a host for this download"):
                await downloader.fetch(
                    f"https://{host}/a", directory, max_bytes=CAP, expect=MP4, hosts={"discordapp.com"}
                )

    @pytest.mark.parametrize("host", ["localhost", "cdn.localhost", "CDN.Localhost"])
    async def test_hosts_on_the_list_meet_the_guard_all_the_same(self, directory: Path, host: str) -> None:
        async with Downloader() as downloader:
            with pytest.raises(DownloadError) as caught:
                await downloader.fetch(f"https://{host}/a", directory, max_bytes=CAP, expect=MP4, hosts={"localhost"})

        assert "not a host for this download" not in str(caught.value)

    @pytest.mark.parametrize(
        "origin", ["127.0.0.1:80", "http://127.0.0.1:80/path", "ftp://127.0.0.1", "http://a?b", "", "http://u@a"]
    )
    def test_what_is_not_an_origin_cannot_be_trusted(self, origin: str) -> None:
        with pytest.raises(ValueError, match="not an origin"):
            Downloader(trusted_origins=[origin])


class TestSize:
    async def test_over_the_cap_as_declared_is_refused_before_the_body(self, directory: Path) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n"

        async with speaking(head, hang=True) as origin:
            error = await failure(origin, "/", directory, TooLargeError)

        assert isinstance(error, TooLargeError)
        assert error.max_bytes == CAP

    async def test_over_the_cap_undeclared_is_refused_while_it_streams(self, directory: Path, clip: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"

        async with speaking(head, clip, b"\0" * CAP) as origin:
            await failure(origin, "/", directory, TooLargeError)

    async def test_less_than_declared_is_a_failure_for_now(self, directory: Path, clip: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(clip)

        async with speaking(head, clip[:-1]) as origin:
            await failure(origin, "/", directory, TransientDownloadError)

    @pytest.mark.parametrize("declared", [True, False])
    async def test_a_clip_cut_short_behind_an_honest_face_is_noticed(
        self, directory: Path, clip: bytes, declared: bool
    ) -> None:
        body = clip[:-100]
        length = b"Content-Length: %d\r\n" % len(body) if declared else b""

        async with speaking(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + length + b"\r\n", body) as origin:
            await failure(origin, "/", directory, TransientDownloadError)

    async def test_an_empty_file_is_a_failure_for_now(self, directory: Path) -> None:
        async with speaking(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as origin:
            await failure(origin, "/", directory, TransientDownloadError)

    async def test_a_full_disk_is_told_before_it_happens(self, directory: Path, clip: bytes) -> None:
        site = Site()
        site.serve_bytes("/clip", clip)

        async with (
            started(site) as origin,
            Downloader(trusted_origins=[origin], reserve_bytes=free_bytes(directory) * 2) as downloader,
        ):
            with pytest.raises(DiskFullError):
                await downloader.fetch(f"{origin}/clip", directory, max_bytes=CAP, expect=MP4)

        assert contents(directory) == []


class TestAnswers:
    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (401, ForbiddenError),
            (403, ForbiddenError),
            (404, ExpiredError),
            (410, ExpiredError),
            (408, TransientDownloadError),
            (429, TransientDownloadError),
            (500, TransientDownloadError),
            (502, TransientDownloadError),
            (503, TransientDownloadError),
            (204, RejectedError),
            (206, RejectedError),
            (304, RejectedError),
            (400, RejectedError),
            (418, RejectedError),
        ],
    )
    async def test_each_status_tells_whether_to_come_back(
        self, directory: Path, status: int, error: type[DownloadError]
    ) -> None:
        site = Site()
        site.serve_bytes("/", b"", status=status)

        async with started(site) as origin:
            got = await failure(origin, "/", directory, error)

        assert isinstance(got, PermanentDownloadError) is not isinstance(got, TransientDownloadError)

    @pytest.mark.parametrize(
        ("header", "wait"),
        [("7", 7_000), ("99999", 600_000), ("soon", None), ("-1", None), ("", None), ("9" * 500, 600_000)],
    )
    async def test_the_time_to_wait_is_passed_on_within_reason(
        self, directory: Path, header: str, wait: int | None
    ) -> None:
        site = Site()
        site.serve_bytes("/", b"", status=429, headers={"Retry-After": header})

        async with started(site) as origin:
            error = await failure(origin, "/", directory, TransientDownloadError)

        assert isinstance(error, TransientDownloadError)
        assert error.retry_after_ms == wait

    async def test_a_web_page_is_not_a_clip(self, directory: Path) -> None:
        site = Site()
        site.serve_bytes("/", b"<!DOCTYPE html><title>Gone</title>", content_type="video/mp4")

        async with started(site) as origin:
            error = await failure(origin, "/", directory, WrongTypeError)

        assert isinstance(error, WrongTypeError)
        assert error.found is None

    async def test_an_image_is_not_a_clip(self, directory: Path, tmp_path: Path) -> None:
        site = Site()
        site.serve_bytes("/", save_image(tmp_path / "image", picture(64, 64), "PNG").read_bytes())

        async with started(site) as origin:
            error = await failure(origin, "/", directory, WrongTypeError)

        assert isinstance(error, WrongTypeError)
        assert error.found is FileKind.PNG

    async def test_what_comes_compressed_unasked_is_not_unpacked(self, directory: Path, clip: bytes) -> None:
        site = Site()
        site.serve_bytes("/", gzip.compress(clip), headers={"Content-Encoding": "gzip"})

        async with started(site) as origin:
            await failure(origin, "/", directory, WrongTypeError)

    @pytest.mark.parametrize(
        "said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n", b"HTTP/1.1 200 O"]
    )
    async def test_broken_answers_are_failures_for_now(self, directory: Path, said: bytes) -> None:
        async with speaking(said) as origin:
            await failure(origin, "/", directory, TransientDownloadError)

    async def test_a_closed_port_is_a_failure_for_now(self, directory: Path) -> None:
        async with started(Site()) as origin:
            pass

        await failure(origin, "/", directory, TransientDownloadError)


class TestTime:
    async def test_silence_ends_the_download(self, directory: Path, clip: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(clip)

        async with speaking(head, clip[:1000], hang=True) as origin:
            await failure(origin, "/", directory, TransientDownloadError, times=DownloadTimes(read_ms=100))

    async def test_a_drip_that_never_ends_meets_the_cap_on_the_whole(self, directory: Path) -> None:
        async def drip(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(b"\0" * 100)
                await asyncio.sleep(0.02)

        site = Site()
        site.serve("/", drip)

        async with started(site) as origin:
            times = DownloadTimes(read_ms=5_000, total_ms=300)
            await failure(origin, "/", directory, TransientDownloadError, times=times)

    async def test_a_cancelled_download_leaves_nothing(self, directory: Path, clip: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(clip)

        async with speaking(head, clip[:5000], hang=True) as origin, Downloader(trusted_origins=[origin]) as downloader:
            task = asyncio.create_task(downloader.fetch(f"{origin}/", directory, max_bytes=CAP, expect=MP4))
            async with asyncio.timeout(5):
                while not contents(directory):  # noqa: ASYNC110 - nothing announces a file
                    await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        assert contents(directory) == []
