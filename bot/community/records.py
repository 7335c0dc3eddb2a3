"""What was done and what was ordered on a server, as whoever manages it may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

ORDER: Final = "order"
"""The action of a line that tells of a clip that was ordered; the others are those of the audit log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLine:
    """One thing that was done or ordered.

    Attributes:
        at: UTC milliseconds.
        action: ORDER, or what the audit log calls it.
        subject: whom or what it was done to; of an order, the job's short id.
        detail: what exactly; of an order, the job's state.
        channel_id: where it was ordered; None for what no channel has to do with, and for private clips.
        microusd: what an order costs; None where that is not known.
        charged: the provider has charged that.
    """

    at: int
    actor_id: int
    action: str
    subject: str
    detail: str
    channel_id: int | None = None
    microusd: int | None = None
    charged: bool = False


class ServerRecords(Protocol):
    """Reads what was done and ordered."""

    async def server_lines(self, guild_id: int, limit: int, offset: int) -> Sequence[ServerLine]:
        """Return a page of it, newest first."""
        ...
