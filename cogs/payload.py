"""The commands as Discord is told of them, with what discord.py 2.7.1 cannot say or cannot know when it is imported."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import discord
from discord import app_commands

from bot.catalog import Catalogue
from bot.ui.options import AUDIO_FILES, IMAGE_FILES

_Command = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu
Json = dict[str, object]
Details = Mapping[tuple[str, str], Mapping[str, object]]
"""What to add to an option, by command and option."""

_LONGEST_TEXT: Final = 6_000
"""Discord's own limit of a text option (platform notes §5)."""


def option_details(catalogue: Catalogue) -> Details:
    """Return the limits and file filters of every option, from the catalogue."""
    text, lipsync = catalogue.limits.text, catalogue.limits.lipsync
    prompt_length = min(text.prompt_characters, _LONGEST_TEXT)
    return {
        ("video", "prompt"): {"min_length": 1, "max_length": prompt_length},
        ("video", "image"): {"file_types": IMAGE_FILES},
        ("video", "end_image"): {"file_types": IMAGE_FILES},
        ("video", "avoid"): {"max_length": min(text.avoid_characters, _LONGEST_TEXT)},
        ("extend", "prompt"): {"max_length": prompt_length},
        ("lipsync", "say"): {"max_length": min(lipsync.text_characters, _LONGEST_TEXT)},
        ("lipsync", "speed"): {"min_value": lipsync.min_speed, "max_value": lipsync.max_speed},
        ("lipsync", "audio"): {"file_types": AUDIO_FILES},
    }


async def command_payload(tree: app_commands.CommandTree[discord.Client], details: Details) -> list[Json]:
    """Return every command as Discord wants it, in an order that does not depend on when it was added.

    Raises:
        KeyError: `details` names an option that no command has.
    """
    commands = await _written(tree, tree.get_commands())
    for (command, option), additions in details.items():
        _option(commands, command, option).update(
            {key: list(value) if isinstance(value, tuple) else value for key, value in additions.items()}
        )
    return sorted(commands, key=lambda command: (str(command.get("type")), str(command["name"])))


async def home_payload(tree: app_commands.CommandTree[discord.Client], server: int) -> list[Json]:
    """Return the commands of one server as Discord wants them: without what only commands for everywhere have."""
    made = await _written(tree, tree.get_commands(guild=discord.Object(server)))
    everywhere = {"contexts", "integration_types", "dm_permission"}
    return [{key: value for key, value in command.items() if key not in everywhere} for command in made]


def fingerprint(application_id: int, payload: list[Json]) -> str:
    """Return what changes whenever the application or anything it tells Discord of its commands does."""
    canonical = json.dumps([str(application_id), payload], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


async def _written(tree: app_commands.CommandTree[discord.Client], commands: Iterable[_Command]) -> list[Json]:
    """Return commands as discord.py writes them, in every language; whatever else is to be done goes on meanwhile."""
    written: list[Json] = []
    for command in commands:
        written.append(
            command.to_dict(tree)
            if tree.translator is None
            else await command.get_translated_payload(tree, tree.translator)
        )
        await asyncio.sleep(0)
    return written


def _option(commands: list[Json], command: str, option: str) -> Json:
    for candidate in commands:
        options = candidate.get("options")
        if candidate["name"] == command and isinstance(options, list):
            for found in options:
                if found["name"] == option:
                    return found  # type: ignore[no-any-return]
    raise KeyError(f"/{command} {option}")
