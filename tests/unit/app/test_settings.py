"""Settings: read once, wrong ones named in one sentence, secrets never shown, documents held to the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.docs import env_example, settings_table
from bot.processes import Role
from bot.settings import Settings, SettingsError, load_settings
from storage.location import locate

ROOT = Path(__file__).parents[3]
GIVEN = {"discord_token": "discord-secret", "piapi_key": "piapi-secret"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_paid_account_is_safe_from_the_first_start():
    settings = load_settings(**GIVEN)
    assert settings.servers == frozenset()
    assert settings.max_usd_per_month == 20_000_000
    assert settings.max_usd_per_job == 1_000_000
    assert settings.max_jobs_per_person_per_day == 3


def test_the_default_database_is_one_file_in_the_data_directory(tmp_path: Path):
    settings = load_settings(**GIVEN, data_dir=str(tmp_path / "kept"))
    assert locate(settings.database, settings.data_dir).path == tmp_path / "kept" / "egret.db"


def test_unlimited_must_be_written_out():
    settings = load_settings(
        **GIVEN,
        servers="all",
        max_usd_per_month="unlimited",
        max_usd_per_job="Unlimited",
        max_jobs_per_person_per_day="unlimited",
    )
    assert (settings.servers, settings.max_usd_per_month, settings.max_usd_per_job) == (None, None, None)
    assert settings.max_jobs_per_person_per_day is None


def test_the_environment_is_read_and_an_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISCORD_TOKEN", "from-environment")
    monkeypatch.setenv("PIAPI_KEY", "key")
    monkeypatch.setenv("SERVERS", "123456789012345678, 223456789012345678")
    monkeypatch.setenv("MAX_USD_PER_MONTH", "12.50")
    monkeypatch.setenv("WEB_PORT", "")
    settings = load_settings()
    assert settings.servers == {123456789012345678, 223456789012345678}
    assert settings.max_usd_per_month == 12_500_000
    assert settings.web_port == 8080


def test_an_env_file_is_read(tmp_path: Path):
    (tmp_path / ".env").write_text("DISCORD_TOKEN=abc\nPIAPI_KEY=def\nMAX_IN_FLIGHT=9\n")
    assert load_settings().max_in_flight == 9


@pytest.mark.parametrize("missing", ["discord_token", "piapi_key"])
def test_a_missing_setting_is_named(missing):
    given = {name: value for name, value in GIVEN.items() if name != missing}
    with pytest.raises(SettingsError, match=f"{missing.upper()} is not set"):
        load_settings(**given)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("servers", "my server", "server ids"),
        ("max_usd_per_month", "-3", "amount of dollars"),
        ("max_usd_per_job", "free", "amount of dollars"),
        ("max_jobs_per_person_per_day", "2.5", "whole number"),
        ("piapi_service_mode", "hya", "public"),
        ("public_url", "egret.example", "address such as"),
        ("public_url", "https://egret.example?x=1", "address such as"),
        ("public_url", "https://u:p@egret.example", "password"),
        ("webhook_secret", "short", "8 characters"),
        ("web_port", "99999", "65535"),
        ("database_url", "mysql://x", "sqlite:///"),
        ("discord_gateway_url", "https://x", "ws://"),
        ("max_in_flight", "0", "1"),
        ("shard_count", "0", "from 1 to 10000"),
        ("shard_count", "many", "whole number"),
        ("shard_ids", "0", "needs SHARD_COUNT"),
        ("shard_ids", "3-1", "such as 0-3"),
        ("shard_ids", "first", "such as 0-3"),
        ("roles", "gateway,cook", "gateway, worker and web"),
        ("roles", "worker", "SQLite serves only one"),
        ("log_format", "xml", "json"),
        ("log_level", "LOUD", "DEBUG"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_expected(name, value, says):
    with pytest.raises(SettingsError) as error:
        load_settings(**GIVEN, **{name: value})
    assert str(error.value).startswith(f"{name.upper()} is wrong: ")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


ON_A_SERVER = {"database_url": "postgresql://egret@db/egret"}


def test_one_process_does_everything_and_connects_what_discord_recommends():
    settings = load_settings(**GIVEN)
    assert (settings.shard_ids, settings.shard_count, settings.roles) == (None, None, frozenset(Role))


@pytest.mark.parametrize(
    ("written", "ids"), [("0", (0,)), ("4-6, 1", (1, 4, 5, 6)), ("7 0-1", (0, 1, 7)), ("all", None), (" ", None)]
)
def test_shards_are_written_as_numbers_and_ranges(written: str, ids: tuple[int, ...] | None):
    assert load_settings(**GIVEN, **ON_A_SERVER, shard_count="8", shard_ids=written).shard_ids == ids


def test_shards_beyond_those_there_are_are_refused_with_the_numbers_there_are():
    with pytest.raises(SettingsError) as error:
        load_settings(**GIVEN, **ON_A_SERVER, shard_count="4", shard_ids="2-4")
    assert str(error.value) == (
        "SHARD_IDS is wrong: the shards of SHARD_COUNT=4 are numbered 0 to 3, and 4 is none of them (found '2-4')."
    )


def test_shards_left_to_other_processes_are_refused_on_sqlite_which_serves_one():
    with pytest.raises(SettingsError) as error:
        load_settings(**GIVEN, shard_count="4", shard_ids="0-1")
    assert str(error.value).startswith("SHARD_IDS is wrong: leaves 2 of 4 shards to other processes, but SQLite")
    assert "(found '0-1')" in str(error.value)
    assert load_settings(**GIVEN, shard_count="4", shard_ids="0-3").shard_ids == (0, 1, 2, 3)


def test_a_wrong_number_of_shards_is_told_of_once():
    with pytest.raises(SettingsError) as error:
        load_settings(**GIVEN, shard_count="x", shard_ids="0")
    assert len(error.value.problems) == 1


def test_some_roles_are_chosen_by_name():
    settings = load_settings(**GIVEN, **ON_A_SERVER, roles="worker, web")
    assert settings.roles == {Role.WORKER, Role.WEB}
    assert load_settings(**GIVEN, roles="All").roles == frozenset(Role)


def test_secrets_are_in_no_repr_and_no_error():
    settings = load_settings(**GIVEN, webhook_secret="hook-secret", database_url="postgresql://u:db-secret@h/d")
    assert not any(secret in repr(settings.discord_token) + repr(settings.piapi_key) for secret in GIVEN.values())
    assert set(settings.secrets) == {"discord-secret", "piapi-secret", "hook-secret", "db-secret"}
    with pytest.raises(SettingsError) as error:
        load_settings(**GIVEN, database_url="mysql://u:db-secret@h/d")
    assert "db-secret" not in str(error.value)


def test_the_example_file_is_what_the_code_says():
    assert (ROOT / ".env.example").read_text() == env_example()


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("postgresql://egret:p%40ss%2Fword@db/egret", "p@ss/word"),
        ("postgresql://egret:p%40ss%2Fword@db/egret", "p%40ss%2Fword"),
        ("postgresql://db/egret?user=egret&password=p%40ss%2Fword", "p@ss/word"),
    ],
)
def test_a_databases_password_is_secret_however_it_is_written(url: str, secret: str):
    settings = load_settings(_env_file=None, discord_token="discord", piapi_key="piapi", database_url=url)
    assert secret in settings.secrets


def test_the_example_file_loads_once_its_secrets_are_filled_in(tmp_path: Path):
    text = env_example().replace("DISCORD_TOKEN=", "DISCORD_TOKEN=a").replace("PIAPI_KEY=", "PIAPI_KEY=b")
    (tmp_path / ".env").write_text(
        "\n".join(line.removeprefix("#") if line.startswith("#MAX") else line for line in text.splitlines())
    )
    assert load_settings().max_usd_per_month == 20_000_000


def test_the_table_names_every_setting():
    table = settings_table()
    assert all(f"`{name.upper()}`" in table for name in Settings.model_fields)
