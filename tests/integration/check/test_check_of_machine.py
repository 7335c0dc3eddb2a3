"""The check of what is on this machine: the database in every state, the disk, the settings."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import storage.inspection
from bot.check import configuration
from bot.check.database import database_findings
from bot.check.disk import disk_findings
from bot.check.finding import Area, Level
from bot.check.run import check_everything
from bot.clock import SystemClock
from bot.exit_codes import ExitCode
from bot.settings import load_settings
from sandbox.stage.environment import plain_environment
from storage.inspection import SchemaState, inspect
from storage.migration import run_migrations
from storage.schema import REVISION
from storage.store import open_store
from tests.contract.postgres_server import NoServer, postgres_server
from tests.integration.check.premises import Premises

URL = "sqlite:///egret.db"
GIVEN = {"discord_token": "a.discord.token-x", "piapi_key": "a-piapi-key"}


@pytest.fixture
async def migrated(premises: Premises) -> Path:
    await run_migrations(URL, premises.data_dir)
    return premises.data_dir / "egret.db"


def look_into(path: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute(statement).fetchall()
        connection.commit()
        return rows
    finally:
        connection.close()


async def test_a_current_database_is_sound_and_left_as_it_was(premises: Premises, migrated: Path):
    before = look_into(migrated, "SELECT name, sql FROM sqlite_master")
    found = await premises.look()
    assert found.amiss == []
    assert any(
        f"sound, nobody else has it, and its schema ({REVISION}) is current" in f.sentence for f in found.findings
    )
    assert look_into(migrated, "SELECT name, sql FROM sqlite_master") == before


async def test_a_newer_schema_is_a_failure(premises: Premises, migrated: Path):
    look_into(migrated, "UPDATE alembic_version SET version_num = '9999'")
    finding = (await premises.look()).only(Area.DATABASE, Level.FAIL)
    assert "A newer version of Egret made the database's schema (9999)" in finding.sentence
    assert finding.code is ExitCode.DATABASE


async def test_a_schema_that_is_behind_is_a_warning_because_the_start_mends_it(
    premises: Premises, migrated: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(storage.inspection, "REVISION", "a later one")
    finding = (await premises.look()).only(Area.DATABASE, Level.WARN)
    assert "is behind this version" in finding.sentence


async def test_a_file_without_tables_is_no_database_yet(premises: Premises):
    premises.data_dir.mkdir()
    sqlite3.connect(premises.data_dir / "egret.db").close()
    (premises.data_dir / "egret.db").touch()
    assert (await premises.look()).amiss == []


async def test_a_damaged_database_is_a_failure(premises: Premises):
    premises.data_dir.mkdir()
    (premises.data_dir / "egret.db").write_bytes(b"this is no database at all" * 400)
    finding = (await premises.look()).only(Area.DATABASE, Level.FAIL)
    assert "damaged" in finding.sentence
    assert finding.remedy.startswith("Restore a backup")


async def test_a_database_that_is_a_directory_is_a_failure(premises: Premises):
    (premises.data_dir / "egret.db").mkdir(parents=True)
    assert (await premises.look()).only(Area.DATABASE, Level.FAIL).code is ExitCode.DATABASE


async def test_a_database_that_another_program_has_is_a_failure(premises: Premises, migrated: Path):
    async with open_store(URL, premises.data_dir, SystemClock()):
        finding = (await premises.look()).only(Area.DATABASE, Level.FAIL)
    assert "Another process has the database, and no bot answers on 127.0.0.1:" in finding.sentence
    assert finding.code is ExitCode.ALREADY_RUNNING


async def test_a_running_bot_that_cannot_be_asked_is_trusted_to_have_it(premises: Premises, migrated: Path):
    async with open_store(URL, premises.data_dir, SystemClock()):
        found = await database_findings(premises.settings(), SystemClock(), None, bot_running=True)
    assert (found[-1].level, found[-1].remedy) == (Level.OK, "")
    assert found[-1].sentence.startswith("The running bot has the database; it starts only on a sound")


async def test_without_a_fixed_port_it_cannot_be_told_who_has_the_database(premises: Premises, migrated: Path):
    premises.changes |= {"web_port": "0", "public_url": ""}
    async with open_store(URL, premises.data_dir, SystemClock()):
        assert "cannot be told" in (await premises.look()).only(Area.DATABASE, Level.WARN).sentence


async def test_an_address_that_is_none_is_a_wrong_setting(premises: Premises):
    premises.changes["database_url"] = "sqlite://egret.db"
    finding = (await premises.look()).only(Area.DATABASE, Level.FAIL)
    assert finding.code is ExitCode.SETTINGS


async def test_a_server_that_nobody_runs_is_a_failure_without_its_password(premises: Premises):
    premises.changes["database_url"] = "postgresql://egret:hunter2-secret@127.0.0.1:9/egret"
    found = await premises.look()
    assert found.only(Area.DATABASE, Level.FAIL).code is ExitCode.DATABASE
    assert not any("hunter2" in finding.sentence + finding.remedy for finding in found.findings)


async def test_postgresql_is_looked_into_as_well(tmp_path: Path):
    try:
        with postgres_server() as address:
            url = address.format(name="postgres")
            empty = await inspect(url, tmp_path, SystemClock())
            await run_migrations(url, tmp_path)
            settings = load_settings(_env_file=None, **GIVEN, database_url=url)
            findings = await database_findings(settings, SystemClock(), bot_running=True)
    except NoServer as error:
        pytest.skip(f"no PostgreSQL server: {error}")
    assert empty.schema is SchemaState.ABSENT
    assert empty.engine.startswith("PostgreSQL ")
    assert [finding.level for finding in findings] == [Level.OK]


async def test_a_disk_with_little_room_is_a_warning_and_with_none_a_failure(premises: Premises):
    little = (await premises.look(free=lambda _: 1_500_000_000)).only(Area.DISK, Level.WARN)
    none = (await premises.look(free=lambda _: 150_000_000)).only(Area.DISK, Level.FAIL)
    assert "1.5 GB left" in little.sentence
    assert "only 150 MB left" in none.sentence
    assert none.code is ExitCode.DATA_DIR


async def test_a_data_directory_that_is_a_file_is_a_failure(premises: Premises):
    premises.data_dir.write_text("")
    finding = (await premises.look()).only(Area.DISK, Level.FAIL)
    assert "is not a directory" in finding.sentence


IN_A_FULL_DISK = """
import json, os, subprocess, sys
data_dir = sys.argv[1]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", data_dir], check=True)
with open(os.path.join(data_dir, "filler"), "wb", buffering=0) as file:
    try:
        while file.write(bytes(4096)):
            pass
    except OSError:
        pass
