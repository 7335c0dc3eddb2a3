"""What the provider sends, read leniently (provider notes §1.4, §1.6, §6, §9).

Everything is optional, unknown fields are ignored and a value of the wrong shape counts as missing: the provider's
families of models differ, and a field that does not matter must never lose a task that was paid for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

SUCCESS: Final = 200
"""The envelope's code for success (provider notes §1.4)."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST: Final = 4_000
"""Characters of a text that are looked at: what recognises failures takes a time that grows faster than the text."""
_MOST: Final = 2**53
"""Larger numbers are exact in no JSON reader that counts in floating point, and fit into no column."""
_FIRST_YEAR: Final = 1971
"""Go's zero time 0001-01-01 means "not yet"; nothing real lies before this year either."""
_SECONDS_END: Final = 100_000_000_000
"""A number below this is in seconds, above it in milliseconds."""


def parse_json(body: bytes) -> object:
    """Return the JSON value in `body`, or None where there is none: broken, not UTF-8, nested too deeply."""
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value


def as_mapping(value: object) -> Mapping[str, object]:
    """Return `value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_text(value: object) -> str:
    """Return a string or a number as text, anything else as ""."""
    if isinstance(value, str):
        # JSON can smuggle in halves of surrogate pairs, which no encoder takes later, and zeros, which no PostgreSQL.
        return value[:_LONGEST].strip().encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def as_whole(value: object) -> int | None:
    """Return a whole number, also one written as text or with a fraction; None for what is none, or beyond measure."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) <= _MOST else None
    try:
        number = int(float(value)) if isinstance(value, str | float) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and abs(number) <= _MOST else None


def as_instant(value: object) -> int | None:
    """Return an instant in UTC milliseconds, or None for "not yet" and for what is no instant.

    Takes RFC 3339 with up to nine fractional digits, Go's zero time, and numbers of seconds or milliseconds.
    """
    if isinstance(value, str) and value:
        return _rfc3339(value)
    number = as_whole(value)
    if number is None or number <= 0:
        return None
    return number * 1_000 if number < _SECONDS_END else number


def _rfc3339(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        # The year is looked at first: arithmetic with an offset overflows in year 1.
        return None if moment.year < _FIRST_YEAR else (moment - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None


Text = Annotated[str, BeforeValidator(as_text)]
Whole = Annotated[int | None, BeforeValidator(as_whole)]
Instant = Annotated[int | None, BeforeValidator(as_instant)]
Object = Annotated[Mapping[str, object], PlainValidator(as_mapping)]


class Lenient(BaseModel):
    """Reads what is there; a value that is no object reads as an empty one."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _only_objects(cls, value: object) -> object:
        return as_mapping(value)


class Envelope(Lenient):
    """What surrounds every answer: `code` is 200 for success, not 0 and not the HTTP status."""

    code: Whole = None
    message: Text = ""
    data: object = None

    @property
    def is_error(self) -> bool:
        """Tell whether the provider says no. A code of 0 is Go's zero value, no more than a missing one."""
        return self.code not in (None, 0, SUCCESS)


class WebhookConfig(Lenient):
    """The webhook as echoed; its secret is echoed too, and deliberately not read."""

    endpoint: Text = ""


class TaskConfig(Lenient):
    """The task's configuration as echoed."""

    service_mode: Text = ""
    webhook_config: WebhookConfig = WebhookConfig()


class Usage(Lenient):
    """The bill in points, ten million to a dollar (provider notes §7)."""

    type: Text = ""
    frozen: Whole = None
    consume: Whole = None


class TaskMeta(Lenient):
    """When, and for how much."""

    created_at: Instant = None
    started_at: Instant = None
    ended_at: Instant = None
    usage: Usage = Usage()


class TaskError(Lenient):
    """Always present, also on success, then with code 0 and empty texts; some answers give a bare text."""

    code: Whole = None
    raw_message: Text = ""
    message: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _bare_text(cls, value: object) -> object:
        return {"message": value} if isinstance(value, str) else value

    @property
    def text(self) -> str:
        """Return the longer of the two texts: either may be the one that is filled (provider notes §8)."""
        return max(self.raw_message, self.message, key=len)


class Task(Lenient):
    """`data` of create, get and webhook answers."""

    task_id: Text = ""
    model: Text = ""
    task_type: Text = ""
    status: Text = ""
    config: TaskConfig = TaskConfig()
    input: Object = Field(default_factory=dict)
    output: object = None
    meta: TaskMeta = TaskMeta()
    error: TaskError = TaskError()


class CreditPack(Lenient):
    """Credits of the newer generation of account answers."""

    available_credits: Whole = None
    frozen_credits: Whole = None


class Wallet(Lenient):
    """Points of the older generation of account answers."""

    point_remain: Whole = None
    point_frozen: Whole = None


class Account(Lenient):
    """`data` of the account answer, both generations (provider notes §1.6)."""

    id: Text = ""
    name: Text = ""
    plan: Text = ""
    equivalent_in_usd: Text = ""
    max_concurrent_task_count: Whole = None
    credit_pack_info: CreditPack = CreditPack()
    wallet: Wallet = Wallet()


class HistoryDetail(Lenient):
    """The inner half of a history row."""

    model: Text = ""
    task_id: Text = ""
    task_type: Text = ""


class HistoryItem(Lenient):
    """One row of the account's task list; its status words differ from a task's."""

    task_id: Text = ""
    task_model: Text = ""
    action: Text = ""
    status: Text = ""
    created_at: Instant = None
    detail: HistoryDetail = HistoryDetail()


def read_envelope(body: bytes) -> Envelope | None:
    """Return the envelope in `body`, or None where it holds no JSON object."""
    value = parse_json(body)
    return Envelope.model_validate(value) if isinstance(value, dict) else None
