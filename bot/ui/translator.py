"""Names and descriptions of commands in every language there is a catalogue for."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from typing_extensions import override

from bot.ui.language import _, speaking


class CommandTranslator(app_commands.Translator):
    """Looks up what Discord keeps with the commands in the same catalogues as everything else."""

    @override
    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        """Return the words for one locale, or None where there are none but the English ones."""
        with speaking(locale.value):
            words = _(string.message)
        return words if words != string.message else None
