"""Verbs: which words ask for what, and when they are only words."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.replies import (
    VOCABULARY,
    Cancel,
    Delete,
    Edit,
    Extend,
    FreeText,
    Help,
    Info,
    Lipsync,
    Mistake,
    MistakeKind,
    Reroll,
    Said,
    Verb,
    read_reply,
)
from bot.replies.characters import folded
from bot.replies.vocabulary import NOT_BEFORE, SET_OFF

ALONE: dict[Verb, Said] = {
    Verb.EXTEND: Extend(),
    Verb.CONTINUE: Extend(),
    Verb.LIPSYNC: Mistake(kind=MistakeKind.TEXT_MISSING, verb=Verb.LIPSYNC),
    Verb.REROLL: Reroll(),
    Verb.EDIT: Edit(),
    Verb.INFO: Info(),
    Verb.CANCEL: Cancel(),
    Verb.DELETE: Delete(),
    Verb.HELP: Help(),
}
WORDS = [(verb, word) for language in VOCABULARY.values() for verb, words in language.items() for word in words]


@pytest.mark.parametrize(("verb", "word"), WORDS)
@pytest.mark.parametrize("shape", ["{}", "{}.", "{}!", "<@123> {}", " {}\n", "{}！", "{} <@!9>"])
def test_every_word_alone_means_its_verb(verb: Verb, word: str, shape: str) -> None:
    assert read_reply(shape.format(word)) == ALONE[verb]
    assert read_reply(shape.format(word.upper())) == ALONE[verb]
    assert read_reply(shape.format(word.capitalize())) == ALONE[verb]


def test_no_word_has_two_meanings() -> None:
    clashes = [(a, b) for a, b in combinations(WORDS, 2) if folded(a[1]) == folded(b[1]) and a[0] is not b[0]]
    assert clashes == []


def test_every_language_has_a_word_for_every_verb() -> None:
    assert {language: set(verbs) for language, verbs in VOCABULARY.items() if set(verbs) != set(Verb)} == {}
    assert set(VOCABULARY) == {"en", "de", "es", "fr", "ja", "pt-BR", "zh-CN"}


def test_every_guard_belongs_to_a_word() -> None:
    known = {folded(word) for _, word in WORDS}
    assert known >= SET_OFF | set(NOT_BEFORE)


@pytest.mark.parametrize(
    "text",
    [
        "again we meet",
        "again?",
        "delete that from my memory",
        "edit: great work",
        "Edit - great work",
        "help me understand",
        "info please",
        "cancel culture strikes again",
        "continue, please",
        "longer than I thought",
        "retry it maybe",
        "extended version when",
        "sayonara",
        "saying nothing",
        "extend's nice",
        "wow nice",
        "please extend this",
        "nochmal bitte mit mehr Regen",
        "weiter so!",
        "encore un chef-d'œuvre",
        "otra vez lo mismo",
        "de novo não",
        "もう一度見たい",
        "続きが気になる",
        "取消关注了",
        "继续加油",
        "dis bot is so good",
        "sage advice",
        "di sini bagus",
        "dire straits vibes",
        "fala galera",
        "言っていることがわからない",
        "言ってた通り",
        "延長できる？",
        "延長戦だ",
        "说得好",
        "说真的，太棒了",
        "说明一下",
        "配音很棒",
        "延长了吗？",
    ],
)
def test_a_sentence_is_no_command(text: str) -> None:
    assert read_reply(text) == FreeText(text=text)


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("extend a storm rolls in", "a storm rolls in"),
        ("EXTEND a storm rolls in", "a storm rolls in"),
        ("Extend: a storm rolls in.", "a storm rolls in."),
        ("extend\na storm\nrolls in", "a storm\nrolls in"),
        ("<@123456789012345678> extend a storm", "a storm"),
        ("<@!123>  <@&456>extend a storm", "a storm"),
        ("ｅｘｔｅｎｄ\u3000嵐が来る", "嵐が来る"),
        ("erweitern ein Sturm zieht auf", "ein Sturm zieht auf"),
        ("Verlängere: ein Sturm", "ein Sturm"),
        ("Verla\u0308ngern ein Sturm", "ein Sturm"),
        ("verlangern ein Sturm", "ein Sturm"),
        ("extiende llega una tormenta", "llega una tormenta"),
        ("¡Extiende llega una tormenta!", "llega una tormenta!"),
        ("Prolonge une tempête arrive", "une tempête arrive"),
        ("etends une tempête arrive", "une tempête arrive"),
        ("estenda uma tempestade chega", "uma tempestade chega"),
        ("延長 嵐が来る", "嵐が来る"),
        ("延長：嵐が来る", "嵐が来る"),
        ("延長嵐が来る", "嵐が来る"),
        ("延長して、嵐が来る", "嵐が来る"),
        ("延长暴风雨来了", "暴风雨来了"),
        ("扩展：暴风雨来了", "暴风雨来了"),
        ("延伸，暴风雨来了", "暴风雨来了"),
    ],
)
def test_extend_takes_what_follows_as_its_prompt(text: str, prompt: str) -> None:
    assert read_reply(text) == Extend(prompt=prompt)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("say hello", "hello"),
        ("Say “hello there”", "hello there"),
        ('say "hello there"', "hello there"),
        ("say ‘hello there’", "hello there"),
        ("say 'don't stop'", "don't stop"),
        ("say “a” and “b”", "“a” and “b”"),
        ('say "he said “hi” to me"', "he said “hi” to me"),
        ("say he said “hi”", "he said “hi”"),
        ('say"hello"', "hello"),
        ("say\u00a0hello", "hello"),
        ("say\u200bhello", "hello"),
        ("say: hello", "hello"),
        ("lip-sync hello", "hello"),
        ("lip\u2011sync hello", "hello"),
        ("Lip  Sync hello", "hello"),
        ("dub hello", "hello"),
        ("say what you want but this is great", "what you want but this is great"),
        ("sag „Guten Tag“", "Guten Tag"),
        ("Sprich: Guten Tag", "Guten Tag"),
        ("sage: Guten Tag", "Guten Tag"),
        ("di: hola", "hola"),
        ("di «hola»", "hola"),
        ("Haz que diga hola", "hola"),
        ("dis : bonjour", "bonjour"),
        ("dis « bonjour »", "bonjour"),
        ("dis\u202f: «\u00a0bonjour\u00a0»", "bonjour"),
        ("Fais-lui dire bonjour", "bonjour"),
        ("fala: oi", "oi"),
        ("Diga oi", "oi"),
        ("言って「こんにちは」", "こんにちは"),
        ("言ってこんにちは", "こんにちは"),
        ("言ってただいま", "ただいま"),
        ("言ってください：おはよう", "おはよう"),
        ("セリフ：「おはよう」", "おはよう"),
        ("ﾘｯﾌﾟｼﾝｸ おはよう", "おはよう"),
        ("说你好", "你好"),
        ("说：“你好”", "你好"),
        ("让她说《你好》", "你好"),
        ("配音 你好", "你好"),
    ],
)
def test_a_lip_sync_takes_what_follows_as_its_text(text: str, spoken: str) -> None:
    assert read_reply(text) == Lipsync(text=spoken)


@pytest.mark.parametrize(
    "text", ["say", "Say.", 'say ""', "say “ ”", "dub —", "lipsync 😂", "say <@123>", "说：", "sag!"]
)
def test_a_lip_sync_with_nothing_to_say_is_a_mistake(text: str) -> None:
    assert read_reply(text) == Mistake(kind=MistakeKind.TEXT_MISSING, verb=Verb.LIPSYNC)


@pytest.mark.parametrize(
    "prompt",
    [
        "```py\nprint('--spoiler')\n```",
        "`a --b c` glows",
        "https://example.org/a--b?length=10#x",
        "👩‍👩‍👧‍👦 walk ❤️",
        "line one\n\n  line two",
        "\u202bعاصفة تقترب\u202c",
        "סערה מתקרבת\u200f",
        "a well--known fox",
        "a storm — slow motion",
        "a storm —slow motion",
        "wait -- what",
        "a - b – c ― d",
        "1–2 metres, her soft—voice",
        'a sign reading "use --force" glows',
        '10" of rain and 12" of snow',
        "“quoted” from start to “end”",
        "<:voice:123456789> dances with <@99>",
        "voice: deep, speed: slow",
        "ratio 1:1 --",
        "x" * 3_990,
        "—" * 3_990,
        "嵐が来る——静かに",
        "嵐--wind が来る",
        "a dog (“woof”--barks) runs",
        "a file named --voice_over and —speed/quality",
        "a cosmic —void, the ground —seed pods falling",
    ],
)
def test_a_prompt_is_left_as_it_was_written(prompt: str) -> None:
    assert read_reply(f"extend  {prompt} \n") == Extend(prompt=prompt)
