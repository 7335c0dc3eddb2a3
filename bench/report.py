"""What the bench found, as a table for the terminal and as docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bench.figures import Result
from bench.reasons import REASONS

_QUICK: Final = "**These are quick runs: too small and too few to be quoted. `make bench` makes enough.**\n\n"
_PAGE: Final = """# Performance

Written by `make bench` from `bench/results.json`; do not edit it.

{quick}Measured on {machine}{parts}.

The bot, the local Discord and PiAPI that it works against, and what it is compared with are processes of their own on
this one machine, speak over loopback sockets, and share its cores with whatever else it does. Moments are taken by one
clock, in the process of the local services. A figure is the median of {runs} runs, alternated with the baseline's
unless said otherwise below. The ratio is the figure divided by the baseline; "pairs" are the lowest and the highest
ratio of two runs that belong together, which tell how much the machine was disturbed. Ratios carry over to other
machines better than figures do.

| what | figure | baseline | ratio | pairs | goal | holds |
| --- | ---: | ---: | ---: | ---: | --- | --- |
{rows}

{failing}How each is measured:

- **First response**: `/video` is checked, its job is stored with `synchronous=FULL`, and the card is the answer; a
  deferral would not count. Each command's purchase at the provider follows and is part of the load. Each run is a new
  start, warmed up. The network of 50 ms is 25 ms each way, for everything that passes between the bot and Discord or
  the provider. Of a burst of 1,000 the slowest first response counts, from its own command on, deferrals included; for
  that the local Discord waits longer than Discord's three seconds.
- **Clip by webhook**: from the provider's completion to the message with the file. The bot also archives the clip
  durably, inspects it, and commits each step before and after it.
- **Clip by polling**: completions are spread over the quantiles that the catalogue assumes for `1.6`, standard, 5 s,
  and all jobs are in flight together. The bots run side by side, one more of them with webhooks, since what is compared
  is seconds and requests of schedules; a run is a group of eight jobs. The bare download and upload follows on the same
  services. One job alone, and twenty, are played by the simulation that chose the schedule (`bench/pace.py`, whose
  trace is `bench/pace.json`); a run is 20,000 drawn completions, or 2,000.
- **Webhooks taken**: 1,000 webhooks of as many jobs over 32 connections that stay open, from a sender that does next to
  nothing else. Each is committed before it is answered, and each is followed by a request for its task, which is
  waited for between runs.
- **Whole path**: 100 clips are on their way at any moment, and tasks are done at once. The baseline makes the same
  requests to the same services and does nothing else, so it also shows how much these can do.
- **Several processes**: PostgreSQL is one server of its own, with durability as it comes; each process has shards of
  its own and counts what it delivers. Steps taken twice are those that a job's history, the provider or a channel has
  more than once.
- **Idle memory**: ten seconds after connecting, each run a new start; the bots compared run side by side.
- **Jobs in flight**: the database and the provider hold them when the bot starts; watched for 15 s from its connection
  on, so the look at each task that follows a start is part of it. The loop's lateness is sampled a hundred times a
  second inside the bot, which is why a program of `bench/` starts it.
- **Large clips**: memory is the bot's own process, looked at fifty times a second; the children that inspect clips end
  with each clip.
- **History**: made by copying, in SQL, rows that the bot itself wrote: 2,000 people, 200 channels, 50 servers, the last
  80 days. The gateway refuses connections while starts are measured. Lists and pickers are asked for by a person with
  500 clips, in a channel with 5,000.
- **Servers**: twenty text channels and two members each, all on one shard; started side by side, since neither memory
  nor processor time depends on that.
- **Submissions**: within one process, without Discord; the database must hold exactly what was answered.

The server takes files of 50 MB. Clips are real MP4 files, padded with a `free` box to their size. The bot polled
against and every other baseline are in `bench/baseline/`. Where the time goes is in `bench/profile.txt`, which
`python -m bench --profile` writes.

To repeat it: `make bench`. `python -m bench --help` tells how to make single measurements or quick ones, and how to
take up a run that was cut.
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
        parts=_parts(results),
        runs=counts[0] if len(counts) == 1 else f"{counts[0]} to {counts[-1]}",
        rows="\n".join(_row(result) for result in results),
        failing=_failing(results),
    )


def _parts(results: Sequence[Result]) -> str:
    """Say which revisions were measured when, and which rows are of another run than the last."""
    last = max(result.began for result in results)
    own = [result for result in results if result.began == last]
    said = f" on {last} UTC, revision {' and '.join(sorted({result.commit for result in own}))}"
    for began in sorted({result.began for result in results} - {last}, reverse=True):
        of_it = [result for result in results if result.began == began]
        names = ", ".join(f"`{measure}`" for measure in dict.fromkeys(result.measure for result in of_it))
        commits = " and ".join(sorted({result.commit for result in of_it}))
        said += f"; but {names} on {began} UTC, revision {commits}"
    return said


def _row(result: Result) -> str:
    lowest, highest = result.spread
    cells = (
        f"{result.what}, against {result.against}",
        _amount(result.figure, result.unit),
        _amount(result.baseline, result.unit),
        f"{result.ratio:.2f}" if result.baseline else "–",
        f"{lowest:.2f}–{highest:.2f}" if result.baseline else "–",
        _goal(result) or "none set",
        _holds(result) or "–",
    )
    return f"| {' | '.join(cells)} |"


def _failing(results: Sequence[Result]) -> str:
    """List the goals that do not hold with what is known of why, and what else the runs showed."""
    failing = [result for result in results if result.holds is False]
    lines = [
        f"- {_sentence(result.what)}: {_amount(result.figure, result.unit)}, {result.ratio:g} times its baseline,"
        f" where {_goal(result)} is the goal. {REASONS.get(result.name, 'Why is not known yet.')}"
        for result in failing
    ]
    said = "Goals that do not hold:\n\n" + "\n".join(lines) + "\n\n" if lines else "Every goal holds.\n\n"
    remarks = [f"- {_sentence(result.what)}: {result.remark}" for result in results if result.remark]
    return said + ("What else was seen:\n\n" + "\n".join(remarks) + "\n\n" if remarks else "")


def _sentence(phrase: str) -> str:
    return phrase[0].upper() + phrase[1:]


def _amount(value: float, unit: str) -> str:
    """Return a value with three digits that count."""
    decimals = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:.{decimals}f} {unit}"


def _goal(result: Result) -> str:
    return "" if result.goal is None else result.goal.words(result.unit)


def _holds(result: Result) -> str:
    return "" if result.holds is None else "yes" if result.holds else "no"
