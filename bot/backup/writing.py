"""Writes a backup: streamed, under a name of its own until it is whole and on the disk."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from bot.backup.contents import DATABASE, FILES, HEADER, MANIFEST, Header, Manifest, Member
from bot.backup.errors import BackupError
from bot.backup.stopping import StopCheck
from bot.clock import SECOND
from bot.exit_codes import ExitCode
from bot.media.disk import sync_directory

PARTIAL: Final = ".part"


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Hashed:
    """Passes bytes on and takes their SHA-256."""

    def __init__(self, name: str, source: _Readable, check: StopCheck) -> None:
        self._name = name
        self._source = source
        self._check = check
        self._digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        self._check()
        try:
            block = self._source.read(size)
        except OSError as error:
            # Said here: to whoever catches it, it would be the archive that cannot be written.
            raise BackupError(f"{self._name} cannot be read: {error.strerror or error}.", ExitCode.DATA_DIR) from error
        self._digest.update(block)
        return block

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


@dataclass
class _Tar:
    """A tar archive under way."""

    tar: tarfile.TarFile
    at: int
    check: StopCheck
    members: dict[str, Member] = field(default_factory=dict)

    def add(self, name: str, source: BinaryIO, size: int) -> None:
        """Append `size` bytes as a member.

        Raises:
            OSError: the source has fewer, or the archive cannot be written.
        """
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, self.at // SECOND
        hashed = _Hashed(name, source, self.check)
        self.tar.addfile(info, hashed)
        self.members[name] = Member(size=size, sha256=hashed.sha256)

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content))

    def add_path(self, name: str, path: Path) -> None:
        with path.open("rb") as source:
            self.add(name, source, os.fstat(source.fileno()).st_size)


def write_backup(
    target: Path, header: Header, database: Path, archive: Path, files: Iterable[Path], check: StopCheck
) -> Manifest:
    """Write a backup, all of it or nothing.

    Args:
        target: where it is to be; must not exist.
        header: what it is.
        database: the folder of the database's copy.
        archive: the archive's directory.
        files: the archive's files that the database points at.
        check: is asked before each block whether to go on.

    Raises:
        BackupError: it cannot be written; nothing of it is left.
        Stopped: by `check`; likewise.
    """
    with _whole_or_nothing(target) as stream, tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        made = _Tar(tar, header.taken_at, check)
        made.add_bytes(HEADER, header.model_dump_json(indent=1).encode())
        for part in header.database:
            made.add_path(f"{DATABASE}/{part}", database / part)
        missing = []
        for file in files:
            name = f"{FILES}/{file.relative_to(archive).as_posix()}"
            try:
                made.add_path(name, file)
            except FileNotFoundError:
                missing.append(name)
        manifest = Manifest(members=dict(made.members), missing=missing)
        made.add_bytes(MANIFEST, manifest.model_dump_json(indent=1).encode())
    return manifest


@contextmanager
def _whole_or_nothing(target: Path) -> Iterator[BinaryIO]:
    """Give a stream whose bytes get the target's name once they are all on the disk.

    Raises:
        BackupError: it cannot be written.
    """
    partial = target.with_name(f".{target.name}-{secrets.token_hex(4)}{PARTIAL}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_existing(target)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        refuse_existing(target)
        partial.rename(target)
        sync_directory(target.parent)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror or error}.", ExitCode.DATA_DIR) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def refuse_existing(target: Path) -> None:
    """Make sure that no file is overwritten.

    Raises:
        BackupError: there is one.
    """
    if os.path.lexists(target):
        raise BackupError(f"{target} exists already: choose another name.", ExitCode.DATA_DIR)
