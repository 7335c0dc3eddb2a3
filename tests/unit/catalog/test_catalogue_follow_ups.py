"""Extensions, lip-syncs and images: what their sources and files must be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.catalog import (
    AudioFacts,
    Catalogue,
    ClipKind,
    ImageFacts,
    Limits,
    LipsyncAsked,
    LipsyncChoice,
    LipsyncLimits,
    Note,
    SourceFacts,
    check_audio,
    check_extend,
    check_image,
    check_lipsync,
)
from bot.catalog import refusals as r
from bot.clock import DAY, SECOND
from bot.errors import Refusal, Refused, refusal_from_json, refusal_to_json

CATALOGUE = Catalogue()
NOW = 1_770_000_000_000
SOURCE = SourceFacts(kind=ClipKind.VIDEO, model="1.6", made_at=NOW - DAY, duration_ms=5_100)
AUDIO = AudioFacts(extension="ogg", size_bytes=40_000, duration_ms=3_000)


def lipsync(source: SourceFacts = SOURCE, **options: Any) -> LipsyncChoice:
    return check_lipsync(CATALOGUE, source, LipsyncAsked(**options), now=NOW)


def refusal_of_lipsync(source: SourceFacts = SOURCE, **options: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        lipsync(source, **options)
    assert refusal_from_json(refusal_to_json(refused.value.refusal)) == refused.value.refusal
    return refused.value.refusal


def refusal_of_extend(source: SourceFacts, prompt: str = "") -> Refusal:
    with pytest.raises(Refused) as refused:
        check_extend(CATALOGUE, source, prompt=prompt, now=NOW)
    assert refusal_from_json(refusal_to_json(refused.value.refusal)) == refused.value.refusal
    return refused.value.refusal


@pytest.mark.parametrize("model", ["1.0", "1.5", "1.6"])
@pytest.mark.parametrize("kind", [ClipKind.VIDEO, ClipKind.EXTEND])
def test_clips_of_1x_and_their_extensions_can_be_extended(model: str, kind: ClipKind):
    choice = check_extend(CATALOGUE, replace(SOURCE, model=model, kind=kind), prompt=" a storm ", now=NOW)
    assert (choice.prompt, choice.adds_seconds, choice.price) == ("a storm", (4, 5), None)


@pytest.mark.parametrize("model", ["2.0", "2.1", "2.1-master", "2.5-turbo", "2.6", "3.0", "gone"])
def test_clips_of_other_models_cannot_be_extended(model: str):
    refusal = refusal_of_extend(replace(SOURCE, model=model))
    assert isinstance(refusal, r.NotExtendable)
    assert set(refusal.extendable) == {"1.0", "1.5", "1.6"}
    assert not refusal.after_lipsync


@pytest.mark.parametrize(
    "source", [replace(SOURCE, kind=ClipKind.LIPSYNC), replace(SOURCE, kind=ClipKind.EXTEND, after_lipsync=True)]
)
def test_a_lipsync_ends_the_chain_of_extensions(source: SourceFacts):
    refusal = refusal_of_extend(source)
    assert isinstance(refusal, r.NotExtendable)
    assert refusal.after_lipsync


def test_a_source_is_remembered_for_thirty_days_and_no_longer():
    check_extend(CATALOGUE, replace(SOURCE, made_at=NOW - 30 * DAY), prompt="", now=NOW)
    refusal = refusal_of_extend(replace(SOURCE, made_at=NOW - 30 * DAY - 1))
    assert refusal == r.SourceTooOld(age_days=30, limit_days=30)
    assert isinstance(refusal_of_lipsync(replace(SOURCE, made_at=NOW - 40 * DAY), say="hi"), r.SourceTooOld)


def test_a_source_of_another_account_is_refused():
    other = replace(SOURCE, same_account=False)
    assert refusal_of_extend(other) == r.SourceOfOtherAccount()
    assert refusal_of_lipsync(other, say="hi") == r.SourceOfOtherAccount()


def test_an_extended_clip_stays_within_three_minutes():
    check_extend(CATALOGUE, replace(SOURCE, duration_ms=175 * SECOND), prompt="", now=NOW)
    check_extend(CATALOGUE, replace(SOURCE, duration_ms=None), prompt="", now=NOW)
    refusal = refusal_of_extend(replace(SOURCE, duration_ms=175 * SECOND + 1))
    assert refusal == r.ExtensionTooLong(source_seconds=175.001, limit_seconds=180)


def test_a_prompt_over_the_limit_is_refused_for_an_extension_too():
    refusal = refusal_of_extend(SOURCE, prompt="x" * 2501)
    assert refusal == r.TextTooLong(option="prompt", limit=2500, found=2501)


def test_text_is_spoken_by_a_voice_of_its_language_at_normal_speed():
    choice = lipsync(say=" Hello there ")
    assert (choice.say, choice.speed, choice.notes, choice.price) == ("Hello there", 1.0, (), None)
    assert choice.voice is not None
    assert choice.voice.language == "English"
    chinese = lipsync(say="你好").voice
    assert chinese is not None
    assert chinese.language == "Chinese"


def test_a_named_voice_is_taken_whatever_its_capitals_and_a_speed_to_one_decimal():
    choice = lipsync(say="Hello", voice=" commercial LADY ", speed=1.26)
    assert choice.voice is not None
    assert (choice.voice.name, choice.speed) == ("Commercial Lady", 1.3)


def test_a_recording_needs_no_voice():
    choice = lipsync(audio=AUDIO)
    assert (choice.say, choice.voice, choice.notes) == ("", None, ())


def test_speech_longer_than_the_clip_is_noted_and_not_refused():
    assert lipsync(say="word " * 23).notes == (Note.SPEECH_LONGER,)
    assert lipsync(replace(SOURCE, duration_ms=None), say="word " * 23).notes == ()


def test_a_recording_longer_than_the_clip_is_noted():
    assert lipsync(audio=replace(AUDIO, duration_ms=9_000)).notes == (Note.AUDIO_TRIMMED,)
    assert lipsync(audio=replace(AUDIO, duration_ms=None)).notes == ()


@pytest.mark.parametrize(
    ("options", "kind", "option"),
    [
        ({}, r.SayOrAudioMissing, "say"),
        ({"say": "  ", "voice": "Rock"}, r.SayOrAudioMissing, "say"),
        ({"say": "hi", "audio": AUDIO}, r.SayAndAudio, "say"),
        ({"audio": AUDIO, "voice": "Rock"}, r.VoiceWithAudio, "voice"),
        ({"audio": AUDIO, "speed": 1.0}, r.VoiceWithAudio, "speed"),
        ({"say": "x" * 121}, r.TextTooLong, "say"),
        ({"say": "hi", "voice": "Rocky"}, r.VoiceUnknown, "voice"),
        ({"say": "hi", "speed": 0.7}, r.SpeedOutOfRange, "speed"),
        ({"say": "hi", "speed": 2.1}, r.SpeedOutOfRange, "speed"),
        ({"audio": replace(AUDIO, extension="exe")}, r.AudioFormatNotTaken, "audio"),
        ({"audio": replace(AUDIO, size_bytes=20_000_000)}, r.AudioTooLarge, "audio"),
        ({"audio": replace(AUDIO, duration_ms=60_000)}, r.AudioTooLong, "audio"),
    ],
)
def test_what_cannot_be_spoken_is_refused_naming_the_option(options: dict[str, Any], kind: type[Refusal], option: str):
    refusal = refusal_of_lipsync(**options)
    assert type(refusal) is kind
    assert refusal.option == option


def test_an_unknown_voice_is_answered_with_names_that_come_close():
    refusal = refusal_of_lipsync(say="hi", voice="Rocky")
    assert isinstance(refusal, r.VoiceUnknown)
    assert refusal.similar[0] == "Rock"


@pytest.mark.parametrize("extension", ["MP3", ".wav", "flac", "ogg", "m4a", "aac", "mp4"])
def test_recordings_taken_or_convertible_pass(extension: str):
    check_audio(LipsyncLimits(), AudioFacts(extension=extension, size_bytes=19_999_999, duration_ms=59_999))


def test_text_up_to_the_owners_limit_is_taken():
    raised = replace(CATALOGUE, limits=Limits(lipsync=LipsyncLimits(text_characters=300)))
    choice = check_lipsync(raised, SOURCE, LipsyncAsked(say="x" * 300), now=NOW)
    assert len(choice.say) == 300
    assert len(lipsync(say="x" * 120).say) == 120


@pytest.mark.parametrize("model", ["2.5-turbo", "3.0", "gone"])
def test_clips_of_models_outside_the_classic_family_cannot_speak(model: str):
    refusal = refusal_of_lipsync(replace(SOURCE, model=model), say="hi")
    assert isinstance(refusal, r.NotLipsyncable)
    assert "1.6" in refusal.lip_syncable


@pytest.mark.parametrize(("duration_ms", "taken"), [(1_999, False), (2_000, True), (10_100, True), (14_200, False)])
def test_clips_of_two_to_ten_seconds_can_speak(duration_ms: int, taken: bool):
    source = replace(SOURCE, duration_ms=duration_ms)
    if taken:
        lipsync(source, say="hi")
    else:
        assert isinstance(refusal_of_lipsync(source, say="hi"), r.SourceLengthNotLipsyncable)


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (ImageFacts(width=301, height=301, size_bytes=10_000_000), None),
        (ImageFacts(width=1000, height=400, size_bytes=1), None),
        (ImageFacts(width=301, height=301, size_bytes=10_000_001), r.ImageTooLarge),
        (ImageFacts(width=300, height=400, size_bytes=1), r.ImageTooSmall),
        (ImageFacts(width=400, height=299, size_bytes=1), r.ImageTooSmall),
        (ImageFacts(width=1001, height=400, size_bytes=1), r.ImageTooNarrow),
        (ImageFacts(width=400, height=1001, size_bytes=1), r.ImageTooNarrow),
    ],
)
def test_images_must_be_large_enough_small_enough_and_not_too_narrow(image: ImageFacts, kind: type[Refusal] | None):
    if kind is None:
        check_image(CATALOGUE.limits.image, image, "image")
        return
    with pytest.raises(Refused) as refused:
        check_image(CATALOGUE.limits.image, image, "end_image")
    assert type(refused.value.refusal) is kind
    assert refused.value.refusal.option == "end_image"
