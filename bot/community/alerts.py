"""What needs the bot's owner, or tells members of an outage: said once, and taken back once it has passed.

An alert has a key: raising it while it is open changes nothing, so whoever sees the trouble may raise it as often as
they like, before and after a crash. `bot.community.overseer` looks at how things stand and raises and clears;
`bot.delivery.alerts` says what is open and takes back what has passed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

import structlog

from bot.clock import HOUR, MINUTE, Clock
from bot.jobs.failures import FailureReason
from bot.jobs.model import Job, MessageRef
from bot.jobs.ports import OwnerAlerts, StoreUnavailable

UNDELIVERABLE_KEY: Final = "undeliverable:"
ABANDONED_KEY: Final = "abandoned:"
"""What the keys of alerts about one job begin with; its id follows."""
OUTAGE_KEY: Final = "outage:"
"""The same of what members are told; the server's id follows."""

log = structlog.get_logger(__name__)


class AlertKind(StrEnum):
    """What it is about; worded by `bot.ui.owner_alerts`."""

    CREDIT_LOW = "credit_low"
    """The account can pay for a few clips more."""
    CREDIT_GONE = "credit_gone"
    """The provider refused to sell for lack of credit."""
    KEY_REFUSED = "key_refused"
    PLAN_REFUSED = "plan_refused"
    """The provider's plan does not include what was ordered."""
    PROVIDER_DOWN = "provider_down"
    BUDGET = "budget"
    """Four fifths of MAX_USD_PER_MONTH are used."""
    SERVER_BUDGET = "server_budget"
    """Four fifths of what a server may spend in a month are used; told to who manages it."""
    BACKLOG = "backlog"
    """Somebody has waited in line for long although nothing is paused."""
    STORAGE = "storage"
    """Nothing new can be written down; the subject is the trouble."""
    LOOP_DIED = "loop_died"
    LOOP_STUCK = "loop_stuck"
    UNDELIVERABLE = "undeliverable"
    ABANDONED = "abandoned"
    REPORTED = "reported"
    """Somebody reported a clip, and the server has no channel of its own for that."""
    OUTAGE = "outage"
    """For members: their clips have to wait."""

    @property
    def passes(self) -> bool:
        """Tell whether it can be over one day; what cannot is said, and that is that."""
        return self not in {AlertKind.REPORTED, AlertKind.SERVER_BUDGET}

    @property
    def calm(self) -> int:
        """Return how long, in milliseconds, it has to be away before it counts as over.

        What comes and goes is one trouble, said once; what is about one job, or has a measure of its own for that, is
        over at once.
        """
        return _CALM.get(self, _CALM_FOR_MOST)


_CALM_FOR_MOST: Final = 5 * MINUTE
"""Longer than the three minutes between two looks at the account: one good answer is not yet the end."""
_CALM: Final[Mapping[AlertKind, int]] = {
    AlertKind.CREDIT_LOW: 10 * MINUTE,
    # What was reserved for clips that fail is given back, and the next one takes it again.
    AlertKind.BUDGET: HOUR,
    AlertKind.BACKLOG: 0,
    AlertKind.LOOP_DIED: 0,
    AlertKind.UNDELIVERABLE: 0,
    AlertKind.ABANDONED: 0,
    AlertKind.REPORTED: 0,
    AlertKind.SERVER_BUDGET: 0,
}

PAUSES: Final = {
    FailureReason.NO_CREDIT: AlertKind.CREDIT_GONE,
    FailureReason.BAD_KEY: AlertKind.KEY_REFUSED,
    FailureReason.PLAN: AlertKind.PLAN_REFUSED,
    FailureReason.PROVIDER_DOWN: AlertKind.PROVIDER_DOWN,
}
"""What a pause of submissions is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something to be said.

    Attributes:
        key: names it while it is open.
        subject: a job's id, a loop's name, or "".
        detail: what the words need besides.
        channel_id: where it is said; None for the owner's alert channel.
    """

    key: str
    kind: AlertKind
    subject: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    channel_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """An alert as stored; times in UTC milliseconds.

    Attributes:
        episode: grows each time that it comes again after it was said to be over.
        attempted_at: when the first attempt to say it began; None before.
        told_at: when it was said; None before.
        message: what says so, None where no channel takes it.
        cleared_at: since when it is over; None while it is not.
    """

    alert: Alert
    episode: int
    raised_at: int
    attempted_at: int | None = None
    told_at: int | None = None
    message: MessageRef | None = None
    cleared_at: int | None = None

    @property
    def name(self) -> str:
        """Return what the message is known by."""
        return f"{self.alert.key}#{self.episode}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPlace:
    """A channel where somebody waits for a clip that is in line, and since when (UTC milliseconds)."""

    guild_id: int
    channel_id: int
    locale: str
    since: int


