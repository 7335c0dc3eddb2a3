"""Commands as people put them together in the browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from sandbox.stage.samples import Samples
from tests.page import screen
from tests.page.conftest import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_slash_brings_up_the_commands_and_typing_narrows_them(page: Page) -> None:
    rows = page.locator(".picker [role=option]")

    await page.locator("#words").fill("/")
    await expect(rows).to_have_count(10)
    await page.locator("#words").fill("/lipsy")

    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("/lipsync")
    await expect(rows).to_contain_text("Make somebody in a clip speak")
    await page.locator("#words").press("Escape")
    await expect(page.locator(".picker")).to_be_hidden()


async def test_options_choices_and_autocomplete_make_the_clip_that_was_asked_for(page: Page) -> None:
    form = await screen.begin(page, "video")
    await form.locator("[data-option=prompt] :is(input, textarea)").fill("a tern over the reeds")

    await screen.choose(page, await screen.add_option(form, "ratio"), "Tall 9:16")
    quality = await screen.take_suggestion(page, await screen.add_option(form, "quality"), "pro")
    await expect(quality).to_have_value(re.compile("Pro"))
    length = await screen.take_suggestion(page, await screen.add_option(form, "length"), "10")
    await expect(length).to_have_value(re.compile("10"))
    await screen.run(form)

    clip = screen.clip_of(page, "a tern over the reeds")
    await expect(clip).to_contain_text("10 s")
    await expect(screen.messages(page).filter(has_text="a tern over the reeds").first).to_contain_text("used /video")


async def test_an_option_can_be_taken_away_again(page: Page) -> None:
    form = await screen.begin(page, "video")
    avoid = await screen.add_option(form, "avoid")

    await avoid.get_by_role("button", name="Remove avoid").click()

    await expect(avoid).to_have_count(0)
    await expect(form.locator(".chip", has_text="+ avoid")).to_be_visible()


async def test_pictures_come_by_picker_and_by_drop(page: Page, samples: Samples) -> None:
    form = await screen.begin(page, "video")
    await form.locator("[data-option=prompt] :is(input, textarea)").fill("the day goes by")
    image = await screen.add_option(form, "image")

    await screen.pick(page, image.locator(".file-button"), samples.morning)
    await expect(image.locator(".file-list")).to_contain_text("morning.jpg")
    await screen.drop(page, page.locator("main"), samples.evening, "image/jpeg")
    await expect(form.locator("[data-option=end_image] .file-list")).to_contain_text("evening.jpg")
    await screen.take_suggestion(page, await screen.add_option(form, "quality"), "pro")
    await screen.run(form)
    await screen.vouch(page)

    video = screen.clip_of(page, "the day goes by").locator("video")
    await expect(video).to_be_visible()
    width, height = await video.get_attribute("width"), await video.get_attribute("height")
    assert int(width or 0) < int(height or 0), "the upright picture did not decide the clip's shape"


async def test_what_discords_client_would_not_send_is_refused_beside_the_option(page: Page, tmp_path: Path) -> None:
    form = await screen.begin(page, "video")
    length = await screen.add_option(form, "length")
    await length.locator("input").fill("long")
    await form.locator(".run").click()
    await expect(length.locator(".field-error")).not_to_be_empty()
    await expect(length.locator("input")).to_have_attribute("aria-invalid", "true")

    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    image = await screen.add_option(form, "image")
    await screen.pick(page, image.locator(".file-button"), large)
    await expect(image.locator(".field-error")).to_have_text("large.png is larger than 10.0 MB, the limit here.")
    await page.keyboard.press("Escape")

    form = await screen.begin(page, "extend")
    await form.locator(".run").click()
    await expect(form.locator("[data-option=video] .field-error")).to_have_text(
        "This option is required. Specify a value."
    )


async def test_a_command_that_does_not_exist_is_never_said_aloud(page: Page) -> None:
    await page.locator("#words").fill("/paint a picture")
    await page.locator("#words").press("Enter")

    await expect(page.locator(".composer .form-error")).to_have_text("There is no command /paint here.")
    await expect(page.locator("#words")).to_have_value("/paint a picture")


async def test_the_language_is_the_persons_choice(page: Page, place: Place) -> None:
    await screen.visit(page, place.url, "juno/general")
    await screen.say(page, "the first flight was <t:1700000000:D>")
    stamp = screen.message(page, "the first flight").locator("time.stamp")
    await expect(stamp).to_have_text("November 14, 2023")

    await page.locator("#locale").select_option("de")
    await expect(stamp).to_have_text("14. November 2023")

    await page.locator("#locale").select_option("en-US")
    await expect(stamp).to_have_text("November 14, 2023")


async def test_a_message_that_is_too_long_is_not_sent(page: Page) -> None:
    await page.locator("#words").fill("x" * 2001)
    await page.locator("#words").press("Enter")

    await expect(page.locator(".composer .form-error")).to_have_text(
        "A message has at most 2000 characters; this one has 2001."
    )
    await expect(page.locator("#words")).to_have_value("x" * 2001)


async def test_the_bot_speaks_the_language_that_the_person_chose(page: Page) -> None:
    await page.locator("#locale").select_option("de")

    await screen.run(await screen.begin(page, "quota"))

    await expect(screen.messages(page).last).to_contain_text("Nachsehen kostet nichts.")
    await page.locator("#locale").select_option("en-US")
