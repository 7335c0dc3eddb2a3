"""ChannelSink: what the core's deliverer and card keeper drive."""

from __future__ import annotations

import asyncio
from asyncio import FIRST_COMPLETED
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import discord
import structlog

from bot.catalog import Catalogue
from bot.clock import MINUTE, SECOND, Clock
from bot.delivery.answers import Verdict, judge, reason, retry_after
from bot.delivery.cargo import Cargo, CargoHold
from bot.delivery.doubt import tell_in_doubt
from bot.delivery.network import LOOK_DEADLINE, look
from bot.delivery.own_messages import OwnMessages
from bot.delivery.places import DIRECT, Places, card_beside
from bot.delivery.search import find_message
from bot.delivery.tries import counted
from bot.delivery.upload_limits import UploadLimits
from bot.delivery.uploads import open_upload
from bot.jobs import schedule
from bot.jobs.house import House, NoRules
from bot.jobs.model import Delivery, Destination, Job, MessageRef, Purpose, is_repost
from bot.jobs.ports import (
    CardFacts,
    DefinitelyNotPosted,
    HistoryUnreadable,
    MaybePosted,
    MessageFacts,
    PreparedMessage,
    StoreUnavailable,
    TargetRefused,
    TryLater,
)
from bot.media.archive import Archive
from bot.media.fit import Fitter
from bot.ui.amounts import amounts
from bot.ui.cards import render_card
from bot.ui.language import speaking
from bot.ui.message import Message
from bot.ui.results import (
    Carriage,
    ResultForm,
    alt_text,
    file_name,
    render_delivery,
    thread_name,
)

