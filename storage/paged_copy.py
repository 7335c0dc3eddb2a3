"""Copies an open SQLite database a few pages at a time, so that nobody waits long for it.

It goes over the connection that everything else uses: what is written in between reaches the copy as well, and the
copy is whole as of its end. A second connection would read as well, but there is to be only one (`storage.sqlite`).
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

PAGES: Final = 512
"""So many pages are copied before others have their turn: two megabytes, some ten milliseconds."""
RESTARTS: Final = 3
"""So often SQLite may begin anew, as it does when a transaction is undone; then the rest is copied in one turn."""


class _Abandoned(Exception):
    """Nobody waits for the copy any more."""


class PagedCopy:
    """One copy in the making."""

    def __init__(self, source: sqlite3.Connection, target: Path, turn: asyncio.Lock) -> None:
        """Nothing is copied yet.

        Args:
            source: may be used from any thread by whoever holds `turn`.
            target: a new or an empty file.
            turn: is held while pages are copied, and let go in between.
        """
        self._source = source
        self._target = target
        self._turn = turn
        self._loop = asyncio.get_running_loop()
        self._abandoned = False
        self._remaining: int | None = None
        self._restarts = 0

    async def run(self) -> None:
        """Copy everything; nothing goes on after a cancellation.

        Raises:
            sqlite3.Error: it cannot be read or written.
        """
        copying = self._loop.run_in_executor(None, self._copy)
        try:
            await asyncio.shield(copying)
        except asyncio.CancelledError:
            self._abandoned = True
            await asyncio.wait([copying])
            copying.exception()
            raise

    def _copy(self) -> None:
        with closing(sqlite3.connect(self._target, isolation_level=None)) as target:
            self._take_turn()
            try:
                self._source.backup(target, pages=PAGES, progress=self._between_pages)
            finally:
                self._loop.call_soon_threadsafe(self._turn.release)
            # The copy of a database with a write-ahead log says that it has one, too; alone, it is one file.
            target.execute("PRAGMA journal_mode = DELETE")

    def _between_pages(self, _status: int, remaining: int, _total: int) -> None:
        if self._abandoned:
            raise _Abandoned
        if self._remaining is not None and remaining >= self._remaining:
            self._restarts += 1
        self._remaining = remaining
        if self._restarts > RESTARTS:
            return
        self._loop.call_soon_threadsafe(self._turn.release)
        self._take_turn()

    def _take_turn(self) -> None:
        """Wait in line like everybody else: whoever came before is served before more pages are."""
        asyncio.run_coroutine_threadsafe(self._turn.acquire(), self._loop).result()
