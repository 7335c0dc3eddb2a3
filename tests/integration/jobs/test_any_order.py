"""Paid once, delivered once, nothing stuck: in any order of events, with two processes and clocks that jump."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.migration import run_migrations
from tests.contract.postgres_server import NoServer, postgres_server
from tests.integration.jobs.machine import Budget, on_postgres, on_sqlite, perform

ON_A_FILE = Budget(examples=40, steps=40)
ON_A_SERVER = Budget(examples=6, steps=25)
"""A transaction of a server's takes several times as long."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a migrated database."""
    try:
        with postgres_server() as address:
            url = address.format(name="postgres")
            asyncio.run(run_migrations(url, tmp_path_factory.mktemp("none")))
            yield url
    except NoServer as error:
        pytest.skip(f"no PostgreSQL server: {error}")


def test_any_order_of_events_keeps_the_promises_on_a_file(migrated: Path):
    perform(on_sqlite(migrated), ON_A_FILE)


def test_any_order_of_events_keeps_the_promises_on_a_server(server: str):
    perform(on_postgres(server), ON_A_SERVER)
