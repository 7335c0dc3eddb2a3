"""Downloads of attachments and finished clips: guarded, capped, streamed to a file, whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self

import aiohttp
from yarl import URL

from bot.clock import MINUTE, SECOND
from bot.errors import EgretError
from bot.media.addresses import BlockedAddressError, open_public_socket
from bot.media.boxes import read_layout
from bot.media.disk import begin_sync, disk_full_in_words, ensure_room
from bot.media.signatures import HEAD_BYTES, FileKind, sniff

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable
    from hashlib import _Hash as Hash
    from pathlib import Path
    from types import TracebackType
    from typing import BinaryIO

MAX_REDIRECTS: Final = 3
_BLOCK: Final = 256 * 1024
_HTTPS_PORT: Final = 443
_LOOK_AFTER: Final = 16 * 1024 * 1024
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_FORBIDDEN: Final = frozenset({401, 403, 451})
_TRY_AGAIN: Final = frozenset({408, 425, 429})
_MAX_RETRY_AFTER: Final = 10 * MINUTE


class DownloadError(EgretError):
    """A file could not be downloaded; no part of it was left on the disk. Messages hold no path or query of the URL."""


class PermanentDownloadError(DownloadError):
    """This address will never yield the file; a fresh address may."""


class TransientDownloadError(DownloadError):
    """The same address may work later.

    Attributes:
        retry_after_ms: how long the server asked to be left alone, None where it did not say.
    """

    def __init__(self, message: str, *, retry_after_ms: int | None = None) -> None:
        """Keep when to come back."""
        super().__init__(message)
        self.retry_after_ms = retry_after_ms


class ExpiredError(PermanentDownloadError):
    """The server says the file is not there (404, 410): signed and provider addresses end so."""


class ForbiddenError(PermanentDownloadError):
    """The server will not hand it out (401, 403, 451); a signed address past its time may answer so."""


class RejectedError(PermanentDownloadError):
    """The server gave an answer that has no file in it: another status, a broken redirect, too many of them."""


class BlockedError(PermanentDownloadError):
    """The address may not be dialled: not https on its own port, not public, or not a host to download from."""


class WrongTypeError(PermanentDownloadError):
    """What came is not the kind of file expected.

    Attributes:
        found: the kind that its first bytes show, None where it is nothing we handle.
    """

    def __init__(self, message: str, *, found: FileKind | None = None) -> None:
        """Keep what it is instead."""
        super().__init__(message)
        self.found = found


class TooLargeError(PermanentDownloadError):
    """The file is over the cap.

    Attributes:
        max_bytes: the cap.
    """

    def __init__(self, message: str, *, max_bytes: int) -> None:
        """Keep the cap."""
        super().__init__(message)
        self.max_bytes = max_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadTimes:
    """Time limits of one download, in milliseconds: dialling, silence between two reads, and all of it."""

    connect_ms: int = 10 * SECOND
    read_ms: int = 30 * SECOND
    total_ms: int = 5 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A whole file, now the caller's to move or delete; a power cut may take it until the archive has it.

    Attributes:
        digest: SHA-256 of what is in it; who adds to the file's end can go on with a copy.
    """

    path: Path
    kind: FileKind
    size: int
    digest: Hash