class AlertStore(Protocol):
    """Keeps alerts; each method is one transaction."""

    async def raise_alert(self, alert: Alert, now: int) -> bool:
        """Keep an alert; False where it is open already."""
        ...

    async def clear_alert(self, key: str, now: int) -> bool:
        """Note that it has passed; False where it was not open."""
        ...

    async def settle_alert(self, key: str, kind: AlertKind, subject: str, now: int) -> None:
        """Note that the owner has dealt with something: it is not raised for it again."""
        ...

    async def open_alerts(self) -> Sequence[StoredAlert]:
        """Return what has not passed, oldest first."""
        ...

    async def claim_alerts(self, now: int, until: int, *, owners: bool, limit: int) -> Sequence[StoredAlert]:
        """Take what has to be said or taken back; nobody else is given it before `until`.

        Args:
            now: UTC milliseconds.
            until: likewise.
            owners: whether there is a channel for what is the owner's.
            limit: at most so many.
        """
        ...

    async def begin_alert(self, alert: StoredAlert, now: int) -> bool:
        """Commit to an attempt before it is made; False where there is nothing left to say."""
        ...

    async def postpone_alert(self, alert: StoredAlert, due_at: int) -> None:
        """Let the next attempt wait."""
        ...

    async def hand_alert_to_owner(self, alert: StoredAlert) -> None:
        """Let what its own channel refused be said in the owner's."""
        ...

    async def alert_told(self, alert: StoredAlert, message: MessageRef | None, now: int) -> None:
        """Note the message that tells of it; None where no channel takes one."""
        ...

    async def close_alert(self, alert: StoredAlert, now: int) -> None:
        """Close what does not pass, once it is told."""
        ...

    async def alert_taken_back(self, alert: StoredAlert, now: int) -> bool:
        """Note that its message says that it has passed; False where it has come again meanwhile."""
        ...

    async def forget_alerts(self, before: int) -> None:
        """Delete what passed before an instant."""
        ...

    async def untold_undeliverable(self, since: int) -> Mapping[str, str]:
        """Return why a message of a job cannot be delivered, by job, where no open alert tells of it."""
        ...

    async def untold_abandoned(self, since: int) -> Mapping[str, str]:
        """Return why jobs were given up on, by job, where no alert ever told of it."""
        ...

    async def waiting_places(self) -> Sequence[WaitingPlace]:
        """Return where people wait for clips that are in line, the longest wait first; private ones left out."""
        ...


class AlertBook:
    """Where alerts are raised and cleared; each one that is new is in the log, too."""

    def __init__(self, store: AlertStore, logged: OwnerAlerts, clock: Clock, *, has_channel: bool) -> None:
        """Keep the collaborators.

        Args:
            store: keeps what is open.
            logged: says it in the log.
            clock: tells when.
            has_channel: whether anybody reads what the owner is told elsewhere than in the log.
        """
        self._store = store
        self._logged = logged
        self._clock = clock
        self._has_channel = has_channel
        self._calm_since: dict[str, int] = {}

    async def alert(self, job: Job | None, word: str) -> None:
        """Say in the log what a step of the core met, and raise what is more than a line there.

        That a database is away now does not undo what the step did: the overseer sees the trouble again.

        Raises:
            StoreUnavailable: it cannot be kept, and nobody would see it again.
        """
        await self._logged.alert(job, word)
        alert = alert_of(job, word)
        if alert is None or (not alert.kind.passes and not self._has_channel):
            return
        self.still(alert.key)
        try:
            await self._store.raise_alert(alert, self._clock.now())
        except StoreUnavailable as error:
            if not alert.kind.passes:
                raise
            log.warning("alert_not_kept", key=alert.key, error=str(error))

    async def raise_(self, alert: Alert) -> None:
        """Raise an alert that no step of the core met."""
        self.still(alert.key)
        if await self._store.raise_alert(alert, self._clock.now()) and alert.kind is not AlertKind.OUTAGE:
            log.error("owner_needed", what=alert.kind.value, subject=alert.subject, **alert.detail)

    def still(self, key: str) -> None:
        """Note that something is not over, whether or not it is worth a word yet."""
        self._calm_since.pop(key, None)

    async def clear(self, key: str, calm: int = 0) -> None:
        """Note that something has passed, whether or not it was open.

        Args:
            key: which.
            calm: for how long, in milliseconds, this has to be said and nothing to the contrary, until it is believed.
        """
        now = self._clock.now()
        if now - self._calm_since.setdefault(key, now) < calm:
            return
        if await self._store.clear_alert(key, self._clock.now()):
            log.info("alert_over", key=key)

    async def stands(self, alert: Alert, *, on: bool) -> None:
        """Raise or clear, by how things stand."""
        await (self.raise_(alert) if on else self.clear(alert.key, alert.kind.calm))


def alert_of(job: Job | None, word: str) -> Alert | None:
    """Return what a word of the core's means to the owner; None where a line in the log is enough."""
    kind, _, reason = word.partition(":")
    match kind:
        case "paused":
            known = next((PAUSES[each] for each in PAUSES if each == reason), None)
            return None if known is None else Alert(key=known.value, kind=known)
        case "undeliverable" if job is not None:
            return undeliverable(job.id, reason)
        case "abandoned" if job is not None:
            return abandoned(job.id, reason)
        case "reported" if job is not None:
            key = f"reported:{job.id}:{zlib.crc32(reason.encode()):08x}"
            return Alert(key=key, kind=AlertKind.REPORTED, subject=job.id, detail={"reason": reason, **_places(job)})
        case _:
            return None


def undeliverable(job_id: str, reason: str) -> Alert:
    """Return the alert of a clip that no channel takes."""
    key = f"{UNDELIVERABLE_KEY}{job_id}"
    return Alert(key=key, kind=AlertKind.UNDELIVERABLE, subject=job_id, detail={"reason": reason})


def abandoned(job_id: str, reason: str) -> Alert:
    """Return the alert of a purchase that was given up on."""
    key = f"{ABANDONED_KEY}{job_id}"
    return Alert(key=key, kind=AlertKind.ABANDONED, subject=job_id, detail={"reason": reason})


def _places(job: Job) -> dict[str, str]:
    """Return where a job's card stands, as an address; nothing where that is private."""
    if job.card is None or job.place.is_direct or job.place.guild_id is None:
        return {}
    return {"link": f"https://discord.com/channels/{job.place.guild_id}/{job.card.channel_id}/{job.card.message_id}"}
