"""The verbs that the running bot answers; each is one function and one line in `verbs_of`."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from bot.control.errors import Refused
from bot.control.protocol import AskFacts, Facts, MakeSnapshot, SnapshotMade, TryWebhook, WebhookTrial
from bot.control.server import Verb, verb
from bot.errors import EgretError
from bot.web.reach import NotReached, WebhookAnswer

_SNAPSHOT: Final = ".snapshot-"


class CopiedDatabase(Protocol):
    """What a snapshot needs of the store."""

    async def snapshot(self, path: Path) -> None:
        """Write a copy of the database into a new file.

        Raises:
            EgretError: it cannot be made; nothing of it is left.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """What the verbs know of the bot that they belong to.

    Attributes:
        send_webhook: calls the bot through PUBLIC_URL with its secret, within so many seconds; raises `NotReached`.
    """

    data_dir: Path
    facts: Callable[[], Awaitable[Facts]]
    send_webhook: Callable[[float], Awaitable[WebhookAnswer]]
    store: CopiedDatabase


def verbs_of(bot: Bot) -> list[Verb]:
    """Return everything that a bot answers."""

    async def facts(_: AskFacts, __: AsyncExitStack) -> Facts:
        return await bot.facts()

    async def try_webhook(question: TryWebhook, _: AsyncExitStack) -> WebhookTrial:
        try:
            answer = await bot.send_webhook(question.seconds)
        except NotReached as error:
            return WebhookTrial(obstacle=error.obstacle.name)
        return WebhookTrial(
            status=answer.status, process=answer.process, challenge=answer.challenge, location=answer.location
        )

    async def snapshot(_: MakeSnapshot, connection: AsyncExitStack) -> SnapshotMade:
        path = bot.data_dir.absolute() / f"{_SNAPSHOT}{secrets.token_hex(8)}.db"
        connection.callback(path.unlink, missing_ok=True)
        try:
            await bot.store.snapshot(path)
        except EgretError as error:
            raise Refused(str(error)) from error
        return SnapshotMade(path=str(path))

    return [verb(AskFacts, facts), verb(TryWebhook, try_webhook), verb(MakeSnapshot, snapshot)]


def sweep_snapshots(data_dir: Path) -> None:
    """Delete copies that a crash left behind; called before the socket is there."""
    for path in data_dir.glob(f"{_SNAPSHOT}*"):
        with contextlib.suppress(OSError):
            path.unlink()
