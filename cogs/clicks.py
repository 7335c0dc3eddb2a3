"""Clicks on buttons and forms that are sent: who handles which verb, and what is said when that goes wrong."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from structlog.contextvars import bound_contextvars

from bot.errors import Refused
from bot.jobs.ports import StoreUnavailable, not_written
from bot.jobs.requests import NotTakingWork
from bot.ui import wording
from bot.ui.answering import say_privately
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.amounts import Amounts
from cogs.found_here import NotHere
from cogs.in_hand import InHand
from cogs.interaction import Interaction
from cogs.modal_submits import SentForm, read_modal
from cogs.payers import Payers

Handler = Callable[[Interaction, Pressed], Awaitable[None]]
FormHandler = Callable[[Interaction, SentForm], Awaitable[None]]

log = structlog.get_logger(__name__)


class Clicks:
    """Hands each custom id to the one handler of its verb."""

    def __init__(self, in_hand: InHand, amounts: Amounts | None = None, payers: Payers | None = None) -> None:
        """Begin without handlers.

        Args:
            in_hand: counts clicks in, and tells when no more are taken.
            amounts: decides who is told amounts of money; without it, everybody is.
            payers: finds who pays in direct messages; without it, nobody but for the clip that a click is about.
        """
        self._in_hand = in_hand
        self._amounts = amounts
        self._payers = payers
        self._handlers: dict[str, Handler] = {}
        self._form_handlers: dict[str, FormHandler] = {}

    def on(self, verb: Verb, handler: Handler) -> None:
        """Let `handler` answer a verb; it raises Refused for what is forbidden.

        Raises:
            ValueError: the verb has a handler.
        """
        if verb in self._handlers:
            raise ValueError(f"two handlers for {verb}")
        self._handlers[verb] = handler

    def on_form(self, verb: Verb, handler: FormHandler) -> None:
        """Let `handler` answer a form whose custom id has this verb; it raises Refused for what is forbidden.

        Raises:
            ValueError: the verb has a handler.
        """
        if verb in self._form_handlers:
            raise ValueError(f"two handlers for forms of {verb}")
        self._form_handlers[verb] = handler

    async def clicked(self, interaction: Interaction, pressed: Pressed) -> None:
        """Answer a click; whatever goes wrong, the person is told in private."""
        handler = self._handlers.get(pressed.verb)
        await self._answer(interaction, pressed, partial(handler, interaction, pressed) if handler else None)

    async def sent(self, interaction: Interaction) -> None:
        """Answer a form, whenever its modal was opened; whatever goes wrong, the person is told in private."""
        form = read_modal(interaction)
        if form is None:
            await self.foreign(interaction)
            return
        handler = self._form_handlers.get(form.pressed.verb)
        await self._answer(interaction, form.pressed, partial(handler, interaction, form) if handler else None)

    async def foreign(self, interaction: Interaction) -> None:
        """Answer a component or form whose custom id we never made: nothing is done, and that is said."""
        await self._answer(interaction, None, None)

    async def _answer(
        self, interaction: Interaction, pressed: Pressed | None, handle: Callable[[], Awaitable[None]] | None
    ) -> None:
        verb = pressed.verb if pressed is not None else ""
        with (
            speaking(interaction.locale.value),
            bound_contextvars(interaction=interaction.id, guild=interaction.guild_id, click=verb),
        ):
            if not self._in_hand.enter():
                await _tell(interaction, wording.refused(NotTakingWork()))
                return
            if handle is None:
                await _tell(interaction, wording.not_here())
                return
            try:
                if self._payers is not None:
                    await self._payers.settle(interaction, pressed)
                if self._amounts is not None:
                    await self._amounts.settle(interaction, pressed)
                await handle()
            except NotHere:
                await _tell(interaction, wording.not_here())
            except Refused as error:
                await _tell(interaction, wording.click_refused(error.refusal))
            except StoreUnavailable as error:
                log.warning("click_not_written", verb=verb, error=str(error))
                await _tell(interaction, wording.click_refused(not_written(error, perhaps=True)))
            except Exception:
                # Whatever went wrong, the person is told, with a number that the log has too.
                error_id = secrets.token_hex(4)
                log.exception("click_failed", error_id=error_id, verb=verb)
                await _tell(interaction, wording.click_apology(error_id))


async def _tell(interaction: Interaction, message: Message) -> None:
    try:
        await say_privately(interaction, message)
    except Exception as error:  # noqa: BLE001 - nobody is left to tell, and what was clicked is done
        log.warning("answer_failed", error=repr(error))
