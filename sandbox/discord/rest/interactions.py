"""Answers to interactions and what their tokens allow (developers/interactions/receiving-and-responding)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import errors
from sandbox.discord.bodies import callbacks
from sandbox.discord.bodies.base import parse
from sandbox.discord.bodies.callbacks import CALLBACK
from sandbox.discord.bodies.messages import EDIT, WEBHOOK
from sandbox.discord.rest.api import Route
from sandbox.discord.rest.call import NO_CONTENT, Reply

if TYPE_CHECKING:
    from sandbox.discord.interaction import Interaction
    from sandbox.discord.interactions import Interactions
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.rest.call import Call
    from sandbox.discord.state import Message
    from sandbox.discord.wire_messages import MessageWire

_WITH_RESOURCE = (callbacks.MESSAGE, callbacks.UPDATE)


class InteractionRoutes:
    """Callbacks, original responses and follow-ups."""

    def __init__(self, interactions: Interactions, rendering: MessageWire) -> None:
        self._interactions = interactions
        self._rendering = rendering

    def routes(self) -> list[Route]:
        """Return the family's routes; each is authorised by the interaction's token."""
        hook = "/webhooks/{webhook_id}/{token}"
        one = hook + "/messages/{message}"
        return [
            Route("POST", "/interactions/{interaction_id}/{token}/callback", self.respond, by_token=True),
            Route("POST", hook, self.follow_up, by_token=True),
            Route("GET", one, self.get, by_token=True),
            Route("PATCH", one, self.edit, by_token=True),
            Route("DELETE", one, self.delete, by_token=True),
        ]

    async def respond(self, call: Call) -> Reply:
        """Create Interaction Response."""
        interaction = self._interactions.waiting(call.snowflake("interaction_id"), call.params["token"])
        callback = parse(CALLBACK, call.body)
        message = await self._interactions.respond(interaction, callback, call.files)
        if call.query.get("with_response", "").lower() not in ("1", "true"):
            return NO_CONTENT
        return Reply(200, self._callback(interaction, callback.type, message))

    def _callback(self, interaction: Interaction, kind: int, message: Message | None) -> JsonObject:
        described: JsonObject = {"id": str(interaction.id), "type": int(interaction.kind)}
        described["channel_id"] = str(interaction.channel_id)
        if interaction.guild_id is not None:
            described["guild_id"] = str(interaction.guild_id)
        answer: JsonObject = {"interaction": described}
        if message is not None:
            described |= {
                "response_message_id": str(message.id),
                "response_message_loading": message.loading,
                "response_message_ephemeral": message.ephemeral_for is not None,
            }
            if kind in _WITH_RESOURCE:
                answer["resource"] = {"type": kind, "message": self._rendered(message)}
        return answer

    def _rendered(self, message: Message) -> JsonObject:
        return self._rendering.message(message, self._rendering.app_as_target)

    def _holder(self, call: Call) -> Interaction:
        return self._interactions.token_holder(call.snowflake("webhook_id"), call.params["token"])

    @staticmethod
    def _reference(call: Call) -> str:
        wanted = call.params["message"]
        if wanted != "@original" and not wanted.isdigit():
            raise errors.unknown_message()
        return wanted

    async def follow_up(self, call: Call) -> Reply:
        """Create Followup Message."""
        interaction = self._holder(call)
        message = await self._interactions.follow_up(interaction, parse(WEBHOOK, call.body), call.files)
        return Reply(200, self._rendered(message))

    async def get(self, call: Call) -> Reply:
        """Get Original Interaction Response, or a follow-up."""
        return Reply(200, self._rendered(self._interactions.response(self._holder(call), self._reference(call))))

    async def edit(self, call: Call) -> Reply:
        """Edit Original Interaction Response, or a follow-up."""
        interaction = self._holder(call)
        message = await self._interactions.edit_response(
            interaction, self._reference(call), parse(EDIT, call.body), call.files
        )
        return Reply(200, self._rendered(message))

    async def delete(self, call: Call) -> Reply:
        """Delete Original Interaction Response, or a follow-up."""
        self._interactions.delete_response(self._holder(call), self._reference(call))
        return NO_CONTENT
