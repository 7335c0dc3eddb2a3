"""`python interrupting.py FILE`: kills a migration of a copy of a SQLite file at each of its statements in turn.

Prints a line of JSON for each: how many statements had begun, how the process ended, and the schema found afterwards.
One process imports Alembic and forks for each kill, since importing takes longer than migrating.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

from storage import migrate

connect = sqlite3.connect


def doomed(statements: int) -> None:
    """Let this process be killed as it begins that many statements."""
    left = statements

    def counted(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def open_counted(*arguments, **named):
        connection = connect(*arguments, **named)
        connection.set_trace_callback(counted)
        return connection

    migrate.sqlite3.connect = open_counted


def contents(file: Path) -> list[str]:
    connection = connect(file)
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        return found + list(connection.iterdump())
    finally:
        connection.close()


def main(original: Path, every: int) -> None:
    before, copy = contents(original), original.with_name("copy.db")
    statements = 1
    while True:
        for leftover in original.parent.glob("copy.db*"):
            leftover.unlink()
        shutil.copy(original, copy)
        child = os.fork()
        if child == 0:
            doomed(statements)
            os._exit(migrate.main(["upgrade", "--url", f"sqlite:///{copy}"]))
        _, status = os.waitpid(child, 0)
        after = contents(copy)
        found = {
            "statements": statements,
            "killed": os.WIFSIGNALED(status),
            "sound": after[0] == "ok",
            "untouched": after == before,
        }
        sys.stdout.write(f"{json.dumps(found)}\n")
        sys.stdout.flush()
        if not os.WIFSIGNALED(status):
            return
        statements += every


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
