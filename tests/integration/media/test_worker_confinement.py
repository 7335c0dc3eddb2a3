"""What a decoder that was taken over could do from inside the worker: every step is tried for real."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from bot.media.processes import WorkerPool
from bot.media.worker.wire import EncodeVideo, VideoWritten
from tests.integration.media.samples import save_clip

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.machine() not in {"x86_64", "aarch64"},
    reason="elsewhere the system has no such means",
)

PRELUDE = """
import ctypes, json, os, signal, socket, subprocess, sys, threading
from bot.media.worker import confinement
place = json.loads(sys.argv[1])
confinement.confine(place["source"], place["target"])
def happens(deed):
    try:
        deed()
    except BaseException as error:
        return type(error).__name__
    return "done"
"""


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """A directory as DATA_DIR is one: a source, a target, and what a burglar comes for."""
    (tmp_path / "incoming").mkdir()
    for name, content in (("source.bin", "a stranger's"), (".env", "DISCORD_TOKEN=secret"), ("egret.db", "rows")):
        (tmp_path / name).write_text(content)
    return {
        "source": str(tmp_path / "source.bin"),
        "target": str(tmp_path / "incoming" / "target.bin"),
        "env": str(tmp_path / ".env"),
        "directory": str(tmp_path),
        "beside": str(tmp_path / "incoming" / "beside.bin"),
        "bot": str(os.getpid()),
    }


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def tried(place: dict[str, str], deed: str) -> str:
    """Return what came of a deed inside the worker: "done", or the error that stopped it."""
    program = f"{PRELUDE}\nprint(happens(lambda: {deed}))\n"
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, json.dumps(place)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "A_SECRET": "x"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "deed",
    [
        'socket.create_connection(("127.0.0.1", place["port"]), 2)',
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair()",
    ],
)
def test_there_is_no_network(place: dict[str, str], listener: int, deed: str) -> None:
    assert tried({**place, "port": listener}, deed) == "PermissionError"  # type: ignore[dict-item]


@pytest.mark.parametrize("deed", ["os.fork()", 'os.execv("/bin/true", ["true"])', 'subprocess.run(["/bin/true"])'])
def test_no_other_program_is_started(place: dict[str, str], deed: str) -> None:
    assert tried(place, deed) == "PermissionError"


@pytest.mark.parametrize(
    "deed",
    [
        'os.kill(int(place["bot"]), 0)',
        "os.kill(os.getppid(), signal.SIGTERM)",
        'os.pidfd_open(int(place["bot"]))',
        'open("/proc/" + place["bot"] + "/environ", "rb").read()',
        'open("/proc/" + place["bot"] + "/mem", "rb").read(1)',
        'open("/proc/self/environ", "rb").read()',
        '__import__("resource").prlimit(int(place["bot"]), 7, (1, 1))',
    ],
)
def test_the_bots_own_process_is_out_of_reach(place: dict[str, str], deed: str) -> None:
    assert tried(place, deed) == "PermissionError"


def test_the_bots_memory_cannot_be_traced(place: dict[str, str]) -> None:
    attach = 'print(ctypes.CDLL(None, use_errno=True).ptrace(16, int(place["bot"]), 0, 0), ctypes.get_errno())'

    assert tried(place, attach).splitlines()[0].startswith("-1")


@pytest.mark.parametrize(
    "deed",
    [
        'open(place["env"]).read()',
        'open(place["directory"] + "/egret.db").read()',
        'os.listdir(place["directory"])',
        'open(place["beside"], "w")',
        'open(place["source"], "a")',
        'open("/tmp/egret-worker-was-here", "w")',
        'os.symlink(place["env"], place["beside"])',
        'os.unlink(place["target"])',
        'os.rename(place["target"], place["beside"])',
        'open("/etc/passwd").read()',
        f'open("{ROOT}/pyproject.toml").read()',
    ],
)
def test_no_file_but_its_own_is_read_or_written(place: dict[str, str], deed: str) -> None:
    assert tried(place, deed) == "PermissionError"


@pytest.mark.parametrize(
    "deed",
    [
        'open(place["source"]).read()',
        'open(place["target"], "w").write("made")',
        "threading.Thread(target=len, args=((),)).start()",
        '__import__("av") and __import__("PIL.Image") and __import__("pillow_heif") and __import__("tinytag")',
    ],
)
def test_its_work_can_be_done_all_the_same(place: dict[str, str], deed: str) -> None:
    assert tried(place, deed) == "done"


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "bot.media.worker" in child.cmdline()]


def told(process: psutil.Process, what: str) -> str:
    return Path(f"/proc/{process.pid}/{what}").read_text()


async def test_every_worker_is_confined_before_it_looks_at_a_file(tmp_path: Path) -> None:
    clip = save_clip(tmp_path / "clip.mp4")
    endless = EncodeVideo(
        source=str(clip),
        target=str(tmp_path / "out.mp4"),
        width=7680,
        height=4320,
        video_rate=90_000_000,
        audio_rate=64_000,
    )
    call = asyncio.create_task(WorkerPool().run(endless, VideoWritten))
    async with asyncio.timeout(20):
        while not any("Seccomp:\t2" in told(worker, "status") for worker in workers()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # another process announces nothing
    (worker,) = workers()
    status, score = told(worker, "status"), told(worker, "oom_score_adj")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert "NoNewPrivs:\t1" in status
    assert int(score) > int(told(psutil.Process(), "oom_score_adj"))
