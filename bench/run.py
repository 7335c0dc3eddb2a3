"""The last run of the bench: when it began, and what failed in it; so that a run that was cut can be taken up.

It is kept beside the results, for a measurement that failed leaves none, and the page has to say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bench.figures import Result

_LONGEST: Final = 300


class Run(BaseModel):
    """A run of the whole bench.

    Attributes:
        began: UTC, as "2030-01-31 23:59".
        failures: why measurements have no results, by their names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    began: str
    failures: dict[str, str] = Field(default_factory=dict)

    def failed(self, measure: str, why: str) -> Run:
        """Return the run with a measurement that failed; of its reason only the first line, which names no path."""
        line = (why.strip().splitlines() or [""])[0][:_LONGEST]
        return self.model_copy(update={"failures": {**self.failures, measure: line}})

    def made(self, measure: str) -> Run:
        """Return the run with a measurement that has results."""
        left = {name: why for name, why in self.failures.items() if name != measure}
        return self.model_copy(update={"failures": left})

    def missing(self, kept: Sequence[Result], measures: Iterable[str]) -> list[str]:
        """Return the measurements that were not made since this run began."""
        present = {each.measure for each in kept if each.began >= self.began}
        return [name for name in measures if name not in present]


def read_run(path: Path, kept: Sequence[Result]) -> Run:
    """Read the last run; where it left no word of itself, it is the one of the latest results.

    Raises:
        pydantic.ValidationError: the file is something else.
    """
    if path.exists():
        return Run.model_validate_json(path.read_bytes())
    return Run(began=max((each.began for each in kept), default=""))


def write_run(path: Path, run: Run) -> None:
    """Keep what is known of a run."""
    path.write_text(run.model_dump_json(indent=2) + "\n", encoding="utf-8")
