"""The audit log's machine words, names and stored values are said as people see them elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.catalog import Catalogue
from bot.ui.deeds import deed_words
from bot.ui.language import speaking

CATALOGUE = Catalogue.load()
MIRA = "1574194405236015105"


@dataclass(frozen=True, slots=True)
class Line:
    """What was stored."""

    action: str
    subject: str
    detail: str = ""


def said(action: str, subject: str, detail: str = "") -> str:
    return " · ".join(deed_words(Line(action, subject, detail), CATALOGUE))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Line("set_up", "server"), "set the bot up"),
        (Line("words", "blocked words", "+ stork, crane"), "changed the blocked words · + stork, crane"),
        (Line("block", MIRA, "→ <t:1795387649:f> storks"), f"blocked <@{MIRA}> · → <t:1795387649:f> storks"),
        (Line("unblock", MIRA), f"unblocked <@{MIRA}>"),
        (Line("delete", "k3f9x2"), "deleted the clip `#k3f9x2`"),
        (Line("dismiss", "k3f9x2"), "dismissed a report of the clip `#k3f9x2`"),
        (Line("grant", MIRA, "5 clips, today"), f"granted more clips to <@{MIRA}> · 5 clips · today"),
        (Line("grant", MIRA, "1 clips, month"), f"granted more clips to <@{MIRA}> · 1 clip · this month"),
        (Line("something", "new", "here"), "something new · here"),
    ],
)
def test_what_was_done_is_said_in_plain_words(line: Line, words: str) -> None:
    assert said(line.action, line.subject, line.detail) == words


@pytest.mark.parametrize(
    ("subject", "detail", "words"),
    [
        ("clips_per_day", "not set → 40", "changed **Clips per day** · not set → 40 clips"),
        ("budget_microusd", "$1.00 → $1,250.50", "changed **Server's budget in dollars** · $1.00 → $1,250.50"),
        ("mod_log", "not set → 1110", "changed **Channel for reports** · not set → <#1110>"),
        ("allowed_roles", "22 23 → not set", "changed **Roles that can make clips** · <@&22>, <@&23> → not set"),
        ("pro of channel 1111", "on → off", "changed **Quality Pro** (<#1111>) · on → off"),
        ("clips_per_day of role 22", "3 → 5", "changed **Clips per day** (<@&22>) · 3 clips → 5 clips"),
        ("results", "not set → thread", "changed **Where clips go** · not set → in a thread of their own"),
        ("long_gone", "1 → 2", "changed long\\_gone · 1 → 2"),
        ("clips_per_day", "not set → many", "changed **Clips per day** · not set → many"),
    ],
)
def test_a_change_is_said_with_the_settings_name_and_its_values_in_words(subject: str, detail: str, words: str) -> None:
    assert said("setting", subject, detail) == words


def test_a_list_that_was_kept_only_in_part_names_whole_channels_alone() -> None:
    kept = " ".join(str(1574194405236015110 + number) for number in range(30))[:400]

    words = said("setting", "allowed_channels", f"not set → {kept}…")

    assert words.count("<#15741944052360151") == 5
    assert words.endswith(" more")


def test_what_was_stored_in_english_is_said_in_the_readers_language() -> None:
    with speaking("de"):
        words = said("setting", "clips_per_day", "not set → 1")

    assert "not set" not in words
    assert "clip" not in words.replace("Clip", "")
