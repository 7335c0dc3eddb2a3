from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.piapi.webhook import WEBHOOK_PATH
from bot.settings import Settings
from bot.web.connections import Limits
from bot.web.webhook import BODY_LIMIT, BODY_SECONDS

FILE = Path(__file__).parents[3] / "docs" / "hosting" / "Caddyfile"
TEXT = FILE.read_text()


def test_it_passes_on_the_two_routes_that_people_outside_need() -> None:
    assert re.findall(r"^\s+path (.+)$", TEXT, re.MULTILINE) == [f"{WEBHOOK_PATH}*", "/files/*"]
    assert re.findall(r"^\s+method (.+)$", TEXT, re.MULTILINE) == ["POST", "GET HEAD"]
    assert re.findall(r"^\thandle (?:@\w+ )?\{\n\t\trespond (\d+)", TEXT, re.MULTILINE) == ["404"]


def test_it_stops_bodies_that_the_bot_would_refuse() -> None:
    (kibibytes,) = re.findall(r"max_size (\d+)KiB", TEXT)

    assert int(kibibytes) * 1024 == BODY_LIMIT


def test_it_waits_for_no_head_and_no_body_longer_than_the_bot_would() -> None:
    seconds = dict(re.findall(r"^\t\t\tread_(\w+) (\d+)s$", TEXT, re.MULTILINE))

    assert {name: int(value) for name, value in seconds.items()} == {
        "header": Limits().stranger_seconds,
        "body": 2 * BODY_SECONDS,
    }


def test_its_variables_are_the_bots_own_settings_and_one_more() -> None:
    variables = set(re.findall(r"\{\$(\w+)", TEXT))

    assert variables == {"PUBLIC_URL", "EGRET_WEB"}
    assert "public_url" in Settings.model_fields
    host, port = (Settings.model_fields[name].default for name in ("web_host", "web_port"))
    assert f"{{$EGRET_WEB:{host}:{port}}}" in TEXT


@pytest.mark.skipif(shutil.which("caddy") is None, reason="there is no caddy here")
def test_caddy_understands_all_of_it(tmp_path: Path) -> None:
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}

    validated = subprocess.run(  # noqa: S603 - caddy's own checker
        ["caddy", "validate", "--config", str(FILE), "--adapter", "caddyfile"],  # noqa: S607 - found by the condition
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **homes, "PUBLIC_URL": "https://egret.example.org"},
    )

    assert validated.returncode == 0, validated.stderr
