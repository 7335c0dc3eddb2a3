"""The commands an application has registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import errors
from sandbox.discord.bodies.commands import CHAT_INPUT, MAX_CHAT_COMMANDS, MAX_CONTEXT_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.bodies.commands import Command
    from sandbox.discord.changes import ChangeLog
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.world import World


class CommandRegistry:
    """Global commands and those of single servers, in the order they were registered.

    Attributes:
        writes: how many requests changed something; a bot that syncs only on change keeps it low.
    """

    def __init__(self, world: World, changes: ChangeLog) -> None:
        self._world = world
        self._changes = changes
        self._scopes: dict[int | None, dict[int, JsonObject]] = {}
        self.writes = 0

    def all(self, guild_id: int | None) -> list[JsonObject]:
        """Return the commands of a scope: a server's, or the global ones."""
        return list(self._scopes.get(guild_id, {}).values())

    def available(self, guild_id: int | None) -> list[JsonObject]:
        """Return what can be used in a server (its own and the global ones) or in direct messages."""
        own = self.all(guild_id) if guild_id is not None else []
        return own + self.all(None)

    def get(self, guild_id: int | None, command_id: int) -> JsonObject:
        """Return one command.

        Raises:
            ApiError: there is none (10063).
        """
        command = self._scopes.get(guild_id, {}).get(command_id)
        if command is None:
            raise errors.unknown_command()
        return command

    def replace(self, guild_id: int | None, commands: Sequence[Command]) -> list[JsonObject]:
        """Put `commands` in place of all those of a scope; equal names keep their ids.

        Raises:
            ApiError: two have the same name and type, or there are too many.
        """
        _check_set(commands)
        before = {(c["type"], c["name"]): c for c in self.all(guild_id)}
        after: dict[int, JsonObject] = {}
        for command in commands:
            written = self._written(guild_id, command, before.get((command.kind, command.name)))
            after[int(str(written["id"]))] = written
        self._scopes[guild_id] = after
        self._changed()
        return list(after.values())

    def upsert(self, guild_id: int | None, command: Command) -> tuple[JsonObject, bool]:
        """Register one command or overwrite the one of its name; return it and whether it is new.

        Raises:
            ApiError: there are too many.
        """
        scope = self._scopes.setdefault(guild_id, {})
        same = (c for c in scope.values() if (c["type"], c["name"]) == (command.kind, command.name))
        previous = next(same, None)
        written = self._written(guild_id, command, previous)
        scope[int(str(written["id"]))] = written
        self._changed()
        return written, previous is None

    def delete(self, guild_id: int | None, command_id: int) -> None:
        """Remove one command.

        Raises:
            ApiError: there is none (10063).
        """
        self.get(guild_id, command_id)
        del self._scopes[guild_id][command_id]
        self._changed()

    def _changed(self) -> None:
        self.writes += 1
        self._changes.add("commands")

    def _written(self, guild_id: int | None, command: Command, previous: JsonObject | None) -> JsonObject:
        given = command.wire()
        given.pop("id", None)
        permissions = command.default_member_permissions
        written: JsonObject = {
            "id": str(self._world.new_id()) if previous is None else previous["id"],
            "application_id": str(self._world.application.id),
            "version": "0",
            "default_member_permissions": None,
            "type": command.kind,
            "name": command.name,
            "description": "",
            "dm_permission": True,
            "contexts": None,
            "integration_types": [0],
            "nsfw": False,
            **given,
        }
        written["type"] = command.kind
        if permissions is not None:
            written["default_member_permissions"] = str(permissions)
        if guild_id is not None:
            written["guild_id"] = str(guild_id)
        unchanged = previous is not None and {**previous, "version": "0"} == written
        written["version"] = str(previous["version"]) if previous and unchanged else str(self._world.new_id())
        return written


def _check_set(commands: Sequence[Command]) -> None:
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(commands):
        key = (command.kind, command.name)
        if key in seen:
            raise errors.invalid_field(
                (index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
        seen.add(key)
    for kind in (1, 2, 3):
        limit = MAX_CHAT_COMMANDS if kind == CHAT_INPUT else MAX_CONTEXT_COMMANDS
        if sum(command.kind == kind for command in commands) > limit:
            raise errors.ApiError(400, 30032, f"Maximum number of application commands reached ({limit})")
