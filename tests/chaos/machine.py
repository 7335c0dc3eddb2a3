"""What can be wrong with the machine under a bot: disks that are small, read-only or failing; too few descriptors."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

_MIB: Final = 1024 * 1024


@functools.cache
def no_mounts() -> str:
    """Say why this process may not mount a disk of its own; "" where it may."""
    if sys.platform != "linux" or shutil.which("mount") is None:
        return "there is no mount(8) here"
    with tempfile.TemporaryDirectory() as directory:
        try:
            _mount("-t", "tmpfs", "-o", "size=64k", "egret", directory)
            _unmount(Path(directory))
        except OSError as error:
            return f"disks cannot be mounted here: {error}"
    return ""


@contextmanager
def small_disk(directory: Path, mebibytes: int) -> Iterator[None]:
    """Let a directory be a disk of its own, with what it holds; afterwards it is as the others again.

    Nobody may have a file of it open at either end.
    """
    aside = directory.with_name(f"{directory.name}.aside")
    shutil.copytree(directory, aside)
    _mount("-t", "tmpfs", "-o", f"size={mebibytes}m", "egret", str(directory))
    try:
        shutil.copytree(aside, directory, dirs_exist_ok=True)
        yield
        shutil.rmtree(aside)
        shutil.copytree(directory, aside)
    finally:
        _unmount(directory)
        shutil.copytree(aside, directory, dirs_exist_ok=True)
        shutil.rmtree(aside)


@contextmanager
def read_only(directory: Path) -> Iterator[None]:
    """Let nothing be made in a directory, as after a disk's error; what is open stays as it is."""
    _mount("--bind", str(directory), str(directory))
    try:
        _mount("-o", "remount,bind,ro", str(directory))
        yield
    finally:
        _unmount(directory)


@contextmanager
def filled(directory: Path, *, leaving: int = 0) -> Iterator[None]:
    """Fill a disk but for so many bytes; the room is given back afterwards."""
    ballast = directory / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for piece in (_MIB, 4096, 1):
            with contextlib.suppress(OSError):
                while shutil.disk_usage(directory).free > leaving + piece or (not leaving and piece < _MIB):
                    file.write(b"\0" * piece)
    try:
        yield
    finally:
        ballast.unlink()


@asynccontextmanager
async def failing(pid: int, path: Path, error: int, *calls: str) -> AsyncIterator[None]:
    """Let a process's calls on a file fail; needs strace."""
    strace = await asyncio.create_subprocess_exec(
        *("strace", "--follow-forks", "-p", str(pid), "--quiet=all", "--signal=none", "-o", os.devnull),
        *("-P", str(path), "-e", f"trace={','.join(calls)}"),
        *("-e", f"inject={','.join(calls)}:error={errno.errorcode[error]}"),
    )
    while _tracer(pid) != strace.pid:  # noqa: ASYNC110 - no event tells that another process is traced
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        strace.send_signal(signal.SIGINT)
        await strace.wait()


@contextmanager
def few_descriptors(pid: int, spare: int) -> Iterator[None]:
    """Let a process open only so many files and connections more than it has open now."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - numbers, not paths
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest + 1 + spare, before[1]))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def _tracer(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("TracerPid:")))


def _mount(*arguments: str) -> None:
    _run("mount", *arguments)


def _unmount(directory: Path) -> None:
    _run("umount", str(directory))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - our own words
    if done.returncode:
        raise OSError(f"{command[0]}: {done.stderr.strip()}")
