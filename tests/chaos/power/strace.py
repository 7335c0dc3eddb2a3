"""Records what a process asks of the operating system, with every byte, and reads such a record.

The record is strace's: one line for each call of any thread or child, in one order for all of them.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CALLS: Final = (
    "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendfile,copy_file_range,lseek,"
    "fsync,fdatasync,sync,syncfs,sync_file_range,ftruncate,truncate,fallocate,rename,renameat,renameat2,unlink,"
    "unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,clone,clone3,fork,vfork"
)
_LONGEST: Final = 4 * 1024 * 1024
"""Bytes of one call that are recorded."""
_WHOLE: Final = re.compile(r"^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+|0x[0-9a-f]+)(.*)$")
_BEGUN: Final = re.compile(r"^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$")
_ENDED: Final = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$")
_DESCRIPTOR: Final = re.compile(r"^(-?\w+)(?:<(.*)>)?$")
_PATH: Final = re.compile(r"(?:\\x[0-9a-f]{2})+")
_PARTS: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?')
_ARGUMENTS: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*"(?:\.\.\.)?|<[^>]*>|\[[^\]]*\]|\{[^}]*\}|[^,"<\[{])+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call; `begun` and `ended` are places in the record, which is in the order of time.

    Attributes:
        process: whose it is; threads of one process share it.
        arguments: as strace prints them.
        result: what it returned; negative where it failed.
        rest: what strace prints after the result.
    """

    begun: int
    ended: int
    process: int
    name: str
    arguments: tuple[str, ...]
    result: int
    rest: str = ""

    @property
    def data(self) -> bytes:
        """Return the bytes that were written or sent, as many as the call took."""
        whole = b"".join(_unquoted(match[1]) for match in _PARTS.finditer(",".join(self.arguments[1:])))
        return whole[: max(self.result, 0)]

    def text(self, number: int) -> str:
        """Return an argument that is a path."""
        match = _PARTS.search(self.arguments[number])
        return _unquoted(match[1]).decode() if match is not None else ""

    def number(self, argument: int) -> int:
        """Return an argument that is a number."""
        return int(self.arguments[argument], 0)

    def descriptor(self, argument: int = 0) -> tuple[int, str]:
        """Return a descriptor and what it stands for: a path, or a socket's ends."""
        return _descriptor(self.arguments[argument])

    def opened(self) -> tuple[int, str]:
        """Return the descriptor that the call returned, and what it stands for."""
        return _descriptor(f"{self.result}{self.rest.split(' ')[0]}")


@functools.cache
def available() -> bool:
    """Tell whether this machine has strace, and lets it look."""
    return not lacking()


@functools.cache
def lacking() -> str:
    """Say why processes cannot be watched here; "" where they can."""
    found = shutil.which("strace")
    if found is None:
        return "strace is not installed"
    done = subprocess.run([found, "-o", os.devnull, "true"], capture_output=True, check=False)  # noqa: S603
    return "strace may not look into processes" if done.returncode else ""


def traced_by(pid: int) -> int | None:
    """Return the process that a strace has started and watches; None before it runs its program.

    At its own start strace forks others, to find out what the kernel can do.
    """
    with contextlib.suppress(OSError):
        own = Path(f"/proc/{pid}/exe").readlink()
        for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
            if Path(f"/proc/{word}/exe").readlink() != own:
                return int(word)
    return None


def command(record: Path) -> list[str]:
    """Return what goes before a command to have it recorded."""
    return [
        *("strace", "--follow-forks", "--seccomp-bpf", "--quiet=all", "--signal=none"),
        *("-yy", "-xx", "-s", str(_LONGEST), "-o", str(record), "-e", f"trace={_CALLS}"),
    ]


def read_record(record: Path) -> list[Call]:
    """Return every call that ended, in the order in which they began."""
    with record.open(encoding="ascii", errors="replace") as lines:
        calls = sorted(_calls(lines), key=lambda call: call.begun)
    owners = dict(_threads(calls))
    return [_owned(call, owners) for call in calls]


def _calls(lines: Iterable[str]) -> Iterator[Call]:
    begun: dict[tuple[str, str], tuple[int, str]] = {}
    for place, line in enumerate(lines):
        if match := _BEGUN.match(line):
            begun[match[1], match[2]] = (place, match[3])
            continue
        start = place
        if match := _ENDED.match(line):
            key = (match[1], match[2])
            if key not in begun:
                continue
            start, first = begun.pop(key)
            line = f"{match[1]} {match[2]}({first}{match[3]}"
        whole = _WHOLE.match(line)
        if whole is None:
            continue
        yield Call(
            begun=start,
            ended=place,
            process=int(whole[1]),
            name=whole[2],
            arguments=tuple(part.strip() for part in _ARGUMENTS.findall(whole[3])),
            result=int(whole[4], 0),
            rest=whole[5],
        )


def _threads(calls: Iterable[Call]) -> Iterator[tuple[int, int]]:
    owners: dict[int, int] = {}
    for call in calls:
        if call.name in {"clone", "clone3"} and call.result > 0 and "CLONE_THREAD" in ",".join(call.arguments):
            owners[call.result] = owners.get(call.process, call.process)
            yield call.result, owners[call.result]


def _owned(call: Call, owners: dict[int, int]) -> Call:
    if call.process not in owners:
        return call
    return Call(
        begun=call.begun,
        ended=call.ended,
        process=owners[call.process],
        name=call.name,
        arguments=call.arguments,
        result=call.result,
        rest=call.rest,
    )


def _descriptor(text: str) -> tuple[int, str]:
    match = _DESCRIPTOR.match(text)
    if match is None or match[2] is None:
        return -1, ""
    number = int(match[1]) if match[1].lstrip("-").isdigit() else -1
    path = _PATH.match(match[2])
    return number, _unquoted(path[0]).decode(errors="replace") if path is not None else match[2]


def _unquoted(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
