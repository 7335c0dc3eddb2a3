"""The operator's requests: inspection, faults, time, and changes that no person of the world makes.

| request | does |
| --- | --- |
| GET /admin/state | sessions, identifies, resumes, pending faults, `problems` |
| GET /admin/commands | every registered command |
| GET /admin/channels/{channel}/messages | everything that was ever there, deleted and ephemeral included |
| GET /admin/messages?after= | the same of every channel, those that are gone included |
| DELETE /admin/channels/{channel} | delete a channel or thread |
| POST /admin/channels/{channel}/overwrite | `{target, allow, deny}`: a person, a role, "bot" or "@everyone" |
| POST /admin/channels/{channel}/thread | `{archived?, locked?}` |
| DELETE /admin/messages/{message} | delete as a moderator |
| POST /admin/servers/{server} | `{premium_tier?, bot_permissions?, everyone_permissions?, bot_present?, commands?,
  takes_bytes?}`; the last is a limit of uploads that Discord tells nobody of, null for the tier's own |
| POST /admin/servers/{server}/channels | `{name}`: make a text channel |
| POST /admin/servers/{server}/members/{person} | `{present}`: let a person leave or join |
| POST /admin/people/{person} | `{takes_direct_messages}` |
| POST /admin/application | `{public_bot?, code_grant?, interactions_endpoint?}`: the developer portal's switches |
| POST, DELETE /admin/faults | arm a fault (the fields of `faults.Fault`); disarm all |
| POST /admin/gateway | `{action, code?, resumable?, event?, times?}`: see `sandbox.discord.gateway.GatewayAction` |
| POST /admin/interactions | `{withhold?, delay_ms?, kill_tokens?}`: of the next interaction(s); the last ends the
  tokens of all that there were |
| POST /admin/clock | `{advance_ms}` |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import Field

from sandbox.discord import permissions
from sandbox.discord.bodies.base import Body
from sandbox.discord.client.rules import ClientRefusal
from sandbox.discord.faults import Fault, FaultKind
from sandbox.discord.gateway import GatewayAction, GatewayPart
from sandbox.discord.interaction import DeadToken
from sandbox.discord.json_types import JsonObject, JsonValue
from sandbox.discord.person_api.frame import read, serving
from sandbox.discord.state import ChannelKind

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.discord.commands import CommandRegistry
    from sandbox.discord.faults import Faults
    from sandbox.discord.observation import Observation
    from sandbox.discord.person_api.person_routes import Sides


_SWITCHES: Final[dict[str, tuple[GatewayPart, bool]]] = {
    "mute_acks": ("acks", False),
    "restore_acks": ("acks", True),
    "mute_hello": ("hello", False),
    "restore_hello": ("hello", True),
    "freeze": ("frames", False),
    "thaw": ("frames", True),
    "refuse": ("doors", False),
    "admit": ("doors", True),
}


class OverwriteBody(Body):
    """Permissions in one channel."""

    target: str
    allow: int = 0
    deny: int = 0


class ThreadBody(Body):
    """A thread's state."""

    archived: bool | None = None
    locked: bool | None = None


class ServerBody(Body):
    """A server's changes."""

    premium_tier: int | None = Field(None, ge=0, le=3)
    bot_permissions: int | None = None
    everyone_permissions: int | None = None
    bot_present: bool | None = None
    commands: bool | None = None
    takes_bytes: int | None = Field(None, ge=0)


class ChannelBody(Body):
    """A new channel."""

    name: str = Field(min_length=1, max_length=100)


class MemberBody(Body):
    """Whether a person is a member of a server."""

    present: bool


class PersonBody(Body):
    """A person's choices."""

    takes_direct_messages: bool


class ApplicationBody(Body):
    """The developer portal's switches."""

    public_bot: bool | None = None
    code_grant: bool | None = None
    interactions_endpoint: str | None = None


class FaultBody(Body):
    """The fields of a fault."""

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    times: int = Field(1, ge=1)
    status: int = 500
    body: dict[str, JsonValue] | None = None
    seconds: float | int = 0.0
    retry_after: float | int = 1.0
    global_: bool = Field(False, alias="global")
    shared: bool = False
    bytes_per_second: int = Field(1 << 20, ge=1)


