"""Names and descriptions of commands in every language there is a catalogue for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Location
from typing_extensions import override

from bot.ui.language import has_words, pgettext, speaking

COMMAND_NAME: Final = "command name"
MESSAGE_COMMAND: Final = "message command"
OPTION_NAME: Final = "option name"
DESCRIPTION: Final = "description"
_SAYS: Final = "says"
_CONTEXTS: Final = {
    Location.command_name: COMMAND_NAME,
    Location.group_name: COMMAND_NAME,
    Location.parameter_name: OPTION_NAME,
}
"""The contexts of the catalogues; descriptions and choices have the same."""


def message_command(name: str) -> app_commands.locale_str:
    """Return the name of a command in a message's menu, which may have capitals and spaces."""
    return app_commands.locale_str(name)


def said(words: Callable[[], str]) -> app_commands.locale_str:
    """Return words that are put together when they are said, in whichever language that is."""
    return app_commands.locale_str(words(), **{_SAYS: words})


def spoken_words(string: app_commands.locale_str | str, context: str) -> str:
    """Return what Discord shows of a command, an option or a choice in the language being spoken."""
    if isinstance(string, app_commands.locale_str) and _SAYS in string.extras:
        words: str = string.extras[_SAYS]()
        return words
    return pgettext(context, str(string))


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
            if not has_words():
                # Discord has four times as many locales as have words here, and this is called thousands of times.
                return None
            words = spoken_words(string, _context(context))
        return words if words != string.message else None


def _context(context: app_commands.TranslationContext[Any, Any]) -> str:
    if context.location is Location.command_name and isinstance(context.data, app_commands.ContextMenu):
        return MESSAGE_COMMAND
    return _CONTEXTS.get(context.location, DESCRIPTION)
