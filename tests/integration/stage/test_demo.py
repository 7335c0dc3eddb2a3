"""The demo with the real bot, driven through a pipe."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from sandbox.clips import read_facts
from sandbox.stage.environment import REPOSITORY, plain_environment


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the children of a process are read from /proc")
async def test_a_first_clip_comes_lines_are_obeyed_and_a_signal_stops_everything(tmp_path, alive) -> None:
    directory = tmp_path / "demo"
    picture = directory / "samples" / "evening.jpg"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "demo", "--directory", str(directory), "--"),
        *(sys.executable, "-m", "bot", "run"),
        cwd=REPOSITORY,
        env=plain_environment(),
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    typed = [
        "click 2 more",
        "click 3 details",
        f'video "x" end_image:{picture}',
        "open 2",
        "reply 2 help",
        "apps 2 extend this video",
        "submit prompt:and then it snows",
        "video",
        "submit",
        f"submit prompt:hills pictures:{picture}",
        "click 10 i may use it",
        "open 99",
        "wait",
        "provider",
    ]
    process.stdin.write("\n".join([*typed, ""]).encode())
    process.stdin.close()
    told = ""
    async with asyncio.timeout(90):
        while "3 tasks, $0.78 charged" not in told:
            line = (await process.stdout.readline()).decode()
            assert line, told
            told += line
        started = children(process.pid)
        process.send_signal(signal.SIGTERM)
        rest, _ = await process.communicate()

    assert process.returncode == 0, rest
    assert "your clip is ready: “an egret takes off from a quiet lake at dawn”" in told
    assert "State: ✅ Done" in told
    assert "needs a picture to start from" in told
    assert "there is no message [99]" in told
    assert "with the @ on" in told
    assert "prompt is required" in told
    assert "your extended clip is ready: “and then it snows”" in told
    assert "your clip is ready: “hills”" in told
    assert len(started) == 2
    assert not any(map(alive, started))
    [clip] = (directory / "clips").glob("egret-*.mp4")
    assert str(clip) in told
    assert read_facts(clip).seconds > 4.5
