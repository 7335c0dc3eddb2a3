"""The built-in rows say what the provider's documents say."""

from __future__ import annotations

import pytest

from bot.catalog import (
    BUILT_IN_MODELS,
    BUILT_IN_VOICES,
    CAMERA_MOVES,
    Axis,
    Catalogue,
    ClipKind,
    Follow,
    Mode,
    Model,
    OutputFamily,
    camera_move,
    completion_seconds,
    search_voices,
    speech_seconds,
)

STD_PRO = {Mode.STD: (5, 10), Mode.PRO: (5, 10)}
PRO_ONLY = {Mode.PRO: (5, 10)}
ANY_LENGTH = {Mode.STD: tuple(range(3, 16)), Mode.PRO: tuple(range(3, 16))}


def row(key: str) -> Model:
    found = Catalogue().model(key)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("key", "modes"),
    [
        ("1.0", STD_PRO),
        ("1.5", STD_PRO),
        ("1.6", STD_PRO),
        ("2.0", PRO_ONLY),
        ("2.1", STD_PRO),
        ("2.1-master", PRO_ONLY),
        ("2.5-turbo", PRO_ONLY),
        ("2.6", STD_PRO),
        ("3.0", ANY_LENGTH),
    ],
)
def test_modes_and_lengths_are_those_of_the_providers_page(key: str, modes: dict[Mode, tuple[int, ...]]):
    assert {mode.mode: mode.lengths for mode in row(key).modes} == modes
    assert row(key).version == key


@pytest.mark.parametrize(
    ("key", "mode", "lengths"),
    [
        ("1.0", Mode.STD, (5,)),
        ("1.0", Mode.PRO, (5,)),
        ("1.5", Mode.STD, ()),
        ("1.5", Mode.PRO, (5, 10)),
        ("1.6", Mode.STD, ()),
        ("1.6", Mode.PRO, (5, 10)),
        ("2.1", Mode.PRO, ()),
        ("3.0", Mode.STD, tuple(range(3, 16))),
    ],
)
def test_end_frames_are_taken_where_kling_takes_them(key: str, mode: Mode, lengths: tuple[int, ...]):
    found = row(key).mode_row(mode)
    assert found is not None
    assert found.end_frame_lengths == lengths


@pytest.mark.parametrize(
    ("trait", "keys"),
    [
        ("camera", {"1.0", "1.5", "1.6"}),
        ("cfg_scale", {"1.0", "1.5", "1.6"}),
        ("extendable", {"1.0", "1.5", "1.6"}),
        ("negative_prompt", {"1.0", "1.5", "1.6", "2.0", "2.1", "2.1-master", "2.5-turbo"}),
        ("sound", {"3.0"}),
        ("lip_syncable", {"1.0", "1.5", "1.6", "2.0", "2.1", "2.1-master", "2.6"}),
    ],
)
def test_only_the_rows_told_to_have_a_trait_have_it(trait: str, keys: set[str]):
    assert {model.key for model in BUILT_IN_MODELS if getattr(model, trait)} == keys


@pytest.mark.parametrize(
    ("key", "mode", "seconds", "sound", "microusd"),
    [
        ("1.6", Mode.STD, 5, False, 260_000),
        ("2.1", Mode.STD, 5, False, 260_000),
        ("2.0", Mode.PRO, 5, False, 960_000),
        ("2.0", Mode.PRO, 10, False, 1_920_000),
        ("2.1-master", Mode.PRO, 10, False, 1_920_000),
        ("2.5-turbo", Mode.PRO, 5, False, 280_000),
        ("3.0", Mode.STD, 3, False, 300_000),
        ("3.0", Mode.STD, 3, True, 450_000),
        ("3.0", Mode.PRO, 15, False, 2_250_000),
        ("3.0", Mode.PRO, 15, True, 3_000_000),
    ],
)
def test_known_prices_are_exact_micro_dollars(key: str, mode: Mode, seconds: int, sound: bool, microusd: int):
    found = row(key).mode_row(mode)
    assert found is not None
    price = found.price(seconds, sound=sound)
    assert price is not None
    assert price.microusd == microusd
    assert price.as_of


@pytest.mark.parametrize(
    ("key", "mode", "seconds", "sound"),
    [
        ("1.6", Mode.STD, 10, False),
        ("1.6", Mode.PRO, 5, False),
        ("1.6", Mode.STD, 5, True),
        ("2.6", Mode.STD, 5, False),
        ("2.6", Mode.PRO, 5, False),
        ("2.5-turbo", Mode.PRO, 10, False),
        ("1.0", Mode.STD, 5, False),
    ],
)
def test_a_price_nobody_documents_is_not_known(key: str, mode: Mode, seconds: int, sound: bool):
    found = row(key).mode_row(mode)
    assert found is not None
    assert found.price(seconds, sound=sound) is None


