"""Takes from the worker what looking at a file never needs, for the day on which a decoder is taken over.

Resources are limited everywhere. On Linux the worker also loses the network, other programs and processes (a seccomp
filter, where the processor is one whose numbers are known here) and every file but its source, its target and the
libraries (Landlock, kernel 5.13 and newer). Both need no privilege, cannot be undone, and hold for every later thread.
Where the system has neither, the work goes on: the limits hold all the same.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib.util
import os
import platform
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import bot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.media.worker.wire import ProcessLimits

_NICENESS: Final = 10
_OPEN_FILES: Final = 64
_FIRST_TO_GO: Final = "1000"
"""Where memory runs out, the kernel ends the worker and not the bot."""

_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2


def limit(limits: ProcessLimits) -> None:
    """Limit what this process may use; Windows has no such limits."""
    if importlib.util.find_spec("resource") is None:
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # macOS names an address-space limit and refuses to set it; the time limits hold there all the same.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (allowed, allowed))
    os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)


def confine(source: str, target: str | None) -> None:
    """Shut this process in with its source and its target, before any other thread is started.

    Args:
        source: the only file of others that may be read.
        target: the only file that may be written; it is made, empty, for a directory may not be written to.

    Raises:
        OSError: the target cannot be made.
    """
    if target is not None:
        Path(target).touch()
    if not sys.platform.startswith("linux"):
        return
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return
    _shut_files_out(system, source, target)
    _filter_calls(system)


# Landlock: linux/landlock.h; each right is a bit, and each version of the interface knows more of them.
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_ASK_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_TRUNCATE: Final = 1 << 14
_RIGHTS_BY_VERSION: Final = (13, 14, 15, 15, 16)
"""How many rights on files versions 1, 2, … of the interface know; newer ones know no fewer."""
_LIBRARIES: Final = ("PIL", "av", "pillow_heif", "tinytag")


def _shut_files_out(system: ctypes.CDLL, source: str, target: str | None) -> None:
    version = system.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return
    handled = (1 << _RIGHTS_BY_VERSION[min(version, len(_RIGHTS_BY_VERSION)) - 1]) - 1
    attributes = struct.pack("=Q", handled)
    ruleset = system.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return
    try:
        for path in _libraries():
            _allow(system, ruleset, path, handled & (_READ_FILE | _READ_DIR))
        _allow(system, ruleset, Path(source), _READ_FILE)
        if target is not None:
            _allow(system, ruleset, Path(target), handled & (_READ_FILE | _WRITE_FILE | _TRUNCATE))
        system.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _libraries() -> Iterator[Path]:
    """Yield where code is loaded from: of our own directory the package alone, for settings and data lie beside it."""
    own = Path(bot.__file__).resolve().parent
    beside = any(_is_directly_in(name, own.parent) for name in _LIBRARIES)
    yield own.parent if beside else own
    yield from (Path(prefix) for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix})
    yield from (Path(entry) for entry in sys.path if entry and Path(entry).resolve() != own.parent)
    yield from map(Path, ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/sys/devices/system/cpu"))


def _is_directly_in(library: str, directory: Path) -> bool:
    found = importlib.util.find_spec(library)
    return found is not None and found.origin is not None and Path(found.origin).resolve().parent.parent == directory


def _allow(system: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    """Add a rule; for what is not there, none is needed."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            wanted = rights if path.is_dir() else rights & ~_READ_DIR
            rule = struct.pack("=Qi", wanted, descriptor)
            system.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
        finally:
            os.close(descriptor)


# Seccomp: linux/seccomp.h, linux/audit.h, linux/filter.h; the numbers of calls: asm/unistd_64.h, asm-generic/unistd.h.
_LOAD: Final = 0x20
_IF_EQUAL: Final = 0x15
_IF_AT_LEAST: Final = 0x35
_IF_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06
_KILL: Final = 0x80000000
_ALLOW: Final = 0x7FFF0000
_FAIL_WITH: Final = 0x00050000
_OTHER_INTERFACE: Final = 0x40000000
"""Numbers from here on are those of x86's x32 interface, by which every call could be had under another number."""
_NUMBER_AT: Final = 0
_MACHINE_AT: Final = 4
_FIRST_ARGUMENT_AT: Final = 16
_CLONE_THREAD: Final = 0x00010000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    """A kind of processor: its AUDIT_ARCH and the numbers of its system calls.

    Attributes:
        denied: sockets (socket, socketpair, connect, bind), programs (execve, execveat, and fork and vfork where they
            are), other processes (ptrace, process_vm_readv and _writev, kill, tkill, tgkill, rt_sigqueueinfo,
            rt_tgsigqueueinfo, pidfd_open, _getfd and _send_signal), and what reaches around a filter or deep into the
            kernel (io_uring_setup, bpf, perf_event_open, userfaultfd, add_key, request_key, keyctl, mount, unshare,
            setns).
        clone: allowed for threads alone.
        clone3: said not to exist, for its flags cannot be seen; the C library then takes `clone`.
        prlimit64: allowed for this process alone.
    """

    audit: int
    denied: tuple[int, ...]
    clone: int
    clone3: int = 435
    prlimit64: int


_ALIKE: Final = (424, 425, 434, 438)
_MACHINES: Final = {
    "x86_64": _Machine(
        audit=0xC000003E,
        denied=(
            *(41, 53, 42, 49, 59, 322, 57, 58, 101, 310, 311, 62, 200, 234, 129, 297),
            *(321, 298, 323, 248, 249, 250, 165, 272, 308, *_ALIKE),
        ),
        clone=56,
        prlimit64=302,
    ),
    "aarch64": _Machine(
        audit=0xC00000B7,
        denied=(
            *(198, 199, 203, 200, 221, 281, 117, 270, 271, 129, 130, 131, 138, 240),
            *(280, 241, 282, 217, 218, 219, 40, 97, 268, *_ALIKE),
        ),
        clone=220,
        prlimit64=261,
    ),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _filter_calls(system: ctypes.CDLL) -> None:
    machine = _MACHINES.get(platform.machine())
    if machine is None or sys.byteorder != "little":
        return
    instructions = b"".join(struct.pack("=HBBI", *each) for each in _instructions(machine))
    program = _Program(len(instructions) // 8, instructions)
    system.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


def _instructions(machine: _Machine) -> list[tuple[int, int, int, int]]:
    """Return the filter: operation, steps to skip where it holds and where not, operand."""
    return [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_IF_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *_refusing(machine.denied, errno.EPERM),
        *_refusing([machine.clone3], errno.ENOSYS),
        (_IF_AT_LEAST, 0, 1, _OTHER_INTERFACE),
        (_RETURN, 0, 0, _FAIL_WITH | errno.EPERM),
        (_IF_EQUAL, 0, 4, machine.clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_IF_ANY_BIT, 0, 1, _CLONE_THREAD),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _FAIL_WITH | errno.EPERM),
        (_IF_EQUAL, 0, 3, machine.prlimit64),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_IF_EQUAL, 1, 0, 0),
        (_RETURN, 0, 0, _FAIL_WITH | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _refusing(numbers: Iterable[int], reason: int) -> Iterator[tuple[int, int, int, int]]:
    for number in numbers:
        yield (_IF_EQUAL, 0, 1, number)
        yield (_RETURN, 0, 0, _FAIL_WITH | reason)
