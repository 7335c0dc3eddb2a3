"""A disk that can lose power: what was written since the last sync may be there, in part, or not at all.

Stricter than any file system in use: bytes are sure once their file was synced, names (made, moved, deleted) once their
directory was. Until then each 512-byte sector and each name may or may not have reached the disk, whatever the order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path, PurePosixPath
from typing import Final

SECTOR: Final = 512


def dice(seed: int) -> random.Random:
    """Return a source of choices that can be made again."""
    return random.Random(seed)  # noqa: S311 - a schedule, not a secret


class Loss(Enum):
    """What becomes of what was never synced."""

    ALL = auto()
    """None of it reached the disk."""
    NONE = auto()
    """All of it did."""
    SOME = auto()
    """Any part of it did, in any order, torn at sectors."""
    LATEST = auto()
    """What was written last of it did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change to a file's bytes; `data` of None cuts or grows it to `offset` instead."""

    ended: int
    offset: int
    data: bytes | None


@dataclass(slots=True, eq=False)
class File:
    """A file, whatever its names are."""

    sure: bytearray = field(default_factory=bytearray)
    unsure: list[Change] = field(default_factory=list)
    version: int = 0

    def write(self, ended: int, offset: int, data: bytes) -> None:
        self.unsure.append(Change(ended=ended, offset=offset, data=data))
        self.version += 1

    def cut(self, ended: int, size: int) -> None:
        self.unsure.append(Change(ended=ended, offset=size, data=None))
        self.version += 1

    def sync(self, before: int) -> None:
        """Make sure what had been written when the sync began."""
        for change in self.unsure:
            if change.ended < before:
                _apply(self.sure, change)
        self.unsure = [change for change in self.unsure if change.ended >= before]

    def now(self) -> bytearray:
        """Return what a reader sees while there is power."""
        content = bytearray(self.sure)
        for change in self.unsure:
            _apply(content, change)
        return content

    def after(self, loss: Loss, dice: random.Random) -> bytearray:
        """Return what is there after a power cut."""
        if loss is Loss.ALL or not self.unsure:
            return bytearray(self.sure)
        if loss is Loss.NONE:
            return self.now()
        content = bytearray(self.sure)
        kept = self.unsure[: dice.randrange(len(self.unsure) + 1)] if loss is Loss.LATEST else self.unsure
        for change in kept:
            if loss is Loss.LATEST:
                _apply(content, change)
                continue
            for piece in _sectors(change):
                if dice.random() < 0.5:
                    _apply(content, piece)
        return content


@dataclass(slots=True, eq=False)
class Directory:
    """Names; each leads to a file or another directory, or to None where it was taken away."""

    sure: dict[str, Node] = field(default_factory=dict)
    unsure: list[tuple[int, str, Node | None]] = field(default_factory=list)
    names: dict[str, Node] = field(default_factory=dict)
    """As they are while there is power."""

    def put(self, ended: int, name: str, node: Node | None) -> None:
        self.unsure.append((ended, name, node))
        if node is None:
            self.names.pop(name, None)
        else:
            self.names[name] = node

    def sync(self, before: int) -> None:
        for ended, name, node in self.unsure:
            if ended < before:
                _name(self.sure, name, node)
        self.unsure = [change for change in self.unsure if change[0] >= before]

    def after(self, loss: Loss, dice: random.Random) -> dict[str, Node]:
        """Return the names that are there after a power cut; those of one name never change their order."""
        if loss is Loss.ALL:
            return dict(self.sure)
        if loss is Loss.NONE:
            return dict(self.names)
        names = dict(self.sure)
        lost: set[str] = set()
        stop = dice.randrange(len(self.unsure) + 1)
        for number, (_, name, node) in enumerate(self.unsure):
            if (number >= stop) if loss is Loss.LATEST else (dice.random() < 0.5):
                lost.add(name)
            if name not in lost:
                _name(names, name, node)
        return names


Node = File | Directory


class Disk:
    """What is below one directory. Paths are relative to it, "" is itself."""

    def __init__(self) -> None:
        self.root = Directory()

    @classmethod
    def holding(cls, directory: Path) -> Disk:
        """Return a disk on which everything that a directory holds now is sure."""
        disk = cls()
        for path in sorted(directory.rglob("*")):
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                continue
            node: Node = Directory() if path.is_dir() else File(sure=bytearray(path.read_bytes()))
            name = path.relative_to(directory).as_posix()
            parent, last = disk._parent(name)
            parent.sure[last] = parent.names[last] = node
        return disk

    def find(self, path: str) -> Node | None:
        """Return what a path leads to, None where there is nothing."""
        node: Node | None = self.root
        for part in PurePosixPath(path).parts:
            node = node.names.get(part) if isinstance(node, Directory) else None
        return node

    def file(self, path: str) -> File | None:
        node = self.find(path)
        return node if isinstance(node, File) else None

    def make(self, ended: int, path: str, node: Node) -> None:
        parent, name = self._parent(path)
        parent.put(ended, name, node)

    def remove(self, ended: int, path: str) -> None:
        parent, name = self._parent(path)
        parent.put(ended, name, None)

    def move(self, ended: int, source: str, destination: str) -> None:
        node = self.find(source)
        if node is not None:
            self.make(ended, destination, node)
            self.remove(ended, source)

    def sync(self, path: str, before: int) -> None:
        node = self.find(path)
        if node is not None:
            node.sync(before)

    def after(self, loss: Loss, dice: random.Random) -> Iterator[tuple[str, File | None]]:
        """Return the paths that are there after a power cut: directories with None, files as they were."""
        yield from _below(self.root, "", loss, dice)

    def _parent(self, path: str) -> tuple[Directory, str]:
        place = PurePosixPath(path)
        node = self.find(place.parent.as_posix() if place.parent.parts else "")
        if not isinstance(node, Directory):
            raise FileNotFoundError(path)
        return node, place.name


def _below(directory: Directory, path: str, loss: Loss, dice: random.Random) -> Iterator[tuple[str, File | None]]:
    for name, node in directory.after(loss, dice).items():
        here = f"{path}/{name}" if path else name
        if isinstance(node, File):
            yield here, node
        else:
            yield here, None
            yield from _below(node, here, loss, dice)


def _name(names: dict[str, Node], name: str, node: Node | None) -> None:
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


def _apply(content: bytearray, change: Change) -> None:
    if change.data is None:
        del content[change.offset :]
        content.extend(bytes(change.offset - len(content)))
        return
    content.extend(bytes(max(0, change.offset - len(content))))
    content[change.offset : change.offset + len(change.data)] = change.data


def _sectors(change: Change) -> Iterator[Change]:
    if change.data is None:
        yield change
        return
    start, data = change.offset, change.data
    while data:
        take = SECTOR - start % SECTOR
        yield Change(ended=change.ended, offset=start, data=data[:take])
        start, data = start + take, data[take:]
