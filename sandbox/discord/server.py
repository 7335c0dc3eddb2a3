"""The local Discord as one server: HTTP API, gateway, CDN and the person's side on one loopback port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from sandbox.discord import wire
from sandbox.discord.broadcast import Broadcaster
from sandbox.discord.cdn import Cdn
from sandbox.discord.changes import ChangeLog
from sandbox.discord.channels import Channels
from sandbox.discord.client.chatting import Chatting
from sandbox.discord.client.commanding import Commanding
from sandbox.discord.client.components import Components
from sandbox.discord.clock import Clock
from sandbox.discord.commands import CommandRegistry
from sandbox.discord.composition import Composer
from sandbox.discord.config import DiscordConfig
from sandbox.discord.gateway import Gateway
from sandbox.discord.gateway_sessions import Event, Intent
from sandbox.discord.interaction_payloads import InteractionPayloads
from sandbox.discord.interactions import Interactions
from sandbox.discord.messages import Messages
from sandbox.discord.observation import Observation
from sandbox.discord.operations import Operations
from sandbox.discord.person_api.operator_routes import OperatorRoutes
from sandbox.discord.person_api.person_routes import PersonRoutes, Sides
from sandbox.discord.rest.api import RestApi
from sandbox.discord.rest.applications import ApplicationRoutes
from sandbox.discord.rest.channels import ChannelRoutes
from sandbox.discord.rest.guilds import GuildRoutes
from sandbox.discord.rest.interactions import InteractionRoutes
from sandbox.discord.rest.messages import MessageRoutes
from sandbox.discord.uploads import Uploads
from sandbox.discord.wire_messages import MessageWire
from sandbox.discord.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from sandbox.discord.faults import Faults
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.observation import Observer, Problem
    from sandbox.discord.state import Guild

HOST: Final = "127.0.0.1"
"""The only address it is served on."""
MAX_REQUEST: Final = 512 * 1024 * 1024
"""The largest body in bytes; Discord's own limits are checked where they apply."""


class DiscordSandbox:
    """A local Discord. Use it as an asynchronous context manager, or call `start` and `stop`.

    Attributes:
        clock: its time; `clock.advance(milliseconds)` lets tokens and URLs expire.
        gateway: sessions and their sockets, with methods that trouble them.
        faults: what goes wrong with the next requests.
        interactions: `withhold` and `delays` for the next interactions.
        operations: changes to servers, channels and people, and the inspection of messages.
        commands: what the bot registered.
        commanding: what people do with commands.
    """

    def __init__(self, config: DiscordConfig | None = None, *, port: int = 0) -> None:
        self.config = config or DiscordConfig()
        self.clock = Clock()
        self.observation = Observation()
        self.world = World(self.config, self.clock)
        self.changes = ChangeLog()
        self._cdn = Cdn(self.clock, self.config.limits)
        base = wire.Wire(self.world, self._cdn)
        rendering = MessageWire(base)
        self.gateway = Gateway(self.config, self.clock, self.observation)
        self.gateway.welcome_with(_Greeting(base, self.changes))
        broadcaster = Broadcaster(base, rendering, self.gateway, self.changes)
        uploads = Uploads(self.world, self._cdn)
        composer = Composer(self.world, uploads)
        self.messages = Messages(self.world, composer, broadcaster)
        self.channels = Channels(self.world, self.messages, broadcaster)
        self.commands = CommandRegistry(self.world, self.changes)
        self.interactions = Interactions(self.world, composer, self.messages, broadcaster)
        self.operations = Operations(self.world, rendering, self.channels, broadcaster)
        payloads = InteractionPayloads(base, rendering)
        self.commanding = Commanding(base, self.commands, self.interactions, payloads, uploads)
        self._sides = Sides(
            world=self.world,
            changes=self.changes,
            gateway=self.gateway,
            interactions=self.interactions,
            commanding=self.commanding,
            components=Components(base, self.interactions, payloads, uploads),
            chatting=Chatting(self.world, self.messages),
            channels=self.channels,
            operations=self.operations,
        )
        self._rest = RestApi(self.config, self.clock, self.observation)
        self._families = (
            ApplicationRoutes(base, self.commands, self.gateway),
            ChannelRoutes(base, self.channels),
            GuildRoutes(base, broadcaster),
            InteractionRoutes(self.interactions, rendering),
            MessageRoutes(self.world, self.messages, rendering),
        )
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def faults(self) -> Faults:
        """What goes wrong with the next requests."""
        return self._rest.faults

    @property
    def problems(self) -> list[Problem]:
        """What the bot did that Discord has no place for."""
        return self.observation.problems

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Report everything to `observer` until the returned function is called."""
        self.observation.observers.append(observer)
        return lambda: self.observation.observers.remove(observer)

    @property
    def origin(self) -> str:
        """Where it is served, such as "http://127.0.0.1:4096"; also the CDN's origin."""
        return f"http://{HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        """The HTTP API's base address, as discord.py's `Route.BASE`."""
        return f"{self.origin}/api/v10"

    @property
    def gateway_url(self) -> str:
        """The gateway's address, as discord.py's `DEFAULT_GATEWAY`."""
        return f"ws://{HOST}:{self._port}/gateway"

    @property
    def cdn_origin(self) -> str:
        """The origin of attachment URLs."""
        return self.origin

    @property
    def person_url(self) -> str:
        """The base address for `sandbox.person.Person` and the operator's client."""
        return self.origin

    @property
    def token(self) -> str:
        """The bot token it accepts."""
        return self.config.token

    def application(self) -> web.Application:
        """Return the web application, for being served together with something else."""
        app = web.Application(client_max_size=MAX_REQUEST)
        self._rest.add_routes(app, [route for family in self._families for route in family.routes()])
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        self._cdn.add_routes(app)
        PersonRoutes(self._sides).add_to(app)
        OperatorRoutes(self._sides, self.commands, self.faults, self.observation).add_to(app)
        return app

    async def start(self) -> None:
        """Listen on loopback; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, HOST, self._port)
        await site.start()
        self._port = _port_of(runner)
        self._cdn.origin = self.origin
        self.gateway.url = self.gateway_url

    async def stop(self) -> None:
        """Close every socket and stop listening."""
        self._rest.stop()
        await self.interactions.close()
        await self.gateway.close_sockets(1001)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


def _port_of(runner: web.AppRunner) -> int:
    address = runner.addresses[0]
    return int(address[1])


class _Greeting:
    """What a new gateway session is told."""

    def __init__(self, base: wire.Wire, changes: ChangeLog) -> None:
        self._wire = base
        self._world = base.world
        self._changes = changes

    def ready(self) -> JsonObject:
        application = self._wire.application()
        return {
            "user": wire.own_user(self._world.users[self._world.bot_id]),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in self._joined()],
            "application": {key: application[key] for key in ("id", "flags", "flags_new")},
        }

    def _joined(self) -> list[Guild]:
        return [g for g in self._world.guilds.values() if self._world.bot_id in g.members]

    def first_events(self) -> list[Event]:
        return [self._created(guild) for guild in self._joined()]

    def _created(self, guild: Guild) -> Event:
        return Event(
            name="GUILD_CREATE",
            render=lambda _: self._wire.guild_create(guild),
            intent=Intent.GUILDS,
            guild_id=guild.id,
        )

    def connected(self) -> None:
        self._changes.add("bot_connected")

    def disconnected(self) -> None:
        self._changes.add("bot_disconnected")
