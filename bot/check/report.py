"""Findings as text for people and as JSON for machines, and the exit code that they amount to."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.check.finding import Area, Finding, Level
from bot.exit_codes import ExitCode
from bot.log import Redaction

_AREAS: Final = tuple(Area)
_WIDTH: Final = 110
_MARKS: Final = {Level.OK: "ok", Level.WARN: "WARN", Level.FAIL: "FAIL"}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found, in the order of the areas."""

    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding], redaction: Redaction) -> Report:
        """Return a report without any secret in it, and without what would steer a terminal.

        Server and channel names are other people's text.
        """
        clean = (
            Finding(
                area=found.area,
                level=found.level,
                sentence=_plain(redaction.text(found.sentence)),
                remedy=_plain(redaction.text(found.remedy)),
                code=found.code,
            )
            for found in findings
        )
        return cls(tuple(sorted(clean, key=lambda found: _AREAS.index(found.area))))

    @property
    def level(self) -> Level:
        """Return the worst level."""
        levels = {found.level for found in self.findings}
        return next((level for level in (Level.FAIL, Level.WARN) if level in levels), Level.OK)

    @property
    def exit_code(self) -> ExitCode:
        """Return the code of the first of the worst findings: what comes first is what the rest stands on."""
        return next((found.code for found in self.findings if found.level is self.level), ExitCode.OK)

    def text(self) -> str:
        """Return the report for people."""
        lines = [line for found in self.findings for line in _lines(found)]
        return "\n".join([*lines, "", self.summary]) + "\n"

    def json(self) -> str:
        """Return the report for machines."""
        findings = [
            {
                "area": found.area.value,
                "level": found.level.value,
                "sentence": found.sentence,
                "remedy": found.remedy,
            }
            for found in self.findings
        ]
        answer = {"level": self.level.value, "exit_code": int(self.exit_code), "findings": findings}
        return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"

    @property
    def summary(self) -> str:
        """Return the last line."""
        failures, warnings = self._count(Level.FAIL), self._count(Level.WARN)
        if not failures and not warnings:
            return "All is well."
        parts = [(failures, "failure", "failures"), (warnings, "warning", "warnings")]
        return " and ".join(f"{number} {one if number == 1 else many}" for number, one, many in parts if number) + "."

    def _count(self, level: Level) -> int:
        return sum(found.level is level for found in self.findings)


def _lines(found: Finding) -> Sequence[str]:
    lead = f"{_MARKS[found.level]:<5} {found.area.value:<9} "
    room = " " * len(lead)
    lines = textwrap.wrap(
        found.sentence, _WIDTH, initial_indent=lead, subsequent_indent=room, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    if found.remedy:
        lines += textwrap.wrap(
            found.remedy, _WIDTH, initial_indent=room + "→ ", subsequent_indent=room + "  ", break_long_words=False,
            break_on_hyphens=False,
        )  # fmt: skip
    return lines


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in text)
