"""Messages as people write, answer, open and delete them in the browser."""

from __future__ import annotations

import re
import time

import pytest
from playwright.async_api import Browser, Page, expect

from sandbox.stage.samples import Samples
from tests.page import screen
from tests.page.conftest import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_message_takes_files_by_picker_and_by_drop(page: Page, samples: Samples) -> None:
    await screen.pick(page, await screen.attach(page, "Upload files"), samples.morning)
    await screen.drop(page, page.locator("main"), samples.evening, "image/jpeg")
    await expect(page.locator(".tray li")).to_have_count(2)

    sent = await screen.say(page, "morning and evening")

    pictures = screen.message(page, "morning and evening").locator("figure img")
    await expect(pictures).to_have_count(2)
    for at in range(2):
        await expect(pictures.nth(at)).to_have_js_property("complete", True)
        assert await pictures.nth(at).evaluate("(image) => image.naturalHeight") == 1280
    await expect(page.locator(".tray")).to_be_hidden()
    await expect(sent).to_be_visible()


async def test_an_uploaded_recording_becomes_a_voice_message(page: Page, samples: Samples) -> None:
    entry = await screen.attach(page, "Send a recording as a voice message")
    await screen.pick(page, entry, samples.speech)

    voice = screen.message(page, "Voice message")
    await expect(voice).to_contain_text(re.compile(r"Voice message · 0:0\d"))
    await expect(voice.locator("audio")).to_have_js_property("error", None)
    await page.wait_for_function("(audio) => audio.readyState >= 1", arg=await voice.locator("audio").element_handle())


async def test_a_voice_message_is_recorded_with_the_microphone(page: Page) -> None:
    before = await page.locator(".recording.voice").count()
    await (await screen.attach(page, "Record a voice message")).click()
    await expect(page.locator(".record-length")).to_have_text("0:02")

    await page.locator(".record-bar").get_by_role("button", name="Send").click()

    await expect(page.locator(".recording.voice")).to_have_count(before + 1)
    audio = page.locator(".recording.voice audio").last
    await page.wait_for_function("(audio) => audio.readyState >= 1", arg=await audio.element_handle())
    assert 1 < await audio.evaluate("(audio) => audio.duration") < 30


async def test_a_recording_can_be_thrown_away(page: Page) -> None:
    before = await page.locator(".recording.voice").count()
    await (await screen.attach(page, "Record a voice message")).click()

    await page.get_by_role("button", name="Throw the recording away").click()

    await expect(page.locator(".record-bar")).to_be_hidden()
    await expect(page.locator(".recording.voice")).to_have_count(before)


async def test_a_reply_notifies_its_author_only_with_the_ping_on(page: Page, clip: str) -> None:
    shown = page.locator(f"li[data-message='{clip}'] > article")
    answers = screen.messages(page).filter(has=page.locator(".author", has_text="Egret"))
    answers = answers.filter(has=page.locator(".above .quoted", has_text=re.compile("^extend it ")))

    for words, ping in (("extend it quietly", False), ("extend it aloud", True)):
        await shown.hover()
        await shown.get_by_role("button", name="Reply", exact=True).click()
        await expect(page.locator(".reply-bar")).to_contain_text("Replying to Egret")
        if not ping:
            await page.locator(".reply-bar .ping").click()
            await expect(page.locator(".reply-bar .ping")).to_have_text("@ OFF")
        await screen.say(page, words)
        author = screen.message(page, words).locator(".above b").first
        await expect(author).to_have_text("@Egret" if ping else "Egret")

    await expect(answers.filter(has_text="extend it aloud")).to_contain_text("Extend")
    await expect(answers.filter(has_text="extend it quietly")).to_contain_text("I can only read replies with the @ on")


async def test_ones_own_message_is_deleted_for_everybody(page: Page, place: Place, browser: Browser) -> None:
    await screen.say(page, "a slip of the tongue")
    other = await browser.new_page()
    await screen.visit(other, place.url, "theo/general")
    await expect(screen.message(other, "a slip of the tongue")).to_be_visible()

    menu = await screen.menu_of(page, screen.message(page, "a slip of the tongue"))
    await menu.get_by_role("menuitem", name="Delete message").click()

    await expect(screen.message(page, "a slip of the tongue")).to_have_count(0)
    await expect(screen.message(other, "a slip of the tongue")).to_have_count(0)
    await other.close()


async def test_only_a_moderator_may_delete_what_others_wrote(page: Page, place: Place, clip: str) -> None:
    await screen.visit(page, place.url, "theo/general")
    shown = page.locator(f"li[data-message='{clip}'] > article")
    menu = await screen.menu_of(page, shown)
    await expect(menu.get_by_role("menuitem", name="Delete message")).to_have_count(0)

    await screen.visit(page, place.url, "juno/general")
    menu = await screen.menu_of(page, shown)

    await expect(menu.get_by_role("menuitem", name="Delete message")).to_be_visible()


async def test_words_behind_a_spoiler_are_shown_when_asked_for(page: Page) -> None:
    await screen.say(page, "it ends so: ||the heron flies off||")
    spoiler = screen.message(page, "it ends so").locator(".spoiler")
    await expect(spoiler).to_have_attribute("aria-label", "Spoiler, select to show")
    await expect(spoiler.locator(".spoiler-words")).to_have_attribute("aria-hidden", "true")

    await spoiler.focus()
    await page.keyboard.press("Enter")

    await expect(spoiler).to_have_class(re.compile("shown"))
    await expect(spoiler.locator(".spoiler-words")).not_to_have_attribute("aria-hidden", "true")


async def test_relative_times_run(page: Page) -> None:
    await screen.say(page, f"low tide is <t:{int(time.time()) + 45}:R>")
    stamp = screen.message(page, "low tide is").locator("time.stamp")
    await expect(stamp).to_have_text(re.compile(r"^in \d+ seconds$"))
    first = await stamp.inner_text()

    await expect(stamp).not_to_have_text(first)

    await expect(stamp).to_have_text(re.compile(r"^in \d+ seconds$"))
    assert int((await stamp.inner_text()).split()[1]) < int(first.split()[1])


async def test_people_see_each_other_type(page: Page, place: Place, browser: Browser) -> None:
    other = await browser.new_page()
    await screen.visit(other, place.url, "theo/general")

    await other.locator("#words").press_sequentially("well, I think")

    await expect(page.locator(".typing")).to_have_text("Theo is typing…")
    await other.close()
