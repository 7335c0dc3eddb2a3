"""Clips are real files whose properties can be measured by decoding them."""

from __future__ import annotations

import io
import math
import unicodedata
from array import array
from typing import TYPE_CHECKING

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from sandbox import clips
from sandbox.clips.fonts import FontBook
from sandbox.clips.lettering import lettering, runs_of, starts_right_to_left, wrap

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image as Picture


def decoded(path: Path) -> list[Picture]:
    with av.open(str(path)) as container:
        return [frame.to_image() for frame in container.decode(video=0)]


def loudness(path: Path, parts: int) -> list[float]:
    """Root mean square of the sound in equal parts of the file."""
    samples: array[int] = array("h")
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000)
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                samples.frombytes(bytes(piece.planes[0])[: piece.samples * 2])
    size = len(samples) // parts
    return [math.sqrt(sum(s * s for s in samples[n * size : (n + 1) * size]) / size) for n in range(parts)]


def difference(one: Picture, other: Picture) -> float:
    """Mean absolute difference of two pictures, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def plain(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(encoded, "PNG")
    return encoded.getvalue()


def made(path: Path, prompt: str = "an egret", seconds: float = 3, **options: object) -> Path:
    clips.render(path, prompt=prompt, seconds=seconds, width=640, height=360, label="kling 1.6", **options)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280), (960, 960)])
def test_a_clip_has_the_size_and_length_asked_for(tmp_path: Path, width: int, height: int) -> None:
    file = tmp_path / "clip.mp4"

    clips.render(file, prompt="an egret", seconds=5, width=width, height=height, label="kling 1.6")

    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.codec_context.width, stream.codec_context.height) == (width, height)
        assert container.duration / 1_000_000 == pytest.approx(5, abs=0.2)


def test_the_index_stands_before_the_pictures(tmp_path: Path) -> None:
    content = made(tmp_path / "clip.mp4").read_bytes()

    assert content[4:8] == b"ftyp"
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_picture_moves(tmp_path: Path) -> None:
    frames = decoded(made(tmp_path / "clip.mp4"))

    steps = [difference(before, after) for before, after in zip(frames, frames[1:], strict=False)]

    assert min(steps) > 0.1


def test_a_clip_has_sound_only_when_asked(tmp_path: Path) -> None:
    silent = made(tmp_path / "silent.mp4")
    loud = made(tmp_path / "loud.mp4", sound=True)

    assert not clips.read_facts(silent).has_sound
    assert clips.read_facts(loud).has_sound
    assert min(loudness(loud, 3)) > 500


def test_an_image_is_what_the_clip_shows_and_the_end_image_how_it_ends(tmp_path: Path) -> None:
    file = made(tmp_path / "clip.mp4", image=plain(800, 450, (220, 20, 20)), end_image=plain(800, 450, (20, 20, 220)))

    frames = decoded(file)
    corner = (20, 60)
    first, last = frames[0].getpixel(corner), frames[-1].getpixel(corner)

    assert first[0] > 180
    assert first[2] < 60
    assert last[2] > 180
    assert last[0] < 60


def test_an_extension_begins_with_every_frame_of_its_source(tmp_path: Path) -> None:
    source = made(tmp_path / "source.mp4", sound=True)
    longer = tmp_path / "longer.mp4"

    clips.extend(longer, source, prompt="a storm rolls in", label="extension")

    before, after = decoded(source), decoded(longer)
    assert all(difference(a, b) < 6 for a, b in zip(before, after[: len(before)], strict=True))
    added = clips.read_facts(longer).seconds - clips.read_facts(source).seconds
    assert 4 <= added <= 5
    assert difference(after[len(before) - 1], after[-1]) > 10


def test_a_dubbed_clip_keeps_the_picture_and_carries_the_recording(tmp_path: Path, make: type) -> None:
    source = made(tmp_path / "source.mp4", seconds=4)
    recording = tmp_path / "voice.wav"
    recording.write_bytes(make.recording(2.0))
    dubbed = tmp_path / "dubbed.mp4"

    clips.dub(dubbed, source, recording=recording)

    before, after = decoded(source), decoded(dubbed)
    assert len(before) == len(after)
    assert all(difference(a, b) == 0 for a, b in zip(before, after, strict=True))
    quarters = loudness(dubbed, 4)
    assert quarters[0] > 5_000
    assert quarters[3] < 200


def test_a_recording_longer_than_the_clip_is_cut(tmp_path: Path, make: type) -> None:
    source = made(tmp_path / "source.mp4", seconds=3)
    recording = tmp_path / "voice.wav"
    recording.write_bytes(make.recording(9.0))
    dubbed = tmp_path / "dubbed.mp4"

    clips.dub(dubbed, source, recording=recording)

    with av.open(str(dubbed)) as container:
        assert container.duration / 1_000_000 == pytest.approx(3, abs=0.2)


def test_speech_lasts_longer_for_more_words_and_less_at_higher_speed(tmp_path: Path) -> None:
    source = made(tmp_path / "source.mp4", seconds=5)

    def spoken_parts(text: str, speed: float) -> int:
        file = tmp_path / "spoken.mp4"
        clips.speak(file, source, text=text, voice="Rock", speed=speed)
        return sum(part > 300 for part in loudness(file, 20))

    few, many, fast = (
        spoken_parts("Hello", 1.0),
        spoken_parts("Hello there, how are you on this day?", 1.0),
        spoken_parts("Hello there, how are you on this day?", 2.0),
    )

    assert few < fast < many


def test_speech_is_captioned(tmp_path: Path) -> None:
    source = made(tmp_path / "source.mp4")
    spoken = tmp_path / "spoken.mp4"

    clips.speak(spoken, source, text="Hello there", voice="Rock")

    assert difference(decoded(source)[0], decoded(spoken)[0]) > 1


@pytest.mark.parametrize(
    "text",
    [
        "egret",
        "цапля",
        "ερωδιός",
        "白鷺",
        "シラサギ",
        "백로",
        "بلشون",
        "बगुला",
        "לבנית",
        "นกกระยาง",
        "🐦🌧",
        "வெண்",
        "კაჭკაჭი",
        "ছোট",
    ],
)
def test_every_script_has_glyphs(text: str) -> None:
    book = FontBook(40, text)

    assert all(
        book.face_for(character).draws(character) for character in text if unicodedata.category(character)[0] != "M"
    )


def test_right_to_left_words_stand_from_right_to_left() -> None:
    text = "مرحبا hello שלום"
    book = FontBook(40, text)

    runs = runs_of(text, book, right_to_left=starts_right_to_left(text))

    assert [run.text.strip() for run in runs if run.text.strip()] == ["שלום", "hello", "مرحبا"]


def test_lines_break_between_words_and_inside_words_that_fit_nowhere() -> None:
    book = FontBook(30, "")

    lines = wrap("short words here " + "x" * 80, book, 300)

    assert lines[0].startswith("short words")
    assert "".join(lines).replace(" ", "") == "shortwordshere" + "x" * 80
    assert all(sum(run.width for run in runs_of(line, book)) <= 300 for line in lines)


def test_text_too_long_for_its_box_ends_in_an_ellipsis_and_stays_inside() -> None:
    mask = lettering("egrets " * 400, width=600, height=200, largest=40)

    assert mask.width == 600
    assert mask.height <= 200 + 40


@pytest.mark.parametrize("prompt", ["", " ", "\x00\x07", "\ud83d", "a\n\nb", "ا" * 300])
def test_no_prompt_is_too_strange_to_draw(tmp_path: Path, prompt: str) -> None:
    file = made(tmp_path / "clip.mp4", prompt=prompt, seconds=1)

    assert clips.read_facts(file).seconds == pytest.approx(1, abs=0.2)
