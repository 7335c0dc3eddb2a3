"""Saying once that one may use the pictures or recordings that one brings: asked before the first, kept for good."""

from __future__ import annotations

from collections.abc import Awaitable
from types import TracebackType
from typing import Protocol

from bot.errors import Refused
from bot.jobs.drafts import Drafts
from bot.jobs.house import ConsentKind, ConsentNeeded
from bot.jobs.ports import DraftKind
from bot.ui.custom_ids import Pressed, Verb
from cogs.clicks import Clicks
from cogs.found_here import NotHere
from cogs.interaction import Interaction


class Consents(Protocol):
    """Keeps what people say that they may use."""

    async def consent(self, person_id: int, kind: ConsentKind) -> None:
        """Note that a person may use such things; the first time stays."""
        ...


class TakesUpOffers(Protocol):
    """Buys what was offered."""

    def run(self, interaction: Interaction, pressed: Pressed) -> Awaitable[None]:
        """Take an offer up; `pressed.subject` is its draft."""
        ...


class until_consent:  # noqa: N801 - it reads as a statement, as contextlib's own do
    """Leaves the block where nothing can be bought before the person has said that they may use what they brought."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Swallow that a consent is needed, and nothing else."""
        return isinstance(error, Refused) and isinstance(error.refusal, ConsentNeeded)


class ConsentButtons:
    """Answers "I may use it"."""

    def __init__(self, drafts: Drafts, consents: Consents, offers: TakesUpOffers) -> None:
        """Keep the collaborators."""
        self._drafts = drafts
        self._consents = consents
        self._offers = offers

    def register(self, clicks: Clicks) -> None:
        """Take the verb."""
        clicks.on(Verb.CONSENT, self.consent)

    async def consent(self, interaction: Interaction, pressed: Pressed) -> None:
        """Keep the word, and buy the very same that was asked for: the verb CONSENT.

        Raises:
            NotHere: the custom id is none of ours.
            Refused: the offer is gone or somebody else's, and nothing is kept; or it cannot be bought any more.
        """
        kind = next((kind for kind in ConsentKind if kind == pressed.extra), None)
        if kind is None:
            raise NotHere(pressed.extra)
        await self._drafts.take(pressed.subject, DraftKind.OFFER, interaction.user.id)
        await self._consents.consent(interaction.user.id, kind)
        await self._offers.run(interaction, pressed)
