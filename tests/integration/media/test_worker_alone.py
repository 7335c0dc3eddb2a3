"""What reads strangers' files is loaded by the worker alone: the bot keeps its memory and its start."""

from __future__ import annotations

import subprocess
import sys

from sandbox.stage.environment import REPOSITORY

_READERS = ("PIL", "av", "tinytag")


def test_a_bot_starts_without_the_readers_of_pictures_and_recordings() -> None:
    program = f"import sys, bot.app\nprint(sorted(set({_READERS!r}) & sys.modules.keys()))"

    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, check=True, text=True)  # noqa: S603 - our own interpreter

    assert done.stdout.strip() == "[]"
