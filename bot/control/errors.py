"""What can go wrong between the command line and the running bot."""

from __future__ import annotations

from bot.errors import EgretError


class ControlError(EgretError):
    """The root of what the socket raises on purpose."""


class SocketUnusable(ControlError):
    """No socket can be made or used here at all; the message says why."""


class NoBot(ControlError):
    """Nobody answers: no bot runs on this DATA_DIR."""


class BotGone(ControlError):
    """The bot went away before it answered, or did not answer in time."""


class Refused(ControlError):
    """The bot will not, or cannot; the message is its own sentence."""
