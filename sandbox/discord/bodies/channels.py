"""Bodies that make and change channels and threads (developers/resources/channel)."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, TypeAdapter

from sandbox.discord.bodies.base import Body, Snowflake

ArchiveMinutes = Literal[60, 1440, 4320, 10080]
DEFAULT_ARCHIVE_MINUTES: Final = 1440


class StartThreadFromMessage(Body):
    """Start Thread from Message."""

    name: str = Field(min_length=1, max_length=100)
    auto_archive_duration: ArchiveMinutes | None = None
    rate_limit_per_user: int | None = Field(None, ge=0, le=21600)


class StartThread(StartThreadFromMessage):
    """Start Thread without Message; only public threads are known here."""

    type: Literal[11]
    invitable: bool | None = None


class EditChannel(Body):
    """Modify Channel, of a thread or a text channel."""

    name: str | None = Field(None, min_length=1, max_length=100)
    topic: str | None = Field(None, max_length=1024)
    nsfw: bool | None = None
    archived: bool | None = None
    locked: bool | None = None
    auto_archive_duration: ArchiveMinutes | None = None
    rate_limit_per_user: int | None = Field(None, ge=0, le=21600)


class CreateDirectMessage(Body):
    """Create DM."""

    recipient_id: Snowflake


START_FROM_MESSAGE: Final = TypeAdapter(StartThreadFromMessage)
START: Final = TypeAdapter(StartThread)
EDIT: Final = TypeAdapter(EditChannel)
CREATE_DIRECT: Final = TypeAdapter(CreateDirectMessage)
