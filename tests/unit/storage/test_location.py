"""A `DATABASE_URL` is understood or refused, and never shown with its password."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.errors import BadDatabaseUrl
from storage.location import PostgresServer, SqliteFile, locate

DATA = Path("/srv/egret")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///egret.db", "/srv/egret/egret.db"),
        ("sqlite:///deeper/egret.db", "/srv/egret/deeper/egret.db"),
        ("sqlite:////var/lib/egret.db", "/var/lib/egret.db"),
        ("sqlite:///with%20space.db", "/srv/egret/with space.db"),
    ],
)
def test_a_sqlite_path_is_inside_the_data_directory_unless_absolute(url: str, path: str):
    assert locate(url, DATA) == SqliteFile(Path(path))


def test_a_resolved_sqlite_address_means_the_same_file_anywhere():
    location = locate("sqlite:///egret.db", DATA)
    assert location.url == "sqlite:////srv/egret/egret.db"
    assert locate(location.url, Path("/elsewhere")) == location
    odd = SqliteFile(Path("/srv/100%/what?.db"))
    assert locate(odd.url, Path("/elsewhere")) == odd


def test_a_relative_data_directory_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    assert locate("sqlite:///egret.db", Path("data")) == SqliteFile(tmp_path / "data" / "egret.db")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@db.example:5432/egret",
        "postgresql://me:hunter2@db.example/egret?sslmode=require",
        "postgresql:///egret?host=/var/run/postgresql",
    ],
)
def test_a_postgresql_address_is_kept_and_not_shown(url: str):
    location = locate(url, DATA)
    assert isinstance(location, PostgresServer)
    assert location.url == url
    assert "hunter2" not in repr(location)


def test_the_short_scheme_means_the_same():
    assert locate("postgres://me@db.example/egret", DATA) == PostgresServer("postgresql://me@db.example/egret")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "egret.db",
        "sqlite://egret.db",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///folder/",
        "sqlite:///egret.db?mode=ro",
        "sqlite:///egret.db#x",
        "mysql://me:hunter2@db.example/egret",
        "postgresql+asyncpg://me:hunter2@db.example/egret",
        "postgresql://me:hunter2@db.example",
        "postgresql://me:hunter2@db.example/",
        "postgresql://me:hunter2@db.example:port/egret",
        "postgresql://me:hunter2@db.example:0/egret",
        "postgresql://me:hunter2@[::1/egret",
    ],
)
def test_any_other_form_is_refused_without_its_password(url: str):
    with pytest.raises(BadDatabaseUrl) as refused:
        locate(url, DATA)
    assert "DATABASE_URL" in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None
