"""What compose.yaml starts, and what each part is allowed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.app import DRAIN
from bot.clock import SECOND
from bot.settings import Settings
from tests.image import trial
from tests.image.dockerfile import Env, Expose, Volume, parse
from tests.unit.image.compose_file import Node, read

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "compose.yaml").read_text()
SERVICES = ("bot", "caddy", "postgres")
WHILE_ASKED = "setup"
"""What runs once, for a person at a terminal."""
SETTINGS = {name.upper() for name in Settings.model_fields}
OUTSIDE_OF_SETTINGS = {"POSTGRES_PASSWORD"}


def _at(*path: str) -> Node:
    node: Node = read(TEXT)
    for key in path:
        assert isinstance(node, dict), f"{path}: there is no {key}"
        node = node.get(key)
    return node


def _words(*path: str) -> list[str]:
    node = _at(*path) or []
    assert isinstance(node, list), path
    return [str(word) for word in node]


def _mapping(*path: str) -> dict[str, Node]:
    node = _at(*path)
    assert isinstance(node, dict), path
    return node


def _image() -> dict[str, object]:
    found: dict[str, object] = {}
    for step in parse((ROOT / "Dockerfile").read_text()).stages[-1].steps:
        if isinstance(step.instruction, Env):
            found |= step.instruction.values
        elif isinstance(step.instruction, Volume):
            found["volumes"] = step.instruction.paths
        elif isinstance(step.instruction, Expose):
            found["ports"] = step.instruction.ports
    return found


def test_the_bot_alone_starts_unless_a_profile_is_chosen() -> None:
    assert set(_mapping("services")) == {*SERVICES, WHILE_ASKED}
    assert {name: _words("services", name, "profiles") for name in (*SERVICES, WHILE_ASKED)} == {
        "bot": [],
        "setup": ["setup"],
        "caddy": ["https"],
        "postgres": ["postgres"],
    }


@pytest.mark.parametrize("name", [*SERVICES, WHILE_ASKED])
def test_each_service_is_allowed_nothing_it_does_not_need(name: str) -> None:
    assert _at("services", name, "read_only") is True
    assert _at("services", name, "init") is True
    assert _words("services", name, "cap_drop") == ["ALL"]
    assert _words("services", name, "security_opt") == ["no-new-privileges:true"]
    assert _words("services", name, "tmpfs")[0] == "/tmp:size=64m,mode=1777"
    assert isinstance(_at("services", name, "pids_limit"), int)
    assert not {"privileged", "network_mode", "pid", "ipc", "devices", "user"} & set(_mapping("services", name))


def test_capabilities_are_given_back_only_where_the_program_needs_them() -> None:
    assert {name: _words("services", name, "cap_add") for name in SERVICES} == {
        "bot": [],
        "caddy": ["NET_BIND_SERVICE"],
        "postgres": ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
    }


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_comes_back_and_is_given_time_to_stop(name: str) -> None:
    assert _at("services", name, "restart") == "unless-stopped"
    grace = re.fullmatch(r"(\d+)s", str(_at("services", name, "stop_grace_period")))
    assert grace is not None
    assert int(grace[1]) > DRAIN // SECOND
    assert int(grace[1]) == trial.STOP_SECONDS, "the image is tried with the same grace"


@pytest.mark.parametrize("name", SERVICES)
def test_logs_do_not_fill_the_disk(name: str) -> None:
    assert set(_mapping("services", name, "logging", "options")) == {"max-size", "max-file"}


def test_health_is_known_of_whatever_something_waits_for() -> None:
    waited_for = {
        needed: _at("services", name, "depends_on", needed, "condition")
        for name in SERVICES
        if "depends_on" in _mapping("services", name)
        for needed in _mapping("services", name, "depends_on")
    }

    assert waited_for == {"postgres": "service_healthy", "bot": "service_healthy"}
    assert _words("services", "postgres", "healthcheck", "test")[:2] == ["CMD", "pg_isready"]
    assert "test" not in _mapping("services", "bot", "healthcheck"), "the image's own test is kept"
    assert _at("services", "bot", "depends_on", "postgres", "required") is False, "the bot starts without the profile"


def test_what_the_bot_is_given_are_settings_and_agree_with_the_image() -> None:
    given = _mapping("services", "bot", "environment")
    image = _image()

    assert set(given) <= SETTINGS
    assert {name: image[name] for name in given} == given
    assert image["ports"] == (given["WEB_PORT"],)
    assert _at("services", "bot", "env_file") == [{"path": ".env", "required": False}]


def test_setup_is_the_bots_image_and_writes_where_compose_reads() -> None:
    for what in ("build", "image"):
        assert _at("services", WHILE_ASKED, what) == _at("services", "bot", what)
    (volume,) = _words("services", WHILE_ASKED, "volumes")
    source, target = volume.split(":")
    assert (ROOT / source).samefile(ROOT), "where compose.yaml is, and so .env"
    assert _words("services", WHILE_ASKED, "command") == ["setup", "--env-file", f"{target}/.env"]
    assert set(_mapping("services", WHILE_ASKED)).isdisjoint({"env_file", "environment"}), (
        "it would overrule the answers"
    )
    assert _words("services", WHILE_ASKED, "cap_add") == []
    assert _at("services", WHILE_ASKED, "restart") == "no"


def test_every_variable_that_is_read_is_a_setting_without_a_default_here() -> None:
    read_variables = re.findall(r"\$\{?(\w+)([^}\s]*)\}?", TEXT)

    assert {name for name, _ in read_variables} == {"PUBLIC_URL", "POSTGRES_PASSWORD"}
    assert {name for name, _ in read_variables} <= SETTINGS | OUTSIDE_OF_SETTINGS
    assert {rule for _, rule in read_variables} == {":-"}, "a value here would be everybody's"


def test_no_secret_is_written_down() -> None:
    for name in SERVICES:
        node = _mapping("services", name).get("environment") or {}
        assert isinstance(node, dict)
        for variable, value in node.items():
            if re.search(r"PASSWORD|SECRET|TOKEN|KEY|DATABASE_URL", variable):
                assert re.fullmatch(r"\$\{\w+:-\}", str(value)), variable


def test_only_the_proxy_is_published_and_reaches_the_bot_alone() -> None:
    assert {name: _words("services", name, "ports") for name in SERVICES} == {
        "bot": [],
        "caddy": ["80:80", "443:443", "443:443/udp"],
        "postgres": [],
    }
    assert _at("services", "caddy", "environment", "EGRET_WEB") == f"bot:{_image()['WEB_PORT']}"
    assert _words("services", "caddy", "networks") == ["outside"]
    assert _words("services", "postgres", "networks") == ["inside"]
    assert _at("networks", "inside", "internal") is True


def test_what_must_last_is_in_volumes_that_have_names() -> None:
    mounted = [volume for name in SERVICES for volume in _words("services", name, "volumes")]
    named = {volume.split(":")[0] for volume in mounted if not volume.startswith(".")}
    files = [volume.split(":") for volume in mounted if volume.startswith(".")]

    assert named == set(_mapping("volumes"))
    assert [volume.split(":")[1] for volume in _words("services", "bot", "volumes")] == [*_as_list(_image()["volumes"])]
    for source, _, mode in files:
        assert (ROOT / source).is_file()
        assert mode == "ro"


def _as_list(value: object) -> list[object]:
    assert isinstance(value, tuple)
    return list(value)