class GatewayBody(Body):
    """What happens to the bot's sockets."""

    action: GatewayAction
    code: int = 4000
    resumable: bool = False
    event: str = "INTERACTION_CREATE"
    times: int = Field(1, ge=0)


class InteractionsBody(Body):
    """What happens to the next interactions."""

    withhold: int | None = Field(None, ge=0)
    delay_ms: int | None = Field(None, ge=0)
    kill_tokens: DeadToken | None = None


class ClockBody(Body):
    """How far time moves."""

    advance_ms: int = Field(ge=0)


class OperatorRoutes:
    """Serves the operator."""

    def __init__(self, sides: Sides, registry: CommandRegistry, faults: Faults, observation: Observation) -> None:
        self._sides = sides
        self._registry = registry
        self._faults = faults
        self._observation = observation

    def add_to(self, app: web.Application) -> None:
        """Serve the routes on `app`."""
        channel = "/admin/channels/{channel}"
        for method, path, handler in (
            ("GET", "/admin/state", self.state),
            ("GET", "/admin/commands", self.commands),
            ("GET", channel + "/messages", self.messages),
            ("GET", "/admin/messages", self.all_messages),
            ("DELETE", channel, self.delete_channel),
            ("POST", channel + "/overwrite", self.overwrite),
            ("POST", channel + "/thread", self.thread),
            ("DELETE", "/admin/messages/{message}", self.delete_message),
            ("POST", "/admin/servers/{server}", self.server),
            ("POST", "/admin/servers/{server}/channels", self.add_channel),
            ("POST", "/admin/servers/{server}/members/{person}", self.member),
            ("POST", "/admin/people/{person}", self.person),
            ("POST", "/admin/application", self.application),
            ("POST", "/admin/faults", self.add_fault),
            ("DELETE", "/admin/faults", self.clear_faults),
            ("POST", "/admin/gateway", self.gateway),
            ("POST", "/admin/interactions", self.interactions),
            ("POST", "/admin/clock", self.clock),
        ):
            app.router.add_route(method, path, serving(handler))

    async def state(self, _request: web.Request) -> JsonValue:
        """Return counters, pending faults and problems."""
        gateway = self._sides.gateway
        pending: list[JsonValue] = [
            {"kind": fault.kind, "method": fault.method, "path": fault.path} for fault in self._faults.pending
        ]
        return {
            "online": gateway.online,
            "sessions": len(gateway.sessions),
            "identifies": gateway.identifies,
            "resumes": gateway.resumes,
            "command_writes": self._registry.writes,
            "status": gateway.presence.status,
            "status_line": gateway.presence.line,
            "faults": pending,
            "problems": [{"where": p.where, "what": p.what} for p in self._observation.problems],
        }

    async def commands(self, _request: web.Request) -> JsonValue:
        """Return every registered command."""
        scopes = (None, *self._sides.world.guilds)
        return [command for scope in scopes for command in self._registry.all(scope)]

    async def messages(self, request: web.Request) -> JsonValue:
        """Return a channel's whole past."""
        operations = self._sides.operations
        return list(operations.messages(operations.channel(request.match_info["channel"])))

    async def all_messages(self, request: web.Request) -> JsonValue:
        """Return everything that was ever written after an id."""
        after = request.query.get("after", "0")
        if not after.isdigit():
            raise ClientRefusal(f"{after!r} is not an id")
        return list(self._sides.operations.all_messages(int(after)))

    async def add_channel(self, request: web.Request) -> JsonValue:
        """Make a text channel."""
        operations = self._sides.operations
        body = await read(request, ChannelBody)
        made = operations.add_channel(operations.guild(request.match_info["server"]), ChannelKind.TEXT, body.name)
        return {"id": str(made.id)}

    async def delete_channel(self, request: web.Request) -> JsonValue:
        """Delete a channel."""
        operations = self._sides.operations
        operations.delete_channel(operations.channel(request.match_info["channel"]))
        return {}

    async def overwrite(self, request: web.Request) -> JsonValue:
        """Change permissions in a channel."""
        operations = self._sides.operations
        body = await read(request, OverwriteBody)
        channel = operations.channel(request.match_info["channel"])
        operations.set_overwrite(channel, body.target, body.allow, body.deny)
        return {}

    async def thread(self, request: web.Request) -> JsonValue:
        """Archive or lock a thread."""
        operations = self._sides.operations
        body = await read(request, ThreadBody)
        channel = operations.channel(request.match_info["channel"])
        operations.set_thread_state(channel, archived=body.archived, locked=body.locked)
        return {}

    async def delete_message(self, request: web.Request) -> JsonValue:
        """Delete a message."""
        wanted = request.match_info["message"]
        if not wanted.isdigit():
            raise ClientRefusal(f"{wanted!r} is not an id")
        self._sides.operations.delete_message(int(wanted))
        return {}

    async def server(self, request: web.Request) -> JsonValue:
        """Change a server."""
        operations = self._sides.operations
        guild = operations.guild(request.match_info["server"])
        body = await read(request, ServerBody)
        if body.premium_tier is not None:
            operations.set_premium_tier(guild, body.premium_tier)
        if body.everyone_permissions is not None:
            operations.set_everyone_permissions(guild, body.everyone_permissions)
        if body.bot_present is False:
            operations.remove_bot(guild)
        elif body.bot_present:
            operations.add_bot(guild, body.bot_permissions or permissions.BOT_DEFAULT)
        elif body.bot_permissions is not None:
            operations.set_bot_permissions(guild, body.bot_permissions)
        if body.commands is not None:
            guild.takes_commands = body.commands
        if "takes_bytes" in body.model_fields_set:
            guild.takes_bytes = body.takes_bytes
        return {}

    async def member(self, request: web.Request) -> JsonValue:
        """Let a person leave a server, or join it."""
        operations = self._sides.operations
        guild = operations.guild(request.match_info["server"])
        body = await read(request, MemberBody)
        operations.set_member(guild, request.match_info["person"], present=body.present)
        return {}

    async def person(self, request: web.Request) -> JsonValue:
        """Let a person close their direct messages, or open them."""
        body = await read(request, PersonBody)
        self._sides.operations.set_takes_direct_messages(request.match_info["person"], body.takes_direct_messages)
        return {}

    async def application(self, request: web.Request) -> JsonValue:
        """Turn the developer portal's switches."""
        body = await read(request, ApplicationBody)
        application = self._sides.world.application
        if body.public_bot is not None:
            application.public_bot = body.public_bot
        if body.code_grant is not None:
            application.code_grant = body.code_grant
        if body.interactions_endpoint is not None:
            application.interactions_endpoint = body.interactions_endpoint
        return {}

    async def add_fault(self, request: web.Request) -> JsonValue:
        """Arm a fault."""
        body = await read(request, FaultBody)
        self._faults.add(
            Fault(
                kind=body.kind,
                method=body.method,
                path=body.path,
                times=body.times,
                status=body.status,
                body=body.body,
                seconds=float(body.seconds),
                retry_after=float(body.retry_after),
                global_=body.global_,
                shared=body.shared,
                bytes_per_second=body.bytes_per_second,
            )
        )
        return {}

    async def clear_faults(self, _request: web.Request) -> JsonValue:
        """Disarm every fault."""
        self._faults.clear()
        return {}

    async def gateway(self, request: web.Request) -> JsonValue:
        """Trouble the bot's sockets."""
        body = await read(request, GatewayBody)
        gateway = self._sides.gateway
        if body.action == "close":
            await gateway.close_sockets(body.code)
        elif body.action == "drop":
            gateway.drop_sockets()
        elif body.action == "reconnect":
            gateway.ask_to_reconnect()
        elif body.action == "invalidate":
            gateway.invalidate_sessions(resumable=body.resumable)
        elif body.action == "repeat":
            gateway.repeat(body.event, body.times)
        else:
            part, works = _SWITCHES[body.action]
            gateway.switch(part, works=works)
        return {}

    async def interactions(self, request: web.Request) -> JsonValue:
        """Keep or delay the next interactions."""
        body = await read(request, InteractionsBody)
        if body.withhold is not None:
            self._sides.interactions.withhold = body.withhold
        if body.delay_ms is not None:
            self._sides.interactions.delays.append(body.delay_ms)
        if body.kill_tokens is not None:
            self._sides.interactions.kill_tokens(body.kill_tokens)
        return {}

    async def clock(self, request: web.Request) -> JsonValue:
        """Move time forward."""
        body = await read(request, ClockBody)
        clock = self._sides.world.clock
        clock.advance(body.advance_ms)
        moved: JsonObject = {"now": clock.now()}
        return moved
