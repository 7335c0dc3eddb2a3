"""Typed reading of a parsed TOML table, with errors that name the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeGuard

from bot.catalog.errors import OwnerFileError


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file, which knows where it stands.

    Attributes:
        where: its dotted place in the file, or "" for the whole.
        content: what was written.
    """

    where: str
    content: Mapping[str, object]

    def wrong(self, name: str, problem: str) -> OwnerFileError:
        """Return the error for the field `name` of this table, or for the table itself where `name` is ""."""
        return OwnerFileError(self._place(name) if name else self.where, problem)

    def names(self) -> tuple[str, ...]:
        """Return what is written here, in order."""
        return tuple(self.content)

    def has(self, name: str) -> bool:
        """Tell whether `name` is written here."""
        return name in self.content

    def allow(self, *names: str) -> None:
        """Refuse everything but `names`."""
        for name in self.content:
            if name not in names:
                raise self.wrong(name, f"is not known here; there are {', '.join(names)}")

    def table(self, name: str) -> Table:
        """Return the table `name`, empty where it is not written."""
        found = self.content.get(name, {})
        if not isinstance(found, dict):
            raise self.wrong(name, "expected a table")
        return Table(self._place(name), found)

    def tables(self, name: str) -> tuple[Table, ...]:
        """Return the list of tables `name`, empty where it is not written."""
        found = self._sequence(name) if self.has(name) else ()
        tables = []
        for number, entry in enumerate(found, start=1):
            if not isinstance(entry, dict):
                raise self.wrong(name, f"entry {number}: expected a table")
            tables.append(Table(f"{self._place(name)}[{number}]", entry))
        return tuple(tables)

    def text(self, name: str, known: str | None = None) -> str:
        """Return a text that is not empty, or `known` where it is not written."""
        found = self.content.get(name)
        if found is None and known is not None:
            return known
        if not isinstance(found, str) or not found.strip():
            raise self.wrong(name, "expected a text")
        return found.strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts that is not empty."""
        found = self._sequence(name)
        texts = tuple(entry.strip() for entry in found if isinstance(entry, str) and entry.strip())
        if not texts or len(texts) != len(found):
            raise self.wrong(name, "expected a list of texts")
        return texts

    def word(self, name: str, words: tuple[str, ...]) -> str:
        """Return one of `words`."""
        found = self.content.get(name)
        if not isinstance(found, str) or found not in words:
            raise self.wrong(name, f"expected one of {', '.join(words)}")
        return found

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        found = self.content.get(name, default)
        if not isinstance(found, bool):
            raise self.wrong(name, "expected true or false")
        return found

    def whole_number(self, name: str, least: int, most: int, known: int | None = None) -> int:
        """Return a whole number from `least` to `most`, or `known` where it is not written."""
        found = self.content.get(name, known)
        if not _is_whole(found, least, most):
            raise self.wrong(name, f"expected a whole number from {least} to {most}")
        return found

    def whole_numbers(self, name: str, least: int, most: int, known: tuple[int, ...] | None = None) -> tuple[int, ...]:
        """Return whole numbers from `least` to `most`, sorted, each once, or `known` where not written."""
        if known is not None and not self.has(name):
            return known
        found = self._sequence(name)
        numbers = [entry for entry in found if _is_whole(entry, least, most)]
        if len(numbers) != len(found):
            raise self.wrong(name, f"expected a list of whole numbers from {least} to {most}")
        return tuple(sorted(set(numbers)))

    def decimal(self, name: str, least: Decimal, most: Decimal, known: Decimal | None = None) -> Decimal:
        """Return a number from `least` to `most`, written as a number or as a text, or `known` where not written."""
        found = self.content.get(name, known)
        try:
            number = Decimal(found) if isinstance(found, int | str | Decimal) and not isinstance(found, bool) else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or not least <= number <= most:
            raise self.wrong(name, f"expected a number from {least} to {most}")
        return number

    def _place(self, name: str) -> str:
        part = f'"{name}"' if "." in name else name
        return f"{self.where}.{part}" if self.where else part

    def _sequence(self, name: str) -> Sequence[object]:
        found = self.content.get(name)
        if not isinstance(found, list):
            raise self.wrong(name, "expected a list")
        return found


def _is_whole(found: object, least: int, most: int) -> TypeGuard[int]:
    return isinstance(found, int) and not isinstance(found, bool) and least <= found <= most
