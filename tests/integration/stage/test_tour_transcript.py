"""The transcript and the provider's books as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.piapi.control_views import Summary
from sandbox.tour.books import dollars, orders_table, requests_line, tasks_table
from sandbox.tour.checks import Evidence
from sandbox.tour.orders import Ending, Order, Purchase
from sandbox.tour.record import Act, Gone, Recorder, Shown, WaitedInVain
from sandbox.tour.transcript import Transcript, file_size
from tests.integration.stage.stage_samples import COMMUNITY, MIRA, PEOPLE, buttons, clip_file, message, task

NOW = 1_800_000_000.0


def shown(at, seen, *, edit=False, only_for="") -> Shown:
    return Shown(at=at, now=NOW, message=seen, edit=edit, only_for=only_for)


def test_a_story_reads_in_order_with_numbers_edits_files_and_private_answers() -> None:
    card = message(10, "⏳ **Queued**", components=buttons("Cancel", "Off", disabled=("Off",)))
    result = message(11, f"<@{MIRA}> your clip\n-# $0.26", files=(clip_file(),), reply_to=10, pinged=(MIRA,))
    transcript = Transcript(COMMUNITY.shown_names, COMMUNITY.channels, {(11, "egret-k3f9x2.mp4"): "kite.mp4"})

    text = transcript.render(
        [
            Act(at=0, who="Mira", text="runs `/video prompt: a kite`"),
            shown(0.12, card),
            shown(1.5, message(10, "🎬 ready <t:1800000030:R>"), edit=True),
            shown(12.34, result),
            shown(13, message(12, only_for=MIRA, loading=True), only_for="Mira"),
            Act(at=14, who="", text="the bot is killed"),
            Gone(at=15, message=card),
        ]
    )

    assert text == (
        "`+  0.0 s` **Mira** runs `/video prompt: a kite`\n\n"
        "`+  0.1 s` **Egret** · message 1\n\n> ⏳ **Queued**\n>\n> `Cancel`\n\n"
        "`+  1.5 s` **Egret** changes message 1\n\n> 🎬 ready in 30 seconds\n\n"
        "`+ 12.3 s` **Egret** · message 2, a reply to 1, notifies Mira\n\n"
        "> @Mira your clip\n> <sub>$0.26</sub>\n>\n"
        "> 📎 [egret-k3f9x2.mp4](kite.mp4) (1280×720, 5.1 s, 184 KB), described as “AI-generated video: a kite”\n\n"
        "`+ 13.0 s` **Egret** · message 3 *(only Mira sees this)*\n\n> *Egret is thinking…*\n\n"
        "`+ 14.0 s` the bot is killed\n\n"
        "`+ 15.0 s` message 1 is gone\n"
    )


def test_a_message_without_anything_to_read_says_so() -> None:
    assert Transcript({}, {}, {}).render([shown(0, message(10))]).endswith("> *(empty)*\n")


def test_the_books_set_orders_beside_tasks() -> None:
    order = Order(
        title="a clip",
        slug="clip",
        who="mira",
        ending=Ending.CLIP,
        purchase=Purchase("video_generation", {"prompt": "a kite"}),
        card=message(10),
        clip=Path("/x/clip.mp4"),
    )
    private = Order(title="a refusal", slug="", who="mira", ending=Ending.PRIVATE, purchase=Purchase("x", {}), buys=0)
    seen = [message(11, reply_to=10, files=(clip_file(),))]
    evidence = Evidence(orders=[order, private], tasks=[task()], messages=seen, people=PEOPLE)

    assert orders_table(evidence).splitlines()[2:] == [
        "| a clip | mira | 1 | $0.26 | 1 | [clip.mp4](clip.mp4) |",
        "| a refusal | mira | 0 | $0.00 | private answer |  |",
    ]
    call = {"sent_at": 0, "url": "", "status": "x", "attempt": 1, "forged": False, "answer": 204, "error": ""}
    calls = [{**call, "answer": None, "error": "ClientConnectorError"}, call]
    assert tasks_table([task(webhook_calls=calls), task()], NOW).splitlines()[2:] == [
        "| +1.5 s | task-1 | video_generation | a kite | completed | $0.26 | $0.26 | ClientConnectorError, 204 |",
        "| +1.5 s | task-1 | video_generation | a kite | completed | $0.26 | $0.26 | none sent |",
    ]
    summary = Summary(
        now=0,
        requests={"get": 3, "create": 2},
        tasks_created=2,
        consumed_usd=0.52,
        available_usd=1,
        problems=[],
        log=[],
    )
    assert requests_line(summary) == "2 tasks, $0.52 charged. Requests: create 2, get 3.\n"


def test_amounts_have_as_many_decimals_as_they_need() -> None:
    assert [dollars(amount) for amount in (0, 0.5, 0.26, 0.078, 12)] == ["$0.00", "$0.50", "$0.26", "$0.078", "$12.00"]


def test_sizes_in_words() -> None:
    assert [file_size(size) for size in (200, 184_000, 2_340_000)] == ["1 KB", "184 KB", "2.3 MB"]


async def test_the_recorder_writes_a_message_down_when_it_looks_different_and_finds_what_is_waited_for() -> None:
    recorder = Recorder([], COMMUNITY.user_names)
    recorder.act("mira", "runs `/clips`")
    recorder.seen(message(10, "one"), "mira")
    recorder.seen(message(10, "one"), "theo")
    recorder.seen(message(10, "two"), "theo")
    recorder.seen(message(11, "psst", only_for=MIRA), "mira")

    found = await recorder.wait_for(lambda seen: seen.content == "two", seconds=1, what="two")
    with pytest.raises(WaitedInVain, match=r"waited 0.01 s in vain for three"):
        await recorder.wait_for(lambda seen: seen.content == "three", seconds=0.01, what="three")

    assert found.id == 10
    lines = [(entry.who if isinstance(entry, Act) else (entry.edit, entry.only_for)) for entry in recorder.entries]
    assert lines == ["Mira", (False, ""), (True, ""), (False, "Mira")]
