"""What is attached, how it is kept between attempts, and how limits are remembered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.clock import HOUR, MINUTE
from bot.delivery.cargo import CargoHold
from bot.delivery.upload_limits import DEFAULT_LIMIT, UploadLimits
from bot.media.fit import Fitter
from bot.media.processes import WorkerPool
from bot.ui.results import Carriage
from tests.integration.delivery.quay import MIB, Quay
from tests.integration.jobs.world import ManualClock

SERVER = 700_000_000_000_000_001


@dataclass
class Limits:
    clock: ManualClock
    limits: UploadLimits


@pytest.fixture
def known() -> Limits:
    clock = ManualClock()
    return Limits(clock, UploadLimits(clock))


def test_what_discord_says_is_believed_for_ten_minutes(known: Limits) -> None:
    known.limits.tell(SERVER, 50 * MIB)

    known.clock.advance(10 * MINUTE - 1)
    assert known.limits.told(SERVER) == 50 * MIB
    known.clock.advance(1)
    assert known.limits.told(SERVER) is None


@pytest.mark.parametrize(
    ("size", "limit"), [(60 * MIB, 50), (50 * MIB, 25), (25 * MIB, 10), (10 * MIB, 8), (5 * MIB, 4), (MIB, 0), (1, 0)]
)
def test_a_refused_size_leads_to_the_next_limit_below(known: Limits, size: int, limit: int) -> None:
    known.limits.refuse(SERVER, size)

    assert known.limits.lowered(SERVER, 100 * MIB) == limit * MIB


def test_a_refusal_lowers_and_never_raises_and_is_forgotten_in_time(known: Limits) -> None:
    known.limits.refuse(SERVER, 60 * MIB)

    assert known.limits.lowered(SERVER, DEFAULT_LIMIT) == DEFAULT_LIMIT
    assert known.limits.lowered(SERVER + 1, 100 * MIB) == 100 * MIB
    known.clock.advance(6 * HOUR)
    assert known.limits.lowered(SERVER, 100 * MIB) == 100 * MIB


async def test_a_servers_limit_is_asked_for_once(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)

    await quay.deliver(quay.job(), asset)
    await quay.deliver(quay.job(), asset, quay.delivery(id="second"))

    assert len(quay.requests("GET", "/guilds/{guild_id}")) == 1


async def test_a_clip_that_takes_too_long_to_make_smaller_comes_as_a_link(quay: Quay, large_clip: Path) -> None:
    asset = await quay.keep_clip(large_clip)
    hold = CargoHold(quay.archive, Fitter(WorkerPool()), quay.clock, fit_deadline=1)

    cargo = await hold.load(quay.job(), asset, 10 * MIB)

    assert (cargo.carriage, cargo.path) == (Carriage.TOO_LARGE, None)
    assert list(quay.archive.incoming.iterdir()) == []


async def test_a_clip_that_is_in_another_processs_archive_comes_as_a_link_and_the_log_says_why(
    quay: Quay, clip: Path
) -> None:
    asset = await quay.keep_clip(clip)
    quay.archive.path(asset.id, asset.extension).unlink()
    hold = CargoHold(quay.archive, Fitter(WorkerPool()), quay.clock)

    with structlog.testing.capture_logs() as lines:
        cargo = await hold.load(quay.job(), asset, 10 * MIB)

    assert (cargo.carriage, cargo.path) == (Carriage.NOT_KEPT, None)
    assert [(line["event"], line["advice"]) for line in lines] == [
        ("clip_not_in_archive", "all processes must have the same DATA_DIR")
    ]


async def test_what_waits_too_long_for_its_message_is_thrown_away(quay: Quay, large_clip: Path) -> None:
    asset = await quay.keep_clip(large_clip)
    clock = ManualClock()
    hold = CargoHold(quay.archive, Fitter(WorkerPool()), clock)
    old = await hold.load(quay.job(), asset, 10 * MIB)
    other = await hold.load(quay.job(), asset, 9 * MIB)
    await hold.put_back(old)

    clock.advance(15 * MINUTE)
    await hold.put_back(other)

    assert list(quay.archive.incoming.iterdir()) == [other.path]


async def test_the_archives_own_file_is_never_thrown_away(quay: Quay, clip: Path) -> None:
    asset = await quay.keep_clip(clip)
    hold = CargoHold(quay.archive, Fitter(WorkerPool()), quay.clock)

    cargo = await hold.load(quay.job(), asset, 10 * MIB)
    await hold.put_back(cargo)
    await hold.throw_away(cargo)

    assert cargo.path == quay.archive.path(asset.id, "mp4")
    assert cargo.path.exists()
