"""A provider whose credit is used up; the bot then holds its queue, so it has a stage of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.page import screen
from tests.page.conftest import Place, opened_place

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with opened_place(tmp_path / "logs") as opened:
        yield opened


async def test_out_of_credit_makes_no_task(page: Page) -> None:
    form = page.locator("#panel form", has_text="The next task")
    await form.get_by_label("The next task").select_option(label="Is refused: out of credit")
    await form.get_by_role("button", name="Let it go so").click()
    await expect(form.locator(".waiting li")).to_contain_text("Is refused: out of credit")

    await screen.order(page, "an owl without money")

    await expect(form.locator(".waiting")).to_be_hidden()
    await expect(page.locator("#panel .panel-item", has_text="an owl without money")).to_contain_text(
        "0 tasks, 0 clips"
    )
