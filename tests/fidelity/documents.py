"""Where Discord's own documents are, and what is in them.

They are looked for in `EGRET_REFERENCE`, else in `shared/reference` beside the repository. They are not part of it:
one is Discord's description of its HTTP API, the other was made from the types of the npm package discord-api-types.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

VARIABLE: Final = "EGRET_REFERENCE"
OPENAPI: Final = "discord-openapi.json"
GATEWAY: Final = "discord-gateway-events.schema.json"
_BESIDE: Final = Path(__file__).resolve().parents[3] / "shared" / "reference"

Document: TypeAlias = dict[str, Any]
"""A decoded JSON document; schemas are data here, and their shape is what the validators work out."""


def directory() -> Path:
    """Return where the documents are to be."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else _BESIDE


def absence() -> str | None:
    """Return why nothing can be held to the documents, or None where they are at hand.

    Raises:
        FileNotFoundError: `EGRET_REFERENCE` names a directory that does not have them.
    """
    missing = [name for name in (OPENAPI, GATEWAY) if not (directory() / name).is_file()]
    if not missing:
        return None
    if os.environ.get(VARIABLE):
        raise FileNotFoundError(f"{VARIABLE} names a directory without {' and '.join(missing)}")
    return f"Discord's documents ({', '.join(missing)}) are not at hand; {VARIABLE} can name their directory"


@cache
def read(name: str) -> Document:
    """Return a document; it is shared, so whoever changes it works on a copy.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a JSON object.
    """
    document = json.loads((directory() / name).read_bytes())
    if not isinstance(document, dict):
        raise TypeError(f"{name} is not a JSON object")
    return document
