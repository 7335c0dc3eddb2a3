"""What `perf stat` says of instructions is understood, and where it cannot count them nothing is claimed."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bench.failure import BenchFailed
from bench.instructions import counted_instructions, read_count
from bench.processes import Shared, said_of_instructions
from bench.steps import Twice

COUNTED: str = "77410000;;instructions:u;68312344;100.00;;\n"
NOTHING_TWICE = Twice(changes=0, purchases=0, questions=0, downloads=0, messages=0, edits=0)


def a_run(instructions: float | None) -> Shared:
    return Shared(rate=1.0, cpu_ms=1.0, instructions=instructions, delivered=[1], twice=NOTHING_TWICE)


def test_the_number_is_read() -> None:
    assert read_count(COUNTED) == 77_410_000


def test_cores_of_two_kinds_are_added_up() -> None:
    quick = "30;;cpu_core/instructions/u;1;50.00;;\n"
    idle = "<not counted>;;cpu_lowpower/instructions/u;0;0.00;;\n"
    thrifty = "12;;cpu_atom/instructions/u;1;50.00;;\n"

    assert read_count(quick + idle + thrifty) == 42


@pytest.mark.parametrize(
    "said",
    ["", "<not supported>;;instructions:u;0;100.00;;\n", "Error:\nNo permission to enable instructions:u event.\n"],
)
def test_where_it_cannot_be_counted_there_is_no_number(said: str) -> None:
    assert read_count(said) is None


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A `perf` that counts until it is interrupted, as the real one does; the pipe says when it has begun."""
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    perf = tmp_path / "perf"
    # No shell: whoever starts the tests may have closed their ears to Ctrl-C, and a shell's would stay closed.
    perf.write_text(
        f"""#!{sys.executable}
import os, signal, sys
def told(_number, _frame):
    sys.stderr.write({COUNTED!r})
    sys.exit()
signal.signal(signal.SIGINT, told)
with open({str(begun)!r}, "w") as pipe:
    pipe.write(str(os.getpid()))
while True:
    signal.pause()
""",
        encoding="utf-8",
    )
    perf.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return begun


async def test_the_count_is_there_when_the_block_has_ended(counting: Path) -> None:
    async with counted_instructions([os.getpid()]) as seen:
        await asyncio.to_thread(counting.read_text)
        before = seen.count

    assert before is None
    assert seen.count == 77_410_000


async def test_what_fails_in_the_block_ends_the_counting_too(counting: Path) -> None:
    pids: list[int] = []

    async def fail_while_counting() -> None:
        async with counted_instructions([os.getpid()]):
            pids.append(int(await asyncio.to_thread(counting.read_text)))
            raise BenchFailed("the bots are not at rest")

    with pytest.raises(BenchFailed, match="the bots are not at rest"):
        await fail_while_counting()
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


async def test_of_no_processes_nothing_is_counted(counting: Path) -> None:
    async with counted_instructions([]) as seen:
        pass

    assert seen.count is None


async def test_without_the_program_nothing_is_counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    async with counted_instructions([os.getpid()]) as seen:
        pass

    assert seen.count is None


def test_the_medians_of_several_processes_and_of_one_are_told() -> None:
    said = said_of_instructions([a_run(80.0), a_run(84.0), a_run(100.0)], [a_run(80.0), a_run(70.0), a_run(90.0)])

    assert "84.0 million against 80.0 million, 1.05 times as many" in said


def test_where_nothing_was_counted_nothing_is_said() -> None:
    assert said_of_instructions([a_run(None)], [a_run(None)]) == ""
