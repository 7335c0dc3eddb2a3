"""Flags: how they are written, who takes them, and what is wrong with the others."""

from __future__ import annotations

import pytest

from bot.catalog import Mode
from bot.replies import (
    Edit,
    Extend,
    Flag,
    FreeText,
    Lipsync,
    Mistake,
    MistakeKind,
    Reroll,
    Said,
    Verb,
    read_reply,
)


def mistake(kind: MistakeKind, verb: Verb, flag: str = "", value: str = "", meant: Flag | None = None) -> Mistake:
    return Mistake(kind=kind, verb=verb, flag=flag, value=value, meant=meant)


@pytest.mark.parametrize("dashes", ["--", "—", "–", "―", "\u2011\u2011", "－－", "——", "−−"])
@pytest.mark.parametrize("name", ["voice", "Voice", "VOICE", "ｖｏｉｃｅ"])
@pytest.mark.parametrize(
    "rest",
    [
        " The Reader",
        ' "The Reader"',
        " “The Reader”",
        ":The Reader",
        "=「The Reader」",
        "： The Reader",
        " The Reader.",
    ],
)
def test_a_flag_is_read_however_a_phone_writes_it(dashes: str, name: str, rest: str) -> None:
    assert read_reply(f"say hello {dashes}{name}{rest}") == Lipsync(text="hello", voice="The Reader")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("say hello --speed 1.2", Lipsync(text="hello", speed=1.2)),
        ("say hello --speed 1,2", Lipsync(text="hello", speed=1.2)),
        ("say hello --speed１．２", Lipsync(text="hello", speed=1.2)),
        ("say hello speed:1.2x", Lipsync(text="hello", speed=1.2)),
        ("say hello --speed .9", Lipsync(text="hello", speed=0.9)),
        ("say hello --speed 2.", Lipsync(text="hello", speed=2.0)),
        ("say hello --speed 9000", Lipsync(text="hello", speed=9000.0)),
        ("say --speed 2 hello there", Lipsync(text="hello there", speed=2.0)),
        ("say hello --spoiler there --speed 2 you", Lipsync(text="hello there you", speed=2.0, spoiler=True)),
        ("say --voice Titan hello you", Lipsync(text="hello you", voice="Titan")),
        ("say --voice the reader hello", Lipsync(text="hello", voice="the reader")),
        ("say hi --voice Nova Prime --speed 2", Lipsync(text="hi", voice="Nova Prime", speed=2.0)),
        ("say --voice Nova Prime\nhi", Lipsync(text="hi", voice="Nova Prime")),
        ('say --voice "Nova Prime" hi', Lipsync(text="hi", voice="Nova Prime")),
        ("say hi --voice “Nova", Lipsync(text="hi", voice="Nova")),
        ("说你好——voice 阳光少年", Lipsync(text="你好", voice="阳光少年")),
        ("言って「やあ」--voice 阳光少年", Lipsync(text="やあ", voice="阳光少年")),
        ("say “use --voice now” --voice Ace", Lipsync(text="use --voice now", voice="Ace")),
        ("extend --spoiler", Extend(spoiler=True)),
        ("extend --spoiler a storm", Extend(prompt="a storm", spoiler=True)),
        ("extend a storm —spoiler.", Extend(prompt="a storm", spoiler=True)),
        ("extend a storm spoiler:true", Extend(prompt="a storm", spoiler=True)),
        ("extend a storm --spoiler=no", Extend(prompt="a storm")),
        ("extend one\n--spoiler\ntwo", Extend(prompt="one\ntwo", spoiler=True)),
        ("longer --spoiler", Extend(spoiler=True)),
        ("again --length 10", Reroll(length=10)),
        ("Again —length10", Reroll(length=10)),
        ("again length:10s", Reroll(length=10)),
        ("again length：10秒", Reroll(length=10)),
        ("again --length 10 s", Reroll(length=10)),
        ("again --length 10 seconds!", Reroll(length=10)),
        ("again --length １０", Reroll(length=10)),
        ("again --quality PRO", Reroll(quality=Mode.PRO)),
        ("again --quality Standard.", Reroll(quality=Mode.STD)),
        ("nochmal quality:std", Reroll(quality=Mode.STD)),
        ("otra vez --quality estandar", Reroll(quality=Mode.STD)),
        ("再来一次 --quality 专业", Reroll(quality=Mode.PRO)),
        ("もう一度--quality プロ", Reroll(quality=Mode.PRO)),
        ("again --avoid “rain, fog” --spoiler", Reroll(avoid="rain, fog", spoiler=True)),
        ("again --avoid rain, fog —spoiler", Reroll(avoid="rain, fog", spoiler=True)),
        ("again --avoid 'don't blur'", Reroll(avoid="don't blur")),
        ("edit --length 5 --quality pro --avoid «rain»", Edit(length=5, quality=Mode.PRO, avoid="rain")),
        ("<@1> edit --spoiler <@2>", Edit(spoiler=True)),
        ("again we meet --length 10", FreeText(text="again we meet --length 10")),
        ("delete this --spoiler", FreeText(text="delete this --spoiler")),
        ("nice --length 10", FreeText(text="nice --length 10")),
    ],
)
def test_flags_and_their_values(text: str, said: Said) -> None:
    assert read_reply(text) == said


