"""What the check says of shards and roles."""

from __future__ import annotations

import pytest

from bot.check.finding import Level
from bot.check.shards import GatewayFacts, shard_findings
from bot.settings import Settings, load_settings

ALONE = {"discord_token": "token", "piapi_key": "piapi-key"}
BESIDE = {**ALONE, "database_url": "postgresql://egret@db/egret"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def told(recommended: int = 4, left: int = 990) -> GatewayFacts:
    return GatewayFacts(recommended=recommended, sessions=1000, sessions_left=left, reset_ms=7_200_000, at_once=1)


def said(facts: GatewayFacts, **values: str) -> list[tuple[Level, str]]:
    settings = load_settings(_env_file=None, **values)
    return [(finding.level, finding.sentence) for finding in shard_findings(facts, settings)]


def test_one_process_connects_all_that_is_recommended():
    assert said(told(1), **ALONE) == [(Level.OK, "Discord recommends 1 shard; this process connects all 1.")]
    assert said(told(4), **ALONE) == [(Level.OK, "Discord recommends 4 shards; this process connects all 4.")]


def test_a_share_of_the_shards_is_named_with_what_is_missing():
    assert said(told(), **BESIDE, shard_ids="0-1", shard_count="4") == [
        (
            Level.OK,
            "Discord recommends 4 shards; this process connects 0-1 of 4, and others have to connect the rest.",
        )
    ]


def test_fewer_shards_than_recommended_are_warned_of():
    ((level, sentence),) = said(told(8), **ALONE, shard_count="4")
    assert level is Level.WARN
    assert sentence == "SHARD_COUNT is 4, but Discord recommends 8 shards."


def test_sessions_that_run_out_are_warned_of():
    *_, (level, sentence) = said(told(left=12), **ALONE)
    assert level is Level.WARN
    assert "12 of 1000 sessions" in sentence
    assert "120 minutes" in sentence


def test_roles_that_others_have_to_fill_are_named():
    assert said(told(left=0), **BESIDE, roles="worker") == [
        (Level.OK, "ROLES leaves to other processes on the same database: gateway, web.")
    ]