_AGAIN_SOON: Final = 2 * SECOND
_LOCKED_OUT: Final = 5 * MINUTE
_CARDS_REMEMBERED: Final = 1000
_FOLLOWS: Final = 5.0
"""Seconds in which the answer to a message follows, once the gateway has shown it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Form:
    """What a message still has of what it should have; each refusal that names a part takes that part away."""

    prompt: bool = True
    file: bool = True
    reference: bool = True


@dataclass(slots=True)
class Prepared:
    """A message fitted to its target.

    Attributes:
        server: the channel's server, or `places.DIRECT`.
    """

    job: Job
    facts: MessageFacts
    channel_id: int
    server: int
    cargo: Cargo
    hold: CargoHold
    posted: bool = field(default=False)

    async def discard(self) -> None:
        """Delete what was made for the message, or keep it for the next attempt."""
        if self.posted:
            await self.hold.throw_away(self.cargo)
        else:
            await self.hold.put_back(self.cargo)


class ChannelSink:
    """Puts messages and cards into channels with discord.py, with or without a gateway connection."""

    def __init__(
        self,
        client: discord.Client,
        archive: Archive,
        fitter: Fitter,
        catalogue: Catalogue,
        clock: Clock,
        *,
        edit_deadline: int = LOOK_DEADLINE,
        send_deadline: int = schedule.UPLOAD_DEADLINE,
        house: House | None = None,
        filtered: Callable[[str], Awaitable[None]] | None = None,
        own: OwnMessages | None = None,
    ) -> None:
        """Keep the collaborators.

        Args:
            client: logged in; a gateway connection spares requests but is not needed.
            archive: where the clips are.
            fitter: makes clips smaller.
            catalogue: names models and knows the defaults.
            clock: tells whether a pause is over and limits are still believed.
            edit_deadline: how long a card's edit is waited for, in milliseconds.
            send_deadline: the same of a message with its file.
            house: knows where amounts of money are said; without it, everywhere.
            filtered: is told of a job whose words a server's filters held back.
            own: what the gateway has shown of the bot's messages; without it, nothing.
        """
        self._own = own or OwnMessages()
        self._filtered = filtered
        self._house: House = house or NoRules()
        self._client = client
        self._catalogue = catalogue
        self._clock = clock
        self._places = Places(client, UploadLimits(clock))
        self._hold = CargoHold(archive, fitter, clock)
        self._shown: OrderedDict[int, Message] = OrderedDict()
        self._edits: dict[int, asyncio.Future[discord.Message]] = {}
        self._edit_deadline = edit_deadline
        self._sends: dict[str, asyncio.Future[discord.Message]] = {}
        self._send_deadline = send_deadline

    async def show_card(self, job: Job, facts: CardFacts) -> bool:
        """Edit a job's card; False if it is gone for good: deleted, out of reach, or too old to be edited more.

        Raises:
            TryLater: not now.
        """
        if job.card is None:
            return False
        if facts.pause is not None and facts.pause.until <= self._clock.now():
            facts = replace(facts, pause=None)
        refusal = await self._edit(job, job.card, facts, with_prompt=True)
        if refusal is Verdict.FILTERED:
            refusal = await self._edit(job, job.card, facts, with_prompt=False)
        return refusal is None

    async def targets(self, delivery: Delivery, job: Job) -> AsyncGenerator[int, None]:
        """Yield the channels to try, in order; another is asked for only once the one before has refused for good.

        A repost has the channel in which it was asked for. A clip may have a thread of its own, else everything goes
        to the job's channel. The requester's direct messages are opened last (Discord takes offence at bots that open
        many), and what belongs there goes nowhere else.

        Raises:
            TryLater: not now.
        """
        if is_repost(delivery.purpose):
            yield delivery.channel_id
            return
        if job.place.destination is Destination.THREAD and _brings_clip(delivery):
            thread = await self._thread(job)
            if thread is not None:
                yield thread
        yield job.place.channel_id
        if job.place.is_direct:
            return
        direct = await self._places.direct_messages(job)
        if direct is not None:
            yield direct

    async def prepare(self, delivery: Delivery, job: Job, facts: MessageFacts, channel_id: int) -> PreparedMessage:
        """Make the message for this target.

        Raises:
            TargetRefused: the channel is gone, closed to us, or not for this clip.
            TryLater: not now.
        """
        if delivery.spoiler:
            job = replace(job, spoiler=True)
        try:
            server = await self._places.admit(delivery, job, channel_id, files=_brings_clip(delivery))
        except TargetRefused as error:
            log.info("channel_refused", job=job.id, delivery=delivery.id, reason=error.reason)
            raise
        cargo = Cargo(carriage=Carriage.ORIGINAL, limit=0)
        if _brings_clip(delivery):
            limit = await self._places.upload_limit(job, server)
            cargo = await self._hold.load(job, facts.result, limit)
        return Prepared(job=job, facts=facts, channel_id=channel_id, server=server, cargo=cargo, hold=self._hold)

    async def find(self, delivery: Delivery, job: Job, channel_id: int, since: int) -> MessageRef | None:
        """Search a channel for our message of this delivery, unless the gateway has shown it.

        Raises:
            HistoryUnreadable: it cannot be searched, and will not be soon.
            TryLater: not now.
        """
        if self._client.user is None:
            raise TryLater("not logged in")
        shown = self._own.of(delivery, job)
        if shown is not None and shown.channel_id == channel_id:
            return shown
        channel = self._places.messages_of(channel_id)
        try:
            return await find_message(channel, delivery, job, self._client.user.id, since)
        except HistoryUnreadable:
            if delivery.purpose == Purpose.RESULT and not job.place.is_direct:
                with amounts(said=await self._says_amounts(job)):
                    await tell_in_doubt(self._places, delivery, job)
            raise

    async def send(self, message: PreparedMessage, delivery: Delivery) -> MessageRef:
        """Send with the delivery's nonce.

        Raises:
            DefinitelyNotPosted: refused for now.
            TargetRefused: refused for good.
            MaybePosted: the answer was lost.
            HistoryUnreadable: it was posted before, and somebody deleted it: it must not be posted again.
        """
        if not isinstance(message, Prepared):
            raise TypeError("prepared by another sink")
        if delivery.id in self._sends:
            raise MaybePosted("an earlier attempt is still under way")
        form = _Form()
        while True:
            with counted(self._clock) as tries:
                try:
                    sent = await self._post(message, delivery, form)
                except discord.DiscordException as error:
                    settled = tries.settle(error)
                    log.info(
                        "post_refused", job=message.job.id, delivery=delivery.id, reason=reason(error), settled=settled
                    )
                    form = self._less(message, form, error, settled=settled)
                    continue
            message.posted = True
            if not form.prompt and message.server != DIRECT:
                await self._tell_filtered(message.job)
            return sent

    async def _tell_filtered(self, job: Job) -> None:
        """Let the server's moderators know that its filters held back a person's words."""
        if self._filtered is None:
            return
        try:
            await self._filtered(job.id)
        except Exception as error:  # noqa: BLE001 - the clip is posted, which matters more
            log.warning("filtering_not_noted", job=job.id, error=repr(error))

    async def _thread(self, job: Job) -> int | None:
        with speaking(job.place.spoken_locale):
            return await self._places.open_thread(job, thread_name(job), thread_name(job, with_prompt=False))

    async def _post(self, message: Prepared, delivery: Delivery, form: _Form) -> MessageRef:
        """Make one request, apart from discord.py's own repetitions, which carry the same nonce.

        Raises:
            DiscordException: Discord's refusal.
            DefinitelyNotPosted: the file is gone.
            MaybePosted: no answer came.
        """
        job = message.job
        channel = self._places.messages_of(message.channel_id)
        locale = job.place.locale_of(direct=message.server == DIRECT)
        with speaking(locale), amounts(said=await self._says_amounts(job)):
            # Where it goes decides what it says: a clip that strays tells from where.
            owed = replace(delivery, channel_id=message.channel_id)
            rendered = render_delivery(owed, job, message.facts, self._catalogue, _result_form(message.cargo, form))
            file = await self._file(message, form)
        card = None if is_repost(delivery.purpose) or not form.reference else card_beside(job, message.channel_id)
        given: dict[str, Any] = {"file": file, "view": rendered.view()}
        if card is not None:
            given["reference"] = _reference(card)
        sending = asyncio.ensure_future(
            channel.send(rendered.content, nonce=delivery.nonce, allowed_mentions=rendered.allowed_mentions(), **given)
        )
        if file is not None:
            sending.add_done_callback(lambda _: file.close())
        with self._own.awaited(delivery, job) as shown:
            return await self._answer(sending, shown, delivery, job)

    async def _answer(
        self,
        sending: asyncio.Future[discord.Message],
        shown: asyncio.Future[MessageRef],
        delivery: Delivery,
        job: Job,
    ) -> MessageRef:
        """Wait for what Discord says to a message, or for the gateway to show it and the answer not to follow.

        A request that takes too long is left behind, not cancelled, for the reason that `look` gives; until it has
        ended, no other of its delivery is made. A message that was seen stands, whatever is answered.

        Raises:
            DiscordException: Discord's refusal.
            MaybePosted: no answer came.
        """
        either: set[asyncio.Future[Any]] = {sending, shown}
        try:
            await asyncio.wait(either, timeout=self._send_deadline / SECOND, return_when=FIRST_COMPLETED)
            if shown.done() and not sending.done():
                await asyncio.wait({sending}, timeout=_FOLLOWS)
        except asyncio.CancelledError:
            sending.cancel()
            raise
        if not sending.done():
            log.warning("post_unanswered", job=job.id, delivery=delivery.id, error="too late")
            self._sends[delivery.id] = sending
            sending.add_done_callback(lambda left: self._forget_send(delivery, left))
            if shown.done():
                return shown.result()
            raise MaybePosted("no answer in time")
        try:
            posted = sending.result()
        except Exception as error:
            if shown.done():
                log.info("post_seen", job=job.id, delivery=delivery.id, error=type(error).__name__)
                return shown.result()
            if isinstance(error, discord.DiscordException):
                raise
            # Whatever ended the request after it may have left, the message may stand in the channel.
            log.warning("post_unanswered", job=job.id, delivery=delivery.id, error=type(error).__name__)
            raise MaybePosted(type(error).__name__) from error
        return MessageRef(posted.channel.id, posted.id)

    def _forget_send(self, delivery: Delivery, left: asyncio.Future[discord.Message]) -> None:
        self._sends.pop(delivery.id, None)
        if not left.cancelled():
            left.exception()  # asked for, or the event loop would complain that nobody did

    async def _file(self, message: Prepared, form: _Form) -> discord.File | None:
        path = message.cargo.path
        if path is None or not form.file:
            return None
        try:
            return await asyncio.to_thread(
                open_upload,
                path,
                filename=file_name(message.job, path.suffix.removeprefix(".")),
                description=alt_text(message.job, message.facts.source, with_prompt=form.prompt),
                spoiler=message.job.spoiler,
            )
        except OSError as error:
            raise DefinitelyNotPosted("file_unreadable") from error

    def _less(self, message: Prepared, form: _Form, error: discord.DiscordException, *, settled: bool) -> _Form:
        """Return what to try next with this target, or raise what the refusal means for the delivery.

        Args:
            message: what was refused.
            form: what it had.
            error: the refusal.
            settled: whether every try was refused, or an earlier one may have posted the message.
        """
        if not settled:
            raise MaybePosted(reason(error)) from error
        match judge(error):
            case Verdict.FILTERED if form.prompt:
                return replace(form, prompt=False)
            case Verdict.NO_REPLY if form.reference and card_beside(message.job, message.channel_id) is not None:
                return replace(form, reference=False)
            case Verdict.UPLOADS_LIMITED if form.file and message.cargo.path is not None:
                return replace(form, file=False)
            case Verdict.TOO_LARGE if form.file and message.cargo.path is not None:
                self._places.refuse_size(message.server, message.cargo.path.stat().st_size)
                raise DefinitelyNotPosted(reason(error), _AGAIN_SOON) from error
            case Verdict.SLOWED:
                raise DefinitelyNotPosted(reason(error), retry_after(error)) from error
            case Verdict.UNCERTAIN:
                raise MaybePosted(reason(error)) from error
            case Verdict.LOCKED_OUT:
                raise DefinitelyNotPosted(reason(error), _LOCKED_OUT) from error
            case Verdict.POSTED_AND_DELETED:
                raise HistoryUnreadable("posted before, and deleted since") from error
            case _:
                raise TargetRefused(reason(error)) from error

    async def _edit(self, job: Job, card: MessageRef, facts: CardFacts, *, with_prompt: bool) -> Verdict | None:
        """Edit a card; returns what a final refusal means, None where there was none."""
        with speaking(job.place.spoken_locale), amounts(said=await self._says_amounts(job)):
            shown = render_card(job, facts, self._catalogue, with_prompt=with_prompt)
        if self._shown.get(card.message_id) == shown:
            return None
        try:
            await look(self._begin_edit(job, card, shown), self._edit_deadline)
        except discord.HTTPException as error:
            log.info("card_not_edited", job=job.id, reason=reason(error))
            return judge(error)
        self._remember(card, shown)
        return None

    async def _says_amounts(self, job: Job) -> bool:
        """Tell whether everybody where a job's messages stand may see amounts.

        In direct messages, too: what their reader may do on the server is not known here.
        """
        try:
            return (await self._house.sees_dollars(job.place.guild_id or 0)).includes(manages=False)
        except StoreUnavailable:
            return False

    def _begin_edit(self, job: Job, card: MessageRef, shown: Message) -> asyncio.Future[discord.Message]:
        """Start an edit, unless an earlier one of the same card still waits: it would end last and undo this one.

        Raises:
            TryLater: it does.
        """
        if card.message_id in self._edits:
            raise TryLater("an earlier edit is still under way")
        message = self._places.messages_of(card.channel_id).get_partial_message(card.message_id)
        given = shown.edit()
        if job.removed_at is not None:
            # What the clip was made from may hang there, too.
            given["attachments"] = []
        edit = asyncio.ensure_future(message.edit(**given))
        self._edits[card.message_id] = edit
        edit.add_done_callback(lambda _: self._edits.pop(card.message_id, None))
        return edit

    def _remember(self, card: MessageRef, shown: Message) -> None:
        """Spare edits that would change nothing: a place in line is looked at often and seldom changes."""
        self._shown[card.message_id] = shown
        self._shown.move_to_end(card.message_id)
        if len(self._shown) > _CARDS_REMEMBERED:
            self._shown.popitem(last=False)


def _brings_clip(delivery: Delivery) -> bool:
    return delivery.purpose not in {Purpose.FAILURE, Purpose.ABANDONED}


def _result_form(cargo: Cargo, form: _Form) -> ResultForm:
    carriage = cargo.carriage
    if cargo.path is not None and not form.file and carriage is not Carriage.TOO_LARGE:
        carriage = Carriage.UPLOADS_LIMITED
    return ResultForm(carriage=carriage, limit=cargo.limit, with_prompt=form.prompt)


def _reference(card: MessageRef) -> discord.MessageReference:
    return discord.MessageReference(message_id=card.message_id, channel_id=card.channel_id, fail_if_not_exists=False)
