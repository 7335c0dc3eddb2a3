"""The verb `tour`: start everything, play the script, judge it from outside, leave a transcript."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aiohttp

from sandbox.person import RequestRefused
from sandbox.piapi import ControlError
from sandbox.stage import Stage, StageFailed
from sandbox.stage.community import look_around
from sandbox.stage.samples import write_samples
from sandbox.stage.serving import stop_signal
from sandbox.tour.books import orders_table, requests_line, tasks_table
from sandbox.tour.checks import Evidence, complaints
from sandbox.tour.guide import CHANNEL, Guide
from sandbox.tour.record import Recorder
from sandbox.tour.script import play
from sandbox.tour.transcript import Links, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.tour.orders import Order
    from sandbox.tour.presence import Presence

SECONDS: Final = 150.0
"""How long the tour may take in all; on two cores that do nothing else it takes less than half."""
_QUIET_SECONDS: Final = 2.0
"""Without a change for so long, everything that was to come has come."""
_QUIET_WITHIN: Final = 10.0
_STOP_SECONDS: Final = 8.0


async def tour(bot_command: Sequence[str], directory: Path) -> int:
    """Play the tour and leave its papers in `directory`.

    Args:
        bot_command: The program that is the bot.
        directory: Made anew: transcript, provider's books, clips, logs, and what the local Discord recorded.

    Returns:
        0, or 1 where something is wrong; stderr names it.
    """
    began = time.monotonic()
    try:
        directory = await asyncio.to_thread(_emptied, directory)
    except OSError as error:
        sys.stderr.write(f"tour: {error}\n")
        return 1
    stopping = stop_signal()
    work = asyncio.create_task(_Tour(bot_command, directory).run())
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not work.done():
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        sys.stderr.write("tour: stopped before the end.\n")
        return 1
    wrong = work.result()
    took = time.monotonic() - began
    for sentence in wrong:
        sys.stderr.write(f"tour: {sentence}\n")
    if wrong:
        sys.stderr.write(f"tour: {len(wrong)} wrong after {took:.0f} s; the end of {directory / 'bot.log'}:\n")
        sys.stderr.write(f"{_tail(directory / 'bot.log')}\n")
        return 1
    sys.stdout.write(f"Everything bought once and delivered once, in {took:.0f} s: {directory / 'transcript.md'}\n")
    return 0


class _Tour:
    """One tour.

    Args:
        bot_command: The program that is the bot.
        directory: Where its papers go.
    """

    def __init__(self, bot_command: Sequence[str], directory: Path) -> None:
        self._bot_command = bot_command
        self._directory = directory
        self._wrong: list[str] = []

    async def run(self) -> list[str]:
        """Play and judge; return what is wrong."""
        try:
            recorded = self._directory / "discord.jsonl"
            stage_to_be = Stage(self._bot_command, logs=self._directory, record=recorded, first_day=True)
            async with asyncio.timeout(SECONDS), stage_to_be as stage:
                await stage.start_bot()
                await self._play(stage)
        except StageFailed as error:
            self._wrong.append(str(error))
        except TimeoutError:
            self._wrong.append(f"not finished within {SECONDS:g} s")
        except (aiohttp.ClientError, RequestRefused, ControlError) as error:
            self._wrong.append(f"the local services do not answer: {error!r}")
        return self._wrong

    async def _play(self, stage: Stage) -> None:
        community = await look_around(stage.discord)
        samples = await asyncio.to_thread(write_samples, self._directory / "samples")
        recorder = Recorder([stage.person(name, CHANNEL) for name in community.user_names], community.user_names)
        guide = Guide(stage, recorder, community, samples, self._directory)
        began = time.time()
        await recorder.start()
        try:
            await self._watched(stage, guide)
            await _quiet(recorder)
        finally:
            await recorder.stop()
            self._wrong += guide.complaints
            await self._judge(stage, guide, began)

    async def _watched(self, stage: Stage, guide: Guide) -> None:
        """Play the script, unless bot or services end in the middle of it."""
        playing = asyncio.create_task(play(guide))
        bot_ended = asyncio.create_task(_unexpected_end(stage, guide.acting.presence))
        services_ended = asyncio.create_task(stage.services.ended())
        everything = (playing, bot_ended, services_ended)
        try:
            await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
            if playing.done():
                playing.result()
            else:
                part = stage.bot if bot_ended.done() else stage.services
                self._wrong.append(
                    f"the {part.name} ended by itself (exit code {part.exit_code}) in the middle of the tour"
                )
        finally:
            for task in everything:
                task.cancel()
            await asyncio.gather(*everything, return_exceptions=True)

    async def _judge(self, stage: Stage, guide: Guide, began: float) -> None:
        community, recorder = guide.community, guide.recorder
        tasks, summary = await stage.provider.tasks(), await stage.provider.summary()
        places = {*map(int, community.channels), *community.direct_channels, *recorder.channel_ids}
        posted = [message for place in places for message in await stage.discord.messages(str(place))]
        messages = [message for message in posted if not message.ephemeral]
        exit_code = await stage.stop_bot(_STOP_SECONDS)
        evidence = Evidence(
            orders=guide.orders,
            tasks=tasks,
            messages=messages,
            people=community.user_ids,
            direct=community.direct_channels,
            problems=await stage.problems(),
            exit_code=exit_code,
            measured={order.slug: await _measured(order) for order in guide.orders if order.clip is not None},
        )
        self._wrong += complaints(evidence)
        links: Links = {
            (order.result.id, order.result.attachments[0].filename): order.clip.name
            for order in guide.orders
            if order.result is not None and order.clip is not None
        }
        transcript = Transcript(community, links, CHANNEL).render(recorder.entries)
        self._write(
            "provider.md",
            f"# The provider's books\n\n{requests_line(summary)}\n{tasks_table(tasks, began)}",
        )
        self._write("transcript.md", f"{self._heading()}\n{orders_table(evidence)}\n{_CHANNEL_HEADING}\n{transcript}")

    def _heading(self) -> str:
        verdict = "Every clip was bought once and delivered once."
        if self._wrong:
            verdict = "**Something is wrong:**\n\n" + "\n".join(f"- {sentence}" for sentence in self._wrong)
        return (
            "# The tour\n\nWhat the people of a small server did and saw, in order, on this machine's own Discord and"
            f" PiAPI.\n\n{verdict}\n\nThe provider's side: [provider.md](provider.md). The bot's log:"
            " [bot.log](bot.log).\n"
        )

    def _write(self, name: str, text: str) -> None:
        (self._directory / name).write_text(text, encoding="utf-8")


_CHANNEL_HEADING: Final = f"""\
## What was done and seen

