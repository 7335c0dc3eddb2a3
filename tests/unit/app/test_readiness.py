"""What is amiss for a while is in the log once, and once that it is well again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.heartbeat import Heartbeat
from bot.jobs.ports import StoreUnavailable
from bot.readiness import UNREADY_SECONDS, Readiness, WatchedHints, readiness_of
from bot.web.health import Health


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def nothing() -> None: ...


class Watch:
    """A readiness that is shown findings, and what it says of them."""

    def __init__(self) -> None:
        self.stopwatch = Stopwatch()
        self.readiness = Readiness(Health({}, {}), Heartbeat(nothing), self.stopwatch)

    def see(self, findings: Mapping[str, str | None], seconds: float = 0) -> list[tuple[str, str, str]]:
        """Show findings after so many seconds; return event, level and part of each line that is logged."""
        self.stopwatch.seconds += seconds
        with capture_logs() as lines:
            self.readiness.note(findings)
        return [(line["event"], line["log_level"], line["part"]) for line in lines]


LOST = {"discord": "connection lost", "disk": None}
WELL = {"discord": None, "disk": None}


def test_what_lasts_is_said_once_and_once_that_it_is_over():
    watch = Watch()
    assert watch.see(LOST) == []
    assert watch.see(LOST, UNREADY_SECONDS) == [("owner_needed", "error", "discord")]
    assert watch.see(LOST, 3600) == []
    assert watch.see(WELL, 10) == []
    assert watch.see(WELL, UNREADY_SECONDS) == [("ready_again", "info", "discord")]
    assert watch.see(WELL, 3600) == []


def test_what_passes_shortly_is_never_said():
    watch = Watch()
    for _ in range(20):
        assert watch.see(LOST, 10) == []
        assert watch.see(WELL, 10) == []


def test_what_comes_and_goes_after_it_was_said_is_not_said_again():
    watch = Watch()
    watch.see(LOST)
    watch.see(LOST, UNREADY_SECONDS)
    for _ in range(20):
        assert watch.see(WELL, 10) == []
        assert watch.see(LOST, 10) == []


def test_what_the_owner_is_told_by_an_alert_is_a_warning():
    watch = Watch()
    resting = {"provider": "submissions rest: no_credit"}
    watch.see(resting)
    assert watch.see(resting, UNREADY_SECONDS) == [("not_ready", "warning", "provider")]


async def test_webhooks_that_are_not_kept_are_told_of_until_one_is_or_a_minute_has_passed():
    stopwatch = Stopwatch()
    fault: list[Exception] = []

    async def nudge(_token: str, _task: str | None) -> bool:
        if fault:
            raise fault[0]
        return True

    hints = WatchedHints(nudge, stopwatch)
    assert await hints.nudge("token", None)
    assert hints.trouble() is None
    fault.append(StoreUnavailable("full"))
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await hints.nudge("token", None)
    assert hints.trouble() == "cannot be kept"
    stopwatch.seconds += UNREADY_SECONDS + 1
    assert hints.trouble() is None
    with pytest.raises(StoreUnavailable):
        await hints.nudge("token", None)
    fault.clear()
    await hints.nudge("token", None)
    assert hints.trouble() is None


def test_every_part_of_the_answers_is_explained_and_no_other(tmp_path: Path):
    anything: Any = SimpleNamespace(ping=nothing)
    parts = readiness_of(
        store=anything,
        loops=anything,
        account=anything,
        clock=anything,
        gateway=lambda: None,
        webhooks=lambda: None,
        data_dir=tmp_path,
        room=0,
        database_file=None,
    ).health.parts
    page = (Path(__file__).parents[3] / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.partition("## Health")[2].partition("\n## ")[0]
    rows = [row.split("|")[3] for row in section.splitlines() if row.startswith("| ")][1:]
    told = {words.partition(":")[0] for row in rows for words in re.findall("`([^`]+)`", row)}
    assert told == {*parts, "process"}
    assert all(f'"{part}"' in section for part in parts)
