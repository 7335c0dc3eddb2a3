"""Lets a disk go through a record, up to any place in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.chaos.power.disk import Directory, Disk, File
from tests.chaos.power.strace import Call

_WRITES: Final = frozenset({"write", "pwrite64", "writev", "pwritev", "pwritev2"})
_SYNCS: Final = frozenset({"fsync", "fdatasync"})
_UNKNOWN: Final = frozenset({"sync_file_range", "syncfs", "sync", "link", "linkat", "symlink", "symlinkat", "truncate"})
"""Nothing of the bot's makes these calls below its data; if that changes, the replay has to learn them."""


class NotUnderstood(Exception):
    """The record holds a call on the data that the replay does not know."""


@dataclass
class Replay:
    """A disk in the midst of a record.

    Attributes:
        directory: the data's, as the recorded process named it.
        place: how far it has come: everything that began before it has been done.
    """

    disk: Disk
    directory: Path
    calls: Sequence[Call]
    place: int = 0
    _next: int = 0
    _steps: list[tuple[int, Call]] = field(default_factory=list)
    _offsets: dict[tuple[int, int], int] = field(default_factory=dict)
    _appends: set[tuple[int, int]] = field(default_factory=set)
    _working: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A write may reach the disk as soon as it begins; a name or a sync is there once its call has returned.
        steps = [(call.begun if call.name in _WRITES else call.ended, call) for call in self.calls]
        self._steps = sorted(steps, key=lambda step: step[0])

    def go_to(self, place: int) -> None:
        """Do everything that happens before a place in the record."""
        while self._next < len(self._steps) and self._steps[self._next][0] < place:
            self._do(self._steps[self._next][1])
            self._next += 1
        self.place = place

    def synced(self) -> Iterator[int]:
        """Return the places at which something of the data has just been synced."""
        for call in self.calls:
            if call.name in _SYNCS and call.result == 0 and self._inside(call.descriptor()[1]) is not None:
                yield call.ended + 1

    def _do(self, call: Call) -> None:
        if call.name in {"openat", "open", "creat"}:
            self._open(call)
        elif call.name == "lseek":
            self._seek(call)
        elif call.result < 0:
            return
        elif call.name in _WRITES:
            self._write(call)
        elif call.name in {"sendfile", "copy_file_range"}:
            self._copy(call)
        elif call.name in _SYNCS:
            path = self._inside(call.descriptor()[1])
            if path is not None:
                self.disk.sync(path, call.begun)
        elif call.name in {"ftruncate", "fallocate"}:
            self._resize(call)
        elif call.name.startswith(("rename", "unlink", "mkdir", "rmdir")):
            self._rename_or_remove(call)
        elif call.name in _UNKNOWN and any(str(self.directory) in str(text) for text in self._texts(call)):
            raise NotUnderstood(call.name)

    def _open(self, call: Call) -> None:
        number, meant = call.opened() if call.result >= 0 else (-1, "")
        at = 1 if call.name == "openat" else 0
        if at and (working := call.descriptor(0)[1]):
            self._working[call.process] = working
        path = self._inside(meant)
        if path is None:
            return
        flags = call.arguments[at + 1] if len(call.arguments) > at + 1 else "O_CREAT|O_TRUNC"
        self._offsets[call.process, number] = 0
        self._appends.discard((call.process, number))
        if "O_APPEND" in flags:
            self._appends.add((call.process, number))
        if self.disk.find(path) is None and "O_CREAT" in flags:
            self.disk.make(call.ended, path, File())
        if "O_TRUNC" in flags and (file := self.disk.file(path)) is not None and file.now():
            file.cut(call.ended, 0)

    def _seek(self, call: Call) -> None:
        if call.result >= 0 and self._inside(call.descriptor()[1]) is not None:
            self._offsets[call.process, call.descriptor()[0]] = call.result

    def _write(self, call: Call) -> None:
        number, meant = call.descriptor()
        file = self._file(meant)
        if file is None:
            return
        key = (call.process, number)
        if call.name in {"pwrite64", "pwritev", "pwritev2"}:
            offset = call.number(3)
        else:
            offset = len(file.now()) if key in self._appends else self._offsets.get(key, 0)
            self._offsets[key] = offset + call.result
        file.write(call.ended, offset, call.data)

    def _copy(self, call: Call) -> None:
        target, origin = (0, 1) if call.name == "sendfile" else (2, 0)
        number, meant = call.descriptor(target)
        file, source = self._file(meant), self._file(call.descriptor(origin)[1])
        if file is None or not call.result:
            return
        if source is None or call.name != "sendfile":
            raise NotUnderstood(f"{call.name} into the data")
        start = int(call.arguments[2].split("=>")[0].strip(" []") or "0", 0)
        offset = self._offsets.get((call.process, number), 0)
        file.write(call.ended, offset, bytes(source.now()[start : start + call.result]))
        self._offsets[call.process, number] = offset + call.result

    def _resize(self, call: Call) -> None:
        file = self._file(call.descriptor()[1])
        if file is None:
            return
        if call.name == "ftruncate":
            file.cut(call.ended, call.number(1))
            return
        size = call.number(2) + call.number(3)
        if size > len(file.now()):
            file.cut(call.ended, size)

    def _rename_or_remove(self, call: Call) -> None:
        paths = [self._inside(text) for text in self._texts(call)]
        if call.name.startswith("rename"):
            source, destination = paths
            if source is None or destination is None:
                if source or destination:
                    raise NotUnderstood("a file is moved into or out of the data")
                return
            self.disk.move(call.ended, source, destination)
        elif paths[0] is not None:
            if call.name.startswith("mkdir"):
                self.disk.make(call.ended, paths[0], Directory())
            else:
                self.disk.remove(call.ended, paths[0])

    def _texts(self, call: Call) -> list[str]:
        """Return the paths that a call names, absolute."""
        found: list[str] = []
        base = self._working.get(call.process, "")
        for number, argument in enumerate(call.arguments):
            if argument.startswith('"'):
                found.append(str(Path(base, call.text(number))))
                base = self._working.get(call.process, "")
            elif "<" in argument:
                base = call.descriptor(number)[1] or base
        return found

    def _file(self, meant: str) -> File | None:
        path = self._inside(meant)
        return self.disk.file(path) if path is not None else None

    def _inside(self, meant: str) -> str | None:
        """Return a path relative to the data, None where it is elsewhere."""
        if not meant.startswith("/"):
            return None
        path = Path(meant)
        return (
            path.relative_to(self.directory).as_posix().removeprefix(".")
            if path.is_relative_to(self.directory)
            else None
        )
