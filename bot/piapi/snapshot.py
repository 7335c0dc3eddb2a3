"""What the provider said, as frozen values: no raw JSON leaves this package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from bot.piapi import wire
from bot.piapi.sameness import canonical

_LONGEST_ADDRESS: Final = 8_192
_TASK_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_POINTS_PER_MICROUSD: Final = 10
"""Ten million points are one dollar (provider notes §7)."""
_POINT_UNITS: Final = frozenset({"", "point", "points", "llm"})
"""kling-turbo calls the same unit "llm" (provider notes §7)."""


class StatusFamily(StrEnum):
    """What a status word means. Capitals and synonyms differ between model families (provider notes §1.5)."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """Not terminal: a word nobody has seen yet must not end a task that is still running."""


_FAMILIES: Final[Mapping[str, StatusFamily]] = {
    "pending": StatusFamily.PENDING,
    "staged": StatusFamily.PENDING,
    "queued": StatusFamily.PENDING,
    "processing": StatusFamily.PROCESSING,
    "running": StatusFamily.PROCESSING,
    "in_progress": StatusFamily.PROCESSING,
    "completed": StatusFamily.COMPLETED,
    "success": StatusFamily.COMPLETED,
    "finished": StatusFamily.COMPLETED,
    "failed": StatusFamily.FAILED,
    "cancelled": StatusFamily.CANCELLED,
    "canceled": StatusFamily.CANCELLED,
}
TERMINAL: Final = frozenset({StatusFamily.COMPLETED, StatusFamily.FAILED, StatusFamily.CANCELLED})


def status_family(status: str) -> StatusFamily:
    """Return what a status word means, whatever its capitals."""
    return _FAMILIES.get(status.strip().lower(), StatusFamily.UNKNOWN)


def valid_task_id(value: str) -> str | None:
    """Return `value` if it can be a task id (and so stand in a path), else None."""
    return value if _TASK_ID.fullmatch(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSnapshot:
    """A task as the provider told it.

    Attributes:
        task_id: the provider's id.
        status: its status word in lower case.
        family: what that word means.
        output_url: where the clip is, or None while there is none.
        duration_ms: the clip's length where the provider tells it.
        consumed_microusd: what was charged; None where not told.
        frozen_microusd: what was reserved; None where not told.
        created_at: UTC milliseconds by the provider's clock, like the next two; None for "not yet".
        started_at: when work on it began.
        ended_at: when it ended.
        error_code: the provider's number, 0 where there is none.
        error_text: the provider's words; may echo secrets, so neither logged nor shown.
        webhook_endpoint: the webhook's address as echoed, or "".
        service_mode: as echoed, or "".
        model: as echoed.
        task_type: as echoed.
        input_json: the echoed input as canonical JSON.
    """

    task_id: str
    status: str
    family: StatusFamily
    output_url: str | None = field(default=None, repr=False)
    duration_ms: int | None = None
    consumed_microusd: int | None = None
    frozen_microusd: int | None = None
    created_at: int | None = None
    started_at: int | None = None
    ended_at: int | None = None
    error_code: int = 0
    error_text: str = field(default="", repr=False)
    webhook_endpoint: str = field(default="", repr=False)
    service_mode: str = ""
    model: str = ""
    task_type: str = ""
    input_json: str = field(default="{}", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """The account that pays.

    Attributes:
        name: as the provider shows it.
        plan: its plan, or "" where not told.
        balance_microusd: what can be spent, in micro-dollars, None where not told.
        max_concurrent_tasks: how many tasks may be in flight, None where not told.
        clock_ahead: the provider's clock minus ours as it answered, in milliseconds and known to half a second; None
            where its answer has no date.
    """

    name: str
    plan: str
    balance_microusd: int | None
    max_concurrent_tasks: int | None
    clock_ahead: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One task of the account's list.

    Attributes:
        task_id: the provider's id.
        model: such as "kling".
        task_type: such as "video_generation".
        family: what its status word means.
        created_at: UTC milliseconds by the provider's clock, None where not told.
        page: on which page it is shown, from 1.
    """

    task_id: str
    model: str
    task_type: str
    family: StatusFamily
    created_at: int | None
    page: int = 1


