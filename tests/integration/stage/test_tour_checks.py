"""The tour's judgement: every broken promise is named, and a kept one is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.tour.checks import Evidence, complaints
from sandbox.tour.orders import Ending, Order, Purchase
from tests.integration.stage.stage_samples import MIRA, PEOPLE, THEO, clip_file, message, task

CARD = 10
DIRECT = 77
BEYOND = {"pinged": [], "edits": 0, "deleted_at": None, "ephemeral_for": None, "loading": False}
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
    stray = result(12, "again", reply_to=None, pinged=())

    found = complaints(replace(kept(), messages=[result(), stray]))

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
        "a clip: it was to end with nothing but its card, but was posted: 'cancelled'"
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


def test_a_clip_may_come_into_the_thread_that_begins_with_its_card() -> None:
    threaded = result(reply_to=None, channel=CARD)

    assert complaints(replace(kept(), messages=[message(CARD, "card"), threaded])) == []


def test_words_that_notify_somebody_are_named() -> None:
    loud = message(12, "Done", pinged=(MIRA,))

    found = complaints(replace(kept(), messages=[result(), loud]))

    assert found == ["a message that ended nothing notified somebody: 'Done'"]


def test_an_order_with_a_task_of_its_own_is_held_to_what_that_one_cost() -> None:
    failed = order(ending=Ending.FAILURE, task_id="a", title="the first try")
    again = order(card=20, task_id="b", title="the second")
    tasks = [task(charged=0.0, task_id="a"), task(task_id="b")]
    told = [result(content="failed. Nothing was charged.", files=()), result(21, reply_to=20)]
    evidence = Evidence(orders=[failed, again], tasks=tasks, messages=told, people=PEOPLE)

    assert complaints(evidence) == []
    wrong = [result(content="failed, $0.26", files=()), told[1]]
    assert complaints(replace(evidence, messages=wrong)) == ["the first try: it says $0.26, the provider charged $0.00"]


def test_an_offer_for_another_price_is_named() -> None:
    offered = order(offer=message(9, "Make it once more — **$0.20**"))
    evidence = replace(kept(), orders=[offered])

    assert complaints(evidence) == ["a clip: it was offered for $0.20"]
    offered.offer = message(9, "Make it once more — **price not known yet**")
    assert complaints(evidence) == []


def test_an_offer_that_was_turned_down_is_gone_and_led_to_nothing() -> None:
    turned_down = order(ending=Ending.TAKEN_AWAY, buys=0)
    gone = message(CARD, "offer", sandbox={**BEYOND, "deleted_at": 1})
    evidence = Evidence(orders=[turned_down], tasks=[], messages=[gone], people=PEOPLE)

    assert complaints(evidence) == []
    assert complaints(replace(evidence, messages=[message(CARD, "offer")])) == ["a clip: the offer still stands"]
    assert complaints(replace(evidence, tasks=[task()])) == ["a clip: the provider has 1 task instead of 0"]


def test_a_private_clip_leaves_no_word_in_a_channel() -> None:
    private = order(private=True, result=result(channel=DIRECT))
    told = [message(CARD, "a kite", channel=DIRECT), result(channel=DIRECT)]
    evidence = Evidence(orders=[private], tasks=[task()], messages=told, people=PEOPLE, direct=[DIRECT])

    assert complaints(evidence) == []
    for words in ("a kite", "#k3f9x2 is on its way"):
        assert complaints(replace(evidence, messages=[*told, message(12, words)])) == [
            f"a clip: it is private, and in a channel stands: {words!r}"
        ]


def test_a_clip_is_posted_once_more_as_often_as_it_was_asked_for() -> None:
    again = result(12, "Repost of #k3f9x2", reply_to=None, pinged=())
    known = order(result=result())
    evidence = replace(kept(), orders=[known], messages=[result(), again])

    assert complaints(evidence) == ["a clip: it was posted once more 1 times instead of 0"]
    known.reposts = 1
    assert complaints(evidence) == []


def test_a_deleted_clip_stands_nowhere() -> None:
    deleted = order(result=result(), deleted=True)
    gone = result(sandbox={**BEYOND, "pinged": [str(MIRA)], "deleted_at": 1})

    assert complaints(replace(kept(), orders=[deleted], messages=[gone])) == []
    assert complaints(replace(kept(), orders=[deleted])) == [f"a clip: it was deleted, and still stands: {DONE!r}"]


def test_a_purchase_is_recognised_by_its_fields() -> None:
    spoken = Purchase("lip_sync", {"origin_task_id": "a", "local_dubbing_url": None})
    dubbed = {"origin_task_id": "a", "local_dubbing_url": "http://x"}

    assert spoken.made(task(task_type="lip_sync", input=dubbed))
    assert not spoken.made(task(task_type="lip_sync", input={"origin_task_id": "a", "tts_text": "hi"}))
    assert not spoken.made(task(task_type="lip_sync", input={**dubbed, "origin_task_id": "b"}))
    assert not spoken.made(task(input=dubbed))
