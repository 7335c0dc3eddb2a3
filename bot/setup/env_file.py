"""Changes single settings in `.env` and leaves every other line as it is. The file is whole at every moment."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from bot.errors import EgretError

_PLAIN: Final = re.compile(r"[A-Za-z0-9._:/@%+=,~&?-]*")
"""Values that need no quotes, here and in the other programs that read such files."""
_ONLY_OWNER: Final = 0o600


class Unwritable(EgretError):
    """A value cannot be kept in such a file; the message names the setting and never the value."""


def changed(text: str, values: Mapping[str, str]) -> str:
    """Return the text of such a file with some settings changed.

    A setting's line is replaced where it stands; one that is commented out is put to use; what has no line gets one at
    the end. A second line for the same setting is taken out, because it would win.
    """
    lines = text.splitlines(keepends=True)
    for name, value in values.items():
        lines = _with(lines, name, f"{name}={_quoted(value)}\n")
    return "".join(lines)


def write(path: Path, text: str, values: Mapping[str, str]) -> None:
    """Put `text` in place of a file at once, readable by its owner alone.

    It is read back first: a value that the bot would read otherwise never gets there.

    Args:
        path: the file; it need not exist.
        text: what it is to hold.
        values: what the bot has to find in it.

    Raises:
        Unwritable: a value would be read as another one.
        OSError: the directory cannot be written.
    """
    target = path.resolve()
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        _write_whole(part, text)
        found = dotenv_values(part, encoding="utf-8")
        for name, value in values.items():
            if found.get(name) != value:
                raise Unwritable(f"{name} holds characters that cannot be kept in {path.name}")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def try_directory(path: Path) -> None:
    """Write beside a file and take it away again, as `write` is going to do.

    Raises:
        OSError: the directory cannot be written.
    """
    target = path.resolve()
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        _write_whole(part, "")
    finally:
        part.unlink(missing_ok=True)


def _with(lines: list[str], name: str, line: str) -> list[str]:
    live = re.compile(rf"\s*(export\s+)?{re.escape(name)}\s*=")
    idle = re.compile(rf"\s*#\s*{re.escape(name)}\s*=")
    places = [place for place, old in enumerate(lines) if live.match(old)]
    if not places:
        places = [place for place, old in enumerate(lines) if idle.match(old)][:1]
    if not places:
        ended = [*lines[:-1], lines[-1].rstrip("\n") + "\n"] if lines else []
        return [*ended, line]
    first, *others = places
    return [line if place == first else old for place, old in enumerate(lines) if place not in others]


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _write_whole(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OWNER)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
