from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.catalog.refusals import AudioFormatNotTaken, AudioTooLarge, AudioTooLong, ImageTooLarge, ImageTooSmall
from bot.errors import Refusal, Refused
from bot.media import processes
from bot.media.convert import Converter, Mend
from bot.media.disk import DiskFullError
from bot.media.limits import MediaLimits
from bot.media.probe import probe_audio
from bot.media.processes import Allowances, WorkerPool
from bot.media.refusals import FileUnreadable, ImageFormatNotTaken, ImageTooManyPixels
from bot.media.signatures import FileKind
from tests.integration.media.samples import (
    decoded_seconds,
    exif,
    noise,
    picture,
    png_header,
    save_audio,
    save_clip,
    save_image,
    save_wav,
)

LIMITS = MediaLimits()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    path = tmp_path / "made"
    path.mkdir()
    return path


@pytest.fixture
def converter() -> Converter:
    return Converter(WorkerPool(), LIMITS)


def contents(directory: Path) -> list[Path]:
    return list(directory.iterdir())


def corner_of(path: Path) -> tuple[int, ...]:
    with Image.open(path) as image:
        pixel = image.convert("RGB").getpixel((4, 4))
    assert isinstance(pixel, tuple)
    return pixel


def claiming_seconds(path: Path, seconds: int) -> Path:
    """Let the headers of an M4A (`mvhd`, `mdhd`; ISO/IEC 14496-12 §8.2.2 and §8.4.2) tell another length."""
    content = bytearray(path.read_bytes())
    for name in (b"mvhd", b"mdhd"):
        timescale_at = content.index(name) + 16
        timescale = int.from_bytes(content[timescale_at : timescale_at + 4])
        content[timescale_at + 4 : timescale_at + 8] = (timescale * seconds).to_bytes(4)
    path.write_bytes(content)
    return path


async def refused_image(converter: Converter, source: Path, directory: Path) -> Refusal:
    with pytest.raises(Refused) as caught:
        await converter.image(source, directory, option="end_image")
    assert contents(directory) == []
    return caught.value.refusal


async def refused_audio(converter: Converter, source: Path, directory: Path, *, clip_ms: int | None = None) -> Refusal:
    with pytest.raises(Refused) as caught:
        await converter.audio(source, directory, option="audio", clip_ms=clip_ms)
    assert contents(directory) == []
    return caught.value.refusal


class TestImagesThatNeedNothing:
    @pytest.mark.parametrize("format_name", ["JPEG", "PNG"])
    async def test_stay_as_they_are(
        self, tmp_path: Path, directory: Path, converter: Converter, format_name: str
    ) -> None:
        source = save_image(tmp_path / "image", picture(400, 320), format_name)

        done = await converter.image(source, directory, option="image")

        assert done.path == source
        assert (done.width, done.height, done.size, done.mends) == (400, 320, source.stat().st_size, ())
        assert contents(directory) == []

    async def test_include_those_with_an_alpha_channel_that_hides_nothing(
        self, tmp_path: Path, directory: Path, converter: Converter
    ) -> None:
        source = save_image(tmp_path / "image.png", picture(400, 320, "RGBA"), "PNG")

        done = await converter.image(source, directory, option="image")

        assert done.path == source
        assert done.mends == ()
        assert contents(directory) == []


class TestImagesOfOtherFormats:
    @pytest.mark.parametrize("format_name", ["GIF", "WEBP", "AVIF", "HEIF"])
    async def test_become_jpeg(self, tmp_path: Path, directory: Path, converter: Converter, format_name: str) -> None:
        source = save_image(tmp_path / "image", picture(400, 320), format_name)

        done = await converter.image(source, directory, option="image")

        assert done.kind is FileKind.JPEG
        assert done.mends == (Mend.CONVERTED,)
        assert contents(directory) == [done.path]
        with Image.open(done.path) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (400, 320))
        assert corner_of(done.path) == pytest.approx((4, 4, 90), abs=8)
        assert source.exists()

    @pytest.mark.parametrize("format_name", ["GIF", "WEBP"])
    async def test_give_their_first_frame(
        self, tmp_path: Path, directory: Path, converter: Converter, format_name: str
    ) -> None:
        red, blue = Image.new("RGB", (400, 320), (250, 0, 0)), Image.new("RGB", (400, 320), (0, 0, 250))
        source = save_image(tmp_path / "moving", red, format_name, save_all=True, append_images=[blue, red])

        done = await converter.image(source, directory, option="image")

        assert done.mends == (Mend.CONVERTED, Mend.FIRST_FRAME)
        assert corner_of(done.path) == pytest.approx((250, 0, 0), abs=8)

    @pytest.mark.parametrize("format_name", ["WEBP", "PNG"])
    async def test_are_laid_on_white_where_they_are_transparent(
        self, tmp_path: Path, directory: Path, converter: Converter, format_name: str
    ) -> None:
        source = save_image(tmp_path / "image", Image.new("RGBA", (400, 320), (0, 0, 0, 0)), format_name)

        done = await converter.image(source, directory, option="image")

        assert done.mends == (Mend.CONVERTED, Mend.FLATTENED)
        assert corner_of(done.path) == pytest.approx((255, 255, 255), abs=2)

    async def test_in_print_colours_become_rgb(self, tmp_path: Path, directory: Path, converter: Converter) -> None:
        source = save_image(tmp_path / "image.jpg", picture(400, 320, "CMYK"), "JPEG")

        done = await converter.image(source, directory, option="image")

        assert done.mends == (Mend.CONVERTED,)
        with Image.open(done.path) as image:
            assert image.mode == "RGB"
        assert corner_of(done.path) == pytest.approx((4, 4, 90), abs=8)

    async def test_of_sixteen_bits_keep_their_brightness(
        self, tmp_path: Path, directory: Path, converter: Converter
    ) -> None:
        grey = Image.new("I;16", (400, 320), 128 * 257)
        source = save_image(tmp_path / "image.png", grey, "PNG", exif=exif(located=True))

        done = await converter.image(source, directory, option="image")

        assert corner_of(done.path) == pytest.approx((128, 128, 128), abs=2)


