"""Composing a message from a body and files: the rules that need more than the body itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from sandbox.discord import component_tree, errors, mentions
from sandbox.discord.bodies.components import TextDisplay, flatten, referenced_urls
from sandbox.discord.state import MessageFlag
from sandbox.discord.uploads import Destination, UploadedFile, Uploads, clean_name
from sandbox.discord.wire_messages import SCHEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.bodies.messages import Embed, MessageFields
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.state import Attachment, Channel, Mentions, Message
    from sandbox.discord.world import World

CREATE_FLAGS: Final = int(
    MessageFlag.SUPPRESS_EMBEDS
    | MessageFlag.SUPPRESS_NOTIFICATIONS
    | MessageFlag.IS_VOICE_MESSAGE
    | MessageFlag.COMPONENTS_V2
)
"""Flags that a regular message may be created with."""
RESPONSE_FLAGS: Final = CREATE_FLAGS | int(MessageFlag.EPHEMERAL)
"""Flags that an interaction response may be created with."""
Part = TypeVar("Part")
_EMBED_PICTURES: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where and by whom a message is composed.

    Attributes:
        default_parse: what mentions are parsed when the body does not say.
        allowed_flags: the flags that may be set.
        present: the message being edited, if one is.
    """

    channel: Channel
    author_id: int
    destination: Destination
    default_parse: frozenset[str] = mentions.PARSE_ALL
    allowed_flags: int = CREATE_FLAGS
    reply_to: Message | None = None
    present: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What a message consists of."""

    content: str
    embeds: list[JsonObject]
    components: list[JsonObject]
    attachments: list[Attachment]
    flags: int
    mentions: Mentions


class Composer:
    """Checks and assembles."""

    def __init__(self, world: World, uploads: Uploads) -> None:
        self._world = world
        self._uploads = uploads

    async def compose(self, body: MessageFields, files: Sequence[UploadedFile], context: Context) -> Composition:
        """Return the message that a body and files make, on top of the present one in an edit.

        Raises:
            ApiError: Discord would refuse it.
        """
        present = context.present
        flags = self._flags(body, context)
        v2 = bool(flags & MessageFlag.COMPONENTS_V2)
        _check_legacy_fields(body, present, v2=v2)
        _check_rows(body, v2=v2)
        content = _changed(body, "content", (body.content or "").strip(), present.content if present else "")
        embeds = _changed(body, "embeds", _embeds(body.embeds), present.embeds if present else [])
        components = _changed(
            body,
            "components",
            component_tree.stored(component.wire() for component in body.components or ()),
            present.components if present else [],
        )
        attachments = await self._uploads.pair(
            files, body.attachments, present.attachments if present else (), context.destination
        )
        _mark_inline(attachments, embeds, body, present)
        if flags & MessageFlag.IS_VOICE_MESSAGE:
            _check_voice(content, embeds, attachments)
        if not (content.strip() or embeds or components or attachments):
            raise errors.empty_message()
        return Composition(
            content=content,
            embeds=embeds,
            components=components,
            attachments=attachments,
            flags=flags,
            mentions=mentions.resolve(
                self._world,
                context.channel,
                context.author_id,
                [content, *_texts(body)],
                allowed=body.allowed_mentions,
                default_parse=context.default_parse,
                reply_to=context.reply_to,
            ),
        )

    @staticmethod
    def _flags(body: MessageFields, context: Context) -> int:
        wanted = body.flags or 0
        if context.present is None:
            if wanted & ~context.allowed_flags:
                raise errors.invalid_field(("flags",), "MESSAGE_FLAGS_INVALID", "These flags cannot be set.")
            return wanted
        kept = context.present.flags
        if "flags" in body.model_fields_set and body.flags is not None:
            kept &= ~int(MessageFlag.SUPPRESS_EMBEDS)
            kept |= wanted & int(MessageFlag.SUPPRESS_EMBEDS | MessageFlag.COMPONENTS_V2)
        return kept


def _changed(body: MessageFields, name: str, new: Part, old: Part) -> Part:
    return new if name in body.model_fields_set else old


def _embeds(embeds: Sequence[Embed] | None) -> list[JsonObject]:
    stored: list[JsonObject] = []
    for embed in embeds or ():
        rendered = embed.wire()
        rendered["type"] = "rich"
        if "fields" in rendered:
            rendered["fields"] = [{"inline": False, **field.wire()} for field in embed.fields or ()]
        stored.append(rendered)
    return stored


def _texts(body: MessageFields) -> list[str]:
    parts = flatten(body.components or ())
    return [part.content for part in parts if isinstance(part, TextDisplay)]


def _check_legacy_fields(body: MessageFields, present: Message | None, *, v2: bool) -> None:
    if not v2:
        return
    left = []
    if body.content or (present is not None and present.content and "content" not in body.model_fields_set):
        left.append("content")
    if body.embeds or (present is not None and present.embeds and "embeds" not in body.model_fields_set):
        left.append("embeds")
    if left:
        raise errors.invalid_form(
            [
                (
                    (name,),
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
                for name in left
            ]
        )


def _check_rows(body: MessageFields, *, v2: bool) -> None:
    try:
        body.check_components(v2=v2)
    except ValueError as error:
        code, _, message = str(error).partition("|")
        raise errors.invalid_field(("components",), code, message) from None


def _embed_urls(embeds: Sequence[JsonObject]) -> set[str]:
    urls = set()
    for embed in embeds:
        for part, key in (("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url")):
            medium = embed.get(part)
            if isinstance(medium, dict):
                urls.add(str(medium.get(key)))
    return urls


def _mark_inline(
    attachments: Sequence[Attachment],
    embeds: Sequence[JsonObject],
    body: MessageFields,
    present: Message | None,
) -> None:
    """Mark the files that embeds and components show, which leave the message's list of attachments."""
    in_embeds = {_name(url) for url in _embed_urls(embeds) if url.startswith(SCHEME)}
    if any(not name.lower().endswith(_EMBED_PICTURES) for name in in_embeds):
        raise errors.invalid_field(("embeds",), "EMBED_ATTACHMENT_TYPE", "Only pictures may be used in embeds.")
    used = set(in_embeds)
    if "components" in body.model_fields_set or present is None:
        used |= {_name(url) for url in referenced_urls(body.components or ()) if url.startswith(SCHEME)}
    else:
        used |= {file.filename for file in present.attachments if file.inline}
    for name in used - {file.filename for file in attachments}:
        raise errors.invalid_field(
            ("attachments",), "UNFURLED_MEDIA_ATTACHMENT_NOT_FOUND", f"No attachment is named {name!r}."
        )
    for file in attachments:
        file.inline = file.filename in used


def _name(url: str) -> str:
    return clean_name(url.removeprefix(SCHEME))


def _check_voice(content: str, embeds: Sequence[JsonObject], attachments: Sequence[Attachment]) -> None:
    if content or embeds:
        raise errors.ApiError(400, 50159, "Voice messages do not support additional content.")
    if len(attachments) != 1 or not attachments[0].content_type.startswith("audio/"):
        raise errors.ApiError(400, 50160, "Voice messages must have a single audio attachment.")
    if attachments[0].duration_secs is None or attachments[0].waveform is None:
        raise errors.ApiError(400, 50161, "Voice messages must have supporting metadata.")