def task_snapshot(data: object) -> TaskSnapshot | None:
    """Return the task that `data` describes, or None where it names no usable task id."""
    task = wire.Task.model_validate(data)
    task_id = valid_task_id(task.task_id)
    if task_id is None:
        return None
    usage = task.meta.usage
    known_unit = usage.type.lower() in _POINT_UNITS
    return TaskSnapshot(
        task_id=task_id,
        status=task.status.lower(),
        family=status_family(task.status),
        output_url=output_url(task.output),
        duration_ms=_duration(task.output),
        consumed_microusd=_microusd(usage.consume) if known_unit else None,
        frozen_microusd=_microusd(usage.frozen) if known_unit else None,
        created_at=task.meta.created_at,
        started_at=task.meta.started_at,
        ended_at=task.meta.ended_at,
        error_code=task.error.code or 0,
        error_text=task.error.text,
        webhook_endpoint=task.config.webhook_config.endpoint,
        service_mode=task.config.service_mode.lower(),
        model=task.model,
        task_type=task.task_type,
        input_json=canonical(task.input),
    )


def account_facts(data: object, clock_ahead: int | None = None) -> AccountFacts:
    """Return the account that `data` describes; `equivalent_in_usd` is the one stable field."""
    account = wire.Account.model_validate(data)
    return AccountFacts(
        name=account.name,
        plan=account.plan,
        balance_microusd=_balance(account),
        max_concurrent_tasks=account.max_concurrent_task_count,
        clock_ahead=clock_ahead,
    )


def history_rows(data: object) -> tuple[HistoryRow, ...]:
    """Return the rows of one page: `data.data`, or `data` itself where that is the list."""
    listed = data if isinstance(data, list) else wire.as_mapping(data).get("data")
    rows = (wire.HistoryItem.model_validate(row) for row in listed) if isinstance(listed, list) else ()
    return tuple(
        HistoryRow(
            task_id=task_id,
            model=row.task_model or row.detail.model,
            task_type=row.action or row.detail.task_type,
            family=status_family(row.status),
            created_at=row.created_at,
        )
        for row in rows
        if (task_id := valid_task_id(row.task_id or row.detail.task_id)) is not None
    )


def output_url(output: object) -> str | None:
    """Return where the clip is, for every known shape of `output` (provider notes §6); empty texts are missing."""
    whole = wire.as_mapping(output)
    nested = wire.as_mapping(whole.get("video"))
    work = wire.as_mapping(_first_work(whole).get("video"))
    found = (
        whole.get("video_url"),
        whole.get("video"),
        work.get("resource_without_watermark"),
        work.get("resource"),
        nested.get("url"),
        nested.get("resource"),
    )
    return next((url.strip() for url in found if isinstance(url, str) and _is_web_address(url.strip())), None)


def _is_web_address(text: str) -> bool:
    """Tell whether a text is an address that can be kept, fetched and shown."""
    if len(text) > _LONGEST_ADDRESS or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname)


def _duration(output: object) -> int | None:
    duration = wire.as_whole(wire.as_mapping(_first_work(wire.as_mapping(output)).get("video")).get("duration"))
    return duration if duration is not None and duration > 0 else None


def _first_work(output: Mapping[str, object]) -> Mapping[str, object]:
    works = output.get("works")
    return wire.as_mapping(works[0]) if isinstance(works, list) and works else {}


def _microusd(points: int | None) -> int | None:
    """Round up, so that a part of a micro-dollar is never lost from the ledger."""
    return None if points is None or points < 0 else -(-points // _POINTS_PER_MICROUSD)


def _balance(account: wire.Account) -> int | None:
    try:
        balance = Decimal(account.equivalent_in_usd)
    except InvalidOperation:
        return _microusd(account.wallet.point_remain)
    return int(balance * 1_000_000) if balance.is_finite() else None
