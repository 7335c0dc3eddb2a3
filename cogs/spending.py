"""Buying by a click, a form or a reply: the price first, unless the person chose otherwise, and a card of its own.

The card is an ordinary message, so that people can reply to it; Discord hides the text of replies to a command's
answer.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakValueDictionary

import discord
import structlog
from pydantic import ValidationError

from bot.clock import SECOND
from bot.community.paying import PayingServer
from bot.errors import Refused
from bot.jobs import schedule
from bot.jobs.costs import UNKNOWN, Cost
from bot.jobs.drafts import DraftGone, Drafts, FileNotFetched, request_key_of
from bot.jobs.house import ConsentNeeded
from bot.jobs.model import Job, MessageRef, NewAsset, kept_file, kept_url
from bot.jobs.ports import Draft, DraftKind, HeldFile, TryLater
from bot.jobs.requests import Agreement, CostsMore, LipsyncRequest, Origin, Request, Submitted, VideoRequest
from bot.jobs.service import JobService
from bot.ui import cards, offers, wording
from bot.ui.amounts import amounts
from bot.ui.answering import PATIENCE, answer_privately, in_time
from bot.ui.consent import ask_consent
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.amounts import beside, for_all
from cogs.buying import Buying
from cogs.clicks import Clicks
from cogs.consent import until_consent
from cogs.fading import Fading
from cogs.interaction import Interaction, check_place, origin_of, origin_paid_by, speaking_beside
from cogs.kept_costs import KeptCost
from cogs.requests_as_text import request_from_text, request_to_text
from cogs.spots import Spot

OFFER_SECONDS: Final = 300.0
"""How long an offer that all can see stands in a channel."""

log = structlog.get_logger(__name__)


class _Offered(KeptCost):
    """What an offer keeps, beside what it said that it costs.

    Attributes:
        request: what Run buys.
        reply_to: the message that the card answers, 0 for none.
        about: the clip it is about, "" for none.
        private: whether it all goes into direct messages; None leaves it to the clip and the person's default.
    """

    request: str
    reply_to: int = 0
    about: str = ""
    private: bool | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants bought.

    Attributes:
        request: what.
        about: the clip it is about: the card answers its message, and in direct messages it names the server.
        repeat_key: what a double click has in common.
        reply_to: the message that the card answers.
        private: whether card and result go into direct messages; None leaves it to the clip and the person's default.
    """

    request: Request
    about: Job | None = None
    repeat_key: str = ""
    reply_to: int = 0
    private: bool | None = None


