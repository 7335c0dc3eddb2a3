"""The application, its commands and where its gateway is (developers/resources/application, …/application-commands)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import errors
from sandbox.discord.bodies.base import parse
from sandbox.discord.bodies.commands import COMMAND, COMMANDS
from sandbox.discord.rest.api import Route
from sandbox.discord.rest.call import NO_CONTENT, Reply

if TYPE_CHECKING:
    from sandbox.discord.bodies.commands import Command
    from sandbox.discord.commands import CommandRegistry
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.rest.call import Call
    from sandbox.discord.wire import Wire


class ApplicationRoutes:
    """What the bot asks about itself, and its commands."""

    def __init__(self, base: Wire, registry: CommandRegistry, gateway: Gateway) -> None:
        self._wire = base
        self._world = base.world
        self._registry = registry
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the family's routes."""
        listed: list[Route] = [
            Route("GET", "/oauth2/applications/@me", self.application),
            Route("GET", "/applications/@me", self.application),
            Route("GET", "/gateway", self.gateway, by_token=True),
            Route("GET", "/gateway/bot", self.gateway_for_bots),
        ]
        for scope in ("/applications/{application_id}", "/applications/{application_id}/guilds/{guild_id}"):
            one = scope + "/commands/{command_id}"
            listed += [
                Route("GET", scope + "/commands", self.commands),
                Route("PUT", scope + "/commands", self.replace_commands),
                Route("POST", scope + "/commands", self.create_command),
                Route("GET", one, self.command),
                Route("PATCH", one, self.edit_command),
                Route("DELETE", one, self.delete_command),
            ]
        return listed

    async def application(self, _call: Call) -> Reply:
        """Get Current Application."""
        return Reply(200, self._wire.application())

    async def gateway(self, _call: Call) -> Reply:
        """Get Gateway."""
        return Reply(200, {"url": self._gateway.url})

    async def gateway_for_bots(self, _call: Call) -> Reply:
        """Get Gateway Bot."""
        return Reply(
            200,
            {
                "url": self._gateway.url,
                "shards": self._gateway.recommended_shards,
                "session_start_limit": self._gateway.session_start_limit(),
            },
        )

    def _scope(self, call: Call) -> int | None:
        if call.snowflake("application_id") != self._world.application.id:
            raise errors.ApiError(403, 20012, "You are not authorized to perform this action on this application")
        if "guild_id" not in call.params:
            return None
        guild = self._world.guild(call.snowflake("guild_id"))
        if not guild.takes_commands:
            raise errors.missing_access()
        return guild.id

    async def commands(self, call: Call) -> Reply:
        """Get Global or Guild Application Commands."""
        return Reply(200, list(self._registry.all(self._scope(call))))

    async def replace_commands(self, call: Call) -> Reply:
        """Bulk Overwrite Application Commands."""
        scope = self._scope(call)
        commands: list[Command] = parse(COMMANDS, call.body)
        return Reply(200, list(self._registry.replace(scope, commands)))

    async def create_command(self, call: Call) -> Reply:
        """Create Application Command, or overwrite the one of that name."""
        scope = self._scope(call)
        written, new = self._registry.upsert(scope, parse(COMMAND, call.body))
        return Reply(201 if new else 200, written)

    async def command(self, call: Call) -> Reply:
        """Get one command."""
        return Reply(200, self._registry.get(self._scope(call), call.snowflake("command_id")))

    async def edit_command(self, call: Call) -> Reply:
        """Edit Application Command: what is given replaces what was there."""
        scope = self._scope(call)
        present = self._registry.get(scope, call.snowflake("command_id"))
        given = call.body if isinstance(call.body, dict) else {}
        kept: JsonObject = {
            key: value
            for key, value in present.items()
            if key not in ("id", "application_id", "version", "guild_id") and value is not None
        }
        if kept["type"] != 1:
            kept.pop("description", None)
        written, _ = self._registry.upsert(scope, parse(COMMAND, kept | given))
        return Reply(200, written)

    async def delete_command(self, call: Call) -> Reply:
        """Delete Application Command."""
        self._registry.delete(self._scope(call), call.snowflake("command_id"))
        return NO_CONTENT
