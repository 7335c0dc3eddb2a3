"""The state machine of everything that can happen to jobs, and what must be true after each of it.

`perform` gives Hypothesis a machine whose rules are events: people's, the provider's, Discord's, the owner's, and those
of machines and their clocks. The steps are the real ones, over a real store; only the outside is a model.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from bot.catalog import VideoAsked
from bot.clock import DAY, HOUR, MINUTE, SECOND
from bot.community.effective import OperatorLimits
from bot.community.owner import OwnerService
from bot.community.personal_data import PersonalData
from bot.errors import Refused
from bot.jobs import schedule
from bot.jobs.deliverer import REMOVED
from bot.jobs.failures import FailureReason
from bot.jobs.limits import IN_FLIGHT_COUNTER, Allowance
from bot.jobs.loops import Wakes
from bot.jobs.model import AssetRole, MessageRef, NewAsset, Place
from bot.jobs.ports import HistoryUnreadable, RemoteStatus, StoreUnavailable
from bot.jobs.requests import Origin, VideoRequest
from bot.jobs.states import ENDED, JOB_TRANSITIONS, WITH_TASK, JobState
from storage.store import Store, open_store
from tests.contract.conftest import TABLES
from tests.contract.samples import Probe
from tests.integration.jobs.universe import Gate, Process, Task, Universe
from tests.integration.jobs.world import CHANNEL, GUILD, PERSON, ManualClock

T = TypeVar("T")

NAMES: Final = ("a", "b")
STEPS: Final = ("intake", "submitter", "poller", "archiver", "deliverer", "cards", "sweeper", "forgetting")
AT_GATES: Final = ("submitter", "deliverer", "submitter", "deliverer", "poller", "archiver", "intake")
BUSY: Final = ("submitter", "poller", "archiver", "deliverer", "intake", "sweeper")
ENDS: Final = ("dies", "dies", "is_killed", "starts", "starts", "loses_store", "loses_commit")
JUMPS: Final = (-HOUR, -3 * HOUR, -MINUTE, -20 * SECOND, MINUTE, HOUR, 5 * HOUR, -DAY, DAY)
MOST_JOBS: Final = 8
MOST_GATES: Final = 6
MOST_FAULTS: Final = 2
MODERATOR: Final = PERSON + 9
LONGEST_REST: Final = HOUR + 5 * MINUTE
"""Nothing that is to be done may wait for longer than this once the outside works."""
QUIET_AFTER: Final = 26 * HOUR

_MOVES: Final = {(source, move.target) for move in JOB_TRANSITIONS for source in move.sources}
_PICTURE: Final = NewAsset(
    role=AssetRole.IMAGE, url="https://cdn.example/a.png", filename="a.png", content_type="image/png", size=10,
    option="image",
)  # fmt: skip
_FAULTS: Final = {
    "create": ("lost", "lost", "nothing", "not_sent", "busy", "moderated", "no_credit", "slow_down"),
    "send": ("lost_after", "lost_before", "later", "refused", "posted_then_locked_out", "posted_then_refused"),
    "find": ("unreadable", "later"),
    "report": ("down",),
    "history": ("down",),
    "fetch": ("later", "gone"),
    "input": ("later", "unusable"),
    "url": ("later",),
    "card": ("later",),
}

Opening = Callable[[], AbstractAsyncContextManager[tuple[Sequence[Store], Probe]]]
"""Opens what each process has of a fresh database, and something to look into it with."""

process_name = st.sampled_from(NAMES)
which = st.integers(0, 7)


class AnyOrder(RuleBasedStateMachine):
    """Jobs, two processes, and everything that happens to them."""

    opening: Opening

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.seen: dict[str, dict[str, Any]] = {}
        self.jobs: list[str] = []
        self.tokens: dict[str, str] = {}
        self.clocks_were_wrong = False
        self._keys = itertools.count(1)
        self._cards = itertools.count(800_000_000_000_000_001)

    def do(self, work: Awaitable[T]) -> T:
        async def whole() -> T:
            return await work

        return self._runner.run(whole())

    @initialize(number=st.integers(0, 3), processes=st.integers(1, 2))
    def begin(self, number: int, processes: int) -> None:
        self.do(self._begin(processes))
        for _ in range(number):
            self._order("a", f"i:{next(self._keys)}", PERSON, False, "a red kite", True)

    async def _begin(self, processes: int) -> None:
        stores, self.probe = await self._stack.enter_async_context(self.opening())
        self.universe = Universe(dict(zip(NAMES, stores, strict=True)))
        for name in NAMES[:processes]:
            await self.universe.start(name, alone=not self.universe.processes)

    # Processes and their clocks

    @rule(name=process_name)
    def work(self, name: str) -> None:
        """A process takes everything that is due, once."""
        self._work(name)

    @rule(name=process_name, milliseconds=st.sampled_from([SECOND, 20 * SECOND, 3 * MINUTE]))
    def live(self, name: str, milliseconds: int) -> None:
        for _ in range(3):
            self._work(name)
            self.do(self.universe.pass_by(milliseconds))

    @rule(name=process_name, step=st.sampled_from(STEPS))
    def step(self, name: str, step: str) -> None:
        if (process := self._process(name)) is not None:
            self._step(process, step)

    @rule(name=process_name, step=st.sampled_from(AT_GATES))
    def begin_step(self, name: str, step: str) -> None:
        """A process begins what is due, and what it asks of the outside waits to be let on."""
        process = self._process(name)
        if process is not None and len(self.universe.gates) < MOST_GATES:
            self.do(self.universe.run(process, process.steps[step].run_once(), at_gates=True))

    @precondition(lambda self: self.universe.gates)
    @rule(which=which)
    def let_on(self, which: int) -> None:
        self.do(self._let_on(self.universe.gates[which % len(self.universe.gates)]))

    @precondition(lambda self: self.universe.gates)
    @rule(which=which, name=process_name, by=st.sampled_from(JUMPS))
    def clock_jumps_while_somebody_waits(self, which: int, name: str, by: int) -> None:
        """The clock of a process that waits for an answer jumps, and another worker looks for what is due."""
        process = self.universe.gates[which % len(self.universe.gates)].process
        self._jump(process, by)
        self._work(name)

    @rule(milliseconds=st.sampled_from([SECOND, 5 * SECOND, 40 * SECOND, 3 * MINUTE, 12 * MINUTE, HOUR, 3 * HOUR]))
    def time_passes(self, milliseconds: int) -> None:
        self.do(self.universe.pass_by(milliseconds))

    @rule(name=process_name, by=st.sampled_from((*JUMPS, 0)))
    def clock_jumps(self, name: str, by: int) -> None:
        """A clock is put forward or back; by nought, it is put right."""
        if (process := self._process(name)) is not None:
            self._jump(process, by or -process.clock.wrong_by)

    @rule(name=process_name, step=st.sampled_from(BUSY), calls=st.integers(1, 12),
          what=st.sampled_from(ENDS))  # fmt: skip
    def process(self, name: str, what: str, step: str, calls: int) -> None:
        """A process ends, at once or at a call of the store, or starts; or the store is away or its answer is lost."""
        process = self.universe.processes.get(name)
        if process is None:
            if what == "starts":
                self.do(self.universe.start(name, alone=not self.universe.processes))
        elif what == "dies":
            process.fuse = calls
            self._step(process, step)
            process.fuse = None
        elif what == "is_killed":
            self.do(self.universe.kill(name))
        elif what == "loses_store":
            process.cut_off = not process.cut_off
        elif what == "loses_commit":
            process.loses_commit = True
            self._step(process, step)

    # People

    @rule(name=process_name, person=st.sampled_from([PERSON, PERSON, PERSON + 1]), number=st.integers(1, 3),
          image=st.sampled_from([False, False, True]), card=st.sampled_from([True, True, False]),
          prompt=st.sampled_from(["a red kite", "a blue boat"]))  # fmt: skip
    def order(self, name: str, person: int, image: bool, card: bool, prompt: str, number: int) -> None:
        for _ in range(number):
            if len(self.jobs) < MOST_JOBS:
                self._order(name, f"i:{next(self._keys)}", person, image, prompt, card)

    @precondition(lambda self: self.jobs)
    @rule(name=process_name, which=which, what=st.sampled_from(
        ["cancels", "cancels", "cancels_anothers", "orders_again", "removes", "reposts", "is_forgotten"]))  # fmt: skip
    def person(self, name: str, which: int, what: str) -> None:
        job_id = self._job(which)
        job = self.seen[job_id]
        match what:
            case "cancels":
                by = job["requester_id"]
                self._ask(name, lambda process: process.service.cancel(job_id, by, moderator=False))
            case "cancels_anothers":
                self._ask(name, lambda process: process.service.cancel(job_id, MODERATOR, moderator=True))
            case "orders_again":
                before = len(self.jobs)
                self._order(name, job["request_key"], PERSON, False, "a red kite", True)
                assert len(self.jobs) == before or job["forgotten_at"] is not None, "one command made two jobs"
            case "removes":
                self._ask(name, lambda process: process.clips.remove(job_id, MODERATOR, moderator=True))
            case "reposts":
                origin = self._origin(f"repost-{which % 2}", PERSON)
                self._ask(name, lambda process: process.clips.repost(origin, job_id))
            case "is_forgotten":
                whose = job["requester_id"]
                self._ask(name, lambda process: _personal(process).erase(whose, messages=bool(which % 2)))

    @precondition(lambda self: self.universe.chat.posted)
    @rule(which=which)
    def message_is_deleted(self, which: int) -> None:
        posted = self.universe.chat.posted
        posted[which % len(posted)].deleted = True

    # The provider

    @rule(port=st.sampled_from(sorted(_FAULTS)), which=which)
    def arm(self, port: str, which: int) -> None:
        """The next call of a port goes wrong."""
        kinds = _FAULTS[port]
        waiting = self.universe.faults.setdefault(port, deque())
        if len(waiting) < MOST_FAULTS:
            waiting.append(kinds[which % len(kinds)])

    @precondition(lambda self: self.universe.account.tasks)
    @rule(which=which, name=process_name, told=st.booleans(), how=st.sampled_from(
        ["finishes", "finishes", "finishes", "moderated", "other", "cancelled", "no_output", "vanishes"]))  # fmt: skip
    def task(self, which: int, how: str, told: bool, name: str) -> None:
        task = self._task(which)
        if how == "vanishes":
            task.hidden = not task.hidden
        elif task.status is RemoteStatus.RUNNING:
            match how:
                case "finishes":
                    self.universe.account.finish(task.id)
                case "no_output":
                    task.status, task.consumed = RemoteStatus.COMPLETED, 260_000
                case "cancelled":
                    task.status, task.consumed = RemoteStatus.CANCELLED, 0
                case _:
                    self.universe.account.fail(task.id, FailureReason(how))
        if told:
            self._nudge(name, task.token, task.id)

    @precondition(lambda self: self.jobs)
    @rule(name=process_name, which=which, named=which, whose=st.sampled_from(["a job's", "a job's", "nobody's"]))
    def webhook(self, name: str, which: int, named: int, whose: str) -> None:
        """A word from the provider: early, late, repeated, of another task or of none, or from somebody else."""
        tasks = [*self.universe.account.tasks, "never-made"]
        task_id = tasks[named % len(tasks)]
        if whose == "nobody's":
            assert self._ask(name, lambda process: process.service.nudge("no-such-token", task_id)) is not True
        else:
            self._nudge(name, self.tokens[self._job(which)], task_id)

    @rule()
    def provider_goes_or_comes_back(self) -> None:
        self.universe.account.unavailable = not self.universe.account.unavailable

    @precondition(lambda self: self.universe.wire)
    @rule(which=which)
    def request_arrives_late(self, which: int) -> None:
        _, arrives = self.universe.wire.pop(which % len(self.universe.wire))
        with contextlib.suppress(HistoryUnreadable):
            arrives()

    # The owner

    @precondition(lambda self: self.jobs)
    @rule(name=process_name, which=which, named=which, what=st.sampled_from(
        ["pauses", "resumes", "redelivers", "gives_up", "binds"]))  # fmt: skip
    def owner(self, name: str, which: int, named: int, what: str) -> None:
        job_id = self._job(which)
        match what:
            case "pauses":
                self._ask(name, lambda process: _owner(process).pause(1, ""))
            case "resumes":
                self._ask(name, lambda process: _owner(process).resume(1))
            case "redelivers":
                self._ask(name, lambda process: _owner(process).redeliver(1, job_id))
            case "gives_up":
                self._ask(name, lambda process: _owner(process).abandon(1, job_id))
            case "binds" if self.universe.account.tasks:
                self._ask(name, lambda process: _owner(process).bind(1, job_id, self._task(named).id))

    # What must be true after each of it

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "universe"):
            self.do(self._check())

    async def _check(self) -> None:
        account, chat = self.universe.account, self.universe.chat
        for token, possible in self.universe.possible_posts.items():
            assert possible <= 1, f"two purchases that may both be accepted: {token}"
            made = [task for task in account.tasks.values() if task.token == token]
            assert len(made) <= 1, "bought twice"
        standing = [(one.job_id, one.purpose) for one in chat.posted if not one.deleted]
        assert len(standing) == len(set(standing)), f"delivered twice: {standing}"
        await self._check_jobs()
        await self._check_counters()
        await self._check_histories()

    async def _check_counters(self) -> None:
        """A counter says what the rows say; one of a time that is over may be gone, but for what may be given back."""
        used = dict(await self.probe.rows("SELECT name, used FROM counters"))
        places, spent = (await self.probe.rows(_TOTALS))[0]
        assert used.get(IN_FLIGHT_COUNTER, 0) == places, "jobs in flight"
        assert sum(value for name, value in used.items() if name.startswith("process:usd:")) == spent, "the ledger"
        for name, held, owed_back in await self.probe.rows(_HELD):
            found = used.get(name)
            assert found is not None or not owed_back, f"{name} is gone while {owed_back} may be given back"
            # A forgotten job's holds are gone and still count; after a clock was put back, a period is counted anew.
            loose = self.clocks_were_wrong or any(job["forgotten_at"] is not None for job in self.seen.values())
            assert found is None or found == held or (loose and found >= owed_back), (
                f"{name}: {found} counted, {held} held, {owed_back} may be given back"
            )

    async def _check_jobs(self) -> None:
        rows = await self.probe.rows(f"SELECT {', '.join(_COLUMNS)} FROM jobs ORDER BY number")  # noqa: S608
        jobs = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        bound = [job["task_id"] for job in jobs if job["task_id"] is not None]
        assert len(bound) == len(set(bound)), "one task for two jobs"
        owed: dict[str, list[str]] = {}
        for job_id, purpose in await self.probe.rows("SELECT job_id, purpose FROM deliveries"):
            owed.setdefault(job_id, []).append(purpose)
        for job in jobs:
            self._check_job(job, owed.get(job["id"], []))
            self.seen[job["id"]] = job
            if job["id"] not in self.tokens:
                self.tokens[job["id"]] = job["hook_token"]
                self.jobs.append(job["id"])

    def _check_job(self, job: dict[str, Any], owed: list[str]) -> None:
        state = JobState(job["state"])
        before = self.seen.get(job["id"])
        assert (job["finished_at"] is not None) == (state in ENDED)
        assert job["task_id"] is not None or state not in WITH_TASK
        assert job["card_shown"] <= job["revision"]
        if before is not None:
            was = JobState(before["state"])
            assert was not in ENDED or (state, job["finished_at"]) == (was, before["finished_at"]), "left its end"
            assert job["revision"] >= before["revision"]
            assert job["card_shown"] >= before["card_shown"]
            assert job["attempts"] >= before["attempts"]
            assert before["task_id"] in {None, job["task_id"]}, "changed its task"
        if job["forgotten_at"] is None:
            expected = {JobState.SUCCEEDED: ["result"], JobState.FAILED: ["failure"]}
            told = sorted(purpose for purpose in owed if purpose in {"result", "failure"})
            if state is JobState.CANCELLED:
                by_another = job["failure_reason"] == FailureReason.CANCELLED_BY_MODERATOR
                assert told == (["failure"] if by_another else []), "a cancelled job's message"
            else:
                assert told == expected.get(state, []), f"{state}: {told}"
            assert state is not JobState.ABANDONED or "abandoned" in owed

    async def _check_histories(self) -> None:
        last: dict[str, str | None] = {}
        lines = "SELECT job_id, from_state, to_state FROM job_events ORDER BY number"
        for job_id, source, target in await self.probe.rows(lines):
            assert source == last.get(job_id), f"{job_id}: a step from {source} after {last.get(job_id)}"
            assert source is None or (source, target) in _MOVES, f"{job_id}: from {source} to {target}"
            last[job_id] = target

    # What must come true in the end

    def teardown(self) -> None:
        try:
            if hasattr(self, "universe"):
                self.do(self._heal())
        finally:
            self.do(self._close())
            self._runner.close()

    async def _close(self) -> None:
        if hasattr(self, "universe"):
            for name in list(self.universe.processes):
                await self.universe.kill(name)
        await self._stack.aclose()

    async def _heal(self) -> None:
        """Let everything work again, and see that whoever paid is told of an ending, and nothing is left to do."""
        universe = self.universe
        universe.faults.clear()
        universe.account.unavailable = False
        for process in universe.processes.values():
            process.cut_off = process.loses_commit = False
        while universe.gates:
            await self._let_on(universe.gates[0])
        if not universe.processes:
            await universe.start("a", alone=True)
        process = next(iter(universe.processes.values()))
        await universe.run(process, _owner(process).resume(1))
        await self._end_tasks()
        await self._live_until_quiet()
        await self._redeliver()
        await self._live_until_quiet()
        await self._check()
        await self._check_ends()

    async def _end_tasks(self) -> None:
        for task in self.universe.account.tasks.values():
            assert isinstance(task, Task)
            task.hidden = False
            if task.status is RemoteStatus.RUNNING:
                self.universe.account.finish(task.id)
            # The provider repeats its word of what has ended.
            process = next(iter(self.universe.processes.values()))
            await self.universe.run(process, process.service.nudge(task.token, task.id))

    async def _live_until_quiet(self) -> None:
        universe, step = self.universe, SECOND
        end = universe.time.now() + QUIET_AFTER
        while universe.time.now() < end:
            await self._work_off()
            await self._check()
            rest = await self._rest()
            if rest is None:
                return
            await universe.pass_by(max(rest, step))
            if self.clocks_were_wrong:
                # Where two clocks are a day apart, something is due by one of them in every second of that day.
                step = min(step + step // 10 + SECOND, 10 * MINUTE)
            await self._end_tasks()
        raise AssertionError("it is never quiet")

    async def _work_off(self) -> None:
        universe = self.universe
        for _ in range(12):
            taken = 0
            for process in list(universe.processes.values()):
                for step in STEPS:
                    taken += await universe.run(process, process.steps[step].run_once()) or 0
            if not taken:
                return

    async def _rest(self) -> int | None:
        """Return how long until the next thing is due for the process that comes to it first; None where nothing is."""
        rows = await self.probe.rows(_NEXT)
        clocks = [process.clock.now() for process in self.universe.processes.values()]
        waits = [min(_wait(due, leased or 0, now) for now in clocks) for due, leased in rows]
        assert all(wait <= LONGEST_REST for wait in waits), f"something waits for {max(waits) // SECOND} s"
        return min(waits, default=None)

    async def _redeliver(self) -> None:
        process = next(iter(self.universe.processes.values()))
        lost = "SELECT DISTINCT job_id FROM deliveries JOIN jobs ON jobs.id = job_id"
        where = f"WHERE deliveries.state = 'undeliverable' AND reason <> '{REMOVED}' AND removed_at IS NULL"
        for (job_id,) in await self.probe.rows(f"{lost} {where}"):
            with_refusal = _refusing(_owner(process).redeliver(1, job_id))
            await self.universe.run(process, with_refusal)

    async def _check_ends(self) -> None:
        universe = self.universe
        for job in self.seen.values():
            state = JobState(job["state"])
            assert state in ENDED | {JobState.ABANDONED}, f"{job['id']} is stuck: {state}"
        bound = {job["task_id"] for job in self.seen.values()}
        forgotten = {self.tokens[name] for name, job in self.seen.items() if job["forgotten_at"] is not None}
        made = [task for task in universe.account.tasks.values() if task.token not in forgotten]
        assert [task.id for task in made if task.id not in bound] == [], "paid and lost"
        for delivery_id, state, reason, removed_at in await self.probe.rows(_MESSAGES):
            if state == "delivered":
                assert any(one.delivery_id == delivery_id for one in universe.chat.posted), "delivered, and never was"
            else:
                assert state == "undeliverable", f"{delivery_id} is stuck: {state}"
                assert removed_at is not None or reason == "history_unreadable", reason

    # The machinery of the rules

    def _job(self, which: int) -> str:
        return self.jobs[which % len(self.jobs)]

    def _task(self, which: int) -> Task:
        tasks = list(self.universe.account.tasks.values())
        task = tasks[which % len(tasks)]
        assert isinstance(task, Task)
        return task

    def _process(self, name: str) -> Process | None:
        """Return the process of that name, or the other where it is not alive."""
        alive = self.universe.processes
        return alive.get(name) or next(iter(alive.values()), None)

    def _work(self, name: str) -> None:
        for step in STEPS:
            if (process := self._process(name)) is not None:
                self._step(process, step)

    def _jump(self, process: Process, by: int) -> None:
        process.clock.wrong_by += by
        self.clocks_were_wrong = True

    def _origin(self, key: str, person: int) -> Origin:
        self.universe.asked_at.setdefault(key, self.universe.time.now())
        place = Place(guild_id=GUILD, channel_id=CHANNEL, upload_limit=10 * 1024 * 1024)
        return Origin(request_key=key, requester_id=person, place=place)

    def _step(self, process: Process, step: str) -> None:
        self.do(self.universe.run(process, process.steps[step].run_once()))

    async def _let_on(self, gate: Gate) -> None:
        if not gate.opened.done():
            gate.opened.set_result(True)
        await self.universe.quiet()

    def _ask(self, name: str, asked: Callable[[Process], Awaitable[T]]) -> T | None:
        process = self._process(name)
        return None if process is None else self.do(self.universe.run(process, _refusing(asked(process))))

    def _nudge(self, name: str, token: str, task_id: str) -> None:
        self._ask(name, lambda process: process.service.nudge(token, task_id))

    def _order(self, name: str, key: str, person: int, image: bool, prompt: str, card: bool) -> None:
        request = VideoRequest(asked=VideoAsked(prompt=prompt, image=image), files=(_PICTURE,) if image else ())

        async def ordered(process: Process) -> None:
            submitted = await process.service.submit(self._origin(key, person), request)
            if card and not submitted.repeated:
                await process.service.card_posted(submitted, MessageRef(CHANNEL, next(self._cards)))

        self._ask(name, ordered)
        self.do(self._check_jobs())


_COLUMNS: Final = (
    "id", "request_key", "requester_id", "state", "revision", "card_shown", "attempts", "task_id", "hook_token",
    "finished_at", "failure_reason", "forgotten_at", "removed_at",
)  # fmt: skip
_MESSAGES: Final = """
    SELECT deliveries.id, deliveries.state, reason, jobs.removed_at
    FROM deliveries JOIN jobs ON jobs.id = job_id
    WHERE jobs.forgotten_at IS NULL
