"""Bodies that create and edit messages (developers/resources/message, "Create Message", "Edit Message")."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, PlainValidator, TypeAdapter, model_validator

from sandbox.discord.bodies.base import Body, Snowflake, field_error, text_or_number
from sandbox.discord.bodies.components import (
    MAX_COMPONENTS,
    MAX_TEXT,
    ActionRow,
    AnyComponent,
    TextDisplay,
    TopLevel,
    flatten,
)
from sandbox.discord.state import MessageFlag

MAX_CONTENT: Final = 2_000
"""Characters of a bot's message; the OpenAPI file's 4000 are for people who pay."""
MAX_EMBED_TEXT: Final = 6_000
"""Characters of all embeds of a message together."""

Content = Annotated[str | None, Field(max_length=MAX_CONTENT)]


class EmbedMedia(Body):
    """A picture of an embed; keys that only an answer has are let pass, as for attachments."""

    model_config = Body.model_config | {"extra": "ignore"}

    url: str | None = Field(None, max_length=2048)
    width: int | None = None
    height: int | None = None
    description: str | None = Field(None, max_length=1024)


class EmbedAuthor(Body):
    """Who an embed is from."""

    name: str | None = Field(None, max_length=256)
    url: str | None = Field(None, max_length=2048)
    icon_url: str | None = Field(None, max_length=2048)
    proxy_icon_url: str | None = None


class EmbedFooter(Body):
    """The small print of an embed."""

    text: str | None = Field(None, max_length=2048)
    icon_url: str | None = Field(None, max_length=2048)
    proxy_icon_url: str | None = None


class EmbedField(Body):
    """A named value of an embed."""

    name: str = Field(min_length=1, max_length=256)
    value: str = Field(min_length=1, max_length=1024)
    inline: bool | None = None


class Embed(Body):
    """A rich embed."""

    type: str | None = None
    title: str | None = Field(None, max_length=256)
    description: str | None = Field(None, max_length=4096)
    url: str | None = Field(None, max_length=2048)
    timestamp: str | None = None
    color: int | None = Field(None, ge=0, le=0xFFFFFF)
    footer: EmbedFooter | None = None
    image: EmbedMedia | None = None
    thumbnail: EmbedMedia | None = None
    author: EmbedAuthor | None = None
    fields: list[EmbedField] | None = Field(None, max_length=25)
    flags: int | None = None

    def characters(self) -> int:
        """Return how many characters count towards the message's limit."""
        parts = [self.title, self.description]
        parts += [self.footer.text if self.footer else None, self.author.name if self.author else None]
        for item in self.fields or ():
            parts += [item.name, item.value]
        return sum(len(part) for part in parts if part)


class AllowedMentions(Body):
    """Which mentions may notify."""

    parse: list[Literal["users", "roles", "everyone"]] | None = None
    users: list[Snowflake] | None = Field(None, max_length=100)
    roles: list[Snowflake] | None = Field(None, max_length=100)
    replied_user: bool | None = None

    @model_validator(mode="after")
    def _exclusive(self) -> AllowedMentions:
        parsed = self.parse or []
        for kind, listed in (("users", self.users), ("roles", self.roles)):
            if kind in parsed and listed:
                raise field_error(
                    "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                    f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
                )
        return self


class MessageReference(Body):
    """What to reply to."""

    type: Literal[0] | None = None
    message_id: Snowflake
    channel_id: Snowflake | None = None
    guild_id: Snowflake | None = None
    fail_if_not_exists: bool | None = None


class AttachmentEntry(Body):
    """What is said about a file: `id` is n of its part `files[n]`, or the id of a file to keep.

    Keys that only an answer has are let pass, because discord.py sends back a kept attachment as it got it.
    """

    model_config = Body.model_config | {"extra": "ignore"}

    id: Snowflake
    filename: str | None = Field(None, min_length=1, max_length=1024)
    title: str | None = Field(None, max_length=1024)
    description: str | None = Field(None, max_length=1024)
    duration_secs: float | int | None = Field(None, ge=0, le=2**31 - 1)
    waveform: str | None = Field(None, max_length=400)
    is_spoiler: bool | None = None


class MessageFields(Body):
    """What every body that writes a message has."""

    content: Content = None
    embeds: list[Embed] | None = Field(None, max_length=10)
    allowed_mentions: AllowedMentions | None = None
    components: list[TopLevel] | None = Field(None, max_length=MAX_COMPONENTS)
    attachments: list[AttachmentEntry] | None = Field(None, max_length=10)
    flags: int | None = Field(None, ge=0)
    tts: bool | None = None

    @property
    def wants_v2(self) -> bool:
        """Whether the Components V2 flag is set in the body."""
        return bool((self.flags or 0) & MessageFlag.COMPONENTS_V2)

    @model_validator(mode="after")
    def _embeds(self) -> MessageFields:
        if sum(embed.characters() for embed in self.embeds or ()) > MAX_EMBED_TEXT:
            raise field_error("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_EMBED_TEXT}")
        return self

    @model_validator(mode="after")
    def _custom_ids(self) -> MessageFields:
        parts: list[AnyComponent] = list(flatten(self.components or ()))
        ids = [custom for part in parts if (custom := getattr(part, "custom_id", None)) is not None]
        if len(set(ids)) != len(ids):
            raise field_error("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        if len(parts) > MAX_COMPONENTS:
            raise field_error("BASE_TYPE_MAX_LENGTH", f"Must be {MAX_COMPONENTS} or fewer components in all.")
        if sum(len(part.content) for part in parts if isinstance(part, TextDisplay)) > MAX_TEXT:
            raise field_error("BASE_TYPE_MAX_LENGTH", f"Text must be {MAX_TEXT} or fewer in length in all.")
        return self

    def check_components(self, *, v2: bool) -> None:
        """Check that the components fit the message's kind.

        Raises:
            ValueError: there are others than action rows without the Components V2 flag, or too many rows.
        """
        top = self.components or ()
        if v2:
            return
        if not all(isinstance(component, ActionRow) for component in top):
            raise field_error("UNION_TYPE_CHOICES", "Only action rows may be used without IS_COMPONENTS_V2.")
        if len(top) > 5:
            raise field_error("BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")


class CreateMessage(MessageFields):
    """Create Message."""

    nonce: Annotated[str | int, PlainValidator(text_or_number(25))] | None = None
    enforce_nonce: bool | None = None
    message_reference: MessageReference | None = None
    sticker_ids: list[Snowflake] | None = Field(None, max_length=3)


class EditMessage(MessageFields):
    """Edit Message, of any kind of message."""


class WebhookMessage(MessageFields):
    """Execute Webhook, as follow-ups and interaction responses use it."""


CREATE: Final = TypeAdapter(CreateMessage)
EDIT: Final = TypeAdapter(EditMessage)
WEBHOOK: Final = TypeAdapter(WebhookMessage)
