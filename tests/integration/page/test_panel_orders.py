"""Orders to the real bot as the panel sees them: both promises, and each order's history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.integration.page.panel_bench import REAL_BOT, Panel, counts, panel_of

SECONDS = 40.0


async def order(panel: Panel, prompt: str, who: str = "mira") -> None:
    outcome = await panel.stage.person(who, "clips").run("video", {"prompt": prompt}, timeout_seconds=SECONDS)
    assert outcome.message is not None


def settled(total: int) -> Any:
    return lambda now: counts(now, "All")[0] == total and counts(now, "On the way")[0] == 0


def words(history: dict[str, Any]) -> list[str]:
    return [line["words"] for line in history["lines"]]


async def test_a_killed_bot_keeps_both_promises_and_its_history_can_be_read_meanwhile(tmp_path: Path) -> None:
    async with panel_of(tmp_path, *REAL_BOT) as panel:
        await panel.done("/pace", {"pace": "by-hand"})
        await panel.done("/bot/start")
        await panel.until(lambda now: now["bot"]["state"] == "running")
        await panel.done("/next", {"course": "created-dropped"})
        await order(panel, "a heron wades")
        asked = await panel.until(lambda now: len(now["tasks"]) == 1)
        await panel.done("/bot/kill")
        [task] = (await panel.until(lambda now: now["orders"] and now["bot"]["state"] == "killed"))["tasks"]
        await panel.done(f"/tasks/{task['id']}/finish")
        dead = await panel.state()
        meanwhile = (await panel.get(f"/orders/{task['order']}")).body
        await panel.done("/bot/start")
        alive = await panel.until(settled(1))
        history = (await panel.get(f"/orders/{task['order']}")).body

    assert counts(asked, "On the way") == (1, 1, 0)
    assert counts(dead, "On the way") == (1, 1, 0)
    assert meanwhile["lines"][0]["words"] == "Somebody asked for it, and it was written down."
    assert not meanwhile["settled"]
    assert counts(alive, "Ended with a clip") == counts(alive, "All") == (1, 1, 1)
    assert alive["promises"]["broken"] == []
    assert all(line["kept"] for line in alive["promises"]["counts"])
    [shown] = alive["orders"]
    assert (shown["who"], shown["where"], shown["prompt"]) == ("Mira", "clips", "a heron wades")
    assert (shown["tasks"], shown["clips"], shown["state_words"]) == (1, 1, "Done: the clip is posted")
    told = words(history)
    assert told[0] == "Somebody asked for it, and it was written down."
    assert "The task was found at the provider: it had been bought after all." in told
    assert told[-1] == "Posted the clip in #clips."
    assert [line["at"] for line in history["lines"]] == sorted(line["at"] for line in history["lines"])
    [call, *_] = alive["tasks"][0]["webhooks"]
    assert call["words"] == "Said “done”: no answer, nobody was there"
    assert not call["ok"]


async def test_orders_end_as_they_were_told_to_and_are_told_apart(tmp_path: Path) -> None:
    async with panel_of(tmp_path, *REAL_BOT) as panel:
        await panel.done("/pace", {"pace": "fast"})
        await panel.done("/bot/start")
        await panel.until(lambda now: now["bot"]["state"] == "running")
        await order(panel, "a red kite")
        await panel.until(settled(1))
        await panel.done("/next", {"course": "moderated"})
        await order(panel, "four geese", who="theo")
        await panel.until(settled(2))
        await panel.done("/next", {"course": "webhook-duplicated"})
        await order(panel, "a storm rolls in")
        state = await panel.until(
            lambda now: settled(3)(now) and all(len(task["webhooks"]) == 3 for task in now["tasks"][:1])
        )
        histories = [(await panel.get(f"/orders/{one['id']}")).body for one in state["orders"]]
        stranger = await panel.get("/orders/zzzzzz")
        known = (await panel.get(f"/state?known={(await panel.state())['version']}")).body
        tokens = [task.endpoint.rpartition("/")[2] for task in await panel.stage.provider.tasks()]

    assert counts(state, "Ended with a clip") == (2, 2, 2)
    assert counts(state, "Ended without a clip") == (1, 1, 0)
    assert state["promises"]["broken"] == []
    assert [(one["who"], one["clips"], one["state_words"]) for one in state["orders"]] == [
        ("Mira", 1, "Done: the clip is posted"),
        ("Theo", 0, "Ended without a clip: moderation"),
        ("Mira", 1, "Done: the clip is posted"),
    ]
    assert [(task["order"], task["charged_usd"]) for task in state["tasks"]] == [
        (one["id"], charged) for one, charged in zip(state["orders"], (0.26, 0.0, 0.26), strict=True)
    ]
    assert state["tasks"][0]["webhook_words"] == "3 calls, the last was answered 204"
    assert "The provider says that it failed (moderation). Ended without a clip." in words(histories[1])
    assert "Posted the message that says why there is no clip in #clips." in words(histories[1])
    assert words(histories[0])[-1] == "Posted the clip in #clips."
    assert (stranger.status, stranger.error) == (404, "The bot knows no order zzzzzz.")
    assert set(known) == {"version", "now"}
    assert len(set(tokens)) == 3
    assert not any(token in repr((state, histories)) for token in tokens)


async def test_a_clip_that_somebody_posts_twice_breaks_a_promise_but_one_that_is_deleted_does_not(
    tmp_path: Path,
) -> None:
    async with panel_of(tmp_path, *REAL_BOT) as panel:
        await panel.done("/pace", {"pace": "fast"})
        await panel.done("/bot/start")
        await panel.until(lambda now: now["bot"]["state"] == "running")
        await order(panel, "a red kite")
        await panel.until(settled(1))
        discord = panel.stage.discord
        [clip] = [message for message in await discord.messages("clips") if message.attachments]
        await discord.delete_message(clip.id)
        deleted = await panel.state()
        [shown] = deleted["orders"]
        address = f"{panel.stage.addresses.discord.api_url}/channels/{clip.channel_id}/messages"
        [naming] = [one.custom_id for one in clip.clickables if one.custom_id.count(":") == 3]
        row = {"type": 1, "components": [_button(naming)]}
        async with discord.session.post(
            address,
            json={"content": "the same once more", "components": [row]},
            headers={"Authorization": f"Bot {panel.stage.addresses.discord.token}"},
        ) as answer:
            posted = answer.status
        twice = await panel.state()

    assert deleted["promises"]["broken"] == []
    assert counts(deleted, "All") == (1, 1, 1)
    assert posted == 200
    assert twice["promises"]["broken"] == [f"The clip of order {shown['id']} was posted 2 times."]
    assert counts(twice, "Ended with a clip") == (1, 1, 2)
    assert [line["kept"] for line in twice["promises"]["counts"]] == [True, False, True, False]


def _button(custom_id: str) -> dict[str, object]:
    return {"type": 2, "style": 2, "label": "x", "custom_id": custom_id}
