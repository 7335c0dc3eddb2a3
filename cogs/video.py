"""/video: a clip made from words and pictures."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.catalog import Follow, Mode, Ratio, VideoAsked
from bot.catalog.refusals import QualityUnknown
from bot.errors import Refused
from bot.jobs import outlooks
from bot.jobs.chosen import ChosenKind, ChosenSources, SourceAndFile
from bot.jobs.model import AssetRole, NewAsset
from bot.jobs.requests import Origin, VideoRequest
from bot.jobs.service import JobService
from bot.media.declared import check_declared_image
from bot.media.limits import MediaLimits
from bot.ui import choices, labels, options
from bot.ui.language import speaking
from cogs.answers import Answers
from cogs.attachments import declared, new_asset
from cogs.autocomplete import suggestions
from cogs.forms import Beginning, Forms
from cogs.interaction import Interaction, check_place, origin_of

Word = TypeVar("Word", bound=StrEnum)


class VideoCog(commands.Cog):
    """The command /video."""

    def __init__(
        self, jobs: JobService, chosen: ChosenSources, answers: Answers, forms: Forms, limits: MediaLimits
    ) -> None:
        """Keep the collaborators."""
        self._jobs = jobs
        self._chosen = chosen
        self._answers = answers
        self._forms = forms
        self._limits = limits

    @app_commands.command(name="video", description=options.VIDEO)
    @app_commands.describe(**options.VIDEO_OPTIONS)
    @app_commands.choices(ratio=choices.RATIOS, follow=choices.FOLLOWS, camera=choices.CAMERAS)
    async def video(
        self,
        interaction: Interaction,
        prompt: str | None = None,
        image: discord.Attachment | None = None,
        length: int | None = None,
        quality: str | None = None,
        ratio: str | None = None,
        end_image: discord.Attachment | None = None,
        model: str | None = None,
        avoid: str | None = None,
        sound: bool | None = None,
        follow: str | None = None,
        camera: str | None = None,
        spoiler: bool | None = None,
        private: bool | None = None,
        use_source: bool | None = None,
    ) -> None:
        """Check what Discord says of the place and the images, and buy; without a prompt, open a form."""
        if not private:
            check_place(interaction)
        if use_source and image is not None:
            raise Refused(SourceAndFile(other=AssetRole.IMAGE.value))
        files = (*self._image(image, AssetRole.IMAGE), *self._image(end_image, AssetRole.END_IMAGE))
        asked = VideoAsked(
            prompt=prompt or "",
            image=image is not None or use_source is True,
            end_image=end_image is not None,
            model=model or "",
            mode=_quality(quality) if quality else None,
            seconds=length,
            ratio=Ratio(ratio) if ratio else None,
            sound=sound,
            follow=Follow(follow) if follow else None,
            camera=camera or "",
            avoid=avoid or "",
        )
        wanted = VideoRequest(asked=asked, files=files, spoiler=spoiler)

        async def request(origin: Origin) -> VideoRequest:
            return await self._from_source(wanted, origin) if use_source else wanted

        if prompt is None:
            beginning = Beginning(request=await request(origin_of(interaction)), private=private)
            await self._forms.open(interaction, beginning)
            return
        await self._answers.with_card(interaction, request, private=private)

    @video.autocomplete("length")
    @suggestions
    async def lengths(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
        """Offer the lengths of the model and quality given so far."""
        asked = _asked_so_far(interaction)
        within = (await self._jobs.defaults_at(origin_of(interaction))).within
        lengths = filter(within.has_length, self._jobs.catalogue.lengths_for(asked.model, asked.mode))
        with speaking(interaction.locale.value):
            return [choices.length(seconds) for seconds in lengths if str(seconds).startswith(str(typed).strip())]

    @video.autocomplete("model")
    @suggestions
    async def models(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the models by use, with the price of what the options given so far would buy."""
        defaults = await self._jobs.defaults_at(origin_of(interaction))
        prices = await self._jobs.price_list()
        offers = outlooks.models(self._jobs.catalogue, defaults, _asked_so_far(interaction))
        with speaking(interaction.locale.value):
            return _matching(typed, [choices.model(offer, prices) for offer in offers])

    @video.autocomplete("quality")
    @suggestions
    async def qualities(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the qualities, with the price of what the options given so far would buy."""
        defaults = await self._jobs.defaults_at(origin_of(interaction))
        prices = await self._jobs.price_list()
        asked = replace(_asked_so_far(interaction), mode=None)
        found = outlooks.qualities(self._jobs.catalogue, defaults, asked)
        with speaking(interaction.locale.value):
            return _matching(typed, [choices.quality(mode, outlook, prices) for mode, outlook in found])

    async def _from_source(self, wanted: VideoRequest, origin: Origin) -> VideoRequest:
        """Return a request that starts from the chosen picture, which stays for as long as a form may need it."""
        chosen = await self._chosen.wanted(origin.requester_id, origin.place.guild_id, ChosenKind.IMAGE)
        await self._chosen.renew(chosen)
        return replace(wanted, files=(chosen.asset(), *wanted.files))

    def _image(self, attachment: discord.Attachment | None, role: AssetRole) -> tuple[NewAsset, ...]:
        if attachment is None:
            return ()
        check_declared_image(declared(attachment), role.value, self._limits)
        return (new_asset(attachment, role),)


def _asked_so_far(interaction: Interaction) -> VideoAsked:
    """Return the options filled in while somebody is still typing: any may be missing, and some are half typed."""
    given = interaction.namespace
    return VideoAsked(
        prompt="",
        image=given.image is not None or given.use_source is True,
        end_image=given.end_image is not None,
        model=_text(given.model),
        mode=_one_of(Mode, given.quality),
        seconds=_whole(given.length),
        ratio=_one_of(Ratio, given.ratio),
        sound=given.sound if isinstance(given.sound, bool) else None,
        follow=_one_of(Follow, given.follow),
        camera=_text(given.camera),
        avoid=_text(given.avoid),
    )


def _quality(given: str) -> Mode:
    """Read a quality that was picked, or typed as it is called.

    Raises:
        Refused: there is none of that name.
    """
    wanted = given.strip().casefold()
    for mode in Mode:
        if wanted in {mode.value, labels.quality(mode).casefold()}:
            return mode
    raise Refused(QualityUnknown(asked=given))


def _matching(typed: str, named: list[app_commands.Choice[str]]) -> list[app_commands.Choice[str]]:
    return [choice for choice in named if typed.strip().casefold() in choice.name.casefold()]


def _text(given: object) -> str:
    return given if isinstance(given, str) else ""


def _whole(given: object) -> int | None:
    """Read a number that Discord hands on as typed, or as text while another option is being typed."""
    text = str(given)
    return int(text) if text.isdecimal() and not isinstance(given, bool) else None


def _one_of(words: type[Word], given: object) -> Word | None:
    return next((word for word in words if word.value == given), None)
