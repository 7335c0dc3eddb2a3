"""Forms: a new clip, a longer one, one that speaks, and any of them once more with changes.

A form says what it costs, as things stand when it opens, and that sending it buys the clip. So a form that is sent
needs no second Run, as long as what it asks for costs no more than it said. Where that costs more (a better quality
was picked in it), or no price could be shown, a private offer with the price follows, whatever the person chose about
being asked.

Nothing of a form lives in this process: its custom id names a draft, which keeps what it began from, and each draft
buys at most one clip, whether its form is sent twice, mended and sent again, or became an offer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import discord
import structlog

from bot.catalog import LipsyncAsked
from bot.errors import Refusal, Refused
from bot.jobs.clips import ClipService
from bot.jobs.costs import PriceList
from bot.jobs.drafts import Drafts
from bot.jobs.house import LongerThanAllowed, ModelNotAllowed, QualityNotAllowed
from bot.jobs.model import Destination, Job, NewAsset, kept_file, kept_url
from bot.jobs.ports import Draft, DraftKind, HeldFile, StoreUnavailable, TryLater
from bot.jobs.preferences import Preferences
from bot.jobs.requests import CostsMore, ExtendRequest, LipsyncRequest, Origin, Submitted, VideoRequest
from bot.jobs.service import JobService
from bot.media.limits import MediaLimits
from bot.ui import wording
from bot.ui.answering import PATIENCE, answer_privately, in_time, say_privately
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.forms import (
    Box,
    Field,
    FormFacts,
    FormNotReady,
    FormRequest,
    costs_more,
    render_form,
    to_be_mended,
)
from bot.ui.forms_settings import settings_choices, worded
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.buying import Buying
from cogs.clicks import Clicks
from cogs.consent import until_consent
from cogs.forms_filled import filled_in, filled_with, request_of, with_attached, worth_keeping
from cogs.forms_kept import KeptForm, files_of, read_form, with_files
from cogs.interaction import Interaction, belongs_here, check_payer, check_place, origin_of
from cogs.modal_submits import SentForm
from cogs.requests_as_text import request_to_text
from cogs.spending import Spending, Wish

_TOO_LATE: Final = 10062
_ANY_WORDS: Final = "…"
"""No lip-sync is judged without words, and no words change what one costs."""

Wanted: TypeAlias = Callable[[Job], FormRequest]
Preparing: TypeAlias = Awaitable[discord.ui.Modal | None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a form begins from.

    Attributes:
        request: what stands in it; what it has no field for stays as it is here.
        about: the clip it is about.
        reply_to: the message that the card answers, 0 for none.
        private: whether the clip is private unless the box is emptied; None leaves it to the person's default.
    """

    request: FormRequest
    about: Job | None = None
    reply_to: int = 0
    private: bool | None = None


