"""Holds a recorded local Discord to Discord's own documents: `python -m tests.fidelity tour/discord.jsonl`.

Ends with 0 where nothing is wrong, 1 where something is, 2 where there is no recording to look at. Where the documents
are not at hand it says so and ends with 0.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.fidelity import documents


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a recording and return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recording", type=Path, help="as `python -m sandbox serve --record` writes it")
    path: Path = parser.parse_args(arguments).recording
    absence = documents.absence()
    if absence is not None:
        sys.stdout.write(f"fidelity: skipped: {absence}\n")
        return 0
    from tests.fidelity.recordings import observed

    try:
        observer = observed(path)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"fidelity: {path} is no recording: {error}\n")
        return 2
    checked = sum(observer.seen.values())
    if not checked:
        sys.stderr.write(f"fidelity: {path} is empty\n")
        return 2
    if observer.problems:
        sys.stderr.write(f"{observer.report()}\nfidelity: {len(observer.problems)} problems in {checked}\n")
        return 1
    sys.stdout.write(f"fidelity: {checked} exchanges and events, 0 problems\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
