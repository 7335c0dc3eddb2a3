"""A stage with a tiny bot, and a way to see that nothing outlives it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

TINY_BOT = Path(__file__).with_name("tiny_bot.py")


def runs(pid: int | None) -> bool:
    """Tell whether a process exists and is not merely waiting to be reaped."""
    assert pid is not None
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


@pytest.fixture
def alive() -> Callable[[int | None], bool]:
    return runs


@pytest.fixture
def stage_of(tmp_path: Path) -> Callable[..., Stage]:
    def make(*arguments: str, **options: object) -> Stage:
        return Stage([sys.executable, str(TINY_BOT), *arguments], logs=tmp_path / "logs", **options)

    return make
