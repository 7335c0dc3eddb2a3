"""What compose.scale.yaml adds to compose.yaml: processes that share one bot, and nothing that they are not allowed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, load_settings
from tests.unit.image.compose_file import Node, read

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "compose.scale.yaml").read_text()
BASE = (ROOT / "compose.yaml").read_text()
BOTS = ("bot", "bot2", "bot3")
SETTINGS = {name.upper() for name in Settings.model_fields}
ALLOWED_OF_A_BOT = {"extends", "environment", "depends_on"}


def at(text: str, *path: str) -> Node:
    node: Node = read(text)
    for key in path:
        assert isinstance(node, dict), f"{path}: there is no {key}"
        node = node.get(key)
    return node


def mapping(text: str, *path: str) -> dict[str, Node]:
    node = at(text, *path)
    assert isinstance(node, dict), path
    return node


def environment(name: str) -> dict[str, str]:
    return {key: str(value) for key, value in mapping(TEXT, "services", name, "environment").items()}


def test_it_adds_processes_of_the_same_bot_and_changes_only_who_does_what() -> None:
    assert set(mapping(TEXT)) == {"services"}
    assert set(mapping(TEXT, "services")) == {*BOTS, "caddy"}
    for name in BOTS:
        assert set(mapping(TEXT, "services", name)) <= ALLOWED_OF_A_BOT
        assert set(environment(name)) <= SETTINGS
    assert "extends" not in mapping(TEXT, "services", "bot"), "it is compose.yaml's own"


@pytest.mark.parametrize("name", BOTS[1:])
def test_each_more_is_the_first_with_its_image_limits_and_health(name: str) -> None:
    assert at(TEXT, "services", name, "extends") == {"file": "compose.yaml", "service": "bot"}
    assert "healthcheck" in mapping(BASE, "services", "bot")


def test_their_shards_are_all_there_are_and_nobody_has_one_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    shards: list[int] = []
    counts = set()
    for name in BOTS:
        values = {key.lower(): value for key, value in environment(name).items()}
        settings = load_settings(
            _env_file=None,
            discord_token="token",
            piapi_key="piapi-key",
            database_url="postgresql://egret@postgres/egret",
            **values,
        )
        shards += settings.shard_ids or ()
        counts.add(settings.shard_count)
    assert counts == {len(shards)}
    assert sorted(shards) == list(range(len(shards)))


@pytest.mark.parametrize("name", BOTS)
def test_none_starts_before_the_database(name: str) -> None:
    assert at(TEXT, "services", name, "depends_on", "postgres") == {"condition": "service_healthy", "required": True}


def test_the_proxy_knows_every_process_and_waits_for_each() -> None:
    port = mapping(BASE, "services", "bot", "environment")["WEB_PORT"]
    assert environment("caddy") == {"EGRET_WEB": " ".join(f"{name}:{port}" for name in BOTS)}
    waited_for = {"bot": at(BASE, "services", "caddy", "depends_on", "bot")}
    waited_for |= mapping(TEXT, "services", "caddy", "depends_on")
    assert waited_for == {name: {"condition": "service_healthy"} for name in BOTS}
    caddyfile = (ROOT / "docs/hosting/Caddyfile").read_text()
    upstreams = re.findall(r"reverse_proxy (\S+) \{", caddyfile)
    assert len(upstreams) == 2
    assert all("EGRET_WEB" in one for one in upstreams), "unquoted, so that several words are several processes"


def test_nothing_is_read_from_outside_and_no_secret_is_written_down() -> None:
    assert "$" not in TEXT
    assert not re.search(r"^\s+\w*(PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL)\w*:", TEXT, re.MULTILINE)


def test_files_and_profiles_that_the_head_names_are_there() -> None:
    named = re.search(r"COMPOSE_FILE=(\S+)", TEXT)
    profiles = re.search(r"COMPOSE_PROFILES=(\S+)", TEXT)
    assert named is not None
    assert profiles is not None
    assert all((ROOT / name).is_file() for name in named[1].split(":"))
    for profile in profiles[1].split(","):
        assert f"      - {profile}\n" in BASE
