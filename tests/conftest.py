"""Holds every local Discord that a test starts to Discord's own documents, where those are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import structlog

from tests.fidelity import documents

if TYPE_CHECKING:
    from tests.fidelity.observer import FidelityObserver

_configure: Final = structlog.configure


def _configure_for_one_test(**wanted: Any) -> None:
    """Configure it as asked, but let no logger keep that: a logger that is kept is beyond `capture_logs` for good."""
    _configure(**{**wanted, "cache_logger_on_first_use": False})


structlog.configure = _configure_for_one_test

# Plain tracebacks: those that print local variables take longer than the tests.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Undo what a test that starts a whole bot does to the log."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


_HERE: Final = Path(__file__).parent
_WITH_A_DISCORD: Final = (_HERE / "integration", _HERE / "e2e")
_OF_REFUSALS: Final = (_HERE / "integration" / "sandbox_discord",)
"""Tests that send bad requests on purpose; there one is a problem only where it is accepted."""


def _within(path: Path, directories: tuple[Path, ...]) -> bool:
    return any(directory in path.parents for directory in directories)


@pytest.fixture(scope="session", autouse=True)
def _every_local_discord(request: pytest.FixtureRequest) -> Iterator[FidelityObserver | None]:
    """Watch every local Discord of the session, whatever the scope of the fixture that starts it."""
    if documents.absence() or not any(_within(item.path, _WITH_A_DISCORD) for item in request.session.items):
        yield None
        return
    from sandbox.discord import DiscordSandbox
    from tests.fidelity.observer import FidelityObserver

    observer = FidelityObserver()
    build = DiscordSandbox.__init__

    def build_observed(sandbox: DiscordSandbox, *arguments: Any, **settings: Any) -> None:
        build(sandbox, *arguments, **settings)
        sandbox.observe(observer)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DiscordSandbox, "__init__", build_observed)
        yield observer
    observer.assert_clean()


@pytest.fixture(autouse=True)
def _held_to_discords_documents(
    request: pytest.FixtureRequest, _every_local_discord: FidelityObserver | None
) -> Iterator[None]:
    """Fail a test whose local Discord was asked, or answered or dispatched, anything that Discord would not."""
    observer = _every_local_discord
    if observer is None:
        yield
        return
    observer.refusals_excuse = _within(request.path, _OF_REFUSALS)
    yield
    found = observer.take()
    if _within(request.path, _WITH_A_DISCORD):
        found.assert_clean()
