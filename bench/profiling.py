"""Where the time of a clip goes: the whole path of many, with every call counted and timed, as a page of text.

Counting makes everything slower, small functions most of all: the order of what is listed tells more than the seconds.
"""

from __future__ import annotations

import io
import os
import pstats
import site
import sys
import sysconfig
from pathlib import Path
from typing import Final

from bench.profiled_bot import COUNTED
from bench.stage import BOT_PYTHON, Stage
from bench.world import ROOM, World

CLIPS: Final = 200
_AT_ONCE: Final = 50
_CLIP: Final = 2_000_000
_LINES: Final = 60
PROGRAM: Final = ("-m", "bench.profiled_bot")


async def profiled(folder: Path, clips: int = CLIPS) -> str:
    """Return the page for so many clips."""
    counted = folder / "counted"
    world = World(pending_seconds=0, processing_seconds=0, clip_bytes=_CLIP)
    async with (
        Stage.open(folder / "profile", world) as stage,
        stage.bot(PROGRAM, settings={COUNTED: str(counted)}),
    ):
        await stage.flow(clips, at_once=_AT_ONCE, channels=[ROOM.format(0)])
    return page(counted, clips)


def page(counted: Path, clips: int) -> str:
    """Return the functions in which most time was spent, their callees' included and not."""
    written = io.StringIO()
    stats = pstats.Stats(str(counted), stream=written)
    for title, key in (("by time in them and what they call", "cumulative"), ("by time in them alone", "tottime")):
        written.write(f"{clips} clips from the command to the channel, {title}:\n")
        stats.sort_stats(key).print_stats(_LINES)
    return without_places(written.getvalue(), str(counted))


def without_places(text: str, counted: str) -> str:
    """Return a page with paths from the repository or the packages on, and nothing that changes from run to run."""
    repository = Path(__file__).resolve().parents[1]
    places = {*site.getsitepackages(), sysconfig.get_path("stdlib"), str(repository), sys.prefix, sys.base_prefix}
    if bots := os.environ.get(BOT_PYTHON):
        # The bot's own environment is laid out as this one is.
        prefix = str(Path(bots).parents[1])
        places |= {prefix, *(place.replace(sys.prefix, prefix, 1) for place in site.getsitepackages())}
    for place in sorted(places, key=len, reverse=True):
        text = text.replace(f"{place}/", "")
    kept = [line.rstrip() for line in text.splitlines() if counted not in line]
    return "\n".join(kept).strip() + "\n"
