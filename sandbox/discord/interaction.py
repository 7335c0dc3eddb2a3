"""One interaction: what a person started and what has come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.state import Trigger


class InteractionKind(IntEnum):
    """Interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


OutcomeKind = Literal["pending", "message", "thinking", "acknowledged", "updated", "choices", "modal", "failed"]
"""What a person sees: nothing yet, an answer, "is thinking…", no visible change, the message edited, suggestions,
a form, or "The application did not respond"."""


DeadToken = Literal["invalid", "unknown"]
"""How Discord refuses a token that died early once it was used: 50027, or 10015; before that it is 10062 always
(discord/discord-api-docs issue 6851)."""


@dataclass(slots=True, kw_only=True)
class Interaction:
    """One interaction.

    Attributes:
        message_id: the component's message, or that of the component that opened the submitted modal.
        target_id: the message that a message command was run on.
        original_id: the message that `@original` stands for.
        responses: every message made with the token, the original included.
        submits: the interaction that opened the submitted form, and the form: a person's client keeps it open until
            somebody answers.
        dead: how Discord refuses the token although its time is not over, None where it does not.
    """

    id: int
    token: str
    kind: InteractionKind
    user_id: int
    channel_id: int
    guild_id: int | None
    created_at: int
    owners: dict[str, str]
    command_name: str | None = None
    command_type: int | None = None
    message_id: int | None = None
    target_id: int | None = None
    triggering: Trigger | None = None
    outcome: OutcomeKind = "pending"
    choices: list[JsonObject] = field(default_factory=list)
    modal: JsonObject | None = None
    original_id: int | None = None
    awaits_first_edit: bool = False
    responses: list[int] = field(default_factory=list)
    submits: tuple[Interaction, JsonObject] | None = None
    dead: DeadToken | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether there was a first response."""
        return self.outcome not in ("pending", "failed")
