"""Events that Discord brings more than once."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

_REMEMBERED: Final = 2000


class Repeats:
    """Remembers the latest events by their ids: Discord may bring one again, around a lost connection above all."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: OrderedDict[int, None] = OrderedDict()

    def is_first(self, event_id: int) -> bool:
        """Take note of an event; False where it is known."""
        if event_id in self._known:
            return False
        self._known[event_id] = None
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return True
