"""Whatever a test has rendered, once more in every language: held to what Discord takes, and to fit as English does."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial, wraps
from pathlib import Path
from typing import Any, Final

import discord
import pytest

import bot.ui
from bot.ui import language
from bot.ui.language import SPOKEN, speaking
from bot.ui.message import CONTENT_LIMIT, ChoiceList, Message
from bot.ui.quoting import ELLIPSIS, units
from tests.fidelity.message_rules import message_findings
from translations.catalogues import catalogue_file, messages, read
from translations.places import BUTTON, ENTRY, FORM_LABEL, FORM_NOTE, FORM_TITLE, LIST_NOTE

_RENDERED: Final = frozenset({"Message", "Message | None", "discord.ui.Modal"})
_IN_FORM: Final = {
    "title": FORM_TITLE.limit,
    "label": FORM_LABEL.limit,
    "description": FORM_NOTE.limit,
    "placeholder": LIST_NOTE.limit,
}
_IN_LIST: Final = {**_IN_FORM, "label": ENTRY.limit}
_OFTEN: Final = 3
"""Calls of one function in one test that are enough."""
Renderer = Callable[..., object]
_watching: Final[list[Rendered]] = []
Texts = dict[str, tuple[str, int]]
"""What is read, with its limit, by where it stands."""


class Rendered:
    """The calls of what renders."""

    def __init__(self) -> None:
        self._calls: list[tuple[Renderer, tuple[Any, ...], dict[str, Any]]] = []
        self._times: Counter[Renderer] = Counter()

    @contextmanager
    def watching(self) -> Iterator[None]:
        _watching.append(self)
        try:
            yield
        finally:
            _watching.remove(self)

    def called(self, renderer: Renderer, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        self._times[renderer] += 1
        if self._times[renderer] <= _OFTEN:
            self._calls.append((renderer, arguments, named))

    def faults(self, compiled: Path, languages: Sequence[str] | None = None) -> list[str]:
        """Render everything again in each language that has words, and return what is wrong with it."""
        return [
            f"{spoken}: {renderer.__name__}: {fault}"
            for spoken in (languages if languages is not None else _languages_with_words())
            for renderer, arguments, named in self._calls
            for fault in _faults(partial(renderer, *arguments, **named), spoken.replace("_", "-"), compiled)
        ]


def _faults(render: Callable[[], object], spoken: str, compiled: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "CATALOGUES", compiled)
        try:
            english = _texts(render, "en-US")
        except Exception:  # noqa: BLE001 - the test expects that it fails
            return
        try:
            said = _texts(render, spoken)
        except Exception as error:  # noqa: BLE001 - a translation broke it
            yield repr(error)
            return
    for place, (text, limit) in said.items():
        original = english.get(place, ("", limit))[0]
        if units(text) > limit and units(original) <= limit:
            yield f"{place} is {units(text)} long, at most {limit} fit: {text!r}"
        cut = text.endswith(ELLIPSIS) and not original.endswith(ELLIPSIS)
        if cut and units(text) >= limit - 1:
            yield f"{place} is cut to {text!r}"


def _texts(render: Callable[[], object], spoken: str) -> Texts:
    """Return what is read of what is rendered."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_rendered(render, spoken))
    finally:
        loop.close()


async def _rendered(render: Callable[[], object], spoken: str) -> Texts:
    with speaking(spoken):
        made = render()
        if isinstance(made, Message):
            findings = list(message_findings("create_message", _body(made), ()))
            if findings:
                raise AssertionError(findings)
            return _texts_of_message(made)
        return _texts_of_form(made) if isinstance(made, discord.ui.Modal) else {}


def _body(message: Message) -> dict[str, object]:
    view = message.view()
    return {
        "content": message.content,
        "embeds": [embed.to_dict() for embed in message.embeds],
        "components": view.to_components() if view is not None else [],
        "attachments": [],
    }


def _texts_of_message(message: Message) -> Texts:
    found: Texts = {"content": (message.content, CONTENT_LIMIT)}
    for number, button in enumerate(message.buttons):
        found[f"button {number}"] = (button.label, BUTTON.limit)
    for number, pick in enumerate(message.lists):
        found[f"list {number}"] = (pick.placeholder, LIST_NOTE.limit)
        for index, choice in enumerate(pick.choices if isinstance(pick, ChoiceList) else ()):
            found[f"entry {index} of list {number}"] = (choice.label, ENTRY.limit)
            found[f"note {index} of list {number}"] = (choice.description, ENTRY.limit)
    return found


def _texts_of_form(form: discord.ui.Modal) -> Texts:
    """Return a form's texts; where they have been cut to fit already, that is seen by their end."""
    found: Texts = {}

    def read_in(thing: object, place: str) -> None:
        if isinstance(thing, dict):
            for key, value in thing.items():
                if key in {"title", "label", "description", "placeholder"} and isinstance(value, str):
                    limits = _IN_LIST if "/options/" in f"{place}/" else _IN_FORM
                    found[f"{place}/{key}"] = (value, limits[key])
                else:
                    read_in(value, f"{place}/{key}")
        elif isinstance(thing, list):
            for index, item in enumerate(thing):
                read_in(item, f"{place}/{index}")

    read_in(form.to_dict(), "form")
    return found


def watch_renderers() -> None:
    """Let what renders tell of its calls; to be done before tests take it from its modules."""
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(bot.ui.__path__, "bot.ui.")]
    watched: dict[Renderer, Renderer] = {}
    for module in modules:
        for name, function in list(vars(module).items()):
            if _renders(function):
                setattr(module, name, watched.setdefault(function, _watched(function)))


def _renders(thing: object) -> bool:
    made = thing.__annotations__.get("return") if inspect.isfunction(thing) else None
    return made in _RENDERED and not hasattr(thing, "__wrapped__")


def _watched(renderer: Renderer) -> Renderer:
    @wraps(renderer)
    def rendering(*arguments: Any, **named: Any) -> object:
        for watcher in _watching:
            watcher.called(renderer, arguments, named)
        return renderer(*arguments, **named)

    return rendering


@cache
def _languages_with_words() -> tuple[str, ...]:
    def has_words(name: str) -> bool:
        return any(message.string for message in messages(read(catalogue_file(name))).values())

    return tuple(name for name in SPOKEN if has_words(name))
