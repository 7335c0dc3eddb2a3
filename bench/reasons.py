"""Why goals do not hold, as far as it is known; shown where a run finds that they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_A_COMMAND: Final = (
    "Half of it is the processor's: reading the command and whether its person may ask, prices and ceilings, storing"
    " it, the forecast that its card shows, drawing and sending that. The rest are three visits to the database's"
    " thread, the durable one among them. The bare answer has none of this."
)
_A_WEBHOOK: Final = (
    "A third of what a webhook takes is aiohttp's, as with the bare handler. The rest are its secret, its body, the"
    " statement that makes its job due, which takes 0.1 ms of the database's thread, a commit for those that come"
    " together, and the looks and requests that follow from it, all on one interpreter."
)

_DEALT_OUT: Final = (
    "Whoever is free takes the next step, so clips are dealt out as by chance: of 960 it leaves four processes a tenth"
    " from an equal share in 4 of 100 measurements."
)

REASONS: Final[Mapping[str, str]] = {
    "first_response_1": _A_COMMAND,
    "first_response_50": "It is what one command takes of one processor, fifty times over.",
    "first_response_1_network": "What a command takes without a network comes on top of it.",
    "first_response_50_network": "What fifty commands take without a network comes on top of it.",
    "clip_by_webhook_2mb": (
        "A transfer of two megabytes takes so little that the steps around it are most of the figure: the webhook, the"
        " question to the provider, and the commits that must be on the disk before the clip is posted take about ten"
        " milliseconds before the download begins, and five between download and upload. The rest is the file itself,"
        " whose digest is taken and which is kept on the disk before it is sent; the bare transfer keeps nothing."
    ),
    "clip_by_webhook_25mb": (
        "The steps around the transfer take fifteen milliseconds, whatever its size. The bare transfer holds the clip"
        " in memory, while the bot takes its digest, writes it to the disk and reads it again, on two processors that"
        " are busy with both ends of the transfer."
    ),
    "webhooks_accepted": _A_WEBHOOK,
    "webhooks_accepted_alone": _A_WEBHOOK,
    "share_of_4": _DEALT_OUT,
    "least_share_of_4": _DEALT_OUT,
    "cpu_per_job_4": (
        "Each process looks at the database by itself every second, and one that has time to spare draws cards whose"
        " next change would have been drawn with them: a clip takes more edits, the more processes there are."
    ),
    "start_with_history": (
        "0.75 s are spent before anything can begin: discord.py, aiohttp, httpx, pydantic and the bot's own modules are"
        " imported. What follows the imports has a row of its own."
    ),
}
"""Sentences by the name of a result."""
