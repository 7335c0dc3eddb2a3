"""Acting on what is typed: as somebody, in some channel, with files at hand."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aiohttp

from sandbox.console import entries as e
from sandbox.console.files import read_file
from sandbox.console.forms import fill_in
from sandbox.console.scenario_names import listed, scenario_named, seconds_for
from sandbox.console.typed_commands import CommandShape, OptionShape, TypedCommand, read_command
from sandbox.discord.config import DEFAULT_PEOPLE
from sandbox.discord.json_types import integer, objects, text
from sandbox.person import LocalFile, OptionValue, RequestRefused
from sandbox.piapi import ControlError
from sandbox.stage.errors import StageFailed
from sandbox.stage.forms import form_fields
from sandbox.stage.watch import Vanished, noticed

if TYPE_CHECKING:
    from sandbox.console.screen import Screen
    from sandbox.discord.json_types import JsonObject
    from sandbox.person import Person
    from sandbox.piapi.control_views import TaskView
    from sandbox.seen import Outcome, SeenMessage
    from sandbox.stage.community import Community
    from sandbox.stage.stage import Stage

_ANSWER_SECONDS: Final = 15.0
_WORDS_SHOWN: Final = 44
_CHAT_INPUT: Final = 1
_MESSAGE_COMMAND: Final = 3
_SETTLED_SECONDS: Final = 2.0
_REFUSALS: Final = (
    e.NotUnderstood,
    RequestRefused,
    LookupError,
    ControlError,
    StageFailed,
    aiohttp.ClientError,
    OSError,
)


class Desk:
    """Somebody's place at the console.

    Args:
        stage: Services and bot.
        screen: Where messages are shown.
        community: Who there is.
        downloads: Where opened clips go.
    """

    def __init__(self, stage: Stage, screen: Screen, community: Community, downloads: Path) -> None:
        self._stage = stage
        self._screen = screen
        self._community = community
        self._downloads = downloads
        self._person = stage.person(DEFAULT_PEOPLE[0].username, "")
        self._files: list[LocalFile] = []
        self._form: Outcome | None = None
        self._watching: asyncio.Task[None] | None = None
        self._changed_at = time.monotonic()
        self._starting = False
        self._guarding: asyncio.Task[None] | None = None

    async def start_bot(self) -> None:
        """Start the bot; from then on it is told if it ends without being asked to, here or on the page.

        Raises:
            StageFailed: it does not start.
        """
        if self._guarding is None:
            self._guarding = asyncio.create_task(self._guard())
        self._starting = True
        try:
            await self._stage.start_bot()
        finally:
            self._starting = False

    async def _guard(self) -> None:
        async for code in self._stage.bot.ends_by_itself():
            if self._starting:
                continue  # whoever is starting it says so
            self._screen.tell(
                f"     The bot ended by itself (exit code {code}); restart starts it. The end of its log:"
            )
            self._screen.tell(_indented(self._stage.bot.tail(15)))

    async def sit_down(self, who: str, channel: str) -> None:
        """Become somebody, standing in a channel, and show from now on what they see.

        Raises:
            NotUnderstood: there is no such person or channel.
        """
        person = self._stage.person(self._user(who), channel)
        try:
            await person.messages()
        except RequestRefused as error:
            raise e.NotUnderstood(f"{channel}: {error.reason}") from None
        await self.leave()
        self._person = person
        self._screen.channel = channel
        self._watching = asyncio.create_task(self._watch(person, await person.seq()))

    async def leave(self) -> None:
        """Show nothing any more."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None

    async def close(self) -> None:
        """Show nothing any more, not even the bot's end."""
        await self.leave()
        if self._guarding is not None:
            self._guarding.cancel()
            await asyncio.gather(self._guarding, return_exceptions=True)

    @property
    def place(self) -> str:
        """Who acts where, in words."""
        where = "your direct messages with the bot" if self._person.channel == "dm" else f"#{self._person.channel}"
        return f"You are {self._community.user_names[self._person.name]} in {where}."

    async def act(self, entry: e.Entry) -> None:
        """Do what was typed; what does not work is told, not raised."""
        try:
            await self._act(entry)
        except _REFUSALS as error:
            self._screen.tell(f"     {error}")

    async def _act(self, entry: e.Entry) -> None:  # noqa: C901 - one line for each thing that can be typed
        match entry:
            case e.Slash():
                await self._slash(entry.text)
            case e.Say():
                self._screen.seen(await self._person.send(entry.text, files=self._taken_files()))
            case e.Reply():
                message = self._message(entry.number)
                files = self._taken_files()
                self._screen.seen(await self._person.reply(message, entry.text, files=files, ping=entry.pings))
            case e.Voice():
                await self._voice(entry)
            case e.Attach():
                self._files.append(read_file(entry.path))
                self._screen.tell(f"     {self._files[-1].name} goes with your next message.")
            case e.Click():
                message = self._message(entry.number)
                await self._came(await self._person.click(message, _button(message, entry.label)))
            case e.Choose():
                message = self._message(entry.number)
                await self._came(await self._person.choose(message, *_choice(message, entry.value)))
            case e.Submit():
                await self._submit(entry.text)
            case e.Menu():
                message = self._message(entry.number)
                await self._came(await self._person.run_on(message, await self._menu_name(entry.name)))
            case e.DirectMessages():
                await self._person.take_direct_messages(takes=entry.takes)
                self._screen.tell(f"     You {'take' if entry.takes else 'refuse'} direct messages now.")
            case e.Become():
                await self.sit_down(entry.who, self._person.channel)
                self._screen.tell(f"     {self.place}")
            case e.Enter():
                await self.sit_down(self._person.name, entry.channel)
                self._screen.tell(f"     {self.place}")
                await self._read(e.Read(5))
            case e.Read():
                await self._read(entry)
            case e.Open():
                await self._open(entry.number)
            case e.Wait():
                await self.settled()
            case e.Provider():
                await self._provider()
            case e.Next():
                await self._next(entry)
            case e.Kill():
                await self._kill()
            case e.Restart():
                await self._restart()
            case e.Help():
                self._screen.tell(e.HELP)
            case e.Quit():
                return

    async def run(self, typed: TypedCommand) -> Outcome:
        """Run a command.

        Raises:
            OSError: a file cannot be read.
            RequestRefused: Discord's client would not send it.
        """
        given: dict[str, OptionValue] = {**typed.values}
        for option, path in typed.files.items():
            given[option] = read_file(path)
        for option, number in typed.clips.items():
            message = self._screen.message(number)
            if message is not None:
                given[option] = self._community.link(message.channel_id, message.id)
        return await self._person.run(typed.name, given, timeout_seconds=_ANSWER_SECONDS)

    async def _slash(self, words: str) -> None:
        typed = read_command(words, await self._commands())
        if typed.question is None:
            await self._came(await self.run(typed))
            return
        question = typed.question
        found = await self._person.autocomplete(
            typed.name, question.option, question.typed, timeout_seconds=_ANSWER_SECONDS, **typed.values
        )
        self._screen.suggestions(question.option, found)

    async def command_names(self) -> list[str]:
        """Return what can be run here; nothing where Discord cannot be asked."""
        try:
            return [command.name for command in await self._commands()]
        except (RequestRefused, aiohttp.ClientError):
            return []

    async def _commands(self) -> list[CommandShape]:
        listed = await self._offered(_CHAT_INPUT)
        return [CommandShape(name=text(command["name"]), options=_shapes(command)) for command in listed]

    async def _offered(self, kind: int) -> list[JsonObject]:
        path = f"/person/{self._person.name}/channels/{self._person.channel}/commands"
        listed = objects(await self._person.request("GET", path))
        return [command for command in listed if command.get("type", _CHAT_INPUT) == kind]

    async def _menu_name(self, wanted: str) -> str:
        """Return the command of messages' menus that is meant, whatever its capitals."""
        names = [text(command["name"]) for command in await self._offered(_MESSAGE_COMMAND)]
        for name in names:
            if name.casefold() == wanted.casefold():
                return name
        raise e.NotUnderstood(f"nothing under Apps reads {wanted!r}; there is: {', '.join(names) or 'nothing'}")

    async def _came(self, outcome: Outcome) -> None:
        """Show what came of an interaction."""
        if outcome.failed or outcome.kind == "pending":
            self._screen.did_not_respond()
        if outcome.message is not None:
            self._screen.seen(outcome.message)
        if outcome.modal is not None:
            self._form = outcome
            self._screen.form(outcome.modal)

    async def _voice(self, entry: e.Voice) -> None:
        recording = read_file(entry.path)
        if entry.number is None:
            message = await self._person.send_voice(recording)
        else:
            message = await self._person.voice_reply(self._message(entry.number), recording)
        self._screen.seen(message)

    async def _submit(self, words: str) -> None:
        """Send the open form; where Discord's client does not, it stays open."""
        opened = self._form
        if opened is None or opened.modal is None:
            raise e.NotUnderstood("no form is open")
        outcome = await self._person.submit(
            opened, fill_in(words, form_fields(opened.modal)), timeout_seconds=_ANSWER_SECONDS
        )
        self._form = None
        await self._came(outcome)

    async def _read(self, entry: e.Read) -> None:
        for message in (await self._person.messages())[-entry.count :]:
            self._screen.show(message)

    async def _open(self, number: int) -> None:
        message = await self._person.message(self._message(number))
        if not message.attachments:
            raise e.NotUnderstood(f"[{number}] has no files")
        self._downloads.mkdir(parents=True, exist_ok=True)
        for file in message.attachments:
            path = self._downloads / file.filename
            body = await self._person.download(file)
            await asyncio.to_thread(path.write_bytes, body)
            self._screen.tell(f"     {path}")

    async def _provider(self) -> None:
        provider = self._stage.provider
        for task in await provider.tasks():
            self._screen.tell(f"     {_task_line(task)}")
        summary = await provider.summary()
        charged = f"${summary.consumed_usd:.2f} charged, ${summary.available_usd:.2f} left"
        tasks = "1 task" if summary.tasks_created == 1 else f"{summary.tasks_created} tasks"
        self._screen.tell(f"     {tasks}, {charged}.")
        for problem in await self._stage.problems():
            self._screen.tell(f"     A request no careful bot sends: {problem}")

    async def _next(self, entry: e.Next) -> None:
        if entry.scenario == "?":
            self._screen.tell(_indented(listed()))
            return
        scenario = scenario_named(entry.scenario)
        await self._stage.provider.play(scenario, seconds=seconds_for(scenario, entry.seconds))
        self._screen.tell(f"     The next task plays {scenario.value}.")

    async def _kill(self) -> None:
        if not self._stage.bot.running:
            raise e.NotUnderstood("the bot is not running; restart starts it")
        await self._stage.kill_bot()
        self._screen.tell("     The bot is dead. What it was doing goes on at the provider; restart starts it again.")

    async def _restart(self) -> None:
        if self._stage.bot.running:
            await self._stage.stop_bot()
        await self.start_bot()
        self._screen.tell("     The bot is there.")

    async def settled(self) -> None:
        """Wait until the provider has nothing in the making and nothing more is said about it."""
        while True:
            tasks = await self._stage.provider.tasks()
            quiet = time.monotonic() - self._changed_at
            if all(task.is_final for task in tasks) and quiet >= _SETTLED_SECONDS:
                return
            await asyncio.sleep(0.2)

    async def _watch(self, person: Person, seq: int) -> None:
        async for message in noticed(person, seq):
            self._changed_at = time.monotonic()
            if isinstance(message, Vanished):
                self._screen.vanished(message.message_id)
            else:
                self._screen.seen(message)

    def _message(self, number: int) -> SeenMessage:
        message = self._screen.message(number)
        if message is None:
            raise e.NotUnderstood(f"there is no message [{number}]")
        return message

    def _user(self, who: str) -> str:
        if who.casefold() == "moderator":
            return next(person.username for person in DEFAULT_PEOPLE if person.moderator)
        user = self._community.user_named(who)
        if user is None:
            names = ", ".join(self._community.user_names.values())
            raise e.NotUnderstood(f"there is nobody called {who!r}; there are: {names}, and moderator")
        return user

    def _taken_files(self) -> list[LocalFile]:
        files, self._files = self._files, []
        return files


