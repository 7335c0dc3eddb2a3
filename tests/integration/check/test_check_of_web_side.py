"""The check of PUBLIC_URL: it leads here, elsewhere, nowhere, or loses the secret on its way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.check import web_side
from bot.check.finding import Area, Level
from bot.clock import SystemClock
from bot.control.protocol import Facts
from bot.control.server import ControlServer, Verb
from bot.control.verbs import Bot, verbs_of
from bot.exit_codes import ExitCode
from bot.web.files import FilesEndpoint
from bot.web.health import Health
from bot.web.reach import WebhookAnswer, find_running_bot, send_webhook
from bot.web.server import WebServer
from bot.web.signing import FileAddresses
from bot.web.webhook import WebhookEndpoint
from storage.migration import run_migrations
from storage.schema import REVISION
from storage.store import open_store
from tests.integration.check.premises import Premises, free_port, reverse_proxy

SECRET = "the-running-bots-secret"
ARRIVES = "leads to this bot, and a webhook's secret arrives with it."


@dataclass
class Own:
    """What a running bot says of itself on its socket."""

    data_dir: Path
    public_url: str
    revision: str = REVISION

    def verbs(self, process: str, secret: str) -> list[Verb]:
        self.data_dir.mkdir(parents=True, exist_ok=True)

        async def facts() -> Facts:
            return Facts(process=process, revision=self.revision, public_url=self.public_url)

        async def send(seconds: float) -> WebhookAnswer:
            return await send_webhook(self.public_url, secret, seconds)

        return verbs_of(Bot(data_dir=self.data_dir, facts=facts, send_webhook=send, store=None))  # type: ignore[arg-type]


@asynccontextmanager
async def egret(
    port: int, secret: str = SECRET, *, webhooks: bool = True, problem: str = "", own: Own | None = None
) -> AsyncIterator[None]:
    """Serve what a running bot serves; with `own` on its socket too."""

    async def nudge(_token: str, _task: str | None) -> bool:
        return False

    async def state() -> str | None:
        return problem or None

    async def find(_asset: str) -> None:
        return None

    addresses = FileAddresses("https://egret.example", SecretStr("key"), SystemClock())
    server = WebServer(
        "127.0.0.1",
        port,
        WebhookEndpoint(SecretStr(secret), nudge) if webhooks else None,
        FilesEndpoint(addresses, find, lambda asset, extension: Path(f"{asset}.{extension}")),
        Health(alive={}, ready={"discord": state}),
    )
    await server.start()
    control = ControlServer(own.data_dir, own.verbs(server.process_name, secret)) if own is not None else None
    if control is not None:
        await control.start()
    try:
        yield
    finally:
        if control is not None:
            await control.stop()
        await server.stop()


@pytest.fixture(params=["running", "stopped"])
async def bot(request: pytest.FixtureRequest, premises: Premises) -> AsyncIterator[str]:
    """A bot that runs, and one that does not, for which the check then answers itself."""
    if request.param == "running":
        async with egret(premises.port):
            yield request.param
    else:
        yield request.param


def local(premises: Premises) -> str:
    return f"http://127.0.0.1:{premises.port}"


async def test_an_address_that_leads_here_through_a_proxy_is_fine(premises: Premises, bot: str):
    async with reverse_proxy(local(premises)) as premises.changes["public_url"]:
        found = await premises.look()
    assert found.amiss == []
    assert any(finding.sentence.endswith(ARRIVES) for finding in found.of(Area.WEB, Level.OK))


async def test_a_proxy_that_drops_the_secret_is_named(premises: Premises, bot: str):
    async with reverse_proxy(local(premises), drop=["x-webhook-secret"]) as premises.changes["public_url"]:
        finding = (await premises.look()).only(Area.WEB, Level.FAIL)
    assert "a webhook's secret is lost on the way" in finding.sentence
    assert finding.remedy == "Let the reverse proxy pass on the header x-webhook-secret."


async def test_an_address_that_leads_to_another_egret_is_named(premises: Premises, bot: str):
    other = free_port()
    async with egret(other):
        premises.changes["public_url"] = f"http://127.0.0.1:{other}"
        finding = (await premises.look()).only(Area.WEB, Level.FAIL)
    assert "leads to another Egret than this one" in finding.sentence
    assert finding.code is ExitCode.WEB


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (204, {}, "is answered by some other program (204)"),
        (404, {}, "is answered by some other program (404)"),
        (502, {}, "reaches a proxy that cannot reach the bot (502)"),
        (301, {"Location": "https://egret.example.org/"}, "redirects to https://egret.example.org/"),
    ],
)
async def test_what_answers_instead_is_named(
    premises: Premises, bot: str, status: int, headers: dict[str, str], said: str
):
    async with reverse_proxy("", status=status, headers=headers) as premises.changes["public_url"]:
        finding = (await premises.look()).only(Area.WEB, Level.FAIL)
    assert said in finding.sentence


async def test_an_address_that_nobody_serves_is_named(premises: Premises, bot: str):
    premises.changes["public_url"] = f"http://127.0.0.1:{free_port()}"
    assert "nobody takes the connection" in (await premises.look()).only(Area.WEB, Level.FAIL).sentence


async def test_a_name_that_does_not_exist_is_named(premises: Premises, bot: str):
    premises.changes["public_url"] = "http://egret.invalid"
    assert "its name is not known" in (await premises.look()).only(Area.WEB, Level.FAIL).sentence


async def test_an_address_that_speaks_no_tls_is_named(premises: Premises, bot: str):
    premises.changes["public_url"] = f"https://127.0.0.1:{premises.port}"
    assert "no trusted encrypted connection" in (await premises.look()).only(Area.WEB, Level.FAIL).sentence


@pytest.mark.parametrize(("data", "said"), [(b"", "no answer comes in time"), (b"hello\r\n\r\n", "connection breaks")])
async def test_an_address_that_answers_no_http_is_named(
    premises: Premises, monkeypatch: pytest.MonkeyPatch, data: bytes, said: str
):
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await _reader.read()
        writer.close()

    monkeypatch.setattr(web_side, "WEBHOOK_SECONDS", 0.5)
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        premises.changes["public_url"] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert said in (await premises.look()).only(Area.WEB, Level.FAIL).sentence


async def test_the_real_secret_is_tried_where_the_settings_have_it(premises: Premises):
    premises.changes["webhook_secret"] = SECRET
    async with egret(premises.port):
        assert (await premises.look()).amiss == []


async def test_a_running_bot_with_another_secret_than_the_settings_is_named(premises: Premises):
    premises.changes["webhook_secret"] = "a-new-secret"
    async with egret(premises.port):
        finding = (await premises.look()).only(Area.WEB, Level.FAIL)
    assert "has another webhook secret than WEBHOOK_SECRET says" in finding.sentence
    assert SECRET not in finding.sentence
    assert finding.remedy == "Start the bot again."


async def test_a_drawn_secret_is_tried_by_the_bot_that_drew_it(premises: Premises):
    async with reverse_proxy(local(premises)) as public_url:
        premises.changes["public_url"] = public_url
        async with egret(premises.port, own=Own(premises.data_dir, public_url)):
            found = await premises.look()
    assert found.amiss == []
    assert any(finding.sentence.endswith(ARRIVES) for finding in found.of(Area.WEB, Level.OK))
    assert not any(SECRET in finding.sentence for finding in found.findings)


@pytest.mark.parametrize("arrives", ["changed", "not at all"])
async def test_a_proxy_that_spoils_a_drawn_secret_is_found_out(premises: Premises, arrives: str):
    async with (
        egret(premises.port, "another-secret-than-the-one-sent" if arrives == "changed" else SECRET),
        reverse_proxy(local(premises), drop=["x-webhook-secret"] if arrives == "not at all" else []) as public_url,
    ):
        premises.changes["public_url"] = public_url
        guessed = (await premises.look()).of(Area.WEB, Level.FAIL)
        process = (await find_running_bot("127.0.0.1", premises.port, 5)).process  # type: ignore[union-attr]
        control = ControlServer(premises.data_dir, Own(premises.data_dir, public_url).verbs(process, SECRET))
        await control.start()
        try:
            finding = (await premises.look()).only(Area.WEB, Level.FAIL)
        finally:
            await control.stop()
    # Without the bot's help a changed secret goes unseen.
    assert bool(guessed) == (arrives == "not at all")
    assert "a webhook's secret is" in finding.sentence
    assert finding.sentence.endswith("on the way.")


async def test_a_bot_that_was_started_with_another_address_is_named(premises: Premises):
    async with egret(premises.port, own=Own(premises.data_dir, "https://old.example")):
        finding = (await premises.look()).only(Area.WEB, Level.FAIL)
    assert finding.sentence == "The running bot was started with another PUBLIC_URL (https://old.example)."
    assert finding.remedy == "Start the bot again."


async def test_a_bot_on_any_free_port_is_known_by_its_socket(premises: Premises):
    await run_migrations("sqlite:///egret.db", premises.data_dir)
    premises.changes |= {"web_port": "0", "public_url": ""}
    async with (
        open_store("sqlite:///egret.db", premises.data_dir, SystemClock()),
        egret(free_port(), own=Own(premises.data_dir, "")),
    ):
        found = await premises.look()
    assert found.amiss == []
    assert any(f"its schema ({REVISION}) is current" in finding.sentence for finding in found.findings)


async def test_a_bot_that_runs_an_older_version_than_the_one_installed_is_named(premises: Premises):
    await run_migrations("sqlite:///egret.db", premises.data_dir)
    async with (
        open_store("sqlite:///egret.db", premises.data_dir, SystemClock()),
        egret(premises.port, own=Own(premises.data_dir, local(premises), revision="0000")),
    ):
        finding = (await premises.look()).only(Area.DATABASE, Level.WARN)
    assert "with schema 0000" in finding.sentence


async def test_a_running_bot_that_takes_no_webhooks_yet_is_named(premises: Premises):
    async with egret(premises.port, webhooks=False):
        finding = (await premises.look()).only(Area.WEB, Level.FAIL)
    assert "it was started without PUBLIC_URL" in finding.sentence


async def test_a_running_bot_has_the_database_and_that_is_fine(premises: Premises):
    await run_migrations("sqlite:///egret.db", premises.data_dir)
    async with open_store("sqlite:///egret.db", premises.data_dir, SystemClock()), egret(premises.port):
        found = await premises.look()
    assert found.amiss == []
    assert any("The running bot has the database" in finding.sentence for finding in found.findings)


async def test_a_running_bot_that_is_not_ready_says_why(premises: Premises):
    async with egret(premises.port, problem="not connected"):
        finding = (await premises.look()).only(Area.WEB, Level.WARN)
    assert finding.sentence == "The bot is running but not ready (discord: not connected)."


async def test_a_port_that_another_program_has_is_named(premises: Premises):
    async with reverse_proxy("", status=200) as taken:
        premises.changes["web_port"] = taken.rpartition(":")[2]
        finding = (await premises.look()).only(Area.WEB, Level.FAIL)
    assert "cannot be listened on" in finding.sentence


async def test_without_a_public_address_the_bot_polls(premises: Premises, bot: str):
    premises.changes["public_url"] = ""
    found = await premises.look()
    assert found.amiss == []
    assert any("polls PiAPI instead of being called" in finding.sentence for finding in found.findings)


async def test_an_address_that_piapi_itself_could_not_reach_is_named(
    premises: Premises, bot: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(web_side, "is_local", lambda _: False)
    found = await premises.look()
    assert "cannot reach from the internet" in found.only(Area.WEB, Level.FAIL).sentence
    assert "is not https" in found.only(Area.WEB, Level.WARN).sentence


async def test_a_port_that_changes_at_each_start_is_no_good_for_a_proxy(
    premises: Premises, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(web_side, "is_local", lambda _: False)
    premises.changes |= {"web_port": "0", "public_url": "https://egret.invalid"}
    assert "WEB_PORT is 0" in (await premises.look()).only(Area.WEB, Level.WARN).sentence


async def test_the_check_leaves_the_port_free_again(premises: Premises):
    await premises.look()
    async with egret(premises.port):
        pass
