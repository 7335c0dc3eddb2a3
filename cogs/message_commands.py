"""Right-click on a message → Apps: Extend this video, Lip-sync this video, Use as source, Video details.

They need no privileged intent and work on messages of any age. On a message of ours they do what its buttons do; on
any other they say what is possible instead. Direct messages have them too, because private clips are there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import discord
from discord import app_commands

from bot.catalog import LipsyncAsked, VideoAsked
from bot.clock import Clock
from bot.errors import Refused
from bot.jobs.chosen import Chosen, ChosenKind, ChosenSources
from bot.jobs.clips import ClipService
from bot.jobs.drafts import DraftGone, FileNotFetched
from bot.jobs.model import Job
from bot.jobs.ports import TryLater
from bot.jobs.requests import LipsyncRequest, SourceRemoved, SourceUnfinished, VideoRequest
from bot.jobs.states import JobState
from bot.media.limits import MediaLimits
from bot.replies import FileKind
from bot.ui import chosen as words
from bot.ui import options
from bot.ui.answering import PATIENCE, answer_privately, change_in_time, in_time, say_privately
from bot.ui.chosen import Shown, Use
from bot.ui.custom_ids import Pressed, Verb
from bot.ui.language import speaking
from bot.ui.message import Message
from cogs.clicks import Clicks
from cogs.forms import Beginning, Forms
from cogs.found_here import NotHere, job_here
from cogs.interaction import Interaction, belongs_here, guild_of, origin_of
from cogs.our_messages import job_of_message
from cogs.reply_files import files_of, picture, recording
from cogs.result_buttons import repeat_key
from cogs.sources import lip_syncable
from cogs.spending import Spending, Wish

_SOUNDS: Final = frozenset({FileKind.AUDIO, FileKind.VOICE_MESSAGE})
_SHOWN: Final = {
    FileKind.IMAGE: Shown.IMAGE,
    FileKind.AUDIO: Shown.AUDIO,
    FileKind.VOICE_MESSAGE: Shown.AUDIO,
    FileKind.VIDEO: Shown.VIDEO,
}
Instead = Callable[[Shown], Message]


class MessageCommands:
    """The message commands, and the buttons under the answer to "Use as source"."""

    def __init__(
        self,
        clips: ClipService,
        chosen: ChosenSources,
        forms: Forms,
        spending: Spending,
        clicks: Clicks,
        limits: MediaLimits,
        clock: Clock,
        patience: float = PATIENCE,
    ) -> None:
        """Keep the collaborators.

        Args:
            clips: knows which job a message is about.
            chosen: keeps what people choose.
            forms: opens the form of a new clip.
            spending: offers what a chosen recording makes.
            clicks: does what the buttons of a clip do.
            limits: what files are taken.
            clock: tells how old clips are.
            patience: seconds of work before a first response is a deferral.
        """
        self._clips = clips
        self._chosen = chosen
        self._forms = forms
        self._spending = spending
        self._clicks = clicks
        self._limits = limits
        self._clock = clock
        self._patience = patience

    def register(self, clicks: Clicks) -> None:
        """Take the verb of the buttons under the answer to "Use as source"."""
        clicks.on(Verb.USE, self.use)

    def add_to(self, tree: app_commands.CommandTree[discord.Client]) -> None:
        """Add the commands; Discord takes at most five to a tree of discord.py 2.7.1 (platform notes §6)."""
        for name, callback in (
            (options.EXTEND_THIS, self.extend),
            (options.LIPSYNC_THIS, self.lipsync),
            (options.USE_AS_SOURCE, self.choose),
            (options.VIDEO_DETAILS, self.details),
        ):
            tree.add_command(
                app_commands.ContextMenu(
                    name=name,
                    callback=callback,
                    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
                    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
                )
            )

    async def extend(self, interaction: Interaction, message: discord.Message) -> None:
        """Open the form that makes a clip longer."""
        await self._click(interaction, message, Verb.EXTEND, words.not_extendable)

    async def lipsync(self, interaction: Interaction, message: discord.Message) -> None:
        """Open the form that makes a clip speak."""
        await self._click(interaction, message, Verb.LIPSYNC, words.not_speakable)

    async def details(self, interaction: Interaction, message: discord.Message) -> None:
        """Show everything known of a clip."""
        await self._click(interaction, message, Verb.DETAILS, words.no_details)

    async def choose(self, interaction: Interaction, message: discord.Message) -> None:
        """Keep a picture, a recording or a clip for what the person does next.

        Raises:
            Refused: it could not be used.
        """
        answer = await in_time(interaction, self._choose(interaction, message), ephemeral=True, patience=self._patience)
        await answer_privately(interaction, answer)

    async def use(self, interaction: Interaction, pressed: Pressed) -> None:
        """Make something from what is chosen, or forget it: the verb USE.

        Raises:
            Refused: it is not chosen any more, it is somebody else's, or nothing can be made from it.
            NotHere: the custom id is none of ours.
        """
        use, mark = words.read_use(pressed.extra)
        found = await self._chosen.take(pressed.subject, mark, interaction.user.id)
        if found.draft.guild_id != guild_of(interaction) and found.kind is not ChosenKind.CLIP:
            raise Refused(DraftGone())
        match use:
            case Use.VIDEO:
                await self._make_video(interaction, found)
            case Use.SPEAK:
                await self._speak(interaction, found, pressed.values[0] if pressed.values else "")
            case Use.FORGET:
                await change_in_time(interaction, self._forget(interaction, found), patience=self._patience)
            case _:
                raise NotHere(pressed.extra)

    async def _click(self, interaction: Interaction, message: discord.Message, verb: Verb, instead: Instead) -> None:
        """Do what a clip's button does, or say what is possible where there is no clip of ours."""
        job = await self._job(interaction, message)
        if job is not None:
            await self._clicks.clicked(interaction, Pressed(verb, job.id))
            return
        with speaking(interaction.locale.value):
            await say_privately(interaction, instead(_shown(message)))

    async def _job(self, interaction: Interaction, message: discord.Message) -> Job | None:
        job = await job_of_message(self._clips, interaction.client, message)
        return job if job is not None and belongs_here(job, interaction) else None

    async def _choose(self, interaction: Interaction, message: discord.Message) -> Message:
        job = await self._job(interaction, message)
        with speaking(interaction.locale.value):
            if job is not None:
                return await self._choose_clip(interaction, job)
            return await self._choose_file(interaction, message)

    async def _choose_clip(self, interaction: Interaction, job: Job) -> Message:
        if job.removed_at is not None:
            raise Refused(SourceRemoved(job_id=job.id))
        if job.state is not JobState.SUCCEEDED:
            raise Refused(SourceUnfinished(job_id=job.id, state=job.state))
        actions = await self._clips.possible_actions(job)
        if actions.no_extend is not None and actions.no_lipsync is not None:
            return words.clip_of_no_use(job, actions)
        return words.clip_chosen(await self._chosen.choose_clip(interaction.user.id, job), job, actions)

    async def _choose_file(self, interaction: Interaction, message: discord.Message) -> Message:
        files = zip(message.attachments, files_of(message), strict=True)
        usable = [(attached, file.kind) for attached, file in files if file.kind in {FileKind.IMAGE, *_SOUNDS}]
        if not usable:
            return words.no_source(_shown(message))
        if guild_of(interaction) is None:
            return words.only_on_a_server()
        attached, kind = usable[0]
        others = len(message.attachments) - 1
        if kind is FileKind.IMAGE:
            return words.picture_chosen(await self._kept_picture(interaction, attached), others)
        found = await self._kept_recording(interaction, attached)
        clips = [job for job in await self._clips.sources(origin_of(interaction)) if self._could_speak(job)]
        return words.recording_chosen(found, clips, others, self._clock.now())

    async def _kept_picture(self, interaction: Interaction, attached: discord.Attachment) -> Chosen:
        file = picture(attached, self._limits)
        return await _fetched(self._chosen.choose_file(interaction.user.id, guild_of(interaction), file), file.option)

    async def _kept_recording(self, interaction: Interaction, attached: discord.Attachment) -> Chosen:
        file, facts = recording(attached, self._limits)
        return await _fetched(
            self._chosen.choose_file(interaction.user.id, guild_of(interaction), file, facts.duration_ms), file.option
        )

    def _could_speak(self, job: Job) -> bool:
        return lip_syncable(self._clips.catalogue, job)

    async def _make_video(self, interaction: Interaction, found: Chosen) -> None:
        if found.kind is not ChosenKind.IMAGE:
            raise NotHere(found.draft.id)
        request = VideoRequest(asked=VideoAsked(prompt="", image=True), files=(found.asset(),))
        await self._chosen.renew(found)
        await self._forms.open(interaction, Beginning(request=request))

    async def _speak(self, interaction: Interaction, found: Chosen, clip_id: str) -> None:
        if found.kind is not ChosenKind.AUDIO:
            raise NotHere(found.draft.id)
        job = await job_here(self._clips, interaction, clip_id)
        asked = LipsyncAsked(audio=found.audio_facts())
        request = LipsyncRequest(source_id=job.id, asked=asked, audio=found.asset())
        await self._chosen.renew(found)
        await self._spending.ask(
            interaction, Wish(request, about=job, repeat_key=repeat_key(interaction, Verb.USE, job))
        )

    async def _forget(self, interaction: Interaction, found: Chosen) -> Message:
        await self._chosen.forget(found)
        with speaking(interaction.locale.value):
            return words.forgotten()


async def _fetched(keeping: Awaitable[Chosen], option: str) -> Chosen:
    try:
        return await keeping
    except TryLater as error:
        raise Refused(FileNotFetched(option=option)) from error


def _shown(message: discord.Message) -> Shown:
    """Return what a message shows that is not about a clip: its first file of a kind that we know."""
    kinds = (_SHOWN[file.kind] for file in files_of(message) if file.kind in _SHOWN)
    return next(kinds, Shown.NOTHING)
