"""Reads a Dockerfile: the instructions this project uses, strictly, as Docker's reference defines them.

An instruction, a flag or a form that is not known here is an error rather than skipped: what is not performed is not
tested.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_FLAG: Final = re.compile(r"--([a-z-]+)=(\S+)\s+")
_VARIABLE: Final = re.compile(r"\\\$|\$(?:(?P<plain>\w+)|\{(?P<name>\w+)(?::(?P<rule>[-+])(?P<word>[^${}]*))?\}|)")
_DURATION: Final = re.compile(r"(?:(\d+)m)?(?:(\d+)s)?")


class DockerfileError(Exception):
    """The Dockerfile cannot be read or performed; the message names the line."""


@dataclass(frozen=True, slots=True)
class From:
    """`FROM base AS name`."""

    base: str
    name: str


@dataclass(frozen=True, slots=True)
class Arg:
    """`ARG name=default`."""

    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Env:
    """`ENV name=value …`; the values are still to be substituted."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Label:
    """`LABEL name=value …`; the values are still to be substituted."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Workdir:
    """`WORKDIR path`."""

    path: str


@dataclass(frozen=True, slots=True)
class User:
    """`USER user:group`."""

    user: str


@dataclass(frozen=True, slots=True)
class Copy:
    """`COPY --from=stage --chown=user:group source … target`; without a stage, from the build context."""

    stage: str | None
    owner: str | None
    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Command:
    """What is run: the exec form as written, the shell form behind `/bin/sh -c`."""

    words: tuple[str, ...]
    is_exec: bool


@dataclass(frozen=True, slots=True)
class Run:
    """`RUN command`."""

    command: Command


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """`ENTRYPOINT command`."""

    command: Command


@dataclass(frozen=True, slots=True)
class Cmd:
    """`CMD command`, or the arguments of the entry point."""

    command: Command


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """`HEALTHCHECK --… CMD command`; times in seconds."""

    command: Command
    interval: int = 30
    timeout: int = 30
    start_period: int = 0
    retries: int = 3


@dataclass(frozen=True, slots=True)
class Volume:
    """`VOLUME paths`."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expose:
    """`EXPOSE ports`."""

    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopSignal:
    """`STOPSIGNAL name`."""

    name: str


Instruction = (
    Arg | Env | Label | Workdir | User | Copy | Run | Entrypoint | Cmd | Healthcheck | Volume | Expose | StopSignal
)


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction with the line it begins at and its text, for messages."""

    line: int
    text: str
    instruction: Instruction


@dataclass(frozen=True, slots=True)
class Stage:
    """One `FROM` and what follows it."""

    origin: From
    steps: tuple[Step, ...]

    def of(self, kind: type[Instruction]) -> list[Instruction]:
        """Return the stage's instructions of a kind, in order."""
        return [step.instruction for step in self.steps if isinstance(step.instruction, kind)]


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A whole file: the arguments before the first stage, and the stages."""

    arguments: tuple[Arg, ...]
    stages: tuple[Stage, ...]


def parse(text: str) -> Dockerfile:
    """Read a Dockerfile.

    Raises:
        DockerfileError: something in it is unknown here, or wrong.
    """
    arguments: list[Arg] = []
    stages: list[tuple[From, list[Step]]] = []
    for line, logical in _logical_lines(text):
        word, _, value = logical.partition(" ")
        try:
            if word.upper() == "FROM":
                stages.append((_from(value.strip(), len(stages)), []))
                continue
            instruction = _instruction(word.upper(), value.strip())
        except DockerfileError as error:
            raise DockerfileError(f"line {line}: {error}") from None
        if stages:
            stages[-1][1].append(Step(line, logical, instruction))
        elif isinstance(instruction, Arg):
            arguments.append(instruction)
        else:
            raise DockerfileError(f"line {line}: {word} before the first FROM")
    if not stages:
        raise DockerfileError("there is no FROM")
    return Dockerfile(tuple(arguments), tuple(Stage(origin, tuple(steps)) for origin, steps in stages))


def substitute(text: str, values: Mapping[str, str]) -> str:
    r"""Put variables in: `$name`, `${name}`, `${name:-else}`, `${name:+instead}`; `\$` is a dollar sign.

    Raises:
        DockerfileError: another form of substitution.
    """

    def value(match: re.Match[str]) -> str:
        if match[0] == "\\$":
            return "$"
        name = match["plain"] or match["name"]
        if name is None:
            raise DockerfileError(f"cannot substitute in {text!r}")
        found = values.get(name, "")
        if match["rule"] == "-":
            return found or match["word"]
        if match["rule"] == "+":
            return match["word"] if found else ""
        return found

    return _VARIABLE.sub(value, text)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Join continued lines; leave out comments, also those between continued lines."""
    start, parts = 0, list[str]()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if re.match(r"#\s*escape\s*=", line):
            raise DockerfileError(f"line {number}: another escape character is not known here")
        if line.startswith("#"):
            continue
        if not line:
            if parts:
                raise DockerfileError(f"line {number}: an empty line inside an instruction")
            continue
        if "<<" in line and re.search(r"<<-?[\"']?\w", line):
            raise DockerfileError(f"line {number}: here-documents are not known here")
        start = start or number
        continued = line.endswith("\\")
        parts.append(line.removesuffix("\\").rstrip() if continued else line)
        if not continued:
            yield start, " ".join(parts)
            start, parts = 0, []
    if parts:
        raise DockerfileError(f"line {start}: the file ends inside an instruction")


