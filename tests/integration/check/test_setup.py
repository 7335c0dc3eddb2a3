"""Setting up as a person does it, at a terminal."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from dotenv import dotenv_values

from sandbox.piapi import Fault
from sandbox.stage.environment import plain_environment
from tests.integration.check.premises import Premises, free_port
from tests.integration.check.typist import CTRL_C, CTRL_D, Typist, before_a_terminal

TOKEN, KEY, MODE, ADDRESS = "Bot token (not shown):", "API key (not shown):", "Which? [1]", "or just Enter for none:"
WAITING = "press Enter to go on without."
BEFORE = "# my notes\nWEB_PORT={port}\nexport PIAPI_KEY=an-old-key\nCADDY_DOMAIN=egret.example.org\n"


def environment(premises: Premises) -> dict[str, str]:
    return {
        **plain_environment(),
        "DISCORD_API_URL": premises.discord.api_url,
        "DISCORD_GATEWAY_URL": premises.discord.gateway_url,
        "PIAPI_BASE_URL": premises.piapi.base_url,
        "WEB_PORT": str(premises.port),
    }


@pytest.fixture
async def home(tmp_path: Path, premises: Premises) -> AsyncIterator[Path]:
    """An empty directory in which nothing half-written is ever left."""
    directory = tmp_path / "home"
    directory.mkdir()
    yield directory
    assert not list(directory.glob("*.part"))


def files_in(directory: Path) -> list[Path]:
    return list(directory.iterdir())


def setting_up(premises: Premises, home: Path) -> AbstractAsyncContextManager[Typist]:
    return before_a_terminal(["-m", "bot", "setup"], environment=environment(premises), directory=home)


async def test_from_nothing_to_a_checked_bot(premises: Premises, home: Path):
    await premises.operator.set_server("Egret Cove", bot_present=False)
    await premises.operator.set_application(public_bot=True)
    async with setting_up(premises, home) as owner:
        await owner.answers(TOKEN, "no-token-at-all")
        await owner.sees("That is no bot token")
        await owner.answers(TOKEN, "some.other.token")
        await owner.sees("Discord refuses this token")
        await owner.answers(TOKEN, f"Bot {premises.discord.token} ")
        await owner.sees("Discord knows it: Egret.")
        await owner.sees("Public Bot is on")
        await premises.operator.set_application(public_bot=False)
        await owner.answers("Press Enter when that is done")
        await owner.answers(KEY, "not-the-secret-key")
        await owner.sees("PiAPI refuses this key")
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.sees("PiAPI knows it. The balance is $100.00")
        await owner.answers(MODE, "3")
        await owner.answers("a number from 1 to 2")
        await owner.answers(ADDRESS, "egret.example.org")
        await owner.sees("That is no address")
        await owner.answers(ADDRESS)
        await owner.sees(".env is written, readable by you alone.")
        assert stat.S_IMODE((home / ".env").stat().st_mode) == 0o600
        await owner.sees(
            f"https://discord.com/oauth2/authorize?client_id={premises.discord.world.application.id}"
            "&permissions=309237763136&scope=bot+applications.commands"
        )
        await owner.sees(WAITING)
        await premises.operator.set_server("Egret Cove", bot_present=True)
        await owner.sees("The bot is in Egret Cove.")
        await owner.answers("May people in Egret Cove spend your money? [Y/n]")
        await owner.sees("All is well.")
        await owner.sees("The balance is $100.00, which buys about 384 default clips (Kling 1.6, 5 s, $0.26 each).")
        await owner.sees(f"Start the bot:\n\n  {sys.executable} -m bot run\n")
        await owner.sees("If the commands do not show, restart the Discord client.")
        assert await owner.ended() == 0
        for secret in (premises.discord.token, premises.piapi.api_key, "some.other.token", "not-the-secret-key"):
            assert secret not in owner.shown
    written = {name: value for name, value in dotenv_values(home / ".env").items() if value}
    assert written == {
        "DISCORD_TOKEN": premises.discord.token,
        "PIAPI_KEY": premises.piapi.api_key,
        "PIAPI_SERVICE_MODE": "public",
        "SERVERS": str(premises.server_id),
    }
    assert stat.S_IMODE((home / ".env").stat().st_mode) == 0o600


async def test_a_file_that_is_there_is_not_touched_without_a_yes(premises: Premises, home: Path):
    (home / ".env").write_text(BEFORE)
    async with setting_up(premises, home) as owner:
        await owner.answers("Go on? [y/N]")
        await owner.sees("Nothing was changed.")
        assert await owner.ended() == 0
    assert (home / ".env").read_text() == BEFORE


async def test_a_file_that_is_there_keeps_its_other_lines_and_its_keys(premises: Premises, home: Path):
    lines = f"# my notes\nDISCORD_TOKEN={premises.discord.token}\nCADDY_DOMAIN=egret.example.org\nPIAPI_KEY=old\n"
    (home / ".env").write_text(f"{lines}SERVERS=123456789012345678\n")
    async with setting_up(premises, home) as owner:
        await owner.answers("Go on? [y/N]", "y")
        await owner.answers("Keep the token that is there? [Y/n]")
        await owner.answers("Keep the key that is there? [Y/n]", "n")
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.answers(MODE, "2")
        await owner.answers(ADDRESS, f"http://127.0.0.1:{premises.port}/")
        await owner.answers("spend your money? [Y/n]", "yes")
        await owner.sees("leads to this bot, and a webhook's secret")
        await owner.ended()
    assert (home / ".env").read_text() == (
        f"# my notes\nDISCORD_TOKEN={premises.discord.token}\nCADDY_DOMAIN=egret.example.org\n"
        f"PIAPI_KEY={premises.piapi.api_key}\nSERVERS=123456789012345678,{premises.server_id}\n"
        f"PIAPI_SERVICE_MODE=private\nPUBLIC_URL=http://127.0.0.1:{premises.port}\n"
    )


async def test_a_kept_key_that_is_no_longer_accepted_is_asked_for_again(premises: Premises, home: Path):
    (home / ".env").write_text(f"DISCORD_TOKEN={premises.discord.token}\nPIAPI_KEY=revoked\n")
    async with setting_up(premises, home) as owner:
        await owner.answers("Go on?", "y")
        await owner.answers("Keep the token", "y")
        await owner.answers("Keep the key", "y")
        await owner.sees("PiAPI refuses this key")
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.sees(MODE)


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["ctrl-c", "ctrl-d"])
@pytest.mark.parametrize("prompt", [TOKEN, KEY, MODE, ADDRESS])
async def test_leaving_at_a_question_writes_nothing(premises: Premises, home: Path, prompt: str, key: str):
    answers = {TOKEN: premises.discord.token, KEY: premises.piapi.api_key, MODE: "1"}
    async with setting_up(premises, home) as owner:
        for question, answer in answers.items():
            if question == prompt:
                break
            await owner.answers(question, answer)
        await owner.sees(prompt)
        await owner.presses(key, until="Stopped. Nothing was written.")
        assert await owner.ended() == 130
        assert "Traceback" not in owner.shown
    assert files_in(home) == []


async def test_leaving_while_a_service_keeps_silent_writes_nothing(premises: Premises, home: Path):
    await premises.control.spoil("account", Fault.HANG, times=None)
    async with setting_up(premises, home) as owner:
        await owner.answers(TOKEN, premises.discord.token)
        await owner.answers(KEY, premises.piapi.api_key)
        state = premises.piapi._state
        assert await state.until(lambda: state.counters["account"] == 1, 30)
        await owner.presses(CTRL_C, until="Stopped. Nothing was written.")
        assert await owner.ended() == 130
    assert files_in(home) == []


async def test_leaving_while_waiting_for_a_server_leaves_a_whole_file(premises: Premises, home: Path):
    await premises.operator.set_server("Egret Cove", bot_present=False)
    async with setting_up(premises, home) as owner:
        await owner.answers(TOKEN, premises.discord.token)
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.answers(MODE)
        await owner.answers(ADDRESS)
        await owner.sees(WAITING)
        await owner.presses(CTRL_C, until="Stopped. .env is written; run setup again to go on from there.")
        assert await owner.ended() == 130
    assert dotenv_values(home / ".env")["PIAPI_KEY"] == premises.piapi.api_key


async def test_going_on_without_a_server_ends_with_the_check(premises: Premises, home: Path):
    await premises.operator.set_server("Egret Cove", bot_present=False)
    async with setting_up(premises, home) as owner:
        await owner.answers(TOKEN, premises.discord.token)
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.answers(MODE)
        await owner.answers(ADDRESS)
        await owner.answers(WAITING)
        await owner.sees("prints the link again.")
        await owner.sees("The bot is in no server yet.")
        await owner.sees("which buys about 384 default clips")
        assert await owner.ended() == 0


async def test_a_service_that_is_down_may_be_tried_again_or_given_up_on(premises: Premises, home: Path):
    await premises.operator.add_fault(kind="status", path="/users/@me", status=503)
    await premises.control.spoil("account", Fault.SERVER_ERROR, times=None)
    async with setting_up(premises, home) as owner:
        await owner.answers(TOKEN, premises.discord.token)
        await owner.sees("Discord cannot be asked: it answers 503.")
        await owner.answers("Try again? [Y/n]")
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.sees("PiAPI cannot be asked: it answers 500.")
        await owner.answers("Try again? [Y/n]", "n")
        await owner.sees("Nothing was written.")
        assert await owner.ended() == 69
    assert files_in(home) == []


async def test_a_check_that_fails_is_setups_exit_code(premises: Premises, home: Path):
    await premises.control.set_balance(0)
    async with setting_up(premises, home) as owner:
        await owner.answers(TOKEN, premises.discord.token)
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.answers(MODE)
        await owner.answers(ADDRESS)
        await owner.answers("spend your money?")
        await owner.sees("buys no default clip")
        await owner.sees("Mend what failed")
        assert await owner.ended() == 76


async def test_a_place_that_cannot_be_written_is_named(premises: Premises, home: Path):
    (home / ".env").mkdir()
    async with setting_up(premises, home) as owner:
        await owner.answers("Go on?", "y")
        await owner.answers(TOKEN, premises.discord.token)
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.answers(MODE)
        await owner.answers(ADDRESS)
        await owner.sees(".env cannot be written: Is a directory.")
        assert await owner.ended() == 78


async def test_a_file_elsewhere_is_written_for_a_bot_that_is_checked_where_it_starts(premises: Premises, home: Path):
    elsewhere = home / "settings"
    elsewhere.mkdir()
    arguments = ["-m", "bot", "setup", "--env-file", str(elsewhere / ".env")]
    async with before_a_terminal(arguments, environment=environment(premises), directory=home) as owner:
        await owner.answers(TOKEN, premises.discord.token)
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.answers(MODE)
        await owner.answers(ADDRESS)
        await owner.answers("spend your money?")
        await owner.sees("run `python -m bot check` where it runs.")
        assert await owner.ended() == 0
        assert "6. Check" not in owner.shown
    assert dotenv_values(elsewhere / ".env")["SERVERS"] == str(premises.server_id)
    assert files_in(home) == [elsewhere]


async def test_nothing_is_asked_where_nothing_can_be_written(premises: Premises, home: Path):
    missing = home / "missing" / ".env"
    arguments = ["-m", "bot", "setup", "--env-file", str(missing)]
    async with before_a_terminal(arguments, environment=environment(premises), directory=home) as owner:
        await owner.sees("cannot be written:")
        await owner.sees("No such file or directory.")
        await owner.sees("Nothing was written.")
        assert await owner.ended() == 78
        assert "Bot token" not in owner.shown
    assert files_in(home) == []


async def test_a_setting_that_the_environment_overrules_is_pointed_out(premises: Premises, home: Path):
    overruled = {**environment(premises), "PIAPI_KEY": "another-key"}
    async with before_a_terminal(["-m", "bot", "setup"], environment=overruled, directory=home) as owner:
        await owner.answers(TOKEN, premises.discord.token)
        await owner.answers(KEY, premises.piapi.api_key)
        await owner.answers(MODE)
        await owner.answers(ADDRESS)
        await owner.sees("PIAPI_KEY is set in the environment too, which wins over .env")


async def test_a_file_that_cannot_be_read_is_named_at_once(premises: Premises, home: Path):
    (home / ".env").write_bytes(b"\xff\xfe")
    async with setting_up(premises, home) as owner:
        await owner.sees(".env cannot be read: it is not written in UTF-8.")
        assert await owner.ended() == 78


async def test_without_a_terminal_it_says_what_to_do_instead(premises: Premises, home: Path):
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", "setup"],
        env=environment(premises), cwd=home, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "copy .env.example to .env" in ran.stdout
    assert ran.returncode == 78
    assert files_in(home) == []


async def test_a_stand_ins_address_that_is_wrong_is_named_at_once(premises: Premises, home: Path):
    wrong = {**environment(premises), "PIAPI_BASE_URL": f"127.0.0.1:{free_port()}"}
    async with before_a_terminal(["-m", "bot", "setup"], environment=wrong, directory=home) as owner:
        await owner.sees("PIAPI_BASE_URL is wrong")
        assert await owner.ended() == 78
