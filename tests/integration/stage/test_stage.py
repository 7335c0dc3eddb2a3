"""Services and bot as child processes: they start, answer, die on purpose, come back, and leave nothing behind."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
import time
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from sandbox.piapi import ControlError
from sandbox.stage import DiscordAddresses, ProviderAddresses, ServiceAddresses, StageFailed, bot_environment
from sandbox.stage.environment import REPOSITORY, free_port, plain_environment

ADDRESSES = ServiceAddresses(
    discord=DiscordAddresses(
        api_url="http://127.0.0.1:1/api/v10",
        gateway_url="ws://127.0.0.1:1/gateway",
        cdn_origin="http://127.0.0.1:1",
        person_url="http://127.0.0.1:1",
        token="discord-token",
        server_id=42,
    ),
    provider=ProviderAddresses(
        base_url="http://127.0.0.1:2", output_origin="http://127.0.0.1:2", control_url="http://127.0.0.1:2/c", key="key"
    ),
)


async def test_a_bot_on_the_stage_answers_people_and_both_processes_end_with_the_stage(stage_of, alive) -> None:
    async with stage_of() as stage:
        await stage.start_bot()
        answer = await stage.person("mira", "clips").run("ping")
        pids = [stage.services.pid, stage.bot.pid]
        assert all(map(alive, pids))

    assert answer.expect_message().content == "pong"
    assert not any(map(alive, pids))


async def test_a_bot_that_is_asked_to_stop_ends_with_its_own_exit_code(stage_of) -> None:
    async with stage_of() as stage:
        await stage.start_bot()
        assert await stage.stop_bot() == 0


async def test_it_is_known_where_the_bot_keeps_its_data_and_when_it_was_last_started(stage_of) -> None:
    async with stage_of() as stage:
        never = stage.bot.started_at
        before = time.time()
        await stage.start_bot()

        assert never is None
        assert before <= stage.bot.started_at <= time.time()
        assert stage.bot_data.parent.is_dir()


async def test_a_killed_bot_is_noticed_and_comes_back(stage_of, alive) -> None:
    async with stage_of() as stage:
        await stage.start_bot()
        first = stage.bot.pid
        await stage.kill_bot()
        killed_with = stage.bot.exit_code
        online = (await stage.discord.state()).online
        await stage.start_bot()
        answer = await stage.person("theo", "general").run("ping")

        assert not alive(first)
        assert (killed_with, online) == (-signal.SIGKILL, False)
        assert stage.bot.pid != first
        assert answer.expect_message().content == "pong"


async def test_a_bot_that_ends_at_once_is_named_with_the_end_of_its_log(stage_of, alive) -> None:
    async with stage_of("dies") as stage:
        with pytest.raises(StageFailed, match=r"the bot ended with exit code 3 while(.|\n)*the settings are wrong"):
            await stage.start_bot()
        services = stage.services.pid

    assert not alive(services)


async def test_what_does_not_come_is_named(stage_of) -> None:
    async with stage_of() as stage:
        with pytest.raises(StageFailed, match=r"waited 0.05 s in vain for a clip"):
            await stage.bound(asyncio.Event().wait(), 0.05, "a clip")


async def test_what_services_find_wrong_is_reported(stage_of) -> None:
    async with stage_of() as stage:
        before = await stage.problems()
        with pytest.raises(ControlError):
            await stage.provider.task("no-such-task")
        async with stage.discord.session.post(
            f"{stage.addresses.provider.base_url}/api/v1/task",
            data="no json",
            headers={"X-API-Key": stage.addresses.provider.key},
        ) as answer:
            assert answer.status == 400

        assert before == []
        assert await stage.problems() == ["PiAPI: : the body is not a JSON object"]


async def test_the_bot_finds_neither_a_dotenv_file_nor_settings_of_the_user(stage_of, monkeypatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET_OF_THE_USER", "x")
    monkeypatch.setenv("PIAPI_KEY", "a real key")
    async with stage_of("tells") as stage:
        await stage.start_bot()
        told = stage.bot.tail()

    found = re.search(r"cwd=(\[.*?\]) env=(\[.*\])", told)
    assert found is not None
    assert found[1] == "[]"
    assert "WEBHOOK_SECRET_OF_THE_USER" not in found[2]


def test_every_setting_of_the_bot_is_written_out() -> None:
    documented = set(re.findall(r"^#?([A-Z_]+)=", (REPOSITORY / ".env.example").read_text(), re.MULTILINE))

    given = bot_environment(ADDRESSES, data_dir=Path("/data"), web_port=8123)

    assert documented - set(given) == set()
    assert set(given) - set(plain_environment()) - documented == set()


def test_the_bot_may_download_from_exactly_the_two_local_origins() -> None:
    given = bot_environment(ADDRESSES, data_dir=Path("/data"), web_port=8123)

    assert given["DOWNLOAD_ORIGINS"] == "http://127.0.0.1:1,http://127.0.0.1:2"
    assert given["PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert given["SERVERS"] == "42"


async def test_serve_prints_one_line_of_json_and_stops_when_asked(tmp_path) -> None:
    ready = tmp_path / "ready.json"
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "serve", "--discord-port", str(port), "--ready-file", str(ready)),
        cwd=REPOSITORY,
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        line = await process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        rest, told = await process.communicate()

    assert json.loads(line) == json.loads(ready.read_text())
    assert ServiceAddresses.model_validate_json(line).discord.person_url == f"http://127.0.0.1:{port}"
    assert (process.returncode, rest) == (0, b"")
    assert b"Nothing leaves this machine" in told


async def test_serve_names_a_port_that_is_taken() -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as taken:
        port = taken.sockets[0].getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", "serve", "--piapi-port", str(port)), cwd=REPOSITORY, stderr=PIPE
        )
        async with asyncio.timeout(30):
            _, told = await process.communicate()

    assert process.returncode == 1
    assert b"cannot listen" in told
    assert b"Traceback" not in told


async def test_services_end_when_whoever_started_them_is_gone() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "serve", "--while-stdin-open"),
        cwd=REPOSITORY,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    async with asyncio.timeout(30):
        await process.stdout.readline()
        process.stdin.close()
        await process.communicate()

    assert process.returncode == 0


async def test_the_sandbox_explains_itself() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--help"), cwd=REPOSITORY, stdout=PIPE
    )
    told, _ = await process.communicate()

    assert process.returncode == 0
    assert all(verb in told.decode() for verb in ("serve", "demo", "tour"))
