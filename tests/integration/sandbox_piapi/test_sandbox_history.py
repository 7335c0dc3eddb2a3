"""The task history, which has less than a task and other words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.piapi import Scenario

if TYPE_CHECKING:
    from sandbox.piapi import PiapiControl


async def rows(client: Any, **query: Any) -> list[dict[str, Any]]:
    answer = await client.call("GET", "/api/open/tasks/histories", params=query)
    assert answer.status == 200, answer.content
    return answer.data["data"]


async def test_a_finished_task_reads_finished_and_shows_no_prompt(
    client: Any, make: Any, control: PiapiControl
) -> None:
    task_id = await client.created(make.video("a secret egret"))
    ended = await control.wait(task_id, "ended")

    (row,) = await rows(client, model="kling")

    assert row["status"] == "finished"
    assert row["detail"] == {
        "model": "kling",
        "output": ended.output_url,
        "task_id": task_id,
        "task_type": "video_generation",
    }
    assert (row["action"], row["task_model"]) == ("video_generation", "kling")
    assert "secret" not in str(row)


async def test_pages_run_from_one_newest_first_without_gap_or_repeat(
    client: Any, make: Any, control: PiapiControl
) -> None:
    await control.set_speed(None, None)
    made = [await client.created(make.video()) for _ in range(12)]

    first, second, third = [await rows(client, page=page) for page in (1, 2, 3)]

    assert (len(first), len(second), third) == (10, 2, [])
    assert [row["task_id"] for row in first + second] == made[::-1]
    assert len(await rows(client, page_size=100)) == 12


@pytest.mark.parametrize("query", [{"page_size": 101}, {"page_size": 0}, {"page": 0}, {"start_time": "noon"}])
async def test_a_bad_query_is_an_error(client: Any, query: dict[str, Any]) -> None:
    answer = await client.call("GET", "/api/open/tasks/histories", params=query)

    assert (answer.status, answer.json["code"]) == (400, 400)


async def test_times_and_model_select(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_speed(None, None)
    early = await client.created(make.video())
    start = int((await control.task(early)).created_at)
    await control.advance(1000)
    turbo = {**make.video(version="2.5-turbo", mode="pro"), "model": "kling-turbo"}
    late = await client.created(turbo)

    async def listed(**query: Any) -> list[str]:
        return [row["task_id"] for row in await rows(client, **query)]

    assert await listed(end_time=start + 500) == [early]
    assert await listed(start_time=start + 500) == [late]
    assert await listed(model="kling-turbo") == [late]
    assert await listed(model="kling", start_time=start + 500) == []


async def test_the_history_may_lag_behind(client: Any, make: Any, control: PiapiControl) -> None:
    await control.set_speed(None, None)
    await control.play(Scenario.HISTORY_DELAYED, seconds=100)
    task_id = await client.created(make.video())

    before = await rows(client)
    await control.advance(100)

    assert before == []
    assert [row["task_id"] for row in await rows(client)] == [task_id]


async def test_the_history_may_never_list_a_task(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.HISTORY_MISSING)
    await client.created(make.video())

    assert await rows(client) == []


async def test_a_task_whose_create_answer_was_lost_is_listed(client: Any, make: Any, control: PiapiControl) -> None:
    await control.play(Scenario.CREATED_500)
    await client.create(make.video())

    assert [row["task_id"] for row in await rows(client)] == [task.task_id for task in await control.tasks()]
