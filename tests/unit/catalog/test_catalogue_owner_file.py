"""The owner's file changes rows, prices, limits and voices, and its faults are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog import Catalogue, DefaultModelUnknown, Mode, OutputFamily, OwnerFileError, Price, VideoAsked


def load(tmp_path: Path, text: str, default_model: str = "1.6") -> Catalogue:
    path = tmp_path / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return Catalogue.load(path, default_model=default_model)


def test_no_file_leaves_the_built_in_catalogue():
    assert Catalogue.load(None) == Catalogue()


def test_an_empty_file_changes_nothing(tmp_path: Path):
    assert load(tmp_path, "") == Catalogue()


def test_a_row_is_overridden_only_where_it_is_written(tmp_path: Path):
    before = Catalogue().model("2.6")
    after = load(
        tmp_path,
        """
        [models."2.6"]
        use = "newer motion, can have sound"
        sound = true
        output = "string"
        [models."2.6".std]
        end_frame_lengths = [5]
        prices = [
            {seconds = 5, usd = 0.20, as_of = "2026-06"},
            {usd_per_second = "0.0825", sound = true},
        ]
        """,
    ).model("2.6")
    assert before is not None
    assert after is not None
    std = after.mode_row(Mode.STD)
    assert std is not None
    assert (after.sound, after.output, after.label) == (True, OutputFamily.STRING, "2.6")
    assert after.mode_row(Mode.PRO) == before.mode_row(Mode.PRO)
    assert (std.lengths, std.end_frame_lengths) == ((5, 10), (5,))
    assert std.price(5, sound=False) == Price(200_000, "2026-06")
    assert std.price(10, sound=True) == Price(825_000, "")
    assert std.price(10, sound=False) is None


def test_a_new_row_can_be_chosen_and_named(tmp_path: Path):
    catalogue = load(
        tmp_path,
        """
        [models."3.1"]
        label = "3.1 Preview"
        use = "just out"
        [models."3.1".pro]
        lengths = [8, 4]
        resolution = "2160p"
        prices = [{usd_per_second = 0.01}]
        """,
        default_model="3.1",
    )
    choice = catalogue.choose(VideoAsked(prompt="egrets"))
    assert (choice.model.label, choice.model.version, choice.seconds) == ("3.1 Preview", "3.1", 4)
    assert choice.price == Price(40_000, "")


def test_a_row_can_be_taken_out(tmp_path: Path):
    catalogue = load(tmp_path, '[models."1.0"]\noffered = false\n')
    assert catalogue.model("1.0") is None


def test_shortened_lengths_take_their_prices_and_end_frames_with_them(tmp_path: Path):
    model = load(tmp_path, '[models."2.0".pro]\nlengths = [5]\n').model("2.0")
    assert model is not None
    assert model.lengths == (5,)
    assert model.modes[0].price(10, sound=False) is None
    assert model.modes[0].price(5, sound=False) is not None


def test_limits_prices_and_voices_of_follow_ups_are_the_owners(tmp_path: Path):
    catalogue = load(
        tmp_path,
        """
        [limits.text]
        prompt_characters = 1000
        [limits.image]
        max_aspect = 3
        [limits.extension]
        adds_seconds = [4, 6]
        price_usd = "0.26"
        price_as_of = "2026-06"
        [limits.lipsync]
        text_characters = 300
        max_speed = 1.5
        audio_formats = ["MP3"]
        source_seconds = [3, 12]
        price_usd = 0.1
        [[voices]]
        name = "Harbour Pilot"
        language = "English"
        [[voices]]
        name = "Rock"
        language = "Gravel"
        """,
    )
    limits = catalogue.limits
    assert (limits.text.prompt_characters, limits.text.avoid_characters) == (1000, 2500)
    assert limits.image.max_aspect == 3.0
    assert (limits.extension.adds_seconds, limits.extension.price) == ((4, 6), Price(260_000, "2026-06"))
    assert (limits.lipsync.text_characters, limits.lipsync.max_speed) == (300, 1.5)
    assert (limits.lipsync.audio_formats, limits.lipsync.source_seconds) == (("mp3",), (3, 12))
    assert limits.lipsync.price == Price(100_000, "")
    assert catalogue.voice("harbour pilot").language == "English"
    assert catalogue.voice("Rock").language == "Gravel"
    assert len([voice for voice in catalogue.voices if voice.name == "Rock"]) == 1


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("rows = 1", "rows"),
        ("models = 1", "models"),
        ('[models."1.6"]\ncamra = true', 'models."1.6".camra'),
        ('[models."1.6"]\ncamera = "yes"', 'models."1.6".camera'),
        ('[models."1.6"]\nlabel = ""', 'models."1.6".label'),
        ('[models."1.6"]\noutput = "odd"', 'models."1.6".output'),
        ('[models."1.6"]\noffered = false\nsound = true', 'models."1.6".sound'),
        ('[models."9"]\nlabel = "9"', "models.9"),
        ('[models."9".std]\nresolution = "720p"', "models.9.std.lengths"),
        ('[models."1.6".std]\nlengths = []', 'models."1.6".std.lengths'),
        ('[models."1.6".std]\nlengths = 5', 'models."1.6".std.lengths'),
        ('[models."1.6".std]\nlengths = [5000]', 'models."1.6".std.lengths'),
        ('[models."1.6".std]\nlengths = [true]', 'models."1.6".std.lengths'),
        ('[models."1.6".std]\nprices = [5]', 'models."1.6".std.prices'),
        ('[models."1.6".std]\nprices = [{seconds = 5}]', 'models."1.6".std.prices[1].usd'),
        ('[models."1.6".std]\nprices = [{usd = 1}]', 'models."1.6".std.prices[1].seconds'),
        ('[models."1.6".std]\nprices = [{seconds = 7, usd = 1}]', 'models."1.6".std.prices[1].seconds'),
        ('[models."1.6".std]\nprices = [{seconds = 5, usd = "x"}]', 'models."1.6".std.prices[1].usd'),
        ('[models."1.6".std]\nprices = [{seconds = 5, usd = -1}]', 'models."1.6".std.prices[1].usd'),
        ('[models."1.6".std]\nprices = [{seconds = 5, usd = nan}]', 'models."1.6".std.prices[1].usd'),
        ('[models."1.6".std]\nprices = [{seconds = 5, usd = true}]', 'models."1.6".std.prices[1].usd'),
        ('[[voices]]\nname = "A"', "voices[1].language"),
        ("[limits.lipsync]\ntext_characters = 0", "limits.lipsync.text_characters"),
        ("[limits.lipsync]\nsource_seconds = [3]", "limits.lipsync.source_seconds"),
        ('[limits.lipsync]\naudio_formats = ["mp3", 1]', "limits.lipsync.audio_formats"),
        ("[limits.lipsync]\naudio_formats = []", "limits.lipsync.audio_formats"),
        ("[limits.shoes]\nsize = 1", "limits.shoes"),
        ("limits = []", "limits"),
    ],
)
def test_a_fault_names_the_row_and_the_field(tmp_path: Path, text: str, where: str):
    with pytest.raises(OwnerFileError) as fault:
        load(tmp_path, text)
    assert fault.value.where == where
    assert str(fault.value).startswith(f"{where}: ")


def test_a_file_that_is_missing_or_no_toml_is_one_clear_error(tmp_path: Path):
    with pytest.raises(OwnerFileError, match="No such file"):
        Catalogue.load(tmp_path / "missing.toml")
    with pytest.raises(OwnerFileError, match="is no TOML"):
        load(tmp_path, "[models")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(OwnerFileError, match="is no TOML"):
        Catalogue.load(tmp_path / "bytes.toml")


def test_taking_out_every_row_is_refused(tmp_path: Path):
    every = "\n".join(f'[models."{model.key}"]\noffered = false' for model in Catalogue().models)
    with pytest.raises(OwnerFileError, match="no row is left"):
        load(tmp_path, every)


def test_a_default_model_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path):
    with pytest.raises(DefaultModelUnknown, match=r"DEFAULT_MODEL is '1.6'.*2.1"):
        load(tmp_path, '[models."1.6"]\noffered = false\n')
