"""The verb `demo`: services, bot, a page to try them on, a first clip, and a console for who prefers it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandbox.console.desk import Desk
from sandbox.console.entries import NotUnderstood, Quit, read_entry
from sandbox.console.screen import Screen
from sandbox.console.terminal import Terminal
from sandbox.console.typed_commands import TypedCommand
from sandbox.page.opening import PageChoice, open_browser, page_of
from sandbox.stage import Stage, StageFailed
from sandbox.stage.community import look_around
from sandbox.stage.samples import write_samples
from sandbox.stage.serving import stop_signal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.stage.samples import Samples

_WHO: Final = "mira"
_CHANNEL: Final = "clips"
_FIRST_PROMPT: Final = "an egret takes off from a quiet lake at dawn"
_FIRST_SECONDS: Final = 60.0
_PENDING_SECONDS: Final = 2.0
_PROCESSING_SECONDS: Final = 4.0
"""Long enough to watch a card change and to click Cancel, short enough not to be waited for."""
_STOP_SECONDS: Final = 10.0


async def demo(
    bot_command: Sequence[str], directory: Path, *, page: PageChoice | None = None, console: bool = False
) -> int:
    """Run the demo until `quit` or a signal.

    Args:
        bot_command: The program that is the bot.
        directory: Where samples, logs and opened clips go.
        page: Where the page is served; on loopback unless told otherwise.
        console: Whether a terminal is a console too. What comes through a pipe is always obeyed.

    Returns:
        0, or 1 where something did not start.
    """
    stop = stop_signal()
    terminal = Terminal()
    terminal.write("Starting a local Discord, a local PiAPI and the bot …")
    try:
        async with Stage(bot_command, logs=directory) as stage:
            return await _until_stopped(_Demo(stage, terminal, directory, page or PageChoice(), console), stop)
    except StageFailed as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1
    finally:
        terminal.close()


@dataclass(frozen=True, slots=True)
class _Demo:
    """A demo that has started, and how a person wants it."""

    stage: Stage
    terminal: Terminal
    directory: Path
    page: PageChoice
    console: bool

    @property
    def has_console(self) -> bool:
        return self.console or not self.terminal.interactive


async def _until_stopped(demo: _Demo, stop: asyncio.Event) -> int:
    showing = asyncio.create_task(_show(demo))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({showing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    demo.terminal.write("Stopping …")
    for task in (showing, stopping):
        task.cancel()
    results = await asyncio.gather(showing, stopping, return_exceptions=True)
    await demo.stage.stop_bot(_STOP_SECONDS)
    if isinstance(results[0], Exception):
        raise results[0]
    return 0


async def _show(demo: _Demo) -> None:
    """Serve the page, and the console where there is one.

    Raises:
        StageFailed: The page cannot be served, or the bot does not start.
    """
    stage = demo.stage
    samples = await asyncio.to_thread(write_samples, demo.directory / "samples")
    await stage.provider.set_speed(_PENDING_SECONDS, _PROCESSING_SECONDS)
    server = page_of(stage, demo.page)
    try:
        await server.start()
    except OSError as error:
        await server.stop()
        raise StageFailed(f"the page cannot be served: {error.strerror or error}") from error
    async with contextlib.AsyncExitStack() as served:
        served.push_async_callback(server.stop)
        if demo.has_console:
            demo.terminal.write(f"Open this page, or type here: {server.url}")
            await _hold_console(demo, samples)
        else:
            await _show_page(demo, server.url, samples)


async def _show_page(demo: _Demo, url: str, samples: Samples) -> None:
    """Let a first clip be made while somebody opens the page; stay until a signal."""
    write = demo.terminal.write
    await demo.stage.start_bot()
    await demo.stage.person(_WHO, _CHANNEL).begin("video", prompt=_FIRST_PROMPT)
    write("")
    write(f"  {demo.terminal.bold(url)}")
    write("")
    write("A local Discord with the bot in it: type / there, and it is your turn. Nothing leaves this machine.")
    write(f"Pictures and recordings to try: {_near(samples.morning.parent)}. Ctrl-C stops everything.")
    if demo.page.opens_browser:
        await open_browser(url)
    await asyncio.Event().wait()


async def _hold_console(demo: _Demo, samples: Samples) -> None:
    stage, terminal = demo.stage, demo.terminal
    community = await look_around(stage.discord)
    screen = Screen(terminal, community, time.time)
    desk = Desk(stage, screen, community, demo.directory / "clips")
    try:
        await desk.start_bot()
        await desk.sit_down(_WHO, _CHANNEL)
        terminal.write(f'{desk.place} A first clip: /video prompt:"{_FIRST_PROMPT}"')
        terminal.write("")
        await _first_clip(stage, desk, screen)
        terminal.write("")
        terminal.write(f"{desk.place} Now it is your turn, for example:")
        terminal.write("  reply 2 extend a storm rolls in")
        terminal.write("  click 2 Re-roll")
        terminal.write(f'  /video prompt:"the day goes by" image:{_near(samples.morning)}')
        terminal.write(f"  voice 2 {_near(samples.voice_message)}")
        terminal.write("  open 2 · provider · kill · restart · help · quit")
        terminal.write("")
        await _obey(desk, terminal)
    finally:
        await desk.close()


async def _first_clip(stage: Stage, desk: Desk, screen: Screen) -> None:
    """Make a clip as a person would, and wait until it is in the channel.

    Raises:
        StageFailed: it did not come.
    """
    outcome = await desk.run(TypedCommand(name="video", values={"prompt": _FIRST_PROMPT}))
    if outcome.message is None:
        raise StageFailed(f"the bot did not answer its first command; the end of its log:\n{stage.bot.tail()}")
    screen.seen(outcome.message)
    card = outcome.message.id
    viewer = stage.person(_WHO, _CHANNEL)
    arrived = viewer.wait_for(lambda message: message.reference_id == card, timeout_seconds=_FIRST_SECONDS)
    try:
        screen.seen(await stage.bound(arrived, _FIRST_SECONDS + 5, "the first clip to arrive"))
    except TimeoutError:
        raise StageFailed(f"the first clip did not arrive in {_FIRST_SECONDS:g} s:\n{stage.bot.tail()}") from None
    await desk.settled()


async def _obey(desk: Desk, terminal: Terminal) -> None:
    """Do what is typed until `quit`; at the end of an input that is no terminal, stay until a signal."""
    async for line in terminal.lines():
        try:
            entry = read_entry(line, await desk.command_names())
        except NotUnderstood as error:
            terminal.write(f"     {error}")
            continue
        if isinstance(entry, Quit):
            return
        if entry is not None:
            await desk.act(entry)
    if not terminal.interactive:
        await asyncio.Event().wait()


def _near(path: Path) -> str:
    """Return a path as one would type it from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
