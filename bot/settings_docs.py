"""Writes `.env.example` and the README's settings table from the settings themselves.

`python -m bot.settings_docs env` prints the one, `python -m bot.settings_docs table` the other; a test compares both.
"""

from __future__ import annotations

import sys
import textwrap
from enum import Enum
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.settings import MICRO, Settings

_DOLLARS: Final = {"max_usd_per_month", "max_usd_per_job"}


def env_example() -> str:
    """Return the text of `.env.example`."""
    parts = ["# Egret's settings. Copy this file to .env and fill in the first three."]
    for name, field in Settings.model_fields.items():
        comment = textwrap.fill(field.description or "", width=98, initial_indent="# ", subsequent_indent="# ")
        given = "" if field.is_required() or name == "servers" else _default(name, field)
        lead = "" if field.is_required() or name == "servers" else "#"
        parts.append(f"{comment}\n{lead}{name.upper()}={given}")
    return "\n\n".join(parts) + "\n"


def settings_table() -> str:
    """Return the README's table of settings."""
    rows = ["| setting | default | what it does |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "**required**" if field.is_required() else f"`{_default(name, field)}`"
        description = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{name.upper()}` | {default if default != '``' else ''} | {description} |")
    return "\n".join(rows) + "\n"


def _default(name: str, field: FieldInfo) -> str:
    value: object = field.default
    if name in _DOLLARS and isinstance(value, int):
        return f"{value / MICRO:g}"
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (tuple, frozenset)) or value is None:
        return ""
    return value.as_posix() if isinstance(value, Path) else str(value)


if __name__ == "__main__":
    sys.stdout.write(settings_table() if sys.argv[1:] == ["table"] else env_example())
