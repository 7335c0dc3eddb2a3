"""What the bench found, as a table for the terminal and as docs/performance.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bench.figures import Question, Result
from bench.measures import MEASURES
from bench.reasons import REASONS

_QUICK: Final = "**These are quick runs: too small and too few to be quoted. `make bench` makes enough.**\n\n"
_PAGE: Final = """# Performance

Written by `make bench` from `bench/results.json`; do not edit it.

{quick}Measured on {machine}{parts}.

The bot, the local Discord and PiAPI that it works against, and what it is compared with are processes of their own on
this one machine, speak over loopback sockets, and share its cores with whatever else it does. Moments are taken by one
clock, in the process of the local services. A figure is the median of {runs} runs, alternated with the baseline's but
where below they are said to be side by side, to follow, or to be played. The ratio is the figure divided by the
baseline; "pairs" are the lowest and the highest ratio of two runs that belong together, which tell how much the machine
was disturbed. Ratios carry over to other machines better than figures do.

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
- **Clip by polling**: completions are spread evenly from the tenth to the ninetieth percentile that the catalogue
  assumes for `1.6`, standard, 5 s, and all jobs are in flight together; quicker and slower tasks are not measured. The
  bots run side by side, one more of them with webhooks, since what is compared is seconds and requests of schedules; a
  run is a group of eight jobs. The bare download and upload follows on the same services. What is slower is played by
  the simulation that chose the schedule (`bench/pace.py`, whose trace is `bench/pace.json`): one job alone, 20 and
  1,000, one task in ten from a tail beyond the ninetieth percentile; and 20 of which every third is of another of the
  provider's models, with one beside them that is long overdue. A run is a draw of 20,000 completions for one job alone,
  and of fewer for the others.
- **Webhooks taken**: 200 webhooks of as many jobs over 32 connections that stay open, from a sender that does next to
  nothing else, to a bot that has nothing else to do. Each is committed before it is answered: when the last one is, the
  database says of each job that it is to be asked for, or its task has been asked for since.
- **Whole path**: 100 clips are on their way at any moment, and tasks are done at once. The baseline makes the same
  requests to the same services and does nothing else, so it also shows how much these can do. Processor time is all
  that was used until nothing more follows, the last edits of cards and their commits included; of the bot compared with
  it is taken over 100 clips.
- **Several processes**: PostgreSQL is one server of its own, with durability as it comes; each process has shards of
  its own and counts what it delivers. One, two and four processes take turns. Processor time is as above; instructions
  are the bots' own, without the kernel's for them, from the first order until the bots have rested, and are counted
  where `perf` (Debian's linux-perf) is installed and may count. The rate over the network is that of the middle half of
  the arrivals: what a clip takes from end to end is the same, however many processes there are. Steps taken twice are
  changes of state that a job's history has twice, tasks, downloads and messages with a file beyond one for each clip,
  requests for a task after the one that showed its end, and edits that say of a message what the last edit said of it.
- **Idle memory**: six seconds after connecting, each run a new start; the bots compared run side by side. These and all
  other bots run with what `requirements.lock` names and nothing else, as in the image.
- **Jobs in flight**: the database and the provider hold them when the bot starts, begun over the last 200 s; watched
  for 10 s from its connection on, so what a start has to do about each task is part of it. By polling only, it is
  watched until a whole look at the account's history has been read and written down, or for 30 s. The loop's lateness
  is taken inside the bot for each hundredth of a second of a fixed timetable, so that a loop which is blocked is late
  for each one missed; that is why a program of `bench/` starts it.
- **Large clips**: memory is the bot's own process, looked at fifty times a second; the children that inspect clips end
  with each clip.
- **History**: starts and questions are alternated with those of the same bot with two jobs. It is made by copying, in
  SQL, rows that the bot itself wrote: 2,000 people, 200 channels, 50 servers, the last 80 days. The gateway refuses
  connections while starts are measured. Lists and pickers are asked for by a person with 500 clips, in a channel with
  5,000.
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


def page(results: Sequence[Result], failures: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return docs/performance.md.

    Args:
        results: what was found.
        failures: why measurements have no results, by their names.

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
        failing=_failing(results, _unanswered(results, failures)),
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


def _failing(results: Sequence[Result], unanswered: Sequence[str]) -> str:
    """List the goals that do not hold with what is known of why, what was not measured, and what else was seen."""
    failing = [result for result in results if result.holds is False]
    lines = [
        f"- {_sentence(result.what)}: {_amount(result.figure, result.unit)}, {result.ratio:g} times its baseline,"
        f" where {_goal(result)} is the goal. {REASONS.get(result.name, 'Why is not known yet.')}"
        for result in failing
    ]
    remarks = [f"- {_sentence(result.what)}: {result.remark}" for result in results if result.remark]
    parts = [
        _listed("Goals that do not hold", lines),
        _listed("Not measured", unanswered),
        "" if lines or unanswered else "Every goal holds.\n\n",
        _listed("What else was seen", remarks),
    ]
    return "".join(parts)


def _unanswered(results: Sequence[Result], failures: Mapping[str, str]) -> list[str]:
    """List the questions without a result, and measurements whose last try failed although they have results."""
    answered = {result.name for result in results}
    lines: list[str] = []
    for name, planned in MEASURES.items():
        why = f" The last try failed: {_sentence(failures[name]).rstrip('.')}." if name in failures else ""
        open_ = [question for question in planned.questions if question.name not in answered]
        lines += [f"- `{name}`, {question.what}{_bound(question)}.{why}" for question in open_]
        if why and not open_:
            lines.append(f"- `{name}`, anew: the figures above are of an earlier run.{why}")
    return lines


def _bound(question: Question) -> str:
    return "" if question.goal is None else f" (goal: {question.goal.words(question.unit)})"


def _listed(title: str, lines: Sequence[str]) -> str:
    return f"{title}:\n\n" + "\n".join(lines) + "\n\n" if lines else ""


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
