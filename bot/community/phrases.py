"""Finds any of many phrases in one pass over a text's words (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence


class Phrases:
    """Phrases with a number each; add all of them, link once, then look."""

    def __init__(self) -> None:
        """Begin without phrases."""
        self._next: list[dict[str, int]] = [{}]
        self._back = [0]
        self._found: list[int | None] = [None]

    def add(self, words: Sequence[str], number: int) -> None:
        """Add a phrase of at least one word; of two that are the same, the smaller number stays."""
        node = 0
        for word in words:
            node = self._next[node].setdefault(word, len(self._next))
            if node == len(self._next):
                self._next.append({})
                self._back.append(0)
                self._found.append(None)
        self._found[node] = _smaller(self._found[node], number)

    def link(self) -> None:
        """Let every beginning of a phrase know the longest other one that it ends with."""
        waiting = deque(self._next[0].values())
        while waiting:
            node = waiting.popleft()
            for word, after in self._next[node].items():
                self._back[after] = self._step(self._back[node], word)
                self._found[after] = _smaller(self._found[after], self._found[self._back[after]])
                waiting.append(after)

    def places(self, words: Iterable[str]) -> Iterator[int]:
        """Yield, wherever phrases end, the smallest of their numbers."""
        node = 0
        for word in words:
            node = self._step(node, word)
            found = self._found[node]
            if found is not None:
                yield found

    def _step(self, node: int, word: str) -> int:
        while word not in self._next[node]:
            if node == 0:
                return 0
            node = self._back[node]
        return self._next[node][word]


def _smaller(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)