class Forms:
    """Opens forms and takes them when they are sent."""

    def __init__(
        self,
        jobs: JobService,
        clips: ClipService,
        drafts: Drafts,
        buying: Buying,
        spending: Spending,
        limits: MediaLimits,
        patience: float = PATIENCE,
    ) -> None:
        """Keep the collaborators; `patience` is how many seconds of work come before a first response."""
        self._jobs = jobs
        self._clips = clips
        self._drafts = drafts
        self._buying = buying
        self._spending = spending
        self._limits = limits
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verbs of forms."""
        clicks.on(Verb.EXTEND, self.extend)
        clicks.on(Verb.LIPSYNC, self.lipsync)
        clicks.on(Verb.EDIT, self.edit)
        clicks.on(Verb.FIX, self.fix)
        clicks.on_form(Verb.FORM, self.sent)

    async def open(self, interaction: Interaction, beginning: Beginning) -> None:
        """Open a form; it must be the first response.

        Raises:
            Refused: nothing like it could be bought here now, or the store is too slow for a form.
        """

        async def prepare() -> discord.ui.Modal:
            return await self._begin(interaction, beginning)

        await self._show(interaction, prepare())

    async def extend(self, interaction: Interaction, pressed: Pressed) -> None:
        """Open the form for a longer clip: the verb EXTEND; it raises what `open` raises."""
        await self._open_about(interaction, pressed.subject, _extension)

    async def lipsync(self, interaction: Interaction, pressed: Pressed) -> None:
        """Open the form for a clip that speaks: the verb LIPSYNC; it raises what `open` raises."""
        await self._open_about(interaction, pressed.subject, _speech)

    async def edit(self, interaction: Interaction, pressed: Pressed) -> None:
        """Open the form that a clip could have been made with: the verb EDIT; it raises what `open` raises."""
        await self._open_about(interaction, pressed.subject, None)

    async def fix(self, interaction: Interaction, pressed: Pressed) -> None:
        """Open a form again as it was filled in: the verb FIX.

        Raises:
            Refused: it is gone, it is somebody else's, or the store is too slow for a form.
        """

        async def prepare() -> discord.ui.Modal:
            draft = await self._drafts.take(pressed.subject, DraftKind.FORM, interaction.user.id)
            kept = read_form(draft)
            origin, _about = await self._buying.origin_of_draft(interaction, draft, kept.about)
            return await self._prepare(interaction, origin, kept, draft, refuse=False)

        await self._show(interaction, prepare())

    async def sent(self, interaction: Interaction, form: SentForm) -> None:
        """Take a form that is sent: the verb FORM.

        Raises:
            Refused: it is gone, or it is somebody else's; what can be mended is answered with "Fix it".
        """
        work = self._sent(interaction, form)
        answer = await in_time(interaction, work, ephemeral=True, patience=self._patience)
        await answer_privately(interaction, answer)

    async def _open_about(self, interaction: Interaction, job_id: str, wanted: Wanted | None) -> None:
        async def prepare() -> discord.ui.Modal | None:
            job = await self._clips.of_id(job_id)
            if job is None or not belongs_here(job, interaction):
                return None
            request = wanted(job) if wanted is not None else await self._clips.request_again(job)
            beginning = Beginning(
                request=request,
                about=job,
                reply_to=_clicked_message(interaction),
                private=True if job.place.is_direct else None,
            )
            return await self._begin(interaction, beginning)

        await self._show(interaction, prepare())

    async def _show(self, interaction: Interaction, preparing: Preparing) -> None:
        """Respond with a form; no deferral can come before it, so it has to be there in time.

        Raises:
            Refused: it is not, or must not be.
        """
        try:
            async with asyncio.timeout(self._patience):
                modal = await preparing
        except (TimeoutError, StoreUnavailable) as error:
            log.warning("form_not_ready", error=repr(error))
            raise Refused(FormNotReady()) from error
        if modal is None:
            await say_privately(interaction, wording.not_here())
            return
        try:
            await interaction.response.send_modal(modal)
        except discord.NotFound as error:
            if error.code != _TOO_LATE:
                raise
            log.warning("form_not_opened", error=repr(error))

    async def _begin(self, interaction: Interaction, beginning: Beginning) -> discord.ui.Modal:
        if beginning.about is None:
            check_payer(interaction)
        origin = origin_of(interaction, beginning.about)
        own = await self._jobs.defaults_at(origin)
        request = beginning.request
        private = own.destination is Destination.DIRECT if beginning.private is None else beginning.private
        filled = filled_with(request, spoiler=_is_hidden(request, beginning.about, own), private=private)
        if not private:
            check_place(interaction)
        kept = KeptForm(
            request=request_to_text(request),
            about=beginning.about.id if beginning.about is not None else "",
            reply_to=beginning.reply_to,
        )
        return await self._prepare(interaction, origin, kept.with_filled(filled), None, refuse=True)

    async def _prepare(
        self, interaction: Interaction, origin: Origin, kept: KeptForm, draft: Draft | None, *, refuse: bool
    ) -> discord.ui.Modal:
        """Price a form, keep it, and return it.

        Args:
            interaction: what opens it.
            origin: who asks, and where.
            kept: the form.
            draft: what keeps it already, None for a new one.
            refuse: whether what no choice in the form could mend is refused; else it opens without a price.

        Raises:
            Refused: it cannot be bought.
        """
        request = kept.began_from()
        asked = _worded(request_of(request, kept.filled))
        try:
            quote = await self._jobs.quote(origin, asked)
            kept = kept.with_price(quote.cost)
        except Refused as error:
            if refuse and not _can_be_mended(request, error.refusal):
                raise
            kept = kept.with_price(None)
        draft = await self._keep(origin, kept, draft)
        defaults = await self._jobs.defaults_at(origin)
        if isinstance(request, VideoRequest) and request.made_from is not None:
            defaults = Preferences(within=defaults.within)
        with speaking(interaction.locale.value):
            prices = await self._jobs.price_list()
            return render_form(self._facts(interaction, draft.id, kept, request, defaults, prices))

    def _facts(
        self,
        interaction: Interaction,
        draft_id: str,
        kept: KeptForm,
        request: FormRequest,
        defaults: Preferences,
        prices: PriceList,
    ) -> FormFacts:
        catalogue, filled = self._jobs.catalogue, kept.filled
        settings = (
            settings_choices(catalogue, defaults, worded(request.asked), filled.pick(Field.SETTINGS), prices)
            if isinstance(request, VideoRequest)
            else ()
        )
        return FormFacts(
            draft_id=draft_id,
            request=request,
            filled=filled,
            catalogue=catalogue,
            settings=settings,
            priced=kept.priced,
            cost=kept.cost,
            in_server=interaction.guild_id is not None,
            locale=interaction.locale.value,
        )

    async def _keep(
        self, origin: Origin, kept: KeptForm, draft: Draft | None, held: tuple[HeldFile, ...] = ()
    ) -> Draft:
        """Keep a form, in place of what its draft kept; files that were replaced stay until the draft expires.

        A job of the same form that was sent twice may still have to read them.
        """
        return await self._drafts.open(
            DraftKind.FORM,
            origin.requester_id,
            origin.place.guild_id,
            kept.model_dump_json(),
            files=draft.files if draft is not None else (),
            fetched=held,
            draft_id=draft.id if draft is not None else "",
        )

    async def _sent(self, interaction: Interaction, form: SentForm) -> Message:
        draft = await self._drafts.take(form.pressed.subject, DraftKind.FORM, interaction.user.id)
        kept = read_form(draft)
        origin, about = await self._buying.origin_of_draft(interaction, draft, kept.about)
        try:
            return await self._take(interaction, form, draft, origin, about)
        except Refused as error:
            return await self._to_be_mended(origin, form, draft, kept, error.refusal)

    async def _take(
        self, interaction: Interaction, form: SentForm, draft: Draft, origin: Origin, about: Job | None
    ) -> Message:
        kept = read_form(draft)
        began_from = kept.began_from()
        filled = filled_in(form, began_from)
        request = with_attached(request_of(began_from, filled), form, self._limits)
        private = filled.ticked(Box.PRIVATE) if interaction.guild_id is not None else None
        if not private:
            check_place(interaction)
        wish = Wish(request, about, reply_to=kept.reply_to, private=private)
        dearer = False
        with until_consent():
            submitted = await self._bought(interaction, draft, kept, origin, wish)
            if submitted is not None:
                return _started(submitted, interaction)
            dearer = True
        # In the place of the form: one draft, one clip.
        offer = await self._spending.offer(origin, wish, draft_id=draft.id, files=draft.files)
        return costs_more(offer, kept.cost, priced=kept.priced) if dearer else offer

    async def _bought(
        self, interaction: Interaction, draft: Draft, kept: KeptForm, origin: Origin, wish: Wish
    ) -> Submitted | None:
        """Buy what a form asks for; None where sending it was no agreement to what that costs."""
        if kept.agreement is None:
            return None
        if draft.files:
            # The job may have to read them after the draft would have expired.
            await self._drafts.renew(draft)
        try:
            return await self._spending.buy(interaction.client, interaction.user, origin, wish, kept.agreement)
        except Refused as error:
            if isinstance(error.refusal, CostsMore):
                return None
            raise

    async def _to_be_mended(
        self, origin: Origin, form: SentForm, draft: Draft, kept: KeptForm, refusal: Refusal
    ) -> Message:
        """Keep a form as it was filled in, with its files, and say why it was refused."""
        began_from = kept.began_from()
        request = worth_keeping(began_from, form, self._limits)
        files, held, lost = await self._hold(files_of(request), origin.requester_id)
        again = kept.with_filled(filled_in(form, began_from)).with_request(with_files(request, files))
        await self._keep(origin, again, draft, held)
        attached = [upload.filename for uploads in form.files.values() for upload in uploads]
        names = [file.filename for file in files]
        lost = [*lost, *(name for name in attached if name not in names and name not in lost)]
        return to_be_mended(refusal, draft.id, names, lost)

    async def _hold(
        self, files: tuple[NewAsset, ...], person_id: int
    ) -> tuple[tuple[NewAsset, ...], tuple[HeldFile, ...], list[str]]:
        """Fetch files to our side; return those that are there, what was fetched, and the names of the others."""
        kept: list[NewAsset] = []
        held: list[HeldFile] = []
        lost: list[str] = []
        for file in files:
            if kept_file(file.url) is not None:
                kept.append(file)
                continue
            try:
                copy = await self._drafts.hold(file, person_id)
            except (Refused, TryLater) as error:
                log.warning("file_not_held", error=repr(error))
                lost.append(file.filename)
                continue
            held.append(copy)
            kept.append(replace(file, url=kept_url(copy.asset_id, copy.extension)))
        return tuple(kept), tuple(held), lost


def _extension(job: Job) -> FormRequest:
    return ExtendRequest(source_id=job.id)


def _speech(job: Job) -> FormRequest:
    return LipsyncRequest(source_id=job.id, asked=LipsyncAsked())


def _worded(request: FormRequest) -> FormRequest:
    """Return a request that can be priced before anything has been typed."""
    match request:
        case VideoRequest(asked=asked):
            return replace(request, asked=worded(asked))
        case LipsyncRequest(asked=asked, audio=None) if not asked.say.strip():
            return replace(request, asked=replace(asked, say=_ANY_WORDS))
        case _:
            return request


def _can_be_mended(request: FormRequest, refusal: Refusal) -> bool:
    """Tell whether the house only wants another model, quality or length: the form offers those that it takes."""
    of_choice = isinstance(refusal, ModelNotAllowed | QualityNotAllowed | LongerThanAllowed)
    return of_choice and isinstance(request, VideoRequest)


def _is_hidden(request: FormRequest, about: Job | None, own: Preferences) -> bool:
    """Tell whether a clip comes hidden unless said otherwise, as the service would have it."""
    if request.spoiler is not None:
        return request.spoiler
    return own.spoiler if isinstance(request, VideoRequest) or about is None else about.spoiler


def _clicked_message(interaction: Interaction) -> int:
    """Return the message whose button was clicked, where all can see it; else 0."""
    message = interaction.message
    return message.id if message is not None and not message.flags.ephemeral else 0


def _started(submitted: Submitted, interaction: Interaction) -> Message:
    if not submitted.repeated and submitted.job.place.is_direct and interaction.guild_id is not None:
        return wording.sent_privately(submitted.job, None)
    return wording.started(submitted)
