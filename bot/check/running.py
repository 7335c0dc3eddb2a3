"""What only the running bot knows, asked over its socket; where it cannot be asked, the check does without."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.control.client import connect
from bot.control.errors import ControlError
from bot.control.protocol import AskFacts, Facts, TryWebhook
from bot.web.reach import NotReached, Obstacle, WebhookAnswer

_LEEWAY: Final = 2.0
"""Seconds that the bot's answer may take beside what the webhook itself takes."""


async def ask_running(data_dir: Path) -> Facts | None:
    """Return who the bot on a DATA_DIR is; None where none can be asked."""
    try:
        async with connect(data_dir) as bot:
            return await bot.ask(AskFacts())
    except ControlError:
        return None


async def called_itself(data_dir: Path, seconds: float) -> WebhookAnswer | None:
    """Return what the running bot was answered when it called itself through PUBLIC_URL with its real secret.

    Args:
        data_dir: whose bot.
        seconds: how long the call may take.

    Returns:
        None where the bot cannot be asked.

    Raises:
        NotReached: the bot was not answered.
    """
    try:
        async with connect(data_dir) as bot:
            trial = await bot.ask(TryWebhook(seconds=seconds), seconds=seconds + _LEEWAY)
    except ControlError:
        return None
    if trial.obstacle:
        raise NotReached(Obstacle[trial.obstacle] if trial.obstacle in Obstacle.__members__ else Obstacle.ANSWER)
    return WebhookAnswer(status=trial.status, process=trial.process, challenge=trial.challenge, location=trial.location)
