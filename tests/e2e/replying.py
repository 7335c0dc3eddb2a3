"""Replies to clips in the tests: how a person writes one, and what the bot says to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.jobs.model import Destination
from sandbox.discord import DiscordConfig
from sandbox.discord.json_types import JsonObject, as_object, text
from sandbox.discord.observation import Exchange
from sandbox.person import LocalFile, OptionValue, Person
from sandbox.piapi.control_views import TaskView
from sandbox.seen import SeenMessage
from tests.e2e.books import Row
from tests.e2e.community import KITE, TWO_SERVERS, Community, answer_to, card_that_says

READABLE: DiscordConfig = replace(TWO_SERVERS, message_content=True)
"""Servers of an application to which the portal grants the message content intent."""


@dataclass(frozen=True)
class Made:
    """A clip that somebody has."""

    card: SeenMessage
    result: SeenMessage
    job: Row


async def make(place: Community, person: Person, **options: OptionValue) -> Made:
    """Let somebody make a clip, and wait until it is posted and the bot knows where."""
    card = (await person.run("video", {"prompt": KITE, **options})).expect_message()
    result = await answer_to(person, card)
    await card_that_says(person, card, "Done")
    return Made(card, result, await place.job_of(card))


async def make_privately(place: Community, person: Person) -> Made:
    """Let somebody who has results sent to them make a clip."""
    assert place.app is not None
    chosen = await place.app.service.preferences(place.person_id(person))
    private = replace(chosen, destination=Destination.DIRECT)
    await place.app.service.set_preferences(place.person_id(person), private)
    mailbox = person.in_channel("dm")
    known = {message.id for message in await mailbox.messages()}
    await person.run("video", prompt=KITE)
    card = await mailbox.wait_for(lambda message: message.id not in known)
    await place.app.service.set_preferences(place.person_id(person), chosen)
    result = await answer_to(mailbox, card)
    return Made(card, result, await place.job_of(card))


def at(person: Person, message: SeenMessage) -> Person:
    """Return the person where a message stands."""
    return person.in_channel(str(message.channel_id))


async def answered(
    person: Person, message: SeenMessage, words: str = "", *, files: tuple[LocalFile, ...] = (), ping: bool = True
) -> SeenMessage:
    """Reply to a message, and return what the bot says to that; it notifies nobody."""
    reply = await person.reply(message, words, files=files, ping=ping)
    answer = await answer_to(at(person, message), reply)
    assert answer.pinged == ()
    return answer


async def run(place: Community, person: Person, offer: SeenMessage, button: str = "Run") -> tuple[Row, TaskView]:
    """Take an offer up, and return its job and the provider's task; the offer is the card from then on."""
    here = at(person, offer)
    outcome = await here.click(offer, button)
    assert outcome.expect_message().id == offer.id
    await card_that_says(here, offer, "Done")
    return await place.job_of(offer), await place.task_of(offer)


async def settled(place: Community, person: Person, message: SeenMessage) -> None:
    """Return once everything that the bot has heard of so far is answered."""
    await answered(person, message, "help")
    assert place.app is not None
    await place.app.client.commands_finished()


def redeliver(place: Community, message: SeenMessage) -> None:
    """Let Discord bring the bot a message once more, as it does after a resumption."""
    for session in place.discord.gateway.sessions.values():
        for payload in list(session.history):
            if payload.get("t") == "MESSAGE_CREATE" and text(as_object(payload["d"])["id"]) == str(message.id):
                assert session.connection is not None
                session.connection.push(payload)
                return
    raise LookupError(f"the bot was never told of {message.id}")


async def is_deleted(place: Community, message: SeenMessage) -> bool:
    """Tell whether a message is gone."""
    posted = await place.operator.messages(str(message.channel_id))
    return next(one for one in posted if one.id == message.id).deleted


@dataclass
class Reactions:
    """What the bot did with reactions: (method, message), oldest first."""

    seen: list[tuple[str, int]] = field(default_factory=list)

    def on_exchange(self, exchange: Exchange) -> None:
        parts = exchange.path.split("/")
        if "reactions" in parts:
            self.seen.append((exchange.method, int(parts[parts.index("messages") + 1])))

    def on_event(self, payload: JsonObject) -> None:
        pass


@asynccontextmanager
async def reactions(place: Community) -> AsyncIterator[list[tuple[str, int]]]:
    """Note what the bot does with reactions."""
    watching = Reactions()
    stop = place.discord.observe(watching)
    try:
        yield watching.seen
    finally:
        stop()
