"""The root of Egret's exceptions, and refusals: what a person asked for and cannot have.

A refusal carries facts, never sentences: `bot.ui.wording` turns each kind into words. Each package defines its own
refusals beside the rule that makes them; a test holds every subclass to a sentence.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any, Final


class EgretError(Exception):
    """The root of every exception that Egret raises on purpose."""


_SHORTAGES: Final = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EAGAIN, errno.ENOSPC, errno.EDQUOT, errno.EROFS}
)


def is_shortage(error: BaseException | None) -> bool:
    """Tell whether the operating system had too little of something: descriptors, memory, room on a disk.

    What is tried again later may work; nothing is wrong with who tried it. Errors that libraries make of the system's
    count, too.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in _SHORTAGES:
            return True
        error = error.__cause__ or error.__context__
    return False


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a request is refused before anything is stored or bought.

    Subclasses add the facts the sentence needs: the limit, the value found, the remedy's ingredients.

    Attributes:
        option: the name of the command option at fault, as the person sees it, or "" where there is none.
    """

    option: str = ""


class Refused(EgretError):
    """Raised where a request cannot be taken; nothing was stored and nothing was charged."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the facts for whoever words them."""
        super().__init__(repr(refusal))
        self.refusal = refusal


def refusal_classes(root: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield every kind of refusal defined in what has been imported so far."""
    for kind in root.__subclasses__():
        yield kind
        yield from refusal_classes(kind)


def refusal_to_json(refusal: Refusal) -> str:
    """Return a refusal as text that `refusal_from_json` reads back, to be kept with a job."""
    return json.dumps({"kind": type(refusal).__name__, **asdict(refusal)}, sort_keys=True, default=_plain)


def refusal_from_json(text: str) -> Refusal | None:
    """Return the refusal that `refusal_to_json` wrote, or None if its kind or its fields are no longer known."""
    facts: dict[str, Any] = json.loads(text)
    kind = next((kind for kind in refusal_classes() if kind.__name__ == facts.get("kind")), None)
    if kind is None:
        return None
    known = {field.name for field in fields(kind)}
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items() if name in known}
    try:
        make: Callable[..., Refusal] = kind
        return make(**given)
    except TypeError:
        return None


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(type(value).__name__)
