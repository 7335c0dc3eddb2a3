"""The seam in the composition root: who composes a bot may stand between its core and its edges.

The product passes everything through as it is. Crash tests stand here, to end the process at a point they name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiohttp

    from bot.jobs.ports import ClipArchive, InputFiles, ResultSink, TaskGateway
    from bot.web.webhook import Nudge
    from storage.database import Database
    from storage.store import Store


class Interposition:
    """Returns each port as the bot is to use it; these return them unchanged."""

    def database(self, database: Database) -> Database:
        """Return what the store works on."""
        return database

    def store(self, store: Store) -> Store:
        """Return the store."""
        return store

    def gateway(self, gateway: TaskGateway) -> TaskGateway:
        """Return the provider."""
        return gateway

    def sink(self, sink: ResultSink) -> ResultSink:
        """Return where cards and messages are shown."""
        return sink

    def inputs(self, files: InputFiles) -> InputFiles:
        """Return what prepares people's files."""
        return files

    def clips(self, clips: ClipArchive) -> ClipArchive:
        """Return what fetches finished clips."""
        return clips

    def nudge(self, nudge: Nudge) -> Nudge:
        """Return what takes the provider's webhooks."""
        return nudge

    def discord(self, trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
        """Return what sees each request to Discord."""
        return trace
