"""What whoever runs the bot has to know, in the log at error level."""

from __future__ import annotations

from typing import Final

import structlog

from bot.jobs.model import Job

_ADVICE: Final = {
    "undeliverable": "the clip is kept: mend the channel's permissions, then Repost in /clips brings it",
    "paused": "submissions rest and try again by themselves: look at the provider's account",
    "abandoned": "the provider may have charged for it: look for a task of that time in the account's history",
    "reported": "somebody reported this clip: look at it, and delete it by More, Delete if it breaks the rules",
    "clip_unavailable": "the clip could not be copied here: its message has the provider's link only",
}

log = structlog.get_logger(__name__)


class LoggedAlerts:
    """Alerts as log lines that say what happened, to which job, and what helps."""

    async def alert(self, job: Job | None, word: str) -> None:
        """Say it once."""
        kind, _, reason = word.partition(":")
        log.error(
            "owner_needed",
            what=kind,
            reason=reason,
            job=job.id if job is not None else None,
            advice=_ADVICE.get(kind, ""),
        )
