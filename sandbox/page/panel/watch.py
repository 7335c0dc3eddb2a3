"""Everything that the panel shows, read from outside: provider, channels, the bot's process and the bot's file."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from sandbox.discord.json_types import as_object, integer, objects, text
from sandbox.page.panel.bot_file import BotFile, Unreadable
from sandbox.page.panel.courses import course_named
from sandbox.page.panel.event_words import Line, state_words, told
from sandbox.page.panel.pace import pace_like
from sandbox.page.panel.promises import NOTHING, Evidence, judged
from sandbox.page.panel.task_words import KINDS, task_json
from sandbox.person import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Collection

    from sandbox.discord.json_types import JsonObject, JsonValue
    from sandbox.page.panel.bot_file import Order
    from sandbox.page.panel.bot_switch import BotSwitch
    from sandbox.page.panel.promises import Outcome
    from sandbox.piapi.control_views import ScriptOrder
    from sandbox.seen import SeenMessage
    from sandbox.stage.stage import Stage

SHOWN: Final = 100
"""How many tasks and orders are shown at most, newest first."""
_ORDER_KINDS: Final = {"video": "New clip", "extend": "Extension", "lipsync": "Lip-sync"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """The local Discord: the number of its latest change, whether the bot is there, names by id."""

    seq: int
    online: bool
    channels: dict[int, str]
    people: dict[int, str]


class PanelWatch:
    """Reads and compares; remembers what was ever broken, and what the channels held at their latest change.

    Args:
        stage: What is watched.
        switch: Tells of the bot's process.
    """

    def __init__(self, stage: Stage, switch: BotSwitch) -> None:
        self._stage = stage
        self._switch = switch
        self._file = BotFile(stage.bot_data)
        self._verdict = NOTHING
        self._broken: dict[str, None] = {}
        self._read_at: tuple[int, frozenset[int]] | None = None
        self._messages: list[SeenMessage] = []
        self._readable: frozenset[int] = frozenset()
        self._reading = asyncio.Lock()

    async def state(self) -> JsonObject:
        """Return everything but the histories, newest first where there is an order.

        Raises:
            RequestRefused, ControlError, aiohttp.ClientError: A service does not answer.
        """
        async with self._reading:
            return await self._state()

    async def history(self, order_id: str) -> JsonObject | None:
        """Return what the bot wrote down about an order, None where there is no such order.

        Raises:
            Unreadable: The bot's file cannot be read.
        """
        history = await asyncio.to_thread(self._file.history, order_id)
        if history is None:
            return None
        world = await self._world()
        lines: list[JsonValue] = [_line_json(line) for line in told(history, world.channels)]
        return {**_order_json(history.order, None, world), "lines": lines}

    async def _state(self) -> JsonObject:
        before, trouble = await self._orders()
        world = await self._world()
        tasks = await self._stage.provider.tasks()
        await self._read_channels(world, before)
        orders, later_trouble = await self._orders()
        if not (trouble or later_trouble):
            self._compare(
                Evidence(before=before, tasks=tasks, messages=self._messages, channels=self._readable, orders=orders)
            )
        verdict = self._verdict
        newest: list[JsonValue] = [
            _order_json(order, verdict.outcomes.get(order.id), world) for order in orders[: -SHOWN - 1 : -1]
        ]
        shown: list[JsonValue] = [
            task_json(task, verdict.order_of.get(task.task_id)) for task in tasks[: -SHOWN - 1 : -1]
        ]
        return {
            "provider": await self._provider(),
            "bot": {**asdict(self._switch.view(online=world.online))},
            "promises": self._promises(trouble or later_trouble),
            "tasks": shown,
            "task_count": len(tasks),
            "orders": newest,
            "order_count": len(orders),
        }

    def _compare(self, evidence: Evidence) -> None:
        self._verdict = judged(evidence)
        self._broken.update(dict.fromkeys(self._verdict.broken))

    async def _orders(self) -> tuple[tuple[Order, ...], str]:
        """Return the orders, and why they could not be read."""
        try:
            return await asyncio.to_thread(self._file.orders), ""
        except Unreadable as error:
            return (), str(error)

    async def _world(self) -> _World:
        answer = as_object(await self._stage.discord.request("GET", "/person/world"))
        servers = objects(answer["servers"])
        return _World(
            seq=integer(answer["seq"]),
            online=as_object(answer["bot"])["online"] is True,
            channels={
                integer(channel["id"]): text(channel["name"])
                for server in servers
                for channel in objects(server["channels"])
            },
            people={integer(person["id"]): text(person["global_name"]) for person in objects(answer["people"])},
        )

    async def _read_channels(self, world: _World, orders: Collection[Order]) -> None:
        """Read every channel that can hold anything of an order, unless nothing has changed since."""
        wanted = frozenset(world.channels) | _places(orders)
        if self._read_at == (world.seq, wanted):
            return
        messages: list[SeenMessage] = []
        readable: set[int] = set()
        for channel in wanted:
            try:
                messages += await self._stage.discord.messages(str(channel))
            except RequestRefused:
                continue  # deleted: nothing can be told of it
            readable.add(channel)
        self._messages, self._readable = messages, frozenset(readable)
        self._read_at = (world.seq, wanted)

    async def _provider(self) -> JsonObject:
        provider = self._stage.provider
        summary = await provider.summary()
        options = await provider.options()
        waiting: list[JsonValue] = [_waiting_json(script) for script in await provider.waiting()]
        return {
            "now": summary.now,
            "available_usd": summary.available_usd,
            "charged_usd": summary.consumed_usd,
            "pace": pace_like(options.pending_seconds, options.processing_seconds),
            "waiting": waiting,
            "problems": [f"{problem.field}: {problem.text}" for problem in summary.problems],
        }

    def _promises(self, trouble: str) -> JsonObject:
        counts: list[JsonValue] = [{**asdict(count)} for count in self._verdict.counts]
        broken: list[JsonValue] = [*self._broken]
        return {"counts": counts, "broken": broken, "trouble": trouble}


def _places(orders: Collection[Order]) -> frozenset[int]:
    """Return where orders live: their channels, and where their messages were posted."""
    own = {order.channel_id for order in orders}
    posted = {
        posting.message_channel_id
        for order in orders
        for posting in order.postings
        if posting.message_channel_id is not None
    }
    return frozenset(own | posted)


def _order_json(order: Order, outcome: Outcome | None, world: _World) -> JsonObject:
    shown: JsonObject = {
        "id": order.id,
        "kind": _ORDER_KINDS.get(order.kind, order.kind),
        "prompt": order.words,
        "who": world.people.get(order.requester_id, "somebody"),
        "where": world.channels.get(order.channel_id, ""),
        "state": order.state,
        "state_words": state_words(order),
        "settled": order.settled,
        "created_at": order.created_at / 1000,
    }
    if outcome is not None:
        shown |= {"tasks": len(outcome.task_ids), "clips": outcome.clips}
    return shown


def _waiting_json(script: ScriptOrder) -> JsonObject:
    names = " and ".join(course_named(one.value).name for one in script.scenarios)
    return {
        "words": names,
        "times": script.times,
        "seconds": script.seconds,
        "kind": "" if script.task_type is None else KINDS.get(script.task_type, script.task_type),
    }


def _line_json(line: Line) -> JsonObject:
    return {"at": line.at / 1000, "words": line.words}