def test_a_voice_that_the_owner_added_ends_where_its_name_ends() -> None:
    said = read_reply("say --voice Titan Deep hello", voices=["Titan", "Titan Deep"])
    assert said == Lipsync(text="hello", voice="Titan Deep")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("extend a storm --length 10", mistake(MistakeKind.LENGTH_NOT_TAKEN, Verb.EXTEND, "length", "10")),
        ("longer length:10", mistake(MistakeKind.LENGTH_NOT_TAKEN, Verb.CONTINUE, "length", "10")),
        ("say hello —length", mistake(MistakeKind.LENGTH_NOT_TAKEN, Verb.LIPSYNC, "length")),
        ("extend a storm --quality pro", mistake(MistakeKind.FLAG_NOT_TAKEN, Verb.EXTEND, "quality", "pro")),
        ("extend --avoid “rain” a storm", mistake(MistakeKind.FLAG_NOT_TAKEN, Verb.EXTEND, "avoid", "rain")),
        ("again --voice Titan", mistake(MistakeKind.FLAG_NOT_TAKEN, Verb.REROLL, "voice", "Titan")),
        ("delete --length 10", mistake(MistakeKind.FLAG_NOT_TAKEN, Verb.DELETE, "length", "10")),
        ("extend a storm --seed 42", mistake(MistakeKind.FLAG_UNKNOWN, Verb.EXTEND, "seed")),
        ("again --seed 42", mistake(MistakeKind.FLAG_UNKNOWN, Verb.REROLL, "seed")),
        ("again --lenght 10", mistake(MistakeKind.FLAG_UNKNOWN, Verb.REROLL, "lenght", meant=Flag.LENGTH)),
        ("say hi —Voic Titan", mistake(MistakeKind.FLAG_UNKNOWN, Verb.LIPSYNC, "Voic", meant=Flag.VOICE)),
        ("say hi --spoilers", mistake(MistakeKind.FLAG_UNKNOWN, Verb.LIPSYNC, "spoilers", meant=Flag.SPOILER)),
        ("say hi --voice", mistake(MistakeKind.VALUE_MISSING, Verb.LIPSYNC, "voice")),
        ("say hi --voice --speed 2", mistake(MistakeKind.VALUE_MISSING, Verb.LIPSYNC, "voice")),
        ("say hi --voice “”", mistake(MistakeKind.VALUE_MISSING, Verb.LIPSYNC, "voice")),
        ("again --length.", mistake(MistakeKind.VALUE_MISSING, Verb.REROLL, "length")),
        ("say hi --speed fast", mistake(MistakeKind.VALUE_MALFORMED, Verb.LIPSYNC, "speed", "fast")),
        ("say hi --speed -1", mistake(MistakeKind.VALUE_MALFORMED, Verb.LIPSYNC, "speed", "-1")),
        ("say hi --speed nan", mistake(MistakeKind.VALUE_MALFORMED, Verb.LIPSYNC, "speed", "nan")),
        ("again --length 10.5", mistake(MistakeKind.VALUE_MALFORMED, Verb.REROLL, "length", "10.5")),
        ("again --length ten", mistake(MistakeKind.VALUE_MALFORMED, Verb.REROLL, "length", "ten")),
        ("again quality:4k", mistake(MistakeKind.VALUE_MALFORMED, Verb.REROLL, "quality", "4k")),
        ("extend spoiler:maybe", mistake(MistakeKind.VALUE_MALFORMED, Verb.EXTEND, "spoiler", "maybe")),
        ("say hi --voice Ace --voice Bud", mistake(MistakeKind.FLAG_TWICE, Verb.LIPSYNC, "voice", "Bud")),
        ("say --voice Titan", mistake(MistakeKind.TEXT_MISSING, Verb.LIPSYNC)),
    ],
)
def test_what_is_wrong_is_told_as_data(text: str, wrong: Mistake) -> None:
    assert read_reply(text) == wrong
