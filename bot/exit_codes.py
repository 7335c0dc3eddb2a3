"""How the process ends, as numbers for whoever supervises it (after BSD's sysexits)."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Why the process ended; README explains each."""

    OK = 0
    DEFECT = 70
    """A background loop died, or something else that should not happen."""
    WEB = 71
    """The web side's address cannot be listened on."""
    DATABASE = 74
    """The database cannot be opened, or its schema cannot be brought up to date."""
    ALREADY_RUNNING = 75
    """Another process has the database."""
    LOGIN = 77
    """Discord refused the token."""
    SETTINGS = 78
    """A setting is missing or wrong."""
