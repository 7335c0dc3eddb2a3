"""The tour's judgement: every broken promise is named, and a kept one is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.tour.checks import Evidence, complaints
from sandbox.tour.orders import Ending, Order, Purchase
from tests.integration.stage.stage_samples import MIRA, PEOPLE, THEO, clip_file, message, task

CARD = 10
DONE = "your clip is ready\n-# $0.26 · #k3f9x2"


def order(*, ending=Ending.CLIP, buys=1, prompt="a kite", title="a clip", card=CARD, **more) -> Order:
    shown = message(card, "card", only_for=MIRA if ending is Ending.PRIVATE else None)
    purchase = Purchase("video_generation", {"prompt": prompt})
    return Order(title=title, slug="clip", who="mira", ending=ending, purchase=purchase, buys=buys, card=shown, **more)


def result(number=11, content=DONE, **more):
    given = {"files": (clip_file(),), "reply_to": CARD, "pinged": (MIRA,), **more}
    return message(number, content, **given)


def kept() -> Evidence:
    return Evidence(orders=[order()], tasks=[task()], messages=[message(CARD, "card"), result()], people=PEOPLE)


def test_nothing_is_wrong_where_every_promise_is_kept() -> None:
    assert complaints(kept()) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tasks": []}, "a clip: the provider has 0 tasks instead of 1"),
        ({"tasks": [task(), task()]}, "a clip: the provider has 2 tasks instead of 1"),
        ({"messages": []}, "a clip: 0 messages ended it instead of one"),
        ({"messages": [result(), result(12)]}, "a clip: 2 messages ended it instead of one"),
        ({"messages": [result(files=())]}, "a clip: the message that ended it carries 0 clips instead of 1"),
        (
            {"messages": [result(files=(clip_file(), clip_file("b.mp4", id="2")))]},
            "a clip: the message that ended it carries 2 clips instead of 1",
        ),
        ({"messages": [result(pinged=(THEO,))]}, "a clip: it did not notify mira and nobody else"),
        ({"messages": [result(pinged=(MIRA, THEO))]}, "a clip: it did not notify mira and nobody else"),
        (
            {"messages": [result(files=(clip_file(description=""),))]},
            "a clip: the clip has no description for those who cannot see it",
        ),
        ({"messages": [result(content="it is ready · $0.46")]}, "a clip: it says $0.46, the provider charged $0.26"),
        ({"messages": [result(content="it is ready")]}, "a clip: it says no amount, the provider charged $0.26"),
        ({"measured": {"clip": ["it is 4 s long"]}}, "a clip: the clip is wrong: it is 4 s long"),
        ({"problems": ["Discord: x"]}, "a request no careful bot sends: Discord: x"),
        ({"exit_code": -9}, "asked to stop, the bot ended with exit code -9 instead of 0"),
    ],
)
def test_a_broken_promise_is_named(changes, sentence) -> None:
    assert complaints(replace(kept(), **changes)) == [sentence]


def test_a_task_that_nobody_ordered_is_named() -> None:
    found = complaints(replace(kept(), tasks=[task(), task("a boat")]))

    assert found == ["the provider has a task that nobody ordered: video_generation {'prompt': 'a boat'}"]


def test_a_clip_that_answers_no_command_is_named() -> None:
    found = complaints(replace(kept(), messages=[result(), result(12, "again", reply_to=None)]))

    assert found == ["the channel has a clip that answers no command: 'again'"]


def test_orders_alike_share_their_tasks() -> None:
    alike = [order(), order(card=20, title="another")]
    messages = [result(), result(21, reply_to=20)]
    evidence = Evidence(orders=alike, tasks=[task(), task()], messages=messages, people=PEOPLE)

    assert complaints(evidence) == []
    assert complaints(replace(evidence, tasks=[task()] * 3)) == [
        "a clip: the provider has 3 tasks for 2 orders alike instead of 2",
        "another: the provider has 3 tasks for 2 orders alike instead of 2",
    ]


def test_a_failure_is_one_message_without_a_clip_that_names_no_cost_that_was_not() -> None:
    failed = order(ending=Ending.FAILURE, buys=0)
    told = result(content="refused. Nothing was charged.", files=())
    evidence = Evidence(orders=[failed], tasks=[], messages=[told], people=PEOPLE)

    assert complaints(evidence) == []
    assert complaints(replace(evidence, messages=[result(content="refused, $0.26", files=())])) == [
        "a clip: it says $0.26, the provider charged $0.00"
    ]
    assert complaints(replace(evidence, messages=[])) == ["a clip: 0 messages ended it instead of one"]


def test_a_cancelled_job_ends_with_its_card_alone() -> None:
    cancelled = order(ending=Ending.CARD_ONLY)
    evidence = Evidence(orders=[cancelled], tasks=[task(charged=0.0)], messages=[message(CARD)], people=PEOPLE)

    assert complaints(evidence) == []
    assert complaints(replace(evidence, messages=[result(content="cancelled", files=())])) == [
        "a clip: it was to end with its card alone, but was posted: 'cancelled'"
    ]


def test_a_refused_combination_is_answered_in_private() -> None:
    refused = order(ending=Ending.PRIVATE, buys=0)
    evidence = Evidence(orders=[refused], tasks=[], messages=[], people=PEOPLE)

    assert complaints(evidence) == []
    refused.card = message(CARD, "no")
    assert complaints(evidence) == ["a clip: the answer was not private"]


def test_a_bot_that_says_nothing_or_refuses_in_private_is_named() -> None:
    silent, refused = order(title="silent"), order(title="refused", prompt="b")
    silent.card = None
    refused.card = message(CARD, "not here", only_for=MIRA)
    evidence = Evidence(orders=[silent, refused], tasks=[task(), task("b")], messages=[], people=PEOPLE)

    assert complaints(evidence) == [
        "silent: the bot did not answer",
        "refused: the bot answered in private: 'not here'",
    ]


def test_a_purchase_is_recognised_by_its_fields() -> None:
    spoken = Purchase("lip_sync", {"origin_task_id": "a", "local_dubbing_url": None})
    dubbed = {"origin_task_id": "a", "local_dubbing_url": "http://x"}

    assert spoken.made(task(task_type="lip_sync", input=dubbed))
    assert not spoken.made(task(task_type="lip_sync", input={"origin_task_id": "a", "tts_text": "hi"}))
    assert not spoken.made(task(task_type="lip_sync", input={**dubbed, "origin_task_id": "b"}))
    assert not spoken.made(task(input=dubbed))
