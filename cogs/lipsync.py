"""/lipsync: a clip speaks."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalog import AudioFacts, LipsyncAsked
from bot.errors import Refused
from bot.jobs.chosen import ChosenKind, ChosenSources, SourceAndFile
from bot.jobs.clips import ClipService
from bot.jobs.model import AssetRole
from bot.jobs.requests import LipsyncRequest, Origin
from bot.media.declared import check_declared_audio
from bot.media.limits import MediaLimits
from bot.ui import choices, options
from bot.ui.language import speaking
from cogs.answers import Answers
from cogs.attachments import declared, new_asset
from cogs.autocomplete import suggestions
from cogs.interaction import Interaction, check_place
from cogs.sources import lip_syncable, offered_sources, source_id


class LipsyncCog(commands.Cog):
    """The command /lipsync."""

    def __init__(self, clips: ClipService, chosen: ChosenSources, answers: Answers, limits: MediaLimits) -> None:
        """Keep the collaborators."""
        self._clips = clips
        self._chosen = chosen
        self._answers = answers
        self._limits = limits

    @app_commands.command(name="lipsync", description=options.LIPSYNC)
    @app_commands.describe(**options.LIPSYNC_OPTIONS)
    async def lipsync(
        self,
        interaction: Interaction,
        video: str,
        say: str | None = None,
        voice: str | None = None,
        speed: float | None = None,
        audio: discord.Attachment | None = None,
        private: bool | None = None,
        use_source: bool | None = None,
    ) -> None:
        """Check the recording as far as Discord describes it, find the clip, and buy."""
        if not private:
            check_place(interaction)
        if use_source and audio is not None:
            raise Refused(SourceAndFile(other=AssetRole.AUDIO.value))
        asked = LipsyncAsked(say=say or "", voice=voice or "", speed=speed, audio=self._audio(audio))

        async def request(origin: Origin) -> LipsyncRequest:
            wanted = LipsyncRequest(
                source_id=await source_id(self._clips, interaction, video),
                asked=asked,
                audio=new_asset(audio, AssetRole.AUDIO) if audio is not None else None,
            )
            return await self._from_source(wanted, origin) if use_source else wanted

        await self._answers.with_card(interaction, request, private=private)

    @lipsync.autocomplete("video")
    @suggestions
    async def videos(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer clips that can be made to speak: the person's own here, then the channel's."""
        return await offered_sources(self._clips, self._chosen, interaction, typed, lip_syncable)

    @lipsync.autocomplete("voice")
    @suggestions
    async def voices(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer voices by name and language."""
        with speaking(interaction.locale.value):
            return [choices.voice(voice) for voice in self._clips.catalogue.search_voices(typed)]

    async def _from_source(self, wanted: LipsyncRequest, origin: Origin) -> LipsyncRequest:
        chosen = await self._chosen.wanted(origin.requester_id, origin.place.guild_id, ChosenKind.AUDIO)
        return replace(wanted, asked=replace(wanted.asked, audio=chosen.audio_facts()), audio=chosen.asset())

    def _audio(self, attachment: discord.Attachment | None) -> AudioFacts | None:
        return check_declared_audio(declared(attachment), "audio", self._limits) if attachment is not None else None
