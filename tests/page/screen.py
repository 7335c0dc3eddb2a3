"""What people do at the page's screen, in the page's own terms."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

from playwright.async_api import Locator, Page, expect

OPEN_DIALOG: Final = "dialog[open]"
MESSAGE: Final = "li[data-message] > article.message"


def messages(page: Page) -> Locator:
    return page.locator(MESSAGE)


def message(page: Page, words: str) -> Locator:
    """Return the newest message with these words."""
    return messages(page).filter(has_text=words).last


def clip_of(page: Page, prompt: str) -> Locator:
    """Return the message that brings the clip of a prompt."""
    return messages(page).filter(has=page.locator("video")).filter(has_text=prompt).last


def private(page: Page) -> Locator:
    """Return the newest answer that only the one who looks can see."""
    return page.locator("article.only-mine").last


async def visit(page: Page, url: str, where: str) -> None:
    """Go to a place, such as `theo/clips`, from a page that may be elsewhere."""
    await page.goto("about:blank")
    await page.goto(f"{url}#{where}")
    await page.locator("body.ready").wait_for()


async def say(page: Page, words: str) -> Locator:
    """Write a message; return it."""
    await page.locator("#words").fill(words)
    await page.locator("#words").press("Enter")
    await expect(page.locator("#words")).to_have_value("")
    return messages(page).last


async def begin(page: Page, command: str) -> Locator:
    """Type a command's name and choose it; return its form."""
    await page.locator("#words").fill(f"/{command}")
    await expect(page.locator(".picker [role=option][aria-selected=true]")).to_contain_text(f"/{command}")
    await page.locator("#words").press("Enter")
    form = page.locator(".command-form")
    await form.wait_for()
    return form


async def add_option(form: Locator, name: str) -> Locator:
    """Add an optional option; return it."""
    await form.locator(".chip", has_text=f"+ {name}").first.click()
    return form.locator(f".option[data-option={name}]")


async def choose(page: Page, box: Locator, label: str) -> None:
    """Choose from a list behind a button."""
    await box.locator(".listbox-button").click()
    await page.locator(".listbox-list [role=option]", has_text=label).first.click()
    await expect(box.locator(".listbox-button")).to_contain_text(label)


async def take_suggestion(page: Page, box: Locator, typed: str) -> Locator:
    """Type into an option and take the only suggestion, with the keys; return the field."""
    field = box.locator("input")
    await field.fill(typed)
    await expect(page.locator(".suggestions [role=option]")).to_have_count(1)
    await field.press("ArrowDown")
    await field.press("Enter")
    return field


async def run(form: Locator) -> None:
    await form.locator(".run").click()
    await expect(form).to_have_count(0)


async def order(page: Page, prompt: str) -> Locator:
    """Buy a clip with /video; return the message that will bring it."""
    form = await begin(page, "video")
    await form.locator("[data-option=prompt] textarea, [data-option=prompt] input").fill(prompt)
    await run(form)
    return clip_of(page, prompt)


async def vouch(page: Page) -> None:
    """Say, as everybody is asked once for pictures and once for recordings, that one may use what one brought."""
    await private(page).get_by_role("button", name="I may use it").click()


async def pick(page: Page, button: Locator, *files: Path) -> None:
    """Press what opens the file picker, and pick."""
    async with page.expect_file_chooser() as chosen:
        await button.click()
    await (await chosen.value).set_files(list(files))


async def drop(page: Page, target: Locator, file: Path, content_type: str) -> None:
    """Drop a file as if it was dragged in from outside the browser."""
    content = base64.b64encode(file.read_bytes())  # noqa: ASYNC240 - a sample of some kilobytes
    transfer = await page.evaluate_handle(
        """([name, type, data]) => {
          const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name, { type }));
          return transfer;
        }""",
        [file.name, content_type, content.decode("ascii")],
    )
    await target.dispatch_event("dragover", {"dataTransfer": transfer})
    await target.dispatch_event("drop", {"dataTransfer": transfer})


async def menu_of(page: Page, shown: Locator) -> Locator:
    """Right-click a message; return its menu."""
    await shown.locator(".head, .body").last.click(button="right", position={"x": 3, "y": 3})
    menu = page.locator("[role=menu]")
    await menu.wait_for()
    return menu


async def attach(page: Page, entry: str) -> Locator:
    """Open the menu beside the writing place; return one of its entries."""
    await page.get_by_role("button", name="Attach files or record").click()
    return page.get_by_role("menuitem", name=entry)


async def press(shown: Locator, label: str) -> None:
    await shown.locator(".components button", has_text=label).click()
