"""What a person sees, as values: messages, attachments, things to click, forms and outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from sandbox.discord import component_tree
from sandbox.discord.json_types import as_list, as_object, integer, objects, text
from sandbox.discord.state import SPOILER_ATTACHMENT, MessageFlag

if TYPE_CHECKING:
    from sandbox.discord.interaction import OutcomeKind
    from sandbox.discord.json_types import JsonObject, JsonValue

DID_NOT_RESPOND: Final = "The application did not respond"
"""What Discord shows when an interaction had no answer within three seconds."""
THINKING: Final = "is thinking…"
"""What Discord shows for a deferred response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAttachment:
    """A file under a message; the URL is signed and expires.

    Attributes:
        size: in bytes; 0 where Discord does not tell, as within a gallery.
        duration: in seconds, of audio and video.
    """

    id: int
    filename: str
    url: str
    size: int
    content_type: str
    description: str | None
    spoiler: bool
    width: int | None
    height: int | None
    duration: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clickable:
    """A button or a select.

    Attributes:
        label: the button's label, or the select's placeholder.
        url: where a link button leads, or None.
        options: a select's choices as (label, value).
    """

    custom_id: str
    label: str
    emoji: str
    style: int
    disabled: bool
    url: str | None
    is_button: bool
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReaction:
    """An emoji under a message."""

    emoji: str
    count: int
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMessage:
    """A message as a person sees it.

    Attributes:
        reference_id: the message it replies to, or None.
        texts: the text displays of a Components V2 message, in order.
        media: the uploaded files that its components show; they are not among the attachments.
        pinged: the ids of the people it notified.
        loading: whether it says "is thinking…".
        raw: the message in Discord's own form.
    """

    id: int
    channel_id: int
    author_id: int
    author: str
    from_bot: bool
    content: str
    embeds: tuple[JsonObject, ...]
    attachments: tuple[SeenAttachment, ...]
    clickables: tuple[Clickable, ...]
    texts: tuple[str, ...]
    media: tuple[SeenAttachment, ...]
    reactions: tuple[SeenReaction, ...]
    reference_id: int | None
    thread_id: int | None
    pinged: tuple[int, ...]
    edits: int
    flags: int
    ephemeral: bool
    loading: bool
    deleted: bool
    raw: JsonObject

    @property
    def edited(self) -> bool:
        """Whether it was ever edited."""
        return self.edits > 0

    @property
    def suppressed_embeds(self) -> bool:
        """Whether its embeds are hidden."""
        return bool(self.flags & MessageFlag.SUPPRESS_EMBEDS)

    @property
    def text(self) -> str:
        """Everything there is to read: content, text displays, embeds' titles, descriptions and fields."""
        parts = [self.content, *self.texts]
        for embed in self.embeds:
            parts += [text(embed.get("title")), text(embed.get("description"))]
            for item in objects(embed.get("fields")):
                parts += [text(item.get("name")), text(item.get("value"))]
            parts.append(text(as_object(embed.get("footer")).get("text")))
        return "\n".join(part for part in parts if part)

    def clickable(self, label_or_custom_id: str) -> Clickable:
        """Return the button or select with this label, placeholder or custom id.

        Raises:
            LookupError: there is none.
        """
        for clickable in self.clickables:
            if label_or_custom_id in (clickable.custom_id, clickable.label):
                return clickable
        labels = [clickable.label or clickable.custom_id for clickable in self.clickables]
        raise LookupError(f"nothing is labelled {label_or_custom_id!r}; there are {labels}")

    def line(self) -> str:
        """Return the message as one line for a transcript."""
        files = "".join(f" [{file.filename}]" for file in self.attachments)
        shown = THINKING if self.loading else self.text
        private = " (only you can see this)" if self.ephemeral else ""
        return f"{self.author}: {shown}{files}{private}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A choice that autocomplete offers."""

    name: str
    value: str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenModal:
    """A form.

    Attributes:
        fields: the fields' captions by custom id, in order.
        values: what text fields are filled with beforehand, by custom id.
    """

    custom_id: str
    title: str
    fields: dict[str, str]
    values: dict[str, str]
    raw: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an interaction.

    Attributes:
        message: the answer, or the message that was updated, or None.
    """

    interaction_id: int
    kind: OutcomeKind
    message: SeenMessage | None
    choices: tuple[Suggestion, ...]
    modal: SeenModal | None

    @property
    def failed(self) -> bool:
        """Whether the person read "The application did not respond"."""
        return self.kind == "failed"

    def expect_message(self) -> SeenMessage:
        """Return the message.

        Raises:
            LookupError: there is none.
        """
        if self.message is None:
            raise LookupError(f"no message came of it: {self.kind}")
        return self.message


def _optional_int(value: JsonValue) -> int | None:
    return None if value is None else integer(value)


def seen_attachment(rendered: JsonObject) -> SeenAttachment:
    """Return an attachment from Discord's form."""
    description, duration = rendered.get("description"), rendered.get("duration_secs")
    filename = text(rendered["filename"])
    flagged = bool(integer(rendered.get("flags")) & SPOILER_ATTACHMENT)
    return SeenAttachment(
        id=integer(rendered["id"]),
        filename=filename,
        url=text(rendered["url"]),
        size=integer(rendered.get("size")),
        content_type=text(rendered.get("content_type")),
        description=None if description is None else text(description),
        spoiler=flagged or filename.startswith("SPOILER_"),
        width=_optional_int(rendered.get("width")),
        height=_optional_int(rendered.get("height")),
        duration=float(duration) if isinstance(duration, (int, float)) else None,
    )


