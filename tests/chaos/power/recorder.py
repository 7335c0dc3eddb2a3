"""Starts an arena's bot under strace."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from typing_extensions import override

from sandbox.stage.environment import REPOSITORY
from tests.chaos.bot import Launch
from tests.chaos.power import strace
from tests.chaos.processes import Nursery


class Recorder(Nursery):
    """Launches bots as the fork server does, but one by one, each with its system calls on record."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self._watching: set[asyncio.Task[None]] = set()

    @override
    async def launch(self, launch: Launch) -> tuple[int, asyncio.Future[int]]:
        command = [*strace.command(self._record), sys.executable, "-m", "tests.chaos.power.alone"]
        with launch.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *command,
                launch.model_dump_json(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=launch.environment,
                cwd=REPOSITORY,
                start_new_session=True,
            )
        end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        watching = asyncio.create_task(_tell(process, end))
        self._watching.add(watching)
        watching.add_done_callback(self._watching.discard)
        # No event tells that another process runs its program.
        while (traced := strace.traced_by(process.pid)) is None and not end.done():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return traced or process.pid, end


async def _tell(process: asyncio.subprocess.Process, end: asyncio.Future[int]) -> None:
    """Pass the recorded bot's end on: strace ends after it, and as it did."""
    end.set_result(await process.wait())