class TestPhotographs:
    @pytest.mark.parametrize("format_name", ["JPEG", "PNG", "HEIF", "AVIF", "WEBP"])
    async def test_stand_upright_afterwards(
        self, tmp_path: Path, directory: Path, converter: Converter, format_name: str
    ) -> None:
        source = save_image(tmp_path / "photo", picture(400, 320), format_name, exif=exif(orientation=6))

        done = await converter.image(source, directory, option="image")

        assert (done.width, done.height) == (320, 400)
        assert corner_of(done.path) == pytest.approx((250, 4, 90), abs=8)  # what was bottom left

    @pytest.mark.parametrize("format_name", ["JPEG", "PNG"])
    async def test_lose_the_place_where_they_were_taken(
        self, tmp_path: Path, directory: Path, converter: Converter, format_name: str
    ) -> None:
        source = save_image(tmp_path / "photo", picture(400, 320), format_name, exif=exif(located=True))

        done = await converter.image(source, directory, option="image")

        assert Mend.LOCATION_REMOVED in done.mends
        with Image.open(done.path) as image:
            assert dict(image.getexif()) == {}
            assert not {"exif", "icc_profile", "xmp", "comment"} & set(image.info)

    async def test_with_a_broken_colour_profile_are_read_all_the_same(
        self, tmp_path: Path, directory: Path, converter: Converter
    ) -> None:
        source = save_image(tmp_path / "photo", picture(400, 320), "WEBP", icc_profile=b"not a profile" * 20)

        done = await converter.image(source, directory, option="image")

        assert corner_of(done.path) == pytest.approx((4, 4, 90), abs=8)


class TestHeavyImages:
    async def test_get_fewer_bytes(self, tmp_path: Path, directory: Path) -> None:
        limits = replace(LIMITS, image=replace(LIMITS.image, max_bytes=400_000))
        source = save_image(tmp_path / "image.png", noise(500, 500), "PNG")

        done = await Converter(WorkerPool(), limits).image(source, directory, option="image")

        assert done.size <= 400_000 < source.stat().st_size
        assert done.mends == (Mend.CONVERTED, Mend.COMPRESSED)

    async def test_get_fewer_pixels_where_that_is_not_enough(self, tmp_path: Path, directory: Path) -> None:
        limits = replace(LIMITS, image=replace(LIMITS.image, max_bytes=120_000))
        source = save_image(tmp_path / "image.jpg", noise(600, 500), "JPEG", quality=95)

        done = await Converter(WorkerPool(), limits).image(source, directory, option="image")

        assert done.size <= 120_000
        assert done.mends == (Mend.SCALED,)
        assert min(done.width, done.height) > limits.image.longer_than_px
        assert done.width / done.height == pytest.approx(1.2, abs=0.01)

    async def test_are_scaled_to_the_longest_side(self, tmp_path: Path, directory: Path) -> None:
        limits = replace(LIMITS, image_side=512)
        source = save_image(tmp_path / "photo.jpg", picture(2048, 1024), "JPEG", exif=exif(orientation=6))

        done = await Converter(WorkerPool(), limits).image(source, directory, option="image")

        assert (done.width, done.height) == (256, 512)
        assert done.mends == (Mend.SCALED, Mend.TURNED)

    async def test_are_refused_where_no_size_above_the_least_is_light_enough(
        self, tmp_path: Path, directory: Path
    ) -> None:
        limits = replace(LIMITS, image=replace(LIMITS.image, max_bytes=10_000))
        source = save_image(tmp_path / "image.png", noise(400, 400), "PNG")

        refusal = await refused_image(Converter(WorkerPool(), limits), source, directory)

        assert refusal == FileUnreadable(option="end_image", expected="image")