def _clickables(components: list[JsonObject]) -> tuple[Clickable, ...]:
    found = []
    for component in component_tree.walk(components):
        kind = component.get("type")
        if kind != component_tree.BUTTON and kind not in component_tree.SELECTS:
            continue
        url = component.get("url")
        found.append(
            Clickable(
                custom_id=text(component.get("custom_id")),
                label=text(component.get("label")) or text(component.get("placeholder")),
                emoji=text(as_object(component.get("emoji")).get("name")),
                style=integer(component.get("style")),
                disabled=component.get("disabled") is True,
                url=None if url is None else text(url),
                is_button=kind == component_tree.BUTTON,
                options=tuple(
                    (text(option["label"]), text(option["value"])) for option in objects(component.get("options"))
                ),
            )
        )
    return tuple(found)


def _texts(components: list[JsonObject]) -> tuple[str, ...]:
    return tuple(
        text(component["content"])
        for component in component_tree.walk(components)
        if component.get("type") == component_tree.TEXT_DISPLAY
    )


def _media(components: list[JsonObject]) -> tuple[SeenAttachment, ...]:
    """Return the uploaded files that galleries, thumbnails and file components show."""
    found = []
    for component in component_tree.walk(components):
        holders = objects(component.get("items")) or [component]
        for holder in holders:
            medium = as_object(holder.get("media") or holder.get("file"))
            if "attachment_id" in medium:
                described = {key: holder[key] for key in ("description",) if holder.get(key)}
                found.append(
                    seen_attachment(
                        {
                            **medium,
                            **described,
                            "id": medium["attachment_id"],
                            "filename": unquote(urlsplit(text(medium["url"])).path.rpartition("/")[2]),
                            "flags": SPOILER_ATTACHMENT if holder.get("spoiler") else 0,
                        }
                    )
                )
    return tuple(found)


def seen_message(rendered: JsonObject) -> SeenMessage:
    """Return a message from the person's API."""
    components = objects(rendered["components"])
    author = as_object(rendered["author"])
    beyond = as_object(rendered.get("sandbox"))
    reference = as_object(rendered.get("message_reference"))
    return SeenMessage(
        id=integer(rendered["id"]),
        channel_id=integer(rendered["channel_id"]),
        author_id=integer(author["id"]),
        author=text(author.get("global_name")) or text(author["username"]),
        from_bot=author.get("bot") is True,
        content=text(rendered["content"]),
        embeds=tuple(objects(rendered["embeds"])),
        attachments=tuple(seen_attachment(file) for file in objects(rendered["attachments"])),
        clickables=_clickables(components),
        texts=_texts(components),
        media=_media(components),
        reactions=tuple(
            SeenReaction(
                emoji=text(as_object(reaction["emoji"])["name"]),
                count=integer(reaction["count"]),
                mine=reaction["me"] is True,
            )
            for reaction in objects(rendered.get("reactions"))
        ),
        reference_id=_optional_int(reference.get("message_id")),
        thread_id=_optional_int(as_object(rendered.get("thread")).get("id")),
        pinged=tuple(integer(user) for user in as_list(beyond.get("pinged"))),
        edits=integer(beyond.get("edits")),
        flags=integer(rendered["flags"]),
        ephemeral=beyond.get("ephemeral_for") is not None,
        loading=beyond.get("loading") is True,
        deleted=beyond.get("deleted_at") is not None,
        raw=rendered,
    )


def _modal(rendered: JsonObject) -> SeenModal:
    fields: dict[str, str] = {}
    values: dict[str, str] = {}
    for part in objects(rendered["components"]):
        for component in component_tree.walk([part]):
            custom_id = text(component.get("custom_id"))
            if custom_id:
                fields[custom_id] = text(part.get("label")) or text(component.get("label"))
                if "value" in component:
                    values[custom_id] = text(component["value"])
    return SeenModal(
        custom_id=text(rendered["custom_id"]),
        title=text(rendered["title"]),
        fields=fields,
        values=values,
        raw=rendered,
    )


_OUTCOMES: Final[dict[str, OutcomeKind]] = {
    "pending": "pending",
    "message": "message",
    "thinking": "thinking",
    "acknowledged": "acknowledged",
    "updated": "updated",
    "choices": "choices",
    "modal": "modal",
    "failed": "failed",
}


def _suggestion(rendered: JsonObject) -> Suggestion:
    value = rendered["value"]
    offered = value if isinstance(value, (str, int, float)) else text(value)
    return Suggestion(name=text(rendered["name"]), value=offered)


def outcome_from(rendered: JsonObject) -> Outcome:
    """Return an outcome from the person's API."""
    message, modal = rendered.get("message"), rendered.get("modal")
    return Outcome(
        interaction_id=integer(rendered["interaction_id"]),
        kind=_OUTCOMES[text(rendered["outcome"])],
        message=seen_message(message) if isinstance(message, dict) else None,
        choices=tuple(_suggestion(choice) for choice in objects(rendered["choices"])),
        modal=_modal(modal) if isinstance(modal, dict) else None,
    )
