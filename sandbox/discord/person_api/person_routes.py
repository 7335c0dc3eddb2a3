"""The person's requests; the table is in the package's docstring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import Field

from sandbox.discord import wire
from sandbox.discord.bodies.base import Body
from sandbox.discord.bodies.channels import StartThreadFromMessage
from sandbox.discord.client.files import picked
from sandbox.discord.client.rules import ClientRefusal
from sandbox.discord.json_types import JsonObject, JsonValue
from sandbox.discord.permissions import Permission
from sandbox.discord.person_api.frame import PickedFile, read, seconds, serving

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.discord.changes import Change, ChangeLog
    from sandbox.discord.channels import Channels
    from sandbox.discord.client.chatting import Chatting
    from sandbox.discord.client.commanding import Commanding
    from sandbox.discord.client.components import Components
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.interaction import Interaction
    from sandbox.discord.interactions import Interactions
    from sandbox.discord.operations import Operations
    from sandbox.discord.state import Channel, Guild, Message, Role, User
    from sandbox.discord.world import World


class Run(Body):
    """A slash command with its options by name."""

    command: str
    options: dict[str, JsonValue] = Field(default_factory=dict)


class Autocomplete(Run):
    """What is typed into `option`, with the other options filled so far."""

    option: str


class MessageCommand(Body):
    """A message command."""

    command: str


class UseComponent(Body):
    """A click, or a choice of values."""

    custom_id: str
    values: list[str] | None = None


class SubmitModal(Body):
    """A form's values by custom id: text, a list of chosen values or files, or true and false."""

    values: dict[str, JsonValue] = Field(default_factory=dict)


class Send(Body):
    """A message, or with `voice` a voice message."""

    content: str = ""
    files: list[PickedFile] = Field(default_factory=list)
    reply_to: str | None = None
    ping: bool = True
    voice: PickedFile | None = None


class Edit(Body):
    """New text."""

    content: str


class React(Body):
    """An emoji to put under a message, or to take away."""

    emoji: str
    remove: bool = False


class Settings(Body):
    """What a person sets in their client."""

    locale: str | None = None
    takes_direct_messages: bool | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """What the routes act on."""

    world: World
    changes: ChangeLog
    gateway: Gateway
    interactions: Interactions
    commanding: Commanding
    components: Components
    chatting: Chatting
    channels: Channels
    operations: Operations


