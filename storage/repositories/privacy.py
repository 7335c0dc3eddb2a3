"""Forgetting who asked for what, and telling people what is stored about them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.community.forgetting import Erasure, HiddenJob, KeptJob, Left, Wiped
from bot.community.personal_data import ClipRecord, Fact, PersonRecord, Stock
from bot.jobs.model import ExtendInput, JobKind, LipsyncInput, VideoInput, input_to_json
from bot.jobs.ports import Draft
from bot.jobs.states import ENDED, JobState
from storage.database import Row, Session, Value
from storage.repositories.base import Repository
from storage.repositories.guards import numbered
from storage.rows.assets import asset_from
from storage.rows.columns import flag, text, whole, whole_or_none
from storage.rows.deliveries import delivery_from
from storage.rows.drafts import draft_from, files_from
from storage.rows.events import event_from
from storage.rows.jobs import job_from, message_from

_OPEN = frozenset(JobState) - ENDED
_OF_A_JOB = (
    "blank_events",
    "blank_deliveries",
    "drop_assets",
    "drop_likes",
    "drop_reports_of_job",
    "drop_alerts_of_job",
    "drop_personal_holds",
)
_OF_A_PERSON = (
    "drop_choices",
    "drop_favourites",
    "drop_consents",
    "drop_grants",
)
_OF_A_SERVER = (
    "drop_rules_of_server",
    "drop_words_of_server",
    "drop_blocks_of_server",
    "drop_grants_of_server",
    "drop_choices_of_server",
    "drop_audit_of_server",
    "drop_warnings_of_server",
)


class Privacy(Repository):
    """Forgets, and tells; each method is one transaction."""

    async def kept_of_person(
        self, person_id: int, asked_at: int, after: KeptJob | None, limit: int
    ) -> Sequence[KeptJob]:
        """Return a person's jobs that were ordered until then and are not forgotten, oldest first."""
        return await self._kept("kept_of_person", after, {"person_id": person_id, "asked_at": asked_at, "limit": limit})

    async def kept_of_server(self, guild_id: int, before: int, after: KeptJob | None, limit: int) -> Sequence[KeptJob]:
        """Return a server's jobs that ended before then and are not forgotten, oldest first."""
        return await self._kept("kept_of_server", after, {"guild_id": guild_id, "before": before, "limit": limit})

    async def kept_before(self, before: int, after: KeptJob | None, limit: int) -> Sequence[KeptJob]:
        """Return every job that ended before then and is not forgotten, oldest first."""
        since = after.since if after is not None else 0
        return await self._kept("kept_before", after, {"before": before, "since": since, "limit": limit})

    async def hide_job(self, job_id: str, at: int, *, given_up_before: int) -> HiddenJob | None:
        """Take a job's clip away from everybody; None while something is left to be done about it."""

        async def work(session: Session) -> HiddenJob | None:
            row = await session.row("hide_job", id=job_id, at=at, given_up_before=given_up_before)
            if row is None:
                return None
            deliveries = [delivery_from(each) for each in await session.rows("deliveries_of_job", job_id=job_id)]
            places = [message_from(row, "card_channel_id", "card_message_id"), *(each.message for each in deliveries)]
            assets = [asset_from(each) for each in await session.rows("assets_of_job", job_id=job_id, result="result")]
            return HiddenJob(
                id=job_id,
                kind=JobKind(text(row, "kind")),
                seconds=whole(row, "seconds"),
                messages=tuple(dict.fromkeys(place for place in places if place is not None)),
                files=tuple((asset.id, asset.extension) for asset in assets if asset.extension),
            )

        return await self._database.transaction(work)

    async def forget_job(self, job: HiddenJob, at: int, wiped: Wiped | None = None) -> bool:
        """Forget who asked for what; False where that was done before."""
        values: dict[str, Value] = {
            "id": job.id,
            "at": at,
            "request_key": f"forgotten:{job.id}",
            "input": input_to_json(_empty_input(job)),
            # Messages are named by the old one, so that nobody can work theirs out.
            "hook_token": secrets.token_hex(16),
        }

        async def work(session: Session) -> bool:
            if await session.row("forget_job", **values) is None:
                return False
            for statement in _OF_A_JOB:
                await session.run(statement, job_id=job.id)
            if wiped is not None:
                await session.run(
                    "count_erased", person_id=wiped.person_id, deleted=wiped.deleted, standing=wiped.standing
                )
            return True

        return await self._database.transaction(work)

    async def ask_erasure(self, person_id: int, at: int, *, messages: bool) -> Erasure:
        """Keep a person's wish, and delete at once what is only theirs; asked again, it reaches up to now."""

        async def work(session: Session) -> Row | None:
            await session.run("ask_erasure", person_id=person_id, messages=int(messages), at=at)
            for statement in _OF_A_PERSON:
                await session.run(statement, person_id=person_id)
            return await session.row("erasure_of", person_id=person_id)

        row = await self._database.transaction(work)
        if row is None:  # pragma: no cover - stored by the same transaction
            raise LookupError(person_id)
        return _erasure(row)

    async def erasure(self, person_id: int) -> Erasure | None:
        """Return a person's wish; None where there is none, or it was fulfilled long ago."""
        row = await self._database.row("erasure_of", person_id=person_id)
        return None if row is None else _erasure(row)

    async def erasures_under_way(self) -> Sequence[Erasure]:
        """Return the wishes that are not fulfilled, oldest first."""
        return [_erasure(row) for row in await self._database.rows("erasures_under_way")]

    async def forget_deeds(self, erasure: Erasure) -> None:
        """Delete what a person reported and somebody was told of, and that they cancelled what others ordered."""

        async def work(session: Session) -> None:
            for statement in ("drop_told_reports", "blank_cancellations"):
                await session.run(statement, person_id=erasure.person_id, asked_at=erasure.asked_at)

        await self._database.transaction(work)

    async def left_of(self, erasure: Erasure) -> Left:
        """Return what keeps a wish from being fulfilled."""
        row = await self._one("left_of_person", person_id=erasure.person_id, asked_at=erasure.asked_at)
        return Left(**{name: whole(row, name) for name in ("under_way", "ended", "drafts", "reports", "cancelled")})

    async def end_erasure(self, erasure: Erasure, at: int) -> bool:
        """Note that a wish is fulfilled; False where the person has asked anew."""
        row = await self._database.row("end_erasure", person_id=erasure.person_id, asked_at=erasure.asked_at, at=at)
        return row is not None

    async def forget_erasures(self, before: int) -> None:
        """Forget wishes that were fulfilled before then."""
        await self._database.run("forget_erasures", before=before)

    async def drafts_of_person(self, person_id: int, until: int) -> Sequence[Draft]:
        """Return what a person began until then; nothing while a job of theirs may need its files."""
        rows = await self._database.rows("drafts_of_person", person_id=person_id, until=until)
        return [draft_from(row) for row in rows]

    async def drafts_of_server(self, guild_id: int) -> Sequence[Draft]:
        """Return what was begun on a server."""
        return [draft_from(row) for row in await self._database.rows("drafts_of_server", guild_id=guild_id)]

    async def retentions(self) -> Mapping[int, str]:
        """Return for how many days servers wish things to be kept, as stored, by server."""
        return {whole(row, "guild_id"): text(row, "value") for row in await self._database.rows("retentions")}

    async def forget_house(self, guild_id: int, before: int, at: int) -> bool:
        """Delete the rules of a server that was left before then, and what was done there; False where it was not."""
        pattern, (_day, month) = f"server:{guild_id}:%", _periods(at)

        async def work(session: Session) -> bool:
            if await session.row("left_server_is_kept", guild_id=guild_id, before=before) is None:
                return False
            for statement in _OF_A_SERVER:
                await session.run(statement, guild_id=guild_id)
            await session.run("drop_counters_of_server", pattern=pattern, month=month)
            return True

        return await self._database.transaction(work)

    async def forget_server(self, guild_id: int, before: int) -> bool:
        """Forget a server that was left before then; False while a job of it is not forgotten."""
        return await self._database.row("forget_server", guild_id=guild_id, before=before) is not None

    async def drop_old_counters(self, at: int) -> None:
        """Delete what people used of limits in days and months that are over, and that no open job may give back."""
        day, month = _periods(at)
        await self._database.run("drop_old_counters", day=day, month=month, **numbered("state", _OPEN, 6))

    async def asset_ids(self, after: str, limit: int) -> Sequence[str]:
        """Return the names of jobs' files, in order, from after that one on."""
        return [text(row, "id") for row in await self._database.rows("asset_ids", after=after, limit=limit)]

    async def held_files(self) -> frozenset[str]:
        """Return the names of drafts' files."""
        rows = await self._database.rows("held_files")
        return frozenset(file.asset_id for row in rows for file in files_from(text(row, "files")))

    async def first_job_at(self) -> int | None:
        """Return when the first job was stored; None where there is none."""
        return whole_or_none(await self._one("first_job_at"), "at")

    async def stock(self, person_id: int) -> Stock:
        """Return how much is stored about a person."""
        row = await self._one("stock_of_person", person_id=person_id)
        names = (
            "clips", "under_way", "files", "reports", "favourites", "choices", "drafts", "grants", "blocks",
        )  # fmt: skip
        return Stock(**{name: whole(row, name) for name in names})

    async def person_record(self, person_id: int) -> PersonRecord:
        """Return everything that is stored about a person beside their clips."""
        whose = {"person_id": person_id}

        async def facts(session: Session, statement: str, *columns: str, **values: Value) -> tuple[Fact, ...]:
            rows = await session.rows(statement, **(values or whose))
            return tuple({column: _plain(row, column) for column in columns} for row in rows)

        async def work(session: Session) -> PersonRecord:
            return PersonRecord(
                choices=await facts(session, "choices_of_person", "guild_id", "name", "value"),
                favourites=await facts(session, "favourites_of_person", "job_id", "created_at"),
                reports=await facts(session, "reports_of_person", "job_id", "reason", "created_at"),
                consents=await facts(session, "dated_consents_of_person", "kind", "given_at"),
                grants=await facts(session, "grants_of_person", "guild_id", "counter", "amount", "created_at"),
                blocks=await facts(session, "blocks_of_person", "guild_id", "until", "reason", "created_at"),
                limits=await facts(session, "counters_of_person", "name", "used", middle=f":person:{person_id}:"),
            )

        return await self._database.transaction(work)

    async def clip_records(self, person_id: int, after: int, limit: int) -> Sequence[ClipRecord]:
        """Return a person's clips with all that belongs to each, oldest first, from after that number on."""

        async def work(session: Session) -> Sequence[ClipRecord]:
            rows = await session.rows("clips_of_person", person_id=person_id, after=after, limit=limit)
            return [await _record(session, row) for row in rows]

        return await self._database.transaction(work)

    async def _kept(self, statement: str, after: KeptJob | None, values: Mapping[str, Value]) -> Sequence[KeptJob]:
        rows = await self._database.rows(statement, after=after.number if after is not None else 0, **values)
        return [KeptJob(text(row, "id"), whole(row, "since"), whole(row, "number")) for row in rows]

    async def _one(self, statement: str, **values: Value) -> Row:
        row = await self._database.row(statement, **values)
        if row is None:  # pragma: no cover - such a statement always gives a row
            raise LookupError(statement)
        return row