def _instruction(word: str, value: str) -> Instruction:
    reader = _READERS.get(word)
    if reader is None:
        raise DockerfileError(f"{word} is not known here")
    if not value:
        raise DockerfileError(f"{word} says nothing")
    return reader(value)


def _from(value: str, number: int) -> From:
    match = re.fullmatch(r"(\S+)(?:\s+AS\s+(\S+))?", value, re.IGNORECASE)
    if match is None or value.startswith("--"):
        raise DockerfileError(f"cannot read FROM {value}")
    return From(match[1], match[2] or str(number))


def _arg(value: str) -> Arg:
    name, given, default = value.partition("=")
    if not re.fullmatch(r"\w+", name):
        raise DockerfileError(f"cannot read ARG {value}")
    return Arg(name, " ".join(_words(default)) if given else None)


def _pairs(value: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in _words(value):
        name, given, content = word.partition("=")
        if not given or not name:
            raise DockerfileError(f"expected name=value, found {word}")
        pairs[name] = content
    return pairs


def _words(value: str) -> list[str]:
    if "'" in value:
        raise DockerfileError("single quotes, which forbid substitution, are not known here")
    try:
        return shlex.split(value)
    except ValueError as error:
        raise DockerfileError(f"{error}: {value}") from None


def _copy(value: str) -> Copy:
    flags, rest = _flags(value, {"from", "chown"})
    words = _list(rest) if rest.startswith("[") else _words(rest)
    if len(words) < 2:
        raise DockerfileError("COPY needs a source and a target")
    if any(character in word for word in words for character in "*?["):
        raise DockerfileError("patterns in COPY are not known here")
    return Copy(flags.get("from"), flags.get("chown"), tuple(words[:-1]), words[-1])


def _flags(value: str, known: set[str]) -> tuple[dict[str, str], str]:
    flags: dict[str, str] = {}
    while match := _FLAG.match(value):
        if match[1] not in known:
            raise DockerfileError(f"--{match[1]} is not known here")
        flags[match[1]] = match[2]
        value = value[match.end() :]
    if value.startswith("--"):
        raise DockerfileError(f"cannot read {value.split()[0]}")
    return flags, value


def _command(value: str) -> Command:
    _, value = _flags(value, set())
    if value.startswith("["):
        return Command(tuple(_list(value)), is_exec=True)
    return Command(("/bin/sh", "-c", value), is_exec=False)


def _list(value: str) -> list[str]:
    try:
        words = json.loads(value)
    except json.JSONDecodeError:
        # Docker would take it for the shell form, which is never what was meant.
        raise DockerfileError(f"not a JSON list: {value}") from None
    if not words or not all(isinstance(word, str) for word in words):
        raise DockerfileError(f"expected a list of strings: {value}")
    return list(words)


def _healthcheck(value: str) -> Healthcheck:
    flags, rest = _flags(value, {"interval", "timeout", "start-period", "retries"})
    word, _, command = rest.partition(" ")
    if word.upper() != "CMD" or not command:
        raise DockerfileError("HEALTHCHECK needs CMD and a command")
    usual = Healthcheck(_command(command.strip()))
    return Healthcheck(
        usual.command,
        interval=_seconds(flags["interval"]) if "interval" in flags else usual.interval,
        timeout=_seconds(flags["timeout"]) if "timeout" in flags else usual.timeout,
        start_period=_seconds(flags["start-period"]) if "start-period" in flags else usual.start_period,
        retries=int(flags.get("retries", usual.retries)),
    )


def _seconds(text: str) -> int:
    match = _DURATION.fullmatch(text)
    if match is None or not text:
        raise DockerfileError(f"cannot read the time {text}")
    return int(match[1] or 0) * 60 + int(match[2] or 0)


def _several(value: str) -> tuple[str, ...]:
    return tuple(_list(value) if value.startswith("[") else _words(value))


def _one(value: str) -> str:
    words = _words(value)
    if len(words) != 1:
        raise DockerfileError(f"expected one word: {value}")
    return words[0]


_READERS: Final[Mapping[str, Callable[[str], Instruction]]] = {
    "ARG": _arg,
    "ENV": lambda value: Env(_pairs(value)),
    "LABEL": lambda value: Label(_pairs(value)),
    "WORKDIR": lambda value: Workdir(_one(value)),
    "USER": lambda value: User(_one(value)),
    "COPY": _copy,
    "RUN": lambda value: Run(_command(value)),
    "ENTRYPOINT": lambda value: Entrypoint(_command(value)),
    "CMD": lambda value: Cmd(_command(value)),
    "HEALTHCHECK": _healthcheck,
    "VOLUME": lambda value: Volume(_several(value)),
    "EXPOSE": lambda value: Expose(_several(value)),
    "STOPSIGNAL": lambda value: StopSignal(_one(value)),
}
