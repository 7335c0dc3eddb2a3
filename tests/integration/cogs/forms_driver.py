"""How a test gets at forms: buttons that stand in a channel, and what a form shows."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.jobs.drafts import Drafts
from bot.jobs.model import Job
from bot.media.archive import Archive
from bot.media.fetch import Downloader
from bot.media.held_files import HeldInputFiles
from bot.media.limits import MediaLimits
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.message import Button, Message
from sandbox.discord.json_types import JsonObject, as_object, objects, text
from sandbox.person import Person
from sandbox.seen import Outcome, SeenMessage, SeenModal
from tests.integration.cogs.cove import Cove


async def button(
    cove: Cove, verb: Verb, subject: str, *, person: Person | None = None, channel: str = "general"
) -> SeenMessage:
    """Post a button as it stands under clips, and return its message as a person sees it."""
    message = Message(content="a clip", buttons=(Button(custom_id(verb, subject), "Press", "✏️"),))
    posted = await cove.client.get_partial_messageable(cove.channel_id(channel)).send(**message.send())
    return await (person or cove.mira).message(posted.id)


async def opened(cove: Cove, verb: Verb, job: Job, *, person: Person | None = None) -> Outcome:
    """Press a button of a clip that opens a form."""
    whoever = person or cove.mira
    return await whoever.click(await button(cove, verb, job.id, person=whoever), "Press")


def modal(outcome: Outcome) -> SeenModal:
    assert outcome.modal is not None, outcome
    return outcome.modal


def part(outcome: Outcome, name: str) -> JsonObject:
    """Return a labelled part of a form by its field's custom id."""
    for label in objects(modal(outcome).raw["components"]):
        if text(as_object(label["component"])["custom_id"]) == name:
            return label
    raise LookupError(name)


def description(outcome: Outcome, name: str) -> str:
    return text(part(outcome, name).get("description"))


def chosen(outcome: Outcome, name: str) -> list[str]:
    """Return what is picked or ticked in a field to begin with."""
    options = objects(as_object(part(outcome, name)["component"])["options"])
    return [text(option["value"]) for option in options if option.get("default")]


def offered(outcome: Outcome, name: str) -> list[str]:
    return [text(option["value"]) for option in objects(as_object(part(outcome, name)["component"])["options"])]


def draft_id(outcome: Outcome) -> str:
    return modal(outcome).custom_id.rpartition(":")[2]


@asynccontextmanager
async def keeping_files(cove: Cove, directory: Path) -> AsyncIterator[Archive]:
    """Let the cove's next client keep what people attach, in a real archive."""
    archive = Archive(directory / "files", cove.world.clock)
    async with Downloader(trusted_origins=(cove.discord.cdn_origin,)) as downloader:
        cove.world.drafts = Drafts(cove.store, HeldInputFiles(archive, downloader, MediaLimits()), cove.world.clock)
        cove.new_client()
        yield archive
    shutil.rmtree(directory / "files")
