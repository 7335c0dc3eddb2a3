"""Where the socket is, and how it is reached where its path is longer than a socket's address may be."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.control.errors import NoBot, SocketUnusable

SOCKET_NAME: Final = "control.sock"

_LONGEST: Final = 100
"""Bytes of a path that every system takes: Linux takes 107, others 103."""

_OWN_DIRECTORIES: Final = Path("/proc/self/fd")


@contextmanager
def reachable(data_dir: Path) -> Iterator[str]:
    """Give a path to the socket that is short enough, for as long as this lasts.

    Raises:
        NoBot: there is no such directory.
        SocketUnusable: this system has no such sockets, or no way to shorten the path.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise SocketUnusable("this system has no Unix sockets")
    path = str(data_dir.absolute() / SOCKET_NAME)
    if len(os.fsencode(path)) <= _LONGEST:
        yield path
        return
    if not _OWN_DIRECTORIES.is_dir():
        raise SocketUnusable(
            f"DATA_DIR's path is too long for a socket in it: use one of at most {_LONGEST - 13} bytes"
        )
    try:
        descriptor = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        raise NoBot(f"there is no {data_dir}") from None
    except OSError as error:
        raise SocketUnusable(f"DATA_DIR cannot be opened: {error.strerror}") from error
    try:
        yield str(_OWN_DIRECTORIES / str(descriptor) / SOCKET_NAME)
    finally:
        os.close(descriptor)
