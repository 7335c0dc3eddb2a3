"""`python -I enter.py ENTRY.json`: becomes a program inside a prepared root, as a container engine would start it.

Everything is mounted in a mount namespace of this process alone, so that nothing is left on the machine when the
program ends, however it ends, and deleting the root can never reach what was mounted into it. The process id stays the
same, so that signals reach the program. Needs root, and only the standard library: it is run by itself.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import warnings  # noqa: F401 - os.execvpe imports it, when it is out of reach
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_NEW_MOUNTS: Final = 0x00020000
_NEW_NETWORK: Final = 0x40000000
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_EXEC = 0x1, 0x2, 0x4, 0x8
_REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
_DROP_FROM_BOUNDING_SET: Final = 24
_NO_NEW_PRIVILEGES: Final = 38
_DEVICES: Final = ("null", "zero", "full", "random", "urandom", "tty")


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A file or directory of this machine, and where in the root it is seen."""

    source: str
    target: str
    read_only: bool = True


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is started, where, and as whom."""

    root: str
    command: Sequence[str]
    environment: Mapping[str, str]
    passed_on: Sequence[str] = ()
    """Variables that are taken from the caller's environment where it has them, as `docker run --env NAME` does."""
    directory: str = "/"
    user: int = 0
    group: int = 0
    mounts: Sequence[Mount] = ()
    contained: bool = False
    """Whether as a finished image is run: read-only root, an empty `/tmp`, no capabilities, no new privileges."""

    def write(self, path: Path) -> Path:
        """Write it down for `read`; returns the path."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> Entry:
        """Read what `write` wrote."""
        content = json.loads(path.read_text(encoding="utf-8"))
        content["mounts"] = [Mount(**mount) for mount in content["mounts"]]
        return cls(**content)


def isolate_network() -> None:
    """Give this process, and what it starts, a network of its own that has nothing but loopback.

    Raises:
        OSError: the kernel does not let us.
    """
    import fcntl
    import socket
    import struct

    _call("unshare", _NEW_NETWORK)
    get_flags, set_flags, up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        answer = fcntl.ioctl(probe, get_flags, struct.pack("16sh14x", b"lo", 0))
        flags = struct.unpack("16sh14x", answer)[1]
        fcntl.ioctl(probe, set_flags, struct.pack("16sh14x", b"lo", flags | up))


def isolate_mounts() -> None:
    """Let whatever this process mounts be seen by itself, and by what it starts, alone.

    Raises:
        OSError: the kernel does not let us.
    """
    _call("unshare", _NEW_MOUNTS)
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)


def enter(entry: Entry) -> None:
    """Replace this process by the entry's program.

    Raises:
        OSError: something cannot be mounted, or the program is not there.
    """
    passed_on = {name: os.environ[name] for name in entry.passed_on if name in os.environ}
    isolate_mounts()
    _mount(entry.root, entry.root, None, _BIND)
    for mount in entry.mounts:
        _bind(mount, entry.root)
    _mount_devices(entry.root)
    if entry.contained:
        _mount("tmpfs", f"{entry.root}/tmp", "tmpfs", _NO_SUID | _NO_DEVICES | _NO_EXEC, "size=64m,mode=1777")
        _mount(None, entry.root, None, _REMOUNT | _BIND | _READ_ONLY)
    if entry.contained:
        _drop_capabilities()
    # From here on this program's own modules are out of reach: nothing more can be imported.
    os.chroot(entry.root)
    os.chdir(entry.directory)
    os.setgroups([])
    os.setgid(entry.group)
    os.setuid(entry.user)
    if entry.contained:
        _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    os.umask(0o022)
    os.execvpe(entry.command[0], list(entry.command), {**entry.environment, **passed_on})  # noqa: S606 - our own steps


def _bind(mount: Mount, root: str) -> None:
    target = root + mount.target
    _mount(mount.source, target, None, _BIND)
    if mount.read_only:
        _mount(None, target, None, _REMOUNT | _BIND | _READ_ONLY)


def _mount_devices(root: str) -> None:
    """Make `/dev` and `/proc` as an engine does; the root has the empty directories."""
    devices = Path(root, "dev")
    _mount("tmpfs", str(devices), "tmpfs", _NO_SUID | _NO_EXEC, "size=64k,mode=755")
    for name in _DEVICES:
        (devices / name).touch()
        _mount(f"/dev/{name}", str(devices / name), None, _BIND)
    (devices / "shm").mkdir()
    _mount("tmpfs", str(devices / "shm"), "tmpfs", _NO_SUID | _NO_DEVICES | _NO_EXEC, "size=64m,mode=1777")
    for name, target in {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}.items():
        (devices / name).symlink_to(f"/proc/self/fd{target}")
    _mount("/proc", f"{root}/proc", None, _BIND | _RECURSIVE)


def _drop_capabilities() -> None:
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))
    for number in range(last + 1):
        _call("prctl", _DROP_FROM_BOUNDING_SET, number, 0, 0, 0)


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    def encoded(text: str | None) -> bytes | None:
        return None if text is None else text.encode()

    try:
        _call("mount", encoded(source), target.encode(), encoded(kind), flags, options.encode())
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from None


def _call(name: str, *arguments: bytes | int | None) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    words = [ctypes.c_ulong(argument) if isinstance(argument, int) else argument for argument in arguments]
    if getattr(library, name)(*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    enter(Entry.read(Path(sys.argv[1])))
