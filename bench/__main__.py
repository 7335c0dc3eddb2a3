"""Everything that is measured, in one run: `python -m bench`.

It writes bench/results.json and docs/performance.md, and shows a table. The local services are processes of their own
but share this machine's cores with what is measured: the ratios are the useful part.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench import first_response, memory, polling, submit_burst, webhook
from bench.figures import FEWEST_RUNS, Result, write_results
from bench.measure import Conditions, Measure
from bench.report import page, table
from bench.stage import BenchFailed, machine

MEASURES: Final[dict[str, Measure]] = {
    "first-response": first_response.measure,
    "webhook": webhook.measure,
    "polling": polling.measure,
    "memory": memory.measure,
    "submit-burst": submit_burst.measure,
}
REPOSITORY: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = REPOSITORY / "bench" / "results.json"
PAGE: Final = REPOSITORY / "docs" / "performance.md"
_MEASURE_SECONDS: Final = 600.0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=sorted(MEASURES),
        help="make this measurement alone (may be repeated); shows it, and writes nothing",
    )
    parser.add_argument(
        "--runs", type=int, metavar="N", help=f"runs of each kind, at least {FEWEST_RUNS} (the default)"
    )
    parser.add_argument("--quick", action="store_true", help="one run unless --runs says more; marked in the results")
    return parser


def chosen(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options, `runs` filled in."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.runs is None:
        options.runs = 1 if options.quick else FEWEST_RUNS
    least = 1 if options.quick else FEWEST_RUNS
    if options.runs < least:
        parser.error(f"--runs must be at least {least}" + ("" if options.quick else ", or say --quick"))
    return options


async def measured(names: Sequence[str], *, runs: int, quick: bool) -> list[Result]:
    """Make measurements one after the other, each within ten minutes.

    Raises:
        BenchFailed: something did not do what is measured.
        TimeoutError: it took too long.
    """
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for measure in names:
            conditions = Conditions(runs=runs, quick=quick, folder=Path(name) / measure, machine=machine(), say=_say)
            async with asyncio.timeout(_MEASURE_SECONDS):
                results += await MEASURES[measure](conditions)
    return results


def _say(line: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {line}", flush=True)


async def main(options: argparse.Namespace) -> int:
    """Measure, show and write; return the exit code."""
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError):  # loops on Windows have no signal handlers
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)  # children stop on the way out
    _say(f"{machine()}; the local services run in processes of their own and share the cores with what is measured")
    try:
        results = await measured(options.only or list(MEASURES), runs=options.runs, quick=options.quick)
    except (BenchFailed, TimeoutError) as error:
        print(f"bench: {error if str(error) else 'something took longer than it may'}", file=sys.stderr)
        return 1
    print(f"\n{table(results)}\n")
    if not options.only:
        write_results(RESULTS, results)
        PAGE.write_text(page(results), encoding="utf-8")
        print(f"written: {RESULTS.relative_to(REPOSITORY)}, {PAGE.relative_to(REPOSITORY)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(chosen())))
    except (asyncio.CancelledError, KeyboardInterrupt):
        sys.exit("bench: stopped")
