"""The page with a keyboard, on a narrow screen, in the dark and in the light, and on this machine alone."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, expect

from tests.page import screen
from tests.page.conftest import Place, Trail

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRAST = """(element) => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (colour) => { paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); };
  const read = () => [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const around = [];
  for (let one = element; one; one = one.parentElement) around.unshift(getComputedStyle(one).backgroundColor);
  over("white");
  around.forEach(over);
  const below = light(read());
  over(getComputedStyle(element).color);
  const above = light(read());
  return (Math.max(above, below) + 0.05) / (Math.min(above, below) + 0.05);
}"""
"""How well an element's words stand out from what is behind them (WCAG 2.2, contrast ratio)."""
ENOUGH = 4.5
NO_SIDEWAYS = "() => document.scrollingElement.scrollWidth <= innerWidth"


def clip_message(page: Page, clip: str) -> Locator:
    return page.locator(f"li[data-message='{clip}'] > article.message")


async def test_the_writing_place_is_the_first_thing_a_keyboard_reaches(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#words")).to_be_focused()

    await page.keyboard.type("/video prompt:a wren in the hedge")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-option=prompt] :is(input, textarea)")).to_have_value("a wren in the hedge")
    await page.keyboard.press("Enter")

    await expect(screen.clip_of(page, "a wren in the hedge")).to_be_visible()


async def test_a_messages_menu_is_opened_walked_and_left_with_keys(page: Page, clip: str) -> None:
    await screen.say(page, "the last word")
    await page.locator("#words").press("ArrowUp")
    last = screen.message(page, "the last word")
    await expect(last).to_be_focused()

    await page.keyboard.press("Enter")
    entries = page.get_by_role("menuitem")
    await expect(entries.first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(entries.nth(1)).to_be_focused()
    await page.keyboard.press("Escape")

    await expect(page.locator("[role=menu]")).to_have_count(0)
    await expect(last).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#words")).to_be_focused()


async def test_a_dialog_holds_the_focus_and_gives_it_back(page: Page, clip: str) -> None:
    extend = clip_message(page, clip).get_by_role("button", name="Extend")
    await extend.focus()
    await page.keyboard.press("Enter")
    dialog = page.locator(screen.OPEN_DIALOG)
    await expect(dialog.locator("[data-field=prompt] :is(input, textarea)")).to_be_focused()

    reached = set()
    for _ in range(8):
        await page.keyboard.press("Tab")
        reached.add(
            await page.evaluate("""() => {
              const at = document.activeElement;
              return at === document.body || at.closest("dialog[open]") ? at.textContent.trim() : "outside";
            }""")
        )
    await page.keyboard.press("Escape")

    assert "outside" not in reached
    assert "Submit" in reached
    await expect(dialog).to_have_count(0)
    await expect(extend).to_be_focused()


async def test_nothing_scrolls_sideways_at_400_pixels(page: Page, clip: str) -> None:
    await page.set_viewport_size({"width": 400, "height": 800})
    await expect(clip_message(page, clip)).to_be_attached()
    assert await page.evaluate(NO_SIDEWAYS)

    for drawer in ("sidebar", "panel"):
        await page.locator(f".to-{drawer}").click()
        await expect(page.locator(f"#{drawer}")).to_be_in_viewport()
        assert await page.evaluate(NO_SIDEWAYS), drawer
        assert await page.locator(f"#{drawer}").evaluate("(one) => one.scrollWidth <= one.clientWidth"), drawer
        await page.keyboard.press("Escape")
    await screen.begin(page, "video")
    assert await page.evaluate(NO_SIDEWAYS)
    await page.keyboard.press("Escape")
    await screen.press(clip_message(page, clip), "Lip-sync")
    await expect(page.locator(screen.OPEN_DIALOG)).to_be_in_viewport()
    assert await page.evaluate(NO_SIDEWAYS)


async def test_nothing_in_the_panel_sticks_out_of_its_card(page: Page, clip: str) -> None:
    await expect(page.locator("#panel .panel-item").first).to_be_visible()

    outside = await page.locator("#panel section").evaluate_all(
        """(cards) => cards
          .flatMap((card) => [...card.querySelectorAll("*")].map((one) => [card, one]))
          .filter(([card, one]) => one.getBoundingClientRect().right > card.getBoundingClientRect().right)
          .map(([, one]) => one.outerHTML.slice(0, 80))"""
    )

    assert outside == []


async def test_words_stand_out_in_the_dark_and_in_the_light(page: Page, clip: str) -> None:
    backgrounds = set()
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        backgrounds.add(await page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
        body = clip_message(page, clip).locator(".body")
        for words in (body, body.locator("small").first, page.locator(".panel .muted").first, page.locator("#words")):
            assert await words.evaluate(CONTRAST) >= ENOUGH, f"{words} in the {scheme}"

    assert len(backgrounds) == 2


async def test_the_page_is_under_a_strict_content_security_policy(page: Page, place: Place, trail: Trail) -> None:
    answer = await page.request.get(place.url)
    policy = answer.headers["content-security-policy"]
    broken = await page.evaluate(
        """() => new Promise((resolve) => {
          document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
          fetch("http://127.0.0.1:9/").catch(() => {});
        })"""
    )

    assert broken == "connect-src"
    assert "default-src 'self'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    trail.complaints.clear()  # of what was just tried


async def test_the_page_is_served_on_this_machine_alone(place: Place) -> None:
    port = urlsplit(place.url).port
    assert port is not None
    socket.create_connection(("127.0.0.1", port), timeout=5).close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


async def test_what_others_send_to_the_server_is_refused(page: Page, place: Place) -> None:
    answer = await page.request.post(f"{place.url}api/panel/bot/kill", headers={"Origin": "http://elsewhere.example"})

    assert answer.status == 403
    assert place.stage.bot.running


async def test_what_arrives_is_read_aloud(page: Page, place: Place) -> None:
    log = page.get_by_role("log")
    await place.stage.person("theo", "general").send("the **geese** are back")
    await expect(log).to_contain_text("Theo: the geese are back")

    await page.locator("#words").fill("/")

    await expect(log).to_contain_text("10 commands")


async def test_everything_that_can_be_used_has_a_name(page: Page, clip: str) -> None:
    await screen.press(clip_message(page, clip), "Lip-sync")
    await expect(page.locator(screen.OPEN_DIALOG)).to_be_visible()

    nameless = await page.evaluate(
        """() => {
          const words = (id) => document.getElementById(id)?.textContent.trim();
          const name = (one) =>
            one.getAttribute("aria-label") ||
            (one.getAttribute("aria-labelledby") || "").split(" ").map(words).join("") ||
            [...(one.labels || [])].map((label) => label.textContent.trim()).join("") ||
            (one.matches("input, select, textarea") ? "" : one.textContent.trim()) ||
            [...one.querySelectorAll("img[alt]")].map((image) => image.alt).join("");
          const used = "a[href], button, input, select, textarea, summary, video, audio, dialog";
          return [...document.querySelectorAll(used)]
            .filter((one) => !name(one))
            .map((one) => one.outerHTML.slice(0, 120));
        }"""
    )

    assert nameless == []


@pytest.mark.parametrize("path", ["", "static/main.js", "api/panel/state", "api/person/world", "no/such/page"])
async def test_every_answer_carries_the_policy_and_lets_no_other_origin_in(page: Page, place: Place, path: str) -> None:
    headers = (await page.request.get(f"{place.url}{path}")).headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
