"""A community's house rules: settings, blocks, words, consents, grants, what was done by whom, servers and alerts.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite's STRICT tables know INTEGER (64 bits) and no BIGINT.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

HOLD_KINDS = "'clip', 'place', 'money', 'spend'"
RULE_SCOPES = "'server', 'channel', 'role'"
PRICE_BASES = "'catalogue', 'seen'"


def text(name: str, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def whole(name: str, default: str | sa.TextClause | None = None) -> sa.Column[Any]:
    return sa.Column(name, WHOLE, nullable=False, server_default=default)


def whole_or_none(name: str) -> sa.Column[Any]:
    return sa.Column(name, WHOLE, nullable=True)


def number() -> sa.Column[Any]:
    """Tells rows of the same instant apart, in the order in which they came."""
    return sa.Column("number", WHOLE, sa.Identity(), nullable=False)


def upgrade() -> None:
    _grow_jobs_and_holds()
    _servers()
    _people()
    _records()


def _grow_jobs_and_holds() -> None:
    # Written out, because both engines add a column with its rules in place, where Alembic would have SQLite copy the
    # whole table, and the tables that refer to it look on.
    op.execute("ALTER TABLE jobs ADD COLUMN public_locale TEXT NOT NULL DEFAULT 'en-US'")
    op.execute(
        "ALTER TABLE jobs ADD COLUMN price_basis TEXT NOT NULL DEFAULT 'catalogue' "
        f"CONSTRAINT ck_jobs_price_basis CHECK (price_basis IN ({PRICE_BASES}))"
    )
    op.add_column("jobs", sa.Column("forgotten_at", WHOLE, nullable=True))
    op.add_column("jobs", whole("age_restricted", sa.text("0")))
    op.add_column("deliveries", whole("spoiler", sa.text("0")))
    op.execute(
        "ALTER TABLE holds ADD COLUMN kind TEXT NOT NULL DEFAULT 'clip' "
        f"CONSTRAINT ck_holds_kind CHECK (kind IN ({HOLD_KINDS}))"
    )
    op.create_index("ix_charges_opened", "charges", ["opened_at"])
    _index("ix_jobs_guild", "jobs", ["guild_id", "created_at", "number"], "guild_id IS NOT NULL")
    _index("ix_jobs_charge", "jobs", ["kind", "model", "mode", "seconds", "service_mode", "consumed_microusd"],
           "consumed_microusd > 0")
    _index("ix_jobs_cancelled_by", "jobs", ["cancelled_by"], "cancelled_by IS NOT NULL")
    _index("ix_jobs_kept", "jobs", ["finished_at", "number"], "forgotten_at IS NULL")


def _servers() -> None:
    op.create_table(
        "servers",
        sa.Column("guild_id", WHOLE, nullable=False),
        whole("revision", sa.text("0")),
        whole_or_none("joined_at"),
        whole_or_none("welcomed_at"),
        whole_or_none("welcome_channel_id"),
        whole_or_none("welcome_tried_at"),
        whole_or_none("set_up_at"),
        whole_or_none("left_at"),
        sa.PrimaryKeyConstraint("guild_id", name="pk_servers"),
        sqlite_strict=True,
    )
    # Servers that have made clips before go on as they are.
    op.execute(
        "INSERT INTO servers (guild_id, joined_at, welcomed_at, set_up_at) "
        "SELECT guild_id, MIN(created_at), MIN(created_at), MIN(created_at) FROM jobs "
        "WHERE guild_id IS NOT NULL GROUP BY guild_id"
    )
    op.create_table(
        "house_rules",
        whole("guild_id"),
        text("scope"),
        whole("scope_id"),
        text("name"),
        text("value"),
        whole("changed_by"),
        whole("changed_at"),
        sa.PrimaryKeyConstraint("guild_id", "scope", "scope_id", "name", name="pk_house_rules"),
        sa.CheckConstraint(f"scope IN ({RULE_SCOPES})", name="ck_house_rules_scope"),
        sqlite_strict=True,
    )
    op.create_table(
        "blocked_words",
        whole("guild_id"),
        text("word"),
        whole("added_by"),
        whole("created_at"),
        sa.PrimaryKeyConstraint("guild_id", "word", name="pk_blocked_words"),
        sqlite_strict=True,
    )


def _people() -> None:
    _grow_reports()
    op.create_table(
        "blocks",
        whole("guild_id"),
        whole("person_id"),
        whole_or_none("until"),
        text("reason"),
        whole("blocked_by"),
        whole("created_at"),
        sa.PrimaryKeyConstraint("guild_id", "person_id", name="pk_blocks"),
        sqlite_strict=True,
    )
    op.create_table(
        "consents",
        whole("person_id"),
        text("kind"),
        whole("given_at"),
        sa.PrimaryKeyConstraint("person_id", "kind", name="pk_consents"),
        sqlite_strict=True,
    )
    op.create_table(
        "grants",
        number(),
        whole("guild_id"),
        whole("person_id"),
        text("counter"),
        whole("amount"),
        whole("granted_by"),
        whole("created_at"),
        sa.PrimaryKeyConstraint("number", name="pk_grants"),
        sa.CheckConstraint("amount > 0", name="ck_grants_amount"),
        sqlite_strict=True,
    )
    op.create_index("ix_grants_counter", "grants", ["counter"])
    op.create_table(
        "budget_warnings",
        text("counter"),
        whole("ceiling"),
        whole("guild_id"),
        whole("noted_at"),
        whole_or_none("told_at"),
        sa.PrimaryKeyConstraint("counter", "ceiling", name="pk_budget_warnings"),
        sqlite_strict=True,
    )


def _grow_reports() -> None:
    op.add_column("reports", whole("due_at", sa.text("0")))
    op.add_column("reports", whole("attempts", sa.text("0")))
    op.add_column("reports", whole_or_none("channel_id"))
    op.add_column("reports", whole_or_none("tried_at"))
    op.add_column("reports", whole_or_none("told_at"))
    # Whoever runs the bot was told of these when they came.
    op.execute("UPDATE reports SET told_at = created_at")
    _index("ix_reports_untold", "reports", ["due_at"], "told_at IS NULL")


def _records() -> None:
    op.create_table(
        "audit",
        number(),
        sa.Column("guild_id", WHOLE, nullable=True),
        whole("at"),
        whole("actor_id"),
        text("action"),
        text("subject"),
        text("detail"),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
        sqlite_strict=True,
    )
    op.create_index("ix_audit_guild", "audit", ["guild_id", "number"])
    op.create_table(
        "alerts",
        text("key"),
        text("kind"),
        text("subject"),
        text("detail"),
        whole_or_none("channel_id"),
        whole("episode", sa.text("1")),
        whole("due_at", sa.text("0")),
        whole("raised_at"),
        whole_or_none("attempted_at"),
        whole_or_none("told_at"),
        whole_or_none("message_channel_id"),
        whole_or_none("message_id"),
        whole_or_none("cleared_at"),
        whole_or_none("cleared_told_at"),
        sa.PrimaryKeyConstraint("key", name="pk_alerts"),
        sa.CheckConstraint("(message_channel_id IS NULL) = (message_id IS NULL)", name="ck_alerts_message"),
        sa.CheckConstraint("cleared_told_at IS NULL OR cleared_at IS NOT NULL", name="ck_alerts_cleared"),
        sqlite_strict=True,
    )
    _index("ix_alerts_open", "alerts", ["due_at"], "cleared_told_at IS NULL")
    op.create_table(
        "erasures",
        whole("person_id"),
        whole("messages"),
        whole("asked_at"),
        whole_or_none("ended_at"),
        whole("clips", sa.text("0")),
        whole("deleted", sa.text("0")),
        whole("standing", sa.text("0")),
        sa.PrimaryKeyConstraint("person_id", name="pk_erasures"),
        sa.CheckConstraint("messages IN (0, 1)", name="ck_erasures_messages"),
        sqlite_strict=True,
    )
    op.create_index("ix_erasures_ended", "erasures", ["ended_at"])
    _by_whom()


def _by_whom() -> None:
    """Let what belongs to a person, a server or a clip be found without reading everything."""
    op.create_index("ix_drafts_person", "drafts", ["person_id"])
    op.create_index("ix_drafts_guild", "drafts", ["guild_id"])
    op.create_index("ix_preferences_guild", "preferences", ["guild_id"])
    op.create_index("ix_favourites_job", "favourites", ["job_id"])
    op.create_index("ix_reports_person", "reports", ["person_id"])
    op.create_index("ix_blocks_person", "blocks", ["person_id"])
    op.create_index("ix_grants_person", "grants", ["person_id"])
    op.create_index("ix_grants_guild", "grants", ["guild_id"])
    op.create_index("ix_budget_warnings_guild", "budget_warnings", ["guild_id"])
    _index("ix_budget_warnings_owed", "budget_warnings", ["noted_at", "counter"], "told_at IS NULL")
    op.create_index("ix_alerts_subject", "alerts", ["subject"])


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
