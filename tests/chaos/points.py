"""Named crash points: where the process can be killed, to the statement.

They stand where `bot.interposition` lets whoever composes a bot stand, and nowhere in the product.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Final

import aiohttp
from typing_extensions import override

from bot.interposition import Interposition
from bot.jobs.ports import ClipArchive, InputFiles, ResultSink, TaskGateway
from bot.web.webhook import Nudge
from storage.database import Database
from storage.store import Store
from tests.chaos.crashes import AFTER, BEFORE, Crashes
from tests.chaos.pointed_database import PointedDatabase, name_methods
from tests.chaos.pointed_ports import PointedClips, PointedGateway, PointedInputs, PointedSink


class CrashPoints(Interposition):
    """Stands at every border of the core."""

    def __init__(self, crashes: Crashes) -> None:
        """Keep what counts and kills."""
        self._crashes = crashes

    @override
    def database(self, database: Database) -> Database:
        return PointedDatabase(database, self._crashes)

    @override
    def store(self, store: Store) -> Store:
        name_methods(store)
        return store

    @override
    def gateway(self, gateway: TaskGateway) -> TaskGateway:
        return PointedGateway(gateway, self._crashes)

    @override
    def sink(self, sink: ResultSink) -> ResultSink:
        return PointedSink(sink, self._crashes)

    @override
    def inputs(self, files: InputFiles) -> InputFiles:
        return PointedInputs(files, self._crashes)

    @override
    def clips(self, clips: ClipArchive) -> ClipArchive:
        return PointedClips(clips, self._crashes)

    @override
    def nudge(self, nudge: Nudge) -> Nudge:
        async def pointed(hook_token: str, task_id: str | None) -> bool:
            return await self._crashes.around("hearing a webhook", nudge(hook_token, task_id))

        return pointed

    @override
    def discord(self, trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
        async def begins(
            _session: aiohttp.ClientSession, context: SimpleNamespace, request: aiohttp.TraceRequestStartParams
        ) -> None:
            context.said = said_to_discord(request.method, request.url.path)
            if context.said:
                self._crashes.reach(f"{BEFORE} {context.said}")

        async def ends(
            _session: aiohttp.ClientSession, context: SimpleNamespace, _answer: aiohttp.TraceRequestEndParams
        ) -> None:
            if context.said:
                self._crashes.reach(f"{AFTER} {context.said}")

        trace.on_request_start.append(begins)
        trace.on_request_end.append(ends)
        return trace


_SAID: Final = (
    ("POST", re.compile(r"/interactions/\d+/[^/]+/callback$"), "answering an interaction"),
    ("PATCH", re.compile(r"/webhooks/\d+/[^/]+/messages/"), "editing an answer"),
    ("DELETE", re.compile(r"/webhooks/\d+/[^/]+/messages/"), "taking an answer back"),
    ("POST", re.compile(r"/webhooks/\d+/[^/]+$"), "following an answer up"),
    ("POST", re.compile(r"/channels/\d+/messages$"), "posting a message"),
    ("POST", re.compile(r"/channels/\d+/messages/\d+/threads$"), "starting a thread"),
    ("PATCH", re.compile(r"/channels/\d+/messages/\d+$"), "editing a message"),
    ("DELETE", re.compile(r"/channels/\d+/messages/\d+$"), "deleting a message"),
)


SAID: Final = frozenset(said for _verb, _pattern, said in _SAID)
"""Every kind of request that says something."""


def said_to_discord(method: str, path: str) -> str:
    """Return what a request says to people, "" where it only asks."""
    for verb, pattern, said in _SAID:
        if method == verb and pattern.search(path):
            return said
    return ""
