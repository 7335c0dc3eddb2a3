"""What was acknowledged outlives the process."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from storage.store import open_store
from tests.contract.samples import ManualClock, Probe

LINES = 150
ORDER = ("queued", "submitting", "running")


async def test_what_was_acknowledged_is_there_after_a_kill(url: str, tmp_path: Path, clock: ManualClock):
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.contract.writer", url, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    try:
        async with asyncio.timeout(60):
            said = [(await writer.stdout.readline()).decode().split() for _ in range(LINES)]
    finally:
        writer.send_signal(signal.SIGKILL)
        rest = await writer.stdout.read()
        await writer.wait()
    said += [line.split() for line in rest.decode().splitlines(keepends=True) if line.endswith("\n")]
    acknowledged = dict(said)
    assert len(acknowledged) > 20
    async with Probe.of(url) as probe:
        stored = dict(await probe.rows("SELECT id, state FROM jobs"))
        for job_id, state in acknowledged.items():
            assert ORDER.index(stored[job_id]) >= ORDER.index(state)
        assert await probe.contradictions() == []
    async with open_store(url, tmp_path, clock) as store:
        assert await store.job(next(iter(acknowledged))) is not None
