from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.image.base import Download, base, obstacle
from tests.image.build import Builder, Image, container, identity
from tests.image.context import Context
from tests.image.dockerfile import DockerfileError, parse
from tests.image.enter import Entry

ROOT = Path(__file__).parents[3]
ENTER = ROOT / "tests" / "image" / "enter.py"
PERFORM = Callable[[str], Image]


OBSTACLE = obstacle()
pytestmark = pytest.mark.skipif(OBSTACLE is not None, reason=str(OBSTACLE))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    directory = tmp_path / "clone"
    (directory / "code").mkdir(parents=True)
    (directory / "code" / "a.py").write_text("print('a')")
    return directory


@pytest.fixture
def perform(tmp_path: Path, clone: Path) -> PERFORM:
    empty, stages = tmp_path / "empty", tmp_path / "stages"
    empty.mkdir()
    stages.mkdir()
    tmp_path.chmod(0o755)

    def performed(text: str) -> Image:
        return Builder(
            parse(text),
            context=Context(clone),
            base=base(Path(sys.executable), empty),
            download=Download({}, ()),
            directory=stages,
            say=lambda _: None,
        ).build()

    return performed


def _started(entry: Entry, directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    path = replace(entry, command=command or entry.command).write(directory / "entry.json")
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", str(ENTER), str(path)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={"GIVEN": "yes", "HIDDEN": "secret"},
    )


def _container(image: Image, directory: Path, *passed_on: str) -> Entry:
    (directory / "volumes").mkdir()
    return container(image, base(Path(sys.executable), directory / "empty"), directory / "volumes", passed_on=passed_on)


def test_stages_are_performed_one_after_the_other(perform: PERFORM) -> None:
    image = perform(
        """
        FROM any AS build
        ARG WORD=hello
        WORKDIR /made
        COPY code ./code
        RUN echo "$WORD" > said && python3 -c "open('by-python', 'w').write('x')"
        FROM any
        COPY --from=build /made /app
        """
    )

    assert (image.root / "app/said").read_text() == "hello\n"
    assert (image.root / "app/by-python").read_text() == "x"
    assert (image.root / "app/code/a.py").read_text() == "print('a')"
    assert not (image.root / "made").exists()


def test_a_stage_goes_on_from_another_with_all_that_was_said(perform: PERFORM) -> None:
    image = perform('FROM any AS one\nENV A=1\nENTRYPOINT ["x"]\nRUN touch /made\nFROM one AS two\nENV B="${A}2"\n')

    assert (image.environment["A"], image.environment["B"]) == ("1", "12")
    assert image.entrypoint == ("x",)
    assert (image.root / "made").exists()


def test_a_step_sees_nothing_of_this_machine_beyond_its_system(perform: PERFORM, clone: Path) -> None:
    image = perform("FROM any\nRUN pwd > /where && env > /environment && ls / /root /home > /listed\n")

    assert str(clone.parent) not in (image.root / "listed").read_text()
    assert set((image.root / "environment").read_text().split()) >= {"HOME=/root"}
    assert "PYTEST" not in (image.root / "environment").read_text()
    assert not (image.root / "proc/self").exists(), "mounts are the step's alone"


def test_a_step_that_fails_stops_everything_and_is_quoted(perform: PERFORM) -> None:
    with pytest.raises(DockerfileError, match=r"(?s)line 3: ended with 7.*too bad"):
        perform("FROM any\nRUN true\nRUN echo too bad >&2; exit 7\n")


def test_a_step_cannot_write_into_this_machines_system(perform: PERFORM) -> None:
    with pytest.raises(DockerfileError, match="Read-only"):
        perform("FROM any\nRUN touch /usr/bin/something\n")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("COPY code /usr/lib/code", "belongs to the base image"),
        ("COPY code /a/../b", "without .."),
        ("COPY --from=absent /a /b", "there is no stage absent"),
        ("COPY absent /a", "not in the build context"),
    ],
)
def test_a_copy_that_cannot_be_right_is_refused(perform: PERFORM, line: str, complaint: str) -> None:
    with pytest.raises(DockerfileError, match=complaint):
        perform(f"FROM any\n{line}\n")


def test_a_link_out_of_the_image_is_not_followed(perform: PERFORM, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()

    with pytest.raises(DockerfileError, match="symbolic link"):
        perform(f"FROM any\nRUN ln -s {outside} /way\nCOPY code /way/code\n")
    assert list(outside.iterdir()) == []


def test_the_result_runs_as_its_user_and_writes_its_volume_alone(perform: PERFORM, tmp_path: Path) -> None:
    image = perform(
        """
        FROM any
        RUN mkdir /data && chown 4321:4322 /data && mkdir /own && chown 4321 /own
        WORKDIR /own
        USER 4321:4322
        VOLUME ["/data"]
        CMD ["sh", "-c", "id -u; id -g; touch /data/x && echo volume; touch /own/x || echo root; pwd"]
        """
    )

    ended = _started(_container(image, tmp_path), tmp_path)

    assert ended.stdout.split() == ["4321", "4322", "volume", "root", "/own"]
    assert "Read-only file system" in ended.stderr
    assert not (image.root / "data/x").exists(), "a volume is not the image"


def test_the_result_has_no_capabilities_and_gains_none(perform: PERFORM, tmp_path: Path) -> None:
    image = perform("FROM any\nUSER 4321\n")

    ended = _started(
        _container(image, tmp_path), tmp_path, "grep", "-E", "^(Cap(Prm|Eff|Bnd)|NoNewPrivs):", "/proc/self/status"
    )

    assert [line.split()[1].lstrip("0") for line in ended.stdout.splitlines()] == ["", "", "", "1"]


def test_the_result_is_given_only_the_variables_that_are_named(perform: PERFORM, tmp_path: Path) -> None:
    image = perform("FROM any\nENV OWN=1\n")
    entry = _container(image, tmp_path, "GIVEN", "ABSENT")

    ended = _started(entry, tmp_path, "python3", "-c", "import json, os; print(json.dumps(dict(os.environ)))")

    seen = json.loads(ended.stdout)
    assert {name: seen.get(name) for name in ("OWN", "GIVEN", "HIDDEN", "ABSENT")} == {
        "OWN": "1",
        "GIVEN": "yes",
        "HIDDEN": None,
        "ABSENT": None,
    }


def test_users_are_found_by_name_and_number(perform: PERFORM) -> None:
    image = perform("FROM any\nRUN groupadd --gid 77 crew && useradd --uid 76 --gid crew --home-dir /x sailor\n")

    assert identity(image.root, "sailor").home == "/x"
    assert (identity(image.root, "sailor").user, identity(image.root, "sailor").group) == (76, 77)
    assert (identity(image.root, "5:crew").user, identity(image.root, "5:crew").group) == (5, 77)
    with pytest.raises(DockerfileError, match="no user stranger"):
        identity(image.root, "stranger")
    with pytest.raises(DockerfileError, match="no group strangers"):
        identity(image.root, "5:strangers")
