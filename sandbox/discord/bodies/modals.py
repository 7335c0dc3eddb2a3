"""Components of modals (developers/components/reference)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from sandbox.discord.bodies.base import Body, field_error
from sandbox.discord.bodies.components import (
    ComponentId,
    CustomId,
    EntitySelect,
    FileTypes,
    StringSelect,
    TextDisplay,
    check_file_types,
    type_tag,
)


class TextInput(Body):
    """A text field of a modal."""

    type: Literal[4]
    id: ComponentId = None
    custom_id: CustomId
    style: Literal[1, 2]
    label: str | None = Field(None, min_length=1, max_length=45)
    value: str | None = Field(None, max_length=4000)
    placeholder: str | None = Field(None, max_length=100)
    required: bool | None = None
    min_length: int | None = Field(None, ge=0, le=4000)
    max_length: int | None = Field(None, ge=1, le=4000)


class FileUpload(Body):
    """A file field of a modal."""

    type: Literal[19]
    id: ComponentId = None
    custom_id: CustomId
    min_values: int | None = Field(None, ge=0, le=10)
    max_values: int | None = Field(None, ge=1, le=10)
    required: bool | None = None
    file_types: FileTypes = None

    @model_validator(mode="after")
    def _sensible(self) -> FileUpload:
        check_file_types(self.file_types)
        if self.required is not False and self.min_values == 0:
            raise field_error("FILE_UPLOAD_MIN_VALUES", "min_values must be at least 1 where a file is required")
        return self


class GroupOption(Body):
    """One choice of a radio or checkbox group."""

    value: str = Field(min_length=1, max_length=100)
    label: str = Field(min_length=1, max_length=100)
    description: str | None = Field(None, max_length=100)
    default: bool | None = None


class RadioGroup(Body):
    """Exactly one of several."""

    type: Literal[21]
    id: ComponentId = None
    custom_id: CustomId
    required: bool | None = None
    options: list[GroupOption] = Field(min_length=2, max_length=10)


class CheckboxGroup(Body):
    """Any of several."""

    type: Literal[22]
    id: ComponentId = None
    custom_id: CustomId
    required: bool | None = None
    min_values: int | None = Field(None, ge=0, le=10)
    max_values: int | None = Field(None, ge=1, le=10)
    options: list[GroupOption] = Field(min_length=1, max_length=10)


class Checkbox(Body):
    """Yes or no."""

    type: Literal[23]
    id: ComponentId = None
    custom_id: CustomId
    default: bool | None = None


class Label(Body):
    """A field of a modal with its caption."""

    type: Literal[18]
    id: ComponentId = None
    label: str = Field(min_length=1, max_length=45)
    description: str | None = Field(None, min_length=1, max_length=100)
    component: Annotated[
        Annotated[TextInput, Tag("~4")]
        | Annotated[StringSelect, Tag("~3")]
        | Annotated[EntitySelect, Tag("~entity")]
        | Annotated[FileUpload, Tag("~19")]
        | Annotated[RadioGroup, Tag("~21")]
        | Annotated[CheckboxGroup, Tag("~22")]
        | Annotated[Checkbox, Tag("~23")],
        Discriminator(type_tag),
    ]

    @model_validator(mode="after")
    def _no_inner_label(self) -> Label:
        if isinstance(self.component, TextInput) and self.component.label is not None:
            raise field_error("TEXT_INPUT_LABEL", "A text input within a label has no label of its own")
        return self


class ModalRow(Body):
    """The older way to place a text field in a modal."""

    type: Literal[1]
    id: ComponentId = None
    components: list[TextInput] = Field(min_length=1, max_length=1)

    @model_validator(mode="after")
    def _labelled(self) -> ModalRow:
        if self.components[0].label is None:
            raise field_error("BASE_TYPE_REQUIRED", "A text input in an action row needs a label")
        return self


InModal = Annotated[
    Annotated[ModalRow, Tag("~1")] | Annotated[TextDisplay, Tag("~10")] | Annotated[Label, Tag("~18")],
    Discriminator(type_tag),
]
