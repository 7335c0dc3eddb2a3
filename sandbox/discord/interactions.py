"""The life of interactions: 3 seconds to the first response, one answer, a token good for 15 minutes.

Source: developers/interactions/receiving-and-responding. A person starts an interaction (`Interactions.start`); the
bot answers by `respond` and, with the token, through `token_holder` and the follow-up methods.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Final

from sandbox.discord import errors, mentions
from sandbox.discord.bodies import callbacks
from sandbox.discord.component_tree import stored
from sandbox.discord.composition import RESPONSE_FLAGS, Context
from sandbox.discord.interaction import Interaction, InteractionKind
from sandbox.discord.state import Message, MessageFlag, MessageKind, Reference, Trigger
from sandbox.discord.uploads import Destination

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from sandbox.discord.bodies.callbacks import (
        AutocompleteCallback,
        Callback,
        DeferredCallback,
        MessageCallback,
        ModalCallback,
    )
    from sandbox.discord.bodies.messages import EditMessage, MessageFields, WebhookMessage
    from sandbox.discord.broadcast import Broadcaster
    from sandbox.discord.composition import Composer
    from sandbox.discord.interaction import DeadToken, OutcomeKind
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.messages import Messages
    from sandbox.discord.state import Channel
    from sandbox.discord.uploads import UploadedFile
    from sandbox.discord.world import World


_OUTCOMES: Final[dict[int, OutcomeKind]] = {
    callbacks.MESSAGE: "message",
    callbacks.DEFERRED_MESSAGE: "thinking",
    callbacks.DEFERRED_UPDATE: "acknowledged",
    callbacks.UPDATE: "updated",
    callbacks.AUTOCOMPLETE_RESULT: "choices",
    callbacks.MODAL: "modal",
}


class Interactions:
    """All interactions of a sandbox."""

    def __init__(
        self,
        world: World,
        composer: Composer,
        messages: Messages,
        broadcaster: Broadcaster,
    ) -> None:
        self._world = world
        self._composer = composer
        self._messages = messages
        self._broadcaster = broadcaster
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.withhold = 0
        self.delays: list[int] = []

    def get(self, interaction_id: int) -> Interaction | None:
        """Return an interaction, for the person's side."""
        return self._by_id.get(interaction_id)

    def new(
        self,
        kind: InteractionKind,
        user_id: int,
        channel: Channel,
        *,
        command_name: str | None = None,
        command_type: int | None = None,
        message_id: int | None = None,
        target_id: int | None = None,
        triggering: Trigger | None = None,
    ) -> Interaction:
        """Return a new interaction that is not yet sent."""
        interaction = Interaction(
            id=self._world.new_id(),
            token=secrets.token_urlsafe(96),
            kind=kind,
            user_id=user_id,
            channel_id=channel.id,
            guild_id=channel.guild_id,
            created_at=self._world.clock.now(),
            owners={"0": "0" if channel.guild_id is None else str(channel.guild_id)},
            command_name=command_name,
            command_type=command_type,
            message_id=message_id,
            target_id=target_id,
            triggering=triggering,
        )
        self._by_id[interaction.id] = interaction
        self._by_token[interaction.token] = interaction
        return interaction

    def start(self, interaction: Interaction, payload: JsonObject) -> None:
        """Send an interaction to the bot and begin its three seconds."""
        self._spawn(self._expire(interaction))
        if self._world.application.interactions_endpoint:
            # Discord would send it there and not here; nothing outside of this machine is ever called.
            return
        if self.withhold > 0:
            self.withhold -= 1
        elif self.delays:
            self._spawn(self._send_later(interaction, payload, self.delays.pop(0)))
        else:
            self._broadcaster.interaction_created(payload, interaction.guild_id)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_later(self, interaction: Interaction, payload: JsonObject, milliseconds: int) -> None:
        await self._world.clock.sleep(milliseconds)
        self._broadcaster.interaction_created(payload, interaction.guild_id)

    async def _expire(self, interaction: Interaction) -> None:
        limit = self._world.limits.first_response_ms
        await self._world.clock.sleep_until(interaction.created_at + limit)
        if interaction.outcome == "pending":
            interaction.outcome = "failed"
            if interaction.submits is not None:
                opened_by, form = interaction.submits
                opened_by.modal = form
            self._announce(interaction)

    def kill_tokens(self, how: DeadToken) -> None:
        """End the tokens of every interaction so far, before their time."""
        for interaction in self._by_id.values():
            interaction.dead = how

    async def close(self) -> None:
        """Stop waiting for anything."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _announce(self, interaction: Interaction) -> None:
        self._broadcaster.interaction_answered(interaction.id, interaction.channel_id, interaction.user_id)

    def waiting(self, interaction_id: int, token: str) -> Interaction:
        """Return an interaction whose first response is still due.

        Raises:
            ApiError: unknown, foreign token or too late (10062), or answered already (40060).
        """
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token or interaction.dead is not None:
            raise errors.unknown_interaction()
        if interaction.acknowledged:
            raise errors.already_acknowledged()
        age = self._world.clock.now() - interaction.created_at
        if interaction.outcome == "failed" or age >= self._world.limits.first_response_ms:
            raise errors.unknown_interaction()
        return interaction

    def token_holder(self, application_id: int, token: str) -> Interaction:
        """Return the interaction whose token is used as a webhook's.

        Raises:
            ApiError: the token is foreign, its interaction unanswered (10015), or it is too old (50027).
        """
        interaction = self._by_token.get(token)
        if interaction is None or application_id != self._world.application.id or interaction.dead == "unknown":
            raise errors.unknown_webhook()
        if interaction.dead == "invalid":
            raise errors.invalid_webhook_token()
        if self._world.clock.now() - interaction.created_at >= self._world.limits.token_ms:
            raise errors.invalid_webhook_token()
        if not interaction.acknowledged:
            raise errors.unknown_webhook()
        return interaction

    def upload_limit(self, interaction: Interaction) -> int:
        """Return `attachment_size_limit`: what responses may carry, in bytes."""
        return self._messages.upload_limit(self._world.channels[interaction.channel_id])

    async def respond(
        self, interaction: Interaction, callback: Callback, files: Sequence[UploadedFile]
    ) -> Message | None:
        """Take the first response and return the message it made or changed, if any.

        Raises:
            ApiError: it does not fit the interaction, or Discord would refuse it.
        """
        _check_fits(interaction, callback.type)
        message: Message | None = None
        if callback.type == callbacks.MESSAGE:
            message = await self._first_message(interaction, callback, files)
        elif callback.type == callbacks.UPDATE:
            message = self._component_message(interaction)
            await self._rewrite(interaction, message, callback.data, files)
        if interaction.acknowledged:
            # Composing took time, and another response came first.
            raise errors.already_acknowledged()
        interaction.outcome = _OUTCOMES[callback.type]
        if message is not None and callback.type == callbacks.MESSAGE:
            self._publish(interaction, message)
        elif callback.type == callbacks.DEFERRED_MESSAGE:
            message = self._loading(interaction, callback)
        elif callback.type in (callbacks.UPDATE, callbacks.DEFERRED_UPDATE):
            interaction.original_id = interaction.message_id
        elif callback.type == callbacks.AUTOCOMPLETE_RESULT:
            interaction.choices = _choices(callback)
        elif callback.type == callbacks.MODAL:
            interaction.modal = _modal(callback)
        self._announce(interaction)
        return message

    def _publish(self, interaction: Interaction, message: Message) -> None:
        interaction.original_id = message.id
        interaction.responses.append(message.id)
        self._messages.publish(message)

    async def _first_message(
        self, interaction: Interaction, callback: MessageCallback, files: Sequence[UploadedFile]
    ) -> Message:
        message = await self._composed(interaction, callback.data, files)
        self._dress(interaction, message)
        return message

    def _loading(self, interaction: Interaction, callback: DeferredCallback) -> Message:
        flags = (callback.data.flags if callback.data is not None else None) or 0
        message = Message(
            id=self._world.new_id(),
            channel_id=interaction.channel_id,
            guild_id=interaction.guild_id,
            author_id=self._world.bot_id,
            created_at=self._world.clock.now(),
            flags=flags | int(MessageFlag.LOADING),
        )
        self._dress(interaction, message)
        interaction.awaits_first_edit = True
        self._publish(interaction, message)
        return message

    def _dress(self, interaction: Interaction, message: Message) -> None:
        """Make a message look like an interaction's response."""
        message.webhook_id = self._world.application.id
        message.trigger = self.trigger(interaction)
        if message.flags & MessageFlag.EPHEMERAL:
            message.ephemeral_for = interaction.user_id
        if interaction.kind is InteractionKind.COMMAND:
            slash = interaction.target_id is None
            message.kind = MessageKind.CHAT_INPUT_COMMAND if slash else MessageKind.CONTEXT_MENU_COMMAND
        source = interaction.target_id or interaction.message_id
        if source is not None:
            if interaction.kind is not InteractionKind.COMMAND:
                message.kind = MessageKind.REPLY
            message.reference = Reference(interaction.channel_id, source, interaction.guild_id)

    def trigger(self, interaction: Interaction) -> Trigger:
        """Return what messages tell of the interaction they answer."""
        component = interaction.kind is InteractionKind.COMPONENT
        return Trigger(
            interaction_id=interaction.id,
            kind=int(interaction.kind),
            user_id=interaction.user_id,
            owners=interaction.owners,
            command_name=interaction.command_name if interaction.kind is InteractionKind.COMMAND else None,
            target_message_id=interaction.target_id,
            interacted_message_id=interaction.message_id if component else None,
            triggering=interaction.triggering,
        )

    async def _composed(self, interaction: Interaction, body: WebhookMessage, files: Sequence[UploadedFile]) -> Message:
        channel = self._world.channels[interaction.channel_id]
        ephemeral = bool((body.flags or 0) & MessageFlag.EPHEMERAL)
        composition = await self._composer.compose(
            body,
            files,
            Context(
                channel=channel,
                author_id=self._world.bot_id,
                destination=Destination(channel.id, self.upload_limit(interaction), ephemeral),
                default_parse=mentions.PARSE_USERS,
                allowed_flags=RESPONSE_FLAGS,
            ),
        )
        return self._messages.assemble(channel, self._world.bot_id, composition)

    def _component_message(self, interaction: Interaction) -> Message:
        message = self._world.find_message(interaction.message_id or 0)
        if message is None or message.deleted_at is not None:
            raise errors.unknown_message()
        return message

    async def _rewrite(
        self, interaction: Interaction, message: Message, body: MessageFields, files: Sequence[UploadedFile]
    ) -> None:
        await self._messages.rewrite(message, body, files, self.upload_limit(interaction), mentions.PARSE_USERS)

    def response(self, interaction: Interaction, reference: str) -> Message:
        """Return the message that `@original` or an id names among an interaction's responses.

        Raises:
            ApiError: there is none (10008).
        """
        wanted = interaction.original_id if reference == "@original" else int(reference)
        known = wanted in interaction.responses or wanted == interaction.original_id
        message = self._world.find_message(wanted) if known and wanted is not None else None
        if message is None or message.deleted_at is not None:
            raise errors.unknown_message()
        return message

    async def edit_response(
        self, interaction: Interaction, reference: str, body: EditMessage, files: Sequence[UploadedFile]
    ) -> Message:
        """Edit one of an interaction's responses and return it.

        Raises:
            ApiError: there is none, or Discord would refuse the edit.
        """
        message = self.response(interaction, reference)
        if message.id == interaction.original_id:
            interaction.awaits_first_edit = False
        await self._rewrite(interaction, message, body, files)
        return message

    def delete_response(self, interaction: Interaction, reference: str) -> None:
        """Delete one of an interaction's responses.

        Raises:
            ApiError: there is none (10008).
        """
        message = self.response(interaction, reference)
        interaction.awaits_first_edit = interaction.awaits_first_edit and not message.loading
        self._messages.remove(message)

    async def follow_up(self, interaction: Interaction, body: WebhookMessage, files: Sequence[UploadedFile]) -> Message:
        """Post a follow-up; the first one after a deferral edits the loading message, ephemeral as deferred.

        Raises:
            ApiError: Discord would refuse it.
        """
        if interaction.awaits_first_edit:
            interaction.awaits_first_edit = False
            message = self.response(interaction, "@original")
            await self._rewrite(interaction, message, body, files)
            return message
        message = await self._composed(interaction, body, files)
        message.webhook_id = self._world.application.id
        message.kind = MessageKind.REPLY
        trigger = self.trigger(interaction)
        if interaction.original_id is not None:
            message.reference = Reference(interaction.channel_id, interaction.original_id, interaction.guild_id)
            trigger = _following(trigger, interaction.original_id)
        message.trigger = trigger
        if message.flags & MessageFlag.EPHEMERAL:
            message.ephemeral_for = interaction.user_id
        interaction.responses.append(message.id)
        self._messages.publish(message)
        return message


