"""Whether amounts of money are said: not to readers who are not to see them.

Like the language, it is decided once where a message is made for its readers, and every sentence keeps to it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

_said: Final[ContextVar[bool]] = ContextVar("amounts_said", default=True)


@contextlib.contextmanager
def amounts(*, said: bool) -> Iterator[None]:
    """Say amounts inside the block, or say none."""
    token = _said.set(said)
    try:
        yield
    finally:
        _said.reset(token)


def say_amounts(*, said: bool) -> None:
    """Say amounts from now on, or none, to the end of the task that calls this."""
    _said.set(said)


def amounts_said() -> bool:
    """Tell whether amounts are said."""
    return _said.get()
