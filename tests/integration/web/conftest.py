"""A web side for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.web.side import Web, web_side


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Web]:
    async with web_side(tmp_path) as running:
        yield running
