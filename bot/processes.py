"""How several processes share one bot: what each of them does, and which shards it connects.

Discord sends what happens on a server to the shard whose number is (server id >> 22) % number of shards, and direct
messages to shard 0 (developers/events/gateway, "Sharding").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from typing_extensions import override

MOST_SHARDS: Final = 10_000
"""More than any bot has; a larger number is a slip of the pen."""
ALL: Final = "all"


class Role(StrEnum):
    """A part of the work that a process may leave to others."""

    GATEWAY = "gateway"
    """Is connected to Discord, and takes what people ask for."""
    WORKER = "worker"
    """Buys, watches and delivers."""
    WEB = "web"
    """Takes the provider's webhooks, and shows it files."""


EVERY_ROLE: Final = frozenset(Role)


def shard_of(guild_id: int, count: int) -> int:
    """Return the shard that a server's events come to; direct messages, with 0 for a server, come to the first."""
    return (guild_id >> 22) % count


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards that a process connects.

    Attributes:
        ids: their numbers, in order.
        count: how many there are in all.
    """

    ids: tuple[int, ...]
    count: int

    @property
    def complete(self) -> bool:
        """Whether no other process is needed."""
        return len(self.ids) == self.count

    def covers(self, guild_id: int) -> bool:
        """Tell whether a server's events come to this process."""
        return shard_of(guild_id, self.count) in self.ids

    @override
    def __str__(self) -> str:
        """Say which they are, such as "0-3 of 8"."""
        return f"{written(self.ids)} of {self.count}"


def written(ids: tuple[int, ...]) -> str:
    """Return numbers as SHARD_IDS takes them: what follows one upon the other as a range."""
    parts: list[list[int]] = []
    for number in ids:
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ",".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)


def read_shard_ids(value: object) -> tuple[int, ...] | None:
    """Read "0-3,8" into the numbers, in order; "" or "all" into None.

    Raises:
        ValueError: it is neither; the text says what is expected.
    """
    text = str(value if value is not None else "").strip().lower()
    if text in {"", ALL}:
        return None
    found: set[int] = set()
    for part in re.split(r"[,\s]+", text):
        match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part)
        if match is None or int(match[1]) > int(match[2] or match[1]):
            raise ValueError("must be shard numbers such as 0-3 or 0,2,5, or empty")
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(sorted(found))


def read_shard_count(value: object) -> int | None:
    """Read a number of shards; "" into None.

    Raises:
        ValueError: it is none.
    """
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,5}", text) or not 1 <= int(text) <= MOST_SHARDS:
        raise ValueError(f"must be a whole number from 1 to {MOST_SHARDS}, or empty")
    return int(text)


def read_roles(value: object) -> frozenset[Role]:
    """Read "gateway,web" into the roles; "all" into every one.

    Raises:
        ValueError: there is no such role.
    """
    words = [part for part in re.split(r"[,\s]+", str(value).strip().lower()) if part]
    known = {role.value for role in Role}
    if words == [ALL]:
        return EVERY_ROLE
    if not words or not known.issuperset(words):
        raise ValueError('must be "all", or some of gateway, worker and web, separated by commas')
    return frozenset(Role(word) for word in words)


def check_shard_ids(ids: tuple[int, ...], count: int | None) -> None:
    """Refuse shards that are not among those there are.

    Raises:
        ValueError: they are not, or nobody says how many there are.
    """
    if count is None:
        raise ValueError("needs SHARD_COUNT, the same in every process, to say how many shards there are in all")
    if ids[-1] >= count:
        raise ValueError(
            f"the shards of SHARD_COUNT={count} are numbered 0 to {count - 1}, and {ids[-1]} is none of them"
        )
