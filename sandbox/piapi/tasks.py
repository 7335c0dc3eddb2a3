"""A task and everything that happened to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from sandbox.piapi.scenarios import Play, Scenario
from sandbox.piapi.specs import TaskRequest, VideoSpec

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.clips import ClipFacts


class Status(StrEnum):
    """Provider notes §1.5. `cancelled` is the official client's word for a task cancelled while pending."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self in {Status.COMPLETED, Status.FAILED, Status.CANCELLED}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed.

    Attributes:
        raw_message: The cause; some failures leave it empty.
        message: The sentence for people; some failures leave it empty.
        code: Non-zero; the provider's numbers are not documented (provider notes §8).
    """

    raw_message: str
    message: str = "task failed"
    code: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A finished clip.

    Attributes:
        file: Where it lies.
        name: Its file name in the address.
        address: Its full URL.
        facts: Its properties.
        kind: Upstream's type word.
    """

    file: Path
    name: str
    address: str
    facts: ClipFacts
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookCall:
    """One sending of one webhook.

    Attributes:
        sent_at: Seconds since 1970.
        url: The receiver.
        status: The task status in the body.
        attempt: 1 for the first sending.
        forged: Whether it was a pretender's.
        answer: HTTP status, or None where no answer came.
        error: Why no answer came, "" otherwise.
    """

    sent_at: float
    url: str
    status: str
    attempt: int
    forged: bool
    answer: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """Which Kling version and mode made a clip, through all its extensions."""

    version: str
    mode: str


@dataclass(slots=True, kw_only=True)
class Task:
    """A task; times are nanoseconds since 1970, 0 for "not yet".

    Attributes:
        task_id: The provider's id.
        key: The API key that made it.
        request: What was asked for.
        play: The scenarios it plays.
        lineage: Version and mode, inherited from the source by follow-ups.
        price: Points it costs.
        created_at: When it was accepted.
        hurried: Set when the control API wants the end now.
        verdict: The failure the control API wants, if it wants one.
        must_complete: Whether the control API wants completion, whatever the scenario says.
        webhooks_settled: Whether no further webhook will be sent.
        gets: How often it was read.
        told_at: When a read first showed that it had ended.
        expired: Whether its clip is gone.
    """

    task_id: str
    key: str = field(repr=False)
    request: TaskRequest
    play: Play
    lineage: Lineage
    price: int
    created_at: int
    started_at: int = 0
    ended_at: int = 0
    status: Status = Status.PENDING
    consumed: int = 0
    failure: Failure | None = None
    output: Output | None = None
    webhook_calls: list[WebhookCall] = field(default_factory=list)
    hurried: asyncio.Event = field(default_factory=asyncio.Event)
    verdict: Failure | None = None
    must_complete: bool = False
    webhooks_settled: bool = False
    gets: int = 0
    told_at: int = 0
    expired: bool = False

    @property
    def is_turbo(self) -> bool:
        """Whether it belongs to model kling-turbo, whose answers look different."""
        return self.request.model == "kling-turbo"

    @property
    def is_string_output(self) -> bool:
        """Whether its output is ``{"video": "<url>"}`` (version 3.0 and turbo; provider notes §6)."""
        spec = self.request.spec
        return isinstance(spec, VideoSpec) and spec.version in {"3.0", "2.5-turbo"}

    @property
    def frozen(self) -> int:
        """Points shown as reserved: 3.0 and turbo show none (provider notes §7)."""
        return 0 if self.is_string_output else self.price

    def plays(self, scenario: Scenario) -> bool:
        """Whether the task plays `scenario`."""
        return scenario in self.play
