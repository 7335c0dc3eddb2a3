"""The page beside a stage: served, told of, and opened where a browser is at hand."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.page.panel_routes import PanelRoutes
from sandbox.page.server import LOOPBACK, PageServer

if TYPE_CHECKING:
    from sandbox.stage.stage import Stage

_NEEDS_DISPLAY = ("linux", "freebsd", "openbsd", "netbsd")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChoice:
    """What a person says about the page.

    Attributes:
        host: What it is served on.
        port: None for the usual one.
        opens_browser: Whether it is opened where somebody sits at a terminal.
    """

    host: str = LOOPBACK
    port: int | None = None
    opens_browser: bool = True


def page_of(stage: Stage, choice: PageChoice) -> PageServer:
    """Return the server of a stage's page, the provider's panel included; it does not listen yet."""
    panel = PanelRoutes(stage)
    return PageServer(stage.addresses.discord, host=choice.host, port=choice.port, add_routes=(panel.add_to,))


async def open_browser(url: str) -> bool:
    """Open the page in the person's browser; return whether one took it.

    Without a display the standard library would find a text browser and give it this terminal.
    """
    if sys.platform.startswith(_NEEDS_DISPLAY) and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        return await asyncio.to_thread(webbrowser.open, url)
    except webbrowser.Error:
        return False
