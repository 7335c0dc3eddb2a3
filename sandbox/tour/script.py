"""What happens on the tour: a few people use the bot at the same time, the provider misbehaves, the bot is killed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import aiohttp

from sandbox.clips import read_facts
from sandbox.person import LocalFile, OptionValue, RequestRefused
from sandbox.piapi import ControlError, Scenario
from sandbox.tour import clip_checks
from sandbox.tour.orders import Ending, Order, Purchase
from sandbox.tour.presence import Presence
from sandbox.tour.record import Recorder, WaitedInVain

if TYPE_CHECKING:
    from sandbox.person import Person
    from sandbox.piapi.control_views import TaskView
    from sandbox.seen import Outcome, SeenMessage
    from sandbox.stage import Stage
    from sandbox.stage.community import Community
    from sandbox.stage.samples import Samples

T = TypeVar("T")

CHANNEL: Final = "clips"
PENDING_SECONDS: Final = 0.4
PROCESSING_SECONDS: Final = 1.5
_SLOW_SECONDS: Final = 6.0
_ANSWER_SECONDS: Final = 12.0
_TASK_SECONDS: Final = 20.0
_ENDING_SECONDS: Final = 45.0
_LOOK_SECONDS: Final = 0.1
_VIDEO: Final = "video_generation"
_EXTEND: Final = "extend_video"
_LIPSYNC: Final = "lip_sync"


class Unexpected(Exception):
    """Something came, but not what had to; the text says what."""


class Script:
    """The tour's steps, each a journey of its own.

    Args:
        stage: Services and bot, both running.
        recorder: Writes down what is seen.
        community: Who there is.
        samples: Pictures and recordings.
        directory: Where clips are downloaded to.
    """

    def __init__(
        self, stage: Stage, recorder: Recorder, community: Community, samples: Samples, directory: Path
    ) -> None:
        self._stage = stage
        self._recorder = recorder
        self._community = community
        self._samples = samples
        self._directory = directory
        self._people = {name: stage.person(name, CHANNEL) for name in community.user_names}
        self._ordering = asyncio.Lock()
        self._follow_ups_ordered = asyncio.Event()
        self.presence = Presence()
        self.orders: list[Order] = []
        self.complaints: list[str] = []

    async def play(self) -> None:
        """Run everything; what goes wrong on the way is kept in `complaints`."""
        await self._stage.provider.set_speed(PENDING_SECONDS, PROCESSING_SECONDS)
        journeys = (
            self._clip_and_follow_ups(),
            self._clip_from_pictures(),
            self._refused_combination(),
            self._refused_prompt(),
            self._removed_prompt(),
            self._cancelled(),
            self._lost_answer(),
            self._killed_bot(),
        )
        await asyncio.gather(*(self._travelled(journey) for journey in journeys))

    async def _travelled(self, journey: Awaitable[None]) -> None:
        try:
            await journey
        except (WaitedInVain, Unexpected, RequestRefused, ControlError, aiohttp.ClientError) as error:
            self.complaints.append(str(error) or repr(error))

    async def _clip_and_follow_ups(self) -> None:
        prompt = "a red kite over the dunes"
        try:
            order = self._new(
                "a clip from text", "text-to-video", "mira", _bought(prompt), measure=_measured(5, (16, 9))
            )
            await self._buy(order, "video", {"prompt": prompt})
            await self._ended(order)
            # Until the card says so, the bot may still be finding out where its message stands.
            await self._card_says(order, "Done")
            source = (await self._task(order)).task_id
            await self._order_follow_ups(order, source)
        finally:
            self._follow_ups_ordered.set()
        await asyncio.gather(*(self._ended(later) for later in self.orders if later.purchase.task_type != _VIDEO))

    async def _order_follow_ups(self, clip: Order, source: str) -> None:
        """Extend the clip, and let it speak in three ways; each person picks it in their own way."""
        picked = await self._suggested("mira", "extend", "red kite")
        link = self._link(clip)
        samples = self._samples
        extension = self._new(
            "an extension",
            "extension",
            "mira",
            Purchase(_EXTEND, {"origin_task_id": source}),
            measure=lambda path: _sentences(clip_checks.wrong_extension(path, self._clip(clip))),
        )
        await self._buy(extension, "extend", {"video": picked, "prompt": "a storm rolls in"})
        said = "The wind is up, and so is my kite."
        from_text = self._new(
            "a lip-sync from text",
            "lip-sync-from-text",
            "theo",
            Purchase(_LIPSYNC, {"origin_task_id": source, "tts_text": said}),
            measure=lambda path: _sentences(clip_checks.wrong_speech(path)),
        )
        await self._buy(from_text, "lipsync", {"video": link, "say": said})
        recorded = Purchase(_LIPSYNC, {"origin_task_id": source, "local_dubbing_url": None})
        for title, slug, who, recording in (
            ("a lip-sync from a recording", "lip-sync-from-recording", "juno", samples.speech),
            ("a lip-sync from a voice message's file", "lip-sync-from-voice-message", "mira", samples.voice_message),
        ):
            order = self._new(title, slug, who, recorded, measure=_carrying(recording))
            await self._buy(order, "lipsync", {"video": link, "audio": _file(recording)})

    async def _clip_from_pictures(self) -> None:
        prompt = "the shore from dawn to dusk"
        morning, evening = self._samples.morning, self._samples.evening

        def measure(path: Path) -> list[str]:
            return [*_measured(5, (9, 16))(path), *_sentences(clip_checks.wrong_pictures(path, morning, evening))]

        order = self._new("a clip from two pictures", "image-to-video", "theo", _bought(prompt), measure=measure)
        given: dict[str, OptionValue] = {
            "prompt": prompt,
            "image": _file(morning),
            "end_image": _file(evening),
        }
        note = "the provider tells three times that the clip is finished"
        await self._buy(order, "video", given, scenario=Scenario.WEBHOOK_DUPLICATED, note=note)
        await self._ended(order)

    async def _refused_combination(self) -> None:
        prompt = "a lighthouse at night"
        order = self._new("a refused combination", "", "theo", _bought(prompt), ending=Ending.PRIVATE, buys=0)
        await self._run(order, "video", {"prompt": prompt, "end_image": _file(self._samples.evening)})

    async def _refused_prompt(self) -> None:
        prompt = "a forbidden dance"
        order = self._new("a refused prompt", "", "juno", _bought(prompt), ending=Ending.FAILURE, buys=0)
        async with self._ordering:
            await self._run(order, "video", {"prompt": prompt})
            await self._ended(order)

    async def _removed_prompt(self) -> None:
        prompt = "an indecent heron"
        order = self._new("a prompt removed while being made", "", "juno", _bought(prompt), ending=Ending.FAILURE)
        await self._buy(order, "video", {"prompt": prompt})
        await self._ended(order)

    async def _cancelled(self) -> None:
        prompt = "a paper boat in the rain"
        order = self._new("a cancelled job", "", "juno", _bought(prompt), ending=Ending.CARD_ONLY)
        provider = self._stage.provider
        async with self._ordering:
            await provider.set_speed(None, PROCESSING_SECONDS)
            try:
                await self._run(order, "video", {"prompt": prompt})
                await self._task(order)
            finally:
                await provider.set_speed(PENDING_SECONDS, PROCESSING_SECONDS)
        await self._click(order, "Cancel")
        task = await self._task(order)
        ended = await provider.wait(task.task_id, "ended", seconds=_TASK_SECONDS)
        if ended.status != "cancelled":
            raise Unexpected(f"{order.title}: its task is {ended.status} instead of cancelled")
        card = _there(order.card)
        await self._recorder.wait_for(
            lambda message: message.id == card.id and not any(item.label == "Cancel" for item in message.clickables),
            seconds=_TASK_SECONDS,
            what=f"the card of {order.title} to say so",
        )

    async def _lost_answer(self) -> None:
        prompt = "a lantern drifting upstream"
        order = self._new(
            "a lost answer to the purchase", "lost-answer", "mira", _bought(prompt), measure=_measured(5, (16, 9))
        )
        note = "the provider makes the task, but the connection breaks before it can say so"
        await self._buy(order, "video", {"prompt": prompt}, scenario=Scenario.CREATED_DROPPED, note=note)
        await self._stage.discord.add_fault(kind="lost_reset", method="POST", path="/channels/*/messages")
        self._recorder.act("", "the next message that Discord takes from the bot will lose its answer in the same way")
        await self._ended(order)

    async def _killed_bot(self) -> None:
        await self._follow_ups_ordered.wait()
        prompt = "a train through the snow"
        order = self._new(
            "a bot killed in between", "killed-bot", "theo", _bought(prompt), measure=_measured(5, (16, 9))
        )
        await self._buy(order, "video", {"prompt": prompt}, scenario=Scenario.SLOW, seconds=_SLOW_SECONDS)
        task = await self._task(order)
        await self._stage.provider.wait(task.task_id, "processing", seconds=_TASK_SECONDS)
        async with self._ordering, self.presence.absence():
            self._recorder.act("", "the bot's process is killed (SIGKILL) with clips in the making")
            await self._stage.kill_bot()
            self._recorder.act("", "the bot is started again")
            await self._stage.start_bot()
            self._recorder.act("", "the bot is back")
        await self._ended(order)

    def _new(
        self,
        title: str,
        slug: str,
        who: str,
        purchase: Purchase,
        *,
        ending: Ending = Ending.CLIP,
        buys: int = 1,
        measure: Callable[[Path], list[str]] = lambda _: [],
    ) -> Order:
        order = Order(title=title, slug=slug, who=who, ending=ending, purchase=purchase, buys=buys, measure=measure)
        self.orders.append(order)
        return order

    async def _buy(
        self,
        order: Order,
        command: str,
        given: dict[str, OptionValue],
        *,
        scenario: Scenario | None = None,
        seconds: float | None = None,
        note: str = "",
    ) -> None:
        """Run a command and wait for its task; one at a time, so that each scenario meets the task it is meant for."""
        async with self._ordering:
            if scenario is not None:
                await self._stage.provider.play(scenario, seconds=seconds, task_type=order.purchase.task_type)
            await self._run(order, command, given)
            await self._task(order)
        if note:
            self._recorder.act("", note)

    async def _run(self, order: Order, command: str, given: dict[str, OptionValue]) -> None:
        person = self._people[order.who]
        async with self.presence.talking():
            self._recorder.act(order.who, f"runs {_typed(command, given)}")
            outcome = await person.run(command, given, timeout_seconds=_ANSWER_SECONDS)
            order.card = await self._answer(order.title, person, outcome)
        if order.card.ephemeral and order.ending is not Ending.PRIVATE:
            raise Unexpected(f"{order.title}: the bot answers in private: {order.card.text!r}")

    async def _answer(self, title: str, person: Person, outcome: Outcome) -> SeenMessage:
        """Return the answer to an interaction, once it says more than that the bot is thinking."""
        if outcome.message is None:
            raise Unexpected(f"{title}: the bot did not respond in time")
        answer = outcome.message
        self._recorder.seen(answer, person.name)
        if not answer.loading:
            return answer
        return await self._recorder.wait_for(
            lambda message: message.id == answer.id and not message.loading,
            seconds=_ANSWER_SECONDS,
            what=f"the bot to stop thinking about {title}",
        )

    async def _click(self, order: Order, label: str) -> None:
        card = _there(order.card)
        person = self._people[order.who]
        shown = await self._recorder.wait_for(
            lambda message: message.id == card.id and any(item.label == label for item in message.clickables),
            seconds=_ANSWER_SECONDS,
            what=f"a button {label!r} on the card of {order.title}",
        )
        async with self.presence.talking():
            self._recorder.act(
                order.who, f"clicks `{label}` under “{order.purchase.fields.get('prompt', order.title)}”"
            )
            outcome = await person.click(shown, label, timeout_seconds=_ANSWER_SECONDS)
            if outcome.failed or outcome.kind == "pending":
                raise Unexpected(f"{order.title}: the bot did not respond to the click in time")
            if outcome.message is not None:
                self._recorder.seen(outcome.message, person.name)

    async def _suggested(self, who: str, command: str, typed: str) -> str:
        """Return the first clip suggested for what is typed into `video`."""
        async with self.presence.talking():
            found = await self._people[who].autocomplete(command, "video", typed, timeout_seconds=_ANSWER_SECONDS)
            names = ", ".join(f"`{suggestion.name}`" for suggestion in found)
            self._recorder.act(who, f"types `/{command} video: {typed}` and is offered {names or 'nothing'}")
        if not found:
            raise Unexpected(f"/{command}: no clip is suggested for {typed!r}")
        return str(found[0].value)

    async def _task(self, order: Order) -> TaskView:
        """Return the latest task bought for an order, waiting for it."""

        async def look() -> TaskView | None:
            made = [task for task in await self._stage.provider.tasks() if order.purchase.made(task)]
            alike = [other for other in self.orders if other.purchase == order.purchase and other.card is not None]
            return made[-1] if len(made) >= len(alike) else None

        return await _until(look, _TASK_SECONDS, f"{order.title} to reach the provider")

    async def _ended(self, order: Order) -> None:
        """Wait for the message that ends an order, and download its clip."""
        card = _there(order.card)
        order.result = await self._recorder.wait_for(
            lambda message: message.from_bot and message.reference_id == card.id,
            seconds=_ENDING_SECONDS,
            what=f"{order.title} to end with {order.ending.value}",
        )
        clips = [file for file in order.result.attachments if file.content_type.startswith("video/")]
        if order.ending is not Ending.CLIP:
            return
        if not clips:
            raise Unexpected(f"{order.title}: no clip came, but: {order.result.text!r}")
        fresh = await self._people[order.who].message(order.result)
        body = await self._people[order.who].download(fresh.attachments[0])
        order.clip = self._directory / f"{order.slug}.mp4"
        await asyncio.to_thread(order.clip.write_bytes, body)

    async def _card_says(self, order: Order, word: str) -> None:
        card = _there(order.card)
        await self._recorder.wait_for(
            lambda message: message.id == card.id and word in message.text,
            seconds=_ENDING_SECONDS,
            what=f"the card of {order.title} to say {word!r}",
        )

    def _link(self, order: Order) -> str:
        message = _there(order.result)
        return self._community.link(message.channel_id, message.id)

    @staticmethod
    def _clip(order: Order) -> Path:
        return _there(order.clip)


async def _until(look: Callable[[], Awaitable[T | None]], seconds: float, what: str) -> T:
    try:
        async with asyncio.timeout(seconds):
            while (found := await look()) is None:  # noqa: ASYNC110 - another process changes it
                await asyncio.sleep(_LOOK_SECONDS)
    except TimeoutError:
        raise WaitedInVain(f"waited {seconds:g} s in vain for {what}") from None
    return found


def _bought(prompt: str) -> Purchase:
    return Purchase(_VIDEO, {"prompt": prompt})


def _there(value: T | None) -> T:
    if value is None:
        raise Unexpected("a step came before the one it needs")
    return value


def _file(path: Path) -> LocalFile:
    return LocalFile(path.name, path.read_bytes())


def _typed(command: str, given: dict[str, OptionValue]) -> str:
    """Return a command as it looks when it is typed."""
    options = [f"{name}: {value.name if isinstance(value, LocalFile) else value}" for name, value in given.items()]
    return f"`/{' '.join((command, *options))}`"


def _measured(seconds: float, ratio: tuple[int, int]) -> Callable[[Path], list[str]]:
    def measure(path: Path) -> list[str]:
        facts = read_facts(path)
        return _sentences(clip_checks.wrong_length(facts, seconds), clip_checks.wrong_ratio(facts, ratio))

    return measure


def _carrying(recording: Path) -> Callable[[Path], list[str]]:
    return lambda path: _sentences(clip_checks.wrong_recording(path, recording))


def _sentences(*found: str) -> list[str]:
    return [sentence for sentence in found if sentence]
