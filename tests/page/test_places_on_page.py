"""The server, its threads and direct messages, and the people one can be, in the browser."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from sandbox.stage.samples import Samples
from tests.page import screen
from tests.page.conftest import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


def person(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="You are").get_by_role("radio", name=name)


def channel(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation").get_by_role("link", name=name)


async def test_the_server_has_channels_that_one_walks_through(page: Page) -> None:
    await expect(page.get_by_role("heading", level=1)).to_have_text("Egret Cove")
    await expect(channel(page, "general")).to_have_attribute("aria-current", "page")

    await channel(page, "off-topic").click()

    await expect(page.locator("#channel-title")).to_have_text("# off-topic")
    await expect(channel(page, "off-topic")).to_have_attribute("aria-current", "page")
    await expect(page).to_have_url(re.compile(r"#mira/\d+$"))
    await page.reload()
    await expect(page.locator("#channel-title")).to_have_text("# off-topic")


async def test_one_becomes_the_moderator_or_a_member_with_one_click(page: Page) -> None:
    await expect(person(page, "Mira")).to_be_checked()
    await screen.say(page, "written by a member")

    await page.locator(".person", has_text="Juno").click()

    await expect(person(page, "Juno Moderator")).to_be_checked()
    await expect(person(page, "Theo Member")).not_to_be_checked()
    menu = await screen.menu_of(page, screen.message(page, "written by a member"))
    await menu.get_by_role("menuitem", name="Delete message").click()
    await expect(screen.message(page, "written by a member")).to_have_count(0)


async def test_a_thread_is_begun_from_a_message_and_stands_below_its_channel(page: Page) -> None:
    await screen.say(page, "who flies to the lagoon?")
    menu = await screen.menu_of(page, screen.message(page, "who flies to the lagoon?"))
    await menu.get_by_role("menuitem", name="Start a thread").click()
    await page.get_by_label("Thread name").fill("The lagoon")
    await page.get_by_role("button", name="Create thread").click()

    await expect(page.locator("#channel-title")).to_have_text("# general › The lagoon")
    await expect(page.locator(".threads").get_by_role("link", name="The lagoon")).to_have_attribute(
        "aria-current", "page"
    )
    await screen.say(page, "said in the thread")
    clip = await screen.order(page, "a lagoon seen from above")
    await expect(clip).to_be_visible()

    await page.locator("#channel-title").get_by_role("link", name="general").click()
    await expect(page.locator("#channel-title")).to_have_text("# general")
    await expect(screen.message(page, "said in the thread")).to_have_count(0)
    await page.locator(".thread-link", has_text="The lagoon").click()
    await expect(screen.message(page, "said in the thread")).to_be_visible()


async def test_a_private_clip_comes_by_direct_message_and_to_nobody_else(page: Page) -> None:
    form = await screen.begin(page, "video")
    await form.locator("[data-option=prompt] :is(input, textarea)").fill("a moth for me alone")
    await screen.choose(page, await screen.add_option(form, "private"), "True")
    await screen.run(form)
    await expect(channel(page, "Egret").locator(".pings")).to_be_visible()

    await channel(page, "Egret").click()

    await expect(page.locator("#channel-title")).to_have_text("@ Egret")
    await expect(screen.clip_of(page, "a moth for me alone")).to_be_visible()
    await expect(channel(page, "Egret").locator(".pings")).to_have_count(0)
    await page.locator(".person", has_text="Theo").click()
    await expect(person(page, "Theo")).to_be_checked()
    await expect(screen.message(page, "a moth for me alone")).to_have_count(0)


async def test_a_mention_elsewhere_is_counted_until_one_looks(page: Page, place: Place) -> None:
    theo = place.stage.person("theo", "off-topic")
    world = await page.request.get(f"{place.url}api/person/world")
    mira = next(one["id"] for one in (await world.json())["people"] if one["username"] == "mira")

    await theo.send(f"<@{mira}> have you seen the herons?")

    await expect(channel(page, "off-topic").locator(".pings")).to_have_text(re.compile("^1"))
    await channel(page, "off-topic").click()
    await expect(screen.message(page, "have you seen the herons?")).to_have_class(re.compile("to-me"))
    await expect(channel(page, "off-topic").locator(".pings")).to_have_count(0)


async def test_a_reaction_is_counted_for_everybody_and_taken_back(
    page: Page, place: Place, browser: Browser, samples: Samples
) -> None:
    await screen.say(page, "the tide is out")
    mine = screen.message(page, "the tide is out")
    await mine.hover()
    await mine.get_by_role("button", name="Add a reaction").click()
    await page.get_by_role("dialog", name="React with").get_by_role("button", name="🌊").click()
    await expect(mine.get_by_role("button", name="🌊: 1, one of them yours")).to_have_attribute("aria-pressed", "true")
    other = await browser.new_page()
    await screen.visit(other, place.url, "theo/general")

    await screen.message(other, "the tide is out").get_by_role("button", name="🌊: 1").click()
    await expect(mine.get_by_role("button", name="🌊: 2, one of them yours")).to_be_visible()
    await mine.get_by_role("button", name="🌊: 2").click()

    await expect(mine.get_by_role("button", name="🌊: 1")).to_have_attribute("aria-pressed", "false")
    await expect(screen.message(other, "the tide is out").locator(".reaction .count")).to_have_text("1")
    await other.close()
