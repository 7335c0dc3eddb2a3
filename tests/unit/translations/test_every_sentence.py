"""No sentence reaches a person but through the catalogues."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from translations.catalogues import ROOT
from translations.extraction import extract, modules
from translations.places import called, slots

_FOR_READERS_OF_CODE: Final = frozenset({"bot/ui/channels_page.py", "bot/ui/house_page.py"})
"""Write pages of the documentation, which is English."""
_SAID: Final = frozenset({"_", "marked", "ngettext", "pgettext", "locale_str", "message_command"})
_NOT_SAID: Final = frozenset(
    {"debug", "info", "warning", "error", "exception", "compile", "TypeVar", "ParamSpec", "cast"}
)
"""What writes logs and patterns, and what names types."""
_WORDS: Final = re.compile(r"[^\W\d_]{2,},? [^\W\d_]{2,}")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_OWN_NAMES: Final = frozenset({"Português do Brasil"})
"""What a language calls itself, whoever reads it."""
_TYPED: Final = ("--", "`")
"""What examples of typed words begin with."""


def unsaid(source: str) -> list[str]:
    """Return the words in a module that look like sentences, or stand where words are shown, and are not looked up."""
    tree = ast.parse(source)
    passed = {id(inner) for outer in ast.walk(tree) for inner in _passed_over(outer)}
    found = [
        text.value
        for text in ast.walk(tree)
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and id(text) not in passed
        if _WORDS.search(text.value) and not text.value.startswith(_TYPED) and text.value not in _OWN_NAMES
    ]
    shown = [
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for argument, _place in slots(node)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and _WORD.search(argument.value)
    ]
    return list(dict.fromkeys([*found, *shown]))


def _passed_over(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is under a node that no person reads, or that is looked up."""
    match node:
        case ast.Expr(value=ast.Constant()):
            yield from ast.walk(node)
        case ast.Call() if called(node) in _SAID | _NOT_SAID or called(node).endswith("Error"):
            yield from ast.walk(node)
        case ast.Assign() | ast.AnnAssign() if _is_of_the_code(node):
            yield from ast.walk(node)
        case ast.arg(annotation=ast.Constant() as written):
            yield written


def _is_of_the_code(node: ast.Assign | ast.AnnAssign) -> bool:
    """Tell whether something is a type alias, or the context of what is looked up."""
    alias = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"
    context = isinstance(node.value, ast.Constant) and str(node.value.value) in _contexts()
    return alias or context


def _contexts() -> set[str]:
    return {"command name", "message command", "option name", "description"}


@pytest.mark.parametrize(
    "module",
    [
        path.relative_to(ROOT).as_posix()
        for path in modules(ROOT, ("bot/ui", "cogs"))
        if path.relative_to(ROOT).as_posix() not in _FOR_READERS_OF_CODE
    ],
)
def test_every_sentence_is_looked_up(module: str) -> None:
    assert unsaid((ROOT / module).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        'Message(content="Nothing was charged.")',
        'def f(name):\n    return f"The clip {name} is gone"',
        'Button(custom_id, "Details", "ℹ️")',
        'lines.append("left for you")',
        'text_part(FIELD, _("Prompt"), "Optional", "", most=5, required=False)',
    ],
)
def test_a_sentence_that_is_not_looked_up_is_found(source: str) -> None:
    assert unsaid(source) != []


@pytest.mark.parametrize(
    "source",
    [
        'Message(content=_("Nothing was charged."))',
        '"""Say what happened."""',
        'log.warning("card not posted")',
        'raise ValueError("two handlers for one verb")',
        'X = {Flag.VOICE: "--voice Rock of ages"}',
        'Button(custom_id, _("Details"), "ℹ️")',
    ],
)
def test_what_is_looked_up_or_read_by_nobody_is_let_through(source: str) -> None:
    assert unsaid(source) == []


def test_everything_in_the_source_can_be_extracted() -> None:
    for path in modules(ROOT, ("bot", "cogs")):
        assert isinstance(list(extract(Path(path))), list)


def test_names_of_options_are_said_as_the_reader_sees_them() -> None:
    raw = re.compile(r"option=refusal\.option\b|other=refusal\.other\b")

    found = [path.name for path in modules(ROOT, ("bot/ui",)) if raw.search(path.read_text(encoding="utf-8"))]

    assert found == [], "use labels.option(refusal.option)"