async def _record(session: Session, row: Row) -> ClipRecord:
    job = job_from(row)
    return ClipRecord(
        number=whole(row, "number"),
        job=job,
        assets=[asset_from(each) for each in await session.rows("assets_of_job", job_id=job.id, result="result")],
        deliveries=[delivery_from(each) for each in await session.rows("deliveries_of_job", job_id=job.id)],
        events=[event_from(each) for each in await session.rows("events_of_job", job_id=job.id)],
    )


def _empty_input(job: HiddenJob) -> VideoInput | ExtendInput | LipsyncInput:
    """Return what a job's kind asks for at the least."""
    match job.kind:
        case JobKind.VIDEO:
            return VideoInput(prompt="", seconds=job.seconds)
        case JobKind.EXTEND:
            return ExtendInput()
        case JobKind.LIPSYNC:
            return LipsyncInput()


def _plain(row: Row, column: str) -> str | int | None:
    value = row[column]
    if value is not None and not isinstance(value, str | int):
        raise TypeError(column)
    return value


def _erasure(row: Row) -> Erasure:
    return Erasure(
        person_id=whole(row, "person_id"),
        messages=flag(row, "messages"),
        asked_at=whole(row, "asked_at"),
        ended_at=whole_or_none(row, "ended_at"),
        clips=whole(row, "clips"),
        deleted=whole(row, "deleted"),
        standing=whole(row, "standing"),
    )


def _periods(at: int) -> tuple[str, str]:
    """Return the day and the month of an instant (UTC), as counters are named by them."""
    day = datetime.fromtimestamp(at / 1000, UTC)
    return f"{day:%Y-%m-%d}", f"{day:%Y-%m}"
