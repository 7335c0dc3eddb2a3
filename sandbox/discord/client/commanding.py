"""Running commands and typing into autocompleted options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.bodies import commands as kinds
from sandbox.discord.client import rules
from sandbox.discord.client.files import upload_for
from sandbox.discord.client.rules import ClientRefusal
from sandbox.discord.interaction import InteractionKind
from sandbox.discord.interaction_payloads import Resolved
from sandbox.discord.json_types import as_list, integer, objects, text
from sandbox.discord.permissions import Permission
from sandbox.discord.state import ChannelKind

if TYPE_CHECKING:
    from sandbox.discord.commands import CommandRegistry
    from sandbox.discord.interaction import Interaction
    from sandbox.discord.interaction_payloads import InteractionPayloads
    from sandbox.discord.interactions import Interactions
    from sandbox.discord.json_types import JsonObject, JsonValue
    from sandbox.discord.state import Channel, Message, User
    from sandbox.discord.uploads import Uploads
    from sandbox.discord.wire import Wire

DIRECT_CONTEXT = 1


class Commanding:
    """What a person does with commands."""

    def __init__(
        self,
        base: Wire,
        registry: CommandRegistry,
        interactions: Interactions,
        payloads: InteractionPayloads,
        uploads: Uploads,
    ) -> None:
        self._wire = base
        self._world = base.world
        self._registry = registry
        self._interactions = interactions
        self._payloads = payloads
        self._uploads = uploads

    def offered(self, person: User, channel: Channel) -> list[JsonObject]:
        """Return the commands that the person's client lists in a channel."""
        guild = self._world.guild_of(channel)
        if guild is not None and self._world.bot_id not in guild.members:
            return []
        held = self._world.permissions(channel, person.id)
        if not held & Permission.USE_APPLICATION_COMMANDS:
            return []
        if guild is not None and not guild.takes_commands:
            return []
        available = self._registry.available(None if guild is None else guild.id)
        return [command for command in available if _is_offered(command, channel, held)]

    def _find(self, person: User, channel: Channel, kind: int, name: str) -> tuple[JsonObject, list[JsonObject]]:
        if channel.thread is not None and channel.thread.archived:
            raise ClientRefusal("commands cannot be used in an archived thread")
        return rules.find_command(self.offered(person, channel), kind, name)

    async def run(self, person: User, channel: Channel, name: str, given: dict[str, JsonValue]) -> Interaction:
        """Run a slash command.

        Raises:
            ClientRefusal: the client would not send it.
        """
        command, path = self._find(person, channel, kinds.CHAT_INPUT, name)
        options = objects((path[-1] if path else command).get("options"))
        _check_names(name, options, given)
        values = {
            text(option["name"]): rules.option_value(option, given[text(option["name"])])
            for option in options
            if given.get(text(option["name"])) is not None
        }
        interaction = self._new(InteractionKind.COMMAND, person, channel, command, path)
        resolved = Resolved(self._wire, channel.guild_id)
        sent: list[JsonObject] = []
        for option in options:
            if text(option["name"]) in values:
                value = await self._sent(interaction, option, values[text(option["name"])], resolved)
                sent.append({"name": option["name"], "type": option["type"], "value": value})
        self._start(interaction, command, path, sent, resolved)
        return interaction

    def autocomplete(
        self, person: User, channel: Channel, name: str, focused: str, given: dict[str, JsonValue]
    ) -> Interaction:
        """Type into an option; the other options are what was filled in before.

        Raises:
            ClientRefusal: the option has no autocomplete, or what is typed cannot be.
        """
        command, path = self._find(person, channel, kinds.CHAT_INPUT, name)
        options = objects((path[-1] if path else command).get("options"))
        _check_names(name, options, {**given, focused: ""}, complete=False)
        sent: list[JsonObject] = []
        for option in options:
            label = text(option["name"])
            if label == focused:
                if not option.get("autocomplete"):
                    raise ClientRefusal(f"{label} has no autocomplete", label)
                typed = given.get(label, "")
                value = str(typed) if not isinstance(typed, str) else typed
                sent.append({"name": label, "type": option["type"], "value": value, "focused": True})
            elif given.get(label) is not None and not isinstance(given[label], dict):
                filled = rules.option_value(option, given[label])
                # Numbers are what was typed, as text, until the command is run.
                as_typed = str(filled) if option["type"] in (kinds.INTEGER, kinds.NUMBER) else filled
                sent.append({"name": label, "type": option["type"], "value": as_typed})
        interaction = self._new(InteractionKind.AUTOCOMPLETE, person, channel, command, path)
        self._start(interaction, command, path, sent, Resolved(self._wire, channel.guild_id))
        return interaction

    def run_on_message(self, person: User, channel: Channel, name: str, target: Message) -> Interaction:
        """Run a message command ("Apps" in a message's menu).

        Raises:
            ClientRefusal: there is no such command here.
        """
        command, _ = self._find(person, channel, kinds.MESSAGE_COMMAND, name)
        interaction = self._new(InteractionKind.COMMAND, person, channel, command, [], target.id)
        resolved = Resolved(self._wire, channel.guild_id)
        resolved.add_message(target, self._payloads.source_message(target))
        self._start(interaction, command, [], [], resolved)
        return interaction

    def _new(
        self,
        kind: InteractionKind,
        person: User,
        channel: Channel,
        command: JsonObject,
        path: list[JsonObject],
        target_id: int | None = None,
    ) -> Interaction:
        return self._interactions.new(
            kind,
            person.id,
            channel,
            command_name=" ".join(text(node["name"]) for node in (command, *path)),
            command_type=integer(command["type"]),
            target_id=target_id,
        )

    def _start(
        self,
        interaction: Interaction,
        command: JsonObject,
        path: list[JsonObject],
        options: list[JsonObject],
        resolved: Resolved,
    ) -> None:
        nested: list[JsonValue] = list(options)
        for node in reversed(path):
            nested = [{"name": node["name"], "type": node["type"], "options": nested}]
        data: JsonObject = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if command["type"] == kinds.CHAT_INPUT:
            data["options"] = nested
        if interaction.target_id is not None:
            data["target_id"] = str(interaction.target_id)
        if command.get("guild_id") is not None:
            data["guild_id"] = command["guild_id"]
        found = resolved.json()
        if found:
            data["resolved"] = found
        limit = self._interactions.upload_limit(interaction)
        self._interactions.start(interaction, self._payloads.render(interaction, data, limit))

    async def _sent(
        self, interaction: Interaction, option: JsonObject, value: JsonValue, resolved: Resolved
    ) -> JsonValue:
        """Return what goes into the payload for an option's value, collecting what it names."""
        kind, name = integer(option["type"]), text(option["name"])
        if kind == kinds.ATTACHMENT and isinstance(value, dict):
            limit = self._interactions.upload_limit(interaction)
            attachment = await upload_for(self._uploads, interaction, value, limit, name)
            resolved.add_attachment(attachment)
            return str(attachment.id)
        if kind == kinds.USER:
            user = self._world.person_named(str(value))
            resolved.add_user(user.id)
            return str(user.id)
        if kind == kinds.CHANNEL:
            return self._channel(interaction, str(value), resolved, name)
        if kind in (kinds.ROLE, kinds.MENTIONABLE):
            return self._role_or_user(interaction, str(value), resolved, name, roles_only=kind == kinds.ROLE)
        return value

    def _channel(self, interaction: Interaction, wanted: str, resolved: Resolved, field: str) -> str:
        for channel in self._world.channels.values():
            if channel.guild_id == interaction.guild_id and wanted in (str(channel.id), channel.name):
                resolved.add_channel(channel.id, interaction.user_id)
                return str(channel.id)
        raise ClientRefusal(f"there is no channel {wanted!r} here", field)

    def _role_or_user(
        self, interaction: Interaction, wanted: str, resolved: Resolved, field: str, *, roles_only: bool
    ) -> str:
        guild = self._world.guilds.get(interaction.guild_id or 0)
        for role in guild.roles.values() if guild is not None else ():
            if wanted in (str(role.id), role.name):
                resolved.add_role(role.id)
                return str(role.id)
        if roles_only:
            raise ClientRefusal(f"there is no role {wanted!r} here", field)
        user = self._world.person_named(wanted)
        resolved.add_user(user.id)
        return str(user.id)


def _is_offered(command: JsonObject, channel: Channel, held: int) -> bool:
    contexts = command.get("contexts")
    if channel.kind is ChannelKind.DIRECT:
        if isinstance(contexts, list):
            return DIRECT_CONTEXT in contexts
        return command.get("dm_permission") is not False and command.get("guild_id") is None
    if isinstance(contexts, list) and 0 not in contexts:
        return False
    if 0 not in as_list(command.get("integration_types")):
        return False
    needed = command.get("default_member_permissions")
    if needed is None or held & Permission.ADMINISTRATOR:
        return True
    required = integer(needed)
    return required != 0 and held & required == required


def _check_names(
    command: str, options: list[JsonObject], given: dict[str, JsonValue], *, complete: bool = True
) -> None:
    known = {text(option["name"]) for option in options}
    for name in given:
        if name not in known:
            raise ClientRefusal(f"{command} has no option {name!r}", name)
    for option in options if complete else ():
        if option.get("required") and given.get(text(option["name"])) is None:
            raise ClientRefusal(f"{option['name']} is required", text(option["name"]))
