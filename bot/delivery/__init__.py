"""Puts cards and messages into channels: `ChannelSink` is what the core's deliverer and card keeper drive."""

from __future__ import annotations

from bot.delivery.alerts import LoggedAlerts
from bot.delivery.sink import ChannelSink

__all__ = ["ChannelSink", "LoggedAlerts"]
