"""Storing a job with its holds, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog

from bot.clock import Clock
from bot.jobs import schedule
from bot.jobs.limits import BUDGETS, WARNED_AT, Hold, HoldKind, Scope
from bot.jobs.model import NewJob
from bot.jobs.ports import Accepted, Duplicate, IdTaken, OverCeiling, SubmitResult
from bot.jobs.states import JobState
from storage.database import Database, Row, Session, Value
from storage.ids import draw_id
from storage.repositories.base import Repository
from storage.rows.assets import new_asset_values
from storage.rows.columns import whole
from storage.rows.jobs import job_from, new_job_values

_MOST_HOLDS: Final = len(Scope)
"""How many holds the statements have room for."""

_REPEATS: Final = 0x52505453
"""Names the repeated clicks among a PostgreSQL server's advisory locks."""

_ORDER: Final = {scope: place for place, scope in enumerate(Scope)}

Submission = tuple[NewJob, Sequence[Hold]]

log = structlog.get_logger(__name__)


class Submissions(Repository):
    """Takes jobs in, many to a commit where they arrive together."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._burst = database.burst(self._store)

    async def submit(self, new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
        """Store a job, its assets, its first event and its holds, or nothing.

        A job with the same `repeat_key`, made within `schedule.REPEAT_WINDOW`, is answered instead.
        """
        if len(holds) > _MOST_HOLDS:
            raise ValueError("more holds than scopes")
        result = await self._burst.put((new, sorted(holds, key=lambda hold: _ORDER[hold.scope])))
        if isinstance(result, Accepted):
            log.info("job_stored", job=result.job.id, kind=result.job.kind.value)
            self.observer.stored(result.job)
        return result

    async def _store(self, session: Session, submissions: Sequence[Submission]) -> Sequence[SubmitResult]:
        answers = [await self._take(session, new, holds) for new, holds in submissions]
        accepted = [
            submission for submission, answer in zip(submissions, answers, strict=True) if isinstance(answer, Accepted)
        ]
        await _keep_records(session, accepted)
        return answers

    async def _take(self, session: Session, new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
        asked = _asked(holds)
        if self._database.engine == "postgres":
            if new.repeat_key:
                # The counters are no lock for a job that takes from none.
                await session.rows("lock_repeats", space=_REPEATS, repeat_key=new.repeat_key)
            await session.rows("lock_counters", **_only(asked, "counter"))
        if new.repeat_key and (earlier := await _made_by_the_same_click(session, new)) is not None:
            return Duplicate(job_from(earlier))
        quota_held = any(hold.scope.kind in {HoldKind.CLIP, HoldKind.SPEND} for hold in holds)
        row = await session.row("insert_job", **new_job_values(new, quota_held=quota_held), **asked)
        if row is None:
            return await _refusal(session, new, holds)
        await session.rows("take_holds", **_only(asked, "counter", "amount"))
        budgets = [_noted(hold, new) for hold in holds if hold.scope in BUDGETS and hold.ceiling]
        if budgets:
            await session.many("note_budget", budgets)
        return Accepted(job_from(row))


async def _made_by_the_same_click(session: Session, new: NewJob) -> Row | None:
    earlier = await session.row("job_by_request", request_key=new.request_key)
    if earlier is not None:
        return earlier
    since, until = new.created_at - schedule.REPEAT_WINDOW, new.created_at + schedule.REPEAT_WINDOW
    return await session.row("recent_repeat", repeat_key=new.repeat_key, since=since, until=until)


async def _refusal(session: Session, new: NewJob, holds: Sequence[Hold]) -> SubmitResult:
    earlier = await session.row("job_by_request", request_key=new.request_key)
    if earlier is not None:
        return Duplicate(job_from(earlier))
    full = [
        OverCeiling(holds[whole(row, "place")], whole(row, "used"))
        for row in await session.rows("full_counters", **_asked(holds))
    ]
    return min(full, key=lambda over: over.hold.scope.refuses, default=IdTaken())


async def _keep_records(session: Session, accepted: Sequence[Submission]) -> None:
    await session.many(
        "insert_event",
        [
            {
                "job_id": new.id,
                "at": new.created_at,
                "from_state": None,
                "to_state": JobState.QUEUED.value,
                "cause": "submit",
            }
            for new, _ in accepted
        ],
    )
    await session.many(
        "open_charge",
        [
            {
                "job_id": new.id,
                "counter": hold.counter,
                "reserved_microusd": hold.amount,
                "opened_at": new.created_at,
            }
            for new, holds in accepted
            for hold in holds
            if hold.scope.kind is HoldKind.LEDGER
        ],
    )
    await session.many(
        "insert_hold",
        [
            {"job_id": new.id, "counter": hold.counter, "amount": hold.amount, "kind": hold.scope.kind.value}
            for new, holds in accepted
            for hold in holds
            if hold.scope.kind is not HoldKind.LEDGER
        ],
    )
    await session.many(
        "insert_asset",
        [new_asset_values(draw_id(), new.id, asset, new.created_at) for new, _ in accepted for asset in new.assets],
    )


def _noted(hold: Hold, new: NewJob) -> dict[str, Value]:
    """Return what notes that a budget is nearly gone, if it is."""
    return {
        "counter": hold.counter,
        "ceiling": hold.ceiling,
        "guild_id": new.place.guild_id or 0,
        "part": WARNED_AT,
        "at": new.created_at,
    }


def _asked(holds: Sequence[Hold]) -> dict[str, Value]:
    """Return the holds in the numbered places of the statements."""
    values: dict[str, Value] = {}
    for place in range(_MOST_HOLDS):
        hold = holds[place] if place < len(holds) else None
        values[f"counter_{place + 1}"] = hold.counter if hold else None
        values[f"amount_{place + 1}"] = hold.amount if hold else None
        values[f"ceiling_{place + 1}"] = hold.ceiling if hold else None
    return values


def _only(asked: dict[str, Value], *kinds: str) -> dict[str, Value]:
    return {name: value for name, value in asked.items() if name.startswith(kinds)}
