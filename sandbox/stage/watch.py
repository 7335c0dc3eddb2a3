"""Noticing, through one person's eyes, what happens to messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.discord.json_types import integer
from sandbox.person import RequestRefused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.person import Person
    from sandbox.seen import SeenMessage

_LONG_POLL: Final = 20.0
_MESSAGE_KINDS: Final = frozenset({"message_created", "message_updated", "message_deleted"})


@dataclass(frozen=True, slots=True)
class Vanished:
    """A message that can no longer be read."""

    message_id: int


async def noticed(person: Person, after: int) -> AsyncIterator[SeenMessage | Vanished]:
    """Yield messages whenever they are new or may look different, wherever the person can read them, without end.

    Args:
        person: Whose eyes; private answers to others are not seen.
        after: The number of the last change that is known already (`Person.seq`).
    """
    seq = after
    while True:
        seq, changes = await person.changes(seq, _LONG_POLL)
        for change in changes:
            if change["kind"] not in _MESSAGE_KINDS:
                continue
            message_id = integer(change["message_id"])
            try:
                yield await person.message(message_id)
            except RequestRefused:
                yield Vanished(message_id)


def looks(message: SeenMessage) -> tuple[object, ...]:
    """Return everything of a message that a person would notice a change of."""
    return (
        message.text,
        message.loading,
        tuple((file.filename, file.size, file.spoiler) for file in message.attachments),
        tuple((item.label, item.emoji, item.disabled) for item in message.clickables),
        tuple((reaction.emoji, reaction.count) for reaction in message.reactions),
    )
