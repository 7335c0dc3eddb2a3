"""Whose turn it is in the queue, what a card says of it, and what a start looks for.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite's STRICT tables know INTEGER (64 bits) and no BIGINT.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

LINE = "COALESCE(guild_id, 0)"
"""The line that a job waits in: its server's; what belongs to no server shares one."""


def upgrade() -> None:
    op.add_column("jobs", sa.Column("turn", WHOLE, nullable=False, server_default=sa.text("0")))
    op.add_column("jobs", sa.Column("card_place", WHOLE, nullable=False, server_default=sa.text("0")))
    op.add_column("jobs", sa.Column("card_ready_at", WHOLE, nullable=True))
    # What is under way came in this order, and whoever was served in it was served then.
    op.execute("UPDATE jobs SET turn = number WHERE finished_at IS NULL")
    op.execute("CREATE INDEX ix_jobs_turn ON jobs (turn)")
    op.execute(f"CREATE INDEX ix_jobs_line ON jobs (state, {LINE}, requester_id, number) WHERE finished_at IS NULL")
    started = "WHERE attempts > 0"
    op.execute(f"CREATE INDEX ix_jobs_started_by ON jobs ({LINE}, requester_id, turn) {started}")
    op.execute(f"CREATE INDEX ix_jobs_started_in ON jobs ({LINE}, turn) {started}")
    op.execute("CREATE INDEX ix_jobs_leased ON jobs (lease_until) WHERE lease IS NOT NULL")
    # Takes the place of one that knew no order among what is due at the same moment.
    op.execute("DROP INDEX ix_jobs_due")
    op.execute("CREATE INDEX ix_jobs_next ON jobs (state, due_at, created_at, number) WHERE due_at IS NOT NULL")
    # What a webhook spoke of goes before what is only asked how it stands.
    op.execute("CREATE INDEX ix_jobs_nudged ON jobs (state, nudged_at, number) WHERE nudged_at IS NOT NULL")
    op.execute("CREATE INDEX ix_deliveries_leased ON deliveries (lease_until) WHERE lease IS NOT NULL")
