"""The local archive: inputs and finished clips, kept because the addresses they came from die."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.clock import HOUR
from bot.media.disk import disk_full_in_words, ensure_room, make_directory_durably, move_durably
from bot.media.signatures import sniff_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bot.clock import Clock

_ASSET_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FAN_OUT: Final = re.compile(r"[0-9a-f]{2}")
_EXTENSION: Final = re.compile(r"[a-z0-9]{1,8}")

STALE_AFTER: Final = 6 * HOUR
"""How long an unfinished file is let be, in milliseconds: longer than any download or conversion may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file in the archive; `sha256` in hexadecimal, `content_type` told from its bytes."""

    asset_id: str
    extension: str
    path: Path
    size: int
    sha256: str
    content_type: str


class Archive:
    """Files by asset id, under one directory.

    `<root>/<two hex digits of the id's hash>/<asset id>.<extension>`; unfinished files live in `<root>/incoming`.
    Nothing in a path comes from what a person typed.
    """

    def __init__(self, root: Path, clock: Clock, *, reserve_bytes: int = 0) -> None:
        """Make the directories where they are missing.

        Args:
            root: the archive's own directory.
            clock: tells the age of unfinished files.
            reserve_bytes: space on the disk that the archive leaves free for everything else.
        """
        self._root = root
        self._clock = clock
        self._reserve = reserve_bytes
        self._incoming = root / "incoming"
        self._sure: set[Path] = set()
        make_directory_durably(root)
        make_directory_durably(self._incoming)

    @property
    def incoming(self) -> Path:
        """Return the directory for files on their way in: same file system, swept at start."""
        return self._incoming

    def new_incoming(self, extension: str) -> Path:
        """Return a fresh random path for an unfinished file; nothing is created.

        Raises:
            ValueError: the extension is not up to eight lower-case letters and digits.
        """
        return self._incoming / f"{secrets.token_hex(16)}.{_checked(_EXTENSION, extension)}"

    def path(self, asset_id: str, extension: str) -> Path:
        """Return where an asset's file is or would be.

        Raises:
            ValueError: the id or the extension holds anything but lower-case letters, digits, "_" and "-".
        """
        name = f"{_checked(_ASSET_ID, asset_id)}.{_checked(_EXTENSION, extension)}"
        fan_out = hashlib.sha256(asset_id.encode()).hexdigest()[:2]
        return self._root / fan_out / name

    def ensure_room(self, needed: int) -> None:
        """Check that `needed` bytes fit and leave the reserve free.

        Raises:
            DiskFullError: they do not; the message says so in words for whoever runs the bot.
        """
        ensure_room(self._incoming, needed, reserve=self._reserve)

    async def put_file(self, source: Path, asset_id: str, extension: str, *, sha256: str | None = None) -> StoredFile:
        """Move a finished file into the archive, durably: after a crash it is there whole or not at all.

        A file that was there under this id and extension is replaced. A source on another file system is copied
        and then deleted.

        Args:
            source: where it is now.
            asset_id: its name from now on.
            extension: likewise.
            sha256: of its bytes, in hexadecimal, where that is known already; else it is read once more.

        Raises:
            ValueError: see `path`.
            DiskFullError: no room; the source is where it was.
        """
        return await asyncio.to_thread(self._put_file, source, asset_id, extension, sha256)

    async def copy_out(self, asset_id: str, extension: str) -> Path:
        """Return a copy of an archived file among the unfinished ones; the caller moves or deletes it.

        Not a second name of the same file: that would look as old as the first, and be swept.

        Raises:
            ValueError: see `path`.
            FileNotFoundError: there is none.
            DiskFullError: no room for the copy.
        """
        return await asyncio.to_thread(self._copy_out, self.path(asset_id, extension), self.new_incoming(extension))

    async def delete(self, asset_id: str, extension: str) -> bool:
        """Delete an asset's file; False if there was none."""
        return await self.delete_all([(asset_id, extension)]) == 1

    async def delete_all(self, assets: Iterable[tuple[str, str]]) -> int:
        """Delete the files of assets past their retention, given as (id, extension); returns how many there were."""
        paths = [self.path(asset_id, extension) for asset_id, extension in assets]
        return await asyncio.to_thread(_unlink_all, paths)

    async def stored_between(self, since: int, until: int) -> list[tuple[str, str]]:
        """Return the finished files that were written from `since` on and before `until` (UTC milliseconds).

        Each is given as asset id and extension; what is not named as the archive names files is left out.
        """
        return await asyncio.to_thread(self._stored_between, since, until)

    async def sweep_incoming(self, *, older_than_ms: int = STALE_AFTER) -> int:
        """Delete unfinished files that a crash left behind; returns how many.

        Args:
            older_than_ms: younger ones may still be in work by another process; 0 where there can be none.
        """
        return await asyncio.to_thread(self._sweep, self._clock.now() - older_than_ms)

    def _stored_between(self, since: int, until: int) -> list[tuple[str, str]]:
        found = []
        for folder in self._root.iterdir():
            if _FAN_OUT.fullmatch(folder.name) is None or not folder.is_dir():
                continue
            for path in folder.iterdir():
                asset_id, extension = path.stem, path.suffix[1:]
                if _ASSET_ID.fullmatch(asset_id) is None or _EXTENSION.fullmatch(extension) is None:
                    continue
                with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                    if since <= path.stat().st_mtime_ns // 1_000_000 < until:
                        found.append((asset_id, extension))
        return found

    def _put_file(self, source: Path, asset_id: str, extension: str, sha256: str | None) -> StoredFile:
        destination = self.path(asset_id, extension)
        if destination.parent not in self._sure:
            make_directory_durably(destination.parent)
            self._sure.add(destination.parent)
        kind = sniff_file(source)
        size = source.stat().st_size
        digest = sha256 or _digest(source)
        if source.stat().st_dev == self._incoming.stat().st_dev:
            self._keep(source, destination)
        else:
            self._copy_in(source, size, destination)
        return StoredFile(
            asset_id=asset_id,
            extension=extension,
            path=destination,
            size=size,
            sha256=digest,
            content_type=kind.content_type if kind else "application/octet-stream",
        )

    def _copy_in(self, source: Path, size: int, destination: Path) -> None:
        self.ensure_room(size)
        copy = self.new_incoming("part")
        try:
            with disk_full_in_words(self._incoming, needed=size):
                shutil.copyfile(source, copy)
                self._keep(copy, destination)
        finally:
            copy.unlink(missing_ok=True)
        source.unlink()

    def _keep(self, finished: Path, destination: Path) -> None:
        """Put a finished file in its place, dated by our own clock: by that its age is told later."""
        now = self._clock.now() * 1_000_000
        os.utime(finished, ns=(now, now))
        move_durably(finished, destination)

    def _copy_out(self, source: Path, copy: Path) -> Path:
        size = source.stat().st_size
        self.ensure_room(size)
        try:
            with disk_full_in_words(self._incoming, needed=size):
                shutil.copyfile(source, copy)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
        return copy

    def _sweep(self, before: int) -> int:
        stale = [
            path
            for path in self._incoming.iterdir()
            if path.is_file() and path.stat().st_mtime_ns // 1_000_000 <= before
        ]
        return _unlink_all(stale)


def _checked(pattern: re.Pattern[str], text: str) -> str:
    if pattern.fullmatch(text) is None:
        raise ValueError(f"not fit for a file name: {text!r}")
    return text


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unlink_all(paths: Iterable[Path]) -> int:
    deleted = 0
    for path in paths:
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        deleted += 1
    return deleted
