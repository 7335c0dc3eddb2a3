"""The blocked words of a server: pages of them, and the forms that add and take back many at once."""

from __future__ import annotations

from typing import Final

import discord

from bot.community.housekeeping import MOST_WORDS
from bot.community.record import HouseRecord
from bot.ui import figures
from bot.ui.forms_parts import TEXT_LIMIT, form, text_part
from bot.ui.language import _, ngettext
from bot.ui.message import CONTENT_LIMIT, Button, Choice, ChoiceList, Message
from bot.ui.quoting import escaped, one_line, shorten
from bot.ui.settings_address import Step, press, press_at
from bot.ui.settings_names import Group

WORDS: Final = "words"
"""The field of the forms."""
PER_PAGE: Final = 25
"""So many choices fit a list."""


def render_words(record: HouseRecord, page: int, *, note: str = "") -> Message:
    """Return a page of the words; a page that is no longer there is the last one."""
    words = record.words
    pages = max(1, -(-len(words) // PER_PAGE))
    page = min(page, pages - 1)
    shown = words[page * PER_PAGE : (page + 1) * PER_PAGE]
    lines = [note] if note else []
    lines.append(
        _(
            "**Blocked words: {number} of at most {most}.** Prompts that contain one are refused, and cost nothing."
        ).format(number=len(words), most=MOST_WORDS)
    )
    lines.append(_("Capitals and accents make no difference. A phrase of several words counts as one."))
    if shown:
        lines.append(figures.listed([escaped(word, 60) for word in shown]))
    if pages > 1:
        lines.append(f"-# {_('Page {number} of {pages}').format(number=page + 1, pages=pages)}")
    lists: tuple[ChoiceList, ...] = ()
    if shown:
        lists = (
            ChoiceList(
                custom_id=press_at(Step.WORDS_TAKE, str(page)),
                placeholder=_("Take back words of this page"),
                choices=tuple(Choice(value=word, label=one_line(word) or word) for word in shown),
                most=len(shown),
            ),
        )
    return Message(
        content=shorten("\n".join(lines), CONTENT_LIMIT),
        lists=lists,
        buttons=tuple(_buttons(page, pages, any_words=bool(words))),
    )


def render_words_form(step: Step) -> discord.ui.Modal:
    """Return the form that adds words, or the one that takes them back; needs a running event loop."""
    title = _("Block words") if step is Step.WORDS_ADD else _("Take back words")
    hint = _("One a line, or separated by commas")
    return form(press(step), title, [text_part(WORDS, _("Words"), hint, "", most=TEXT_LIMIT, required=True)])


def words_added(number: int) -> str:
    """Return how many words are new."""
    if number == 0:
        return _("Nothing was added: all of these were blocked already.")
    return ngettext("{number} word was added.", "{number} words were added.", number).format(number=number)


def words_dropped(number: int) -> str:
    """Return how many words were taken back."""
    if number == 0:
        return _("Nothing was taken back: none of these was blocked.")
    return ngettext("{number} word was taken back.", "{number} words were taken back.", number).format(number=number)


def _buttons(page: int, pages: int, *, any_words: bool) -> list[Button]:
    buttons = [
        Button(press_at(Step.GROUP, Group.WORDS), _("Back"), "↩️"),
        Button(press(Step.WORDS_ADD), _("Block words"), "➕"),
    ]
    if any_words:
        buttons.append(Button(press(Step.WORDS_DROP), _("Take back many"), "➖"))
    if page > 0:
        buttons.append(Button(press_at(Step.WORDS, str(page - 1)), _("Previous"), "◀️"))
    if page + 1 < pages:
        buttons.append(Button(press_at(Step.WORDS, str(page + 1)), _("Next"), "▶️"))
    return buttons
