"""The panel: the provider's side, the bot's life, and both promises."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from sandbox.piapi import Options
from tests.page import screen
from tests.page.conftest import Place

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def _as_found(place: Place) -> AsyncIterator[None]:
    before = await place.stage.provider.options()
    yield
    await place.stage.provider.clear_scenarios()
    await place.stage.provider.set_options(
        Options(pending_seconds=before.pending_seconds, processing_seconds=before.processing_seconds)
    )
    if not place.stage.bot.running:
        await place.stage.start_bot()


def section(page: Page, title: str) -> Locator:
    return page.locator("#panel section").filter(has=page.get_by_role("heading", name=re.compile(title)))


def task(page: Page, prompt: str) -> Locator:
    return section(page, "The provider's tasks").locator(".panel-item", has_text=prompt)


def bot(page: Page) -> Locator:
    return section(page, "The bot")


async def next_goes(page: Page, course: str, *, seconds: int | None = None) -> None:
    form = section(page, "^The provider$").locator("form", has_text="The next task")
    await form.get_by_label("The next task").select_option(label=course)
    if seconds is not None:
        await form.get_by_label("seconds").fill(str(seconds))
    await form.get_by_role("button", name="Let it go so").click()
    await expect(form.locator(".waiting li")).to_contain_text(course)


async def counts(page: Page) -> dict[str, list[int]]:
    rows = section(page, "Paid once").locator("tbody tr")
    return {
        (await row.locator("th").inner_text()).split(" (")[0]: [
            int(n) for n in await row.locator("td").all_inner_texts()
        ]
        for row in await rows.all()
    }


async def test_a_task_shows_its_state_its_cost_and_its_webhook_calls(page: Page) -> None:
    await screen.order(page, "two swans land")

    shown = task(page, "two swans land")
    await expect(shown.locator(".badge")).to_have_text("Done")
    await expect(shown.locator(".cost")).to_have_text("$0.26 charged")
    await expect(shown.locator("summary")).to_contain_text("the last was answered 204")
    await shown.locator("summary").click()
    await expect(shown.locator(".calls li").last).to_contain_text("204")


@pytest.mark.parametrize(
    ("course", "prompt", "answer"),
    [
        ("Fails", "an owl that fails", "@Mira .*Nothing was charged."),
        ("Is moderated", "an owl that offends", "The provider's safety filter refused this prompt or picture."),
    ],
)
async def test_the_next_task_ends_as_it_was_told(page: Page, course: str, prompt: str, answer: str) -> None:
    await next_goes(page, course)

    await screen.order(page, prompt)

    shown = task(page, prompt)
    await expect(shown.locator(".courses")).to_contain_text(course)
    await expect(shown.locator(".badge")).to_have_text("Failed")
    await expect(screen.messages(page).filter(has_text=prompt).last).to_contain_text(re.compile(answer, re.DOTALL))
    await expect(shown.locator(".cost")).to_contain_text("charged $0.00")


async def test_a_slow_task_is_being_made_until_somebody_finishes_it(page: Page) -> None:
    await next_goes(page, "Is slow", seconds=600)
    await screen.order(page, "an owl that takes its time")
    shown = task(page, "an owl that takes its time")
    await expect(shown.locator(".courses")).to_contain_text("Is slow")
    await expect(shown.locator(".badge")).to_have_text("Being made")
    await expect(screen.message(page, "an owl that takes its time")).to_contain_text("Generating")

    await shown.get_by_role("button", name="Finish").click()

    await expect(shown.locator(".badge")).to_have_text("Done")
    await expect(screen.clip_of(page, "an owl that takes its time")).to_be_visible()


async def test_a_reply_shows_what_it_replies_to_as_that_is_now(page: Page) -> None:
    await next_goes(page, "Is slow", seconds=600)
    await screen.order(page, "a stork with all the time in the world")
    card = screen.message(page, "a stork with all the time in the world")
    await expect(card).to_contain_text("Generating")
    await card.hover()
    await card.get_by_role("button", name="Reply", exact=True).click()
    await screen.say(page, "how long will that be")
    reply = screen.messages(page).filter(has=page.locator(".body", has_text="how long will that be"))
    await expect(reply.locator(".above .quoted")).to_contain_text("Generating")

    await task(page, "a stork with all the time in the world").get_by_role("button", name="Finish").click()

    await expect(reply.locator(".above .quoted")).to_contain_text("Done")


async def test_the_pace_is_shown_and_chosen(page: Page) -> None:
    pace = section(page, "^The provider$").get_by_role("group", name="Pace")
    await expect(pace.get_by_role("radio", name="Usual")).to_be_checked()

    await pace.get_by_role("radio", name="Fast").check()

    await expect(page.locator(".panel-spoken")).to_have_text("Pace: Fast.")
    await expect(pace).to_contain_text("As fast as clips can be drawn.")
    await screen.order(page, "a swift, swiftly")
    await expect(screen.clip_of(page, "a swift, swiftly")).to_be_visible()
    await expect(task(page, "a swift, swiftly").locator(".badge")).to_have_text("Done")


async def test_a_lost_answer_is_paid_once(page: Page) -> None:
    await next_goes(page, "Is bought, but the answer is lost")

    await screen.order(page, "an owl lost and found")

    order = section(page, "People's orders").locator(".panel-item", has_text="an owl lost and found")
    await expect(order).to_contain_text("1 task, 1 clip", timeout=45_000)
    await expect(task(page, "an owl lost and found")).to_have_count(1)


async def test_a_bot_that_is_killed_in_between_keeps_both_promises(page: Page) -> None:
    await page.get_by_label("By hand").check()
    await screen.order(page, "a heron in the rain")
    waiting = task(page, "a heron in the rain")
    await expect(waiting).to_be_visible()

    await bot(page).get_by_role("button", name="Kill").click()
    await expect(bot(page).locator(".bot-words")).to_have_text("Killed (SIGKILL)")
    await expect(page.locator(".offline-note")).to_contain_text("is offline")
    await waiting.get_by_role("button", name="Finish: a heron in the rain").click()
    await expect(waiting.locator(".badge")).to_have_text("Done")
    await bot(page).get_by_role("button", name="Start", exact=True).click()
    await expect(bot(page).locator(".bot-words")).to_have_text("Running, connected to Discord", timeout=45_000)

    await expect(screen.clip_of(page, "a heron in the rain")).to_be_visible(timeout=45_000)
    order = section(page, "People's orders").locator(".panel-item", has_text="a heron in the rain")
    await expect(order).to_contain_text("1 task, 1 clip")
    await expect(section(page, "Paid once").locator(".verdict")).to_contain_text("Both promises kept")
    ended = (await counts(page))["Ended with a clip"]
    assert ended[0] == ended[1] == ended[2] > 0


async def test_a_bot_is_restarted_in_good_order(page: Page) -> None:
    await expect(bot(page).locator(".bot-words")).to_have_text("Running, connected to Discord")
    before = await bot(page).locator(".bot-line").inner_text()
    process = re.findall(r"process \d+", before)[0]

    await bot(page).get_by_role("button", name="Restart").click()

    await expect(bot(page).locator(".bot-line")).not_to_contain_text(process)
    await expect(bot(page).locator(".bot-words")).to_have_text("Running, connected to Discord", timeout=45_000)
    await expect(page.locator(".offline-note")).to_be_hidden()


async def test_what_makes_no_sense_rests_and_says_why(page: Page) -> None:
    start = bot(page).get_by_role("button", name="Start", exact=True)
    await expect(start).to_have_attribute("aria-disabled", "true")

    await start.click(force=True)

    await expect(page.locator(".panel-spoken")).to_have_text("The bot is running already.")


async def test_the_event_log_of_an_order_is_one_click_away(page: Page, clip: str) -> None:
    order = section(page, "People's orders").locator(".panel-item", has_text="a kite on the beach").last

    await order.get_by_role("button", name="Event log").click()

    dialog = page.locator(screen.OPEN_DIALOG)
    await expect(dialog.locator(".history li").first).to_contain_text("Somebody asked for it, and it was written down.")
    await expect(dialog.locator(".history li").last).to_contain_text("Posted the clip in #general.")
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_have_count(0)
