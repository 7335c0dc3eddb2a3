"""Files that a person picks: `{"filename": …, "data": base64, "description": …}` in JSON."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from sandbox.discord.client.rules import ClientRefusal
from sandbox.discord.json_types import text
from sandbox.discord.uploads import Destination, UploadedFile

if TYPE_CHECKING:
    from sandbox.discord.interaction import Interaction
    from sandbox.discord.json_types import JsonObject
    from sandbox.discord.state import Attachment
    from sandbox.discord.uploads import Uploads


def picked(value: JsonObject, number: int = 0) -> UploadedFile:
    """Return the file in a JSON value.

    Raises:
        ClientRefusal: the value is not a file.
    """
    filename, data = text(value.get("filename")), value.get("data")
    if not filename or not isinstance(data, str):
        raise ClientRefusal("a file needs a filename and its data in base64")
    try:
        return UploadedFile(f"files[{number}]", filename, base64.b64decode(data, validate=True))
    except binascii.Error:
        raise ClientRefusal("a file's data is not base64") from None


async def upload_for(
    uploads: Uploads, interaction: Interaction, value: JsonObject, limit: int, field: str
) -> Attachment:
    """Upload a file with a command or form, as an ephemeral attachment.

    Raises:
        ClientRefusal: it is over the person's upload limit.
    """
    file = picked(value)
    if len(file.data) > limit:
        raise ClientRefusal(f"{file.filename} is larger than {limit} bytes", field)
    return await uploads.accept(file, Destination(interaction.id, limit, ephemeral=True))
