"""How the process ends, as numbers for whoever supervises it (after BSD's sysexits)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

INTERRUPTED: Final = 130
"""What shells call the end of a verb by Ctrl-C; `run` takes it for an orderly stop instead."""


class ExitCode(IntEnum):
    """Why the process ended; README explains each."""

    OK = 0
    ATTENTION = 1
    """`check`, `status`: nothing stops the bot, but something needs a look; `redeliver`, `resolve`: it will not."""
    BACKUP = 65
    """`restore`: the file is no backup of Egret's, is damaged, or does not fit; nothing was changed."""
    UNREACHABLE = 69
    """Discord gives no usable answer at the start; `check`: or PiAPI."""
    DEFECT = 70
    """A background loop died, or something else that should not happen."""
    WEB = 71
    """The web side's address cannot be listened on; `check`: or PUBLIC_URL does not reach it."""
    CLOCK = 72
    """`check`: the machine's clock is wrong by more than the bot can bear."""
    DATA_DIR = 73
    """`check`, `backup`, `restore`: DATA_DIR cannot be written, or its disk is full."""
    DATABASE = 74
    """The database cannot be opened, or its schema cannot be brought up to date."""
    ALREADY_RUNNING = 75
    """Another process has the database."""
    PROVIDER = 76
    """`check`: PiAPI refuses the key, or its credit buys nothing."""
    LOGIN = 77
    """Discord refused the token, or what the bot asks for; `check`: or the bot may not work in its servers."""
    SETTINGS = 78
    """A setting is missing or wrong."""
