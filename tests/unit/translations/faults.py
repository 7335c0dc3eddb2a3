"""What can be wrong with a translation, found by comparing it with the sentence that it translates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog, Message

from bot.replies import VOCABULARY
from bot.ui.quoting import units
from tests.fidelity.command_rules import is_name
from translations.catalogues import Key, key, messages
from translations.extraction import COMMAND_NAME, OPTION_NAME
from translations.places import Place

FIELD_LENGTH: Final = 8
"""What a field is taken to be filled with: "#k3f9x2", "$0.26"."""
_CODE: Final = re.compile(r"`+([^`]+)`+")
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_FIELD: Final = re.compile(r"\{[^{}]*\}")
_KEPT: Final = ("\n", "**", "`", "-# ", "](", "<t:", "<@", "<#", "||", "~~", "https://", "⚠️")
"""What Discord formats, and what must be there as often as in English."""
_COMMAND: Final = re.compile(r"(?<![\w/<:])/([^\W\d_][\w-]*)")


@dataclass(frozen=True)
class Judge:
    """Judges the translations of a catalogue.

    Attributes:
        catalogue: the language's.
        places: where sentences are shown that have little room.
    """

    catalogue: Catalog
    places: Mapping[Key, Place]

    @cached_property
    def words(self) -> dict[Key, Message]:
        return messages(self.catalogue)

    @cached_property
    def language(self) -> str:
        return str(self.catalogue.locale_identifier).partition("_")[0]

    def missing(self) -> list[str]:
        return [key(message)[0] for message in self.words.values() if message.fuzzy or not all(said(message) or [""])]

    def faults(self, *checks: Callable[[Judge, Message, str], str]) -> list[str]:
        """Return what the checks say of everything that is translated."""
        return list(self._faults(checks))

    def _faults(self, checks: Iterable[Callable[[Judge, Message, str], str]]) -> Iterator[str]:
        for message in self.words.values():
            for text in filter(None, said(message)):
                for check in checks:
                    fault = check(self, message, text)
                    if fault:
                        yield f"{key(message)[0]!r} → {text!r}: {fault}"


def said(message: Message) -> list[str]:
    """Return a sentence's translations: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def source(message: Message) -> str:
    """Return the sentence, in its form for several where it has two."""
    return message.id if isinstance(message.id, str) else message.id[1]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def other_fields(_judge: Judge, message: Message, text: str) -> str:
    """Fields are kept by name; a form for one may leave out the number, as a form for several may not."""
    try:
        found = fields(text)
    except ValueError as error:
        return str(error)
    wanted = fields(source(message))
    if isinstance(message.id, str):
        return "" if found == wanted else f"fields {sorted(found)}, not {sorted(wanted)}"
    if found - wanted:
        return f"unknown fields {sorted(found - wanted)}"
    missing = wanted - found
    may_miss = {"number"} if text != said(message)[-1] else set()
    return f"without the fields {sorted(missing)}" if missing - may_miss else ""


def lost_formatting(_judge: Judge, message: Message, text: str) -> str:
    """What Discord formats stands there as often as in English."""
    sentence = source(message)
    lost = [mark for mark in _KEPT if sentence.count(mark) != text.count(mark)]
    if sentence.startswith("`{option}`: ") and not text.startswith("`{option}`: "):
        lost.append("`{option}`: at the beginning")
    # Between thousands several languages put nothing but a space.
    separates = (message.context or "").endswith("separator")
    if not separates and sentence.strip() == sentence and text.strip() != text:
        lost.append("nothing before and after")
    return f"not as often as in English: {lost}" if lost else ""


def other_commands(judge: Judge, message: Message, text: str) -> str:
    """Commands are mentioned by their names in this language."""
    names = {name: said(found)[0] for (name, context), found in judge.words.items() if context == COMMAND_NAME}
    wanted, found = [names.get(name) or name for name in _COMMAND.findall(source(message))], _COMMAND.findall(text)
    return f"mentions {found}, not {wanted}" if sorted(wanted) != sorted(found) else ""


def other_typed_words(judge: Judge, message: Message, text: str) -> str:
    """What is typed stands in backticks: the same, or the name that this language has for it."""
    left = _CODE.findall(text)
    for span in _CODE.findall(source(message)):
        allowed = {span, *_named(judge, span), *_verbs(judge, span)}
        fitting = next((found for found in left if found in allowed), None)
        if fitting is None:
            return f"has {left} in backticks, but needs one of {sorted(allowed)}"
        left.remove(fitting)
    return f"has {left} in backticks, which English has not" if left else ""


def other_labels(judge: Judge, message: Message, text: str) -> str:
    """What stands in bold and is a label somewhere has the same words as that label."""
    left = _BOLD.findall(text)
    for span in _BOLD.findall(source(message)):
        labels = {word for found in judge.words.values() if key(found)[0] == span for word in said(found) if word}
        if labels and not labels & set(left):
            return f"has {left} in bold, but the label is {sorted(labels)}"
    return ""


def too_long(judge: Judge, message: Message, text: str) -> str:
    """It fits where it is shown."""
    place = judge.places.get(key(message))
    if place is None:
        return ""
    length = units(_FIELD.sub("x" * FIELD_LENGTH, text))
    return f"{length} long, as {place.name} at most {place.limit}" if length > place.limit else ""


def refused_name(_judge: Judge, message: Message, text: str) -> str:
    """Discord takes it as a name."""
    if message.context not in {COMMAND_NAME, OPTION_NAME}:
        return ""
    return "" if is_name(text) else "Discord takes 1 to 32 lower-case letters, digits, - or _"


def wrong_number_of_forms(judge: Judge, message: Message, _text: str) -> str:
    """There are as many forms as the language has."""
    wanted = 1 if isinstance(message.id, str) else judge.catalogue.num_plurals
    return f"{len(said(message))} forms, not {wanted}" if len(said(message)) != wanted else ""


CHECKS: Final = (
    other_fields,
    lost_formatting,
    other_commands,
    other_typed_words,
    other_labels,
    too_long,
    refused_name,
    wrong_number_of_forms,
)


def _named(judge: Judge, span: str) -> set[str]:
    """Return what an option is called here: `image`, or `model: {model}` with its value."""
    name, colon, value = span.partition(":")
    found = judge.words.get((name, OPTION_NAME))
    return {f"{word}{colon}{value}" for word in said(found) if word} if found is not None else set()


def _verbs(judge: Judge, span: str) -> set[str]:
    """Return the reply verbs of this language that mean the same: `say …`."""
    word, space, rest = span.partition(" ")
    meant = {verb for verb, words in VOCABULARY["en"].items() if word in words}
    own = next((VOCABULARY[name] for name in VOCABULARY if name.partition("-")[0] == judge.language), {})
    return {f"{other}{space}{rest}" for verb in meant for other in own.get(verb, ())}
