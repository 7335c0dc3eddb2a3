"""Bare discord.py: connected, and nothing else."""

from __future__ import annotations

import discord

from bench.baseline.connection import INTENTS, run

if __name__ == "__main__":
    run(discord.Client(intents=INTENTS))
