"""Files that a person picks, by their paths."""

from __future__ import annotations

from pathlib import Path

from sandbox.person import LocalFile


def read_file(path: str) -> LocalFile:
    """Return a file that a person picks.

    Raises:
        OSError: it cannot be read.
    """
    found = Path(path).expanduser()
    return LocalFile(found.name, found.read_bytes())
