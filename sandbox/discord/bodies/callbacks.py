"""Bodies that answer interactions (developers/interactions/receiving-and-responding)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Discriminator, Field, Tag, TypeAdapter, model_validator

from sandbox.discord.bodies.base import Body, field_error
from sandbox.discord.bodies.commands import Choice
from sandbox.discord.bodies.components import CustomId
from sandbox.discord.bodies.messages import WebhookMessage
from sandbox.discord.bodies.modals import InModal, Label, ModalRow

MESSAGE: Final = 4
DEFERRED_MESSAGE: Final = 5
DEFERRED_UPDATE: Final = 6
UPDATE: Final = 7
AUTOCOMPLETE_RESULT: Final = 8
MODAL: Final = 9


class MessageCallback(Body):
    """Answer with a message."""

    type: Literal[4]
    data: WebhookMessage


class DeferredData(Body):
    """What a deferral may say: whether it is ephemeral."""

    flags: Literal[0, 64] | None = None


class DeferredCallback(Body):
    """Acknowledge, and answer later."""

    type: Literal[5]
    data: DeferredData | None = None


class DeferredUpdateCallback(Body):
    """Acknowledge a component, and edit its message later or not at all."""

    type: Literal[6]
    data: DeferredData | None = None


class UpdateCallback(Body):
    """Edit the component's message."""

    type: Literal[7]
    data: WebhookMessage


class AutocompleteData(Body):
    """Suggestions."""

    choices: list[Choice] = Field(max_length=25)


class AutocompleteCallback(Body):
    """Answer what was typed with suggestions."""

    type: Literal[8]
    data: AutocompleteData


class ModalData(Body):
    """A form."""

    custom_id: CustomId
    title: str = Field(min_length=1, max_length=45)
    components: list[InModal] = Field(min_length=1, max_length=5)

    @model_validator(mode="after")
    def _custom_ids(self) -> ModalData:
        inputs = [part.component for part in self.components if isinstance(part, Label)]
        rows = [part.components[0] for part in self.components if isinstance(part, ModalRow)]
        ids = [component.custom_id for component in (*inputs, *rows)]
        if not ids:
            raise field_error("MODAL_WITHOUT_INPUT", "A modal needs something to fill in")
        if len(set(ids)) != len(ids):
            raise field_error("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        return self


class ModalCallback(Body):
    """Open a form."""

    type: Literal[9]
    data: ModalData


def _tag(value: object) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return f"~{kind}"


Callback = (
    Annotated[MessageCallback, Tag("~4")]
    | Annotated[DeferredCallback, Tag("~5")]
    | Annotated[DeferredUpdateCallback, Tag("~6")]
    | Annotated[UpdateCallback, Tag("~7")]
    | Annotated[AutocompleteCallback, Tag("~8")]
    | Annotated[ModalCallback, Tag("~9")]
)
CALLBACK: Final[TypeAdapter[Callback]] = TypeAdapter(Annotated[Callback, Discriminator(_tag)])
