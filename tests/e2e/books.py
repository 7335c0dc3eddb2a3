"""What the bot's database holds, read behind its back: what an owner would look up after the fact."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_WATCHED: Final = re.compile(r"process:usd:.*|server:\d+:person:\d+:jobs:\d{4}-\d\d-\d\d|in_flight")
"""Of the many counters that a job takes from, one of each kind; the others are the contract tests' business."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by column names."""

    columns: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.columns[name]
        except KeyError:
            raise AttributeError(name) from None


class Books:
    """Reads a SQLite file without writing to it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def jobs(self) -> list[Row]:
        """Return every job, oldest first."""
        return self._rows("SELECT * FROM jobs ORDER BY number")

    def job(self) -> Row:
        """Return the only job."""
        (job,) = self.jobs()
        return job

    def deliveries(self) -> list[Row]:
        """Return every message that was ever owed, oldest first."""
        return self._rows("SELECT * FROM deliveries ORDER BY number")

    def charges(self) -> list[Row]:
        """Return the ledger: what is set aside or was consumed, by job."""
        return self._rows("SELECT charges.* FROM charges JOIN jobs ON jobs.id = charges.job_id ORDER BY jobs.number")

    def servers(self) -> list[Row]:
        """Return every server that the bot is in or was in."""
        return self._rows("SELECT * FROM servers ORDER BY guild_id")

    def quotas(self) -> dict[str, int]:
        """Return what is used of each person's clips per day and of the whole account's month."""
        used = self._rows("SELECT name, used FROM counters WHERE used > 0")
        return {row.name: row.used for row in used if _WATCHED.fullmatch(row.name)}

    def everything(self) -> tuple[list[Row], list[Row], list[Row], dict[str, int]]:
        """Return all of it, to see that something changed none of it."""
        return self.jobs(), self.deliveries(), self.charges(), self.quotas()

    def events(self, job_id: str) -> list[Row]:
        """Return a job's history, oldest first."""
        return [row for row in self._rows("SELECT * FROM job_events ORDER BY number") if row.job_id == job_id]

    def audit(self) -> list[Row]:
        """Return what was done by whom, oldest first."""
        return self._rows("SELECT * FROM audit ORDER BY number")

    def drawn_secrets(self) -> list[str]:
        """Return what the bot made up and must tell nobody: its own keys, and the tokens in webhook addresses."""
        keys = [row.value for row in self._rows("SELECT value FROM meta WHERE key IN ('webhook_secret', 'files_key')")]
        return keys + [job.hook_token for job in self.jobs()]

    def schema(self, revision: str) -> None:
        """Pretend that another version made the schema; only while nobody has the file open."""
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))

    def _rows(self, query: str) -> list[Row]:
        with self._open() as connection:
            return [Row(dict(row)) for row in connection.execute(query)]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection
