"""What people do with a clip in the browser: play it, press, right-click, fill in forms."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.stage.samples import Samples
from tests.page import screen

pytestmark = pytest.mark.asyncio(loop_scope="session")


def shown(page: Page, clip: str) -> Locator:
    return page.locator(f"li[data-message='{clip}'] > article.message")


async def test_a_clip_has_a_poster_and_plays(page: Page, clip: str) -> None:
    video = shown(page, clip).locator("video")
    poster = await video.evaluate(
        """async (video) => {
          const image = new Image();
          image.src = video.poster;
          await image.decode();
          return [image.naturalWidth, image.naturalHeight];
        }"""
    )

    await shown(page, clip).get_by_role("button", name=re.compile("^Play")).click()
    await page.wait_for_function(
        "(video) => video.readyState >= 2 && video.currentTime > 0.2", arg=await video.element_handle()
    )

    assert poster[0] * 9 == poster[1] * 16 > 0
    await expect(video).to_be_focused()
    assert await video.evaluate("(video) => video.controls")
    assert await video.evaluate("(video) => video.error") is None
    assert 5 <= await video.evaluate("(video) => video.duration") < 6


async def test_a_clip_behind_a_spoiler_waits_to_be_asked_for(page: Page) -> None:
    form = await screen.begin(page, "video")
    await form.locator("[data-option=prompt] :is(input, textarea)").fill("the last page of the book")
    await screen.choose(page, await screen.add_option(form, "spoiler"), "True")
    await screen.run(form)
    figure = screen.messages(page).filter(has_text="the last page").locator("figure.spoiled")
    await expect(figure.locator("[inert] video")).to_have_count(1)

    await figure.get_by_role("button", name="Spoiler, select to show").click()

    await expect(figure).to_have_count(0)
    clip = screen.clip_of(page, "the last page")
    await expect(clip.locator("[inert]")).to_have_count(0)
    await expect(clip.get_by_role("button", name=re.compile("^Play"))).to_be_focused()


async def test_details_are_private_and_are_dismissed(page: Page, clip: str) -> None:
    menu = await screen.menu_of(page, shown(page, clip))
    await expect(menu.locator(".menu-group")).to_have_text("Apps")
    await menu.get_by_role("menuitem", name="Video details").click()
    answer = screen.private(page)
    await expect(answer).to_contain_text("Charged: $0.26")
    await expect(answer).to_contain_text("Only you can see this")
    before = await page.locator("article.only-mine").count()

    await answer.get_by_role("button", name="Dismiss message").click()

    await expect(page.locator("article.only-mine")).to_have_count(before - 1)


async def test_a_picture_is_chosen_as_source_by_right_click(page: Page, samples: Samples) -> None:
    await screen.pick(page, await screen.attach(page, "Upload files"), samples.morning)
    await screen.say(page, "where the tide begins")

    menu = await screen.menu_of(page, screen.message(page, "where the tide begins"))
    await menu.get_by_role("menuitem", name="Use as source").click()

    await expect(screen.private(page).get_by_role("button", name="Make a video from it")).to_be_visible()


async def test_a_button_asks_before_it_spends_and_buys_when_told(page: Page, clip: str) -> None:
    clips = screen.messages(page).filter(has=page.locator("video")).filter(has_text="a kite on the beach")
    before = await clips.count()

    await screen.press(shown(page, clip), "Re-roll")
    offer = screen.private(page)
    await expect(offer).to_contain_text("$0.26")
    await offer.get_by_role("button", name=re.compile("Run")).first.click()

    await expect(clips).to_have_count(before + 1)


async def test_a_form_is_filled_in_with_a_file(page: Page, clip: str, samples: Samples) -> None:
    spoken = screen.messages(page).filter(has=page.locator("video")).filter(has_text="your clip speaks now")
    before = await spoken.count()
    await screen.press(shown(page, clip), "Lip-sync")
    dialog = page.locator(screen.OPEN_DIALOG)
    recording = dialog.locator("[data-field=recording]")

    await screen.pick(page, recording.locator(".file-button"), samples.speech)
    await expect(recording.locator(".file-list")).to_contain_text("speech.wav")
    await dialog.get_by_role("button", name="Submit").click()

    await expect(dialog).to_have_count(0)
    await screen.vouch(page)
    await expect(spoken).to_have_count(before + 1)
    task = page.locator("#panel section", has_text="The provider's tasks").locator(".panel-item").first
    await expect(task).to_contain_text("Lip-sync")
    await expect(task.locator(".badge")).to_have_text("Done")


async def test_a_form_takes_a_dropped_file_and_gives_it_back(page: Page, clip: str, samples: Samples) -> None:
    await screen.press(shown(page, clip), "Lip-sync")
    dialog = page.locator(screen.OPEN_DIALOG)
    recording = dialog.locator("[data-field=recording]")
    await screen.drop(page, recording.locator(".file-box"), samples.speech, "audio/wav")
    await expect(recording.locator(".file-list li")).to_have_count(1)

    await recording.get_by_role("button", name="Remove speech.wav").click()

    await expect(recording.locator(".file-list li")).to_have_count(0)
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_have_count(0)
