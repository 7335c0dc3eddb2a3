from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalog import BUILT_IN_VOICES, Catalogue, LipsyncLimits, Mode, Ratio, VideoAsked, Voice
from bot.jobs.costs import LISTED_ONLY
from bot.jobs.preferences import Preferences
from bot.ui.forms import speeds_offered, voices_offered
from bot.ui.forms_parts import DESCRIPTION_LIMIT, MOST_CHOICES, VALUE_LIMIT, with_names
from bot.ui.forms_settings import AS_IT_STANDS, Setting, read_setting, settings_choices
from bot.ui.quoting import units

CATALOGUE = Catalogue()


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("letter", ["h", "漢", "🦊"])
def test_names_of_kept_files_fit_a_description_and_keep_their_endings(letter: str, count: int) -> None:
    words = with_names("kept: {names} (what you attach here replaces them)", [f"{letter * 251}.png"] * count)

    assert units(words) <= DESCRIPTION_LIMIT
    assert words.count(".png") == count


def test_a_short_name_is_told_whole() -> None:
    assert with_names("kept: {names}", ["harbour.png", "end.png"]) == "kept: harbour.png, end.png"


@pytest.mark.parametrize("setting", [Setting(), Setting(mode=Mode.PRO, seconds=10, ratio=Ratio.TALL, model="3.0")])
def test_a_setting_is_read_as_it_was_written(setting: Setting) -> None:
    assert read_setting(setting.value) == setting


@pytest.mark.parametrize("value", ["", AS_IT_STANDS, "a|b", "pro|²|16:9|", "x|-5|y|"])
def test_a_value_that_is_none_of_ours_sets_no_more_than_it_says(value: str) -> None:
    asked = VideoAsked(prompt="a kite", seconds=5)

    assert read_setting(value).applied(asked).seconds == 5


@pytest.mark.parametrize(
    "asked",
    [
        VideoAsked(prompt=""),
        VideoAsked(prompt="", model="3.0", seconds=15, sound=True),
        VideoAsked(prompt="", image=True, end_image=True),
        VideoAsked(prompt="", avoid="people", camera="zoom-in-gentle"),
        VideoAsked(prompt="", image=True, camera="zoom-in-gentle"),
    ],
)
def test_settings_fit_a_list_with_one_picked_and_each_buys_what_it_describes(asked: VideoAsked) -> None:
    offered = settings_choices(CATALOGUE, Preferences(), asked, "", LISTED_ONLY)

    assert 1 <= len(offered) <= MOST_CHOICES
    assert [choice.value for choice in offered if choice.picked] == [AS_IT_STANDS]
    assert len({choice.value for choice in offered}) == len(offered)
    for choice in offered[1:]:
        bought = CATALOGUE.choose(read_setting(choice.value).applied(replace(asked, prompt="a kite")))
        assert f"Kling {bought.model.label}" in choice.description
        assert f"{bought.seconds} seconds" in choice.label


def test_what_was_picked_is_picked_again() -> None:
    offered = settings_choices(CATALOGUE, Preferences(), VideoAsked(prompt=""), "pro|10|9:16|3.0", LISTED_ONLY)

    assert [choice.value for choice in offered if choice.picked] == ["pro|10|9:16|3.0"]


def test_the_voice_that_was_chosen_and_the_owner_s_own_are_always_among_the_voices() -> None:
    pilot, endless = Voice("Harbour Pilot", "English"), Voice("x" * 101, "English")

    offered = voices_offered((*BUILT_IN_VOICES, pilot, endless), "乖巧正太", "en-US")

    assert len(offered) == MOST_CHOICES
    assert [voice.name for voice in offered[:2]] == ["乖巧正太", "Harbour Pilot"]
    assert endless not in offered


@pytest.mark.parametrize(("slowest", "fastest"), [(0.8, 2.0), (0.1, 20.0), (1.0, 1.0)])
def test_speeds_fit_a_list_and_hold_the_one_that_was_chosen(slowest: float, fastest: float) -> None:
    offered = speeds_offered(LipsyncLimits(min_speed=slowest, max_speed=fastest), "1.0")

    assert len(offered) <= MOST_CHOICES
    assert "1.0" in offered
    assert len(set(offered)) == len(offered)
    assert all(len(speed) <= VALUE_LIMIT for speed in offered)
