"""What a check finds, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.exit_codes import ExitCode


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    """The bot works, but something is not as it should be."""
    FAIL = "fail"
    """The bot does not start, cannot buy, or cannot post."""


class Area(StrEnum):
    """What a finding is about; in the order of the report, each resting on those before it."""

    SETTINGS = "settings"
    DISK = "disk"
    DATABASE = "database"
    CLOCK = "clock"
    DISCORD = "discord"
    SERVERS = "servers"
    PIAPI = "piapi"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        area: what it is about.
        level: how bad it is.
        sentence: what was found; one sentence, without any secret.
        remedy: what mends it; one sentence, "" where nothing needs mending.
        code: the process's exit code if this is the worst.
    """

    area: Area
    level: Level
    sentence: str
    remedy: str = ""
    code: ExitCode = ExitCode.OK


def fine(area: Area, sentence: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(area=area, level=Level.OK, sentence=sentence)


def warning(area: Area, sentence: str, remedy: str) -> Finding:
    """Return a finding that should be looked at."""
    return Finding(area=area, level=Level.WARN, sentence=sentence, remedy=remedy, code=ExitCode.ATTENTION)


def failure(area: Area, sentence: str, remedy: str, code: ExitCode) -> Finding:
    """Return a finding that stops the bot or its work."""
    return Finding(area=area, level=Level.FAIL, sentence=sentence, remedy=remedy, code=code)
