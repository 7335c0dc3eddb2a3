"""Unpacks a backup beside the data and checks every byte of it, before anything is put in its place."""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from pydantic import BaseModel, ValidationError

from bot.backup.contents import FORMAT, HEADER, JSON_LIMIT, MANIFEST, Header, Manifest, Member
from bot.backup.errors import BackupError, NotUsable
from bot.backup.stopping import StopCheck
from bot.exit_codes import ExitCode
from bot.media.disk import sync_directory

_EXPECTED: Final = re.compile(
    r"database/[a-z0-9_]{1,80}\.[a-z0-9]{1,8}|files/[0-9a-f]{2}/[a-z0-9][a-z0-9_-]{0,63}\.[a-z0-9]{1,8}"
)
"""What a member may be called, apart from the two descriptions."""
_READ: Final = 1024 * 1024

Described = TypeVar("Described", bound=BaseModel)


def unpack(file: Path, folder: Path, admit: Callable[[Header], None], check: StopCheck) -> tuple[Header, Manifest]:
    """Unpack a backup into a folder and compare it with its manifest; all of it is on the disk afterwards.

    Args:
        file: the backup.
        folder: an empty one.
        admit: raises `NotUsable` for a backup that does not fit; called before anything is unpacked.
        check: is asked before each block whether to go on.

    Raises:
        NotUsable: it is no backup, is damaged, or is not admitted.
        BackupError: it cannot be read, or the folder cannot be written.
        Stopped: by `check`.
    """
    try:
        with file.open("rb") as stream:
            return _unpack(stream, file, folder, admit, check)
    except tarfile.TarError as error:
        raise NotUsable(f"{file} is damaged, or no backup that `python -m bot backup` made: {error}.") from error
    except FileNotFoundError:
        raise BackupError(f"{file} does not exist.", ExitCode.BACKUP) from None
    except OSError as error:
        raise BackupError(
            f"{file} cannot be read, or DATA_DIR not be written: {error.strerror or error}.", ExitCode.DATA_DIR
        ) from error


def _unpack(
    stream: BinaryIO, file: Path, folder: Path, admit: Callable[[Header], None], check: StopCheck
) -> tuple[Header, Manifest]:
    with tarfile.open(fileobj=stream, mode="r:") as tar:
        first = tar.next()
        if first is None or first.name != HEADER:
            raise NotUsable(f"{file} is no backup that `python -m bot backup` made.")
        content = _described(tar, first, file)
        header = _parsed(Header, content, file)
        if header.format != FORMAT:
            raise NotUsable(f"{file} was made by a newer Egret ({header.egret}): update Egret first.")
        admit(header)
        found = {HEADER: Member(size=len(content), sha256=hashlib.sha256(content).hexdigest())}
        while (member := tar.next()) is not None:
            if member.name == MANIFEST:
                manifest = _parsed(Manifest, _described(tar, member, file), file)
                _compare(file, header, manifest, found)
                return header, manifest
            _expect(member, found, file)
            found[member.name] = _extract(tar, member, folder / member.name, check)
    raise NotUsable(f"{file} is not whole: its end is missing. Copy it again, or take another.")


def _expect(member: tarfile.TarInfo, found: dict[str, Member], file: Path) -> None:
    """Make sure that a member is a plain file in a place of a backup's, and there only once.

    Raises:
        NotUsable: it is not.
    """
    if not _is_plain(member) or _EXPECTED.fullmatch(member.name) is None or member.name in found:
        raise NotUsable(f"{file} is no backup that `python -m bot backup` made: it holds {member.name!r}.")


def _is_plain(member: tarfile.TarInfo) -> bool:
    """Tell whether a member is a file with its every byte in the archive: a sparse one claims any size at no cost."""
    return member.isreg() and not member.issparse() and member.size >= 0


def _described(tar: tarfile.TarFile, member: tarfile.TarInfo, file: Path) -> bytes:
    source = tar.extractfile(member) if _is_plain(member) else None
    if source is None or member.size > JSON_LIMIT:
        raise NotUsable(f"{file} is no backup that `python -m bot backup` made.")
    return source.read()


def _parsed(kind: type[Described], content: bytes, file: Path) -> Described:
    try:
        return kind.model_validate_json(content)
    except ValidationError:
        raise NotUsable(f"{file} is damaged, or no backup that `python -m bot backup` made.") from None


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path, check: StopCheck) -> Member:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    source = tar.extractfile(member)
    if source is None:  # pragma: no cover - only of what is no plain file
        raise tarfile.ReadError(f"{member.name} has no content")
    with path.open("xb") as target:
        while block := source.read(_READ):
            check()
            target.write(block)
            digest.update(block)
            size += len(block)
        target.flush()
        os.fsync(target.fileno())
    sync_directory(path.parent)
    return Member(size=size, sha256=digest.hexdigest())


def _compare(file: Path, header: Header, manifest: Manifest, found: dict[str, Member]) -> None:
    wrong = sorted(name for name in {*found, *manifest.members} if found.get(name) != manifest.members.get(name))
    wrong += [part for part in header.database if f"database/{part}" not in found]
    if wrong:
        more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise NotUsable(f"{file} is damaged ({wrong[0]}{more}): nothing was changed. Take another backup.")
