"""The table of crash points leaves nothing out that the code has."""

from __future__ import annotations

import inspect
import re

import pytest

from bot.jobs.ports import ClipArchive, InputFiles, ResultSink, TaskGateway
from bot.jobs.states import DELIVERY_TRANSITIONS, DISTRUST, JOB_TRANSITIONS
from storage.remembered import tables_written
from storage.statements import Statements
from storage.store import Store
from tests.chaos.crashes import AFTER, BEFORE, COMMITTED, UNCOMMITTED
from tests.chaos.matrix import BESIDE_THE_JOBS, RARE, RECOVERY, read_table
from tests.chaos.points import SAID
from tests.chaos.situations_beside import SITUATIONS

ELSEWHERE = {
    DISTRUST.name: "only after a restoration, see tests/integration/backup",
}
"""Transitions that no command comes to by itself."""
TRANSITIONS = [("apply", one) for one in JOB_TRANSITIONS] + [("apply_delivery", one) for one in DELIVERY_TRANSITIONS]
CALLS = {
    TaskGateway.create: "the purchase",
    TaskGateway.report: "a poll",
    TaskGateway.cancel: "the cancelling",
    TaskGateway.history: "a search of the provider's history",
    ResultSink.show_card: "a card's edit",
    ResultSink.prepare: "fitting a message to its channel",
    ResultSink.find: "a search of the channel",
    ResultSink.send: "the upload",
    InputFiles.prepare: "the intake of a file",
    ClipArchive.fetch: "the download of a clip",
}
HARMLESS = {
    TaskGateway.key_fingerprint, TaskGateway.service_mode, TaskGateway.prepare, TaskGateway.is_same, TaskGateway.reach,
    InputFiles.url, ClipArchive.discard,
}  # fmt: skip
"""What changes nothing outside, or only deletes what nobody has."""


STATEMENTS = Statements("sqlite").texts.keys()
WRITES = {name for name, sql in Statements("sqlite").texts.items() if tables_written(sql)}


def words_in(function: object, owner: type, seen: set[object] | None = None) -> set[str]:
    """Return every name in a method's source but of columns, and in what it calls of its own class and module."""
    seen = set() if seen is None else seen
    if function in seen or not inspect.isfunction(function):
        return set()
    seen.add(function)
    source = inspect.getsource(function)
    found = set(re.findall(r'(?<!row, )"([a-z_]+)"', source))
    for name in re.findall(r"\b(\w+)\b", source):
        for other in (
            getattr(owner, name, None) if f"self.{name}(" in source else None,
            function.__globals__.get(name),
        ):
            if inspect.isfunction(other) and other.__module__.startswith("storage.repositories"):
                found |= words_in(other, owner, seen)
            elif isinstance(other, tuple) and set(other) <= STATEMENTS:
                found |= set(other)
    return found


def writing_methods() -> set[str]:
    """Return the store's methods that run a statement which writes, by the names in their source."""
    methods = inspect.getmembers(Store, inspect.iscoroutinefunction)
    return {name for name, method in methods if not name.startswith("_") and words_in(method, Store) & WRITES}


@pytest.mark.parametrize(("method", "transition"), TRANSITIONS, ids=lambda one: getattr(one, "name", ""))
def test_every_transition_is_killed_on_both_sides_of_its_commit(method: str, transition: object):
    name = getattr(transition, "name", "")
    if name in ELSEWHERE:
        return
    assert {f"{UNCOMMITTED} {method} {name}", f"{COMMITTED} {method} {name}"} <= read_table().keys()


def test_every_writing_method_of_the_store_is_killed_on_both_sides_of_its_commit():
    points = {(moment, what.split(" ")[0]) for moment, _, what in (point.partition(" ") for point in read_table())}
    wanted = writing_methods() - RARE.keys() - BESIDE_THE_JOBS.keys()
    assert len(wanted) > 40
    assert {(moment, name) for name in wanted for moment in (UNCOMMITTED, COMMITTED)} - points == set()


def test_no_method_is_left_out_that_is_killed_or_is_none():
    killed = {point.split(" ")[1] for point in read_table()}
    left_out = BESIDE_THE_JOBS.keys() | RARE.keys()
    assert left_out & killed == set()
    assert {name for name in left_out if not hasattr(Store, name)} == set()
    assert BESIDE_THE_JOBS.keys() & RARE.keys() == set()


def test_every_call_to_the_world_is_killed_before_and_after_it():
    ports = (TaskGateway, ResultSink, InputFiles, ClipArchive)
    methods = {value for port in ports for name, value in vars(port).items() if not name.startswith("_")}
    assert methods == CALLS.keys() | HARMLESS | {ResultSink.targets}
    assert {f"{moment} {what}" for what in CALLS.values() for moment in (BEFORE, AFTER)} <= read_table().keys()


def test_whatever_is_said_to_discord_is_killed_before_and_after_it():
    # A clip's target may be a thread that is started for it.
    assert "starting a thread" in SAID
    assert {f"{moment} {what}" for what in SAID for moment in (BEFORE, AFTER)} <= read_table().keys()


def test_every_point_is_passed_in_a_situation_that_there_is():
    named = {situation.__name__ for situation in SITUATIONS} | {RECOVERY}
    assert all(where and where.keys() <= named for where in read_table().values())
