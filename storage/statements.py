"""The SQL of `storage/sql`, loaded by aiosql and run by our own adapters.

The adapters differ from aiosql's in one thing: a statement is one call to the driver. SQLite's are done when they
return: they are called in the connection's own thread, where a whole transaction runs.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aiosql
from aiosql.query_loader import QueryLoader
from aiosql.types import QueryDatum, QueryFn, SQLOperationType
from aiosql.utils import VAR_REF
from typing_extensions import override

from storage.database import Engine, Row, Value

if TYPE_CHECKING:
    import sqlite3

    import asyncpg
    from asyncpg.pool import PoolConnectionProxy

SQL: Final = Path(__file__).with_name("sql")


class SqliteAdapter:
    """Runs a statement on SQLite, at once."""

    is_aio_driver = True

    def process_sql(self, _name: str, _operation: SQLOperationType, sql: str) -> str:
        """Return the statement as written: SQLite takes named parameters."""
        return sql

    async def select(
        self, connection: sqlite3.Connection, _name: str, sql: str, values: Mapping[str, Value], _record: object
    ) -> AsyncIterator[Row]:
        """Run a statement and yield the rows it gives."""
        for row in connection.execute(sql, values).fetchall():
            yield row

    async def insert_update_delete(
        self, connection: sqlite3.Connection, _name: str, sql: str, values: Mapping[str, Value]
    ) -> None:
        """Run a statement that gives no rows."""
        connection.execute(sql, values).fetchall()

    async def insert_update_delete_many(
        self, connection: sqlite3.Connection, _name: str, sql: str, values: Sequence[Mapping[str, Value]]
    ) -> None:
        """Run a statement for each set of values."""
        connection.executemany(sql, values)


class PostgresAdapter:
    """Runs a statement on asyncpg, whose parameters are numbered."""

    is_aio_driver = True

    def __init__(self) -> None:
        self._order: dict[str, list[str]] = {}

    def process_sql(self, name: str, _operation: SQLOperationType, sql: str) -> str:
        """Return the statement with `$1` for its first parameter, and so on."""
        order = self._order.setdefault(name, [])

        def numbered(match: re.Match[str]) -> str:
            variable = match["var_name"]
            if variable is None:  # a quoted text
                return match[0]
            if variable not in order:
                order.append(variable)
            return f"{match['lead']}${order.index(variable) + 1}"

        return VAR_REF.sub(numbered, sql)

    async def select(
        self,
        connection: PoolConnectionProxy[asyncpg.Record],
        name: str,
        sql: str,
        values: Mapping[str, Value],
        _record: object,
    ) -> AsyncIterator[Row]:
        """Run a statement and yield the rows it gives."""
        for row in await connection.fetch(sql, *self._ordered(name, values)):
            yield row

    async def insert_update_delete(
        self, connection: PoolConnectionProxy[asyncpg.Record], name: str, sql: str, values: Mapping[str, Value]
    ) -> None:
        """Run a statement that gives no rows."""
        await connection.execute(sql, *self._ordered(name, values))

    async def insert_update_delete_many(
        self,
        connection: PoolConnectionProxy[asyncpg.Record],
        name: str,
        sql: str,
        values: Sequence[Mapping[str, Value]],
    ) -> None:
        """Run a statement for each set of values."""
        await connection.executemany(sql, [self._ordered(name, each) for each in values])

    def _ordered(self, name: str, values: Mapping[str, Value]) -> list[Value]:
        return [values[variable] for variable in self._order[name]]


_ADAPTERS: Final[Mapping[Engine, Callable[[], Any]]] = {"sqlite": SqliteAdapter, "postgres": PostgresAdapter}


_NAME: Final = re.compile(r"--\s*name\s*:\s*")


class Loader(QueryLoader):
    """Takes files apart at their name lines, as aiosql's own does, but for block comments: there are none in ours.

    aiosql 15.0 looks for them by a pattern that can match nothing, and so stops at every character of every file: three
    quarters of what loading takes.
    """

    @override
    def load_query_data_from_sql(
        self, sql: str, ns_parts: list[str], fname: Path | str = "<unknown>"
    ) -> list[QueryDatum]:
        """Return the statements of one file."""
        before, *named = _NAME.split(sql)
        line, statements = 1 + before.count("\n"), []
        for each in named:
            statements.append(self._make_query_datum(each, ns_parts, (fname, line)))
            line += each.count("\n")
        return statements


@cache
def _load(engine: Engine) -> Mapping[str, QueryFn]:
    """Return every statement of an engine by its name; read once a process."""
    queries = aiosql.from_path(SQL, _ADAPTERS[engine], loader_cls=Loader)
    own = getattr(queries, engine)
    return {
        **{name: getattr(queries, name) for name in queries.available_queries if "." not in name},
        **{name: getattr(own, name) for name in own.available_queries},
    }


class Statements:
    """Every statement of one engine by name: those for both, and those of its own folder."""

    def __init__(self, engine: Engine) -> None:
        """Load the files; a name that is used twice, or a parameter that is not declared, raises here."""
        self._named = _load(engine)

    @property
    def names(self) -> frozenset[str]:
        """Return the statements' names."""
        return frozenset(name for name in self._named if not name.endswith("_cursor"))

    @property
    def texts(self) -> Mapping[str, str]:
        """Return every statement's SQL by its name."""
        return {name: self._named[name].sql for name in self.names}

    async def rows(self, connection: object, statement: str, values: Mapping[str, Value]) -> Sequence[Row]:
        """Run a statement that gives rows."""
        return [row async for row in self._named[statement](connection, **values)]

    async def run(self, connection: object, statement: str, values: Mapping[str, Value]) -> None:
        """Run a statement that gives none (its name line ends in `!`)."""
        await self._named[statement](connection, **values)

    async def many(self, connection: object, statement: str, values: Sequence[Mapping[str, Value]]) -> None:
        """Run a statement for each set of values (its name line ends in `*!`)."""
        if values:
            await self._named[statement](connection, values)
