"""Buttons that work for ever: who answers a click is found by the custom id alone, whatever was restarted since."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable
from typing import Any, Final, Protocol, Self, TypeAlias, runtime_checkable

import discord
import structlog
from structlog.contextvars import bound_contextvars
from typing_extensions import override

from bot.catalog import Catalogue
from bot.jobs.model import Job
from bot.jobs.requests import Details
from bot.jobs.service import Cancellation
from bot.ui import wording
from bot.ui.answering import PATIENCE, answer_privately, in_time
from bot.ui.custom_ids import CANCEL_TEMPLATE, DETAILS_TEMPLATE
from bot.ui.details import render_details
from bot.ui.language import speaking
from bot.ui.message import Message

_PATIENCE: Final = PATIENCE

Click: TypeAlias = "discord.Interaction[discord.Client]"
AnyButton: TypeAlias = "discord.ui.Button[discord.ui.View]"

log = structlog.get_logger(__name__)


class JobActions(Protocol):
    """What buttons do with jobs; `bot.jobs.service.JobService` does it."""

    @property
    def catalogue(self) -> Catalogue:
        """Return the models there are."""
        ...

    async def cancel(self, job_id: str, person_id: int, *, moderator: bool) -> Cancellation:
        """Cancel a job, or ask the provider to."""
        ...

    async def details(self, job_id: str) -> Details | None:
        """Return everything known of a job."""
        ...


@runtime_checkable
class HasJobs(Protocol):
    """A client whose buttons can work."""

    @property
    def jobs(self) -> JobActions:
        """Return what the buttons act on."""
        ...


class CancelButton(discord.ui.DynamicItem[AnyButton], template=CANCEL_TEMPLATE):
    """Cancels a job for its requester, or for somebody who manages messages there."""

    def __init__(self, item: AnyButton, job_id: str) -> None:
        """Keep the job that the custom id names."""
        super().__init__(item)
        self._job_id = job_id

    @override
    @classmethod
    async def from_custom_id(cls, interaction: Click, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read the custom id."""
        return cls(_as_button(item), match["job"])

    @override
    async def callback(self, interaction: Click) -> None:
        """Cancel, and tell the person alone what came of it."""
        await answer_click(interaction, self._cancel(interaction), self._job_id)

    async def _cancel(self, interaction: Click) -> Message:
        jobs = _jobs(interaction)
        details = await jobs.details(self._job_id)
        if details is None or not belongs_here(details.job, interaction):
            return wording.not_here()
        moderator = interaction.guild_id is not None and interaction.permissions.manage_messages
        outcome = await jobs.cancel(self._job_id, interaction.user.id, moderator=moderator)
        return wording.cancelled(outcome, self._job_id)


class DetailsButton(discord.ui.DynamicItem[AnyButton], template=DETAILS_TEMPLATE):
    """Shows everything known of a job to whoever asks, and to nobody else."""

    def __init__(self, item: AnyButton, job_id: str) -> None:
        """Keep the job that the custom id names."""
        super().__init__(item)
        self._job_id = job_id

    @override
    @classmethod
    async def from_custom_id(cls, interaction: Click, item: discord.ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read the custom id."""
        return cls(_as_button(item), match["job"])

    @override
    async def callback(self, interaction: Click) -> None:
        """Show the details."""
        await answer_click(interaction, self._show(interaction), self._job_id)

    async def _show(self, interaction: Click) -> Message:
        jobs = _jobs(interaction)
        details = await jobs.details(self._job_id)
        if details is None or not belongs_here(details.job, interaction):
            return wording.not_here()
        return render_details(details, jobs.catalogue)


BUTTONS: Final = (CancelButton, DetailsButton)
"""What the client registers by `add_dynamic_items`."""


def belongs_here(job: Job, interaction: Click) -> bool:
    """Tell whether a job may be acted on from here: on its server, or in its requester's direct messages."""
    if interaction.guild_id is None:
        return job.requester_id == interaction.user.id
    return job.place.guild_id == interaction.guild_id


async def answer_click(interaction: Click, work: Awaitable[Message], job_id: str) -> None:
    """Do the work and show what comes of it to the person alone, in time.

    discord.py only logs what a button's callback raises, so nothing is left to it.
    """
    with (
        speaking(interaction.locale.value),
        bound_contextvars(interaction=interaction.id, guild=interaction.guild_id, job=job_id),
    ):
        message = await in_time(interaction, _outcome(work), ephemeral=True, patience=_PATIENCE)
        try:
            await answer_privately(interaction, message)
        except Exception as error:  # noqa: BLE001 - nobody is left to tell, and what was clicked is done
            log.warning("answer_failed", error=repr(error))


async def _outcome(work: Awaitable[Message]) -> Message:
    try:
        return await work
    except Exception:
        # Whatever went wrong, the person is told, with a number that the log has too.
        error_id = secrets.token_hex(4)
        log.exception("click_failed", error_id=error_id)
        return wording.click_apology(error_id)


def _jobs(interaction: Click) -> JobActions:
    client = interaction.client
    if not isinstance(client, HasJobs):
        raise TypeError("the client has no jobs for its buttons")
    return client.jobs


def _as_button(item: discord.ui.Item[Any]) -> AnyButton:
    if not isinstance(item, discord.ui.Button):
        raise TypeError("only buttons carry these custom ids")
    return item
