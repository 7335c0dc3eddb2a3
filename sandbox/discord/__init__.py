"""A faithful local Discord: HTTP API v10, gateway v10, CDN, and the person's side as an HTTP API."""

from __future__ import annotations

from sandbox.discord.config import Bucket, DiscordConfig, GuildConfig, LimitsConfig, PersonConfig
from sandbox.discord.faults import Fault
from sandbox.discord.observation import Exchange, Observer, Problem
from sandbox.discord.server import DiscordSandbox

__all__ = [
    "Bucket",
    "DiscordConfig",
    "DiscordSandbox",
    "Exchange",
    "Fault",
    "GuildConfig",
    "LimitsConfig",
    "Observer",
    "PersonConfig",
    "Problem",
]
