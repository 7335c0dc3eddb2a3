"""Components in requests: those of messages and those of modals (developers/components/reference)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from sandbox.discord.bodies.base import Body, Snowflake, field_error

MAX_COMPONENTS: Final = 40
MAX_TEXT: Final = 4_000
"""Characters of all text displays of a message together."""

ComponentId = Annotated[int | None, Field(ge=0, le=2**31 - 1)]
CustomId = Annotated[str, Field(min_length=1, max_length=100)]
FileTypes = Annotated[list[str] | None, Field(max_length=10)]

FILE_GROUPS: Final = {
    "image": (".png", ".gif", ".jpg", ".jpeg", ".jfif", ".webp", ".avif"),
    "video": (".mp4", ".mov", ".qt", ".webm"),
    "audio": (".mp3", ".m4a", ".wav", ".ogg", ".opus", ".flac"),
}
"""File type filters by group (developers/reference, "File Type Filtering")."""


def check_file_types(file_types: Sequence[str] | None) -> None:
    """Check that filters are a group's name or an extension with its dot.

    Raises:
        ValueError: one is neither.
    """
    for entry in file_types or ():
        if entry not in FILE_GROUPS and not (entry.startswith(".") and len(entry) > 1):
            raise field_error("FILE_TYPES_INVALID", f"Unknown file type {entry!r}.")


class Emoji(Body):
    """A partial emoji."""

    id: Snowflake | None = None
    name: str | None = Field(None, max_length=32)
    animated: bool | None = None


class Button(Body):
    """A button of any style."""

    type: Literal[2]
    id: ComponentId = None
    style: Literal[1, 2, 3, 4, 5, 6]
    custom_id: CustomId | None = None
    label: str | None = Field(None, max_length=80)
    disabled: bool | None = None
    url: str | None = Field(None, max_length=512)
    sku_id: Snowflake | None = None
    emoji: Emoji | None = None

    @model_validator(mode="after")
    def _fits_style(self) -> Button:
        if self.style == 5:
            if self.url is None or self.custom_id is not None:
                raise field_error("BUTTON_COMPONENT_LINK", "A link button needs a url and no custom id")
            if not self.url.startswith(("http://", "https://", "discord://")):
                raise field_error("BUTTON_COMPONENT_INVALID_URL", "Scheme must be http, https or discord.")
        elif self.style != 6 and (self.custom_id is None or self.url is not None):
            raise field_error("BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
        if self.style != 6 and not self.label and self.emoji is None:
            raise field_error("BUTTON_COMPONENT_EMPTY", "A label or an emoji is required")
        return self


class SelectOption(Body):
    """One choice of a string select."""

    label: str = Field(min_length=1, max_length=100)
    value: str = Field(min_length=1, max_length=100)
    description: str | None = Field(None, max_length=100)
    emoji: Emoji | None = None
    default: bool | None = None


class _Select(Body):
    id: ComponentId = None
    custom_id: CustomId
    placeholder: str | None = Field(None, max_length=150)
    min_values: int | None = Field(None, ge=0, le=25)
    max_values: int | None = Field(None, ge=1, le=25)
    disabled: bool | None = None
    required: bool | None = None

    @model_validator(mode="after")
    def _range(self) -> _Select:
        if (self.min_values if self.min_values is not None else 1) > (self.max_values or 1):
            raise field_error("SELECT_COMPONENT_RANGE", "min_values exceeds max_values")
        return self


class StringSelect(_Select):
    """A select with its own options."""

    type: Literal[3]
    options: list[SelectOption] = Field(min_length=1, max_length=25)

    @model_validator(mode="after")
    def _options(self) -> StringSelect:
        values = [option.value for option in self.options]
        if len(set(values)) != len(values):
            raise field_error("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
        if (self.max_values or 1) > len(self.options):
            raise field_error("SELECT_COMPONENT_RANGE", "max_values exceeds the number of options")
        return self


class DefaultValue(Body):
    """A pre-chosen entity of an auto-populated select."""

    id: Snowflake
    type: Literal["user", "role", "channel"]


class EntitySelect(_Select):
    """A user, role, mentionable or channel select."""

    type: Literal[5, 6, 7, 8]
    channel_types: list[int] | None = None
    default_values: list[DefaultValue] | None = Field(None, max_length=25)


def type_tag(value: object) -> str:
    """Return the name of the union member that a component's type stands for."""
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return "~entity" if kind in (5, 6, 7, 8) else f"~{kind}"


