"""Jobs to be rendered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.jobs.model import Delivery, Job, JobKind, MessageRef, Place, Purpose, VideoInput
from bot.jobs.states import DeliveryState, JobState

GUILD = 700_000_000_000_000_001
CHANNEL = 700_000_000_000_000_002
PERSON = 700_000_000_000_000_003
DIRECT = 700_000_000_000_000_004
NOW = 1_790_000_000_000
CARD = MessageRef(CHANNEL, 800_000_000_000_000_001)

_JOB = Job(
    id="k3f9x2",
    request_key="i:1",
    kind=JobKind.VIDEO,
    state=JobState.QUEUED,
    revision=1,
    requester_id=PERSON,
    place=Place(guild_id=GUILD, channel_id=CHANNEL, upload_limit=10 * 1024 * 1024),
    input=VideoInput(prompt="a red fox runs through snow", seconds=5, cfg_scale=0.5, ratio="16:9"),
    model="1.6",
    mode="std",
    spoiler=False,
    source_id=None,
    service_mode="public",
    key_fingerprint="abc",
    hook_token="token",
    price_microusd=260_000,
    reserved_microusd=260_000,
    notes=(),
    inputs_ready=True,
    attempts=0,
    due_at=NOW,
    lease=None,
    lease_until=None,
    sent="",
    post_started_at=None,
    post_ended_at=None,
    candidate_task_id=None,
    task_id=None,
    running_since=None,
    deadline_at=None,
    stalled_since=None,
    queue_expires_at=NOW + 1,
    output_url=None,
    consumed_microusd=None,
    quota_held=True,
    failure=None,
    cancel_requested_at=None,
    cancelled_by=None,
    cancel_sent_at=None,
    card=CARD,
    card_shown=1,
    result_asset_id=None,
    created_at=NOW,
    finished_at=None,
)

_DELIVERY = Delivery(
    id="dq7w2m4k8t",
    job_id="k3f9x2",
    purpose=Purpose.RESULT,
    state=DeliveryState.PENDING,
    channel_id=CHANNEL,
    first_attempt_at=None,
    attempts=0,
    due_at=NOW,
    lease="lease",
    lease_until=NOW + 1,
    message=None,
    reason="",
    created_at=NOW,
)


def job(**changes: Any) -> Job:
    return replace(_JOB, **changes)


def finished(state: JobState = JobState.SUCCEEDED, **changes: Any) -> Job:
    facts = {"task_id": "task-1", "finished_at": NOW + 100_000, "consumed_microusd": 260_000, **changes}
    return job(state=state, **facts)


def video(**changes: Any) -> VideoInput:
    facts: dict[str, Any] = {"prompt": "a red fox", "seconds": 5, "cfg_scale": 0.5, "ratio": "16:9", **changes}
    return VideoInput(**facts)


def delivery(**changes: Any) -> Delivery:
    return replace(_DELIVERY, **changes)
