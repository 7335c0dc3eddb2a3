from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from typing_extensions import override

from bot.ui import language

FOREIGN = "¤"


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
