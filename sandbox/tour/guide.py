"""What every journey of the tour needs: ordering something, and seeing to it that it ends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import aiohttp

from sandbox.person import FieldValue, OptionValue, RequestRefused
from sandbox.piapi import ControlError
from sandbox.tour.acting import ANSWER_SECONDS, Acting, Unexpected, expect, there
from sandbox.tour.orders import Ending, Order, Purchase
from sandbox.tour.record import Recorder, WaitedInVain

if TYPE_CHECKING:
    from sandbox.piapi import Scenario
    from sandbox.piapi.control_views import TaskView
    from sandbox.seen import Outcome, SeenMessage
    from sandbox.stage import Stage
    from sandbox.stage.community import Community
    from sandbox.stage.samples import Samples

T = TypeVar("T")
Measure = Callable[[Path], list[str]]

CHANNEL: Final = "clips"
"""Where everything happens that does not say otherwise."""
CONSENT: Final = "I may use it"
"""What everybody presses once before their first clip from a picture, and before the first with a recording."""
TASK_SECONDS: Final = 20.0
_ENDING_SECONDS: Final = 45.0
_LOOK_SECONDS: Final = 0.1
_NAMED: Final = re.compile(r"#([0-9a-z]{6})\b", re.ASCII)


class Guide:
    """Leads people through the tour.

    Args:
        stage: Services and bot, both running.
        recorder: Writes down what is seen.
        community: Who there is.
        samples: Pictures and recordings.
        directory: Where clips are downloaded to.

    Attributes:
        acting: What people do.
        orders: What was ordered.
        complaints: What went wrong on the way.
        ordering: Held while something is bought that the provider is told to treat in a way of its own.
    """

    def __init__(
        self, stage: Stage, recorder: Recorder, community: Community, samples: Samples, directory: Path
    ) -> None:
        self.stage = stage
        self.recorder = recorder
        self.community = community
        self.samples = samples
        self._directory = directory
        self.acting = Acting({name: stage.person(name, CHANNEL) for name in community.user_names}, recorder)
        self.ordering = asyncio.Lock()
        self.orders: list[Order] = []
        self.complaints: list[str] = []

    async def travel(self, *journeys: Awaitable[None]) -> None:
        """Make journeys at the same time; what goes wrong on one ends that one alone."""
        await asyncio.gather(*(self._travelled(journey) for journey in journeys))

    async def _travelled(self, journey: Awaitable[None]) -> None:
        try:
            await journey
        except (WaitedInVain, Unexpected, RequestRefused, LookupError, ControlError, aiohttp.ClientError) as error:
            self.complaints.append(str(error) or repr(error))

    def order(
        self,
        title: str,
        who: str,
        purchase: Purchase,
        *,
        slug: str = "",
        ending: Ending = Ending.CLIP,
        buys: int = 1,
        measure: Measure = lambda _: [],
    ) -> Order:
        """Write down what somebody is about to order."""
        order = Order(
            title=title,
            slug=slug or title.replace(" ", "-"),
            who=who,
            ending=ending,
            purchase=purchase,
            buys=buys,
            measure=measure,
        )
        self.orders.append(order)
        return order

    @asynccontextmanager
    async def treated(
        self, order: Order, scenario: Scenario | None, seconds: float | None = None
    ) -> AsyncIterator[None]:
        """Let what is bought within meet a scenario; one at a time, so that each meets the task it is meant for."""
        async with self.ordering:
            if scenario is not None:
                await self.stage.provider.play(scenario, seconds=seconds, task_type=order.purchase.task_type)
            yield
            await self.task(order)

    async def command(
        self,
        order: Order,
        command: str,
        given: dict[str, OptionValue],
        *,
        where: str = "",
        scenario: Scenario | None = None,
        seconds: float | None = None,
        note: str = "",
    ) -> None:
        """Buy something with a command, and wait for its task."""
        async with self.treated(order, scenario, seconds):
            await self.answered(order, command, given, where=where)
        if note:
            self.recorder.act("", note)

    async def answered(
        self, order: Order, command: str, given: dict[str, OptionValue], *, where: str = ""
    ) -> SeenMessage:
        """Run a command; its answer stands for the order.

        Raises:
            Unexpected: the answer is private and should not be.
        """
        outcome = await self.acting.run(order.who, command, given, where=where)
        order.card = await self.acting.said(outcome)
        if asks_consent(order.card):
            order.card = await self.card_named_in(await self.consented(order, order.card))
        if order.card.ephemeral and order.ending is not Ending.PRIVATE:
            raise Unexpected(f"{order.title}: the bot answers in private: {order.card.text!r}")
        return order.card

    async def send(self, order: Order, form: Outcome, filled: dict[str, FieldValue]) -> None:
        """Buy something with a form, and wait for its task; the private answer names the card."""
        async with self.ordering:
            answer = await self.acting.said(await self.acting.submit(order.who, form, filled))
            answer = await self.consented(order, answer) if asks_consent(answer) else expect(answer, "On its way")
            order.card = await self.card_named_in(answer)
            await self.task(order)

    async def run_offer(self, order: Order, offer: SeenMessage) -> None:
        """Press Run under an offer, and wait for its task.

        An offer that all can see becomes the card; the answer to a private one names it.
        """
        order.offer = offer
        async with self.ordering:
            outcome = await self.acting.click(order.who, offer, CONSENT if asks_consent(offer) else "Run")
            if offer.ephemeral:
                changed = await self.recorder.wait_for(
                    lambda message: message.id == offer.id and "On its way" in message.text,
                    seconds=ANSWER_SECONDS,
                    what=f"{order.title} to be on its way",
                )
                order.card = await self.card_named_in(changed)
            else:
                order.card = outcome.message or offer
            await self.task(order)

    async def consented(self, order: Order, question: SeenMessage) -> SeenMessage:
        """Say that one may use what one brought, as everybody is asked once, and return the answer."""
        await self.acting.click(order.who, question, CONSENT)
        return await self.recorder.wait_for(
            lambda message: message.id == question.id and "On its way" in message.text,
            seconds=ANSWER_SECONDS,
            what=f"{order.title} to be on its way",
        )

    async def card_named_in(self, answer: SeenMessage) -> SeenMessage:
        """Return the card whose number a private answer names.

        Raises:
            Unexpected: it names none.
        """
        name = _NAMED.search(answer.text)
        if name is None:
            raise Unexpected(f"no number stands in {answer.text!r}")
        return await self.recorder.wait_for(
            lambda message: message.from_bot and not message.ephemeral and name[0] in message.text,
            seconds=ANSWER_SECONDS,
            what=f"the card of {name[0]}",
        )

    async def task(self, order: Order) -> TaskView:
        """Return the task bought for an order, waiting for it."""

        async def look() -> TaskView | None:
            made = [task for task in await self.stage.provider.tasks() if order.purchase.made(task)]
            if order.task_id:
                return next(task for task in made if task.task_id == order.task_id)
            others = {other.task_id for other in self.orders}
            return next((task for task in made if task.task_id not in others), None)

        task = await until(look, TASK_SECONDS, f"{order.title} to reach the provider")
        order.task_id = task.task_id
        return task

    async def ended(self, order: Order) -> SeenMessage:
        """Wait for the message that ends an order, and download its clip.

        Raises:
            Unexpected: it brings no clip, and should.
        """
        card = there(order.card)
        order.result = await self.recorder.wait_for(
            lambda message: (
                message.from_bot
                and (message.reference_id == card.id or (message.channel_id == card.id and bool(message.attachments)))
            ),
            seconds=_ENDING_SECONDS,
            what=f"{order.title} to end with {order.ending.value}",
        )
        if order.ending is not Ending.CLIP:
            return order.result
        if not any(file.content_type.startswith("video/") for file in order.result.attachments):
            raise Unexpected(f"{order.title}: no clip came, but: {order.result.text!r}")
        person = self.acting.people[order.who]
        fresh = await person.message(order.result)
        body = await person.download(fresh.attachments[0])
        order.clip = self._directory / f"{order.slug}.mp4"
        await asyncio.to_thread(order.clip.write_bytes, body)
        return order.result

    async def done(self, order: Order) -> SeenMessage:
        """Wait for an order's clip, and until its card says that it is done: only then can all be done with the clip.

        Until then the bot may still be finding out where its message stands.
        """
        result = await self.ended(order)
        await self.card_says(order, "Done")
        return result

    async def card_says(self, order: Order, words: str) -> SeenMessage:
        """Wait until an order's card says something."""
        card = there(order.card)
        return await self.recorder.wait_for(
            lambda message: message.id == card.id and words in message.text,
            seconds=_ENDING_SECONDS,
            what=f"the card of {order.title} to say {words!r}",
        )

    def made(self, slug: str) -> Order:
        """Return an order of an earlier journey whose clip has come.

        Raises:
            Unexpected: there is none.
        """
        found = next((order for order in self.orders if order.slug == slug and order.result is not None), None)
        if found is None:
            raise Unexpected(f"the clip {slug} never came")
        return found

    def link(self, order: Order) -> str:
        """Return the link of the message that ended an order, as Discord's client copies it."""
        message = there(order.result)
        return self.community.link(message.channel_id, message.id)


def asks_consent(message: SeenMessage) -> bool:
    """Whether a message asks somebody to say that they may use what they brought."""
    return any(item.label == CONSENT for item in message.clickables)


async def until(look: Callable[[], Awaitable[T | None]], seconds: float, what: str) -> T:
    """Look again and again until there is something.

    Raises:
        WaitedInVain: there is nothing in time.
    """
    try:
        async with asyncio.timeout(seconds):
            while (found := await look()) is None:  # noqa: ASYNC110 - another process changes it
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise WaitedInVain(f"waited {seconds:g} s in vain for {what}") from None
    return found
