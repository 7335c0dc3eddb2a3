"""Clicking buttons, choosing in selects and submitting forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import component_tree
from sandbox.discord.client import rules
from sandbox.discord.client.files import upload_for
from sandbox.discord.client.rules import ClientRefusal
from sandbox.discord.interaction import InteractionKind
from sandbox.discord.interaction_payloads import Resolved
from sandbox.discord.json_types import as_list, as_object, integer, objects, text

if TYPE_CHECKING:
    from sandbox.discord.interaction import Interaction
    from sandbox.discord.interaction_payloads import InteractionPayloads
    from sandbox.discord.interactions import Interactions
    from sandbox.discord.json_types import JsonObject, JsonValue
    from sandbox.discord.state import Message, User
    from sandbox.discord.uploads import Uploads
    from sandbox.discord.wire import Wire

STRING_SELECT = 3
FILE_UPLOAD = 19
RADIO_GROUP = 21
CHECKBOX_GROUP = 22
CHECKBOX = 23


class Components:
    """What a person does with components."""

    def __init__(self, base: Wire, interactions: Interactions, payloads: InteractionPayloads, uploads: Uploads) -> None:
        self._wire = base
        self._world = base.world
        self._interactions = interactions
        self._payloads = payloads
        self._uploads = uploads

    def use(self, person: User, message: Message, custom_id: str, values: list[str] | None) -> Interaction:
        """Click a button, or choose `values` in a select.

        Raises:
            ClientRefusal: the message has no such component, it is disabled, or the values are not offered.
        """
        component = component_tree.with_custom_id(message.components, custom_id)
        if component is None:
            raise ClientRefusal(f"the message has no component {custom_id!r}", custom_id)
        if component.get("disabled"):
            raise ClientRefusal(f"{custom_id} is disabled", custom_id)
        channel = self._world.channels[message.channel_id]
        interaction = self._interactions.new(InteractionKind.COMPONENT, person.id, channel, message_id=message.id)
        data: JsonObject = {
            "custom_id": custom_id,
            "component_type": component["type"],
        }
        if component["type"] in component_tree.SELECTS:
            chosen = values or []
            rules.check_selection(component, chosen)
            data["values"] = list(chosen)
            if component["type"] != STRING_SELECT:
                data["resolved"] = self._entities(interaction, chosen)
        elif values is not None:
            raise ClientRefusal(f"{custom_id} is a button", custom_id)
        self._send(interaction, data)
        return interaction

    def _entities(self, interaction: Interaction, chosen: list[str]) -> JsonObject:
        resolved = Resolved(self._wire, interaction.guild_id)
        guild = self._world.guilds.get(interaction.guild_id or 0)
        for value in chosen:
            entity = int(value)
            if entity in self._world.users:
                resolved.add_user(entity)
            elif guild is not None and entity in guild.roles:
                resolved.add_role(entity)
            elif entity in self._world.channels:
                resolved.add_channel(entity, interaction.user_id)
        return resolved.json()

    def _send(self, interaction: Interaction, data: JsonObject) -> None:
        limit = self._interactions.upload_limit(interaction)
        self._interactions.start(interaction, self._payloads.render(interaction, data, limit))

    async def submit(self, person: User, opened_by: Interaction, given: dict[str, JsonValue]) -> Interaction:
        """Submit the form that an interaction opened, with values by custom id.

        Raises:
            ClientRefusal: there is no open form, a field is unknown or required, or a value does not fit.
        """
        modal = opened_by.modal
        if modal is None or opened_by.user_id != person.id:
            raise ClientRefusal("no form is open")
        fields = {
            text(c["custom_id"])
            for c in component_tree.walk(objects(modal["components"]))
            if c.get("custom_id") is not None
        }
        for name in given:
            if name not in fields:
                raise ClientRefusal(f"the form has no field {name!r}", name)
        interaction = self._interactions.new(
            InteractionKind.MODAL_SUBMIT,
            person.id,
            self._world.channels[opened_by.channel_id],
            message_id=opened_by.message_id,
            triggering=self._interactions.trigger(opened_by),
        )
        resolved = Resolved(self._wire, interaction.guild_id)
        submitted: list[JsonValue] = [
            await self._submitted(component, given, interaction, resolved) for component in objects(modal["components"])
        ]
        data: JsonObject = {"custom_id": modal["custom_id"], "components": submitted}
        found = resolved.json()
        if found:
            data["resolved"] = found
        opened_by.modal = None
        interaction.submits = (opened_by, modal)
        self._send(interaction, data)
        return interaction

    async def _submitted(
        self,
        component: JsonObject,
        given: dict[str, JsonValue],
        interaction: Interaction,
        resolved: Resolved,
    ) -> JsonObject:
        answer: JsonObject = {"type": component["type"], "id": component["id"]}
        if "components" in component:
            answer["components"] = [
                await self._submitted(inner, given, interaction, resolved) for inner in objects(component["components"])
            ]
        elif "component" in component:
            inner = as_object(component["component"])
            answer["component"] = await self._submitted(inner, given, interaction, resolved)
        elif "custom_id" in component:
            answer["custom_id"] = component["custom_id"]
            await self._fill(answer, component, given, interaction, resolved)
        return answer

    async def _fill(
        self,
        answer: JsonObject,
        component: JsonObject,
        given: dict[str, JsonValue],
        interaction: Interaction,
        resolved: Resolved,
    ) -> None:
        kind = integer(component["type"])
        value = given.get(text(component["custom_id"]))
        if kind == rules.TEXT_INPUT:
            typed = text(component.get("value")) if value is None else text(value)
            rules.check_text_input(component, typed)
            answer["value"] = typed
        elif kind == FILE_UPLOAD:
            answer["values"] = await self._upload(component, objects(value), interaction, resolved)
        elif kind == CHECKBOX:
            answer["value"] = bool(component.get("default")) if value is None else bool(value)
        elif kind == RADIO_GROUP:
            answer["value"] = _one(component, value)
        else:
            answer["values"] = list(_several(component, value))

    async def _upload(
        self, component: JsonObject, files: list[JsonObject], interaction: Interaction, resolved: Resolved
    ) -> list[JsonValue]:
        rules.check_files(component, [text(file.get("filename")) for file in files])
        limit = self._interactions.upload_limit(interaction)
        ids: list[JsonValue] = []
        for file in files:
            attachment = await upload_for(self._uploads, interaction, file, limit, text(component["custom_id"]))
            resolved.add_attachment(attachment)
            ids.append(str(attachment.id))
        return ids


def _preset(component: JsonObject) -> list[str]:
    return [text(option["value"]) for option in objects(component.get("options")) if option.get("default")]


def _one(component: JsonObject, value: JsonValue) -> JsonValue:
    field = text(component["custom_id"])
    chosen = text(value) or next(iter(_preset(component)), "")
    if not chosen:
        if component.get("required", True):
            raise ClientRefusal(f"{field} is required", field)
        return None
    rules.check_selection({**component, "min_values": 1, "max_values": 1}, [chosen])
    return chosen


def _several(component: JsonObject, value: JsonValue) -> list[str]:
    if value is None:
        chosen = _preset(component)
    else:
        chosen = [text(value)] if isinstance(value, str) else [text(item) for item in as_list(value)]
    if component["type"] == CHECKBOX_GROUP:
        required = component.get("required", True)
        least = integer(component.get("min_values"), 1 if required else 0)
        most = integer(component.get("max_values"), len(objects(component["options"])))
        component = {**component, "min_values": least, "max_values": most}
    rules.check_selection(component, chosen)
    return chosen
