"""Alembic's entry: every missing migration in one transaction.

On SQLite they run on the connection that is handed over. For PostgreSQL they are only written as SQL, which
`storage.migrate` sends through asyncpg, so that no second driver is needed; a migration must therefore not read rows
into Python.
"""

from __future__ import annotations

from alembic import context

if context.is_offline_mode():
    # Whoever sends the text begins and commits.
    context.configure(dialect_name="postgresql", transactional_ddl=False)
    context.run_migrations()
else:
    context.configure(connection=context.config.attributes["connection"], transactional_ddl=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
