"""Performs a Dockerfile's instructions, each stage in a root of its own, without a container engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from tests.image.base import ENVIRONMENT, Base, Download
from tests.image.context import Context
from tests.image.dockerfile import (
    Arg,
    Cmd,
    Copy,
    Dockerfile,
    DockerfileError,
    Entrypoint,
    Env,
    Expose,
    Healthcheck,
    Label,
    Run,
    Stage,
    Step,
    StopSignal,
    User,
    Volume,
    Workdir,
    substitute,
)
from tests.image.enter import Entry, Mount

_ENTER: Final = Path(__file__).with_name("enter.py")
_STEP_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Identity:
    """A user and a group by number, and the user's home."""

    user: int = 0
    group: int = 0
    home: str = "/root"


@dataclass(frozen=True, slots=True)
class Image:
    """What a stage has become so far: its root and what is said about running it."""

    root: Path
    environment: Mapping[str, str]
    user: str = "0"
    directory: str = "/"
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    healthcheck: Healthcheck | None = None
    stop_signal: str = "SIGTERM"
    volumes: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> Identity:
        """Who its programs run as.

        Raises:
            DockerfileError: there is no such user or group in it.
        """
        return identity(self.root, self.user)


class Builder:
    """Performs a Dockerfile.

    Args:
        dockerfile: What to perform.
        context: The files it may copy.
        base: What stands in for every base image.
        download: What its steps need to reach a package index.
        directory: An empty directory, for everything that is made.
        say: Where each step is announced.
    """

    def __init__(
        self,
        dockerfile: Dockerfile,
        *,
        context: Context,
        base: Base,
        download: Download,
        directory: Path,
        say: Callable[[str], None],
    ) -> None:
        self._dockerfile = dockerfile
        self._context = context
        self._base = base
        self._download = download
        self._directory = directory
        self._say = say
        self._images: dict[str, Image] = {}

    def build(self) -> Image:
        """Perform every stage; return what the last one became.

        Raises:
            DockerfileError: an instruction failed, or means nothing here.
        """
        arguments = {argument.name: argument.default or "" for argument in self._dockerfile.arguments}
        for stage in self._dockerfile.stages:
            self._images[stage.origin.name] = self._stage(stage, arguments)
        return self._images[self._dockerfile.stages[-1].origin.name]

    def _stage(self, stage: Stage, arguments: Mapping[str, str]) -> Image:
        base = substitute(stage.origin.base, arguments)
        root = self._directory / stage.origin.name
        if base in self._images:
            self._say(f"[{stage.origin.name}] FROM {base}")
            shutil.copytree(self._images[base].root, root, symlinks=True)
            image = replace(self._images[base], root=root)
        else:
            self._say(f"[{stage.origin.name}] FROM {base}, replaced by {self._base.description}")
            root.mkdir()
            self._base.lay_out(root)
            self._base.make_mount_points(root, self._download.mounts)
            image = Image(root, ENVIRONMENT)
        given: dict[str, str] = {}
        for step in stage.steps:
            self._say(f"[{stage.origin.name}] {_shortened(step.text)}")
            try:
                if isinstance(step.instruction, Arg):
                    default = step.instruction.default
                    given[step.instruction.name] = (
                        arguments.get(step.instruction.name, "") if default is None else default
                    )
                else:
                    image = self._perform(step, image, given)
            except DockerfileError as error:
                raise DockerfileError(f"line {step.line}: {error}") from None
        return image

    def _perform(self, step: Step, image: Image, given: Mapping[str, str]) -> Image:  # noqa: C901 - one case each
        values = {**given, **image.environment}
        match step.instruction:
            case Env(pairs):
                new = {name: substitute(text, values) for name, text in pairs.items()}
                return replace(image, environment={**image.environment, **new})
            case Label(pairs):
                new = {name: substitute(text, values) for name, text in pairs.items()}
                return replace(image, labels={**image.labels, **new})
            case Workdir(path):
                directory = str(PurePosixPath(image.directory, substitute(path, values)))
                self._place(image.root, directory).mkdir(parents=True, exist_ok=True)
                return replace(image, directory=directory)
            case User(user):
                return replace(image, user=substitute(user, values))
            case Copy():
                self._copy(step.instruction, image, values)
                return image
            case Run(command):
                self._run(image, command.words, given)
                return image
            case Entrypoint(command):
                return replace(image, entrypoint=command.words, command=())
            case Cmd(command):
                return replace(image, command=command.words)
            case Healthcheck():
                return replace(image, healthcheck=step.instruction)
            case Volume(paths):
                for path in paths:
                    self._place(image.root, path).mkdir(parents=True, exist_ok=True)
                return replace(image, volumes=(*image.volumes, *paths))
            case Expose(ports):
                return replace(image, ports=(*image.ports, *(substitute(port, values) for port in ports)))
            case StopSignal(name):
                return replace(image, stop_signal=substitute(name, values))
        raise DockerfileError(f"{step.text} is not performed here")

    def _run(self, image: Image, words: tuple[str, ...], given: Mapping[str, str]) -> None:
        who = image.identity
        entry = Entry(
            root=str(image.root),
            command=words,
            environment={"HOME": who.home, **self._download.environment, **given, **image.environment},
            directory=image.directory,
            user=who.user,
            group=who.group,
            mounts=(*self._base.mounts, *self._download.mounts),
        )
        path = entry.write(self._directory / "step.json")
        path.chmod(0o600)
        try:
            ended = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-I", str(_ENTER), str(path)],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=_STEP_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise DockerfileError(f"not finished within {_STEP_SECONDS} s") from None
        if ended.returncode != 0:
            said = ended.stdout.decode(errors="replace").strip()
            raise DockerfileError(f"ended with {ended.returncode}:\n{said}")

    def _copy(self, copy: Copy, image: Image, values: Mapping[str, str]) -> None:
        who = identity(image.root, substitute(copy.owner, values)) if copy.owner else Identity()
        target_text = substitute(copy.target, values)
        into = target_text.endswith("/") or target_text in {".", "./"} or len(copy.sources) > 1
        target = self._place(image.root, str(PurePosixPath(image.directory, target_text)))
        for text in copy.sources:
            source = substitute(text, values)
            for file, place in self._files(copy.stage, source):
                inside = place if str(place) != "." else PurePosixPath(file.name) if into else PurePosixPath()
                _put(file, target / inside, who)
        self._own_directories(target, who)

    def _files(self, stage: str | None, source: str) -> list[tuple[Path, PurePosixPath]]:
        if stage is None:
            return list(self._context.files(source))
        if stage not in self._images:
            raise DockerfileError(f"there is no stage {stage} before this one")
        top = self._place(self._images[stage].root, str(PurePosixPath("/", source)))
        if not top.exists():
            raise DockerfileError(f"{source} is not in stage {stage}")
        found = sorted(top.rglob("*")) if top.is_dir() else [top]
        return [(file, PurePosixPath(file.relative_to(top).as_posix())) for file in found]

    def _place(self, root: Path, path: str) -> Path:
        """Return where a path of the image is on this machine.

        Raises:
            DockerfileError: it would lead out of the root, or under what stands in for the base image.
        """
        parts = PurePosixPath(path).parts
        if not path.startswith("/") or ".." in parts:
            raise DockerfileError(f"{path} must be absolute, without ..")
        if self._base.covers(path):
            raise DockerfileError(f"{path} belongs to the base image, which is replaced by this machine's, read-only")
        place = root
        for part in parts[1:]:
            place /= part
            if place.is_symlink():
                raise DockerfileError(f"{path} leads through a symbolic link")
        return place

    @staticmethod
    def _own_directories(target: Path, who: Identity) -> None:
        if target.is_dir():
            for directory, _, _ in os.walk(target):
                os.chown(directory, who.user, who.group)


