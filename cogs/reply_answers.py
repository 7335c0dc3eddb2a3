"""What a reply to a clip gets: an offer with its price, a clip bought at once, or a few words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import discord

from bot.catalog import LipsyncAsked, VideoAsked
from bot.clock import MINUTE, SECOND
from bot.errors import Refusal, Refused
from bot.jobs.clips import ClipService
from bot.jobs.drafts import Drafts
from bot.jobs.model import Job, VideoInput
from bot.jobs.ports import DraftKind
from bot.jobs.requests import (
    ExtendRequest,
    LipsyncRequest,
    Origin,
    Request,
    RerunRequest,
    SourceRemoved,
    SourceUnfinished,
    VideoRequest,
)
from bot.jobs.service import JobService
from bot.jobs.states import ENDED
from bot.media.limits import MediaLimits
from bot.replies import (
    Cancel,
    Delete,
    Edit,
    Extend,
    FileKind,
    Flag,
    FreeText,
    FromImage,
    Help,
    Info,
    Lipsync,
    Mistake,
    OtherFiles,
    Reroll,
    Said,
    VoiceOver,
    read_reply,
)
from bot.ui import removal, replies, reply_mistakes, wording
from bot.ui.message import Message
from cogs.consent import until_consent
from cogs.reply_files import files_of, picture, recording
from cogs.reply_places import check_place_of
from cogs.spending import OFFER_SECONDS, Spending, Wish

_OFFER_MINUTES = round(OFFER_SECONDS * SECOND / MINUTE)


@dataclass(frozen=True, slots=True)
class Reply:
    """A person's reply to a message about a clip.

    Attributes:
        message: theirs.
        job: the clip's.
        origin: who asks, and where.
        moderator: whether they may manage others' messages there.
    """

    message: discord.Message
    job: Job
    origin: Origin
    moderator: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What to post in reply.

    Attributes:
        brief: the draft of an offer that is taken back after a while, or the reply's own key for other words that go.
    """

    message: Message
    brief: str = ""


