"""What travels over the socket: one JSON object a line, a question up and an answer down, any number of times.

A verb is a `Question` with the type of its answer. To add one: define the two here, give the server a handler for it
(`bot.control.verbs`), and ask it with `ControlConnection.ask`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

VERSION: Final = 1
"""Raised when a line means something else than before; verbs may be added without."""

LINE_LIMIT: Final = 64 * 1024
"""Bytes that a line may have."""


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Answer(_Wire):
    """What a verb answers."""


AnswerT_co = TypeVar("AnswerT_co", bound=Answer, covariant=True)


class Question(_Wire, Generic[AnswerT_co]):
    """What a verb is asked; its fields are the verb's arguments.

    Attributes:
        verb: its name on the wire.
        answer: the type of its answer.
    """

    verb: ClassVar[str]
    answer: ClassVar[type[Answer]]


class Request(_Wire):
    """A line from the command line."""

    v: int
    verb: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class Response(_Wire):
    """A line from the bot: what was asked for, or why not, in a sentence."""

    v: int = VERSION
    answer: dict[str, Any] | None = None
    refused: str = ""


class Facts(Answer):
    """Who the running bot is; nothing of it is secret.

    Attributes:
        process: the name that its web side puts on every answer.
        revision: the schema that its database has.
        public_url: where it told the provider to call it; "" if it polls.
    """

    process: str
    revision: str
    public_url: str


class AskFacts(Question[Facts]):
    """Who are you?"""

    verb = "facts"
    answer = Facts


class WebhookTrial(Answer):
    """What the bot was answered when it called itself through PUBLIC_URL with its real secret.

    Attributes:
        obstacle: why no answer came, a name of `bot.web.reach.Obstacle`; "" if one came.
        status: the HTTP status, like the following as in `bot.web.reach.WebhookAnswer`.
    """

    obstacle: str = ""
    status: int = 0
    process: str = ""
    challenge: str = ""
    location: str = ""


class TryWebhook(Question[WebhookTrial]):
    """Do webhooks reach you? The secret stays in the bot."""

    verb = "try-webhook"
    answer = WebhookTrial
    seconds: float = Field(gt=0, le=60)


class SnapshotMade(Answer):
    """A copy of the database; the bot deletes it when the connection ends."""

    path: str


class MakeSnapshot(Question[SnapshotMade]):
    """Copy your database into a file for me."""

    verb = "snapshot"
    answer = SnapshotMade


class OpenAlert(_Wire):
    """Something that needs the owner.

    Attributes:
        title: in a few words.
        raised_at: UTC milliseconds.
    """

    title: str
    raised_at: int


class StatusSaid(Answer):
    """How things stand, as in `bot.community.owner.Status`.

    Attributes:
        paused: why submissions rest, a machine word; "" where they do not.
    """

    version: str
    now: int
    started_at: int
    connected: bool
    latency_ms: int | None
    servers: int
    stuck: tuple[str, ...]
    queued: int
    oldest_queued: int | None
    in_flight: int
    in_flight_limit: int
    unknown: int
    abandoned: int
    paused: str
    paused_since: int
    pause_note: str
    balance_microusd: int | None
    month_used_microusd: int
    month_ceiling_microusd: int | None
    alerts: tuple[OpenAlert, ...]


class AskStatus(Question[StatusSaid]):
    """How do things stand?"""

    verb = "status"
    answer = StatusSaid


class BalanceSaid(Answer):
    """What the account at the provider says.

    Attributes:
        microusd: None where there is no balance.
    """

    microusd: int | None
    key_refused: bool


class AskBalance(Question[BalanceSaid]):
    """What is left in the account?"""

    verb = "balance"
    answer = BalanceSaid


class Done(Answer):
    """Something was done.

    Attributes:
        number: of what it was done to.
        changed: False where it was so already.
    """

    number: int = 1
    changed: bool = True


class PauseSubmissions(Question[Done]):
    """Buy nothing for now."""

    verb = "pause"
    answer = Done
    note: str = ""


class ResumeSubmissions(Question[Done]):
    """Go on buying."""

    verb = "resume"
    answer = Done


class Redeliver(Question[Done]):
    """Post what could not be posted."""

    verb = "redeliver"
    answer = Done
    job_id: str


class Resolve(Question[Done]):
    """This is what became of a purchase.

    Attributes:
        task_id: the task that it made; "" for none: it is given up on.
    """

    verb = "resolve"
    answer = Done
    job_id: str
    task_id: str = ""


class SyncCommands(Question[Done]):
    """Tell Discord of every command anew."""

    verb = "sync"
    answer = Done