InRow = Annotated[
    Annotated[Button, Tag("~2")] | Annotated[StringSelect, Tag("~3")] | Annotated[EntitySelect, Tag("~entity")],
    Discriminator(type_tag),
]


class ActionRow(Body):
    """Up to five buttons, or one select."""

    type: Literal[1]
    id: ComponentId = None
    components: list[InRow] = Field(min_length=1, max_length=5)

    @model_validator(mode="after")
    def _width(self) -> ActionRow:
        selects = sum(not isinstance(component, Button) for component in self.components)
        if selects and len(self.components) > 1:
            raise field_error("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "Component row has no space left for component")
        return self


class TextDisplay(Body):
    """Markdown text."""

    type: Literal[10]
    id: ComponentId = None
    content: str = Field(min_length=1, max_length=MAX_TEXT)


class Media(Body):
    """A picture, a video or a file: an address, or `attachment://` and a name."""

    url: str = Field(max_length=2048)


class Thumbnail(Body):
    """The picture beside a section."""

    type: Literal[11]
    id: ComponentId = None
    media: Media
    description: str | None = Field(None, min_length=1, max_length=1024)
    spoiler: bool | None = None


class Section(Body):
    """Text with something at its side."""

    type: Literal[9]
    id: ComponentId = None
    components: list[TextDisplay] = Field(min_length=1, max_length=3)
    accessory: Annotated[Annotated[Button, Tag("~2")] | Annotated[Thumbnail, Tag("~11")], Discriminator(type_tag)]


class GalleryItem(Body):
    """One medium of a gallery."""

    media: Media
    description: str | None = Field(None, min_length=1, max_length=1024)
    spoiler: bool | None = None


class MediaGallery(Body):
    """Up to ten media."""

    type: Literal[12]
    id: ComponentId = None
    items: list[GalleryItem] = Field(min_length=1, max_length=10)


class FileComponent(Body):
    """An uploaded file."""

    type: Literal[13]
    id: ComponentId = None
    file: Media
    spoiler: bool | None = None

    @model_validator(mode="after")
    def _uploaded(self) -> FileComponent:
        if not self.file.url.startswith("attachment://"):
            raise field_error("UNFURLED_MEDIA_ATTACHMENT_REQUIRED", "Only attachment:// references may be used")
        return self


class Separator(Body):
    """A line or a space."""

    type: Literal[14]
    id: ComponentId = None
    spacing: Literal[1, 2] | None = None
    divider: bool | None = None


InContainer = Annotated[
    Annotated[ActionRow, Tag("~1")]
    | Annotated[Section, Tag("~9")]
    | Annotated[TextDisplay, Tag("~10")]
    | Annotated[MediaGallery, Tag("~12")]
    | Annotated[FileComponent, Tag("~13")]
    | Annotated[Separator, Tag("~14")],
    Discriminator(type_tag),
]


class Container(Body):
    """A box around components."""

    type: Literal[17]
    id: ComponentId = None
    accent_color: int | None = Field(None, ge=0, le=0xFFFFFF)
    components: list[InContainer] = Field(min_length=1, max_length=MAX_COMPONENTS)
    spoiler: bool | None = None


TopLevel = Annotated[
    Annotated[ActionRow, Tag("~1")]
    | Annotated[Section, Tag("~9")]
    | Annotated[TextDisplay, Tag("~10")]
    | Annotated[MediaGallery, Tag("~12")]
    | Annotated[FileComponent, Tag("~13")]
    | Annotated[Separator, Tag("~14")]
    | Annotated[Container, Tag("~17")],
    Discriminator(type_tag),
]


AnyComponent: TypeAlias = (
    ActionRow
    | Button
    | StringSelect
    | EntitySelect
    | Section
    | TextDisplay
    | Thumbnail
    | MediaGallery
    | FileComponent
    | Separator
    | Container
)


def flatten(components: Iterable[AnyComponent]) -> Iterator[AnyComponent]:
    """Yield components and everything inside them."""
    for component in components:
        yield component
        if isinstance(component, (ActionRow, Section, Container)):
            yield from flatten(component.components)
        if isinstance(component, Section):
            yield component.accessory


def referenced_urls(components: Iterable[AnyComponent]) -> Iterator[str]:
    """Yield every media address that components show."""
    for component in flatten(components):
        if isinstance(component, Thumbnail):
            yield component.media.url
        elif isinstance(component, FileComponent):
            yield component.file.url
        elif isinstance(component, MediaGallery):
            yield from (item.media.url for item in component.items)
