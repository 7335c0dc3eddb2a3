"""One community per module for tests that leave it as they found it; others open their own.

A module's `SETTINGS` are the bot's settings that differ there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.community import Community, community
from tests.fidelity import documents


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> AsyncIterator[Community]:
    overrides = getattr(request.module, "SETTINGS", {})
    async with community(tmp_path_factory.mktemp("community"), **overrides) as place:
        await place.start()
        yield place


@pytest.fixture
def place(shared: Community, request: pytest.FixtureRequest):
    """A running community that other tests of the module use, too; with a channel of the test's own."""
    if documents.absence() is not None:
        yield shared
        return
    from tests.fidelity.observer import FidelityObserver

    observer = FidelityObserver()
    stop_observing = shared.discord.observe(observer)
    yield shared
    stop_observing()
    observer.assert_clean()
