from __future__ import annotations

import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest
from typing_extensions import override

from bot.ui import language
from tests.unit.ui.every_language import Rendered, watch_renderers
from translations.catalogues import compile_all

FOREIGN = "¤"

watch_renderers()


class Foreign(gettext.NullTranslations):
    """A language in which every sentence known to the catalogues begins with a sign of its own."""

    @override
    def gettext(self, message: str) -> str:
        return FOREIGN + message

    @override
    def pgettext(self, context: str, message: str) -> str:
        return FOREIGN + message

    @override
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return FOREIGN + (msgid1 if n == 1 else msgid2)


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch) -> None:
    def catalogue(_directory: Path, _locale: str) -> Foreign:
        return Foreign()

    monkeypatch.setattr(language, "_catalogue", catalogue)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogues as they are now, compiled."""
    directory = tmp_path_factory.mktemp("compiled")
    compile_all(target=directory)
    return directory


@pytest.fixture(autouse=True)
def every_language(compiled: Path) -> Iterator[None]:
    """Render what the test renders once more in every language, when the test is over."""
    rendered = Rendered()
    with rendered.watching():
        yield
    assert rendered.faults(compiled) == []