All of it in #{CHANNEL} where no other place is named. Times count from the bot's first start; relative times in
messages are as they read at that moment. A message that changes keeps its number, and only its new lines are shown.
What is written like `this` at a message's end are its buttons.
"""


async def _unexpected_end(stage: Stage, presence: Presence) -> None:
    while True:
        await stage.bot.ended()
        if not presence.absent:
            return
        async with presence.talking():
            pass


async def _quiet(recorder: Recorder) -> None:
    """Wait until nothing has happened for a while, so that what comes twice has the time to come."""
    until = recorder.elapsed + _QUIET_WITHIN
    while recorder.quiet_seconds < _QUIET_SECONDS and recorder.elapsed < until:  # noqa: ASYNC110 - silence is no event
        await asyncio.sleep(_QUIET_SECONDS - recorder.quiet_seconds + 0.01)


async def _measured(order: Order) -> list[str]:
    if order.clip is None:
        return []
    try:
        return await asyncio.to_thread(order.measure, order.clip)
    except (OSError, ValueError) as error:
        return [f"it cannot be read: {error}"]


def _emptied(directory: Path) -> Path:
    """Make the directory, or take out what an earlier tour left in it.

    Raises:
        FileExistsError: it holds something, and no earlier tour.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    held = list(directory.iterdir())
    if held and not any((directory / name).exists() for name in ("transcript.md", "services.log")):
        raise FileExistsError(f"{directory} is not empty and holds no earlier tour: choose another --directory")
    shutil.rmtree(directory / "samples", ignore_errors=True)
    for pattern in ("*.mp4", "transcript.md", "provider.md", "*.log"):
        for file in directory.glob(pattern):
            file.unlink()
    return directory


def _tail(log: Path, lines: int = 40) -> str:
    if not log.exists():
        return "(there is none)"
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
