"""What a bot's messages are made of, as the page draws it: embeds, lists, layouts, files, and who is typing."""

from __future__ import annotations

import json
import re

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.stage.samples import Samples
from tests.page import screen
from tests.page.conftest import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")

LAYOUT = 1 << 15
"""The flag of a message that is made of components alone (discord docs, message flags)."""
ROW, BUTTON, SELECT, SECTION, WORDS, THUMBNAIL, GALLERY, FILE, LINE, CONTAINER = 1, 2, 3, 9, 10, 11, 12, 13, 14, 17
SECONDARY, LINK = 2, 5


async def bot_asks(place: Place, path: str, body: dict[str, object], *files: tuple[str, bytes, str]) -> None:
    """Send what a bot may send, with the bot's own token."""
    discord = place.stage.addresses.discord
    form = aiohttp.FormData()
    form.add_field("payload_json", json.dumps(body), content_type="application/json")
    for number, (name, content, content_type) in enumerate(files):
        form.add_field(f"files[{number}]", content, filename=name, content_type=content_type)
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{discord.api_url}{path}", data=form, headers={"Authorization": f"Bot {discord.token}"}
        ) as answer,
    ):
        assert answer.status < 300, await answer.text()


async def here(page: Page) -> str:
    """Return the id of the channel that the page shows."""
    return await page.locator(".channel-link[aria-current]").get_attribute("data-channel") or ""


async def bot_says(page: Page, place: Place, body: dict[str, object], *files: tuple[str, bytes, str]) -> Locator:
    before = await screen.messages(page).count()
    await bot_asks(place, f"/channels/{await here(page)}/messages", body, *files)
    await expect(screen.messages(page)).to_have_count(before + 1)
    return screen.messages(page).last


async def test_an_embed_shows_title_words_fields_and_footer(page: Page, place: Place) -> None:
    fields = [{"name": f"Field {n}", "value": f"value **{n}**", "inline": True} for n in range(3)]
    embed = {
        "title": "Low tide",
        "url": "https://example.com/tide",
        "description": "at *noon*, and ||again at night||",
        "color": 0x2F7F86,
        "fields": fields,
        "footer": {"text": "from the almanac"},
        "author": {"name": "The harbour"},
    }

    shown = (await bot_says(page, place, {"embeds": [embed]})).locator(".embed")

    await expect(shown.get_by_role("link", name="Low tide")).to_have_attribute("href", "https://example.com/tide")
    await expect(shown.locator(".embed-author")).to_have_text("The harbour")
    await expect(shown.locator("em, i")).to_have_text("noon")
    await expect(shown.locator(".spoiler")).to_have_count(1)
    await expect(shown.locator("dt")).to_have_text(["Field 0", "Field 1", "Field 2"])
    await expect(shown.locator("footer")).to_have_text("from the almanac")
    await expect(shown).to_have_css("border-left-color", "rgb(47, 127, 134)")
    tops = [await shown.locator("dt").nth(at).evaluate("(one) => one.getBoundingClientRect().top") for at in range(3)]
    assert len(set(tops)) == 1, "fields that may stand side by side do not"


