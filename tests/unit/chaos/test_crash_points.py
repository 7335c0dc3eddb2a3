"""The table of crash points leaves nothing out that the code has."""

from __future__ import annotations

import inspect
import re

import pytest

from bot.jobs.ports import ClipArchive, InputFiles, JobStore, ResultSink, TaskGateway
from bot.jobs.states import DELIVERY_TRANSITIONS, DISTRUST, JOB_TRANSITIONS, REDELIVER
from storage.remembered import tables_written
from storage.statements import Statements
from storage.store import Store
from tests.chaos.crashes import AFTER, BEFORE, COMMITTED, UNCOMMITTED
from tests.chaos.matrix import BESIDE_THE_JOBS, RARE, RECOVERY, read_table
from tests.chaos.situations_beside import SITUATIONS

ELSEWHERE = {
    DISTRUST.name: "only after a restoration, see tests/integration/backup",
    REDELIVER.name: "only the owner's word, see tests/e2e/test_owners_hand.py",
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
    ResultSink.targets, InputFiles.url, ClipArchive.discard,
}  # fmt: skip
"""What changes nothing outside, or only deletes what nobody has."""


def writing_methods() -> set[str]:
    """Return the job store's methods that run a statement which writes, by the names in their source."""
    writes = {name for name, sql in Statements("sqlite").texts.items() if tables_written(sql)}
    found = set()
    for name in vars(JobStore):
        if inspect.iscoroutinefunction(getattr(JobStore, name)):
            source = inspect.getsource(getattr(Store, name))
            if set(re.findall(r'"([a-z_]+)"', source)) & writes:
                found.add(name)
    return found


@pytest.mark.parametrize(("method", "transition"), TRANSITIONS, ids=lambda one: getattr(one, "name", ""))
def test_every_transition_is_killed_on_both_sides_of_its_commit(method: str, transition: object):
    name = getattr(transition, "name", "")
    if name in ELSEWHERE:
        return
    assert {f"{UNCOMMITTED} {method} {name}", f"{COMMITTED} {method} {name}"} <= read_table().keys()


def test_every_writing_method_of_the_job_store_is_killed_on_both_sides_of_its_commit():
    points = {(moment, what.split(" ")[0]) for moment, _, what in (point.partition(" ") for point in read_table())}
    wanted = writing_methods() - RARE.keys() - BESIDE_THE_JOBS
    assert len(wanted) > 15
    assert {(moment, name) for name in wanted for moment in (UNCOMMITTED, COMMITTED)} <= points


def test_every_call_to_the_world_is_killed_before_and_after_it():
    ports = (TaskGateway, ResultSink, InputFiles, ClipArchive)
    methods = {value for port in ports for name, value in vars(port).items() if not name.startswith("_")}
    assert methods == CALLS.keys() | HARMLESS
    assert {f"{moment} {what}" for what in CALLS.values() for moment in (BEFORE, AFTER)} <= read_table().keys()


def test_every_point_is_passed_in_a_situation_that_there_is():
    named = {situation.__name__ for situation in SITUATIONS} | {RECOVERY}
    assert all(where and where.keys() <= named for where in read_table().values())