def _shapes(holder: JsonObject) -> tuple[OptionShape, ...]:
    return tuple(
        OptionShape(
            name=text(option["name"]),
            kind=integer(option["type"]),
            required=option.get("required") is True,
            autocompleted=option.get("autocomplete") is True,
            options=_shapes(option),
        )
        for option in objects(holder.get("options"))
    )


def _button(message: SeenMessage, label: str) -> str:
    """Return the custom id of the button that reads `label`, whatever its capitals."""
    named = [item for item in message.clickables if item.is_button]
    for item in named:
        if label.casefold() in (item.label.casefold(), item.custom_id.casefold()):
            return item.custom_id
    buttons = ", ".join(item.label for item in named) or "none"
    raise e.NotUnderstood(f"no button reads {label!r}; there is: {buttons}")


def _choice(message: SeenMessage, wanted: str) -> tuple[str, str]:
    """Return the custom id of the list under a message, and the value that is meant by its value or by its words."""
    lists = [item for item in message.clickables if not item.is_button]
    if not lists:
        raise e.NotUnderstood("there is no list under that message")
    for item in lists:
        for label, value in item.options:
            if wanted.casefold() in (label.casefold(), value.casefold()):
                return item.custom_id, value
    offered = "; ".join(label for item in lists for label, _ in item.options)
    raise e.NotUnderstood(f"no choice reads {wanted!r}; there is: {offered}")


def _task_line(task: TaskView) -> str:
    words = str(task.input.get("prompt") or task.input.get("tts_text") or "")
    shown = words if len(words) <= _WORDS_SHOWN else f"{words[: _WORDS_SHOWN - 1]}…"
    money = f"${task.price_usd:.2f}, charged ${task.consumed_usd:.2f}"
    played = f" [{', '.join(task.scenarios)}]" if task.scenarios else ""
    return f"{task.task_id[:8]}  {task.task_type:<16}  {task.status:<10}  {money}  {shown}{played}"


def _indented(lines: str) -> str:
    return "\n".join(f"     {line}" for line in lines.split("\n"))
