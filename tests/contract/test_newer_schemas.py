"""A database that a newer version has changed is refused in a sentence, by every verb that would use it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.check.database import database_findings
from bot.check.finding import Level
from bot.clock import SystemClock
from bot.exit_codes import ExitCode
from bot.settings import load_settings
from storage.schema import REVISION
from tests.contract.samples import Probe

ROOT = Path(__file__).parents[2]
NEWER = "9999"


@dataclass(frozen=True)
class Ended:
    """How a verb ended."""

    code: int
    said: str
    complained: str


@pytest.fixture
async def newer(url: str) -> AsyncIterator[str]:
    """The address of a database of a newer version; put back, for the server's database is every test's."""
    async with Probe.of(url) as probe:
        await probe.rows(f"UPDATE alembic_version SET version_num = '{NEWER}' RETURNING version_num")  # noqa: S608
        yield url
        await probe.rows(f"UPDATE alembic_version SET version_num = '{REVISION}' RETURNING version_num")  # noqa: S608


def environment(url: str, folder: Path) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": "MTAwMDAwMDAwMDAwMDAwMDAwMQ.GabcDE.0123456789012345678901234567890123456789",
        "PIAPI_KEY": "0" * 64,
        "SERVERS": "700000000000000001",
        "MAX_USD_PER_MONTH": "1",
        "DATABASE_URL": url,
        "DATA_DIR": str(folder / "data"),
    }


async def verb(name: str, url: str, folder: Path, *arguments: str) -> Ended:
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", name, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment(url, folder)},
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return Ended(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize("name", ["run", "migrate", "ledger"])
async def test_a_verb_that_would_use_it_says_so_and_changes_nothing(newer: str, tmp_path: Path, name: str):
    ended = await verb(name, newer, tmp_path)
    assert ended.code == ExitCode.DATABASE, ended
    sentence = ended.complained.strip().splitlines()[-1]
    assert f"the database has schema {NEWER}" in sentence
    assert "update Egret" in sentence
    assert "Traceback" not in ended.complained
    async with Probe.of(newer) as probe:
        assert await probe.value("SELECT version_num FROM alembic_version") == NEWER


async def test_the_check_says_what_mends_it(newer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for key, value in environment(newer, tmp_path).items():
        monkeypatch.setenv(key, value)
    findings = await database_findings(load_settings(_env_file=None), SystemClock(), bot_running=False)
    (refused,) = [found for found in findings if found.level is Level.FAIL]
    assert NEWER in refused.sentence
    assert "Update Egret" in refused.remedy


async def test_it_can_be_backed_up_and_that_backup_is_refused_for_its_schema(newer: str, tmp_path: Path):
    file = tmp_path / "newer.tar"
    made = await verb("backup", newer, tmp_path, str(file))
    assert made.code == ExitCode.OK, made
    ended = await verb("restore", newer, tmp_path, str(file))
    assert ended.code != ExitCode.OK
    assert f"has schema {NEWER}, which this version does not know" in ended.complained
    assert "Update Egret first." in ended.complained
