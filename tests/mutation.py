"""`python -m tests.mutation`: removes each guard of the state machine in turn, and expects a test to fail.

The guards are every source state of every transition and every member of the state sets in `bot/jobs/states.py`, and
every condition on a state in `storage/sql`. Each is removed in a copy of the tree; a guard whose removal no test
notices is printed, and the exit code is 1; so it is where the tests fail with every guard in place.

Each run of the tests is a process of its own, forked from one that has imported the libraries and nothing of ours:
starting Python and importing them takes longer than most of the tests.
"""

from __future__ import annotations

import ast
import compileall
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue
from typing import Final

ROOT: Final = Path(__file__).parent.parent
STATES: Final = Path("bot/jobs/states.py")
SQL: Final = Path("storage/sql")
COPIED: Final = ("bot", "cogs", "storage", "tests", "pyproject.toml")
WORKERS: Final = 2
PATIENCE: Final = 300
STATE_TESTS: Final = ("tests/unit/jobs/test_states.py",)
SQL_TESTS: Final = "tests/contract"
CLOSEST: Final = {"claims": "leases", "jobs": "submissions", "lookout": "lookouts", "restoration": "backups"}
"""Which contract tests are the first to notice a statement's file, where they are not called like it."""
FOR_THE_INDEX: Final = {"bring_jobs_forward", "bring_deliveries_forward"}
"""Statements whose states only let an index be used: whatever has another state is never due, so removing them changes
nothing that a test could see."""
LIBRARIES: Final = (
    "pytest", "pytest_asyncio.plugin", "hypothesis", "structlog", "asyncpg", "aiosqlite", "aiosql", "alembic.command",
    "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "pydantic",
)  # fmt: skip
"""What the tests import; nothing of ours, for that is to come from the tree with the mutant."""
QUICKER: Final = ("-p", "no:xdist", "-p", "no:cov", "--assert=plain")
"""What only a reader of the outcome would need."""
NOT_FRESH: Final = 99
CONDITION: Final = re.compile(r"(?:\w+\.)?\bstate (?:=|IN) (?:\([^)]*\)|:\w+)")


@dataclass(frozen=True)
class Mutant:
    """One guard removed: the file's new text, what was removed, and the tests of which one must notice.

    Attributes:
        tests: arguments of pytest, the quickest to notice first; the next are only run where those notice nothing.
    """

    path: Path
    text: str
    removed: str
    tests: tuple[tuple[str, ...], ...]


def state_mutants() -> Iterator[Mutant]:
    """Remove each member of each set in the state machine."""
    text = (ROOT / STATES).read_text()
    lines = text.splitlines(keepends=True)
    offsets = [sum(len(line.encode()) for line in lines[:number]) for number in range(len(lines))]
    raw = text.encode()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Set):
            continue
        members = [
            (offsets[m.lineno - 1] + m.col_offset, offsets[m.end_lineno - 1] + m.end_col_offset) for m in node.elts
        ]
        start, end = offsets[node.lineno - 1] + node.col_offset, offsets[node.end_lineno - 1] + node.end_col_offset
        for gone in range(len(members)):
            kept = [raw[slice(*place)].decode() for index, place in enumerate(members) if index != gone]
            new = "{" + ", ".join(kept) + "}" if kept else "set()"
            mutated = raw[:start] + new.encode() + raw[end:]
            removed = f"line {node.lineno}: {raw[slice(*members[gone])].decode()}"
            yield Mutant(STATES, mutated.decode(), removed, (STATE_TESTS,))


