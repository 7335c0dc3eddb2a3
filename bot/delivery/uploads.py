"""Files on their way to Discord: streamed from the disk, never whole in memory."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import discord
from typing_extensions import override

BLOCK: Final = 256 * 1024
"""Bytes that are read at once: aiohttp asks for 64 KiB, and each reading is a hop to a thread and back."""


class _InBlocks(io.BufferedReader):
    """Gives more than it is asked for, which whoever streams a whole file takes just as well."""

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size if size is None or size < 0 else max(size, BLOCK))


class _OwnedFile(discord.File):
    """Closes its stream, which discord.py leaves to whoever opened it."""

    @override
    def close(self) -> None:
        super().close()
        self._closer()


def open_upload(path: Path, *, filename: str, description: str, spoiler: bool) -> discord.File:
    """Open a file that is streamed while it is sent; closing it closes the stream.

    Args:
        path: what to send.
        filename: what it is called in the channel.
        description: for people who cannot see it.
        spoiler: whether it is covered until somebody clicks on it.

    Raises:
        OSError: it cannot be read.
    """
    return _OwnedFile(_InBlocks(io.FileIO(path), BLOCK), filename=filename, description=description, spoiler=spoiler)
