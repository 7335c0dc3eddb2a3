"""Keeps this process's memory, in which the keys are, out of files and out of reach of others of the same user."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def keep_memory_private() -> None:
    """Let no core file be written, and on Linux let nobody but root read memory, environment or open files.

    Without the second, any program of the same user could take the keys from `/proc/<pid>/environ`, or attach to this
    process. Where the system knows neither, nothing happens. Child processes get back what `exec` resets.
    """
    if importlib.util.find_spec("resource") is not None:
        import resource

        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
