"""A person in the local Discord: a typed client of the person's HTTP API (`sandbox.discord.person_api`).

async with Person(discord.person_url, "mira", channel="general") as mira:
    outcome = await mira.run("video", prompt="a storm rolls in")
    result = await mira.wait_for(lambda message: bool(message.attachments), timeout=30)
    clip = await mira.download(result.attachments[0])
"""

from __future__ import annotations

import asyncio
import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import quote

import aiohttp

from sandbox.discord.json_types import JsonObject, JsonValue, as_object, decode, encode, integer, objects, text
from sandbox.seen import Outcome, SeenAttachment, SeenMessage, Suggestion, outcome_from, seen_message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

DEFAULT_TIMEOUT: Final = 10.0
"""How long a method waits for the bot unless told otherwise, in seconds of real time."""
_POLL: Final = 30.0
"""How long one long-poll request lasts, in seconds."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that a person picks.

    Attributes:
        content_type: what the person's system thinks it is; Discord goes by the name.
        description: alt text.
    """

    name: str
    data: bytes
    content_type: str | None = None
    description: str | None = None

    def json(self) -> JsonObject:
        """Return the file as the API takes it."""
        return {
            "filename": self.name,
            "data": base64.b64encode(self.data).decode(),
            "content_type": self.content_type,
            "description": self.description,
        }


OptionValue: TypeAlias = str | int | float | bool | LocalFile
FieldValue: TypeAlias = str | bool | LocalFile | list[str] | list[LocalFile]


class RequestRefused(Exception):
    """What Discord, or a person's client, did not let through.

    Attributes:
        status: 422 where the client would not send it, else Discord's status.
        code: Discord's error code, or 0.
        reason: the sentence.
        field: the option or form field at fault, or "".
    """

    def __init__(self, status: int, code: int, reason: str, field: str) -> None:
        """Keep the answer."""
        super().__init__(f"{reason} ({field})" if field else reason)
        self.status = status
        self.code = code
        self.reason = reason
        self.field = field


class SandboxClient:
    """Talks JSON with a sandbox; the base of the person's and the operator's clients."""

    def __init__(self, url: str, session: aiohttp.ClientSession | None = None) -> None:
        self._url = url.rstrip("/")
        self._own_session = session is None
        self._session = session

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP session, opened on first use."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    async def close(self) -> None:
        """Close the session, if it is this client's own."""
        if self._own_session and self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def request(
        self,
        method: str,
        path: str,
        body: JsonObject | None = None,
        *,
        params: dict[str, str] | None = None,
    ) -> JsonValue:
        """Send a request and return the answer's JSON.

        Raises:
            RequestRefused: the answer is a refusal.
            aiohttp.ClientError: the sandbox cannot be reached.
        """
        sent = None if body is None else io.BytesIO(encode(body))
        headers = {} if sent is None else {"Content-Type": "application/json"}
        async with self.session.request(
            method, self._url + path, data=sent, params=params, headers=headers
        ) as response:
            data = await response.read()
            if response.content_type != "application/json":
                raise RequestRefused(response.status, 0, data.decode(errors="replace"), "")
            answer = decode(data)
            if response.status >= 400:
                told = as_object(answer)
                raise RequestRefused(
                    response.status, integer(told.get("code")), text(told.get("error")), text(told.get("field"))
                )
            return answer


