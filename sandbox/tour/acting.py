"""Doing what people do in Discord, and writing it down with what they see of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from sandbox.person import FieldValue, LocalFile, OptionValue
from sandbox.tour.presence import Presence
from sandbox.tour.record import Recorder, WaitedInVain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.person import Person
    from sandbox.seen import Outcome, SeenMessage

T = TypeVar("T")

ANSWER_SECONDS: Final = 12.0
"""How long the bot may take to answer; it has to answer something within three seconds."""


class Unexpected(Exception):
    """Something came, but not what had to; the text says what."""


class Acting:
    """Lets people act, one talk at a time with a bot that is there.

    Args:
        people: By user name, each standing in the tour's channel.
        recorder: Writes down what is done and seen.
    """

    def __init__(self, people: Mapping[str, Person], recorder: Recorder) -> None:
        self.people = people
        self.recorder = recorder
        self.presence = Presence()
        self._suggested: dict[str, str] = {}
        """What suggestions are called, by their values: Discord fills in the one and shows the other."""

    async def run(self, who: str, command: str, given: dict[str, OptionValue], *, where: str = "") -> Outcome:
        """Run a command, in the tour's channel unless another is named."""
        person = self.people[who].in_channel(where) if where else self.people[who]
        choices = await person.choices(command)
        sent = {name: _value(value) for name, value in given.items()}
        shown = {name: choices.get(name, self._suggested).get(value, value) for name, value in sent.items()}
        async with self.presence.talking():
            self.recorder.act(who, f"runs {_typed(command, shown)}{f' in #{where}' if where else ''}")
            return await self._came(who, await person.run(command, given, timeout_seconds=ANSWER_SECONDS))

    async def type_into(self, who: str, command: str, option: str, typed: str) -> str:
        """Type into an option and return the first suggestion's value.

        Raises:
            Unexpected: nothing is suggested.
        """
        async with self.presence.talking():
            found = await self.people[who].autocomplete(command, option, typed, timeout_seconds=ANSWER_SECONDS)
            self._suggested |= {str(suggestion.value): suggestion.name for suggestion in found}
            names = ", ".join(f"`{suggestion.name}`" for suggestion in found)
            self.recorder.act(who, f"types `/{command} {option}: {typed}` and is offered {names or 'nothing'}")
        if not found:
            raise Unexpected(f"/{command}: nothing is suggested for {typed!r}")
        return str(found[0].value)

    async def click(self, who: str, message: SeenMessage, label: str) -> Outcome:
        """Click a button, once it is there."""
        shown = await self.recorder.wait_for(
            lambda seen: seen.id == message.id and any(item.label == label for item in seen.clickables),
            seconds=ANSWER_SECONDS,
            what=f"a button {label!r} under {message.text!r}",
        )
        async with self.presence.talking():
            self.recorder.act(who, f"clicks `{label}` under", to=message)
            person = self.people[who]
            return await self._came(who, await person.click(shown, label, timeout_seconds=ANSWER_SECONDS))

    async def choose(self, who: str, message: SeenMessage, value: str, *, among: str = "") -> Outcome:
        """Choose from the list under a message, from the one called `among` where there are several.

        Raises:
            Unexpected: there is no list.
        """
        lists = [item for item in message.clickables if not item.is_button and among in {"", item.label}]
        if not lists:
            raise Unexpected(f"there is no list under {message.text!r}")
        label = next((label for label, offered in lists[0].options if offered == value), value)
        async with self.presence.talking():
            self.recorder.act(who, f"chooses `{label}` in the list under", to=message)
            person = self.people[who]
            found = await person.choose(message, lists[0].custom_id, value, timeout_seconds=ANSWER_SECONDS)
            return await self._came(who, found)

    async def menu(self, who: str, message: SeenMessage, command: str) -> Outcome:
        """Right-click on a message and pick a command under Apps."""
        async with self.presence.talking():
            self.recorder.act(who, f"picks Apps → `{command}` in the menu of", to=message)
            person = self.people[who]
            return await self._came(who, await person.run_on(message, command, timeout_seconds=ANSWER_SECONDS))

    async def submit(self, who: str, form: Outcome, filled: dict[str, FieldValue]) -> Outcome:
        """Fill in a form and send it.

        Raises:
            Unexpected: there is no form.
        """
        if form.modal is None:
            raise Unexpected(f"no form came up, but {form.message.text if form.message else form.kind!r}")
        values = ", ".join(f"{name}: {_value(value)}" for name, value in filled.items())
        async with self.presence.talking():
            filling = f"with `{values}`" if values else "as it is"
            self.recorder.act(who, f"sends the form “{form.modal.title}” {filling}")
            person = self.people[who]
            return await self._came(who, await person.submit(form, filled, timeout_seconds=ANSWER_SECONDS))

    async def reply(self, who: str, message: SeenMessage, words: str = "", *, ping: bool = True) -> SeenMessage:
        """Reply to a message and return the bot's answer."""
        async with self.presence.talking():
            if not ping:
                self.recorder.act(who, "switches the @ off and replies to", to=message)
            sent = await self.people[who].reply(message, words, ping=ping)
            return await self._answer(who, sent)

    async def voice_reply(self, who: str, message: SeenMessage, recording: Path) -> SeenMessage:
        """Reply with a voice message and return the bot's answer."""
        async with self.presence.talking():
            self.recorder.act(who, "holds the microphone button and speaks, in reply to", to=message)
            return await self._answer(who, await self.people[who].voice_reply(message, picked(recording)))

    async def post(self, who: str, words: str, *files: Path) -> SeenMessage:
        """Post an ordinary message."""
        sent = await self.people[who].send(words, files=[picked(path) for path in files])
        self.recorder.seen(sent, who)
        return sent

    async def take_direct_messages(self, who: str, *, takes: bool) -> None:
        """Open or close somebody's direct messages."""
        self.recorder.act(who, f"{'opens' if takes else 'closes'} their direct messages in Discord's settings")
        await self.people[who].take_direct_messages(takes=takes)

    async def _answer(self, who: str, sent: SeenMessage) -> SeenMessage:
        self.recorder.seen(sent, who)
        return await self.recorder.wait_for(
            lambda message: message.from_bot and message.reference_id == sent.id,
            seconds=ANSWER_SECONDS,
            what=f"an answer to the reply {sent.text!r}",
        )

    async def _came(self, who: str, outcome: Outcome) -> Outcome:
        """Write down what came of an interaction.

        Raises:
            Unexpected: the bot did not respond.
        """
        if outcome.failed or outcome.kind == "pending":
            raise Unexpected(f"the bot did not respond to {who} in time")
        if outcome.message is not None:
            self.recorder.seen(outcome.message, who)
        if outcome.modal is not None:
            self.recorder.opened(who, outcome.modal)
        return outcome

    async def said(self, outcome: Outcome, *wanted: str) -> SeenMessage:
        """Return the message that came of an interaction, once it says what it has to, and more than "is thinking".

        Raises:
            Unexpected: none came, or it does not say that.
        """
        if outcome.message is None:
            raise Unexpected(f"no message came, but {outcome.kind}")
        answer = outcome.message
        try:
            return await self.recorder.wait_for(
                lambda message: message.id == answer.id and not message.loading and _says(message, wanted),
                seconds=ANSWER_SECONDS,
                what=f"an answer that says {wanted}",
            )
        except WaitedInVain as error:
            raise Unexpected(f"{error}; it said {answer.text!r}") from None


def expect(message: SeenMessage, *wanted: str) -> SeenMessage:
    """Return a message that says what it has to.

    Raises:
        Unexpected: it does not.
    """
    if not _says(message, wanted):
        raise Unexpected(f"{message.text!r} does not say {wanted}")
    return message


def there(value: T | None) -> T:
    """Return what an earlier step has left.

    Raises:
        Unexpected: it has not.
    """
    if value is None:
        raise Unexpected("a step came before the one it needs")
    return value


def picked(path: Path) -> LocalFile:
    """Return a file as somebody picks it."""
    return LocalFile(path.name, path.read_bytes())


def _says(message: SeenMessage, wanted: tuple[str, ...]) -> bool:
    return all(words in message.text for words in wanted)


def _typed(command: str, shown: Mapping[str, str]) -> str:
    """Return a command as it looks when it is typed."""
    return f"`/{' '.join((command, *(f'{name}: {value}' for name, value in shown.items())))}`"


def _value(value: OptionValue | FieldValue) -> str:
    if isinstance(value, LocalFile):
        return value.name
    if isinstance(value, list):
        return " + ".join(_value(item) for item in value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
