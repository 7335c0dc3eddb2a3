"""What is kept of an alert while the database is away."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.community.alerts import AlertBook
from bot.jobs.model import Job
from bot.jobs.ports import StoreUnavailable


class Away:
    """A database that cannot be used now."""

    async def raise_alert(self, *_values: object) -> bool:
        raise StoreUnavailable("away")


class Log:
    async def alert(self, _job: Job | None, _word: str) -> None: ...


@pytest.fixture
def book() -> AlertBook:
    return AlertBook(Away(), Log(), SimpleNamespace(now=lambda: 1), has_channel=True)  # type: ignore[arg-type]


async def test_what_the_overseer_sees_again_does_not_undo_the_step_that_met_it(book: AlertBook) -> None:
    await book.alert(None, "paused:no_credit")


async def test_a_report_that_cannot_be_kept_does_not_count_as_told(book: AlertBook) -> None:
    job = SimpleNamespace(id="abcdef", card=None)

    with pytest.raises(StoreUnavailable):
        await book.alert(job, "reported:it is cruel")  # type: ignore[arg-type]
