"""Asking somebody at a terminal."""

from __future__ import annotations

import getpass
import select
import shutil
import sys
import textwrap
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_WIDTH: Final = 100


def is_terminal() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def typed(verb: str) -> str:
    """Return what is to be typed for a verb, with the Python that runs this: it need not be the one called `python`."""
    found = shutil.which("python")
    if found and Path(found).absolute() == Path(sys.executable).absolute():
        return f"python -m bot {verb}"
    program = Path(sys.executable)
    here = Path.cwd()
    return f"{program.relative_to(here) if program.is_relative_to(here) else program} -m bot {verb}"


def say(*paragraphs: str) -> None:
    """Print paragraphs; addresses stay in one piece."""
    for paragraph in paragraphs:
        wrapped = textwrap.fill(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)
        sys.stdout.write(f"{wrapped}\n")
    sys.stdout.flush()


def show(text: str) -> None:
    """Print something that has its own form."""
    sys.stdout.write(text)
    sys.stdout.flush()


def ask(question: str) -> str:
    """Return a line, without blanks around it.

    Raises:
        EOFError: the terminal was closed, or Ctrl-D pressed.
    """
    return input(f"{question} ").strip()


def ask_secret(question: str) -> str:
    """Return a line that is not shown while it is typed or pasted.

    Raises:
        EOFError: the terminal was closed, or Ctrl-D pressed.
    """
    return getpass.getpass(f"{question} ").strip()


def agree(question: str, *, default: bool) -> bool:
    """Return a yes or a no; an empty line means the default."""
    while True:
        said = ask(f"{question} [{'Y/n' if default else 'y/N'}]").casefold()
        if not said:
            return default
        if said in {"y", "yes", "n", "no"}:
            return said[0] == "y"
        say("Please type y or n.")


def choose(question: str, choices: Sequence[str]) -> int:
    """Return the position of one of several choices; an empty line means the first."""
    for number, choice in enumerate(choices, 1):
        say(f"  {number}) {choice}")
    while True:
        said = ask(f"{question} [1]") or "1"
        if said.isdecimal() and 1 <= int(said) <= len(choices):
            return int(said) - 1
        say(f"Please type a number from 1 to {len(choices)}.")


def enter_within(seconds: float) -> bool:
    """Wait for Enter; return whether it came in time.

    Raises:
        EOFError: the terminal was closed, or Ctrl-D pressed.
    """
    if sys.platform == "win32":
        # Consoles there cannot be waited for; only Ctrl-C ends the waiting.
        threading.Event().wait(seconds)
        return False
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    if ready and not sys.stdin.readline():
        raise EOFError
    return bool(ready)
