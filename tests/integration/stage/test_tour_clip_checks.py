"""The measuring of clips, on real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox import clips
from sandbox.stage.samples import Samples, write_samples
from sandbox.tour import clip_checks


def made(path: Path, prompt: str, *, sound: bool = False, seconds: float = 2.0) -> Path:
    clips.render(path, prompt=prompt, seconds=seconds, width=320, height=180, label="x", sound=sound)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def samples(folder) -> Samples:
    return write_samples(folder / "samples")


@pytest.fixture(scope="module")
def kite(folder) -> Path:
    return made(folder / "kite.mp4", "a red kite")


@pytest.fixture(scope="module")
def boat(folder) -> Path:
    return made(folder / "boat.mp4", "a paper boat", sound=True)


def test_length_and_shape(kite) -> None:
    facts = clips.read_facts(kite)

    assert clip_checks.wrong_length(facts, 2) == ""
    assert clip_checks.wrong_length(facts, 5) == "it is 2.08 s long instead of 5 s"
    assert clip_checks.wrong_ratio(facts, (16, 9)) == ""
    assert clip_checks.wrong_ratio(facts, (9, 16)) == "it is 320×180 instead of 9:16"


def test_an_extension_begins_with_its_source_and_is_as_much_longer_as_it_should(folder, kite, boat) -> None:
    right, short = folder / "right.mp4", folder / "short.mp4"
    clips.extend(right, kite, prompt="a storm", label="x")
    clips.extend(short, kite, prompt="a storm", label="x", seconds=1)

    assert clip_checks.wrong_extension(right, kite) == ""
    assert "is not its source's" in clip_checks.wrong_extension(right, boat)
    assert clip_checks.wrong_extension(short, kite) == "it is 1.00 s longer than its source instead of 4 to 5 s"


def test_a_clip_from_two_pictures_begins_with_the_one_and_ends_with_the_other(folder, samples, kite) -> None:
    morning, evening = samples.morning, samples.evening
    path = folder / "day.mp4"
    images = {"image": morning.read_bytes(), "end_image": evening.read_bytes()}
    clips.render(path, prompt="a day", seconds=2, width=180, height=320, label="x", **images)
    frozen = folder / "frozen.mp4"
    clips.render(frozen, prompt="a day", seconds=2, width=180, height=320, label="x", image=images["image"])

    assert clip_checks.wrong_pictures(path, morning, evening) == ""
    assert clip_checks.wrong_pictures(path, evening, morning) == "it does not begin with the picture given for that"
    assert clip_checks.wrong_pictures(frozen, morning, evening) == "it does not end with the picture given for that"


def test_a_clip_that_speaks_has_a_sound_that_can_be_heard(folder, kite) -> None:
    spoken = folder / "spoken.mp4"
    clips.speak(spoken, kite, text="hello there", voice="x")

    assert clip_checks.wrong_speech(spoken) == ""
    assert clip_checks.wrong_speech(kite) == "it has no audio track"


@pytest.mark.parametrize("name", ["speech", "voice_message"])
def test_a_recording_is_recognised_in_the_clip_that_carries_it(folder, kite, boat, samples, name) -> None:
    recording = getattr(samples, name)
    other = samples.voice_message if name == "speech" else samples.speech
    dubbed = folder / f"{name}.mp4"
    clips.dub(dubbed, kite, recording=recording)

    assert clip_checks.wrong_recording(dubbed, recording) == ""
    assert clip_checks.wrong_recording(dubbed, other).startswith("its sound is not the recording")
    assert clip_checks.wrong_recording(boat, recording).startswith("its sound is not the recording")
    assert clip_checks.wrong_recording(kite, recording) == "it has no audio track"


@pytest.mark.parametrize(
    ("ours", "theirs", "likeness"),
    [([1, 2, 3], [2, 4, 6], 1.0), ([1, 2, 3], [3, 2, 1], -1.0), ([1, 1, 1], [1, 2, 3], 0.0), ([1], [1], 0.0)],
)
def test_likeness_is_correlation(ours, theirs, likeness) -> None:
    assert clip_checks.correlation(ours, theirs) == pytest.approx(likeness)
