"""What is to be translated, found in the source: by what is called with it, with the place where it is shown."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from translations.places import Place, called, slots

COMMAND_NAME: Final = "command name"
MESSAGE_COMMAND: Final = "message command"
OPTION_NAME: Final = "option name"
DESCRIPTION: Final = "description"
LIMITS: Final = {
    COMMAND_NAME: Place("name of a command: leave it as it is", 32),
    OPTION_NAME: Place("name of an option: lower case, no spaces", 32),
    MESSAGE_COMMAND: Place("command in the menu of a message", 32),
    DESCRIPTION: Place("description of a command or option, or a choice", 100),
}
"""By the context; Discord's limits (platform notes §5)."""

SENTENCES: Final = frozenset({"_", "marked"})
_NAMED: Final = frozenset({"command", "Group"})
"""What makes commands: their `name` is looked up by discord.py as it stands."""
_OPTIONS: Final = "_OPTIONS"
"""How the names of dictionaries end that describe options by their names."""


class NotExtractable(ValueError):
    """Words that are looked up when they are said, and stand nowhere in the source."""


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence to be translated.

    Attributes:
        one: the sentence, or its form for one.
        many: its form for several, "" where it has one form.
        context: tells it from the same words elsewhere, "" for none.
        line: where it stands.
        place: where it is shown, as far as the source tells.
    """

    one: str
    many: str = ""
    context: str = ""
    line: int = 0
    place: Place | None = None


def extract(source: Path) -> Iterator[Words]:
    """Yield the sentences of a module in the order in which they stand there.

    Raises:
        NotExtractable: what is to be translated is not written out.
    """
    tree = ast.parse(source.read_text(encoding="utf-8"), str(source))
    found = [*_sentences(tree, source), *_names(tree)]
    yield from sorted(found, key=lambda words: words.line)


def modules(root: Path, packages: Iterable[str]) -> list[Path]:
    """Return every module of these packages, in an order that does not depend on the machine."""
    return sorted((path for package in packages for path in (root / package).rglob("*.py")), key=Path.as_posix)


def _sentences(tree: ast.Module, source: Path) -> Iterator[Words]:
    places = _places(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name, place = called(node), places.get(node)
        if not isinstance(node.func, ast.Name) and name != "locale_str":
            continue
        if name in SENTENCES:
            if name == "_" and _is_marked_elsewhere(node):
                continue
            yield Words(_text(node, 0, source), line=node.lineno, place=place)
        elif name == "ngettext":
            yield Words(_text(node, 0, source), _text(node, 1, source), line=node.lineno, place=place)
        elif name == "pgettext":
            if not isinstance(node.args[1], ast.Constant):
                continue
            yield Words(_text(node, 1, source), context=_text(node, 0, source), line=node.lineno, place=place)
        elif name == "locale_str" and node.args and isinstance(node.args[0], ast.Constant):
            yield _limited(_text(node, 0, source), DESCRIPTION, node.lineno)
        elif name == "message_command":
            yield _limited(_text(node, 0, source), MESSAGE_COMMAND, node.lineno)


def _names(tree: ast.Module) -> Iterator[Words]:
    """Yield the names of commands and options, which discord.py has looked up without being asked."""
    for node in ast.walk(tree):
        match node:
            case ast.Call() if called(node) in _NAMED:
                for keyword in node.keywords:
                    match keyword:
                        case ast.keyword(arg="name", value=ast.Constant(value=str(name))):
                            yield _limited(name, COMMAND_NAME, node.lineno)
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict(keys=keys))
                | ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(keys=keys))
            ) if name.endswith(_OPTIONS):
                for key in keys:
                    if isinstance(key, ast.Constant):
                        yield _limited(str(key.value), OPTION_NAME, key.lineno)


def _limited(words: str, context: str, line: int) -> Words:
    return Words(words, context=context, line=line, place=LIMITS[context])


def _places(tree: ast.Module) -> dict[ast.Call, Place]:
    """Return where words are shown that are handed to what shows them."""
    found: dict[ast.Call, Place] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for argument, place in slots(node):
                found.update((call, place) for call in _said_in(argument))
    return found


def _said_in(node: ast.expr) -> Iterator[ast.Call]:
    """Yield the sentences that an expression may be: itself, filled in, or one of two."""
    match node:
        case ast.Call(func=ast.Attribute(attr="format", value=filled)):
            yield from _said_in(filled)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _said_in(body)
            yield from _said_in(orelse)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _said_in(value)
        case ast.Call():
            yield node
        case _:
            pass


def _is_marked_elsewhere(node: ast.Call) -> bool:
    """Tell whether a sentence is looked up that stands somewhere else: there is no word in what is handed over.

    What picks it out of a table, `WORDS["later"]`, is no word.
    """
    keys = {id(inner) for part in ast.walk(node) if isinstance(part, ast.Subscript) for inner in ast.walk(part.slice)}
    return not any(
        isinstance(inner, ast.Constant) and isinstance(inner.value, str) and id(inner) not in keys
        for argument in node.args
        for inner in ast.walk(argument)
    )


def _text(node: ast.Call, index: int, source: Path) -> str:
    match node.args[index : index + 1]:
        case [ast.Constant(value=str(text))]:
            return text
        case _:
            raise NotExtractable(f"{source}:{node.lineno}: {called(node)}() takes words, written out")
