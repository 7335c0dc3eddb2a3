"""Error reports: what really leaves the process, by the real library over real HTTP, to a project of our own."""

from __future__ import annotations

import asyncio
import gzip
import importlib.util
import json
import logging
from collections.abc import AsyncIterator

import pytest
import structlog
from aiohttp import web
from pydantic import SecretStr
from structlog.contextvars import bound_contextvars

from bot import error_reports
from bot.app import StartFailed, run
from bot.error_reports import open_reports
from bot.exit_codes import ExitCode
from bot.log import Redaction, configure_logging
from bot.settings import LogFormat, SettingsError, load_settings

SECRET = "the-token-of-the-account"
KEYS = {"discord_token": "discord-secret", "piapi_key": "piapi-secret"}


class Project:
    """Takes what is sent to a DSN's address."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.came = asyncio.Event()
        self.dsn = ""

    @property
    def events(self) -> list[dict[str, object]]:
        lines = [json.loads(line) for body in self.bodies for line in body.splitlines() if line.startswith("{")]
        return [line for line in lines if "event_id" in line and "platform" in line]

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.bodies.append((gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode())
        self.came.set()
        return web.json_response({"id": "0" * 32})


@pytest.fixture
async def project() -> AsyncIterator[Project]:
    taking = Project()
    app = web.Application()
    app.router.add_post("/api/7/envelope/", taking.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taking.dsn = f"http://publickey@127.0.0.1:{runner.addresses[0][1]}/7"
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield taking
    logging.captureWarnings(capture=False)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    await runner.cleanup()


async def test_errors_arrive_redacted_with_the_job_and_without_anything_of_people(
    project: Project, capsys: pytest.CaptureFixture[str]
):
    redaction = Redaction([SECRET])
    reports = open_reports(project.dsn, redaction, "1.2.3")
    configure_logging(LogFormat.JSON, "INFO", redaction, before_rendering=[reports.processor])
    log = structlog.get_logger("egret.test")

    def breaks(local_variable: str) -> None:
        raise ValueError(f"refused with {SECRET} for {len(local_variable)}")

    log.info("nothing to report")
    log.warning("nothing to report either")
    with bound_contextvars(job="k3f9x2", step="submitter"):
        try:
            breaks("a-prompt-somebody-wrote")
        except ValueError:
            log.exception("item spoilt", header={"x-api-key": SECRET})
        logging.getLogger("library").error("library says %s", SECRET)
    await asyncio.wait_for(project.came.wait(), 10)
    await reports.close()

    broke, said = project.events
    assert broke["exception"]["values"][0]["type"] == "ValueError"
    assert broke["exception"]["values"][0]["value"] == "refused with [secret] for 23"
    assert broke["tags"] == {"job": "k3f9x2", "step": "submitter", "logger": "egret.test"}
    assert broke["extra"]["header"] == {"x-api-key": "[secret]"}
    assert (said["tags"]["job"], said["message"], said["level"]) == ("k3f9x2", "library says [secret]", "error")
    assert broke["release"] == "1.2.3"
    for event in (broke, said):
        assert {"request", "user", "breadcrumbs", "modules"}.isdisjoint(event)
        assert event["server_name"] == "egret"
    everything = "".join(project.bodies)
    assert SECRET not in everything
    assert "a-prompt-somebody-wrote" not in json.dumps([frame for frame in _frames(broke) if "vars" in frame])
    assert not any("vars" in frame for frame in _frames(broke))
    assert "item spoilt" in capsys.readouterr().out


def _frames(event: dict) -> list[dict]:
    return [frame for value in event["exception"]["values"] for frame in value["stacktrace"]["frames"]]


async def test_a_project_that_is_away_costs_no_line_and_no_time(capsys: pytest.CaptureFixture[str]):
    reports = open_reports("http://publickey@127.0.0.1:9/7", Redaction())
    configure_logging(LogFormat.JSON, "INFO", Redaction(), before_rendering=[reports.processor])
    structlog.get_logger("egret.test").error("went wrong")
    async with asyncio.timeout(10):
        await reports.close()
    structlog.reset_defaults()
    assert json.loads(capsys.readouterr().out.splitlines()[0])["event"] == "went wrong"


async def test_without_the_extra_the_start_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(error_reports, "find_spec", lambda name: None)
    settings = load_settings(
        _env_file=None, **KEYS, data_dir=str(tmp_path), sentry_dsn="https://publickey@sentry.example/1"
    )
    with pytest.raises(StartFailed, match=r"pip install 'egret-bot\[sentry\]'") as refused:
        await run(settings)
    assert refused.value.code is ExitCode.SETTINGS
    assert importlib.util.find_spec("sentry_sdk") is not None


@pytest.mark.parametrize("dsn", ["sentry.example", "https://sentry.example/1", "https://key@sentry.example"])
def test_what_is_no_dsn_is_refused_without_being_shown(dsn: str):
    with pytest.raises(SettingsError, match="SENTRY_DSN is wrong") as refused:
        load_settings(_env_file=None, **KEYS, sentry_dsn=dsn)
    assert dsn not in str(refused.value)


def test_the_dsn_is_a_secret_of_the_log():
    settings = load_settings(_env_file=None, **KEYS, sentry_dsn=SecretStr("https://publickey@sentry.example/1"))
    assert {"publickey", "https://publickey@sentry.example/1"} <= set(settings.secrets)
    assert "publickey" not in repr(settings)
