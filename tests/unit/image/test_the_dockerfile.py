"""What the Dockerfile promises, read from its own instructions; `make image-test` performs them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path, PurePosixPath

import pytest

from bot.settings import Settings
from tests.image.context import Context
from tests.image.dockerfile import (
    Cmd,
    Copy,
    Dockerfile,
    Entrypoint,
    Env,
    Healthcheck,
    Instruction,
    Label,
    Run,
    Stage,
    StopSignal,
    User,
    Volume,
    parse,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def dockerfile() -> Dockerfile:
    return parse((ROOT / "Dockerfile").read_text())


@pytest.fixture(scope="module")
def final(dockerfile: Dockerfile) -> Stage:
    return dockerfile.stages[-1]


def _copies(stage: Stage) -> list[Copy]:
    return [step.instruction for step in stage.steps if isinstance(step.instruction, Copy)]


def _env(stage: Stage) -> dict[str, str]:
    found: dict[str, str] = {}
    for step in stage.steps:
        if isinstance(step.instruction, Env):
            found |= step.instruction.values
    return found


def _place(stage: Stage, kind: type[Instruction]) -> int:
    return max(number for number, step in enumerate(stage.steps) if isinstance(step.instruction, kind))


def test_both_stages_have_the_same_slim_base(dockerfile: Dockerfile) -> None:
    assert [stage.origin.base for stage in dockerfile.stages] == ["${PYTHON_IMAGE}"] * 2
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", dockerfile.arguments[0].default or "")


def test_dependencies_are_installed_before_any_code_is_there(dockerfile: Dockerfile) -> None:
    texts = [step.text for step in dockerfile.stages[0].steps]
    installs = next(number for number, text in enumerate(texts) if "pip install" in text)

    assert "--require-hashes -r requirements.lock" in texts[installs]
    assert [text for text in texts[:installs] if text.startswith("COPY")] == ["COPY requirements.lock ./"]


def test_the_result_takes_only_what_was_built(dockerfile: Dockerfile, final: Stage) -> None:
    assert {copy.stage for copy in _copies(final)} == {dockerfile.stages[0].origin.name}
    copied = {source for copy in _copies(dockerfile.stages[0]) for source in copy.sources}
    locks = {"requirements.lock", "requirements-build.lock"}
    assert copied == {*locks, "translations", "LICENSE", "bot", "cogs", "storage"}


def test_nothing_else_is_even_sent_to_the_builder() -> None:
    context = Context(ROOT)

    for name in ("requirements.lock", "bot/app.py", "cogs/tree.py", "storage/sql/jobs.sql"):
        assert (ROOT / name).exists()
        assert context.holds(PurePosixPath(name))
    assert not context.holds(PurePosixPath("bot/ui/locales/de/LC_MESSAGES/egret.mo")), "compiled where it is used"
    for name in (".env", "bot/.env", ".git/config", "data/egret.db", "sandbox/__init__.py", "tests/conftest.py"):
        assert not context.holds(PurePosixPath(name)), name


def test_it_runs_as_a_numbered_user_from_then_on(final: Stage) -> None:
    assert final.of(User) == [User("10001:10001")]
    assert _place(final, User) > max(_place(final, Run), _place(final, Copy)), "what is installed is not its own"


def test_everything_that_is_run_is_in_the_exec_form(final: Stage) -> None:
    (entrypoint,), (command,), (check,) = final.of(Entrypoint), final.of(Cmd), final.of(Healthcheck)

    assert isinstance(entrypoint, Entrypoint)
    assert isinstance(command, Cmd)
    assert isinstance(check, Healthcheck)
    assert (*entrypoint.command.words, *command.command.words) == ("python", "-m", "bot", "run")
    assert all(form.is_exec for form in (entrypoint.command, command.command, check.command))
    assert check.command.words[:2] == ("python", "-c")
    assert "/livez" in check.command.words[2]


def test_it_is_stopped_by_the_signal_the_bot_drains_on(final: Stage) -> None:
    assert final.of(StopSignal) == [StopSignal("SIGTERM")]


def test_the_volume_is_where_the_data_is_and_made_before_it(final: Stage) -> None:
    assert final.of(Volume) == [Volume((_env(final)["DATA_DIR"],))]
    assert _place(final, Volume) > _place(final, Run), "what is done to a volume later is lost"


def test_it_says_what_it_is(final: Stage) -> None:
    labels = {name for step in final.steps if isinstance(step.instruction, Label) for name in step.instruction.values}
    version = next(step.text for step in final.steps if step.text.startswith("ARG VERSION="))

    assert {f"org.opencontainers.image.{name}" for name in ("title", "description", "licenses", "version")} <= labels
    assert version == f"ARG VERSION={tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['version']}"


def test_it_fixes_no_secret_and_no_unknown_setting(dockerfile: Dockerfile) -> None:
    for stage in dockerfile.stages:
        for name in _env(stage):
            field = Settings.model_fields.get(name.lower())
            assert field is not None or name == "PATH" or name.startswith("PYTHON"), name
            assert field is None or "Secret" not in str(field.annotation), name


def test_the_lock_has_both_databases_and_no_index_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()

    assert re.search(r"^asyncpg==", lock, re.MULTILINE)
    assert re.search(r"^aiosqlite==", lock, re.MULTILINE)
    assert "://" not in lock