from pathlib import Path
from bot.check.disk import disk_findings
print(json.dumps([[found.level, found.sentence] for found in disk_findings(Path(data_dir), lambda _: 10**12)]))
"""


def test_a_disk_that_is_full_whatever_it_says_is_a_failure(tmp_path: Path):
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rm", "true"], check=False, capture_output=True).returncode:  # noqa: S603 - a fixed program
        pytest.skip("no small disk can be mounted here")
    ran = subprocess.run(  # noqa: S603 - our own program
        [unshare, "-rm", sys.executable, "-c", IN_A_FULL_DISK, str(tmp_path)],
        env=plain_environment(), check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert json.loads(ran.stdout) == [["fail", f"DATA_DIR ({tmp_path}) cannot be written: No space left on device."]]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_of_somebody_elses_is_a_failure(tmp_path: Path):
    tmp_path.chmod(0o500)
    assert disk_findings(tmp_path / "data")[0].level is Level.FAIL


async def test_every_wrong_setting_is_named_and_nothing_else_is_tried(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PIAPI_KEY", "key")
    monkeypatch.setenv("WEB_PORT", "99999")
    monkeypatch.setenv("MAX_USD_PER_JOB", "a lot")
    report = await check_everything()
    failures = [finding.sentence.split()[0] for finding in report.findings if finding.level is Level.FAIL]
    assert sorted(failures) == ["DISCORD_TOKEN", "MAX_USD_PER_JOB", "WEB_PORT"]
    assert {finding.area for finding in report.findings} == {Area.SETTINGS}
    assert report.exit_code is ExitCode.SETTINGS


async def test_an_env_file_that_cannot_be_read_is_a_wrong_setting():
    configuration.ENV_FILE.write_bytes(b"DISCORD_TOKEN=\xff\xfe")
    report = await check_everything()
    assert report.findings[0].sentence == ".env cannot be read: it is not written in UTF-8."
    assert report.exit_code is ExitCode.SETTINGS


async def test_an_env_file_that_others_may_read_and_a_slip_of_the_pen_are_warnings(premises: Premises):
    lines = [f"{name.upper()}={value}" for name, value in premises.values().items()]
    configuration.ENV_FILE.write_text("\n".join([*lines, "MAX_USD_PER_MNTH=5", "CADDY_DOMAIN=egret.example.org"]))
    configuration.ENV_FILE.chmod(0o644)
    report = await check_everything()
    said = [(finding.sentence, finding.remedy) for finding in report.findings if finding.level is not Level.OK]
    assert said == [
        (
            ".env holds your keys, and other users of this machine may read it (mode 0644).",
            "Run `chmod 600 .env`.",
        ),
        (
            ".env sets MAX_USD_PER_MNTH, which is no setting and changes nothing.",
            "Write MAX_USD_PER_MONTH if that is what you meant.",
        ),
    ]
    assert report.exit_code is ExitCode.ATTENTION


@pytest.mark.parametrize(
    ("changes", "level", "said"),
    [
        ({"default_model": "9.9"}, Level.FAIL, "9.9"),
        ({"catalogue_file": "nowhere.toml"}, Level.FAIL, "nowhere.toml"),
        ({"max_usd_per_job": "0.10"}, Level.WARN, "MAX_USD_PER_JOB is $0.10, but a bare /video costs $0.26"),
        ({"servers": "all", "max_usd_per_month": "unlimited"}, Level.WARN, "anybody who invites the bot"),
        ({"discord_gateway_url": ""}, Level.FAIL, "Only one of DISCORD_API_URL and DISCORD_GATEWAY_URL"),
    ],
)
async def test_settings_that_make_no_sense_together_are_found(
    premises: Premises, changes: dict[str, str], level: Level, said: str
):
    premises.changes |= changes
    assert said in (await premises.look()).only(Area.SETTINGS, level).sentence


async def test_a_part_that_takes_too_long_is_given_up_on_and_the_rest_goes_on(
    premises: Premises, monkeypatch: pytest.MonkeyPatch
):
    async def never(*_: object, **__: object) -> list[object]:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("bot.check.run.DATABASE_SECONDS", 0.2)
    monkeypatch.setattr("bot.check.run.database_findings", never)
    found = await premises.look()
    assert [finding.sentence for finding in found.amiss] == ["The database could not be checked within 0.2 s."]