def _following(trigger: Trigger, original_id: int) -> Trigger:
    return Trigger(
        interaction_id=trigger.interaction_id,
        kind=trigger.kind,
        user_id=trigger.user_id,
        owners=trigger.owners,
        command_name=trigger.command_name,
        target_message_id=trigger.target_message_id,
        interacted_message_id=trigger.interacted_message_id,
        original_response_id=original_id,
        triggering=trigger.triggering,
    )


def _check_fits(interaction: Interaction, kind: int) -> None:
    """Check that a callback type may answer an interaction of this kind ("Interaction Callback Type")."""
    autocomplete = interaction.kind is InteractionKind.AUTOCOMPLETE
    fits = autocomplete == (kind == callbacks.AUTOCOMPLETE_RESULT)
    if kind in (callbacks.DEFERRED_UPDATE, callbacks.UPDATE):
        fits = interaction.message_id is not None
    if kind == callbacks.MODAL:
        fits = interaction.kind in (InteractionKind.COMMAND, InteractionKind.COMPONENT)
    if not fits:
        raise errors.invalid_field(
            ("type",), "INTERACTION_CALLBACK_TYPE_INVALID", "This type cannot answer this interaction."
        )


def _choices(callback: AutocompleteCallback) -> list[JsonObject]:
    return [choice.wire() for choice in callback.data.choices]


def _modal(callback: ModalCallback) -> JsonObject:
    return {
        "custom_id": callback.data.custom_id,
        "title": callback.data.title,
        "components": list(stored((c.wire() for c in callback.data.components), in_modal=True)),
    }