class Spending:
    """Offers and buys."""

    def __init__(
        self, jobs: JobService, buying: Buying, drafts: Drafts, fading: Fading, patience: float = PATIENCE
    ) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a deferral."""
        self._patience = patience
        self._fading = fading
        self._jobs = jobs
        self._buying = buying
        self._drafts = drafts
        self._deciding: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def register(self, clicks: Clicks) -> None:
        """Take the verbs of offers."""
        clicks.on(Verb.RUN, self.run)
        clicks.on(Verb.ALWAYS, self.always)
        clicks.on(Verb.NO, self.no)

    async def ask(self, interaction: Interaction, wish: Wish) -> None:
        """Show the price in private and wait for Run, or buy at once where the person chose that.

        Raises:
            Refused: nothing was stored.
        """
        answer = await in_time(interaction, self.asked(interaction, wish), ephemeral=True, patience=self._patience)
        await answer_privately(interaction, answer)

    async def asked(self, interaction: Interaction, wish: Wish) -> Message:
        """Return the private offer of a wish, or that it was bought at once; see `ask`."""
        origin = replace(origin_of(interaction, wish.about), repeat_key=wish.repeat_key)
        with speaking(interaction.locale.value):
            if not (await self._jobs.preferences(interaction.user.id)).asks_first:
                with until_consent():
                    return wording.started(await self.buy(interaction.client, interaction.user, origin, wish))
            return await self.offer(origin, wish, draft_id=await self._offer_id(interaction, wish))

    async def offer(
        self, origin: Origin, wish: Wish, *, draft_id: str = "", files: tuple[HeldFile, ...] = ()
    ) -> Message:
        """Return the offer of a request: its price, what is left, and the buttons Run and No.

        Who brought a picture or a recording for the first time is asked whether they may use it; saying so is Run.
        Files that are not on our side yet are fetched: the message that brought them may be gone before Run.

        Args:
            origin: who asks, and where.
            wish: what Run buys.
            draft_id: names the offer's draft; a random one unless given.
            files: what is on our side for this request already.

        Raises:
            Refused: it could not be bought as things stand, or a file cannot be had.
        """
        quote = await self._jobs.quote(origin, wish.request)
        draft = await self._keep(
            origin.requester_id, origin.place.guild_id, wish, quote.cost, files=files, draft_id=draft_id
        )
        offer = offers.render_offer(wish.request, quote, draft.id)
        return offer if quote.consent is None else ask_consent(offer, quote.consent, draft.id)

    async def keep(self, person_id: int, wish: Wish) -> Draft:
        """Keep what a person asked for in direct messages until they choose which server pays for it.

        Raises:
            Refused: a file cannot be had.
        """
        return await self._keep(person_id, None, wish, UNKNOWN)

    async def offer_kept(self, interaction: Interaction, draft_id: str, server: PayingServer) -> Message:
        """Return the offer of what waited for a server that pays, which is found.

        Raises:
            Refused: it is gone, it is somebody else's, or it could not be bought as things stand.
        """
        draft = await self._drafts.take(draft_id, DraftKind.OFFER, interaction.user.id)
        if draft.guild_id not in {None, server.id} or await self._jobs.made_by(request_key_of(draft.id)) is not None:
            raise Refused(DraftGone())
        offered = _read(draft)
        wish = Wish(request_from_text(offered.request), private=offered.private)
        origin = origin_paid_by(server, interaction)
        with amounts(said=await self._jobs.says_amounts(server.id)):
            return await self.offer(origin, wish, draft_id=draft.id, files=draft.files)

    async def _keep(
        self,
        person_id: int,
        guild_id: int | None,
        wish: Wish,
        cost: Cost,
        *,
        files: tuple[HeldFile, ...] = (),
        draft_id: str = "",
    ) -> Draft:
        request, fetched = await self._hold(wish.request, person_id)
        offered = _Offered(
            request=request_to_text(request),
            reply_to=wish.reply_to,
            about=wish.about.id if wish.about is not None else "",
            private=wish.private,
            microusd=cost.microusd,
            basis=cost.basis,
            included=cost.included,
        )
        return await self._drafts.open(
            DraftKind.OFFER,
            person_id,
            guild_id,
            offered.model_dump_json(),
            files=files,
            fetched=fetched,
            draft_id=draft_id,
        )

    def stands_briefly(self, draft_id: str, offer: discord.Message) -> None:
        """Take an offer back after a while, with its message, unless it is taken up or turned down before."""

        async def take_back() -> None:
            if await self._turned_down(draft_id) is None:
                await offer.delete()

        self._fading.later(draft_id, OFFER_SECONDS, take_back)

    async def buy(
        self,
        client: discord.Client,
        person: discord.User | discord.Member,
        origin: Origin,
        wish: Wish,
        agreed: Agreement | None = None,
    ) -> Submitted:
        """Buy, and post the card as a message of its own; the arguments are those of `Buying.submit`.

        Raises:
            Refused: nothing was stored.
        """
        submitted, spot = await self._buying.submit(person, origin, wish.request, private=wish.private, agreed=agreed)
        if not submitted.repeated:
            await self._post_card(client, spot, submitted, wish.reply_to)
        return submitted

    async def run(self, interaction: Interaction, pressed: Pressed) -> None:
        """Take an offer up: the verb RUN.

        An offer that all can see becomes the card; a private one says where the card stands. Where it costs more than
        it showed, nothing is bought, and it shows the new price.

        Raises:
            Refused: it is gone, it is somebody else's, or it cannot be bought any more.
        """
        await self._run(interaction, pressed)

    async def always(self, interaction: Interaction, pressed: Pressed) -> None:
        """Take an offer up and do not ask again: the verb ALWAYS; it raises what `run` raises."""
        if not await self._run(interaction, pressed):
            return
        chosen = await self._jobs.preferences(interaction.user.id)
        await self._jobs.set_preferences(interaction.user.id, replace(chosen, asks_first=False))
        try:
            await interaction.followup.send(**wording.not_asked_again().send(), ephemeral=True)
        except Exception as error:  # noqa: BLE001 - it is chosen all the same
            log.warning("choice_not_confirmed", error=repr(error))

    async def no(self, interaction: Interaction, pressed: Pressed) -> None:
        """Turn an offer down: the verb NO.

        Raises:
            Refused: it is gone, or it is somebody else's.
        """
        draft = await self._drafts.take(pressed.subject, DraftKind.OFFER, interaction.user.id)
        made = await self._turned_down(draft.id)
        await _acknowledge(interaction)
        if made is not None:
            await interaction.followup.send(**wording.repeated(made).send(), ephemeral=True)
            return
        self._fading.keep(draft.id)
        await _replace_offer(interaction, wording.turned_down())

    async def _offer_id(self, interaction: Interaction, wish: Wish) -> str:
        """Return the draft of an offer; that of a double click is the same twice, so only one of the two can be run."""
        if not wish.repeat_key:
            return ""
        moment = round(interaction.created_at.timestamp() * SECOND) // schedule.REPEAT_WINDOW
        before = _offer_id(wish.repeat_key, moment - 1)
        opened = await self._drafts.find(before, DraftKind.OFFER) is not None
        return before if opened else _offer_id(wish.repeat_key, moment)

    def _decision(self, draft_id: str) -> asyncio.Lock:
        """Return what lets only one of Run and No happen to an offer."""
        return self._deciding.setdefault(draft_id, asyncio.Lock())

    async def _turned_down(self, draft_id: str) -> Job | None:
        """Forget an offer; where it was taken up before, its files stay, and the job that came of it is returned."""
        async with self._decision(draft_id):
            made = await self._jobs.made_by(request_key_of(draft_id))
            draft = await self._drafts.find(draft_id, DraftKind.OFFER) if made is None else None
            if draft is not None:
                await self._drafts.turn_down(draft)
            return made

    async def _hold(self, request: Request, person_id: int) -> tuple[Request, tuple[HeldFile, ...]]:
        """Return a request whose files are all on our side, and those that came there now."""
        held: list[HeldFile] = []
        try:
            match request:
                case VideoRequest(files=files) if files:
                    request = replace(
                        request, files=tuple([await self._fetch(file, held, person_id) for file in files])
                    )
                case LipsyncRequest(audio=audio) if audio is not None:
                    request = replace(request, audio=await self._fetch(audio, held, person_id))
                case _:
                    pass
        except Exception:
            await self._drafts.discard(held)
            raise
        return request, tuple(held)

    async def _fetch(self, file: NewAsset, held: list[HeldFile], person_id: int) -> NewAsset:
        """Return a file as it is on our side; what comes there now is added to `held`."""
        if kept_file(file.url) is not None:
            return file
        try:
            copy = await self._drafts.hold(file, person_id)
        except TryLater as error:
            raise Refused(FileNotFetched(option=file.option)) from error
        held.append(copy)
        return replace(file, url=kept_url(copy.asset_id, copy.extension))

    async def _run(self, interaction: Interaction, pressed: Pressed) -> bool:
        """Take an offer up; False where it has to be agreed to anew."""
        draft = await self._drafts.take(pressed.subject, DraftKind.OFFER, interaction.user.id)
        offered = _read(draft)
        origin, about = await self._buying.origin_of_draft(interaction, draft, offered.about)
        if not offered.private:
            check_place(interaction)
        wish = Wish(request_from_text(offered.request), about, reply_to=offered.reply_to, private=offered.private)
        await _acknowledge(interaction)
        try:
            submitted, spot = await self._bought(interaction, draft, origin, wish, Agreement(cost=offered.cost))
        except Refused as error:
            if not isinstance(error.refusal, CostsMore | ConsentNeeded):
                raise
            with speaking_beside(interaction, origin.place), await beside(self._jobs, interaction, origin.place):
                again = await self.offer(origin, wish, draft_id=draft.id, files=draft.files)
                if isinstance(error.refusal, CostsMore):
                    again = offers.dearer(again, offered.cost)
            await interaction.edit_original_response(**again.edit())
            return False
        self._fading.keep(draft.id)
        await self._show_bought(interaction, submitted, spot, wish)
        return True

    async def _bought(
        self, interaction: Interaction, draft: Draft, origin: Origin, wish: Wish, agreed: Agreement
    ) -> tuple[Submitted, Spot]:
        async with self._decision(draft.id):
            await self._drafts.take(draft.id, DraftKind.OFFER, interaction.user.id)
            if draft.files:
                # The job may have to read them after the offer would have expired.
                await self._drafts.renew(draft)
            return await self._buying.submit(
                interaction.user, origin, wish.request, private=wish.private, agreed=agreed
            )

    async def _show_bought(self, interaction: Interaction, submitted: Submitted, spot: Spot, wish: Wish) -> None:
        message = interaction.message
        if message is not None and _is_public(interaction) and submitted.job.place.channel_id == message.channel.id:
            await self._become_card(interaction, submitted, MessageRef(message.channel.id, message.id))
            return
        if not submitted.repeated:
            await self._post_card(interaction.client, spot, submitted, wish.reply_to)
        await _replace_offer(interaction, wording.started(submitted))

    async def _become_card(self, interaction: Interaction, submitted: Submitted, offer: MessageRef) -> None:
        """Turn an offer into its job's card; pressed twice, the offer may be the card already."""
        if submitted.job.card == offer:
            return
        try:
            if submitted.job.card is not None:
                await interaction.delete_original_response()
                return
            place = submitted.job.place
            with speaking(place.spoken_locale), await for_all(self._jobs, place):
                card = cards.render_card(submitted.job, submitted.facts, self._jobs.catalogue)
            await interaction.edit_original_response(**card.edit())
        except Exception as error:  # noqa: BLE001 - it stands there all the same, and will be drawn again
            log.warning("card_not_shown", job=submitted.job.id, error=repr(error))
        await self._buying.remember(submitted, offer)

    async def _post_card(self, client: discord.Client, spot: Spot, submitted: Submitted, reply_to: int) -> None:
        """Post the card, or turn the placeholder into it; the job goes on without one where that fails."""
        job = submitted.job
        try:
            with speaking(job.place.spoken_locale), await for_all(self._jobs, job.place):
                card = cards.render_card(job, submitted.facts, self._jobs.catalogue)
            if spot.placeholder is not None:
                await spot.placeholder.edit(**card.edit())
                message_id = spot.placeholder.id
            else:
                message_id = (await self._send_card(client, job, card, reply_to)).id
        except Exception as error:  # noqa: BLE001 - whatever fails here must not fail the job
            log.warning("card_not_posted", job=job.id, error=repr(error))
            return
        await self._buying.remember(submitted, MessageRef(job.place.channel_id, message_id))

    async def _send_card(self, client: discord.Client, job: Job, card: Message, reply_to: int) -> discord.Message:
        guild_id = None if job.place.is_direct else job.place.guild_id
        channel = client.get_partial_messageable(job.place.channel_id, guild_id=guild_id)
        sending = card.send()
        if reply_to:
            reference = discord.MessageReference(
                message_id=reply_to, channel_id=job.place.channel_id, guild_id=guild_id, fail_if_not_exists=False
            )
            return await channel.send(**sending, reference=reference, silent=True, nonce=f"egret-card-{job.id}")
        return await channel.send(**sending, silent=True, nonce=f"egret-card-{job.id}")


def _offer_id(repeat_key: str, moment: int) -> str:
    return hashlib.sha256(f"{repeat_key}:{moment}".encode()).hexdigest()[:24]


def _read(draft: Draft) -> _Offered:
    try:
        return _Offered.model_validate_json(draft.payload)
    except ValidationError as error:
        raise Refused(DraftGone()) from error


def _is_public(interaction: Interaction) -> bool:
    """Tell whether the message that was clicked on can be seen by all."""
    return interaction.message is not None and not interaction.message.flags.ephemeral


async def _replace_offer(interaction: Interaction, answer: Message) -> None:
    """Let an answer stand in the place of a private offer; one that all can see goes."""
    try:
        if _is_public(interaction):
            await interaction.delete_original_response()
        else:
            await interaction.edit_original_response(**answer.edit())
    except Exception as error:  # noqa: BLE001 - what was pressed is done all the same
        log.warning("offer_not_replaced", error=repr(error))


async def _acknowledge(interaction: Interaction) -> None:
    """Tell Discord that the message that was clicked on will change."""
    try:
        await interaction.response.defer()
    except Exception as error:  # noqa: BLE001 - what was pressed is done all the same
        log.warning("deferral_failed", error=repr(error))
