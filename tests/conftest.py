"""Holds every local Discord that a test starts to Discord's own documents, where those are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.fidelity import documents

_HERE: Final = Path(__file__).parent
_WITH_A_DISCORD: Final = (_HERE / "integration", _HERE / "e2e")
_OF_REFUSALS: Final = (_HERE / "integration" / "sandbox_discord",)
"""Tests that send bad requests on purpose; there one is a problem only where it is accepted."""


@pytest.fixture(autouse=True)
def _held_to_discords_documents(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test whose local Discord was asked, or answered or dispatched, anything that Discord would not."""
    parents = request.path.parents
    if not any(directory in parents for directory in _WITH_A_DISCORD) or documents.absence() is not None:
        yield
        return
    from sandbox.discord import DiscordSandbox
    from tests.fidelity.observer import FidelityObserver

    observer = FidelityObserver(refusals_excuse=any(directory in parents for directory in _OF_REFUSALS))
    build = DiscordSandbox.__init__

    def build_observed(sandbox: DiscordSandbox, *arguments: Any, **settings: Any) -> None:
        build(sandbox, *arguments, **settings)
        sandbox.observe(observer)

    monkeypatch.setattr(DiscordSandbox, "__init__", build_observed)
    yield
    observer.assert_clean()
