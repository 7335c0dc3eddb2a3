"""What the control API says and hears, for both of its ends."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from sandbox.piapi.faults import Fault
from sandbox.piapi.scenarios import Scenario


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WebhookCallView(_View):
    """One sending of one webhook; `answer` is an HTTP status, None where none came."""

    sent_at: float
    url: str
    status: str
    attempt: int
    forged: bool
    answer: int | None
    error: str


class TaskView(_View):
    """A task as the sandbox's owner sees it.

    Attributes:
        task_id: The provider's id.
        model: "kling" or "kling-turbo".
        task_type: What it does.
        status: Its true status, however its scenarios spell it to clients.
        service_mode: "public" or "private".
        scenarios: What it plays.
        input: The input as received.
        endpoint: Its webhook address, "" for none.
        price_usd: What it costs.
        consumed_usd: What was charged.
        created_at: Seconds since 1970.
        ended_at: The same of its end, 0 before.
        told_at: The same of the first read that showed the end, 0 before.
        error: Why it failed, "" otherwise.
        output_url: The clip's address, "" before the end.
        output_seconds: The clip's length, 0 before the end.
        gets: How often clients read it.
        webhook_calls: Every webhook sent, in order.
        webhooks_settled: Whether no more will be sent.
    """

    task_id: str
    model: str
    task_type: str
    status: str
    service_mode: str
    scenarios: list[Scenario]
    input: dict[str, JsonValue]
    endpoint: str
    price_usd: float
    consumed_usd: float
    created_at: float
    ended_at: float
    told_at: float
    error: str
    output_url: str
    output_seconds: float
    gets: int
    webhook_calls: list[WebhookCallView]
    webhooks_settled: bool

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self.status in {"completed", "failed", "cancelled"}


class TaskList(_View):
    """All tasks, oldest first."""

    tasks: list[TaskView]


class ProblemView(_View):
    """Something a careful client would not have sent; `refused` tells whether the provider refused it."""

    field: str
    text: str
    refused: bool


class RequestView(_View):
    """One request of a client; status 0 where the connection was cut."""

    at: float
    route: str
    path: str
    status: int


class Summary(_View):
    """Counters and findings.

    Attributes:
        now: The sandbox's time, seconds since 1970.
        requests: Requests per route, since the start or the last reset.
        tasks_created: How many tasks exist, whether or not the client heard of them.
        consumed_usd: Charged to all accounts.
        available_usd: What the first account can still spend.
        problems: What careful clients would not have sent.
        log: The latest requests, oldest first.
    """

    now: float
    requests: dict[str, int]
    tasks_created: int
    consumed_usd: float
    available_usd: float
    problems: list[ProblemView]
    log: list[RequestView]


class ScriptOrder(_View):
    """Scenarios for the next creates; `times` None means until cleared."""

    scenarios: list[Scenario]
    times: int | None = Field(default=1, ge=1)
    task_type: str | None = None
    seconds: float | None = Field(default=None, ge=0)


class ScriptList(_View):
    """The scripts that wait, in the order in which they are tried."""

    scripts: list[ScriptOrder]


class FaultOrder(_View):
    """A fault for the next requests of a route; `times` None means until cleared."""

    route: str
    fault: Fault
    times: int | None = Field(default=1, ge=1)
    seconds: float | None = Field(default=None, ge=0)


class FailOrder(_View):
    """The failure a task is to end with."""

    raw_message: str
    message: str = "task failed"
    code: int = 10_000


class WaitOrder(_View):
    """Wait, in real time, until a task is `processing` (or further), `ended`, or `notified` (no webhook follows)."""

    until: str = Field(pattern="^(processing|ended|notified)$")
    seconds: float = Field(gt=0, le=120)


class AdvanceOrder(_View):
    """Move the sandbox's clock forward."""

    seconds: float = Field(ge=0)


class BalanceOrder(_View):
    """What the account of `key` ("" for the first) can spend; a new key is made valid."""

    usd: float = Field(ge=0)
    key: str = ""


class WebhookOrder(_View):
    """Send a task's webhook again, with another secret or status if given."""

    times: int = Field(default=1, ge=1, le=100)
    secret: str | None = None
    status: str | None = None


class ErrorView(_View):
    """Why a control request was refused."""

    error: str
