"""Refusals of what somebody sets for their server."""

from __future__ import annotations

from bot.community.housekeeping import (
    AboveOperatorsLimit,
    EveryoneListed,
    NotForSuch,
    NoWordsGiven,
    OutOfBounds,
    TooManyListed,
    TooManyWords,
    WordTooLong,
)
from bot.community.settings import SETTINGS
from bot.community.typed import NumberNotUnderstood
from bot.ui import figures
from bot.ui.language import _
from bot.ui.quoting import quoted
from bot.ui.refusals.sentence import nothing_to_buy, refusal_sentence
from bot.ui.settings_names import name_of, number_words

_SHOWN = 40

nothing_to_buy(
    AboveOperatorsLimit,
    EveryoneListed,
    NotForSuch,
    NoWordsGiven,
    NumberNotUnderstood,
    OutOfBounds,
    TooManyListed,
    TooManyWords,
    WordTooLong,
)


@refusal_sentence.register
def above_operators_limit(refusal: AboveOperatorsLimit) -> str:
    """A value that whoever runs the bot does not allow."""
    words = _(
        "{setting}: {asked} is more than whoever runs the bot allows. At most {limit} can be set. Nothing changed."
    )
    return words.format(
        setting=_bold(refusal.setting),
        asked=_number(refusal.setting, refusal.asked),
        limit=_number(refusal.setting, refusal.limit),
    )


@refusal_sentence.register
def out_of_bounds(refusal: OutOfBounds) -> str:
    """A number that makes no sense."""
    words = _("{setting}: {asked} cannot be set. It can be from {least} to {most}. Nothing changed.")
    return words.format(
        setting=_bold(refusal.setting),
        asked=_number(refusal.setting, refusal.asked),
        least=_number(refusal.setting, refusal.least),
        most=_number(refusal.setting, refusal.most),
    )


@refusal_sentence.register
def number_not_understood(refusal: NumberNotUnderstood) -> str:
    """Something typed that is no number."""
    if refusal.in_dollars:
        words = _("{setting}: {found} is no amount. Type dollars, such as 20 or 7.50. Nothing changed.")
    else:
        words = _("{setting}: {found} is no whole number. Type one, such as 3. Nothing changed.")
    return words.format(setting=_bold(refusal.setting), found=quoted(refusal.found, _SHOWN))


@refusal_sentence.register
def too_many_listed(refusal: TooManyListed) -> str:
    """More channels or roles than fit."""
    words = _("{setting}: that would be {found}, and at most {limit} can be listed. Nothing changed.")
    return words.format(setting=_bold(refusal.setting), found=refusal.found, limit=refusal.limit)


@refusal_sentence.register
def not_for_such(refusal: NotForSuch) -> str:
    """A setting of the whole server, meant for a part of it."""
    words = _("{setting}: this cannot be set there. Nothing changed.")
    return words.format(setting=_bold(refusal.setting))


@refusal_sentence.register
def everyone_listed(refusal: EveryoneListed) -> str:
    """Everybody, picked as if they were a role."""
    words = _("{setting}: everybody is no role. Pick other roles, or leave the list empty. Nothing changed.")
    return words.format(setting=_bold(refusal.setting))


@refusal_sentence.register
def too_many_words(refusal: TooManyWords) -> str:
    """More blocked words than a server may have."""
    words = _(
        "That would be {found} blocked words, and at most {limit} are kept. Take back some first. Nothing was added."
    )
    return words.format(found=figures.number(f"{refusal.found:,}"), limit=figures.number(f"{refusal.limit:,}"))


@refusal_sentence.register
def word_too_long(refusal: WordTooLong) -> str:
    """A word that is too long."""
    words = _("{word} has {found} characters, and at most {limit} are taken. Nothing was added.")
    return words.format(word=quoted(refusal.word, _SHOWN), found=refusal.found, limit=refusal.limit)


@refusal_sentence.register
def no_words_given(_refusal: NoWordsGiven) -> str:
    """Nothing but blanks and commas."""
    return _("There is no word in that. Type words, one a line or separated by commas. Nothing was added.")


def _bold(setting: str) -> str:
    return f"**{name_of(setting)}**"


def _number(setting: str, value: int) -> str:
    return number_words(SETTINGS[setting], value)
