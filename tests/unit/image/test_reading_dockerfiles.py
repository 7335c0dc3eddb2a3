from __future__ import annotations

import pytest

from tests.image.dockerfile import (
    Command,
    Copy,
    DockerfileError,
    Env,
    From,
    Healthcheck,
    Run,
    StopSignal,
    User,
    Volume,
    parse,
    substitute,
)


def _only(text: str) -> object:
    (step,) = parse(f"FROM base\n{text}").stages[0].steps
    return step.instruction


def test_stages_have_names_or_their_number() -> None:
    read = parse("ARG BASE=python:3.13\nFROM ${BASE} AS build\nRUN true\nFROM build\nUSER 5\n")

    assert [argument.default for argument in read.arguments] == ["python:3.13"]
    assert [stage.origin for stage in read.stages] == [From("${BASE}", "build"), From("build", "1")]
    assert read.stages[1].steps[0].instruction == User("5")


def test_a_continued_line_is_one_instruction_and_comments_in_it_vanish() -> None:
    read = parse("FROM base\n\n# a comment\nRUN one \\\n  # another\n  && two\nSTOPSIGNAL SIGTERM\n")

    assert [(step.line, step.instruction) for step in read.stages[0].steps] == [
        (4, Run(Command(("/bin/sh", "-c", "one && two"), is_exec=False))),
        (7, StopSignal("SIGTERM")),
    ]


def test_the_exec_form_is_taken_as_written() -> None:
    assert _only('RUN ["a", "b $C"]') == Run(Command(("a", "b $C"), is_exec=True))


def test_what_copies_is_read_with_its_flags() -> None:
    assert _only("COPY --from=build --chown=5:6 /a /b /c/") == Copy("build", "5:6", ("/a", "/b"), "/c/")
    assert _only('COPY ["a b", "c"]') == Copy(None, None, ("a b",), "c")


def test_values_may_be_quoted_and_several() -> None:
    assert _only('ENV A=1 B="two words" \\\n C=${A}') == Env({"A": "1", "B": "two words", "C": "${A}"})


def test_a_health_check_has_its_times_in_seconds() -> None:
    check = _only('HEALTHCHECK --interval=1m30s --timeout=5s --retries=2 CMD ["x"]')

    assert check == Healthcheck(Command(("x",), is_exec=True), interval=90, timeout=5, start_period=0, retries=2)


def test_a_volume_is_a_list_or_words() -> None:
    assert _only('VOLUME ["/a", "/b"]') == _only("VOLUME /a /b") == Volume(("/a", "/b"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("FROM base\nADD a b", "line 2: ADD is not known here"),
        ("FROM base\nRUN --mount=type=cache,target=/x true", "line 2: --mount is not known here"),
        ("FROM base\nCOPY --link a b", "line 2: cannot read --link"),
        ("FROM base\nCOPY *.py /x/", "line 2: patterns in COPY"),
        ("FROM base\nCOPY a", "line 2: COPY needs a source and a target"),
        ("FROM base\nRUN [not json]", "line 2: not a JSON list"),
        ("FROM base\nRUN", "line 2: RUN says nothing"),
        ("FROM base\nENV A", "line 2: expected name=value"),
        ("FROM base\nENV A='$B'", "line 2: single quotes"),
        ("FROM base\nRUN cat <<EOF\nx\nEOF", "line 2: here-documents"),
        ("FROM base\nRUN a \\\n\n b", "line 3: an empty line inside"),
        ("FROM base\nRUN a \\", "line 2: the file ends inside"),
        ("FROM base\nHEALTHCHECK NONE", "line 2: HEALTHCHECK needs CMD"),
        ("FROM base\nHEALTHCHECK --interval=1h CMD x", "line 2: cannot read the time 1h"),
        ("# escape=`\nFROM base", "line 1: another escape"),
        ("FROM --platform=linux/amd64 base", "line 1: cannot read FROM"),
        ("RUN true\nFROM base", "line 1: RUN before the first FROM"),
        ("# nothing\n", "there is no FROM"),
    ],
)
def test_what_is_not_known_is_refused_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(DockerfileError) as refused:
        parse(text)

    assert str(refused.value).startswith(complaint)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A-${A}", "one-one"),
        ("${NONE}", ""),
        ("${NONE:-else}", "else"),
        ("${A:-else}", "one"),
        ("${A:+instead}", "instead"),
        (r"\$A", "$A"),
    ],
)
def test_variables_are_put_in(text: str, value: str) -> None:
    assert substitute(text, {"A": "one"}) == value


@pytest.mark.parametrize("text", ["${A#prefix}", "$", "${A:?required}"])
def test_other_substitutions_are_refused(text: str) -> None:
    with pytest.raises(DockerfileError, match="cannot substitute"):
        substitute(text, {"A": "one"})
