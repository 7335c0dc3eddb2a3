"""Everything that is measured, in one run: `make bench`, which gives the bots what they need and nothing else.

It writes bench/results.json and docs/performance.md after each measurement, so that a run that is cut keeps what it
found; `--resume` makes what is missing of it. The local services are processes of their own but share this machine's
cores with what is measured: the ratios are the useful part.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from bench.failure import BenchFailed
from bench.figures import FEWEST_RUNS, Made, Result, read_results, write_results
from bench.measure import Conditions
from bench.measures import MEASURES, planned_seconds
from bench.profiling import profiled
from bench.report import page, table
from bench.revision import revision
from bench.run import Run, read_run, write_run
from bench.stage import BOT_PYTHON, machine

REPOSITORY: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = REPOSITORY / "bench" / "results.json"
LAST_RUN: Final = REPOSITORY / "bench" / "run.json"
PROFILE: Final = REPOSITORY / "bench" / "profile.txt"
PAGE: Final = REPOSITORY / "docs" / "performance.md"


def _expected() -> str:
    """Say how long everything takes."""
    each = "\n".join(f"  {name:18} {planned.seconds:4} s" for name, planned in MEASURES.items())
    whole = planned_seconds(list(MEASURES)) / 60
    return f"About how long each takes, with nothing else on two cores; {whole:.0f} minutes in all:\n{each}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        epilog=_expected(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=sorted(MEASURES),
        help="make this measurement alone (may be repeated); shows it, and writes nothing unless --write is said",
    )
    parser.add_argument("--write", action="store_true", help="with --only: put what was found into the results")
    parser.add_argument("--resume", action="store_true", help="make what the last run has not made")
    parser.add_argument(
        "--runs", type=int, metavar="N", help=f"runs of each kind, at least {FEWEST_RUNS} (the default)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="make everything small and once, to see that it works; writes nothing"
    )
    parser.add_argument("--profile", action="store_true", help="write bench/profile.txt instead: where the time goes")
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
    if options.quick and (options.write or options.resume):
        parser.error("--quick writes nothing, so it goes with neither --write nor --resume")
    return options


def made(commit: str, began: float) -> Made:
    """Return where, of what and when figures are made."""
    return Made(machine=machine(), commit=commit, began=time.strftime("%Y-%m-%d %H:%M", time.gmtime(began)))


def merged(kept: Sequence[Result], found: Sequence[Result], measure: str) -> list[Result]:
    """Return results with those of a measurement put in the place of its earlier ones."""
    by_measure = {name: [each for each in kept if each.measure == name] for name in MEASURES}
    by_measure[measure] = list(found)
    return [each for results in by_measure.values() for each in results]


async def measured(
    names: Sequence[str],
    found: Callable[[str, list[Result] | str], Awaitable[None]],
    *,
    made: Made,
    runs: int,
    quick: bool,
) -> list[Result]:
    """Make measurements one after the other, each within the time that is left it.

    Each one's results are handed to `found` at once, or why it has none.

    Raises:
        BenchFailed: something did not do what is measured; the others were made all the same.
    """
    results: list[Result] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for measure in names:
            folder = Path(name) / measure
            conditions = Conditions(measure=measure, runs=runs, quick=quick, folder=folder, made=made, say=_say)
            began, whole = time.monotonic(), asyncio.timeout(MEASURES[measure].patience(runs))
            try:
                async with whole:
                    taken = await MEASURES[measure].make(conditions)
            except (BenchFailed, TimeoutError) as error:
                late = f"it was not done after {time.monotonic() - began:.0f} s" if whole.expired() else ""
                why = late or str(error) or "something took longer than it may"
                failed.append(f"{measure}: {why}")
                _say(failed[-1])
                await found(measure, why)
            else:
                _say(f"{measure}: {time.monotonic() - began:.0f} s")
                results += taken
                await found(measure, taken)
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    if failed:
        raise BenchFailed("\n".join(failed))
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
    if options.profile:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            PROFILE.write_text(await profiled(Path(name)), encoding="utf-8")
        print(f"written: {PROFILE.relative_to(REPOSITORY)}")
        return 0
    kept = read_results(RESULTS) if RESULTS.exists() else []
    run = read_run(LAST_RUN, kept)
    names = options.only or (run.missing(kept, MEASURES) if options.resume else list(MEASURES))
    what = made(await asyncio.to_thread(revision, REPOSITORY), time.time())
    if options.resume and run.began:
        what = what.model_copy(update={"began": run.began})
    writes = not options.quick and (options.write or not options.only)
    if writes and BOT_PYTHON not in os.environ:
        print(f"bench: what is written is measured by `make bench`, which sets {BOT_PYTHON}", file=sys.stderr)
        return 2
    if not options.quick:
        _say(f"{', '.join(names) or 'nothing is missing'}: about {planned_seconds(names) / 60:.0f} minutes")
    if writes and not options.only and not options.resume:
        # At once, so that a run that is cut before its first result can be taken up, too.
        run = Run(began=what.began)
        write_run(LAST_RUN, run)
    shown: list[Result] = []

    async def found(measure: str, results: list[Result] | str) -> None:
        nonlocal kept, run
        if isinstance(results, str):
            run = run.failed(measure, results)
        else:
            shown.extend(results)
            kept, run = merged(kept, results, measure), run.made(measure)
        if writes:
            write_results(RESULTS, kept)
            write_run(LAST_RUN, run)
            if kept:
                PAGE.write_text(page(kept, run.failures), encoding="utf-8")

    try:
        await measured(names, found, made=what, runs=options.runs, quick=options.quick)
    except BenchFailed as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        print(f"\n{table(shown)}\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(chosen())))
    except (asyncio.CancelledError, KeyboardInterrupt):
        sys.exit("bench: stopped")
