"""Alembic's entry: runs every missing migration in one transaction on the connection it is handed."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

ADVISORY_LOCK = 0x45475245
"""Names the migration among a PostgreSQL server's advisory locks."""


def run() -> None:
    """Migrate under a lock: SQLite's BEGIN IMMEDIATE, PostgreSQL's advisory lock until the commit."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, transactional_ddl=True, render_as_batch=True)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        context.run_migrations()


run()
