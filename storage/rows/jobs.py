"""The table `jobs`."""

from __future__ import annotations

from collections.abc import Iterable

from bot.jobs.failures import Failure, FailureReason
from bot.jobs.model import (
    Destination,
    Job,
    JobKind,
    JobNote,
    MessageRef,
    NewJob,
    Place,
    PriceBasis,
    VideoInput,
    input_from_json,
    input_to_json,
)
from bot.jobs.states import JobState
from storage.database import Row, Value
from storage.rows.columns import flag, text, text_or_none, whole, whole_or_none


def job_from(row: Row) -> Job:
    """Return a row of `jobs`."""
    kind = JobKind(text(row, "kind"))
    return Job(
        id=text(row, "id"),
        request_key=text(row, "request_key"),
        kind=kind,
        state=JobState(text(row, "state")),
        revision=whole(row, "revision"),
        requester_id=whole(row, "requester_id"),
        place=Place(
            guild_id=whole_or_none(row, "guild_id"),
            channel_id=whole(row, "channel_id"),
            upload_limit=whole(row, "upload_limit"),
            locale=text(row, "locale"),
            public_locale=text(row, "public_locale"),
            destination=Destination(text(row, "destination")),
        ),
        input=input_from_json(kind, text(row, "input")),
        model=text(row, "model"),
        mode=text(row, "mode"),
        spoiler=flag(row, "spoiler"),
        source_id=text_or_none(row, "source_id"),
        service_mode=text(row, "service_mode"),
        key_fingerprint=text(row, "key_fingerprint"),
        hook_token=text(row, "hook_token"),
        price_microusd=whole_or_none(row, "price_microusd"),
        price_basis=PriceBasis(text(row, "price_basis")),
        reserved_microusd=whole(row, "reserved_microusd"),
        notes=notes_from(text(row, "notes")),
        inputs_ready=flag(row, "inputs_ready"),
        attempts=whole(row, "attempts"),
        due_at=whole_or_none(row, "due_at"),
        lease=text_or_none(row, "lease"),
        lease_until=whole_or_none(row, "lease_until"),
        sent=text(row, "sent"),
        post_started_at=whole_or_none(row, "post_started_at"),
        post_ended_at=whole_or_none(row, "post_ended_at"),
        candidate_task_id=text_or_none(row, "candidate_task_id"),
        task_id=text_or_none(row, "task_id"),
        running_since=whole_or_none(row, "running_since"),
        deadline_at=whole_or_none(row, "deadline_at"),
        stalled_since=whole_or_none(row, "stalled_since"),
        queue_expires_at=whole(row, "queue_expires_at"),
        output_url=text_or_none(row, "output_url"),
        consumed_microusd=whole_or_none(row, "consumed_microusd"),
        quota_held=flag(row, "quota_held"),
        failure=_failure_from(row),
        cancel_requested_at=whole_or_none(row, "cancel_requested_at"),
        cancelled_by=whole_or_none(row, "cancelled_by"),
        cancel_sent_at=whole_or_none(row, "cancel_sent_at"),
        card=message_from(row, "card_channel_id", "card_message_id"),
        card_shown=whole(row, "card_shown"),
        result_asset_id=text_or_none(row, "result_asset_id"),
        created_at=whole(row, "created_at"),
        finished_at=whole_or_none(row, "finished_at"),
        made_from=text_or_none(row, "made_from"),
        removed_at=whole_or_none(row, "removed_at"),
        forgotten_at=whole_or_none(row, "forgotten_at"),
        age_restricted=flag(row, "age_restricted"),
    )


def jobs_from(rows: Iterable[Row]) -> list[Job]:
    """Return rows of `jobs`."""
    return [job_from(row) for row in rows]


def new_job_values(new: NewJob, *, quota_held: bool) -> dict[str, Value]:
    """Return what the statement `insert_job` takes, beside its ceilings."""
    return {
        "id": new.id,
        "request_key": new.request_key,
        "kind": new.kind.value,
        "state": JobState.QUEUED.value,
        "requester_id": new.requester_id,
        "guild_id": new.place.guild_id,
        "channel_id": new.place.channel_id,
        "upload_limit": new.place.upload_limit,
        "locale": new.place.locale,
        "public_locale": new.place.public_locale,
        "destination": new.place.destination.value,
        "input": input_to_json(new.input),
        "seconds": new.input.seconds if isinstance(new.input, VideoInput) else 0,
        "model": new.model,
        "mode": new.mode,
        "spoiler": int(new.spoiler),
        "source_id": new.source_id,
        "made_from": new.made_from,
        "repeat_key": new.repeat_key,
        "service_mode": new.service_mode,
        "key_fingerprint": new.key_fingerprint,
        "hook_token": new.hook_token,
        "price_microusd": new.price_microusd,
        "price_basis": new.price_basis.value,
        "reserved_microusd": new.reserved_microusd,
        "notes": notes_to_text(new.notes),
        "inputs_ready": int(not new.assets),
        "due_at": new.due_at,
        "queue_expires_at": new.queue_expires_at,
        "quota_held": int(quota_held),
        "created_at": new.created_at,
        "age_restricted": int(new.age_restricted),
    }


def notes_to_text(notes: Iterable[JobNote]) -> str:
    """Return notes as stored: words with a space between them, so that SQL can add more."""
    return " ".join(notes)


def notes_from(words: str) -> tuple[JobNote, ...]:
    """Return each stored note once, in order."""
    return tuple(JobNote(word) for word in dict.fromkeys(words.split()))


def message_from(row: Row, channel: str, message: str) -> MessageRef | None:
    """Return a message kept in two columns, None where there is none."""
    message_id = whole_or_none(row, message)
    return None if message_id is None else MessageRef(whole(row, channel), message_id)


def _failure_from(row: Row) -> Failure | None:
    reason = text_or_none(row, "failure_reason")
    return None if reason is None else Failure(FailureReason(reason), text(row, "failure_detail"))