class Person(SandboxClient):
    """One person, standing in one channel.

    Attributes:
        name: the person's user name.
        channel: the channel they act in: a name, an id, or "dm" for their direct message with the bot.
    """

    def __init__(
        self, url: str, name: str, *, channel: str = "general", session: aiohttp.ClientSession | None = None
    ) -> None:
        super().__init__(url, session)
        self.name = name
        self.channel = channel.removeprefix("#")

    def in_channel(self, channel: str) -> Person:
        """Return the same person in another channel, sharing the connection; close only the first one."""
        return Person(self._url, self.name, channel=channel, session=self.session)

    def _place(self, rest: str) -> str:
        return f"{self._own}/channels/{quote(self.channel)}{rest}"

    @property
    def _own(self) -> str:
        return f"/person/{quote(self.name)}"

    def _message(self, message: SeenMessage | int, rest: str = "") -> str:
        identifier = message if isinstance(message, int) else message.id
        return f"{self._own}/messages/{identifier}{rest}"

    async def commands(self) -> list[str]:
        """Return the names of the commands offered in the channel."""
        return [text(command["name"]) for command in await self._offered()]

    async def choices(self, command: str) -> dict[str, dict[str, str]]:
        """Return what a command's fixed choices are called: by the option's name, by the value as text.

        Args:
            command: "video", "settings show".
        """
        offered = await self._offered()
        for word in command.split():
            found = next((one for one in offered if one["name"] == word), {})
            offered = objects(found.get("options"))
        return {
            text(option["name"]): {str(choice["value"]): text(choice["name"]) for choice in objects(option["choices"])}
            for option in offered
            if option.get("choices")
        }

    async def _offered(self) -> list[JsonObject]:
        return objects(await self.request("GET", self._place("/commands")))

    async def run(
        self,
        command: str,
        given: dict[str, OptionValue] | None = None,
        /,
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT,
        **options: OptionValue,
    ) -> Outcome:
        """Run a slash command ("video", "settings show") and wait for the bot's first response.

        Options may also be given as a mapping, where a name is no Python word.

        Raises:
            RequestRefused: Discord's client would not have sent it.
        """
        interaction_id = await self.begin(command, given, **options)
        return await self.outcome(interaction_id, timeout_seconds=timeout_seconds)

    async def begin(self, command: str, given: dict[str, OptionValue] | None = None, /, **options: OptionValue) -> int:
        """Run a slash command without waiting; return the interaction's id, for `outcome`.

        Raises:
            RequestRefused: Discord's client would not have sent it.
        """
        values = {name: _json(value) for name, value in {**(given or {}), **options}.items()}
        answer = await self.request("POST", self._place("/run"), {"command": command, "options": values})
        return _interaction(answer)

    async def autocomplete(
        self,
        command: str,
        option: str,
        typed: str = "",
        /,
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT,
        **options: OptionValue,
    ) -> list[Suggestion]:
        """Type into an option, with others filled in before, and return the suggestions.

        Raises:
            RequestRefused: the option has no autocomplete.
        """
        values = {name: _json(value) for name, value in options.items()} | {option: typed}
        body: JsonObject = {"command": command, "option": option, "options": values}
        answer = await self.request("POST", self._place("/autocomplete"), body)
        outcome = await self.outcome(_interaction(answer), timeout_seconds=timeout_seconds)
        return list(outcome.choices)

    async def outcome(self, interaction_id: int, *, timeout_seconds: float = DEFAULT_TIMEOUT) -> Outcome:
        """Wait for an interaction's first response; the outcome is "pending" if none came in time."""
        answer = await self.request(
            "GET",
            f"{self._own}/interactions/{interaction_id}",
            params={"timeout": str(timeout_seconds)},
        )
        return outcome_from(as_object(answer))

    async def click(self, message: SeenMessage, button: str, *, timeout_seconds: float = DEFAULT_TIMEOUT) -> Outcome:
        """Click the button with this label or custom id.

        Raises:
            LookupError: the message has no such button.
            RequestRefused: it is disabled or gone.
        """
        body: JsonObject = {"custom_id": message.clickable(button).custom_id}
        answer = await self.request("POST", self._message(message, "/component"), body)
        return await self.outcome(_interaction(answer), timeout_seconds=timeout_seconds)

    async def choose(
        self,
        message: SeenMessage,
        select: str,
        *values: str,
        timeout_seconds: float = DEFAULT_TIMEOUT,
    ) -> Outcome:
        """Choose values in the select with this placeholder or custom id.

        Raises:
            LookupError: the message has no such select.
            RequestRefused: the values are not offered.
        """
        body: JsonObject = {"custom_id": message.clickable(select).custom_id, "values": list(values)}
        answer = await self.request("POST", self._message(message, "/component"), body)
        return await self.outcome(_interaction(answer), timeout_seconds=timeout_seconds)

    async def submit(
        self,
        opened: Outcome,
        given: dict[str, FieldValue] | None = None,
        /,
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT,
        **values: FieldValue,
    ) -> Outcome:
        """Submit the form that `opened` shows, with values by custom id.

        Raises:
            RequestRefused: a field is missing or does not fit.
        """
        fields = {name: _field(value) for name, value in {**(given or {}), **values}.items()}
        path = f"{self._own}/interactions/{opened.interaction_id}/modal"
        answer = await self.request("POST", path, {"values": fields})
        return await self.outcome(_interaction(answer), timeout_seconds=timeout_seconds)

    async def run_on(self, message: SeenMessage, command: str, *, timeout_seconds: float = DEFAULT_TIMEOUT) -> Outcome:
        """Run a message command on a message.

        Raises:
            RequestRefused: there is none of that name.
        """
        answer = await self.request("POST", self._message(message, "/command"), {"command": command})
        return await self.outcome(_interaction(answer), timeout_seconds=timeout_seconds)

    async def send(
        self,
        content: str = "",
        *,
        files: Sequence[LocalFile] = (),
        reply_to: SeenMessage | None = None,
        ping: bool = True,
    ) -> SeenMessage:
        """Send a message.

        Raises:
            RequestRefused: Discord would not take it.
        """
        body: JsonObject = {"content": content, "files": [file.json() for file in files], "ping": ping}
        if reply_to is not None:
            body["reply_to"] = str(reply_to.id)
        return seen_message(as_object(await self.request("POST", self._place("/messages"), body)))

    async def reply(
        self,
        message: SeenMessage,
        content: str = "",
        *,
        files: Sequence[LocalFile] = (),
        ping: bool = True,
    ) -> SeenMessage:
        """Reply to a message, pinging its author or not.

        Raises:
            RequestRefused: Discord would not take it.
        """
        place = self.in_channel(str(message.channel_id))
        return await place.send(content, files=files, reply_to=message, ping=ping)

    async def send_voice(
        self, recording: LocalFile, *, reply_to: SeenMessage | None = None, ping: bool = True
    ) -> SeenMessage:
        """Send a voice message.

        Raises:
            RequestRefused: the file is not a recording, or Discord would not take it.
        """
        body: JsonObject = {"voice": recording.json(), "ping": ping}
        if reply_to is not None:
            body["reply_to"] = str(reply_to.id)
        return seen_message(as_object(await self.request("POST", self._place("/messages"), body)))

    async def voice_reply(self, message: SeenMessage, recording: LocalFile, *, ping: bool = True) -> SeenMessage:
        """Reply to a message with a voice message.

        Raises:
            RequestRefused: the file is not a recording, or Discord would not take it.
        """
        place = self.in_channel(str(message.channel_id))
        return await place.send_voice(recording, reply_to=message, ping=ping)

    async def messages(self) -> list[SeenMessage]:
        """Return what the person reads in the channel, oldest first."""
        return [seen_message(m) for m in objects(await self.request("GET", self._place("/messages")))]

    async def message(self, message: SeenMessage | int) -> SeenMessage:
        """Return a message as it is now.

        Raises:
            RequestRefused: it is gone (10008).
        """
        return seen_message(as_object(await self.request("GET", self._message(message))))

    async def edit(self, message: SeenMessage, content: str) -> SeenMessage:
        """Edit one's own message.

        Raises:
            RequestRefused: it is somebody else's.
        """
        answer = await self.request("PATCH", self._message(message), {"content": content})
        return seen_message(as_object(answer))

    async def delete(self, message: SeenMessage) -> None:
        """Delete one's own message, or dismiss an ephemeral one.

        Raises:
            RequestRefused: it is somebody else's.
        """
        await self.request("DELETE", self._message(message))

    async def react(self, message: SeenMessage, emoji: str, *, remove: bool = False) -> None:
        """Put an emoji under a message, or take it away.

        Raises:
            RequestRefused: not allowed.
        """
        await self.request("POST", self._message(message, "/reactions"), {"emoji": emoji, "remove": remove})

    async def start_thread(self, message: SeenMessage, name: str) -> Person:
        """Start a thread from a message and return the person standing in it.

        Raises:
            RequestRefused: not allowed.
        """
        answer = await self.request("POST", self._message(message, "/thread"), {"name": name})
        return self.in_channel(text(as_object(answer)["id"]))

    async def download(self, attachment: SeenAttachment) -> bytes:
        """Fetch a file from the CDN.

        Raises:
            RequestRefused: the URL has expired or the file is gone.
        """
        async with self.session.get(attachment.url) as response:
            data = await response.read()
            if response.status != 200:
                raise RequestRefused(response.status, 0, data.decode(errors="replace"), "")
            return data

    async def seq(self) -> int:
        """Return the number of the latest change."""
        return integer(as_object(await self.request("GET", "/person/world"))["seq"])

    async def changes(self, after: int, timeout_seconds: float) -> tuple[int, list[JsonObject]]:
        """Return what happened after a sequence number, waiting for the first, and the number reached."""
        answer = as_object(
            await self.request(
                "GET",
                f"{self._own}/changes",
                params={"after": str(after), "timeout": str(timeout_seconds)},
            )
        )
        return integer(answer["seq"]), objects(answer["changes"])

    async def wait_for(
        self, predicate: Callable[[SeenMessage], bool], *, timeout_seconds: float = DEFAULT_TIMEOUT
    ) -> SeenMessage:
        """Return the first message in the channel, oldest first, that satisfies `predicate`, now or later.

        Raises:
            TimeoutError: none did in time.
        """
        found = await self.wait_until(
            lambda messages: any(predicate(m) for m in messages), timeout_seconds=timeout_seconds
        )
        return next(message for message in found if predicate(message))

    async def wait_until(
        self,
        predicate: Callable[[list[SeenMessage]], bool],
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT,
    ) -> list[SeenMessage]:
        """Return the channel's messages once they satisfy `predicate` together.

        Raises:
            TimeoutError: they did not in time; the error says what the channel held.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while True:
            seq = await self.seq()
            messages = await self.messages()
            if predicate(messages):
                return messages
            left = deadline - loop.time()
            if left <= 0:
                last = "; ".join(message.line() for message in messages[-5:])
                raise TimeoutError(f"not seen in {timeout_seconds} s; the channel ends with: {last}")
            await self.changes(seq, min(left, _POLL))

    async def set_locale(self, locale: str) -> None:
        """Switch the language of the person's client."""
        await self.request("POST", f"{self._own}/settings", {"locale": locale})

    async def take_direct_messages(self, *, takes: bool) -> None:
        """Open or close one's direct messages."""
        await self.request("POST", f"{self._own}/settings", {"takes_direct_messages": takes})


def _interaction(answer: JsonValue) -> int:
    return integer(as_object(answer)["interaction_id"])


def _json(value: OptionValue) -> JsonValue:
    return value.json() if isinstance(value, LocalFile) else value


def _field(value: FieldValue) -> JsonValue:
    if isinstance(value, LocalFile):
        return [value.json()]
    if isinstance(value, list):
        return [_json(item) for item in value]
    return value
