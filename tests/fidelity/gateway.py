"""Gateway events as discord-api-types has them, and whether what is dispatched is as described.

The document has the events a bot meets most. Those that it lacks are made of its own parts, as
developers/events/gateway-events describes them.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tests.fidelity import documents
from tests.fidelity.problems import Finding, Problem, at
from tests.fidelity.schemas import Schema, Schemas, close, each_schema, reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fidelity.documents import Document

_CREATE_ONLY: Final = (
    "channels",
    "guild_scheduled_events",
    "joined_at",
    "large",
    "member_count",
    "members",
    "presences",
    "soundboard_sounds",
    "stage_instances",
    "threads",
    "unavailable",
    "voice_states",
)
"""What GUILD_CREATE adds to a guild."""
_ALSO_RESOLVED: Final = (
    "flags",
    "guild_id",
    "last_message_id",
    "last_pin_timestamp",
    "nsfw",
    "parent_id",
    "position",
    "rate_limit_per_user",
    "topic",
)
_DISPATCH: Final = 0
_SNOWFLAKE: Final[Schema] = {"$ref": "#/definitions/Snowflake"}
_OF_PARTIAL_CHANNELS: Final[Schema] = {
    "id": _SNOWFLAKE,
    "guild_id": _SNOWFLAKE,
    "name": {"type": ["string", "null"]},
    "type": {"$ref": "#/definitions/ChannelType"},
    "flags": {"$ref": "#/definitions/ChannelFlags"},
    "nsfw": {"type": "boolean"},
    "position": {"type": "integer"},
    "permission_overwrites": {"type": "array", "items": {"$ref": "#/definitions/APIOverwrite"}},
    "recipients": {"type": "array", "items": {"$ref": "#/definitions/APIUser"}},
}


class DiscordGateway:
    """What the gateway's events hold."""

    def __init__(self, document: Document) -> None:
        strict = copy.deepcopy(document)
        definitions: dict[str, Schema] = strict["definitions"]
        for name, schema in definitions.items():
            if name.endswith("Flags"):
                _widen(schema)
        for schema in definitions.values():
            _drop_anything(schema)
        _describe_untyped(definitions)
        _complete_resolved_channels(definitions)
        definitions["Snowflake"]["pattern"] = r"^\d{1,20}$"
        definitions["Permissions"]["pattern"] = r"^\d+$"
        events: dict[str, Schema] = definitions["Events"]["properties"]
        for name, schema in _described_elsewhere(definitions).items():
            events.setdefault(name, schema)
        close(strict, definitions.values())
        self.names = frozenset(events)
        self._schemas = Schemas(strict, draft7=True)

    def problems(self, payload: Mapping[str, object]) -> list[Problem]:
        """Return what is wrong with a dispatched payload: op, t, d and s."""
        name = payload.get("t")
        where = name if isinstance(name, str) else "event"
        findings = _envelope(payload)
        if name in self.names:
            schema = reference("definitions", "Events", "properties", str(name))
            findings += [found.under("/d") for found in self._schemas.findings(schema, payload.get("d"))]
        else:
            findings.append(Finding("/t", "no such event"))
        return at(where, findings)


@cache
def discord_gateway() -> DiscordGateway:
    """Return the gateway's events; the documents must be at hand."""
    return DiscordGateway(documents.read(documents.GATEWAY))


def _widen(schema: Schema) -> None:
    """Turn an enumeration of bits into what a bit field is."""
    for keyword in ("enum", "const"):
        schema.pop(keyword, None)
    schema.update({"type": "integer", "minimum": 0})


def _drop_anything(schema: Schema) -> None:
    """Drop `{}` from alternatives: it stands for a property that some types of a union do not have at all."""
    for part in each_schema(schema):
        stated = [branch for branch in part.get("anyOf", []) if branch]
        if stated:
            part["anyOf"] = stated


def _describe_untyped(definitions: dict[str, Schema]) -> None:
    """Give properties a schema that lost theirs in TypeScript's `Pick` and `Partial`."""
    for name, definition in definitions.items():
        picked_from = name.removeprefix("Pick<").split(",")[0] if name.startswith("Pick<") else ""
        known = _OF_PARTIAL_CHANNELS | definitions.get(picked_from, {}).get("properties", {})
        for schema in each_schema(definition):
            properties = schema.get("properties", {})
            untyped = [key for key, part in properties.items() if not part.keys() - {"description", "deprecated"}]
            properties.update({key: known[key] for key in untyped if key in known})


def _complete_resolved_channels(definitions: dict[str, Schema]) -> None:
    """Describe resolved channels as developers/interactions/receiving-and-responding does under "Resolved Data"."""
    of_text_channels = definitions["APIGuildTextChannel<ChannelType.GuildText>"]["properties"]
    resolved = definitions["APIInteractionDataResolvedChannelBase<Exclude<ChannelType,ThreadChannelType>>"]
    resolved["properties"] |= {name: of_text_channels[name] for name in _ALSO_RESOLVED}


def _envelope(payload: Mapping[str, object]) -> list[Finding]:
    findings = [Finding("", f"'{key}' is missing") for key in ("op", "t", "d", "s") if key not in payload]
    findings += [Finding("", f"unknown key '{key}'") for key in payload if key not in ("op", "t", "d", "s")]
    if payload.get("op") != _DISPATCH:
        findings.append(Finding("/op", "an event's opcode is 0"))
    number = payload.get("s")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        findings.append(Finding("/s", "a sequence number is a positive integer"))
    return findings


def _described_elsewhere(definitions: dict[str, Schema]) -> dict[str, Schema]:
    channel = {"$ref": definitions_reference("GatewayChannelModifyDispatchData")}
    return {
        "RESUMED": {"type": "object", "properties": {}},
        "CHANNEL_UPDATE": channel,
        "CHANNEL_DELETE": channel,
        "THREAD_UPDATE": channel,
        "THREAD_DELETE": _object(
            id=_SNOWFLAKE,
            guild_id=_SNOWFLAKE,
            parent_id=_SNOWFLAKE,
            type={"$ref": definitions_reference("ThreadChannelType")},
        ),
        "GUILD_UPDATE": _without(definitions["GatewayGuildCreateDispatchData"], *_CREATE_ONLY),
        # `unavailable` is left out where the bot was removed.
        "GUILD_DELETE": definitions["APIUnavailableGuild"] | {"required": ["id"]},
        "GUILD_ROLE_CREATE": _role_event(),
        "GUILD_ROLE_UPDATE": _role_event(),
        "GUILD_ROLE_DELETE": _object(guild_id=_SNOWFLAKE, role_id=_SNOWFLAKE),
        "MESSAGE_REACTION_REMOVE": _without(
            definitions["GatewayMessageReactionAddDispatchData"], "member", "message_author_id", "burst_colors"
        ),
    }


def definitions_reference(name: str) -> str:
    """Return the reference to a definition, whose names hold characters that a URI escapes."""
    return f"#/definitions/{quote(name)}"


def _role_event() -> Schema:
    return _object(guild_id=_SNOWFLAKE, role={"$ref": definitions_reference("APIRole")})


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _without(schema: Schema, *names: str) -> Schema:
    kept = copy.deepcopy(schema)
    kept["properties"] = {name: part for name, part in schema["properties"].items() if name not in names}
    kept["required"] = [name for name in schema["required"] if name not in names]
    return kept
