"""Which revision of the bot is measured."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

_MEASURED: Final = ("bot", "cogs", "storage")


def revision(repository: Path) -> str:
    """Return the short name of the commit, with "+" where the bot's files differ from it; "unknown" without git."""
    try:
        head = _git(repository, "rev-parse", "--short=10", "HEAD")
        differing = _git(repository, "status", "--porcelain", "--", *_MEASURED)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if differing else "")


def _git(repository: Path, *arguments: str) -> str:
    program = shutil.which("git")
    if program is None:
        raise FileNotFoundError("git")
    ended = subprocess.run(  # noqa: S603 - git, with arguments of our own
        [program, *arguments], cwd=repository, capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()