def sql_mutants() -> Iterator[Mutant]:
    """Let each condition on a state always hold."""
    for path in sorted((ROOT / SQL).rglob("*.sql")):
        text = path.read_text()
        for found in CONDITION.finditer(text):
            line = text[text.rfind("\n", 0, found.start()) + 1 : text.find("\n", found.end())]
            statement = text[: found.start()].rpartition("-- name: ")[2].partition("(")[0]
            if line.lstrip().startswith(("--", "SET ", "state = :target")) or statement in FOR_THE_INDEX:
                continue
            mutated = f"{text[: found.start()]}({found[0]} OR 1 = 1){text[found.end() :]}"
            number = text.count("\n", 0, found.start()) + 1
            engine = "postgres" if "postgres" in path.parts else "sqlite"
            closest = f"{SQL_TESTS}/test_{CLOSEST.get(path.stem, path.stem)}.py"
            tests = tuple((where, "-k", engine) for where in (closest, SQL_TESTS) if (ROOT / where).exists())
            yield Mutant(path.relative_to(ROOT), mutated, f"line {number}: {found[0]}", tests)


def survives(mutant: Mutant, tree: Path) -> bool:
    """Run the tests on a tree with the mutant in place; True if none of them fails."""
    target = tree / mutant.path
    original = target.read_text()
    target.write_text(mutant.text)
    try:
        return all(_pass(tests, tree) for tests in mutant.tests)
    finally:
        target.write_text(original)


def _pass(tests: tuple[str, ...], tree: Path) -> bool:
    run = ForkServerProcess(target=_run, args=(str(tree), tests))
    run.start()
    run.join(PATIENCE)
    if run.exitcode is None:
        assert run.pid is not None
        # With everything that it started: `_run` made it the leader of a group.
        os.killpg(run.pid, signal.SIGKILL)
        run.join()
        return False
    # 5: no test has this engine's name, so these tests notice nothing.
    if run.exitcode not in {0, 1, 2, 5}:
        raise RuntimeError(f"the tests {tests} did not run: pytest ended with {run.exitcode}")
    return run.exitcode in {0, 5}


def _run(tree: str, tests: tuple[str, ...]) -> None:
    """Run tests of a tree, in a process that has imported nothing of any tree but this file."""
    os.setpgid(0, 0)
    ours = sorted(name for name in sys.modules if name.partition(".")[0] in COPIED and name != "tests.mutation")
    if ours not in ([], ["tests"]):
        os._exit(NOT_FRESH)
    sys.modules.pop("tests", None)
    os.chdir(tree)
    os.environ["PYTHONPATH"] = tree
    sys.path[:] = [tree, *(path for path in sys.path if path not in {"", str(ROOT)})]
    with open(os.devnull, "r+b") as nowhere:  # noqa: PTH123 - a device
        for number in range(3):
            os.dup2(nowhere.fileno(), number)
    import pytest

    sys.exit(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--no-header", *QUICKER, *tests]))


def main() -> int:
    """Try every mutant; print the survivors and return how the process ends."""
    mutants = [*state_mutants(), *sql_mutants()]
    trees: SimpleQueue[Path] = SimpleQueue()
    multiprocessing.set_forkserver_preload([*LIBRARIES])
    with tempfile.TemporaryDirectory() as directory:
        for worker in range(WORKERS):
            trees.put(_copy(Path(directory) / f"tree{worker}"))

        def try_one(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                return survives(mutant, tree)
            finally:
                trees.put(tree)

        def try_none() -> bool:
            tree = trees.get()
            try:
                return _pass(tuple(sorted({mutant.tests[0][0] for mutant in mutants})), tree)
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(WORKERS) as pool:
            whole = pool.submit(try_none)
            results = list(pool.map(try_one, mutants))
    if not whole.result():
        print("the tests fail with every guard in place: that they fail without one shows nothing")  # noqa: T201
        return 1
    survivors = [mutant for mutant, survived in zip(mutants, results, strict=True) if survived]
    for mutant in survivors:
        print(f"SURVIVED {mutant.path} {mutant.removed}")  # noqa: T201 - this is a command
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} removed guards were noticed")  # noqa: T201
    return 1 if survivors else 0


def _copy(tree: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__")
    tree.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=ignored)
        else:
            shutil.copy(source, tree / name)
    # By hash: two mutants of one second may be of one length, and the second would be taken for the first.
    compileall.compile_dir(tree, quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return tree


if __name__ == "__main__":
    sys.exit(main())
