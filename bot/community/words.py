"""Words that a server does not want in prompts, found in whatever letters they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence


class WordList:
    """Finds whole words and phrases, with case and accents folded."""

    def __init__(self, words: Sequence[str]) -> None:
        """Prepare to look for `words`, as the server wrote them down."""
        self._words = [(word, re.compile(rf"(?<!\w){re.escape(folded(word))}(?!\w)")) for word in words if folded(word)]

    def found_in(self, text: str) -> str | None:
        """Return the first unwanted word, as the server wrote it down; None where there is none."""
        looked_at = folded(text)
        return next((word for word, pattern in self._words if pattern.search(looked_at)), None)


def folded(text: str) -> str:
    """Return a text without case, accents and repeated blanks."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.split())
