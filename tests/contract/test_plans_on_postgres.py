"""On PostgreSQL, too, a statement reads what it asks for by an index, and no whole table."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from storage.statements import Statements
from tests.contract.conftest import migrate

STATEMENTS = Statements("postgres")
WHOLE_TABLE = {
    "held_files", "drop_counters_of_server",
    "servers_left", "forget_alerts",
}  # fmt: skip
"""Those of the first line read what a day or a month left, a few times a day; those of the last a row for each server
that was left, or for each alert that is kept."""
OF_EVERY_JOB = {
    "insert_job", "take_holds", "insert_event", "open_charge", "insert_hold", "insert_asset", "line",
    "claim_jobs", "claim_in_line", "touch_queue_card", "counter_used", "durations", "pauses", "draft_by_id",
    "house_revision", "assets_of_job",
    "transition_job", "take_from_counter", "set_card", "card_shown", "claim_deliveries", "nudge_job", "shift_counter",
    "settle_charge", "settle_counters", "settle_holds", "insert_delivery", "leave_places", "empty_places",
    "deliveries_of_job", "record_result", "insert_result", "job_by_id", "asset_by_id", "transition_delivery",
    "touch_card", "return_quota", "give_back_holds", "preferences_of_person", "consents_of_person", "failures_since",
    "tasks_under_way", "make_task_due", "put_off_task",
}  # fmt: skip


@pytest.fixture(scope="module")
def unread(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that nobody has used: what the server learnt of its tables elsewhere would change its plans."""
    address = postgres.format(name="unread")

    async def create() -> None:
        server = await asyncpg.connect(postgres.format(name="template1"))
        await server.execute("CREATE DATABASE unread TEMPLATE template0")
        await server.close()

    asyncio.run(create())
    migrate(address, tmp_path_factory.mktemp("none"))
    return address


@pytest.fixture
async def planner(unread: str):
    """A connection that takes whatever index can be taken: a test's tables are too small for it to be worth it."""
    connection = await asyncpg.connect(unread)
    await connection.execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
    yield connection
    await connection.close()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


async def planned(planner: asyncpg.Connection[asyncpg.Record], statement: str) -> list[dict[str, Any]]:
    """Return the steps in which a statement is carried out, whatever its parameters are."""
    sql = STATEMENTS.texts[statement]
    places = max((int(number) for number in re.findall(r"\$(\d+)", sql)), default=0)
    values = f"({', '.join(['NULL'] * places)})" if places else ""
    await planner.execute(f"PREPARE asked AS {sql}")
    ((plan,),) = await planner.fetch(f"EXPLAIN (FORMAT JSON) EXECUTE asked{values}")
    await planner.execute("DEALLOCATE asked")
    return list(nodes(json.loads(plan)[0]["Plan"]))


async def test_no_statement_reads_a_whole_table(planner: asyncpg.Connection[asyncpg.Record]):
    whole = {
        statement
        for statement in STATEMENTS.names
        if any(node["Node Type"] == "Seq Scan" for node in await planned(planner, statement))
    }

    assert whole == WHOLE_TABLE


async def test_what_every_job_leads_to_reads_no_whole_index(planner: asyncpg.Connection[asyncpg.Record]):
    whole = {
        statement
        for statement in OF_EVERY_JOB
        for node in await planned(planner, statement)
        if "Index" in node["Node Type"] and "Index Cond" not in node
    }

    assert whole == set()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("claim_jobs", "ix_jobs_next"),
        ("claim_deliveries", "ix_deliveries_state"),
        ("claim_cards", "ix_jobs_stale_card"),
        ("clips_page", "ix_jobs_channel"),
        ("tasks_under_way", "ix_jobs_state"),
        ("insert_job", "ix_jobs_turn"),
        ("transition_job", "ix_jobs_turn"),
        ("forget_job_leases", "ix_jobs_leased"),
        ("forget_delivery_leases", "ix_deliveries_leased"),
        ("durations", "ix_jobs_durations"),
    ],
)
async def test_a_hot_statement_uses_its_index(planner: asyncpg.Connection[asyncpg.Record], statement: str, index: str):
    assert index in {node.get("Index Name") for node in await planned(planner, statement)}


OF_MANY = """
    INSERT INTO jobs (
        id, request_key, hook_token, kind, state, revision, changed_at, requester_id, guild_id, channel_id,
        upload_limit, locale, input, seconds, model, mode, spoiler, service_mode, key_fingerprint, reserved_microusd,
        notes, inputs_ready, attempts, due_at, queue_expires_at, task_id, quota_held, created_at, finished_at, turn
    )
    SELECT
        'j' || n, 'r' || n, 't' || n, 'video', CASE WHEN ended THEN 'succeeded' ELSE 'queued' END, 1, n, n % 50, n % 5,
        1, 1, 'en-US', '{"prompt": "a storm", "seconds": 5}', 5, '1.6', 'std', 0, 'public', 'key', 0, '', 1,
        CASE WHEN ended THEN 1 ELSE 0 END, CASE WHEN ended THEN NULL ELSE n END, n,
        CASE WHEN ended THEN 'task' || n END, 0, n, CASE WHEN ended THEN n END, n
    FROM (SELECT n, n <= 20000 AS ended FROM generate_series(1, 20100) AS n) AS numbered
"""


async def test_what_somebody_spoke_of_is_found_by_an_index_among_many(fresh: str, tmp_path: Path):
    migrate(fresh, tmp_path)
    server = await asyncpg.connect(fresh)
    try:
        await server.execute(OF_MANY)
        await server.execute("ANALYZE jobs; SET plan_cache_mode = force_generic_plan")
        plan = await planned(server, "claim_jobs")
    finally:
        await server.close()
    assert {"ix_jobs_nudged", "ix_jobs_next"} <= {node.get("Index Name") for node in plan}


@pytest.mark.parametrize("statement", ["claim_in_line", "line"])
async def test_whoever_was_served_is_found_by_an_index_among_many(fresh: str, tmp_path: Path, statement: str):
    migrate(fresh, tmp_path)
    server = await asyncpg.connect(fresh)
    try:
        await server.execute(OF_MANY)
        await server.execute("ANALYZE jobs; SET plan_cache_mode = force_generic_plan")
        plan = await planned(server, statement)
    finally:
        await server.close()
    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    searched = {node.get("Index Name"): node.get("Index Cond", "") for node in plan}
    assert "requester_id" in searched["ix_jobs_started_by"]
    assert "ix_jobs_started_in" in searched
