"""Files: what they mean alone and with a lip-sync."""

from __future__ import annotations

import pytest

from bot.replies import (
    Extend,
    FileKind,
    Flag,
    FreeText,
    FromImage,
    Mistake,
    MistakeKind,
    Nothing,
    OtherFiles,
    ReplyFile,
    Reroll,
    Verb,
    VoiceOver,
    read_reply,
)

AUDIO, VOICE, IMAGE, VIDEO, OTHER = (
    ReplyFile(kind) for kind in (FileKind.AUDIO, FileKind.VOICE_MESSAGE, FileKind.IMAGE, FileKind.VIDEO, FileKind.OTHER)
)
NO_TEXT = ["", " ", "<@123>", "\u200b\n<@!1> \u2060", "\u200f"]


@pytest.mark.parametrize("text", NO_TEXT)
def test_a_recording_alone_is_a_voice_over(text: str) -> None:
    assert read_reply(text, [VOICE]) == VoiceOver(file=0)
    assert read_reply(text, [IMAGE, OTHER, AUDIO, AUDIO]) == VoiceOver(file=2)


@pytest.mark.parametrize("text", NO_TEXT)
def test_an_image_alone_proposes_a_clip(text: str) -> None:
    assert read_reply(text, [VIDEO, IMAGE]) == FromImage(file=1)


@pytest.mark.parametrize("text", NO_TEXT)
def test_other_files_alone_are_told_from_nothing(text: str) -> None:
    assert read_reply(text, [VIDEO, OTHER]) == OtherFiles()
    assert read_reply(text) == Nothing()


@pytest.mark.parametrize("verb", ["say", "Lipsync", "DUB:", "sag", "配音", "<@1> say <@2>", 'say ""'])
def test_a_lip_sync_without_text_takes_the_recording(verb: str) -> None:
    assert read_reply(verb, [IMAGE, AUDIO]) == VoiceOver(file=1)
    assert read_reply(f"{verb}!", [AUDIO]) == VoiceOver(file=0)
    assert read_reply(f"{verb} --spoiler", [VOICE]) == VoiceOver(file=0, spoiler=True)


def test_a_recording_takes_neither_text_nor_voice_nor_speed() -> None:
    assert read_reply("say hello", [AUDIO]) == Mistake(kind=MistakeKind.TEXT_AND_AUDIO, verb=Verb.LIPSYNC)
    assert read_reply("say --voice Ace", [AUDIO]) == Mistake(
        kind=MistakeKind.VOICE_WITH_AUDIO, verb=Verb.LIPSYNC, flag=Flag.VOICE, value="Ace"
    )
    assert read_reply("say --speed 1,5", [AUDIO]) == Mistake(
        kind=MistakeKind.VOICE_WITH_AUDIO, verb=Verb.LIPSYNC, flag=Flag.SPEED, value="1.5"
    )


def test_an_image_is_nothing_to_say() -> None:
    assert read_reply("say", [IMAGE]) == Mistake(kind=MistakeKind.TEXT_MISSING, verb=Verb.LIPSYNC)


def test_files_change_no_other_command() -> None:
    assert read_reply("extend a storm", [AUDIO]) == Extend(prompt="a storm")
    assert read_reply("again", [IMAGE]) == Reroll()
    assert read_reply("look at this", [AUDIO]) == FreeText(text="look at this")