class ReplyAnswers:
    """Finds the answer to each reply."""

    def __init__(
        self, jobs: JobService, clips: ClipService, drafts: Drafts, spending: Spending, limits: MediaLimits
    ) -> None:
        """Keep the collaborators."""
        self._jobs = jobs
        self._clips = clips
        self._drafts = drafts
        self._spending = spending
        self._limits = limits

    async def answer(self, client: discord.Client, reply: Reply) -> Answer | None:
        """Do what a reply asks for; None where a card is the answer, or where nothing is to be said.

        Raises:
            Refused: it cannot be had; nothing was stored.
        """
        voices = [voice.name for voice in self._jobs.catalogue.voices]
        said = read_reply(reply.message.content, files_of(reply.message), voices=voices)
        match said:
            case FreeText() | FromImage():
                return await self._propose(reply, said)
            case Extend() | Lipsync() | VoiceOver() | Reroll():
                return await self._spend(client, reply, said)
            case Cancel():
                person = reply.origin.requester_id
                outcome = await self._jobs.cancel(reply.job.id, person, moderator=reply.moderator)
                return Answer(wording.cancelled(outcome, reply.job.id))
            case Delete():
                return Answer(_asked_removal(reply), brief=_key(reply))
            case _:
                return await self._words(reply, said)

    async def _words(self, reply: Reply, said: Said) -> Answer | None:
        match said:
            case Info():
                details = await self._clips.details(reply.job.id)
                return Answer(replies.render_info(details, self._jobs.catalogue)) if details is not None else None
            case Edit():
                changes = said != Edit()
                return Answer(replies.render_edit(reply.job, changes=changes))
            case Help():
                return Answer(replies.render_help())
            case Mistake():
                return Answer(reply_mistakes.render_mistake(said, self._jobs.catalogue))
            case OtherFiles():
                return Answer(replies.render_other_files(), brief=_key(reply))
            case _:
                return None

    async def _spend(
        self, client: discord.Client, reply: Reply, said: Extend | Lipsync | VoiceOver | Reroll
    ) -> Answer | None:
        check_place_of(reply.message)
        request = await self._request(reply, said)
        if isinstance(request, Message):
            return Answer(request)
        if not (await self._jobs.preferences(reply.origin.requester_id)).asks_first:
            with until_consent():
                await self._spending.buy(client, reply.message.author, reply.origin, _wish(reply, request))
                return None
        offer = await self._offer(reply, request)
        return Answer(offer) if offer is not None else None

    async def _request(self, reply: Reply, said: Extend | Lipsync | VoiceOver | Reroll) -> Request | Message:
        """Return what a reply wants bought, or why it makes no sense for this clip."""
        source = reply.job.id
        match said:
            case Extend():
                return ExtendRequest(source_id=source, prompt=said.prompt, spoiler=said.spoiler or None)
            case Lipsync():
                asked = LipsyncAsked(say=said.text, voice=said.voice, speed=said.speed)
                return LipsyncRequest(source_id=source, asked=asked, spoiler=said.spoiler or None)
            case VoiceOver():
                return self._voice_over(reply, said.file, spoiler=said.spoiler or None)
            case Reroll():
                return await self._reroll(reply, said)

    def _voice_over(self, reply: Reply, file: int, *, spoiler: bool | None = None) -> LipsyncRequest:
        audio, facts = recording(reply.message.attachments[file], self._limits)
        return LipsyncRequest(source_id=reply.job.id, asked=LipsyncAsked(audio=facts), audio=audio, spoiler=spoiler)

    async def _reroll(self, reply: Reply, said: Reroll) -> Request | Message:
        if said == Reroll():
            return RerunRequest(job_id=reply.job.id)
        request = await self._clips.request_again(await self._clips.visible(reply.job.id, reply.origin))
        if isinstance(request, VideoRequest):
            asked = replace(
                request.asked,
                seconds=request.asked.seconds if said.length is None else said.length,
                mode=said.quality or request.asked.mode,
                avoid=said.avoid or request.asked.avoid,
            )
            return replace(request, asked=asked, spoiler=said.spoiler or request.spoiler)
        given = {Flag.LENGTH: said.length is not None, Flag.QUALITY: said.quality is not None, Flag.AVOID: said.avoid}
        wrong = next((flag for flag, is_given in given.items() if is_given), None)
        if wrong is not None:
            return reply_mistakes.flag_of_new_clips(wrong, self._jobs.catalogue)
        return replace(request, spoiler=True)

    async def _propose(self, reply: Reply, said: FreeText | FromImage) -> Answer | None:
        """Offer what words or a picture might be meant for; never bought without Run, whatever the person chose.

        Where the server wants no such offers, nothing is said: people talk below clips.
        """
        if not await self._jobs.takes_free_text(reply.origin):
            return None
        request = self._proposed(reply, said)
        if request is None:
            return Answer(replies.render_words_missing(), brief=_key(reply))
        try:
            check_place_of(reply.message)
            offer = await self._offer(reply, request)
        except Refused as refused:
            if not isinstance(request, ExtendRequest) or not _is_about_source(refused.refusal):
                return Answer(replies.render_refusal(refused.refusal), brief=_key(reply))
            return Answer(replies.render_possible(reply.job), brief=_key(reply))
        if offer is None:
            return None
        return Answer(replies.render_proposal(offer, _OFFER_MINUTES), brief=_key(reply))

    def _proposed(self, reply: Reply, said: FreeText | FromImage) -> Request | None:
        kinds = [file.kind for file in files_of(reply.message)]
        if isinstance(said, FromImage):
            words = reply.job.prompt if isinstance(reply.job.input, VideoInput) else ""
            return self._from_picture(reply, words, said.file) if words else None
        if FileKind.IMAGE in kinds:
            return self._from_picture(reply, said.text, kinds.index(FileKind.IMAGE))
        if FileKind.AUDIO in kinds:
            return self._voice_over(reply, kinds.index(FileKind.AUDIO))
        return ExtendRequest(source_id=reply.job.id, prompt=said.text)

    def _from_picture(self, reply: Reply, prompt: str, file: int) -> VideoRequest:
        image = picture(reply.message.attachments[file], self._limits)
        return VideoRequest(asked=VideoAsked(prompt=prompt, image=True), files=(image,))

    async def _offer(self, reply: Reply, request: Request) -> Message | None:
        """Return a request's offer, None where the same reply has one already: Discord may bring a reply twice."""
        if await self._drafts.find(_key(reply), DraftKind.OFFER) is not None:
            return None
        return await self._spending.offer(reply.origin, _wish(reply, request), draft_id=_key(reply))


def draft_of_reply(message: discord.Message) -> str:
    """Return the draft of the offer that a reply gets; what is bought at once has the same request key."""
    return f"m-{message.id}"


def _key(reply: Reply) -> str:
    return draft_of_reply(reply.message)


def _wish(reply: Reply, request: Request) -> Wish:
    return Wish(request, reply.job, reply_to=reply.message.id)


def _asked_removal(reply: Reply) -> Message:
    job = reply.job
    if job.requester_id != reply.origin.requester_id and not reply.moderator:
        return removal.removal_not_yours(job)
    if job.state not in ENDED:
        return removal.removal_unfinished(job)
    return removal.ask_removal(job)


def _is_about_source(refusal: Refusal) -> bool:
    """Tell whether it is the clip that does not allow it, rather than a ceiling, the words or the bot itself."""
    return isinstance(refusal, SourceRemoved | SourceUnfinished) or refusal.option == "video"
