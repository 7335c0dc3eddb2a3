"""Egret: a Discord bot that buys AI video once and delivers it once."""
