"""What the owner is told, and how long a call is waited for."""

from __future__ import annotations

import asyncio
import gc

import pytest
from structlog.testing import capture_logs

from bot.delivery import LoggedAlerts
from bot.delivery.network import look
from bot.jobs.ports import HistoryUnreadable, TryLater
from tests.unit.ui.job_samples import job


@pytest.mark.parametrize(
    ("word", "what", "why"),
    [
        ("undeliverable:discord_50007", "undeliverable", "discord_50007"),
        ("paused:no_credit", "paused", "no_credit"),
        ("abandoned:unknown_outcome", "abandoned", "unknown_outcome"),
        ("clip_unavailable", "clip_unavailable", ""),
    ],
)
async def test_the_owner_is_told_what_happened_to_which_job_and_what_helps(word: str, what: str, why: str) -> None:
    with capture_logs() as lines:
        await LoggedAlerts().alert(job(), word)

    (line,) = lines
    assert (line["log_level"], line["what"], line["reason"], line["job"]) == ("error", what, why, "k3f9x2")
    assert line["advice"]
    assert "fox" not in str(line)


async def test_an_alert_may_be_about_no_job_and_nothing_foreseen() -> None:
    with capture_logs() as lines:
        await LoggedAlerts().alert(None, "something_else")

    assert (lines[0]["job"], lines[0]["what"], lines[0]["advice"]) == (None, "something_else", "")


async def test_a_call_that_takes_too_long_is_left_to_end_by_itself() -> None:
    released, ended = asyncio.Event(), asyncio.Event()

    async def call() -> None:
        await released.wait()
        ended.set()

    with pytest.raises(TryLater):
        await look(call(), 10)
    released.set()

    await asyncio.wait_for(ended.wait(), 5)


async def test_a_call_left_behind_may_fail_without_anybody_knowing() -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    released, over = asyncio.Event(), asyncio.Event()

    async def call() -> None:
        await released.wait()
        asyncio.get_running_loop().call_soon(over.set)
        raise OSError("too late")

    with pytest.raises(TryLater):
        await look(call(), 10)
    released.set()
    await asyncio.wait_for(over.wait(), 5)
    gc.collect()

    assert complaints == []


async def test_a_caller_that_is_cancelled_takes_its_call_with_it() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def call() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    caller = asyncio.ensure_future(look(call()))
    await begun.wait()
    caller.cancel()

    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.wait_for(cancelled.wait(), 5)


async def test_our_own_words_pass_through() -> None:
    async def call() -> None:
        raise HistoryUnreadable("as it is")

    with pytest.raises(HistoryUnreadable):
        await look(call())
