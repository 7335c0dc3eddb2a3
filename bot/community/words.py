"""Words that a server does not want in prompts, found in whatever letters they are written.

A text is read three times: as it stands; with letters and digits that look like Latin ones taken for those, "1" being
an "i"; and the same with "1" being an "l". A word is looked for in each reading as that reading writes the word itself,
so a Greek word is found in Greek, and a Latin one in Greek letters.

Whole words only: "ass" is not in "glass". Found as well: phrases whatever stands between their words, words whose
letters stand alone ("b l o o d", "b.l.o.o.d") and words with marks inside ("bl.ood"); in scripts without blanks
between words, a word anywhere. There are no patterns to write: one bad pattern would hold up everybody's prompts.
Everything here takes time in proportion to the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.community.look_alikes import LOOK_ALIKES, MARKS, NOTHING
from bot.community.phrases import Phrases

_SHORTEST_SPACED: Final = 3
"""Fewer letters on their own are no word that somebody spaced out."""
_DIGITS: Final = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}
_AS_I: Final = str.maketrans({**_DIGITS, "1": "i"})
_AS_L: Final = str.maketrans({**_DIGITS, "1": "l"})
_LETTER_LIKE: Final = frozenset("@$")
_APOSTROPHES: Final = frozenset("'’ʼ＇`´")
_WITHOUT_BLANKS: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff]"
)
"""Thai and Lao, Burmese, Khmer, Japanese, Chinese."""

Fold = Callable[[str], str]


def folded(text: str) -> str:
    """Return a text without case, accents, invisible characters and repeated blanks."""
    plain = unicodedata.normalize("NFKD", text.translate(NOTHING)).casefold().translate(MARKS)
    return " ".join(unicodedata.normalize("NFKC", plain).split())


class WordList:
    """Finds unwanted words."""

    def __init__(self, words: Sequence[str]) -> None:
        """Prepare to look for `words`, as the server wrote them down."""
        self._words = tuple(words)
        self._readings = tuple(_Reading.of(fold, self._words) for fold in (_plainly, _with_i, _with_l))

    def found_in(self, text: str) -> str | None:
        """Return the first unwanted word of the list, as the server wrote it down; None where there is none."""
        if not self._words:
            return None
        alike = text.translate(LOOK_ALIKES)
        written = (folded(text), folded(alike))
        found = [
            place
            for reading, looked_at in zip(self._readings, (written[0], written[1], written[1]), strict=True)
            for place in reading.places(looked_at)
        ]
        return self._words[min(found)] if found else None


@dataclass(slots=True)
class _Reading:
    """The words as one reading writes them; each with its place in the list.

    Attributes:
        phrases: words, and several in a row.
        known: those that are one word alone.
        spaced: words whose letters may stand alone.
        anywhere: words of scripts without blanks.
    """

    fold: Fold
    phrases: Phrases = field(default_factory=Phrases)
    known: dict[str, int] = field(default_factory=dict)
    spaced: list[tuple[str, int]] = field(default_factory=list)
    anywhere: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, fold: Fold, words: Sequence[str]) -> _Reading:
        made = cls(fold)
        for place, word in enumerate(words):
            plain = folded(word if fold is _plainly else word.translate(LOOK_ALIKES))
            if _WITHOUT_BLANKS.search(plain):
                made.anywhere.append(("".join(plain.split()), place))
                continue
            tokens = [fold(token) for token in _tokens(plain, fold)]
            if tokens:
                made.phrases.add(tokens, place)
            if len(tokens) == 1:
                made.known.setdefault(tokens[0], place)
        made.spaced = [(word, place) for word, place in made.known.items() if len(word) >= _SHORTEST_SPACED]
        made.phrases.link()
        return made

    def places(self, text: str) -> Iterator[int]:
        """Yield the places of the words that a folded text has."""
        tokens = _tokens(text, self.fold)
        yield from self.phrases.places(self.fold(token) for token in tokens)
        yield from self._in_pieces(text)
        for run in _spelt(tokens):
            letters = self.fold(run)
            yield from (place for word, place in self.spaced if word in letters)
        if self.anywhere:
            together = "".join(text.split())
            yield from (place for word, place in self.anywhere if word in together)

    def _in_pieces(self, text: str) -> Iterator[int]:
        """Yield words that have marks inside; an apostrophe is none of those, or "he'll" would be "hell"."""
        for chunk in text.split():
            if not _APOSTROPHES.isdisjoint(chunk):
                continue
            pieces = _tokens(chunk, self.fold)
            if len(pieces) > 1 and (place := self.known.get(self.fold("".join(pieces)))) is not None:
                yield place


def _plainly(token: str) -> str:
    return token


def _with_i(token: str) -> str:
    return token.translate(_AS_I) if _has_letter(token) else token


def _with_l(token: str) -> str:
    return token.translate(_AS_L) if _has_letter(token) else token


def _has_letter(token: str) -> bool:
    """Tell whether digits in a token may stand for letters: "a55" is a word, "455" and "$50" are numbers."""
    return any(character.isalpha() for character in token) or (
        "@" in token and not any(character.isdigit() for character in token)
    )


def _tokens(text: str, fold: Fold) -> list[str]:
    """Return the words of a folded text: letters, digits and marks in a row, and what looks like letters."""
    tokens: list[str] = []
    begun: list[str] = []
    for character in text:
        if _is_part(character) or (fold is not _plainly and character in _LETTER_LIKE):
            begun.append(character)
        elif begun:
            tokens.append("".join(begun))
            begun = []
    if begun:
        tokens.append("".join(begun))
    return tokens


def _is_part(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _spelt(tokens: Iterable[str]) -> Iterator[str]:
    """Yield the letters that stand alone, one after another, as one word each time."""
    run: list[str] = []
    for token in (*tokens, "--"):
        if len(token) == 1:
            run.append(token)
            continue
        if len(run) >= _SHORTEST_SPACED:
            yield "".join(run)
        run = []