class Downloader:
    """Fetches files over https from public addresses, and from the exact origins it was told to trust.

    Use as an async context manager, or call `close`.
    """

    def __init__(
        self,
        *,
        trusted_origins: Iterable[str] = (),
        times: DownloadTimes | None = None,
        reserve_bytes: int = 0,
    ) -> None:
        """Open nothing yet.

        Args:
            trusted_origins: origins such as "http://127.0.0.1:8123" that may be plain http and at any address.
            times: the time limits.
            reserve_bytes: space on the disk that a download must leave free.

        Raises:
            ValueError: a trusted origin is more or less than scheme, host and port.
        """
        self._trusted = frozenset(_parse_origin(origin) for origin in trusted_origins)
        self._times = times or DownloadTimes()
        self._reserve = reserve_bytes
        self._public: aiohttp.ClientSession | None = None
        self._local: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Return this downloader."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Close every connection; a later fetch opens new ones."""
        sessions, self._public, self._local = (self._public, self._local), None, None
        for session in sessions:
            if session is not None:
                await session.close()

    async def fetch(
        self,
        url: str,
        directory: Path,
        *,
        max_bytes: int,
        expect: Collection[FileKind],
        hosts: Collection[str] = (),
    ) -> Downloaded:
        """Download a file into `directory` under a new random name.

        Args:
            url: where it is.
            directory: an existing directory, on the file system where the file will stay.
            max_bytes: the most bytes to take.
            expect: the kinds it may be, told from its bytes.
            hosts: where given, the only hosts (and their subdomains) it may come from, redirects included; trusted
                origins are exempt.

        Raises:
            PermanentDownloadError: this address is no use; see its subclasses.
            TransientDownloadError: not now.
            DiskFullError: no room; nothing was left behind.
        """
        try:
            async with asyncio.timeout(self._times.total_ms / SECOND), AsyncExitStack() as stack:
                response = await self._open(url, hosts, stack)
                return await _Transfer(response, directory, max_bytes, expect, self._reserve).run()
        except TimeoutError as error:
            raise TransientDownloadError(f"{_host(url)} took too long") from error
        except UnicodeError as error:  # a host name that no encoding allows
            raise BlockedError("the address is malformed") from error
        except aiohttp.ClientError as error:
            raise _network_error(url, error) from error

    async def _open(self, url: str, hosts: Collection[str], stack: AsyncExitStack) -> aiohttp.ClientResponse:
        """Follow redirects, judging each address anew, to an answer that holds the file."""
        target = _parse(url)
        for _ in range(MAX_REDIRECTS + 1):
            session = self._session_for(target, hosts)
            response = await stack.enter_async_context(
                session.get(target, allow_redirects=False, headers={"Accept-Encoding": "identity"})
            )
            if response.status not in _REDIRECTS:
                _check_answer(response)
                return response
            location = response.headers.get("Location")
            if not location:
                raise RejectedError(f"{target.host} redirects to nowhere")
            response.close()
            target = _join(target, location)
        raise RejectedError(f"{_host(url)} redirects more than {MAX_REDIRECTS} times")

    def _session_for(self, target: URL, hosts: Collection[str]) -> aiohttp.ClientSession:
        if target.user is not None or target.password is not None:
            raise BlockedError(f"the address at {target.host} holds credentials")
        if target.origin() in self._trusted:
            if self._local is None:
                self._local = self._new_session(aiohttp.TCPConnector())
            return self._local
        if target.scheme != "https":
            raise BlockedError(f"the address at {target.host} is not https")
        if target.port != _HTTPS_PORT:
            raise BlockedError(f"the address at {target.host} names a port")
        if hosts and not _is_under(target.host or "", hosts):
            raise BlockedError(f"{target.host} is not a host for this download")
        if self._public is None:
            self._public = self._new_session(aiohttp.TCPConnector(socket_factory=open_public_socket))
        return self._public

    def _new_session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            read_bufsize=_BLOCK,
            timeout=aiohttp.ClientTimeout(
                total=None,
                sock_connect=self._times.connect_ms / SECOND,
                sock_read=self._times.read_ms / SECOND,
            ),
        )


