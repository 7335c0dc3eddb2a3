"""What people do around a clip: where it goes, what it was made from, drafts, choices, favourites and reports.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite's STRICT tables know INTEGER (64 bits) and no BIGINT.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

DESTINATIONS = "'channel', 'thread', 'direct'"
DRAFT_KINDS = "'offer', 'form', 'source'"


def text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, WHOLE, nullable=False)


def upgrade() -> None:
    _grow_jobs()
    op.create_table(
        "drafts",
        text("id"),
        text("kind"),
        whole("person_id"),
        sa.Column("guild_id", WHOLE, nullable=True),
        text("payload"),
        text("files"),
        whole("created_at"),
        whole("expires_at"),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
        sa.CheckConstraint(f"kind IN ({DRAFT_KINDS})", name="ck_drafts_kind"),
        sqlite_strict=True,
    )
    op.create_index("ix_drafts_expires", "drafts", ["expires_at", "id"])
    op.create_table(
        "preferences",
        whole("person_id"),
        whole("guild_id"),
        text("name"),
        text("value"),
        sa.PrimaryKeyConstraint("person_id", "guild_id", "name", name="pk_preferences"),
        sqlite_strict=True,
    )
    op.create_table(
        "favourites",
        whole("person_id"),
        text("job_id"),
        whole("created_at"),
        sa.PrimaryKeyConstraint("person_id", "job_id", name="pk_favourites"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_favourites_job_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "reports",
        text("job_id"),
        whole("person_id"),
        text("reason"),
        whole("created_at"),
        sa.PrimaryKeyConstraint("job_id", "person_id", name="pk_reports"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_reports_job_id"),
        sqlite_strict=True,
    )


def _grow_jobs() -> None:
    # Written out, because both engines add a column with its rules in place, where Alembic would have SQLite copy the
    # whole table, and the tables that refer to it look on.
    op.execute(
        "ALTER TABLE jobs ADD COLUMN destination TEXT NOT NULL DEFAULT 'channel' "
        f"CONSTRAINT ck_jobs_destination CHECK (destination IN ({DESTINATIONS}))"
    )
    op.execute("ALTER TABLE jobs ADD COLUMN made_from TEXT CONSTRAINT fk_jobs_made_from REFERENCES jobs (id)")
    op.add_column("jobs", sa.Column("removed_at", WHOLE, nullable=True))
    op.execute("ALTER TABLE jobs ADD COLUMN repeat_key TEXT NOT NULL DEFAULT ''")
    _index("ix_jobs_repeat", ["repeat_key", "created_at"], "repeat_key <> ''")
    _index("ix_jobs_source", ["source_id"], "source_id IS NOT NULL")
    _index("ix_jobs_made_from", ["made_from"], "made_from IS NOT NULL")
    _index("ix_jobs_requester_ended", ["requester_id", "finished_at", "number"], "finished_at IS NOT NULL")


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "jobs", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