"""
_TOTALS: Final = """
    SELECT (SELECT COUNT(*) FROM jobs WHERE state IN ('submitting', 'submit_unknown', 'running', 'overdue')),
        (SELECT COALESCE(SUM(COALESCE(consumed_microusd, reserved_microusd)), 0) FROM charges)
"""
_HELD: Final = """
    SELECT counter,
        SUM(CASE WHEN quota_held = 1 OR holds.kind IN ('money', 'place') THEN amount ELSE 0 END),
        SUM(CASE WHEN quota_held = 1 AND state NOT IN ('succeeded', 'failed', 'cancelled') THEN amount ELSE 0 END)
    FROM holds JOIN jobs ON jobs.id = job_id GROUP BY counter
"""
_NEXT: Final = """
    SELECT due_at, lease_until FROM jobs WHERE due_at IS NOT NULL AND state NOT IN ('failed', 'cancelled')
    UNION ALL
    SELECT 0, lease_until FROM jobs WHERE state = 'submitting'
    UNION ALL
    SELECT deliveries.due_at, deliveries.lease_until FROM deliveries WHERE state IN ('pending', 'sending')
    UNION ALL
    SELECT 0, card_rests_until FROM jobs WHERE card_shown < revision AND card_message_id IS NOT NULL
"""


def _personal(process: Process) -> PersonalData:
    limits = OperatorLimits(allowance=Allowance(), retention_days=None)
    return PersonalData(process.store, limits, process.clock, Wakes())


def _owner(process: Process) -> OwnerService:
    missing: Any = None
    return OwnerService(
        process.store, process.ports, missing, process.clock, Wakes(), in_flight_limit=3, month_ceiling=None,
        process=missing, sync=missing,
    )  # fmt: skip


def _wait(due: int, leased: int, now: int) -> int:
    """Return for how long a process at whose clock it is `now` may not take what is due and leased so."""
    return max(0, due - now, leased - now if leased <= now + schedule.FURTHEST_LEASE else 0)


async def _refusing(asked: Awaitable[T]) -> T | None:
    """Ask for something that may be refused in so many words, or that the store does not take now."""
    try:
        return await asked
    except (Refused, StoreUnavailable):
        return None


def on_sqlite(migrated: Path) -> Opening:
    """Return what opens a copy of a migrated file, in memory where the machine has room for files there."""
    memory = Path("/dev/shm")
    folder = memory if memory.is_dir() else None

    @asynccontextmanager
    async def opening() -> AsyncIterator[tuple[Sequence[Store], Probe]]:
        with tempfile.TemporaryDirectory(dir=folder) as directory:
            url = f"sqlite:///{shutil.copy(migrated, Path(directory) / 'egret.db')}"
            async with open_store(url, Path(directory), ManualClock()) as store, Probe.of(url) as probe:
                yield (store, store), probe

    return opening


def on_postgres(url: str) -> Opening:
    """Return what empties a migrated database and opens it twice, as two processes do."""

    @asynccontextmanager
    async def opening() -> AsyncIterator[tuple[Sequence[Store], Probe]]:
        nowhere = Path()
        async with Probe.of(url) as probe:
            for table in TABLES:
                await probe.rows(f"DELETE FROM {table}")  # noqa: S608 - names of our own
            async with (
                open_store(url, nowhere, ManualClock()) as one,
                open_store(url, nowhere, ManualClock()) as other,
            ):
                yield (one, other), probe

    return opening


@dataclass(frozen=True)
class Budget:
    """How much is tried.

    Attributes:
        seed: where chance begins; None for the same examples each time.
    """

    examples: int
    steps: int
    seed: int | None = None


def perform(opening: Opening, budget: Budget) -> int:
    """Try orders of events; the first that breaks a promise is raised, as short as it can be made.

    Returns:
        How many events were tried.
    """
    tried = 0

    class Counted(AnyOrder):
        @override
        async def _check(self) -> None:
            nonlocal tried
            tried += 1
            await super()._check()

    Counted.opening = staticmethod(opening)
    Counted.__name__ = AnyOrder.__name__
    run_state_machine_as_test(
        Counted if budget.seed is None else seed(budget.seed)(Counted),
        settings=settings(
            max_examples=budget.examples,
            stateful_step_count=budget.steps,
            deadline=None,
            derandomize=budget.seed is None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return tried