class _Transfer:
    """One body on its way to the disk."""

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        directory: Path,
        max_bytes: int,
        expect: Collection[FileKind],
        reserve: int,
    ) -> None:
        self._response = response
        self._host = response.url.host
        self._max_bytes = max_bytes
        self._expect = expect
        self._reserve = reserve
        self._directory = directory
        self._name = secrets.token_hex(16)
        self._partial = directory / f"{self._name}.part"
        self._digest = hashlib.sha256()
        self._size = 0
        self._head = b""

    async def run(self) -> Downloaded:
        declared = self._response.content_length
        if declared is not None and declared > self._max_bytes:
            raise self._too_large()
        ensure_room(self._directory, declared or 0, reserve=self._reserve)
        try:
            with disk_full_in_words(self._directory, needed=declared or 0):
                await self._write()
                kind = self._checked_kind()
                path = self._directory / f"{self._name}.{kind.extension}"
                self._partial.replace(path)
        finally:
            self._partial.unlink(missing_ok=True)
        return Downloaded(path=path, kind=kind, size=self._size, digest=self._digest)

    async def _write(self) -> None:
        """Write block after block, each while the next one is on its way; two of them are in memory at most."""
        # A second cancellation may leave a block in its threads: what these write is deleted all the same.
        with self._partial.open("xb") as file:
            writing: asyncio.Future[tuple[None, None]] | None = None
            try:
                async for block in self._blocks():
                    if writing is not None:
                        await asyncio.shield(writing)
                    # Side by side: each lets the other threads run, and from nearby the digest alone takes longest.
                    writing = asyncio.gather(
                        asyncio.to_thread(_keep, file, block), asyncio.to_thread(self._add_to_digest, block)
                    )
                if writing is not None:
                    await asyncio.shield(writing)
            finally:
                if writing is not None:
                    await asyncio.wait({writing})

    async def _blocks(self) -> AsyncIterator[list[bytes]]:
        """Yield the body in blocks of at least `_BLOCK` bytes, but for the last: each costs a hop to a thread.

        A block is the chunks as they came: what has come is not copied once more.
        """
        gathered: list[bytes] = []
        length = 0
        async for chunk in self._response.content.iter_any():
            self._size += len(chunk)
            if self._size > self._max_bytes:
                raise self._too_large()
            if len(self._head) < HEAD_BYTES:
                self._head += chunk[:HEAD_BYTES]
            gathered.append(chunk)
            length += len(chunk)
            if self._size // _LOOK_AFTER > (self._size - len(chunk)) // _LOOK_AFTER:
                # What the server declares may be wrong, or nothing, and others write meanwhile.
                ensure_room(self._directory, 0, reserve=self._reserve)
            if length >= _BLOCK:
                yield gathered
                gathered, length = [], 0
        if gathered:
            yield gathered

    def _add_to_digest(self, block: list[bytes]) -> None:
        for chunk in block:
            self._digest.update(chunk)

    def _checked_kind(self) -> FileKind:
        if not self._size:
            raise TransientDownloadError(f"{self._host} sent an empty file")
        kind = sniff(self._head)
        if kind is None or kind not in self._expect:
            raise WrongTypeError(f"{self._host} sent something other than what was expected", found=kind)
        if kind is FileKind.MP4 and not read_layout(self._partial).complete:
            raise TransientDownloadError(f"{self._host} sent a video that ends too early")
        return kind

    def _too_large(self) -> TooLargeError:
        return TooLargeError(f"the file at {self._host} is over {self._max_bytes:,} bytes", max_bytes=self._max_bytes)


def _keep(file: BinaryIO, block: list[bytes]) -> None:
    start = file.tell()
    for chunk in block:
        file.write(chunk)
    # The disk works while the network does, or a large clip would wait for it at the end.
    begin_sync(file, start, sum(map(len, block)))


def _parse_origin(origin: str) -> URL:
    url = URL(origin)
    bare = url.path in {"", "/"} and not url.query_string and not url.fragment and url.user is None
    if url.scheme not in {"http", "https"} or not url.host or not bare:
        raise ValueError(f"not an origin (scheme://host:port): {origin!r}")
    return url.origin()


def _parse(url: str) -> URL:
    try:
        target = URL(url)
    except ValueError as error:
        raise BlockedError("the address is malformed") from error
    if target.scheme not in {"http", "https"} or not target.host:
        raise BlockedError("the address is not one of the web")
    return target


def _join(target: URL, location: str) -> URL:
    try:
        return _parse(str(target.join(URL(location))))
    except ValueError as error:
        raise RejectedError(f"{target.host} redirects to a malformed address") from error


def _host(url: str) -> str:
    try:
        return URL(url).host or "the address"
    except ValueError:
        return "the address"


def _is_under(host: str, suffixes: Collection[str]) -> bool:
    name = host.rstrip(".").lower()
    return any(name == suffix or name.endswith(f".{suffix}") for suffix in suffixes)


def _check_answer(response: aiohttp.ClientResponse) -> None:
    host, status = response.url.host, response.status
    if status == HTTPStatus.OK:
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding != "identity":
            raise WrongTypeError(f"{host} sent the file compressed, unasked")
        return
    said = f"{host} answered {status}"
    if status in _GONE:
        raise ExpiredError(said)
    if status in _FORBIDDEN:
        raise ForbiddenError(said)
    if status in _TRY_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TransientDownloadError(said, retry_after_ms=_retry_after(response))
    raise RejectedError(said)


def _retry_after(response: aiohttp.ClientResponse) -> int | None:
    seconds = response.headers.get("Retry-After", "")
    if not (seconds.isascii() and seconds.isdigit()):
        return None
    return min(int(seconds[:9]) * SECOND, _MAX_RETRY_AFTER)


def _network_error(url: str, error: aiohttp.ClientError) -> DownloadError:
    host = _host(url)
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, BlockedAddressError):
        return BlockedError(f"{host} is not at a public address")
    if isinstance(error, aiohttp.InvalidURL):
        return BlockedError("the address is malformed")
    return TransientDownloadError(f"{host}: {type(error).__name__}")
