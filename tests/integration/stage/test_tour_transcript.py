"""The transcript and the provider's books as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.piapi.control_views import Summary
from sandbox.tour.books import dollars, orders_table, requests_line, tasks_table
from sandbox.tour.checks import Evidence
from sandbox.tour.orders import Ending, Order, Purchase
from sandbox.tour.record import Act, Gone, Opened, Recorder, Scene, Shown, WaitedInVain
from sandbox.tour.transcript import Transcript, file_size
from tests.integration.stage.stage_samples import (
    CHANNEL,
    COMMUNITY,
    MIRA,
    PEOPLE,
    THEO,
    buttons,
    clip_file,
    message,
    modal,
    task,
)

NOW = 1_800_000_000.0


def shown(at, seen, *, before=None, only_for="") -> Shown:
    return Shown(at=at, now=NOW, message=seen, before=before, only_for=only_for)


def written(*entries, links=None) -> str:
    return Transcript(COMMUNITY, links or {}, "clips").render(entries)


def test_a_story_reads_in_order_with_numbers_edits_files_and_private_answers() -> None:
    card = message(10, "⏳ **Queued**", components=buttons("Cancel", "Off", disabled=("Off",)))
    result = message(11, f"<@{MIRA}> your clip\n-# $0.26", files=(clip_file(),), reply_to=10, pinged=(MIRA,))

    text = written(
        Scene(title="Commands"),
        Act(at=0, who="Mira", text="runs `/video prompt: a kite`"),
        shown(0.12, card),
        shown(1.5, message(10, "🎬 ready <t:1800000030:R>"), before=card),
        shown(12.34, result),
        shown(13, message(12, only_for=MIRA, loading=True), only_for="Mira"),
        Act(at=13.5, who="Theo", text="clicks `Extend` under", to=result),
        Act(at=14, who="", text="the bot is killed"),
        Gone(at=15, message=card),
        links={(11, "egret-k3f9x2.mp4"): "kite.mp4"},
    )

    assert text == (
        "### Commands\n\n"
        "`+  0.0 s` **Mira** runs `/video prompt: a kite`\n\n"
        "`+  0.1 s` **Egret** · message 1\n\n> ⏳ **Queued**\n>\n> `Cancel`\n\n"
        "`+  1.5 s` **Egret** changes message 1\n\n> 🎬 ready in 30 seconds\n\n"
        "`+ 12.3 s` **Egret** · message 2, a reply to 1, notifies Mira\n\n"
        "> @Mira your clip\n> <sub>$0.26</sub>\n>\n"
        "> 📎 [egret-k3f9x2.mp4](kite.mp4) (1280×720, 5.1 s, 184 KB), described as “AI-generated video: a kite”\n\n"
        "`+ 13.0 s` **Egret** · message 3 *(only Mira sees this)*\n\n> *Egret is thinking…*\n\n"
        "`+ 13.5 s` **Theo** clicks `Extend` under message 2\n\n"
        "`+ 14.0 s` the bot is killed\n\n"
        "`+ 15.0 s` message 1 is gone\n"
    )


def test_a_message_without_anything_to_read_says_so() -> None:
    assert written(shown(0, message(10))).endswith("> *(empty)*\n")


def test_a_change_shows_its_new_lines_and_whole_messages_where_lines_only_went() -> None:
    before = message(10, "⏳ **Queued**\n> a kite\n-# $0.26", components=buttons("Cancel"))
    changed = message(10, "🎬 **Generating**\n> a kite\n-# $0.30", components=buttons("Cancel"))
    shorter = message(10, "> a kite")

    assert written(shown(0, changed, before=before)).endswith("\n\n> 🎬 **Generating**\n>\n> <sub>$0.30</sub>\n")
    assert written(shown(0, shorter, before=before)).endswith("\n\n> > a kite\n")


def test_other_places_are_named() -> None:
    card = message(10, "card")
    elsewhere = [message(20, "a", channel=CHANNEL + 1), message(21, "b", channel=10), message(22, "c", channel=999)]

    text = written(shown(0, card), *(shown(0, one) for one in elsewhere))

    heads = [line.partition("· ")[2] for line in text.splitlines() if "· message" in line]
    assert heads == [
        "message 1",
        "message 2 in Theo's direct messages",
        "message 3 in the thread under message 1",
        "message 4 in a thread",
    ]
    assert COMMUNITY.direct_channels == {CHANNEL + 1: "theo"}
    assert THEO in COMMUNITY.user_ids.values()


def test_a_form_reads_with_its_fields_what_stands_in_them_and_what_is_picked() -> None:
    assert written(Opened(at=2, who="Mira", form=modal())) == (
        "`+  2.0 s` **Mira** sees a form\n\n"
        "> **New video**\n>\n"
        "> Prompt\n> <sub>What it shows.</sub>\n>\n> ✎ a kite\n>\n"
        "> Settings\n>\n> ▾ Standard <sub>$0.26</sub>\n>\n> ▾ *(1 others)*\n>\n"
        "> Pictures\n>\n> 📎 *(files can be attached)*\n>\n"
        "> Options\n>\n> ☑ Spoiler\n>\n> ☐ Private\n>\n"
        "> `Cancel` `Submit`\n"
    )


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

    assert orders_table(evidence).splitlines()[4:] == [
        "| a clip | mira | 1 | $0.26 | 1 | [clip.mp4](clip.mp4) |",
        "| a refusal | mira | 0 | $0.00 | an answer that only the person sees |  |",
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
    lines = [
        (entry.who if isinstance(entry, Act) else (entry.before is not None, entry.only_for))
        for entry in recorder.entries
    ]
    assert lines == ["Mira", (False, ""), (True, ""), (False, "Mira")]


async def test_a_reaction_alone_is_no_change() -> None:
    recorder = Recorder([], COMMUNITY.user_names)
    thumbs = [{"emoji": {"name": "👀"}, "count": 1, "me": False}]

    recorder.seen(message(10, "one"), "mira")
    recorder.seen(message(10, "one", reactions=thumbs), "mira")

    assert len(recorder.entries) == 1
    assert recorder.channel_ids == {CHANNEL}
