"""What somebody has to be told once, and told once that it has passed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.community.alerts import ABANDONED_KEY, UNDELIVERABLE_KEY, Alert, AlertKind, StoredAlert, WaitingPlace
from bot.jobs.deliverer import REMOVED
from bot.jobs.model import Destination, MessageRef
from bot.jobs.states import DeliveryState, JobState
from storage.database import Row, Value
from storage.repositories.base import Repository
from storage.rows.columns import text, whole, whole_or_none


class Alerts(Repository):
    """Keeps alerts; each method is one transaction."""

    async def raise_alert(self, alert: Alert, now: int) -> bool:
        """Keep an alert; False where it is open already."""
        return await self._database.row("raise_alert", **alert_values(alert, now)) is not None

    async def clear_alert(self, key: str, now: int) -> bool:
        """Note that it has passed; False where it was not open."""
        return await self._database.row("clear_alert", key=key, at=now) is not None

    async def settle_alert(self, key: str, kind: AlertKind, subject: str, now: int) -> None:
        """Note that the owner has dealt with something: it is not raised for it again."""
        await self._database.run("settle_alert", key=key, kind=kind.value, subject=subject, at=now)

    async def open_alerts(self) -> Sequence[StoredAlert]:
        """Return what has not passed, oldest first."""
        return [_alert_from(row) for row in await self._database.rows("open_alerts")]

    async def claim_alerts(self, now: int, until: int, *, owners: bool, limit: int) -> Sequence[StoredAlert]:
        """Take what has to be said or taken back; nobody else is given it before `until`."""
        rows = await self._database.rows("claim_alerts", now=now, until=until, owners=int(owners), limit=limit)
        return sorted((_alert_from(row) for row in rows), key=lambda alert: (alert.raised_at, alert.alert.key))

    async def begin_alert(self, alert: StoredAlert, now: int) -> bool:
        """Commit to an attempt before it is made; False where there is nothing left to say."""
        row = await self._database.row("begin_alert", key=alert.alert.key, episode=alert.episode, at=now)
        return row is not None

    async def postpone_alert(self, alert: StoredAlert, due_at: int) -> None:
        """Let the next attempt wait."""
        await self._database.run("postpone_alert", key=alert.alert.key, episode=alert.episode, due_at=due_at)

    async def hand_alert_to_owner(self, alert: StoredAlert) -> None:
        """Let what its own channel refused be said in the owner's."""
        await self._database.run("hand_alert_to_owner", key=alert.alert.key, episode=alert.episode)

    async def alert_told(self, alert: StoredAlert, message: MessageRef | None, now: int) -> None:
        """Note the message that tells of it; None where no channel takes one."""
        await self._database.run(
            "alert_told",
            key=alert.alert.key,
            episode=alert.episode,
            at=now,
            channel_id=message.channel_id if message is not None else None,
            message_id=message.message_id if message is not None else None,
        )

    async def close_alert(self, alert: StoredAlert, now: int) -> None:
        """Close what does not pass, once it is told."""
        await self._database.run("close_alert", key=alert.alert.key, episode=alert.episode, at=now)

    async def alert_taken_back(self, alert: StoredAlert, now: int) -> bool:
        """Note that its message says that it has passed; False where it has come again meanwhile."""
        row = await self._database.row("alert_taken_back", key=alert.alert.key, episode=alert.episode, at=now)
        return row is not None

    async def forget_alerts(self, before: int) -> None:
        """Delete what passed before an instant."""
        await self._database.run("forget_alerts", before=before)

    async def untold_undeliverable(self, since: int) -> Mapping[str, str]:
        """Return why a message of a job cannot be delivered, by job, where no open alert tells of it."""
        rows = await self._database.rows(
            "untold_undeliverable",
            since=since,
            undeliverable=DeliveryState.UNDELIVERABLE.value,
            removed=REMOVED,
            prefix=UNDELIVERABLE_KEY,
        )
        return {text(row, "job_id"): text(row, "reason") for row in rows}

    async def untold_abandoned(self, since: int) -> Mapping[str, str]:
        """Return why jobs were given up on, by job, where no alert ever told of it."""
        rows = await self._database.rows(
            "untold_abandoned", since=since, abandoned=JobState.ABANDONED.value, prefix=ABANDONED_KEY
        )
        return {text(row, "id"): text(row, "reason") for row in rows}

    async def waiting_places(self) -> Sequence[WaitingPlace]:
        """Return where people wait for clips that are in line, the longest wait first; private ones left out."""
        rows = await self._database.rows(
            "waiting_places", queued=JobState.QUEUED.value, direct=Destination.DIRECT.value
        )
        return [
            WaitingPlace(
                guild_id=whole(row, "guild_id"),
                channel_id=whole(row, "channel_id"),
                locale=text(row, "public_locale"),
                since=whole(row, "since"),
            )
            for row in rows
        ]


def alert_values(alert: Alert, now: int) -> dict[str, Value]:
    """Return what the statement `raise_alert` takes."""
    return {
        "key": alert.key,
        "kind": alert.kind.value,
        "subject": alert.subject,
        "detail": json.dumps(dict(alert.detail), sort_keys=True),
        "channel_id": alert.channel_id,
        "at": now,
        "passes": int(alert.kind.passes),
    }


def _alert_from(row: Row) -> StoredAlert:
    channel_id, message_id = whole_or_none(row, "message_channel_id"), whole_or_none(row, "message_id")
    detail = text(row, "detail")
    return StoredAlert(
        alert=Alert(
            key=text(row, "key"),
            kind=AlertKind(text(row, "kind")),
            subject=text(row, "subject"),
            detail=json.loads(detail) if detail else {},
            channel_id=whole_or_none(row, "channel_id"),
        ),
        episode=whole(row, "episode"),
        raised_at=whole(row, "raised_at"),
        attempted_at=whole_or_none(row, "attempted_at"),
        told_at=whole_or_none(row, "told_at"),
        message=MessageRef(channel_id, message_id) if channel_id is not None and message_id is not None else None,
        cleared_at=whole_or_none(row, "cleared_at"),
    )
