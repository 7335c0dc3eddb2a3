"""The build context: which files of the clone an image may have, by `.dockerignore`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tests.image.dockerfile import DockerfileError


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    ignores: bool


class Context:
    """A directory, seen through the `.dockerignore` in it."""

    def __init__(self, directory: Path) -> None:
        """Read the rules."""
        self._directory = directory
        rules = directory / ".dockerignore"
        self._rules = list(_rules(rules.read_text(encoding="utf-8"))) if rules.exists() else []

    def holds(self, path: PurePosixPath) -> bool:
        """Whether the builder would be sent this file: the last rule that fits it or a directory above decides."""
        places = [str(place) for place in (path, *path.parents) if str(place) != "."]
        ignored = False
        for rule in self._rules:
            if any(rule.pattern.fullmatch(place) for place in places):
                ignored = rule.ignores
        return not ignored

    def files(self, source: str) -> Iterator[tuple[Path, PurePosixPath]]:
        """Return each file under a source, with its place relative to the source; "." for the source itself.

        Raises:
            DockerfileError: nothing of the source is in the context.
        """
        wanted = PurePosixPath(source.lstrip("/"))
        if ".." in wanted.parts:
            raise DockerfileError(f"{source} is outside the build context")
        top = self._directory / wanted
        found = False
        for file in sorted(top.rglob("*")) if top.is_dir() else [top]:
            place = PurePosixPath(file.relative_to(self._directory).as_posix())
            if (file.is_file() or file.is_symlink()) and self.holds(place):
                found = True
                yield file, PurePosixPath(file.relative_to(top).as_posix())
        if not found:
            raise DockerfileError(f"{source} is not in the build context")


def _rules(text: str) -> Iterator[_Rule]:
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        ignores = not line.startswith("!")
        yield _Rule(re.compile(_expression(line.removeprefix("!").strip("/"))), ignores)


def _expression(pattern: str) -> str:
    """Translate Go's path patterns, with Docker's `**` for any number of directories."""
    expression = ""
    for piece in re.split(r"(\*\*/|\*\*|\*|\?)", pattern):
        expression += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))
    return expression
