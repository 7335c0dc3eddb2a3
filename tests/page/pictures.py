"""`python -m tests.page.pictures DIRECTORY`: plays a short scene on the sandbox's page and photographs it.

Everything in the pictures is the real bot between the local services; what is drawn stands in for Kling's clips.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.page import screen
from tests.page.conftest import Place, chromium_of, opened_place

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

PROMPT: Final = "an egret takes off from a quiet lake at dawn"
EXTENSION: Final = "extend a storm rolls in"
WIDE: Final[ViewportSize] = {"width": 1280, "height": 800}
TALL: Final[ViewportSize] = {"width": 1280, "height": 1180}
CHANNEL: Final[ViewportSize] = {"width": 1000, "height": 830}
PHONE: Final[ViewportSize] = {"width": 390, "height": 800}
SHARPNESS: Final = 2
"""Pixels of a picture for each of the page's."""
QUALITY: Final = 82
PLAYED_SECONDS: Final = 2.0
"""How far the clip has played where it is shown playing."""


@dataclass(frozen=True)
class Scene:
    """A place with a scene on it, and where its pictures go."""

    place: Place
    browser: Browser
    directory: Path

    async def look(self, who: str, viewport: ViewportSize, scheme: str = "dark") -> Page:
        """Return somebody's page, in #clips."""
        context = await self.browser.new_context(
            viewport=viewport,
            device_scale_factor=SHARPNESS,
            color_scheme="dark" if scheme == "dark" else "light",
            locale="en-US",
            reduced_motion="reduce",
        )
        page = await context.new_page()
        await screen.visit(page, self.place.url, f"{who}/clips")
        return page

    async def take(self, page: Page, name: str) -> None:
        """Photograph what is on the screen, once everything that loads has loaded."""
        await page.wait_for_function(
            "() => [...document.images].every((one) => one.complete) && document.fonts.status === 'loaded'"
        )
        await page.mouse.move(0, 0)
        path = self.directory / f"{name}.webp"
        with Image.open(io.BytesIO(await page.screenshot())) as shot:
            shot.convert("RGB").save(path, quality=QUALITY, method=6)
        sys.stdout.write(f"{path}: {path.stat().st_size / 1000:.0f} kB\n")


async def make_pictures(directory: Path) -> None:
    """Play the scene and write the pictures into a directory that is there.

    Raises:
        StageFailed: Services or bot do not start.
    """
    with tempfile.TemporaryDirectory(prefix="egret-pictures-") as logs:
        async with (
            opened_place(Path(logs)) as place,
            async_playwright() as playwright,
            await chromium_of(playwright) as browser,
        ):
            scene = Scene(place, browser, directory)
            await _make_a_clip(scene)
            await _photograph_the_channel(scene)
            await _photograph_the_panel(scene)
            await _photograph_a_phone(scene)


async def _make_a_clip(scene: Scene) -> None:
    """Let Mira have a clip made, and Theo like it and have it extended; that goes on until somebody ends it."""
    mira, theo = await scene.look("mira", WIDE), await scene.look("theo", WIDE)
    await expect(await screen.order(mira, PROMPT)).to_be_visible()
    clip = screen.clip_of(theo, PROMPT)
    await clip.hover()
    await clip.get_by_role("button", name="Add a reaction").click()
    await theo.get_by_role("dialog", name="React with").get_by_role("button", name="🎉").click()
    await mira.get_by_label("By hand").check()
    await clip.hover()
    await clip.get_by_role("button", name="Reply", exact=True).click()
    await screen.say(theo, EXTENSION)
    offer = screen.messages(theo).filter(has=theo.get_by_role("button", name="Run", exact=True)).last
    await offer.get_by_role("button", name=re.compile("Run$")).click()
    await expect(screen.messages(theo).last).to_contain_text("Generating")
    for page in (mira, theo):
        await page.context.close()


async def _photograph_the_channel(scene: Scene) -> None:
    for scheme in ("dark", "light"):
        page = await scene.look("mira", CHANNEL, scheme)
        await _show_the_end_of(page, PROMPT)
        await scene.take(page, f"channel-{scheme}")
        await page.context.close()


async def _photograph_the_panel(scene: Scene) -> None:
    """Show the clip playing, while the bot is dead and the extension goes on at the provider."""
    page = await scene.look("mira", TALL)
    panel = page.locator("#panel")
    clip = screen.clip_of(page, PROMPT)
    await clip.get_by_role("button", name=re.compile("^Play")).click()
    await page.wait_for_function(
        f"(video) => video.currentTime >= {PLAYED_SECONDS} && (video.pause(), true)",
        arg=await clip.locator("video").element_handle(),
    )
    await panel.get_by_role("button", name=re.compile("^Kill")).click()
    await expect(panel.locator(".bot-words")).to_have_text("Killed (SIGKILL)")
    await expect(panel.locator(".verdict")).to_contain_text("1 on the way")
    await scene.take(page, "panel")
    await panel.get_by_role("button", name="Start", exact=True).click()
    await expect(panel.locator(".bot-words")).to_have_text("Running, connected to Discord", timeout=45_000)
    await page.context.close()


async def _photograph_a_phone(scene: Scene) -> None:
    """Show what Mira alone is asked before a button spends anything."""
    page = await scene.look("mira", PHONE)
    clip = screen.clip_of(page, PROMPT)
    await screen.press(clip, "Re-roll")
    await expect(screen.private(page).get_by_role("button", name=re.compile("Run")).first).to_be_visible()
    await scene.take(page, "phone")
    await page.context.close()


async def _show_the_end_of(page: Page, prompt: str) -> None:
    """Bring the clip's message and what follows it into view."""
    await screen.clip_of(page, prompt).locator(".head").evaluate("(one) => one.scrollIntoView({ block: 'start' })")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.page.pictures", description=__doc__)
    parser.add_argument("directory", type=Path, help="where the pictures go")
    directory = parser.parse_args().directory
    directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(make_pictures(directory))
    return 0


if __name__ == "__main__":
    sys.exit(main())