class PersonRoutes:
    """Serves people."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._world = sides.world

    def add_to(self, app: web.Application) -> None:
        """Serve the routes on `app`."""
        place = "/person/{who}/channels/{channel}"
        message = "/person/{who}/messages/{message}"
        interaction = "/person/{who}/interactions/{interaction}"
        for method, path, handler in (
            ("GET", "/person/world", self.overview),
            ("GET", "/person/{who}/channels", self.channels),
            ("GET", place + "/commands", self.commands),
            ("POST", place + "/run", self.run),
            ("POST", place + "/autocomplete", self.autocomplete),
            ("POST", place + "/typing", self.type),
            ("GET", place + "/messages", self.messages),
            ("POST", place + "/messages", self.send),
            ("GET", message, self.message),
            ("PATCH", message, self.edit),
            ("DELETE", message, self.delete),
            ("POST", message + "/reactions", self.react),
            ("POST", message + "/thread", self.start_thread),
            ("POST", message + "/command", self.run_on_message),
            ("POST", message + "/component", self.use_component),
            ("GET", interaction, self.outcome),
            ("POST", interaction + "/modal", self.submit_modal),
            ("GET", "/person/{who}/changes", self.changes),
            ("POST", "/person/{who}/settings", self.settings),
        ):
            app.router.add_route(method, path, serving(handler))

    def _who(self, request: web.Request) -> User:
        return self._world.person_named(request.match_info["who"])

    def _place(self, request: web.Request) -> tuple[User, Channel]:
        person = self._who(request)
        return person, self._sides.chatting.place(person, request.match_info["channel"])

    def _message(self, request: web.Request) -> tuple[User, Message]:
        person = self._who(request)
        return person, self._sides.chatting.message(person, _number(request.match_info["message"]))

    def _interaction(self, request: web.Request) -> tuple[User, Interaction]:
        person = self._who(request)
        interaction = self._sides.interactions.get(_number(request.match_info["interaction"]))
        if interaction is None or interaction.user_id != person.id:
            raise ClientRefusal("there is no such interaction of yours")
        return person, interaction

    def _seen(self, message: Message, person: User) -> JsonObject:
        return self._sides.operations.inspected(message, person.id)

    async def overview(self, _request: web.Request) -> JsonValue:
        """Return people, servers and the bot."""
        world = self._world
        return {
            "seq": self._sides.changes.seq,
            "now": world.clock.now(),
            "bot": {**wire.user(world.users[world.bot_id]), "online": self._sides.gateway.online},
            "people": [{**wire.user(user), "locale": user.locale} for user in world.users.values() if not user.bot],
            "servers": [
                {
                    "id": str(guild.id),
                    "name": guild.name,
                    "owner_id": str(guild.owner_id),
                    "premium_tier": guild.premium_tier,
                    "upload_limit": guild.upload_limit,
                    "roles": [_role(role, guild) for role in guild.roles.values() if role.id != guild.id],
                    "member_ids": [str(user_id) for user_id in guild.members],
                    "channels": [self._channel(c) for c in world.channels.values() if c.guild_id == guild.id],
                }
                for guild in world.guilds.values()
            ],
        }

    @staticmethod
    def _channel(channel: Channel) -> JsonObject:
        thread = channel.thread
        return {
            "id": str(channel.id),
            "name": channel.name or "dm",
            "kind": channel.kind.name.lower(),
            "server_id": None if channel.guild_id is None else str(channel.guild_id),
            "parent_id": None if channel.parent_id is None else str(channel.parent_id),
            "archived": thread is not None and thread.archived,
            "locked": thread is not None and thread.locked,
        }

    async def channels(self, request: web.Request) -> JsonValue:
        """Return the channels that the person sees, their direct message included."""
        person = self._who(request)
        self._world.direct_channel(person.id)
        return [
            {
                **self._channel(channel),
                "permissions": _names(self._world.permissions(channel, person.id)),
                "upload_limit": self._sides.chatting.upload_limit(channel),
            }
            for channel in self._sides.chatting.places(person)
        ]

    async def type(self, request: web.Request) -> JsonValue:
        """Show that the person types."""
        person, channel = self._place(request)
        self._sides.chatting.type(person, channel)
        return {}

    async def commands(self, request: web.Request) -> JsonValue:
        """Return the commands offered in a channel."""
        person, channel = self._place(request)
        return list(self._sides.commanding.offered(person, channel))

    async def run(self, request: web.Request) -> JsonValue:
        """Run a slash command."""
        person, channel = self._place(request)
        body = await read(request, Run)
        interaction = await self._sides.commanding.run(person, channel, body.command, body.options)
        return {"interaction_id": str(interaction.id)}

    async def autocomplete(self, request: web.Request) -> JsonValue:
        """Type into an option."""
        person, channel = self._place(request)
        body = await read(request, Autocomplete)
        interaction = self._sides.commanding.autocomplete(person, channel, body.command, body.option, body.options)
        return {"interaction_id": str(interaction.id)}

    async def run_on_message(self, request: web.Request) -> JsonValue:
        """Run a message command."""
        person, message = self._message(request)
        body = await read(request, MessageCommand)
        channel = self._world.channels[message.channel_id]
        interaction = self._sides.commanding.run_on_message(person, channel, body.command, message)
        return {"interaction_id": str(interaction.id)}

    async def use_component(self, request: web.Request) -> JsonValue:
        """Click or choose."""
        person, message = self._message(request)
        body = await read(request, UseComponent)
        interaction = self._sides.components.use(person, message, body.custom_id, body.values)
        return {"interaction_id": str(interaction.id)}

    async def submit_modal(self, request: web.Request) -> JsonValue:
        """Submit the form that an interaction opened."""
        person, opened_by = self._interaction(request)
        body = await read(request, SubmitModal)
        interaction = await self._sides.components.submit(person, opened_by, body.values)
        return {"interaction_id": str(interaction.id)}

    async def outcome(self, request: web.Request) -> JsonValue:
        """Wait for an interaction's first response and return it."""
        person, interaction = self._interaction(request)
        if interaction.outcome == "pending":
            await self._sides.changes.wait(
                0,
                lambda change: change.kind == "interaction" and change.interaction_id == interaction.id,
                seconds(request),
            )
        shown = self._world.find_message(interaction.original_id or 0)
        visible = shown is not None and shown.deleted_at is None
        return {
            "interaction_id": str(interaction.id),
            "outcome": interaction.outcome,
            "message": self._seen(shown, person) if visible and shown is not None else None,
            "choices": list(interaction.choices),
            "modal": interaction.modal,
        }

    async def messages(self, request: web.Request) -> JsonValue:
        """Read a channel."""
        person, channel = self._place(request)
        return [self._seen(message, person) for message in self._sides.chatting.read(person, channel)]

    async def message(self, request: web.Request) -> JsonValue:
        """Read one message; its attachment URLs are fresh."""
        person, message = self._message(request)
        return self._seen(message, person)

    async def send(self, request: web.Request) -> JsonValue:
        """Send a message, a reply or a voice message."""
        person, channel = self._place(request)
        body = await read(request, Send)
        reply_to = None if body.reply_to is None else _number(body.reply_to)
        if body.voice is not None:
            recording = picked(body.voice.wire())
            message = await self._sides.chatting.send_voice(
                person, channel, recording, reply_to=reply_to, ping=body.ping
            )
        else:
            message = await self._sides.chatting.send(
                person,
                channel,
                body.content,
                files=[picked(file.wire(), number) for number, file in enumerate(body.files)],
                descriptions=[file.description for file in body.files],
                reply_to=reply_to,
                ping=body.ping,
            )
        return self._seen(message, person)

    async def edit(self, request: web.Request) -> JsonValue:
        """Edit one's own message."""
        person = self._who(request)
        body = await read(request, Edit)
        identifier = _number(request.match_info["message"])
        return self._seen(await self._sides.chatting.edit(person, identifier, body.content), person)

    async def delete(self, request: web.Request) -> JsonValue:
        """Delete a message or dismiss an ephemeral one."""
        self._sides.chatting.delete(self._who(request), _number(request.match_info["message"]))
        return {}

    async def react(self, request: web.Request) -> JsonValue:
        """Put or take away a reaction."""
        person = self._who(request)
        body = await read(request, React)
        identifier = _number(request.match_info["message"])
        self._sides.chatting.react(person, identifier, body.emoji, remove=body.remove)
        return {}

    async def start_thread(self, request: web.Request) -> JsonValue:
        """Start a thread from a message."""
        person, message = self._message(request)
        body = await read(request, StartThreadFromMessage)
        parent = self._world.channels[message.channel_id]
        return self._channel(self._sides.channels.start_thread(parent, person.id, body, message))

    async def changes(self, request: web.Request) -> JsonValue:
        """Return what the person can notice since a sequence number, waiting for the first."""
        person = self._who(request)
        log = self._sides.changes
        after = _number(request.query.get("after", "0"))
        found = await log.wait(after, lambda change: self._noticed(change, person), seconds(request))
        return {"seq": found[-1].seq if found else max(after, 0), "changes": [_change(c) for c in found]}

    def _noticed(self, change: Change, person: User) -> bool:
        if change.person_id is not None:
            return change.person_id == person.id
        channel = self._world.channels.get(change.channel_id or 0)
        return channel is None or self._world.can_see(channel, person.id)

    async def settings(self, request: web.Request) -> JsonValue:
        """Change language or whether direct messages are taken."""
        person = self._who(request)
        body = await read(request, Settings)
        person.locale = body.locale or person.locale
        if body.takes_direct_messages is not None:
            person.takes_direct_messages = body.takes_direct_messages
        return {"locale": person.locale, "takes_direct_messages": person.takes_direct_messages}


def _number(text: str) -> int:
    if not text.isdigit():
        raise ClientRefusal(f"{text!r} is not an id")
    return int(text)


def _change(change: Change) -> JsonObject:
    def written(identifier: int | None) -> str | None:
        return None if identifier is None else str(identifier)

    return {
        "seq": change.seq,
        "kind": change.kind,
        "channel_id": written(change.channel_id),
        "message_id": written(change.message_id),
        "interaction_id": written(change.interaction_id),
        "actor_id": written(change.actor_id),
    }


def _names(held: int) -> list[JsonValue]:
    """Return permissions as the documentation spells them."""
    return [permission.name for permission in Permission if held & permission]


def _role(role: Role, guild: Guild) -> JsonObject:
    """Return a role with those who have it."""
    members: list[JsonValue] = [str(member.user_id) for member in guild.members.values() if role.id in member.roles]
    return {"id": str(role.id), "name": role.name, "member_ids": members}
