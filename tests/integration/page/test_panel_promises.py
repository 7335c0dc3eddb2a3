"""What the panel calls a broken promise, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.page.panel.bot_file import Order, Posting
from sandbox.page.panel.promises import Evidence, Verdict, judged
from sandbox.piapi.control_views import TaskView
from sandbox.seen import SeenMessage
from tests.integration.stage import stage_samples as samples

CHANNEL = samples.CHANNEL
RESULT = Posting(
    id="d1",
    purpose="result",
    state="delivered",
    created_at=5,
    first_attempt_at=6,
    attempts=1,
    message_channel_id=CHANNEL,
    message_id=11,
    reason="",
)
DONE = Order(
    id="k3f9x2",
    kind="video",
    state="succeeded",
    words="a kite",
    hook_token="token-1",
    task_id="task-1",
    requester_id=samples.MIRA,
    channel_id=CHANNEL,
    card_id=10,
    created_at=1,
    finished_at=5,
    failure_reason=None,
    cancel_requested=False,
    postings=(RESULT,),
)
RUNNING = replace(DONE, state="running", finished_at=None, postings=())
FAILED = replace(DONE, state="failed", postings=(replace(RESULT, purpose="failure"),))


def task(number: str = "task-1", token: str = "token-1") -> TaskView:
    return samples.task(task_id=number, endpoint=f"http://127.0.0.1:1/webhooks/piapi/{token}")


def clip(number: int = 11, posting: str = "d1", **more: Any) -> SeenMessage:
    buttons = [
        {
            "type": 1,
            "components": [{"type": 2, "style": 2, "label": "x", "custom_id": f"egret:details:k3f9x2:{posting}"}],
        }
    ]
    return samples.message(number, files=(samples.clip_file(),), components=buttons, **more)


def verdict(
    *orders: Order, tasks: Any = (), messages: Any = (), before: Any = None, channels: Any = (CHANNEL,)
) -> Verdict:
    stood = orders if before is None else before
    return judged(Evidence(before=stood, tasks=tasks, messages=messages, channels=channels, orders=orders))


def kept(found: Verdict) -> list[bool]:
    return [count.kept for count in found.counts]


def test_an_order_with_one_task_and_one_clip_keeps_both_promises() -> None:
    found = verdict(DONE, tasks=[task()], messages=[clip()])

    assert found.broken == ()
    assert [(one.name, one.orders, one.tasks, one.clips, one.kept) for one in found.counts] == [
        ("On the way", 0, 0, 0, True),
        ("Ended with a clip", 1, 1, 1, True),
        ("Ended without a clip", 0, 0, 0, True),
        ("All", 1, 1, 1, True),
    ]


def test_two_tasks_for_one_order_are_paid_twice() -> None:
    found = verdict(DONE, tasks=[task(), task("task-2")], messages=[clip()])

    assert found.broken == ("Order k3f9x2 was bought 2 times.",)
    assert kept(found) == [True, False, True, False]


def test_two_messages_with_one_clip_are_delivered_twice() -> None:
    found = verdict(DONE, tasks=[task()], messages=[clip(), clip(12)])

    assert found.broken == ("The clip of order k3f9x2 was posted 2 times.",)
    assert kept(found) == [True, False, True, False]


def test_a_clip_that_nobody_owed_is_one_too_many() -> None:
    found = verdict(DONE, tasks=[task()], messages=[clip(), clip(12, posting="d9")])

    assert found.broken == ("The clip of order k3f9x2 was posted 2 times.",)


def test_a_clip_posted_once_more_on_purpose_is_none_too_many() -> None:
    repost = replace(RESULT, id="d2", purpose="repost:77", message_id=12)
    found = verdict(replace(DONE, postings=(RESULT, repost)), tasks=[task()], messages=[clip(), clip(12, posting="d2")])

    assert (found.broken, found.counts[-1].clips) == ((), 1)


def test_an_answer_that_only_one_person_sees_is_no_delivery() -> None:
    found = verdict(DONE, tasks=[task()], messages=[clip(), clip(12, posting="d9", only_for=samples.MIRA)])

    assert (found.broken, found.counts[-1].clips) == ((), 1)


def test_a_clip_whose_buttons_were_taken_away_is_still_there() -> None:
    plain = samples.message(11, files=(samples.clip_file(),))

    assert verdict(DONE, tasks=[task()], messages=[plain]).broken == ()


def test_a_clip_that_is_not_where_it_is_said_to_be_is_missed_unless_its_channel_is_gone() -> None:
    missed = verdict(DONE, tasks=[task()])
    gone = verdict(DONE, tasks=[task()], channels=())

    assert missed.broken == ("Order k3f9x2 is said to have been delivered, but its channel shows nothing.",)
    assert gone.broken == ()


def test_a_clip_without_a_task_was_never_bought() -> None:
    found = verdict(DONE, messages=[clip()])

    assert found.broken == ("Order k3f9x2 has its clip, but the provider never made a task for it.",)


def test_a_task_without_an_order_was_bought_for_nobody() -> None:
    found = verdict(DONE, tasks=[task(), task("stranger", "token-9")], messages=[clip()])

    assert found.broken == ("Task stranger was bought, and nobody ordered it.",)
    assert kept(found) == [True, True, True, False]


def test_an_order_on_its_way_may_have_its_task_and_its_clip_or_not_yet() -> None:
    for tasks, messages in (([], []), ([task()], []), ([task()], [clip()])):
        found = verdict(RUNNING, tasks=tasks, messages=messages)
        assert (found.broken, kept(found)) == ((), [True] * 4)


def test_what_was_delivered_while_it_was_being_counted_is_not_missed() -> None:
    found = verdict(DONE, before=[RUNNING], tasks=[task()])

    assert (found.broken, kept(found)) == ((), [True] * 4)
    assert found.counts[0].orders == 1


def test_an_order_that_failed_may_have_cost_a_task_but_brings_no_clip() -> None:
    message = samples.message(11, "it failed")
    fine = verdict(FAILED, tasks=[task()], messages=[message])
    wrong = verdict(FAILED, tasks=[task()], messages=[message, clip(12, posting="d9")])

    assert (fine.broken, kept(fine)) == ((), [True] * 4)
    assert wrong.broken == ("Order k3f9x2 ended without a clip, and yet one was posted.",)
    assert kept(wrong) == [True, True, False, False]


def test_a_message_about_a_failure_comes_once_too() -> None:
    found = verdict(FAILED, tasks=[task()], messages=[samples.message(11, "it failed"), _about("d1")])

    assert found.broken == ("A message about order k3f9x2 was posted 2 times.",)


def test_a_task_whose_webhook_is_hidden_belongs_to_the_order_that_names_it() -> None:
    found = verdict(DONE, tasks=[samples.task(task_id="task-1")], messages=[clip()])

    assert found.broken == ()
    assert found.order_of == {"task-1": "k3f9x2"}


def _about(posting: str) -> SeenMessage:
    row = {
        "type": 1,
        "components": [{"type": 2, "style": 2, "label": "x", "custom_id": f"egret:again:k3f9x2:{posting}"}],
    }
    return samples.message(12, "it failed", components=[row])
