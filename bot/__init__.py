"""Egret: a Discord bot that buys AI video once and delivers it once."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
"""As in pyproject.toml; a test holds the two together."""