async def test_a_layout_shows_words_pictures_lines_files_and_buttons_in_order(
    page: Page, place: Place, samples: Samples
) -> None:
    picture = samples.morning.read_bytes()
    layout = {
        "type": CONTAINER,
        "accent_color": 0xF0B232,
        "components": [
            {"type": WORDS, "content": "## The shore\nin the **morning**"},
            {
                "type": SECTION,
                "components": [{"type": WORDS, "content": "with its picture beside it"}],
                "accessory": {"type": THUMBNAIL, "media": {"url": "attachment://morning.jpg"}, "description": "Shore"},
            },
            {"type": LINE, "divider": True, "spacing": 2},
            {
                "type": GALLERY,
                "items": [
                    {"media": {"url": "attachment://morning.jpg"}, "description": "First"},
                    {"media": {"url": "attachment://morning.jpg"}, "description": "Second", "spoiler": True},
                ],
            },
            {"type": FILE, "file": {"url": "attachment://notes.txt"}},
            {
                "type": ROW,
                "components": [
                    {"type": BUTTON, "style": SECONDARY, "label": "Nobody answers", "custom_id": "nobody"},
                    {"type": BUTTON, "style": SECONDARY, "label": "At rest", "custom_id": "rest", "disabled": True},
                    {"type": BUTTON, "style": LINK, "label": "Elsewhere", "url": "https://example.com/"},
                ],
            },
        ],
    }
    attachments = [{"id": 0, "filename": "morning.jpg"}, {"id": 1, "filename": "notes.txt"}]
    files = (("morning.jpg", picture, "image/jpeg"), ("notes.txt", b"high water at six", "text/plain"))

    message = await bot_says(page, place, {"flags": LAYOUT, "components": [layout], "attachments": attachments}, *files)

    shown = message.locator(".container")
    await expect(shown).to_have_css("border-left-color", "rgb(240, 178, 50)")
    await expect(shown.locator("> *")).to_have_count(6)
    await expect(shown.get_by_role("heading", name="The shore")).to_be_visible()
    await expect(shown.locator(".section img[alt=Shore]")).to_have_js_property("naturalWidth", 720)
    await expect(shown.locator("hr.large")).to_be_visible()
    await expect(shown.locator(".gallery img[alt=First]")).to_be_visible()
    await expect(shown.locator(".gallery .spoiled a[inert]")).to_have_count(1)
    await expect(shown.get_by_role("button", name="At rest")).to_be_disabled()
    await expect(shown.get_by_role("link", name="Elsewhere")).to_have_attribute("href", "https://example.com/")
    async with page.expect_download() as kept:
        await shown.get_by_role("link", name="notes.txt").click()
    assert (await (await kept.value).path()).read_bytes() == b"high water at six"


async def test_a_button_that_nobody_answers_says_so(page: Page, place: Place) -> None:
    button = {"type": BUTTON, "style": SECONDARY, "label": "Hello?", "custom_id": "nobody-at-home"}
    message = await bot_says(
        page, place, {"content": "Is anybody there?", "components": [{"type": ROW, "components": [button]}]}
    )

    await place.stage.discord.withhold_interactions(1)
    await message.get_by_role("button", name="Hello?").click()

    await expect(message.get_by_role("alert")).to_have_text("This interaction failed")


async def test_a_command_that_nobody_answers_says_so_and_is_dismissed(page: Page, place: Place) -> None:
    await place.stage.discord.withhold_interactions(1)
    await screen.run(await screen.begin(page, "clips"))
    failed = page.locator("article.only-mine", has_text="The application did not respond")
    await expect(failed).to_contain_text("Mira used /clips")

    await failed.get_by_role("button", name="Dismiss message").click()

    await expect(failed).to_have_count(0)


async def test_a_list_is_opened_walked_and_chosen_from_with_keys(page: Page, clip: str) -> None:
    await screen.run(await screen.begin(page, "clips"))
    answer = screen.private(page)
    await expect(answer).to_contain_text("Your clips here")
    chooser = answer.get_by_role("combobox", name="Pick a clip")
    await chooser.focus()
    await page.keyboard.press("Enter")
    options = page.get_by_role("listbox").get_by_role("option")
    await expect(options.first).to_be_visible()
    under, over = await page.locator(".listbox-list").bounding_box(), await chooser.bounding_box()
    assert under is not None
    assert over is not None
    assert under["y"] >= over["y"] + over["height"] or under["y"] + under["height"] <= over["y"], "it hides its button"

    await page.keyboard.press("Enter")

    await expect(page.locator(".listbox-list")).to_have_count(0)
    await expect(screen.private(page).locator("video, .embed, .components").first).to_be_visible()
    await expect(
        screen.private(page).get_by_role("button", name=re.compile("Extend|Details|Repost")).first
    ).to_be_visible()


async def test_a_file_of_any_kind_is_offered_to_be_kept(page: Page, place: Place) -> None:
    message = await bot_says(page, place, {"content": "the almanac"}, ("tides.csv", b"06:00,high\n", "text/csv"))

    async with page.expect_download() as kept:
        await message.get_by_role("link", name="tides.csv").click()

    download = await kept.value
    assert download.suggested_filename == "tides.csv"
    assert (await download.path()).read_bytes() == b"06:00,high\n"


async def test_the_bot_is_seen_typing_until_it_has_spoken(page: Page, place: Place) -> None:
    await bot_asks(place, f"/channels/{await here(page)}/typing", {})
    await expect(page.locator(".typing")).to_have_text("Egret is typing…")

    await bot_says(page, place, {"content": "there it is"})

    await expect(page.locator(".typing")).to_be_hidden()
