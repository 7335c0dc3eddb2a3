"""What was measured, kept beside the harness, so that the table in the documentation can be held to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from tests.chaos.invariants import Invariant
from tests.chaos.runner import Result
from tests.chaos.trial import Engine, Group, Trial

KEPT: Final = Path(__file__).with_name("results.json")


class Row(BaseModel):
    """A trial on one engine.

    Attributes:
        seed: what decided each run's chances.
        endings: how commands ended, in words, and how many.
        other: breaches of every other invariant.
        remark: what the last run measured, as a sentence; "" for nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: Group
    fault: str
    engine: Engine
    seed: str
    runs: int
    commands: int
    lost: int
    doubled: int
    bought_twice: int
    other: int
    endings: dict[str, int]
    seconds: float
    remark: str = ""


class Kept(BaseModel):
    """Every row, group by group."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: list[Row]


def row_of(result: Result, seed: str) -> Row:
    """Return what a trial came to."""
    broken = [breach.invariant for breach in result.breaches]
    counted = {Invariant.NOTHING_LOST, Invariant.DELIVERED_ONCE, Invariant.PAID_ONCE}
    return Row(
        group=result.trial.group,
        fault=result.trial.name,
        engine=result.engine,
        seed=seed,
        runs=result.runs,
        commands=result.commands,
        lost=broken.count(Invariant.NOTHING_LOST),
        doubled=broken.count(Invariant.DELIVERED_ONCE),
        bought_twice=broken.count(Invariant.PAID_ONCE),
        other=sum(one not in counted for one in broken),
        endings={ending.value: number for ending, number in sorted(result.endings.items())},
        seconds=round(result.seconds, 1),
        remark=result.remark,
    )


def added(one: Row, other: Row) -> Row:
    """Return what the same trial came to in two sittings together."""
    seeds = [*one.seed.split(", "), *(seed for seed in other.seed.split(", ") if seed not in one.seed.split(", "))]
    sums = {
        name: getattr(one, name) + getattr(other, name)
        for name in ("runs", "commands", "lost", "doubled", "bought_twice", "other", "seconds")
    }
    endings = Counter(one.endings) + Counter(other.endings)
    said = {"seed": ", ".join(seeds), "endings": dict(sorted(endings.items())), "remark": other.remark or one.remark}
    return one.model_copy(update={**sums, **said})


def read_results() -> list[Row]:
    """Return the rows that are kept."""
    return Kept.model_validate_json(KEPT.read_text(encoding="utf-8")).rows if KEPT.exists() else []


def rows_wanted(trials: Iterable[Trial]) -> set[tuple[Group, str, Engine]]:
    """Return what the long version has a row for: every trial of its, on every engine of the trial's."""
    return {(trial.group, trial.name, engine) for trial in trials if trial.in_long for engine in trial.engines}


def keep(new: Iterable[Row], trials: Iterable[Trial], *, add: bool = False) -> list[Row]:
    """Keep rows in the place of older ones, or added to them; forget those of trials that are no more; return all.

    `trials` are all that there are, those that this machine cannot perform among them.
    """
    names = rows_wanted(trials)
    rows = {(row.group, row.fault, row.engine): row for row in read_results()}
    for row in new:
        key = row.group, row.fault, row.engine
        rows[key] = added(rows[key], row) if add and key in rows else row
    order = list(Group)
    kept = sorted(
        (row for key, row in rows.items() if key in names),
        key=lambda row: (order.index(row.group), row.fault, row.engine),
    )
    KEPT.write_text(Kept(rows=kept).model_dump_json(indent=1, exclude_defaults=True) + "\n", encoding="utf-8")
    return kept
