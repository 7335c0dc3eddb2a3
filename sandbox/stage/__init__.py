"""The stage: both local services and a bot as child processes, and the environment the bot is given."""

from __future__ import annotations

from sandbox.stage.addresses import DiscordAddresses, ProviderAddresses, ServiceAddresses
from sandbox.stage.environment import bot_environment
from sandbox.stage.errors import StageFailed
from sandbox.stage.stage import Stage

__all__ = [
    "DiscordAddresses",
    "ProviderAddresses",
    "ServiceAddresses",
    "Stage",
    "StageFailed",
    "bot_environment",
]
