"""The bot's process under the panel's thumb."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from tests.integration.page.panel_bench import TINY_BOT, Panel, panel_of


def is_(state: str) -> Any:
    return lambda now: now["bot"]["state"] == state


async def started(panel: Panel) -> dict[str, Any]:
    await panel.done("/bot/start")
    return (await panel.until(is_("running")))["bot"]


async def test_a_bot_is_started_killed_and_started_again(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        never = (await panel.state())["bot"]
        began = time.time()
        first = await started(panel)
        await panel.done("/bot/kill")
        killed = (await panel.state())["bot"]
        killed_with = panel.stage.bot.exit_code
        second = await started(panel)

    assert (never["state"], never["words"], never["pid"], never["since"]) == ("never", "Not started yet", None, None)
    assert first["words"] == "Running, connected to Discord"
    assert began <= first["since"] <= time.time()
    assert (killed["state"], killed["words"], killed["log"]) == ("killed", "Killed (SIGKILL)", "")
    assert killed_with == -9
    assert first["since"] <= killed["since"] <= second["since"]
    assert second["pid"] != first["pid"]


async def test_a_restart_stops_the_bot_in_good_order_and_starts_it_again(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        first = await started(panel)
        await panel.done("/bot/restart")
        busy = [await panel.post("/bot/restart"), await panel.post("/bot/start")]
        again = await panel.until(lambda now: now["bot"]["state"] == "running" and now["bot"]["pid"] != first["pid"])

    assert [answer.status for answer in busy] == [409, 409]
    assert busy[0].error == "The bot is being started or stopped: wait until that is done."
    assert again["bot"]["trouble"] == ""


async def test_what_makes_no_sense_now_is_refused_in_words(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        dead = await panel.post("/bot/kill")
        await started(panel)
        alive = await panel.post("/bot/start")
        stranger = await panel.post("/bot/kill", Origin="http://elsewhere.example")
        still = (await panel.state())["bot"]["state"]

    assert (dead.status, dead.error) == (409, "The bot is not running: there is nothing to kill.")
    assert (alive.status, alive.error) == (409, "The bot is running already, or about to: kill or restart it instead.")
    assert (stranger.status, still) == (403, "running")


async def test_a_bot_is_killed_while_it_is_starting(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/bot/start")
        await panel.until(lambda now: now["bot"]["pid"] is not None)
        await panel.done("/bot/kill")
        killed = (await panel.state())["bot"]
        again = await started(panel)

    assert (killed["state"], killed["trouble"]) == ("killed", "")
    assert again["pid"] != killed["pid"]


async def test_a_bot_that_ends_by_itself_shows_why(tmp_path: Path) -> None:
    async with panel_of(tmp_path, sys.executable, str(TINY_BOT), "dies") as panel:
        await panel.done("/bot/start")
        bot = (await panel.until(lambda now: now["bot"]["trouble"] != ""))["bot"]

    assert (bot["state"], bot["words"]) == ("ended", "Ended (exit code 3)")
    assert bot["trouble"].startswith("the bot ended with exit code 3 while waiting for the bot to connect")
    assert bot["log"] == "the settings are wrong"


async def test_a_bot_that_somebody_else_started_and_stopped_is_shown_as_well(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.stage.start_bot()
        running = (await panel.state())["bot"]
        await panel.stage.stop_bot()
        ended = (await panel.state())["bot"]

    assert running["state"] == "running"
    assert (ended["state"], ended["words"]) == ("ended", "Ended (exit code 0)")


async def test_a_page_that_closes_gives_up_what_it_was_doing(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/bot/start")
        bot = panel.stage.bot

    assert not bot.running
