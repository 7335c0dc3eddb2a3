"""Messages on the console."""

from __future__ import annotations

import pytest

from sandbox.console.screen import Screen
from sandbox.seen import Suggestion
from tests.integration.stage import stage_samples as samples
from tests.integration.stage.stage_samples import BOT, CHANNEL, COMMUNITY, MIRA, SERVER, THEO

NOW = 1_800_000_000.0


class Sheet:
    """Paper on which emphasis can be seen."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line)

    def bold(self, words: str) -> str:
        return f"*{words}*"

    def dim(self, words: str) -> str:
        return f"({words})"


@pytest.fixture
def sheet() -> Sheet:
    return Sheet()


@pytest.fixture
def screen(sheet) -> Screen:
    screen = Screen(sheet, COMMUNITY, lambda: NOW)
    screen.channel = "clips"
    return screen


def test_a_result_is_shown_with_its_clip_its_buttons_and_whom_it_notifies(screen, sheet) -> None:
    screen.seen(samples.message(10, "⏳ **Queued**"))
    content = f"<@{MIRA}> your clip is ready: “a \\*red\\* kite”\n-# AI-generated · `#k3f9x2`"
    screen.seen(
        samples.message(
            11,
            content,
            files=(samples.clip_file(),),
            reply_to=10,
            pinged=(MIRA,),
            components=samples.buttons("Details", "Gone", disabled=("Gone",)),
        )
    )

    assert sheet.lines == [
        "[1]  *Egret*",
        "     ⏳ Queued",
        "[2]  *Egret*( replies to [1] · notifies Mira)",
        "     @Mira your clip is ready: “a *red* kite”",
        "     (AI-generated · #k3f9x2)",
        "     📎 egret-k3f9x2.mp4 (1280×720, 5.1 s, 184 KB)  (open 2)",
        "     (Details)",
    ]


def test_a_change_is_shown_once_under_the_same_number(screen, sheet) -> None:
    screen.seen(samples.message(10, "⏳ **Queued**"))
    screen.seen(samples.message(10, "⏳ **Queued**"))
    screen.seen(samples.message(10, "🎬 **Generating** — ready <t:1800000090:R>."))

    assert sheet.lines[2:] == ["[1]  *Egret*( changed)", "     🎬 Generating — ready in 2 minutes."]
    assert screen.message(1).content.startswith("🎬")


def test_links_to_messages_are_shown_as_their_numbers(screen, sheet) -> None:
    screen.seen(samples.message(10, "x"))
    link = f"https://discord.com/channels/{SERVER}/{CHANNEL}/10"
    screen.seen(samples.message(11, f"✅ **Done** · [see the clip]({link}) · <{link}>"))

    assert sheet.lines[-1] == "     ✅ Done · see the clip [1] · <[1]>"


def test_private_answers_and_thinking_are_marked(screen, sheet) -> None:
    screen.seen(samples.message(10, only_for=MIRA, loading=True))

    assert sheet.lines == ["[1]  *Egret*( (only you see this))", "     (Egret is thinking…)"]


def test_messages_elsewhere_name_the_place(screen, sheet) -> None:
    screen.channel = "general"
    screen.seen(samples.message(10, "hello", author=THEO))
    screen.seen(samples.message(11, "psst", author=BOT, channel=1))

    assert sheet.lines[::2] == ["[1]  *Theo*( in #clips)", "[2]  *Egret*( in a direct message)"]


def test_a_message_that_vanishes_is_gone_and_one_never_seen_is_not_missed(screen, sheet) -> None:
    screen.seen(samples.message(10, "x"))
    screen.vanished(10)
    screen.vanished(99)

    assert sheet.lines[2:] == ["[1] is gone"]
    assert screen.message(1) is None


def test_embeds_are_read_out(screen, sheet) -> None:
    embed = {
        "title": "Your clips here",
        "fields": [{"name": "Made", "value": "`#k3f9x2` · **Done**"}],
        "footer": {"text": "page 1"},
    }
    screen.seen(samples.message(10, embeds=[embed]))

    assert sheet.lines[1:] == ["     Your clips here", "     Made: #k3f9x2 · Done", "     (page 1)"]


def test_a_list_is_shown_with_its_choices(screen, sheet) -> None:
    choices = [{"label": "In a thread", "value": "thread"}, {"label": "Here", "value": "channel"}]
    select = {"type": 3, "custom_id": "where", "placeholder": "Pick one", "options": choices}
    rows = [{"type": 1, "components": [select]}, *samples.buttons("Back")]
    screen.seen(samples.message(10, "Results", components=rows))

    assert sheet.lines[1:] == [
        "     Results",
        "     Pick one ▾",
        "       ○ In a thread",
        "       ○ Here",
        "     (Back)",
    ]


def test_a_form_is_shown_with_what_it_explains_and_what_stands_in_it(screen, sheet) -> None:
    screen.form(samples.modal())

    assert sheet.lines == [
        '     *New video* (a form; send it with: submit FIELD:"…")',
        '       prompt:"a kite"  (Prompt. What it shows.)',
        "       settings:standard  (Settings)",
        "         ● Standard · $0.26",
        "         ○ Pro",
        "       pictures:  (Pictures)",
        "       options:spoiler  (Options)",
        "         ● Spoiler",
        "         ○ Private",
    ]


def test_suggestions_can_be_copied_into_the_command(screen, sheet) -> None:
    screen.suggestions("voice", [Suggestion(name="Rock (English)", value="Rock")])
    screen.suggestions("model", [])

    assert sheet.lines == ["     voice suggests:", "       voice:Rock  (Rock (English))", "     model suggests nothing"]
