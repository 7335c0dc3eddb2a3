"""How often hints may make the bot ask about one job.

A hint is worth one question to the provider. Whoever can send one can send thousands, and a provider may repeat
itself; the questions are what must not grow with them.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from bot.clock import SECOND

AT_ONCE: Final = 5
"""So many hints about a job in a row are each worth a question at once; a task has few stories to tell."""
GAP: Final = SECOND
"""From there on there is one question in this time, for all hints that came before it."""
REMEMBERED: Final = 1_024
"""Tokens that are remembered; one that is forgotten may be asked about at once."""


@dataclass(slots=True)
class _Questions:
    last: int
    """When the newest question is due."""
    spent_until: int
    """As if every question took `GAP` to be paid off: when the last of them is."""


class HintPace:
    """Says when a hint's question is due: at once, or, where there were many, with the next that may be asked."""

    def __init__(self) -> None:
        """Remember nothing yet; all that a restart forgets is that questions were asked."""
        self._questions: OrderedDict[str, _Questions] = OrderedDict()

    def due(self, hook_token: str, now: int) -> int:
        """Return when a job is to be asked about: within `GAP`, and never before `now`, when the hint came."""
        asked = self._questions.get(hook_token)
        if asked is None or asked.last > now + GAP:  # new, or the clock was put back
            asked = self._questions[hook_token] = _Questions(last=now - 1, spent_until=now)
            if len(self._questions) > REMEMBERED:
                self._questions.popitem(last=False)
        self._questions.move_to_end(hook_token)
        if asked.last < now:
            spent_until = max(asked.spent_until, now)
            asked.last = max(now, spent_until - (AT_ONCE - 1) * GAP)
            asked.spent_until = spent_until + GAP
        return asked.last
