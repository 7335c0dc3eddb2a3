"""Writing down what people see, while they see it: every message, every edit, and what only one person is shown."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from sandbox.stage.watch import Vanished, looks, noticed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sandbox.person import Person
    from sandbox.seen import SeenMessage, SeenModal


class WaitedInVain(Exception):
    """Something that had to be seen did not come; the text says what and for how long it was waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something a person, or the tour itself, did.

    Attributes:
        at: Seconds since the beginning.
        who: Their name, "" for the tour.
        text: What they did, as a sentence's end: "ran `/clips`".
        to: The message that the sentence ends with, None where there is none.
    """

    at: float
    who: str
    text: str
    to: SeenMessage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The beginning of a part of the tour."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A form that came up before a person.

    Attributes:
        at: Seconds since the beginning.
        who: Their name.
    """

    at: float
    who: str
    form: SeenModal


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as it came to be seen.

    Attributes:
        at: Seconds since the beginning.
        now: The same instant in seconds since 1970, for times in the text.
        before: How it looked when it was last seen, None where it is new.
        only_for: The name of the only person who sees it, "" for everybody.
    """

    at: float
    now: float
    message: SeenMessage
    before: SeenMessage | None
    only_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A message that was deleted."""

    at: float
    message: SeenMessage


Entry: TypeAlias = Act | Shown | Gone | Opened | Scene


class Recorder:
    """Watches a channel through the eyes of several people.

    Args:
        people: All of them standing in the channel.
        names: What they are called, by user name.
    """

    def __init__(self, people: Sequence[Person], names: Mapping[str, str]) -> None:
        self._people = tuple(people)
        self._names = names
        self._began = time.monotonic()
        self._latest: dict[int, SeenMessage] = {}
        self._watches: list[asyncio.Task[None]] = []
        self._grown = asyncio.Event()
        self._active_at = self._began
        self.entries: list[Entry] = []

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    @property
    def quiet_seconds(self) -> float:
        """For how long nobody has seen or done anything new."""
        return time.monotonic() - self._active_at

    async def start(self) -> None:
        """Begin to watch; the clock starts now."""
        self._began = self._active_at = time.monotonic()
        for person in self._people:
            self._watches.append(asyncio.create_task(self._watch(person, await person.seq())))

    async def stop(self) -> None:
        """Watch no more.

        Raises:
            Exception: what ended a watch before.
        """
        ended = [watch for watch in self._watches if watch.done()]
        for watch in self._watches:
            watch.cancel()
        await asyncio.gather(*self._watches, return_exceptions=True)
        for watch in ended:
            watch.result()

    def scene(self, title: str) -> None:
        """Write down that a part of the tour begins."""
        self._add(Scene(title=title))

    def act(self, who: str, text: str, to: SeenMessage | None = None) -> None:
        """Write down what somebody did; `who` is a user name, or "" for the tour itself."""
        self._add(Act(at=self.elapsed, who=self._names.get(who, ""), text=text, to=to))

    def opened(self, who: str, form: SeenModal) -> None:
        """Write down a form that came up before somebody."""
        self._add(Opened(at=self.elapsed, who=self._names[who], form=form))

    def seen(self, message: SeenMessage, who: str) -> None:
        """Write down a message, unless it looks as it did before, apart from who reacts to it."""
        before = self._latest.get(message.id)
        if before is not None and looks(before) == looks(replace(message, reactions=before.reactions)):
            return
        self._latest[message.id] = message
        only_for = self._names[who] if message.ephemeral else ""
        self._add(Shown(at=self.elapsed, now=time.time(), message=message, before=before, only_for=only_for))

    @property
    def channel_ids(self) -> set[int]:
        """Where anything was seen."""
        shown = (entry.message for entry in self.entries if isinstance(entry, Shown))
        return {message.channel_id for message in shown}

    async def wait_for(self, wanted: Callable[[SeenMessage], bool], *, seconds: float, what: str) -> SeenMessage:
        """Return the first message that looks as wanted, now or later.

        Raises:
            WaitedInVain: none did in time.
        """
        try:
            async with asyncio.timeout(seconds):
                while True:
                    grown = self._grown
                    for message in self._latest.values():
                        if wanted(message):
                            return message
                    await grown.wait()
        except TimeoutError:
            raise WaitedInVain(f"waited {seconds:g} s in vain for {what}") from None

    async def wait_for_end(self, message: SeenMessage, *, seconds: float) -> None:
        """Return once a message is gone.

        Raises:
            WaitedInVain: it stays.
        """
        try:
            async with asyncio.timeout(seconds):
                while message.id in self._latest:
                    await self._grown.wait()
        except TimeoutError:
            raise WaitedInVain(f"waited {seconds:g} s in vain for {message.text!r} to go") from None

    def _add(self, entry: Entry) -> None:
        self._active_at = time.monotonic()
        self.entries.append(entry)
        self._grown.set()
        self._grown = asyncio.Event()

    async def _watch(self, person: Person, seq: int) -> None:
        async for message in noticed(person, seq):
            if isinstance(message, Vanished):
                self._missed(message.message_id)
            else:
                self.seen(message, person.name)

    def _missed(self, message_id: int) -> None:
        """Note that a message is gone; one that nobody had seen yet leaves no trace."""
        before = self._latest.pop(message_id, None)
        if before is not None:
            self._add(Gone(at=self.elapsed, message=before))
