"""How often hints may make the bot ask about one job.

A hint is worth one question to the provider. Whoever can send one can send thousands, and a provider may repeat
itself; the questions are what must not grow with them.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Final

from bot.clock import SECOND

QUESTIONS: Final = 5
WINDOW: Final = 5 * SECOND
"""At most so many questions about a job come of hints within this time."""
REMEMBERED: Final = 1_024
"""Tokens that are remembered; one that is forgotten may be asked about at once."""


class HintPace:
    """Says when a hint's question is due: at once, or, where there were many, with the next that may be asked."""

    def __init__(self) -> None:
        """Remember nothing yet; all that a restart forgets is that questions were asked."""
        self._asked: OrderedDict[str, deque[int]] = OrderedDict()

    def due(self, hook_token: str, now: int) -> int:
        """Return when a job is to be asked about; never before `now`, so that no hint is answered before it came."""
        asked = self._asked.setdefault(hook_token, deque(maxlen=QUESTIONS))
        self._asked.move_to_end(hook_token)
        if len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        if asked and asked[-1] > now + WINDOW:
            asked.clear()  # the clock was put back
        if asked and asked[-1] > now:
            return asked[-1]
        at = now if len(asked) < QUESTIONS else max(now, asked[0] + WINDOW)
        asked.append(at)
        return at
