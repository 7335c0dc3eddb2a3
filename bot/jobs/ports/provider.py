"""What the core needs of the provider: one POST, and reports that are believed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.errors import EgretError
from bot.jobs.failures import Failure
from bot.jobs.model import AssetRole, JobInput, JobKind


class RemoteStatus(StrEnum):
    """A task's status in our terms; an unknown word is RUNNING."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReport:
    """What the provider says of a task.

    Attributes:
        output_url: the finished clip, None while there is none.
        consumed_microusd: what was charged; None where the provider does not say, or while the task has not ended.
        created_at: by the provider's clock, UTC milliseconds.
        hook_token: our token, where the provider echoes the webhook's address.
        request: the echoed request as canonical JSON, comparable by `TaskGateway.is_same`.
    """

    task_id: str
    status: RemoteStatus
    output_url: str | None = None
    consumed_microusd: int | None = None
    created_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    failure: Failure | None = None
    hook_token: str | None = field(default=None, repr=False)
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOrder:
    """What to buy.

    Attributes:
        source_task_id: of an extension or a lip-sync.
        urls: where the provider fetches each input file.
    """

    kind: JobKind
    model: str
    mode: str
    input: JobInput
    service_mode: str
    hook_token: str = field(repr=False)
    source_task_id: str | None = None
    urls: Mapping[AssetRole, str] | None = None


@dataclass(frozen=True, slots=True)
class PreparedTask:
    """A request ready to be sent; `sent` is what the job keeps of it (no endpoint, no secret)."""

    sent: str
    order: TaskOrder


@dataclass(frozen=True, slots=True)
class Bound:
    """A task exists."""

    report: TaskReport


@dataclass(frozen=True, slots=True)
class Declined:
    """The provider definitely did not take it.

    Attributes:
        retry_after_ms: when it asked to be left alone for that long.
        too_fast: whether it only asks for fewer requests, or fewer tasks at once, and is well otherwise.
    """

    failure: Failure
    retry_after_ms: int | None = None
    too_fast: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request certainly never reached the provider."""

    cause: str


@dataclass(frozen=True, slots=True)
class Unknowable:
    """Nobody can tell whether a task exists."""

    cause: str


CreateOutcome = Bound | Declined | NotSent | Unknowable


@dataclass(frozen=True, slots=True)
class HistoryTask:
    """A row of the account's task list.

    Attributes:
        created_at: UTC milliseconds by the provider's clock.
        is_over: whether the list shows that it has ended; None where its word for that is unknown.
        asked: how many times the provider was asked, at least, until it was shown.
    """

    task_id: str
    created_at: int
    is_over: bool | None = None
    asked: int = 1


class GatewayUnavailable(EgretError):
    """The provider cannot be asked right now; ask again later."""


class TaskUnknown(EgretError):
    """The provider says that it does not know this task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """How much of the history is read by whoever concludes nothing from what it does not show.

    The provider has several lists. Each is read no further than to a page that is not full.

    Attributes:
        likes: kinds and models; only lists with tasks of these are read.
        wanted: the ids of the tasks that are looked for, in whichever list.
        patience: after so many tasks on end that nobody looks for, the rest of a list is let be.
    """

    likes: Collection[tuple[JobKind, str]]
    wanted: AbstractSet[str]
    patience: int


class TaskGateway(Protocol):
    """The provider, seen from the core."""

    @property
    def key_fingerprint(self) -> str:
        """Return what names the account in use; not a secret."""
        ...

    @property
    def service_mode(self) -> str:
        """Return "public", "private" or "" (the workspace's default)."""
        ...

    def prepare(self, order: TaskOrder) -> PreparedTask:
        """Make the request, without sending it."""
        ...

    async def create(self, task: PreparedTask) -> CreateOutcome:
        """Send the one POST. Never raises for what the network or the provider does; never sends twice."""
        ...

    async def reach(self) -> None:
        """Ask for something that costs nothing, only to see whether the provider answers.

        Raises:
            GatewayUnavailable: it does not, or does not accept the key.
        """
        ...

    async def report(self, task_id: str) -> TaskReport:
        """Ask for a task.

        Raises:
            GatewayUnavailable: no answer to be had now.
            TaskUnknown: the provider does not know the task.
        """
        ...

    async def cancel(self, task_id: str) -> None:
        """Ask the provider to cancel a task; that it may refuse is no error.

        Raises:
            GatewayUnavailable: no answer to be had now.
        """
        ...

    def history(self, since: int, until: int, glance: Glance | None = None) -> AsyncIterator[HistoryTask]:
        """Yield the account's Kling tasks created between two instants (UTC milliseconds), all pages.

        Args:
            since: the first instant.
            until: the last one.
            glance: read only what it asks for, with as few requests as that takes.

        Raises:
            GatewayUnavailable: no answer to be had now.
        """
        ...

    def is_same(self, sent: str, report: TaskReport) -> bool:
        """Tell whether `report` is of a task made by the request `sent`: every field sent is equal."""
        ...