def test_only_turbo_has_its_own_provider_model():
    assert {model.key: model.provider_model for model in BUILT_IN_MODELS if model.provider_model != "kling"} == {
        "2.5-turbo": "kling-turbo"
    }


def test_turbo_and_three_answer_with_the_url_as_a_string():
    assert {model.key for model in BUILT_IN_MODELS if model.output is OutputFamily.STRING} == {"2.5-turbo", "3.0"}


def test_a_row_is_found_by_key_or_label_whatever_the_capitals():
    catalogue = Catalogue()
    assert catalogue.model(" 2.1-MASTER ") is catalogue.model("2.1 Master")
    assert catalogue.model("4.0") is None
    assert catalogue.label("2.1-master") == "2.1 Master"
    assert catalogue.label("gone") == "gone"


def test_camera_moves_fit_one_list_and_set_exactly_one_axis_within_range():
    assert len(CAMERA_MOVES) <= 25
    assert len({move.key for move in CAMERA_MOVES}) == len({move.label for move in CAMERA_MOVES}) == len(CAMERA_MOVES)
    assert {move.axis for move in CAMERA_MOVES} == set(Axis)
    for move in CAMERA_MOVES:
        config = move.config()
        assert set(config) == {axis.value for axis in Axis}
        assert [value for value in config.values() if value] == [move.value]
        assert -10 <= move.value <= 10


def test_zooming_in_narrows_the_view_by_a_negative_value():
    move = camera_move("zoom-in-gentle")
    assert move is not None
    assert (move.label, move.axis, move.value) == ("Zoom in, gentle", Axis.ZOOM, -3)
    assert camera_move("spin") is None


def test_follow_words_are_the_three_scales():
    assert [follow.cfg_scale for follow in Follow] == [0.3, 0.5, 0.8]


def test_voices_are_all_27_english_ones_and_the_complete_chinese_ones():
    by_language = {"English": 0, "Chinese": 0}
    for voice in BUILT_IN_VOICES:
        by_language[voice.language] += 1
    assert by_language == {"English": 27, "Chinese": 26}
    assert len({voice.name for voice in BUILT_IN_VOICES}) == len(BUILT_IN_VOICES)


def test_voices_are_searched_by_name_and_language_with_beginnings_first():
    names = [voice.name for voice in search_voices(BUILT_IN_VOICES, "r")]
    assert names[0] == "Rock"
    assert "Commercial Lady" in names
    assert {voice.language for voice in search_voices(BUILT_IN_VOICES, "chin")} == {"Chinese"}
    assert [voice.name for voice in search_voices(BUILT_IN_VOICES, "东北")] == ["东北老铁"]
    assert search_voices(BUILT_IN_VOICES, "") == Catalogue().search_voices(" ") == BUILT_IN_VOICES
    assert search_voices(BUILT_IN_VOICES, "zzz") == ()


def test_speech_takes_longer_with_more_text_and_shorter_with_more_speed():
    assert speech_seconds("") == 0
    assert 4 < speech_seconds("A storm rolls in over the rice fields, and the egrets leave.") < 6
    assert speech_seconds("暴风雨来了，白鹭都飞走了") > speech_seconds("a storm is")
    assert speech_seconds("hello there", 2.0) == pytest.approx(speech_seconds("hello there") / 2)


@pytest.mark.parametrize(
    ("kind", "model", "mode", "seconds", "median"),
    [
        (ClipKind.VIDEO, "1.6", Mode.STD, 5, 100),
        (ClipKind.VIDEO, "2.5-turbo", Mode.PRO, 5, 137),
        (ClipKind.VIDEO, "3.0", Mode.STD, 5, 110),
        (ClipKind.LIPSYNC, "1.6", Mode.STD, 5, 180),
    ],
)
def test_completion_times_start_from_what_was_measured(
    kind: ClipKind, model: str, mode: Mode, seconds: int, median: int
):
    times = completion_seconds(kind, model=model, mode=mode, seconds=seconds)
    assert times.p50 == median
    assert times.p10 < times.p50 < times.p90


def test_longer_clips_are_expected_to_take_longer():
    five = completion_seconds(ClipKind.VIDEO, model="3.0", seconds=5)
    fifteen = completion_seconds(ClipKind.VIDEO, model="3.0", seconds=15)
    assert fifteen.p50 > five.p50 > completion_seconds(ClipKind.VIDEO, model="3.0", seconds=3).p50
