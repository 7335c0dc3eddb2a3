from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.fidelity import documents

if TYPE_CHECKING:
    from tests.fidelity.gateway import DiscordGateway
    from tests.fidelity.openapi import DiscordApi
    from tests.fidelity.walked import Walked

_IN_ANY_CASE: Final = frozenset({"test_local_discord.py"})
_HERE: Final = Path(__file__).parent

# Without the documents one test is reported as skipped for all of these.
collect_ignore = (
    [] if documents.absence() is None else [p.name for p in _HERE.glob("test_*.py") if p.name not in _IN_ANY_CASE]
)


@pytest.fixture
def api() -> DiscordApi:
    from tests.fidelity.openapi import discord_api

    return discord_api()


@pytest.fixture
def gateway() -> DiscordGateway:
    from tests.fidelity.gateway import discord_gateway

    return discord_gateway()


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Walked, Path]:
    """One walk through a local Discord, and its recording."""
    from tests.fidelity.walked import walk

    path = tmp_path_factory.mktemp("recorded") / "discord.jsonl"
    return asyncio.run(walk(record=path)), path


@pytest.fixture
def walked(recorded: tuple[Walked, Path]) -> Walked:
    return recorded[0]


@pytest.fixture
def recording(recorded: tuple[Walked, Path]) -> Path:
    return recorded[1]
