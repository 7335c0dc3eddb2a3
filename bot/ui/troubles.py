"""What keeps the bot from writing things down, in words for people and for the bot's owner."""

from __future__ import annotations

from typing import assert_never

from bot.jobs.trouble import Trouble
from bot.ui.language import _


def title(trouble: Trouble) -> str:
    """Return what is the matter, without a full stop."""
    match trouble:
        case Trouble.DISK_FULL:
            return _("The bot's disk is full")
        case Trouble.LOCKED:
            return _("Another program has locked the bot's database")
        case Trouble.DAMAGED:
            return _("The bot's database is damaged")
        case Trouble.UNWRITABLE:
            return _("The bot's disk cannot be written")
        case Trouble.AWAY:
            return _("The bot's database cannot be reached")
        case Trouble.NO_DESCRIPTORS:
            return _("The bot has too many files and connections open")
        case _ as unreachable:
            assert_never(unreachable)


def meaning(trouble: Trouble) -> str:
    """Return what it means for the clips."""
    if trouble is Trouble.NO_DESCRIPTORS:
        return _("Some answers and clips wait until others are done. Nothing is lost.")
    return _("New clips are refused until that is mended. Clips under way are kept, and go on afterwards.")


def remedy(trouble: Trouble) -> str:
    """Return what the owner can do about it."""
    match trouble:
        case Trouble.DISK_FULL:
            return _("Free some space where `DATA_DIR` is, or shorten `RETENTION_DAYS`. The bot goes on by itself.")
        case Trouble.LOCKED:
            return _("Close the program that has the database open, such as a viewer. The bot goes on by itself.")
        case Trouble.DAMAGED:
            return _("Stop the bot, put back a backup with `python -m bot restore`, and start it again.")
        case Trouble.UNWRITABLE:
            return _("Look at the disk where `DATA_DIR` is, and at how it is mounted. The bot goes on by itself.")
        case Trouble.AWAY:
            return _("Look at the database's server, and at the network. The bot goes on by itself.")
        case Trouble.NO_DESCRIPTORS:
            return _("Raise the limit of open files for the bot (`ulimit -n`) if this comes again.")
        case _ as unreachable:
            assert_never(unreachable)
