"""Jobs, their history, files, messages and money.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite's STRICT tables know INTEGER (64 bits) and no BIGINT.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

KINDS = "'video', 'extend', 'lipsync'"
JOB_STATES = (
    "'queued', 'submitting', 'submit_unknown', 'running', 'overdue', 'abandoned', 'succeeded', 'failed', 'cancelled'"
)
ENDED = "'succeeded', 'failed', 'cancelled'"
WITH_TASK = "'running', 'overdue', 'succeeded'"
DELIVERY_STATES = "'pending', 'sending', 'delivered', 'undeliverable'"
ROLES = "'image', 'end_image', 'audio', 'result'"


def text(name: str, default: str | sa.TextClause | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def text_or_none(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=True)


def whole(name: str, default: str | sa.TextClause | None = None) -> sa.Column[Any]:
    return sa.Column(name, WHOLE, nullable=False, server_default=default)


def whole_or_none(name: str) -> sa.Column[Any]:
    return sa.Column(name, WHOLE, nullable=True)


def number() -> sa.Column[Any]:
    """Tells rows of the same instant apart, in the order in which they came."""
    return sa.Column("number", WHOLE, sa.Identity(), nullable=False)


def flag(name: str, table: str) -> list[sa.Column[Any] | sa.CheckConstraint]:
    return [whole(name), sa.CheckConstraint(f"{name} IN (0, 1)", name=f"ck_{table}_{name}")]


def upgrade() -> None:
    op.create_table(
        "jobs",
        number(),
        text("id"),
        text("request_key"),
        text("kind"),
        text("state"),
        text_or_none("previous_state"),
        whole("revision"),
        whole("changed_at"),
        whole("requester_id"),
        whole_or_none("guild_id"),
        whole("channel_id"),
        whole("upload_limit"),
        text("locale"),
        text("input"),
        whole("seconds"),
        text("model"),
        text("mode"),
        *flag("spoiler", "jobs"),
        text_or_none("source_id"),
        text("service_mode"),
        text("key_fingerprint"),
        text("hook_token"),
        whole_or_none("price_microusd"),
        whole("reserved_microusd"),
        text("notes"),
        *flag("inputs_ready", "jobs"),
        whole("attempts", sa.text("0")),
        whole_or_none("due_at"),
        whole_or_none("nudged_at"),
        text_or_none("lease"),
        whole_or_none("lease_until"),
        text("sent", ""),
        whole_or_none("post_started_at"),
        whole_or_none("post_ended_at"),
        text_or_none("candidate_task_id"),
        text_or_none("task_id"),
        whole_or_none("running_since"),
        whole_or_none("deadline_at"),
        whole_or_none("stalled_since"),
        whole("queue_expires_at"),
        text_or_none("output_url"),
        whole_or_none("consumed_microusd"),
        whole_or_none("took_ms"),
        *flag("quota_held", "jobs"),
        text_or_none("failure_reason"),
        text("failure_detail", ""),
        whole_or_none("cancel_requested_at"),
        whole_or_none("cancelled_by"),
        whole_or_none("cancel_sent_at"),
        whole_or_none("card_channel_id"),
        whole_or_none("card_message_id"),
        whole("card_shown", sa.text("0")),
        whole("card_rests_until", sa.text("0")),
        text_or_none("result_asset_id"),
        whole("created_at"),
        whole_or_none("finished_at"),
        sa.PrimaryKeyConstraint("number", name="pk_jobs"),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
        sa.UniqueConstraint("request_key", name="uq_jobs_request_key"),
        sa.UniqueConstraint("task_id", name="uq_jobs_task_id"),
        sa.UniqueConstraint("hook_token", name="uq_jobs_hook_token"),
        sa.ForeignKeyConstraint(["source_id"], ["jobs.id"], name="fk_jobs_source_id"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="ck_jobs_kind"),
        sa.CheckConstraint(f"state IN ({JOB_STATES})", name="ck_jobs_state"),
        sa.CheckConstraint(f"state NOT IN ({WITH_TASK}) OR task_id IS NOT NULL", name="ck_jobs_task_known"),
        sa.CheckConstraint(f"(state IN ({ENDED})) = (finished_at IS NOT NULL)", name="ck_jobs_finished"),
        sa.CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name="ck_jobs_lease"),
        sa.CheckConstraint("(card_channel_id IS NULL) = (card_message_id IS NULL)", name="ck_jobs_card"),
        sa.CheckConstraint("reserved_microusd >= 0 AND consumed_microusd >= 0", name="ck_jobs_money"),
        sqlite_strict=True,
    )
    op.create_index("ix_jobs_due", "jobs", ["state", "due_at"], sqlite_where=sa.text("due_at IS NOT NULL"),
                    postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_index("ix_jobs_state", "jobs", ["state", "created_at", "number"])
    op.create_index("ix_jobs_requester", "jobs", ["requester_id", "created_at"])
    op.create_index("ix_jobs_channel", "jobs", ["channel_id", "finished_at"])
    op.create_index("ix_jobs_durations", "jobs", ["kind", "model", "mode", "seconds", "finished_at"],
                    sqlite_where=sa.text("took_ms IS NOT NULL"), postgresql_where=sa.text("took_ms IS NOT NULL"))
    op.create_index("ix_jobs_card", "jobs", ["card_message_id"],
                    sqlite_where=sa.text("card_message_id IS NOT NULL"),
                    postgresql_where=sa.text("card_message_id IS NOT NULL"))
    stale = "card_shown < revision AND card_message_id IS NOT NULL"
    op.create_index("ix_jobs_stale_card", "jobs", ["changed_at"], sqlite_where=sa.text(stale),
                    postgresql_where=sa.text(stale))
    op.create_table(
        "job_events",
        number(),
        text("job_id"),
        whole("at"),
        text_or_none("from_state"),
        text("to_state"),
        text("cause"),
        sa.PrimaryKeyConstraint("number", name="pk_job_events"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_events_job_id"),
        sa.CheckConstraint(f"from_state IN ({JOB_STATES})", name="ck_job_events_from_state"),
        sa.CheckConstraint(f"to_state IN ({JOB_STATES})", name="ck_job_events_to_state"),
        sqlite_strict=True,
    )
    op.create_index("ix_job_events_job", "job_events", ["job_id", "number"])
    op.create_table(
        "deliveries",
        number(),
        text("id"),
        text("job_id"),
        text("purpose"),
        text("state"),
        whole("channel_id"),
        whole_or_none("first_attempt_at"),
        whole("attempts", sa.text("0")),
        whole_or_none("due_at"),
        text_or_none("lease"),
        whole_or_none("lease_until"),
        whole_or_none("message_channel_id"),
        whole_or_none("message_id"),
        text("reason", ""),
        whole_or_none("stalled_since"),
        whole("created_at"),
        sa.PrimaryKeyConstraint("number", name="pk_deliveries"),
        sa.UniqueConstraint("id", name="uq_deliveries_id"),
        sa.UniqueConstraint("job_id", "purpose", name="uq_deliveries_job_id_purpose"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_deliveries_job_id"),
        sa.CheckConstraint(f"state IN ({DELIVERY_STATES})", name="ck_deliveries_state"),
        sa.CheckConstraint("state <> 'delivered' OR message_id IS NOT NULL", name="ck_deliveries_message_known"),
        sa.CheckConstraint("state <> 'sending' OR first_attempt_at IS NOT NULL", name="ck_deliveries_attempt_known"),
        sa.CheckConstraint("(message_channel_id IS NULL) = (message_id IS NULL)", name="ck_deliveries_message"),
        sa.CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name="ck_deliveries_lease"),
        sqlite_strict=True,
    )
    op.create_index("ix_deliveries_state", "deliveries", ["state", "due_at"])
    op.create_index("ix_deliveries_message", "deliveries", ["message_id"],
                    sqlite_where=sa.text("message_id IS NOT NULL"),
                    postgresql_where=sa.text("message_id IS NOT NULL"))
    op.create_table(
        "assets",
        number(),
        text("id"),
        text("job_id"),
        text("role"),
        text("source_url"),
        text("filename"),
        text("option"),
        text("content_type"),
        whole("size"),
        text("extension", ""),
        text("sha256", ""),
        whole("width", sa.text("0")),
        whole("height", sa.text("0")),
        whole("duration_ms", sa.text("0")),
        *flag("converted", "assets"),
        whole_or_none("archived_at"),
        whole("created_at"),
        sa.PrimaryKeyConstraint("number", name="pk_assets"),
        sa.UniqueConstraint("id", name="uq_assets_id"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_assets_job_id"),
        sa.CheckConstraint(f"role IN ({ROLES})", name="ck_assets_role"),
        sqlite_strict=True,
    )
    op.create_index("ix_assets_job", "assets", ["job_id"])
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        whole("used"),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
        sa.CheckConstraint("used >= 0", name="ck_counters_used"),
        sqlite_strict=True,
    )
    op.create_table(
        "holds",
        text("job_id"),
        text("counter"),
        whole("amount"),
        sa.PrimaryKeyConstraint("job_id", "counter", name="pk_holds"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_holds_job_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "charges",
        sa.Column("job_id", sa.Text(), nullable=False),
        text("counter"),
        whole("reserved_microusd"),
        whole_or_none("consumed_microusd"),
        whole("opened_at"),
        whole_or_none("settled_at"),
        sa.PrimaryKeyConstraint("job_id", name="pk_charges"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_charges_job_id"),
        sa.CheckConstraint("(consumed_microusd IS NULL) = (settled_at IS NULL)", name="ck_charges_settled"),
        sqlite_strict=True,
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        text("value"),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
        sqlite_strict=True,
    )
