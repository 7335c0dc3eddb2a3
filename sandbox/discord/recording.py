"""Writes what passes between a bot and the sandbox to a file, for whoever checks it afterwards.

Each line is a JSON object: `{"exchange": …}` with the fields of `Exchange`, or `{"event": …}` with a gateway payload.
Interaction tokens are replaced; they are the sandbox's own, but a recording is a file that people pass on.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Final

from sandbox.discord.json_types import encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.observation import Exchange
    from sandbox.discord.server import DiscordSandbox

_TOKEN: Final = "{token}"  # noqa: S105  (a name in route templates)
MASK: Final = "masked"
"""What stands for a token."""


@contextmanager
def recording(sandbox: DiscordSandbox, path: Path | None) -> Iterator[None]:
    """Record to `path`, replacing what is there, until the block ends; do nothing without a path.

    Raises:
        OSError: the file cannot be written.
    """
    if path is None:
        yield
        return
    # Line by line: what was recorded is there even if the process is killed.
    with path.open("w", encoding="utf-8", buffering=1) as file:
        stop_observing = sandbox.observe(_Recorder(file))
        try:
            yield
        finally:
            stop_observing()


class _Recorder:
    """An observer that writes lines."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def on_exchange(self, exchange: Exchange) -> None:
        fields = asdict(exchange) | {"path": _masked_path(exchange), "file_parts": list(exchange.file_parts)}
        self._write({"exchange": fields})

    def on_event(self, payload: JsonObject) -> None:
        data = payload["d"]
        if isinstance(data, dict) and "token" in data:
            payload = {**payload, "d": {**data, "token": MASK}}
        self._write({"event": payload})

    def _write(self, entry: JsonObject) -> None:
        self._file.write(encode(entry).decode() + "\n")


def _masked_path(exchange: Exchange) -> str:
    template, path = exchange.route.split("/"), exchange.path.split("/")
    if len(template) != len(path):
        return exchange.path
    return "/".join(MASK if name == _TOKEN else segment for name, segment in zip(template, path, strict=True))
