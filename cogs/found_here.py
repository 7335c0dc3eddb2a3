"""The job that a button names, where it may be acted on from here."""

from __future__ import annotations

from bot.errors import EgretError, Refused
from bot.jobs.clips import ClipService
from bot.jobs.model import Job
from bot.jobs.requests import ClipForgotten
from cogs.interaction import Interaction, belongs_here


class NotHere(EgretError):
    """A button or form names no job of this place: it was tampered with, or copied from elsewhere."""


async def job_here(clips: ClipService, interaction: Interaction, job_id: str) -> Job:
    """Return a job by its short id.

    Raises:
        NotHere: there is none, or it is another server's or somebody's private one.
        Refused: nothing is kept of it any more.
    """
    job = await clips.of_id(job_id)
    if job is not None and job.forgotten_at is not None:
        raise Refused(ClipForgotten(job_id=job.id))
    if job is None or not belongs_here(job, interaction):
        raise NotHere(job_id)
    return job
