"""Messages as Discord writes them in JSON, and what of them an app without the message-content intent gets.

Components and embeds are stored with `attachment://` references and resolved here, so that each rendering carries
URLs signed at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sandbox.discord import component_tree, wire
from sandbox.discord.clock import iso
from sandbox.discord.json_types import as_object, objects, text
from sandbox.discord.state import ChannelKind, Message, MessageKind, Reaction, Trigger
from sandbox.discord.uploads import clean_name

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject, JsonValue
    from sandbox.discord.state import Attachment

SCHEME: Final = "attachment://"
_WITH_REFERENCED_MESSAGE: Final = frozenset(
    {MessageKind.REPLY, MessageKind.THREAD_STARTER, MessageKind.CONTEXT_MENU_COMMAND}
)
_MEDIA_KEYS: Final = ("media", "file")


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a message is rendered.

    Attributes:
        user_id: whose own reactions are marked `me`.
        reads_content: whether message content is shown without further conditions.
    """

    user_id: int
    reads_content: bool


class MessageWire:
    """Renders messages."""

    def __init__(self, base: wire.Wire) -> None:
        self._base = base
        self._world = base.world

    @property
    def app(self) -> Viewer:
        """The bot, with or without the message-content intent."""
        return Viewer(self._world.bot_id, self._world.config.message_content)

    @property
    def app_as_target(self) -> Viewer:
        """The bot looking at a message that it was handed, such as a message command's target."""
        return Viewer(self._world.bot_id, reads_content=True)

    def content_visible(self, message: Message, viewer: Viewer) -> bool:
        """Return whether a viewer gets a message's content.

        Without the intent an app reads its own messages, direct messages, messages that mention it, and replies
        that ping it to one of its regular messages, not to an interaction response
        (developers/gateway/you-might-not-need-a-privileged-intent; platform notes §5).
        """
        bot = self._world.bot_id
        if viewer.reads_content or message.author_id == bot or message.guild_id is None:
            return True
        if bot in message.mentions.users:
            return True
        if message.mentions.replied_user != bot or message.reference is None:
            return False
        target = self._world.find_message(message.reference.message_id or 0)
        return target is not None and target.webhook_id is None

    def message(self, message: Message, viewer: Viewer, *, nested: bool = False) -> JsonObject:
        """Return a message object for a viewer; a nested one leaves out what it refers to."""
        world = self._world
        visible = self.content_visible(message, viewer)
        shown = [file for file in message.attachments if not file.inline]
        rendered: JsonObject = {
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "type": int(message.kind),
            "author": wire.user(world.users[message.author_id]),
            "content": message.content if visible else "",
            "timestamp": iso(message.created_at),
            "edited_timestamp": None if message.edited_at is None else iso(message.edited_at),
            "tts": message.tts,
            "pinned": False,
            "flags": message.flags,
            "mention_everyone": message.mentions.everyone,
            "mentions": [wire.user(world.users[user_id]) for user_id in self.mentioned(message)],
            "mention_roles": [str(role_id) for role_id in message.mentions.roles],
            "attachments": [self._base.attachment(file) for file in shown] if visible else [],
            "embeds": [self._embed(embed, message) for embed in message.embeds] if visible else [],
            "components": self._components(message) if visible else [],
        }
        if message.reactions and not nested:
            rendered["reactions"] = [_reaction(r, viewer.user_id) for r in message.reactions if r.users]
        if message.nonce is not None:
            rendered["nonce"] = message.nonce
        if message.position is not None:
            rendered["position"] = message.position
        if message.webhook_id is not None:
            rendered |= {"webhook_id": str(message.webhook_id), "application_id": str(message.webhook_id)}
        if message.trigger is not None:
            rendered |= self._trigger_fields(message.trigger)
        if message.thread_id is not None and message.thread_id in world.channels:
            rendered["thread"] = self._base.channel(world.channels[message.thread_id])
        return rendered | self._reference_fields(message, viewer, nested=nested)

    @staticmethod
    def mentioned(message: Message) -> list[int]:
        """Return the users in a message's `mentions`: those written and the pinged author of a reply."""
        listed = list(message.mentions.users)
        replied = message.mentions.replied_user
        if replied is not None and replied not in listed:
            listed.append(replied)
        return listed

    def within_event(self, message: Message, viewer: Viewer) -> JsonObject:
        """Return a message object as a part of an event, where shown media have no ids."""
        rendered = self.message(message, viewer)
        for shown in (rendered, as_object(rendered.get("referenced_message"))):
            _drop_media_ids(objects(shown.get("components")))
        return rendered

    def event(self, message: Message, viewer: Viewer) -> JsonObject:
        """Return the payload of MESSAGE_CREATE and MESSAGE_UPDATE; an ephemeral message has no guild there."""
        world = self._world
        rendered = self.within_event(message, viewer)
        if message.ephemeral_for is not None:
            return rendered
        rendered["channel_type"] = int(world.channels[message.channel_id].kind)
        if message.guild_id is None:
            rendered["channel_type"] = int(ChannelKind.DIRECT)
            return rendered
        members = world.guilds[message.guild_id].members
        rendered["guild_id"] = str(message.guild_id)
        author = members.get(message.author_id)
        if author is not None and message.webhook_id is None:
            rendered["member"] = wire.member_without_user(author)
        rendered["mentions"] = [
            {
                **wire.user(world.users[user_id]),
                **({"member": wire.member_without_user(members[user_id])} if user_id in members else {}),
            }
            for user_id in self.mentioned(message)
        ]
        return rendered

    def _reference_fields(self, message: Message, viewer: Viewer, *, nested: bool) -> JsonObject:
        reference = message.reference
        if reference is None:
            return {}
        pointer: JsonObject = {
            "type": 0,
            "channel_id": str(reference.channel_id),
        }
        if reference.message_id is not None:
            pointer["message_id"] = str(reference.message_id)
        if reference.guild_id is not None:
            pointer["guild_id"] = str(reference.guild_id)
        fields: JsonObject = {"message_reference": pointer}
        if message.kind in _WITH_REFERENCED_MESSAGE and not nested:
            target = self._world.find_message(reference.message_id or 0)
            gone = target is None or target.deleted_at is not None
            fields["referenced_message"] = None if gone or target is None else self.message(target, viewer, nested=True)
        return fields

    def _trigger_fields(self, trigger: Trigger) -> JsonObject:
        fields: JsonObject = {"interaction_metadata": self._metadata(trigger)}
        if trigger.command_name is not None and trigger.original_response_id is None:
            fields["interaction"] = {
                "id": str(trigger.interaction_id),
                "type": trigger.kind,
                "name": trigger.command_name,
                "user": wire.user(self._world.users[trigger.user_id]),
            }
        return fields

    def _metadata(self, trigger: Trigger) -> JsonObject:
        rendered: JsonObject = {
            "id": str(trigger.interaction_id),
            "type": trigger.kind,
            "user": wire.user(self._world.users[trigger.user_id]),
            "authorizing_integration_owners": dict(trigger.owners),
        }
        if trigger.original_response_id is not None:
            rendered["original_response_message_id"] = str(trigger.original_response_id)
        if trigger.target_message_id is not None:
            rendered["target_message_id"] = str(trigger.target_message_id)
        if trigger.interacted_message_id is not None:
            rendered["interacted_message_id"] = str(trigger.interacted_message_id)
        if trigger.triggering is not None:
            rendered["triggering_interaction_metadata"] = self._metadata(trigger.triggering)
        return rendered

    def _embed(self, embed: JsonObject, message: Message) -> JsonObject:
        rendered = dict(embed)
        for key in ("image", "thumbnail"):
            if key in rendered:
                rendered[key] = self._embed_media(as_object(rendered[key]), message)
        for key in ("author", "footer"):
            part = as_object(rendered.get(key))
            icon = self._file_named(message, text(part.get("icon_url")))
            if icon is not None:
                url = self._base.cdn.url(icon)
                rendered[key] = {**part, "icon_url": url, "proxy_icon_url": url}
        return rendered

    def _embed_media(self, media: JsonObject, message: Message) -> JsonObject:
        file = self._file_named(message, text(media.get("url")))
        if file is None:
            return {**media, "proxy_url": media.get("url", "")}
        url = self._base.cdn.url(file)
        resolved: JsonObject = {**media, "url": url, "proxy_url": url, "content_type": file.content_type}
        if file.width is not None:
            resolved |= {"width": file.width, "height": file.height}
        return resolved

    def _components(self, message: Message) -> list[JsonValue]:
        return [self._component(component, message) for component in message.components]

    def _component(self, component: JsonObject, message: Message) -> JsonObject:
        rendered = dict(component)
        for key in _MEDIA_KEYS:
            if key in rendered:
                rendered[key] = self._media(as_object(rendered[key]), component, message)
        if "components" in rendered:
            rendered["components"] = [self._component(c, message) for c in objects(rendered["components"])]
        if "items" in rendered:
            rendered["items"] = [self._component(c, message) for c in objects(rendered["items"])]
        if "accessory" in rendered:
            rendered["accessory"] = self._component(as_object(rendered["accessory"]), message)
        if "file" in rendered:
            file = self._file_named(message, text(as_object(component["file"]).get("url")))
            rendered |= {
                "name": None if file is None else file.filename,
                "size": None if file is None else len(file.data),
            }
        return rendered

    def _media(self, media: JsonObject, component: JsonObject, message: Message) -> JsonObject:
        url = text(media.get("url"))
        file = self._file_named(message, url)
        if file is None:
            return {
                # An outside picture has no id of its own here: the message's serves, as it must be a snowflake.
                "id": str(message.id + int(str(component.get("id", 0)))),
                "url": url,
                "proxy_url": url,
                "width": None,
                "height": None,
                "content_type": None,
            }
        signed = self._base.cdn.url(file)
        return {
            "id": str(file.id),
            "attachment_id": str(file.id),
            "url": signed,
            "proxy_url": signed,
            "width": file.width,
            "height": file.height,
            "content_type": file.content_type,
        }

    @staticmethod
    def _file_named(message: Message, url: str) -> Attachment | None:
        if not url.startswith(SCHEME):
            return None
        name = clean_name(url.removeprefix(SCHEME))
        return next((file for file in message.attachments if file.filename == name), None)


def _drop_media_ids(components: list[JsonObject]) -> None:
    """Take the ids of shown media away, which answers of the HTTP API have and events have not."""
    for component in component_tree.walk(components):
        for holder in (component, *objects(component.get("items"))):
            for key in _MEDIA_KEYS:
                as_object(holder.get(key)).pop("id", None)


def _reaction(reaction: Reaction, viewer_id: int) -> JsonObject:
    return {
        "emoji": {
            "id": None if reaction.emoji_id is None else str(reaction.emoji_id),
            "name": reaction.name,
        },
        "count": len(reaction.users),
        "count_details": {"burst": 0, "normal": len(reaction.users)},
        "burst_colors": [],
        "me_burst": False,
        "me": viewer_id in reaction.users,
    }