class TestImagesThatCannotBeMended:
    @pytest.mark.parametrize("format_name", ["JPEG", "WEBP", "HEIF"])
    async def test_for_being_small(
        self, tmp_path: Path, directory: Path, converter: Converter, format_name: str
    ) -> None:
        source = save_image(tmp_path / "image", picture(400, 300), format_name)

        refusal = await refused_image(converter, source, directory)

        assert refusal == ImageTooSmall(option="end_image", width=400, height=300, longer_than_px=300)

    @pytest.mark.parametrize("format_name", ["PNG", "AVIF"])
    async def test_for_having_too_many_pixels(self, tmp_path: Path, directory: Path, format_name: str) -> None:
        limits = replace(LIMITS, image_source_pixels=400 * 400)
        source = save_image(tmp_path / "image", picture(401, 400), format_name)

        refusal = await refused_image(Converter(WorkerPool(), limits), source, directory)

        assert refusal == ImageTooManyPixels(option="end_image", width=401, height=400, limit_pixels=160_000)

    async def test_for_being_a_bomb(self, tmp_path: Path, directory: Path, converter: Converter) -> None:
        source = tmp_path / "bomb.png"
        source.write_bytes(png_header(60_000, 60_000))

        assert isinstance(await refused_image(converter, source, directory), ImageTooManyPixels)

    async def test_for_being_too_heavy_to_look_at(self, tmp_path: Path, directory: Path) -> None:
        source = save_image(tmp_path / "image.png", picture(400, 320), "PNG")
        limits = replace(LIMITS, image_source_bytes=100)

        refusal = await refused_image(Converter(WorkerPool(), limits), source, directory)

        assert isinstance(refusal, ImageTooLarge)
        assert refusal.limit_bytes == 100

    @pytest.mark.parametrize("format_name", ["GIF", "WEBP", "HEIF", "AVIF"])
    async def test_for_being_cut_short(
        self, tmp_path: Path, directory: Path, converter: Converter, format_name: str
    ) -> None:
        source = save_image(tmp_path / "image", noise(400, 320), format_name)
        source.write_bytes(source.read_bytes()[: source.stat().st_size // 3])

        refusal = await refused_image(converter, source, directory)

        assert refusal == FileUnreadable(option="end_image", expected="image")

    async def test_for_being_no_image(self, tmp_path: Path, directory: Path, converter: Converter) -> None:
        page = tmp_path / "image.png"
        page.write_text("<html>")

        assert isinstance(await refused_image(converter, page, directory), FileUnreadable)
        refusal = await refused_image(converter, save_clip(tmp_path / "image.jpg", frames=2), directory)

        assert isinstance(refusal, ImageFormatNotTaken)
        assert refusal.found == "mp4"


class TestRecordings:
    @pytest.mark.parametrize("kind", ["mp3", "wav", "flac", "ogg"])
    async def test_that_the_provider_takes_stay_as_they_are(
        self, tmp_path: Path, directory: Path, converter: Converter, kind: str
    ) -> None:
        source = save_audio(tmp_path / "sound", kind, 2.5)

        done = await converter.audio(source, directory, option="audio", clip_ms=5_000)

        assert done.path == source
        assert done.kind.extension == kind
        assert done.duration_ms == pytest.approx(2_500, abs=80)
        assert done.mends == ()
        assert contents(directory) == []

    @pytest.mark.parametrize("kind", ["m4a", "aac"])
    async def test_from_phones_become_mp3(
        self, tmp_path: Path, directory: Path, converter: Converter, kind: str
    ) -> None:
        source = save_audio(tmp_path / "memo", kind, 2.5)

        done = await converter.audio(source, directory, option="audio")

        assert done.kind is FileKind.MP3
        assert done.mends == (Mend.CONVERTED,)
        assert decoded_seconds(done.path) == pytest.approx(2.5, abs=0.08)
        assert contents(directory) == [done.path]

    async def test_in_a_clip_become_mp3(self, tmp_path: Path, directory: Path, converter: Converter) -> None:
        source = save_clip(tmp_path / "memo.mp4", frames=60, rate=24)

        done = await converter.audio(source, directory, option="audio")

        assert decoded_seconds(done.path) == pytest.approx(2.5, abs=0.08)

    @pytest.mark.parametrize("kind", ["mp3", "wav", "ogg", "m4a"])
    async def test_under_two_seconds_are_filled_with_silence(
        self, tmp_path: Path, directory: Path, converter: Converter, kind: str
    ) -> None:
        source = save_audio(tmp_path / "short", kind, 0.7)

        done = await converter.audio(source, directory, option="audio", clip_ms=5_000)

        assert Mend.PADDED in done.mends
        assert 2.0 <= decoded_seconds(done.path) < 2.3
        assert 2_000 <= done.duration_ms < 2_300

    @pytest.mark.parametrize("kind", ["mp3", "flac", "m4a"])
    async def test_longer_than_the_clip_are_cut_to_it(
        self, tmp_path: Path, directory: Path, converter: Converter, kind: str
    ) -> None:
        source = save_audio(tmp_path / "long", kind, 4.0)

        done = await converter.audio(source, directory, option="audio", clip_ms=3_000)

        assert Mend.TRIMMED in done.mends
        assert decoded_seconds(done.path) == pytest.approx(3.0, abs=0.06)
        assert done.duration_ms == 3_000

    async def test_just_under_a_minute_come_out_under_a_minute(
        self, tmp_path: Path, directory: Path, converter: Converter
    ) -> None:
        source = save_audio(tmp_path / "memo", "m4a", 59.9)

        done = await converter.audio(source, directory, option="audio")

        assert 59.5 < decoded_seconds(done.path) < 60
        assert done.mends == (Mend.CONVERTED,)

    async def test_of_a_minute_are_refused_even_for_a_short_clip(
        self, tmp_path: Path, directory: Path, converter: Converter
    ) -> None:
        source = save_wav(tmp_path / "long.wav", 60)

        refusal = await refused_audio(converter, source, directory, clip_ms=5_000)

        assert refusal == AudioTooLong(option="audio", found_seconds=60.0, limit_seconds=60)

    async def test_that_hide_their_length_are_refused_when_it_shows(
        self, tmp_path: Path, directory: Path, converter: Converter
    ) -> None:
        source = claiming_seconds(save_audio(tmp_path / "long", "m4a", 61), 3)
        assert probe_audio(source).duration_ms == 3_000

        refusal = await refused_audio(converter, source, directory)

        assert isinstance(refusal, AudioTooLong)

    async def test_too_heavy_are_refused(self, tmp_path: Path, directory: Path) -> None:
        limits = replace(LIMITS, audio=replace(LIMITS.audio, max_audio_bytes=1_000))
        source = save_wav(tmp_path / "heavy.wav", 3)

        refusal = await refused_audio(Converter(WorkerPool(), limits), source, directory)

        assert isinstance(refusal, AudioTooLarge)

    async def test_that_are_broken_are_refused(self, tmp_path: Path, directory: Path, converter: Converter) -> None:
        source = save_audio(tmp_path / "memo", "m4a", 1)
        content = bytearray(source.read_bytes())
        media = content.index(b"mdat") + 4
        content[media:] = bytes(len(content) - media)
        source.write_bytes(content)

        refusal = await refused_audio(converter, source, directory)

        assert refusal == FileUnreadable(option="audio", expected="audio")

    async def test_that_are_something_else_are_refused(
        self, tmp_path: Path, directory: Path, converter: Converter
    ) -> None:
        source = save_image(tmp_path / "sound.mp3", picture(64, 64), "PNG")

        refusal = await refused_audio(converter, source, directory)

        assert isinstance(refusal, AudioFormatNotTaken)
        assert refusal.found == "png"


class TestTrouble:
    @pytest.fixture
    def crashing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(processes, "_SOURCE_ROOT", Path("/nonexistent"))

    @pytest.mark.usefixtures("crashing")
    async def test_a_worker_that_crashes_means_an_unreadable_file(
        self, tmp_path: Path, directory: Path, converter: Converter
    ) -> None:
        image = save_image(tmp_path / "image", picture(400, 320), "WEBP")
        sound = save_audio(tmp_path / "sound", "m4a", 3)

        assert isinstance(await refused_image(converter, image, directory), FileUnreadable)
        assert isinstance(await refused_audio(converter, sound, directory), FileUnreadable)

    async def test_a_worker_that_is_too_slow_means_an_unreadable_file(self, tmp_path: Path, directory: Path) -> None:
        usual = Allowances()
        hasty = replace(usual, image=replace(usual.image, wall_ms=1))
        image = save_image(tmp_path / "image", picture(400, 320), "WEBP")

        refusal = await refused_image(Converter(WorkerPool(allowances=hasty), LIMITS), image, directory)

        assert refusal == FileUnreadable(option="end_image", expected="image")

    async def test_a_full_disk_is_not_the_persons_fault(self, tmp_path: Path, directory: Path) -> None:
        limits = replace(LIMITS, image=replace(LIMITS.image, max_bytes=10**18))
        image = save_image(tmp_path / "image", picture(400, 320), "WEBP")

        with pytest.raises(DiskFullError):
            await Converter(WorkerPool(), limits).image(image, directory, option="image")
