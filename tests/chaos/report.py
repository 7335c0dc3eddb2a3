"""`docs/reliability.md`, from the results."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tests.chaos.results import Row
from tests.chaos.trial import Engine, Group

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
_MADE: Final = "<!-- Made by `make chaos`; not edited by hand. -->"
_PREFACE: Final = """# Paid once, delivered once: measured

Egret promises two things: a command never buys two clips, and a finished clip is posted exactly once, whatever
crashes, times out or is sent twice. This page is the measurement: every fault that was tried on whole bots, how often,
and what came of it. It is made by `make chaos`, from `tests/chaos/results.json`.

## The result

{summary}

## How it is measured

A real bot (the same composition root as `python -m bot run`, its real database on SQLite or PostgreSQL) works between a
local Discord and a local PiAPI that behave as the real ones do, limits and failures included, each in a process of its
own. People order clips over HTTP as people do in Discord; then the fault happens: the bot is killed with SIGKILL at a
named point, the provider's answer is lost, Discord answers nothing. The bot is started again, the fault ends, time
passes (clocks can be moved, so nobody sits out thirty minutes), and when nothing is left to do, what must hold is
looked up from outside:

- **Bought twice**: tasks that the provider made for a command beyond the first, whether or not the bot heard of them.
- **Doubled**: messages about a command's ending that stand in any channel, thread or direct message beyond the first:
  copies of one, and a failure beside a clip. (That a command was given up on may be followed by the clip or the failure
  that turned up after all; the message that says so says this, too.)
- **Lost**: commands whose card was shown, and that ended neither in a clip nor in another ending that was told. A
  message that no channel took counts as lost, unless the fault itself closed every channel that could have taken it.
- **Other**: the ledger differs from what the provider charged, a counter from the rows, something is left in a state
  that nobody works on, or the bot did not do what the fault's own test demands (answer in time, say what is wrong).

The crash points are not a list somebody keeps: every commit of the store is two points (before it, and after it before
anybody knows), and so is every call to the provider, to Discord and to the disk that does something there. A refund is
part of the commit that ends its job. What is left out are two lists with a reason for each, in `tests/chaos/matrix.py`
and `tests/unit/chaos/test_crash_points.py`: methods of the store that write nothing about a command, its money or its
messages (settings, a server's welcome, chores), a few that only a rare condition comes to, and calls that only look. A
test holds the points and those lists to every method there is. A bot counts as killed only where SIGKILL ended it.

A fault that is named with several ways of happening, such as status codes or wordings, is performed in each of them, on
each engine, whatever `RUNS` says; faults that take minutes are done a fixed number of times. In the second half of
a soak, each 1,000 jobs may leave 15,000 living blocks of Python's memory, 6 MiB of resident memory and 8 descriptors,
and a job may take a tenth more of the database than one of the first half (`tests/chaos/vitals.py`).

That the harness can fail is tested, too: a bot with a defect built in must be reported (a purchase repeated after a
lost answer, a delivery repeated without a look at the channel, a clip or a failure given up on with every channel open,
a failure told beside a clip, a charge misread, a counter forgotten), and so must what is looked at before it is done.

## Repeat it

```sh
make chaos                              # every fault, on both engines
RUNS=5 SEED=2 ENGINE=sqlite make chaos  # another schedule
ONLY="the upload" make chaos            # faults whose name, or group, contains that
.venv/bin/python -m tests.chaos --short # a sample of everything, as before each change
```

It ends non-zero if anything does not hold, says in which run, and keeps that run's database and logs. A fault that
this machine cannot do (for want of strace, or of the right to mount a disk) is named and left out, and its row stays.

The rows were not measured in one go: they were added in sittings, on versions of the bot and of the harness that came
after one another, and a row with several seeds was measured in as many sittings. What happens at which moment is
decided by the seed, the fault's name and the number of the run, whatever else is performed. So a single row is repeated
one sitting at a time, with one of its seeds, its engine and its name (how the machine shares out its time is not part
of the seed, so that a race may still come out another way):

```sh
RUNS=5 SEED=b ENGINE=sqlite ONLY="message: 503" make chaos
```

That replaces the row; `python -m tests.chaos --add` adds to it. The short version's seed is the date, so that each day
brings another schedule; it says which at its start, and SEED chooses another.
"""
_TITLES: Final = {
    Group.CRASH: "Killed at every point",
    Group.KILLS: "Killed at any moment, and several processes",
    Group.POWER: "Power cuts",
    Group.STORAGE: "Databases and disks",
    Group.PROVIDER: "The provider",
    Group.DISCORD: "Discord",
    Group.WEBHOOK: "The webhook's endpoint",
    Group.OPERATIONS: "Operation",
    Group.SOAK: "Hours of work",
}
_HEAD: Final = (
    "| fault | engine | runs | commands | lost | doubled | bought twice | other | how they ended | seeds |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |"
)
_ENGINES: Final = {Engine.SQLITE: "SQLite", Engine.POSTGRES: "PostgreSQL"}


def document(rows: Sequence[Row]) -> str:
    """Return the page."""
    parts = [_MADE, _PREFACE.format(summary=_summary(rows))]
    by_group: defaultdict[Group, list[Row]] = defaultdict(list)
    for row in rows:
        by_group[row.group].append(row)
    for group, title in _TITLES.items():
        if by_group[group]:
            parts.append(f"## {title}\n\n{_HEAD}\n" + "\n".join(map(_line, by_group[group])) + "\n")
            parts += _remarks(by_group[group])
    return "\n".join(parts)


def write_document(rows: Sequence[Row]) -> None:
    """Write the page."""
    DOCUMENT.write_text(document(rows), encoding="utf-8")


def _line(row: Row) -> str:
    endings = ", ".join(f"{ending} {number}" for ending, number in row.endings.items()) or "–"
    cells = [
        row.fault,
        _ENGINES[row.engine],
        row.runs,
        row.commands,
        row.lost,
        row.doubled,
        row.bought_twice,
        row.other,
    ]
    return f"| {' | '.join(str(cell) for cell in cells)} | {endings} | {row.seed} |"


def _remarks(rows: Sequence[Row]) -> list[str]:
    """Return what was measured beside the counts, as paragraphs."""
    return [f"{row.fault}, {_ENGINES[row.engine]}: {row.remark}\n" for row in rows if row.remark]


def _summary(rows: Sequence[Row]) -> str:
    faults = len({(row.group, row.fault) for row in rows})
    runs, commands = _sum(row.runs for row in rows), _sum(row.commands for row in rows)
    endings: Counter[str] = Counter()
    for row in rows:
        endings.update(row.endings)
    said = (
        f"{faults} faults, {runs} runs, {commands} commands. Bought twice: **{_sum(r.bought_twice for r in rows)}**."
        f" Posted twice: **{_sum(r.doubled for r in rows)}**. Lost: **{_sum(r.lost for r in rows)}**."
        f" Anything else that must not be: **{_sum(r.other for r in rows)}**."
    )
    ended = "\n".join(f"- {ending}: {number}" for ending, number in endings.most_common())
    return f"{said}\n\nHow the commands ended:\n\n{ended}"


def _sum(numbers: Iterable[int]) -> str:
    return f"{sum(numbers):,}"
