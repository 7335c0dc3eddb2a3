"""A bot that does not wait for the disk, to see that the power cuts tell: `python -m tests.chaos.power.careless`.

Its one argument beside the bot's own is what SQLite's `synchronous` is set to.
"""

from __future__ import annotations

import sys

from bot.__main__ import main
from storage import sqlite


def run(synchronous: str, arguments: list[str]) -> int:
    kept = [setting for setting in sqlite._SETTINGS if "synchronous" not in setting]
    assert len(kept) == len(sqlite._SETTINGS) - 1
    sqlite._SETTINGS = (*kept, f"PRAGMA synchronous = {synchronous}")  # type: ignore[misc, assignment]
    return main(arguments)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
