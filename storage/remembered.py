"""Rows that need not be read twice: a SQLite file belongs to one process, so nobody else can have changed them.

What every command asks several times over (the server's revision, a person's choices and consents, whether submissions
rest) is read once and forgotten when a statement writes to a table that it came from. Which statements those are is
found in the SQL itself, so that no writer can be overlooked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from storage.database import Row, Value

REMEMBERED: Final = frozenset({"house_revision", "preferences_of_person", "consents_of_person", "pauses", "meta_value"})
"""The statements whose rows are kept: asked often, changed seldom, a few hundred bytes an answer."""
MOST: Final = 4_000
"""So many answers of one statement are kept; then it begins anew."""

_Asked = tuple[tuple[str, Value], ...]
_READ: Final = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)", re.IGNORECASE)
_WRITTEN: Final = re.compile(r"\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|(?<!DO )UPDATE|DELETE\s+FROM)\s+(\w+)", re.IGNORECASE)


def tables_read(sql: str) -> frozenset[str]:
    """Return the tables that a statement reads."""
    return frozenset(_READ.findall(sql))


def tables_written(sql: str) -> frozenset[str]:
    """Return the tables that a statement writes."""
    return frozenset(_WRITTEN.findall(sql))


class Remembered:
    """The rows kept. Rows are kept under the connection's turn, so that what is kept was committed."""

    def __init__(self, sql: Mapping[str, str]) -> None:
        """Find out which statements make which rows stale; `sql` is every statement's text by its name."""
        sources = {name: tables_read(sql[name]) for name in REMEMBERED}
        self._stale: Mapping[str, frozenset[str]] = {
            name: frozenset(kept for kept, tables in sources.items() if tables & tables_written(text))
            for name, text in sql.items()
        }
        self._kept: defaultdict[str, dict[_Asked, Sequence[Row]]] = defaultdict(dict)

    def recall(self, statement: str, values: Mapping[str, Value]) -> Sequence[Row] | None:
        """Return a statement's rows as they were read before; None where they have to be read."""
        kept = self._kept.get(statement)
        return None if kept is None else kept.get(tuple(values.items()))

    def keep(self, statement: str, values: Mapping[str, Value], rows: Sequence[Row]) -> None:
        """Keep what was read, if the statement is one of those."""
        if statement not in REMEMBERED:
            return
        kept = self._kept[statement]
        if len(kept) >= MOST:
            kept.clear()
        kept[tuple(values.items())] = rows

    def ran(self, statement: str) -> None:
        """Forget what a statement made stale, whether or not its transaction will be committed."""
        for stale in self._stale[statement]:
            self._kept.pop(stale, None)
