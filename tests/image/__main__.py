"""`python -m tests.image`: performs the Dockerfile's own instructions without a container engine, and tries the result.

What is performed is read from the Dockerfile, never retyped. Needs Linux and root, for mount namespaces; the machine's
Python stands in for the base image's. Everything made is in a temporary directory, which is deleted at the end, and the
result runs in a network of its own that has nothing but loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from sandbox.stage import StageFailed
from tests.image.base import base, download, obstacle
from tests.image.build import Builder, Image
from tests.image.context import Context
from tests.image.dockerfile import DockerfileError, parse
from tests.image.enter import isolate_network
from tests.image.trial import ROOT, Trial, TrialFailed

NOT_POSSIBLE_HERE: Final = 2
_BEGAN: Final = time.monotonic()


def main() -> int:
    """Perform and try; return 0, 1 where something is wrong, 2 where it cannot be found out on this machine."""
    parser = argparse.ArgumentParser(prog="python -m tests.image", description=__doc__)
    parser.add_argument(
        "--python", type=Path, default=Path(sys.executable), metavar="PATH", help="what stands in for the base's Python"
    )
    parser.add_argument("--without-tour", action="store_true", help="leave out the longest part")
    chosen = parser.parse_args()
    reason = obstacle()
    if reason is not None:
        sys.stderr.write(f"image: {reason}.\n")
        return NOT_POSSIBLE_HERE
    with tempfile.TemporaryDirectory(prefix="egret-image-") as made:
        # What is started here uses this directory too, rather than the machine's.
        os.environ["TMPDIR"] = made
        tempfile.tempdir = made
        Path(made).chmod(0o755)
        try:
            _perform_and_try(Path(made), chosen.python, with_tour=not chosen.without_tour)
        except (DockerfileError, TrialFailed, StageFailed) as error:
            sys.stderr.write(f"image: {error}\n")
            return 1
    _say("the Dockerfile makes a bot that works")
    return 0


def _perform_and_try(made: Path, python: Path, *, with_tour: bool) -> None:
    empty, stages, tries = made / "empty", made / "stages", made / "tries"
    for directory in (empty, stages, tries):
        directory.mkdir()
    stand_in = base(python, empty)
    dockerfile = parse((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    builder = Builder(dockerfile, context=Context(ROOT), base=stand_in, download=download(), directory=stages, say=_say)
    image = builder.build()
    _say(f"built: {_size(image)} MB beyond the base")
    isolate_network()
    asyncio.run(_try(Trial(image, stand_in, tries, _say), with_tour=with_tour))


async def _try(trial: Trial, *, with_tour: bool) -> None:
    await trial.inside()
    await trial.refuses_to_start_bare()
    await trial.setup()
    await trial.life()
    if with_tour:
        await trial.tour()


def _size(image: Image) -> int:
    listed = subprocess.run(["du", "-sm", str(image.root)], check=True, capture_output=True, text=True)  # noqa: S603, S607
    return int(listed.stdout.split()[0])


def _say(sentence: str) -> None:
    sys.stdout.write(f"image: {time.monotonic() - _BEGAN:5.1f} s  {sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
