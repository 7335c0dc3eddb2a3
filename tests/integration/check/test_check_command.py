"""The verbs as programs: exit codes, output for people and for machines, and a bot that really runs."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.web.reach import find_running_bot
from sandbox.person import Person
from sandbox.stage.environment import plain_environment
from sandbox.stage.processes import ChildProcess
from storage.schema import REVISION
from tests.integration.check.premises import PATIENCE, Premises, free_port, reverse_proxy

LINK = "https://discord.com/oauth2/authorize?client_id={id}&permissions=309237763136&scope=bot+applications.commands\n"


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.out)

    def sentences(self, level: str) -> list[str]:
        return [found["sentence"] for found in self.report["findings"] if found["level"] == level]


def environment(premises: Premises, **changes: str) -> dict[str, str]:
    return plain_environment() | {name.upper(): value for name, value in {**premises.values(), **changes}.items()}


async def run(premises: Premises, *arguments: str, **changes: str) -> Ran:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments,
        env=environment(premises, **changes), cwd=premises.data_dir.parent,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def running_bot(premises: Premises, **changes: str) -> AsyncIterator[None]:
    """Run the bot itself, from when it is online."""
    bot = ChildProcess(
        "bot",
        [sys.executable, "-m", "bot", "run"],
        environment=environment(premises, **changes),
        directory=premises.data_dir.parent,
        log=premises.data_dir.parent / "bot.log",
    )
    async with Person(premises.discord.person_url, "juno", channel="general") as observer:
        seq = await observer.seq()
        await bot.start()
        try:
            async with asyncio.timeout(PATIENCE):
                connected = False
                while not (connected and await observer.commands()):
                    seq, changed = await observer.changes(seq, 5)
                    connected = connected or "bot_connected" in {change["kind"] for change in changed}
                await ready(premises.port)
            yield
        finally:
            await bot.stop()


async def ready(port: int) -> None:
    """Return once the bot on a port says that it is ready, which nothing announces."""
    while True:
        bot = await find_running_bot("127.0.0.1", port, PATIENCE)
        if bot is not None and not bot.problems:
            return
        await asyncio.sleep(0.05)


async def test_a_good_set_up_ends_with_nought_in_words(premises: Premises):
    ran = await run(premises, "check")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("\nAll is well.\n")


async def test_a_running_bot_is_fine_and_said_so(premises: Premises):
    async with (
        reverse_proxy(f"http://127.0.0.1:{premises.port}") as public_url,
        running_bot(premises, public_url=public_url),
    ):
        ran = await run(premises, "check", "--json", public_url=public_url)
    assert (ran.code, ran.report["level"], ran.report["exit_code"]) == (0, "ok", 0)
    assert f"The running bot has the database, and its schema ({REVISION}) is current." in ran.sentences("ok")
    assert "The bot is running and ready." in ran.sentences("ok")
    assert any("leads to this bot, and a webhook's secret arrives with it" in said for said in ran.sentences("ok"))


async def test_the_bot_starts_on_what_was_checked(premises: Premises):
    assert (await run(premises, "check")).code == 0
    async with running_bot(premises):
        pass
    ran = await run(premises, "check", "--json")
    assert f"The database is sound, nobody else has it, and its schema ({REVISION}) is current." in ran.sentences("ok")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"web_port": "many"}, 78),
        ({"discord_token": "some.other.token"}, 77),
        ({"piapi_key": "some-other-key"}, 76),
        ({"servers": ""}, 1),
        ({"public_url": "http://egret.invalid"}, 71),
        ({"discord_token": "some.other.token", "public_url": "http://egret.invalid"}, 77),
    ],
)
async def test_the_exit_code_is_the_worst_findings(premises: Premises, changes: dict[str, str], code: int):
    ran = await run(premises, "check", "--json", **changes)
    assert (ran.code, ran.report["exit_code"]) == (code, code)


async def test_no_secret_is_ever_printed_whatever_goes_wrong(premises: Premises):
    secrets = {
        "discord_token": "the-first.secret.of-five",
        "piapi_key": "the-second-secret-of-five",
        "webhook_secret": "the-third-secret-of-five",
        "database_url": "postgresql://egret:the-fourth-secret-of-five@127.0.0.1:9/egret",
    }
    for arguments in (["check"], ["check", "--json"], ["invite"]):
        ran = await run(premises, *arguments, **secrets)
        assert ran.code != 0
        assert "of-five" not in ran.out + ran.err
        assert "Traceback" not in ran.err


async def test_a_check_in_which_nobody_answers_ends_in_time(premises: Premises):
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silence, "127.0.0.1", 0) as server:
        nowhere = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        began = asyncio.get_running_loop().time()
        ran = await run(
            premises,
            "check",
            "--json",
            discord_api_url=f"{nowhere}/api/v10",
            piapi_base_url=nowhere,
            public_url=nowhere,
        )
        lasted = asyncio.get_running_loop().time() - began
    assert ran.code == 69
    assert len(ran.sentences("fail")) == 3
    assert lasted < 30


async def test_the_invitation_needs_the_token_alone(premises: Premises):
    ran = await run(premises, "invite", piapi_key="", web_port="many", public_url="nonsense")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == LINK.format(id=premises.discord.world.application.id)


async def test_the_invitation_can_be_made_from_the_token_while_discord_is_away(premises: Premises):
    token = f"{base64.urlsafe_b64encode(b'123456789012345678').decode()}.some.rest"
    ran = await run(premises, "invite", discord_token=token, discord_api_url=f"http://127.0.0.1:{free_port()}/api/v10")
    assert (ran.code, ran.out) == (0, LINK.format(id=123456789012345678))
    assert "the link is made from the token alone" in ran.err


async def test_an_invitation_without_token_or_application_says_why(premises: Premises):
    assert (await run(premises, "invite", discord_token="")).code == 78
    refused = await run(premises, "invite", discord_token="some.other.token")
    assert (refused.code, refused.out, refused.err) == (77, "", "egret: DISCORD_TOKEN is refused by Discord.\n")
    away = await run(premises, "invite", discord_api_url=f"http://127.0.0.1:{free_port()}/api/v10")
    assert (away.code, away.out) == (69, "")


async def test_the_link_leads_to_what_the_bot_is_checked_for(premises: Premises, tmp_path: Path):
    """An invitation with the link's permissions leaves the check nothing to complain of."""
    link = (await run(premises, "invite")).out
    asked = int(link.partition("permissions=")[2].partition("&")[0])
    await premises.operator.set_server("Egret Cove", everyone_permissions=0, bot_permissions=asked)
    assert (await run(premises, "check")).code == 0
