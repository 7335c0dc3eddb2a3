"""The local Discord in a browser: one page, served on loopback by the demo."""

from __future__ import annotations

from sandbox.page.server import PageServer

__all__ = ["PageServer"]
