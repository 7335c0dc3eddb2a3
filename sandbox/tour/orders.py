"""What is ordered on the tour, and what has to come of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import JsonValue

if TYPE_CHECKING:
    from sandbox.piapi.control_views import TaskView
    from sandbox.seen import SeenMessage

VIDEO: Final = "video_generation"
EXTEND: Final = "extend_video"
LIPSYNC: Final = "lip_sync"
"""The provider's words for what can be bought."""
_NUMBER: Final = re.compile(r"egret-(\w+)\.mp4", re.ASCII)


class Ending(StrEnum):
    """How an order has to end, as the channel sees it."""

    CLIP = "a clip"
    FAILURE = "a message saying why there is none"
    CARD_ONLY = "nothing but its card"
    PRIVATE = "an answer that only the person sees"
    WORDS = "words alone"
    TAKEN_AWAY = "an offer that is taken away"


@dataclass(frozen=True, slots=True)
class Purchase:
    """How an order's tasks are recognised among the provider's.

    Attributes:
        task_type: The provider's word.
        fields: Input fields and their values; None stands for any value.
    """

    task_type: str
    fields: dict[str, JsonValue]

    def made(self, task: TaskView) -> bool:
        """Whether `task` was bought for it."""
        return task.task_type == self.task_type and all(
            name in task.input and value in (None, task.input[name]) for name, value in self.fields.items()
        )


@dataclass(slots=True, kw_only=True)
class Order:
    """Something that somebody asked for, and its consequences.

    Attributes:
        title: What it is in the tour: "an extension".
        slug: The clip's file name without ".mp4".
        who: User name of the person who asked.
        ending: What has to come of it.
        purchase: How its tasks are recognised.
        buys: How many tasks the provider has to have for it.
        measure: Measures the downloaded clip; returns what is wrong with it.
        private: Whether card and clip are for the person's direct messages alone.
        reposts: How many times the clip is to be posted once more.
        deleted: Whether the clip was deleted in the end.
        offer: Where its price was told before it was bought.
        card: The answer that stands for it.
        task_id: The task that was bought for it, "" where none is known.
        result: The message that ended it.
        clip: The clip as downloaded from the channel.
    """

    title: str
    slug: str
    who: str
    ending: Ending
    purchase: Purchase
    buys: int = 1
    measure: Callable[[Path], list[str]] = lambda _: []
    private: bool = False
    reposts: int = 0
    deleted: bool = False
    offer: SeenMessage | None = None
    card: SeenMessage | None = None
    task_id: str = ""
    result: SeenMessage | None = None
    clip: Path | None = None

    @property
    def number(self) -> str:
        """What the bot calls it, known from its clip's file name; "" without a clip."""
        names = [file.filename for file in self.result.attachments] if self.result is not None else []
        found = next((match for match in map(_NUMBER.search, names) if match), None)
        return found[1] if found is not None else ""


def video(prompt: str) -> Purchase:
    """Return how a clip from these words is recognised."""
    return Purchase(VIDEO, {"prompt": prompt})
