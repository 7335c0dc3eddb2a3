"""Where the database is: `DATABASE_URL`, checked before anything is opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from storage.errors import BadDatabaseUrl

_FORMS: Final = (
    "use sqlite:///file.db (inside DATA_DIR), sqlite:////absolute/file.db or postgresql://user:password@host/name"
)


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """One file on a local disk."""

    path: Path

    @property
    def url(self) -> str:
        """Return the address in its absolute form."""
        return f"sqlite:///{quote(str(self.path))}"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A database on a PostgreSQL server; the address may hold a password."""

    url: str = field(repr=False)


Location = SqliteFile | PostgresServer


def locate(url: str, data_dir: Path) -> Location:
    """Read a `DATABASE_URL`; a relative SQLite path is inside `data_dir`.

    Raises:
        BadDatabaseUrl: no known form; the message shows nothing of what may be a password.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise BadDatabaseUrl(f"DATABASE_URL has no scheme: {_FORMS}")
    if scheme == "sqlite":
        return SqliteFile(_sqlite_path(rest, data_dir))
    if scheme in {"postgresql", "postgres"}:
        return _postgres(url)
    raise BadDatabaseUrl(f"DATABASE_URL names an engine that is not supported: {_FORMS}")


def _sqlite_path(rest: str, data_dir: Path) -> Path:
    if not rest.startswith("/"):
        raise BadDatabaseUrl(f"DATABASE_URL needs three slashes after sqlite: {_FORMS}")
    if "?" in rest or "#" in rest:
        raise BadDatabaseUrl(f"DATABASE_URL takes no options for SQLite: {_FORMS}")
    path = unquote(rest[1:])
    if path in {"", ":memory:"} or path.endswith("/"):
        raise BadDatabaseUrl(f"DATABASE_URL names no file: {_FORMS}")
    return (data_dir / path).absolute()


def _postgres(url: str) -> PostgresServer:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # The parser's own message repeats parts of the address, so neither it nor its chain may be shown.
        raise BadDatabaseUrl(f"DATABASE_URL has a bad host or port: {_FORMS}") from None
    if port == 0 or len(parts.path) < 2:
        raise BadDatabaseUrl(f"DATABASE_URL names no database: {_FORMS}")
    return PostgresServer("postgresql://" + url.partition("://")[2])
