from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fidelity import documents

if TYPE_CHECKING:
    from tests.fidelity.gateway import DiscordGateway
    from tests.fidelity.openapi import DiscordApi

import pytest

# Without the documents one test, in test_local_discord.py, is reported as skipped for all of these.
collect_ignore = (
    []
    if documents.absence() is None
    else ["test_api_requests.py", "test_api_answers.py", "test_gateway_events.py", "test_observing.py"]
)


@pytest.fixture
def api() -> DiscordApi:
    from tests.fidelity.openapi import discord_api

    return discord_api()


@pytest.fixture
def gateway() -> DiscordGateway:
    from tests.fidelity.gateway import discord_gateway

    return discord_gateway()
