"""What a card says of its place in line: only what can be kept right.

Each start brings everybody one place further, and each card that says so has to be edited, while only so many edits a
second are made for that. So the more often clips are started, the fewer cards tell their exact place: those in front.
The others say that more than a round number go first, which stays right until that many are left; and where clips are
started too often even for that, a card in line tells its time alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.clock import SECOND

EVERY: Final = 3 * SECOND
"""How often cards are looked over."""
AT_ONCE: Final = 3
"""How many of them are then edited: one a second, as many as Discord takes in one channel."""
_STEPS: Final = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """What a card says.

    Attributes:
        position: how many go first, plus one; 0 where that is not told.
        more_than: more than so many go first; 0 where that is not told.
    """

    position: int = 0
    more_than: int = 0

    @classmethod
    def stored(cls, number: int) -> PlaceShown:
        """Return what is stored as one number: the position, or below 0 the round number."""
        return cls(position=number) if number >= 0 else cls(more_than=-number)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which places are told, and how.

    Attributes:
        exact: so many in front are told their place.
        steps: the round numbers that the others are told.
        margin: how many may be started until cards are looked over again.
    """

    exact: int
    steps: tuple[int, ...]
    margin: int

    @classmethod
    def at(cls, every: float | None) -> Shown:
        """Return what can be kept right.

        Half of the edits go to those in front, each of whom is edited at every second start, and half to those of whom
        a round number is no longer true; each start makes that one more for each number.

        Args:
            every: milliseconds between two starts in the mean; None where nobody is started.
        """
        if every is None:
            return cls(_STEPS[-1], (), 1)
        edits = every * AT_ONCE / EVERY
        # A place that is looked over less often than at every start is not right within one.
        front = max((step for step in _STEPS if step <= edits), default=0)
        steps = _STEPS[_STEPS.index(front) :] if front else _STEPS
        margin = max(1, round(EVERY / every))
        return cls(front + margin + 1 if front else 0, steps[: int(edits / 2)], margin)

    def of(self, position: int) -> PlaceShown:
        """Return what a card that is drawn now says."""
        if position <= self.exact:
            return PlaceShown(position=position)
        true = [step for step in self.steps if step + self.margin < position - 1]
        return PlaceShown(more_than=max(true, default=0))

    def error(self, shown: PlaceShown, position: int) -> float:
        """Return by how many places a card is off; less than one where it is right."""
        if shown.position:
            return abs(shown.position - position)
        if shown.more_than:
            # It is drawn anew before it is wrong, and once its place can be told.
            too_many = shown.more_than + self.margin + 1 - (position - 1)
            return max(0, too_many, int(position <= self.exact))
        return int(self.of(position) != shown)
