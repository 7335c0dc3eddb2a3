"""What the bench found, as a table for the terminal and as docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence

from bench.figures import Result

_QUICK = (
    "**These are quick runs: too few for figures to be quoted. `make bench` makes enough.**\n\n"  # only when asked for
)
_PAGE = """# Performance

Written by `make bench` from `bench/results.json`; do not edit it.

{quick}Measured on {machine}.

The bot, the local Discord and PiAPI that it works against, and what it is compared with are processes of their own on
this one machine, speak over loopback sockets, and share its cores with whatever else it does. Moments are taken by one
clock, in the process of the local services. A figure is the median of {runs} runs, alternated with the baseline's
unless said otherwise below. The ratio is the figure divided by the baseline; "pairs" are the lowest and the highest
ratio of two runs that belong together, which tell how much the machine was disturbed. Ratios carry over to other
machines better than figures do.

| what | figure | baseline | ratio | pairs | goal | holds |
| --- | ---: | ---: | ---: | ---: | --- | --- |
{rows}

How each is measured:

- **First response**: `/video` is checked, its job is stored with `synchronous=FULL`, and the card is the answer; a
  deferral would not count. Each command's purchase at the provider follows and is part of the load. Each run is a new
  start, warmed up.
- **Clip by webhook**: from the provider's completion to the message with the file. The bot also archives the clip
  durably, inspects it in a process of its own, and commits each step before and after it.
- **Clip by polling**: completions are spread over the quantiles that the catalogue assumes for `1.6`, standard, 5 s,
  and all jobs are in flight together. Both bots run side by side, since what is compared is seconds of schedules; a
  run is a group of eight jobs. The bare download and upload follows on the same services.
- **Idle memory**: ten seconds after connecting, each run a new start; the bots compared run side by side.
- **Submissions**: within one process, without Discord; the database must hold exactly what was answered.

The server takes files of 50 MB. Clips are real MP4 files, padded with a `free` box to their size. The bot polled
against and every other baseline are in `bench/baseline/`.

To repeat it: `make bench`. `python -m bench --help` tells how to make single measurements or quick ones.
"""


def table(results: Sequence[Result]) -> str:
    """Return the results in columns."""
    head = ("name", "figure", "baseline", "ratio", "goal", "holds", "runs")
    rows = [
        (
            result.name,
            _amount(result.figure, result.unit),
            _amount(result.baseline, result.unit),
            f"{result.ratio:.2f} ×",
            _goal(result) or "none set",
            _holds(result) or "-",
            f"{result.runs}, quick" if result.quick else str(result.runs),
        )
        for result in results
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in (head, *rows)
    )


def page(results: Sequence[Result]) -> str:
    """Return docs/performance.md.

    Raises:
        ValueError: there are no results.
    """
    if not results:
        raise ValueError("there is nothing to tell")
    machines = " and ".join(sorted({result.machine for result in results}))
    counts = sorted({result.runs for result in results})
    return _PAGE.format(
        quick=_QUICK if any(result.quick for result in results) else "",
        machine=machines,
        runs=counts[0] if len(counts) == 1 else f"{counts[0]} to {counts[-1]}",
        rows="\n".join(_row(result) for result in results),
    )


def _row(result: Result) -> str:
    lowest, highest = result.spread
    cells = (
        f"{result.what}, against {result.against}",
        _amount(result.figure, result.unit),
        _amount(result.baseline, result.unit),
        f"{result.ratio:.2f}",
        f"{lowest:.2f}–{highest:.2f}",
        _goal(result) or "none set",
        _holds(result) or "–",
    )
    return f"| {' | '.join(cells)} |"


def _amount(value: float, unit: str) -> str:
    """Return a value with three digits that count."""
    decimals = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:.{decimals}f} {unit}"


def _goal(result: Result) -> str:
    return "" if result.goal is None else result.goal.words(result.unit)


def _holds(result: Result) -> str:
    return "" if result.holds is None else "yes" if result.holds else "no"
