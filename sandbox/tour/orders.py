"""What is ordered on the tour, and what has to come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

if TYPE_CHECKING:
    from sandbox.piapi.control_views import TaskView
    from sandbox.seen import SeenMessage


class Ending(StrEnum):
    """How an order has to end, as the channel sees it."""

    CLIP = "a clip"
    FAILURE = "a message saying why there is none"
    CARD_ONLY = "nothing but its card"
    PRIVATE = "an answer that only the person sees"


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
    """One command and its consequences.

    Attributes:
        title: What it is in the tour: "an extension".
        slug: The clip's file name without ".mp4".
        who: User name of the person who ran the command.
        ending: What has to come of it.
        purchase: How its tasks are recognised.
        buys: How many tasks the provider has to have for it.
        measure: Measures the downloaded clip; returns what is wrong with it.
        card: The answer to the command.
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
    card: SeenMessage | None = None
    result: SeenMessage | None = None
    clip: Path | None = None
