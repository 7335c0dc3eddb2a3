"""Which messages are looked for after a backup was restored, and from when on."""

from __future__ import annotations

import pytest

from bot.jobs.model import Delivery
from bot.jobs.restored import Restored, posted_since
from bot.jobs.states import DeliveryState
from tests.unit.ui.job_samples import job

BACKUP, RESTORED = 1_000, 9_000
RESTORATION = Restored(backup_at=BACKUP, restored_at=RESTORED)


def owed(purpose: str, created_at: int, first_attempt_at: int | None = None) -> Delivery:
    return Delivery(
        id="d",
        job_id="j",
        purpose=purpose,
        state=DeliveryState.PENDING,
        channel_id=1,
        first_attempt_at=first_attempt_at,
        attempts=0,
        due_at=None,
        lease=None,
        lease_until=None,
        message=None,
        reason="",
        created_at=created_at,
    )


@pytest.mark.parametrize(
    ("purpose", "owed_at", "job_at", "looked_for"),
    [
        ("result", 500, 400, True),
        ("result", 9_500, 400, True),
        ("repost:1", 500, 400, True),
        ("repost:2", 9_500, 400, False),
        ("result", 9_500, 9_400, False),
    ],
    ids=["owed then", "ended since", "reposted before", "reposted since", "asked for since"],
)
def test_what_may_stand_in_its_channel_already_is_looked_for(purpose: str, owed_at: int, job_at: int, looked_for: bool):
    asked = job(created_at=job_at)
    assert RESTORATION.covers(owed(purpose, owed_at), asked) is looked_for


@pytest.mark.parametrize(("first_attempt_at", "since"), [(None, BACKUP), (500, 500), (9_500, BACKUP)])
def test_it_is_looked_for_from_its_first_attempt_or_the_backup_on(first_attempt_at: int | None, since: int):
    assert RESTORATION.posted_since(owed("result", 400, first_attempt_at)) == since


SECOND_TIME = Restored(backup_at=20_000, restored_at=29_000)


@pytest.mark.parametrize(
    ("job_at", "since"),
    [(400, BACKUP), (9_400, 20_000), (29_400, None)],
    ids=["from before both", "from between them", "asked for since"],
)
def test_the_window_of_an_earlier_restoration_stays_open(job_at: int, since: int | None):
    asked = job(created_at=job_at)
    assert posted_since((RESTORATION, SECOND_TIME), owed("result", job_at), asked) == since
    assert posted_since((SECOND_TIME, RESTORATION), owed("result", job_at), asked) == since
    assert posted_since((), owed("result", job_at), asked) is None