def identity(root: Path, text: str) -> Identity:
    """Find a `user[:group]`, by name or number, in a root's own `/etc/passwd` and `/etc/group`.

    Raises:
        DockerfileError: there is no such name.
    """
    user, _, group = text.partition(":")
    known = [line.split(":") for line in (root / "etc/passwd").read_text(encoding="utf-8").splitlines()]
    entry = next((fields for fields in known if user in {fields[0], fields[2]}), None)
    if entry is None and not user.isdecimal():
        raise DockerfileError(f"there is no user {user}")
    number, primary, home = (int(entry[2]), int(entry[3]), entry[5]) if entry else (int(user), 0, "/")
    if not group:
        return Identity(number, primary, home)
    if group.isdecimal():
        return Identity(number, int(group), home)
    groups = [line.split(":") for line in (root / "etc/group").read_text(encoding="utf-8").splitlines()]
    found = next((int(fields[2]) for fields in groups if fields[0] == group), None)
    if found is None:
        raise DockerfileError(f"there is no group {group}")
    return Identity(number, found, home)


def container(image: Image, base: Base, volumes: Path, *, passed_on: tuple[str, ...] = ()) -> Entry:
    """Return how the image is run as compose.yaml runs it: read-only, its volumes fresh, nothing allowed.

    Args:
        image: What was built.
        base: What stands in for its base.
        volumes: An empty directory; each volume starts as the image has it, with its owner.
        passed_on: Variables that whoever starts it may set.
    """
    mounts = []
    for number, path in enumerate(image.volumes):
        source, target = image.root / path.lstrip("/"), volumes / str(number)
        shutil.copytree(source, target, symlinks=True)
        status = source.stat()
        os.chown(target, status.st_uid, status.st_gid)
        mounts.append(Mount(source=str(target), target=path, read_only=False))
    who = image.identity
    return Entry(
        root=str(image.root),
        command=(*image.entrypoint, *image.command),
        environment={"HOME": who.home, **image.environment},
        passed_on=passed_on,
        directory=image.directory,
        user=who.user,
        group=who.group,
        mounts=(*base.mounts, *mounts),
        contained=True,
    )


def _put(file: Path, target: Path, who: Identity) -> None:
    if file.is_dir() and not file.is_symlink():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target, follow_symlinks=False)
    os.chown(target, who.user, who.group, follow_symlinks=False)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 110 else f"{line[:107]}..."
