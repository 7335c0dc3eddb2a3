"""The provider's side of the panel: courses, pace, money and tasks, without a bot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.piapi import Scenario
from tests.integration.page.panel_bench import panel_of

PACES = {
    "fast": (0.0, 0.5),
    "usual": (0.5, 3.0),
    "easy": (2.0, 4.0),
    "slow": (5.0, 30.0),
    "by-hand": (None, None),
}


async def test_everything_the_provider_can_do_is_offered_once_and_in_words(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        chapters = (await panel.get("/choices")).body["chapters"]

    courses = [course for chapter in chapters for course in chapter["courses"]]
    assert sorted(course["id"] for course in courses) == sorted(scenario.value for scenario in Scenario)
    assert len({course["name"] for course in courses}) == len(courses)
    assert all(course["line"].endswith(".") for course in courses)


async def test_a_chosen_course_is_played_by_the_next_tasks_and_by_no_more(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/pace", {"pace": "fast"})
        await panel.done("/next", {"course": "fails", "times": 2})
        waiting = (await panel.state())["provider"]["waiting"]
        for prompt in ("one", "two", "three"):
            await panel.create(prompt)
        state = await panel.until(lambda now: all(task["ended"] for task in now["tasks"]))

    assert waiting == [{"words": "Fails", "times": 2, "seconds": None, "kind": ""}]
    assert [(task["prompt"], task["state"], task["courses"]) for task in state["tasks"]] == [
        ("three", "completed", []),
        ("two", "failed", ["Fails"]),
        ("one", "failed", ["Fails"]),
    ]
    assert state["provider"]["waiting"] == []
    assert state["tasks"][1]["error"] == "unknown error, please contact support: request timed out"
    assert state["tasks"][1]["charged_usd"] == 0.0


async def test_a_course_takes_its_own_number_of_seconds_unless_another_is_given(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/next", {"course": "slow"})
        await panel.done("/next", {"course": "rate-limited", "seconds": 90})
        waiting = (await panel.state())["provider"]["waiting"]
        await panel.create("one")
        status, task = await panel.create("two")

    assert [(one["words"], one["seconds"]) for one in waiting] == [
        ("Is slow", 20.0),
        ("Is refused: too many requests (429)", 90.0),
    ]
    assert (status, task) == (429, "")


async def test_a_missing_face_waits_for_a_lip_sync(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/next", {"course": "no-face"})
        await panel.create("a clip")
        waiting = (await panel.state())["provider"]["waiting"]

    assert waiting == [{"words": "Finds no face", "times": 1, "seconds": None, "kind": "Lip-sync"}]


async def test_what_waits_can_be_forgotten(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/next", {"course": "busy", "times": None})
        refused, _ = await panel.create("one")
        await panel.done("/next/forget")
        taken, _ = await panel.create("two")
        waiting = (await panel.state())["provider"]["waiting"]

    assert (refused, taken) == (500, 200)
    assert waiting == []


async def test_the_pace_that_a_stage_begins_with_has_a_name(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        shown = (await panel.state())["provider"]["pace"]

    assert shown == "usual"


@pytest.mark.parametrize("pace", PACES)
async def test_the_pace_is_what_was_chosen(tmp_path: Path, pace: str) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/pace", {"pace": pace})
        options = await panel.stage.provider.options()
        shown = (await panel.state())["provider"]["pace"]

    assert shown == pace
    assert (options.pending_seconds, options.processing_seconds) == PACES[pace]


async def test_by_hand_a_task_ends_when_it_is_told_to(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/pace", {"pace": "by-hand"})
        _, done = await panel.create("one")
        _, undone = await panel.create("two")
        before = {task["id"]: task["state_words"] for task in (await panel.state())["tasks"]}
        await panel.done(f"/tasks/{done}/finish")
        await panel.done(f"/tasks/{undone}/fail")
        again = await panel.post(f"/tasks/{done}/finish")
        after = {task["id"]: task for task in (await panel.state())["tasks"]}

    assert before == {done: "Waiting", undone: "Waiting"}
    assert (after[done]["state_words"], after[undone]["state_words"]) == ("Done", "Failed")
    assert after[undone]["error"].endswith("failed by hand")
    assert (again.status, again.error) == (409, "The task is completed already.")


async def test_a_clip_can_be_followed_until_it_is_told_to_expire(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/pace", {"pace": "fast"})
        _, task = await panel.create("one")
        state = await panel.until(lambda now: bool(now["tasks"]) and bool(now["tasks"][0]["clip"]))
        clip = state["tasks"][0]["clip"]
        async with panel.session.get(clip) as answer:
            there = (answer.status, answer.content_type)
        await panel.done(f"/tasks/{task}/expire")
        async with panel.session.get(clip) as answer:
            gone = answer.status

    assert there == (200, "video/mp4")
    assert gone == 403


async def test_money_is_shown_and_set_and_an_empty_account_buys_nothing(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/balance", {"usd": 0.3})
        shown = (await panel.state())["provider"]["available_usd"]
        bought, _ = await panel.create("one")
        refused, _ = await panel.create("two")

    assert shown == 0.3
    assert (bought, refused) == (200, 500)


async def test_only_the_time_runs_on_while_nothing_changes(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.done("/pace", {"pace": "by-hand"})
        first = await panel.state()
        second = (await panel.get(f"/state?known={first['version']}")).body
        await panel.create("one")
        third = (await panel.get(f"/state?known={first['version']}")).body

    assert set(second) == {"version", "now"}
    assert second["version"] == first["version"]
    assert second["now"] > first["now"]
    assert third["version"] != first["version"]
    assert [task["prompt"] for task in third["tasks"]] == ["one"]


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/next", {"course": "sloww"}, 400, "The provider knows no course called “sloww”."),
        ("/next", {}, 400, "The course is missing."),
        ("/next", {"course": 7}, 400, "The course must be text."),
        ("/next", {"course": "slow", "times": 0}, 400, "The number of tasks must be at least 1."),
        ("/next", {"course": "slow", "times": 101}, 400, "The number of tasks must be at most 100."),
        ("/next", {"course": "slow", "times": 1.5}, 400, "The number of tasks must be a number."),
        ("/next", {"course": "slow", "seconds": -1}, 400, "The number of seconds must be at least 0."),
        ("/next", {"course": "slow", "seconds": ""}, 400, "The number of seconds must be a number."),
        ("/next", '{"course": "slow", "seconds": NaN}', 400, "The number of seconds must be a number."),
        ("/next", {"course": "fails", "seconds": 3}, 400, "“Fails” takes no number of seconds."),
        ("/next", {"course": "fails", "when": "now"}, 400, "There is nothing called “when” to choose."),
        ("/next", "{", 400, "That is not JSON."),
        ("/next", "[]", 400, "That is not a JSON object."),
        ("/pace", {"pace": "quick"}, 400, "The provider knows no pace called “quick”."),
        ("/balance", {"usd": -4}, 400, "The balance must be at least 0."),
        ("/balance", {"usd": "much"}, 400, "The balance must be a number."),
        ("/tasks/none/finish", {}, 404, "The provider knows no such task."),
        ("/tasks/none/webhook", {"secret": "x"}, 400, "There is nothing called “secret” to choose."),
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(
    tmp_path: Path, path: str, body: object, status: int, words: str
) -> None:
    async with panel_of(tmp_path) as panel:
        before = await panel.state()
        answer = await panel.post(path, body)
        after = await panel.state()

    assert (answer.status, answer.error) == (status, words)
    assert after["version"] == before["version"]


async def test_only_json_from_the_page_itself_changes_anything(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        order = {"course": "busy"}
        stranger = await panel.post("/next", order, Origin="http://elsewhere.example")
        form = await panel.post("/next", json.dumps(order), **{"Content-Type": "text/plain"})
        waiting = (await panel.state())["provider"]["waiting"]

    assert stranger.status == 403
    assert (form.status, form.error) == (415, "This takes JSON only.")
    assert waiting == []


async def test_a_task_that_nobody_ordered_breaks_a_promise_for_good(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        before = (await panel.state())["promises"]
        _, task = await panel.create("behind everybody's back")
        after = (await panel.state())["promises"]

    assert (before["broken"], before["counts"][-1]["kept"]) == ([], True)
    assert after["broken"] == [f"Task {task[:8]} was bought, and nobody ordered it."]
    assert (after["counts"][-1]["tasks"], after["counts"][-1]["kept"]) == (1, False)


async def test_services_that_are_gone_are_named(tmp_path: Path) -> None:
    async with panel_of(tmp_path) as panel:
        await panel.stage.services.kill()
        answer = await panel.get("/state")

    assert (answer.status, answer.error) == (502, "The local services do not answer.")
