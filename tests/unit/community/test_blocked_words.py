"""Blocked words, in whatever letters they are written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.community.look_alikes import LOOK_ALIKES
from bot.community.words import WordList, folded

WORDS = WordList(
    [
        "blood", "ass", "blood bath", "kill", "fall", "hell", "1488", "café", "血", "がき", "кровь", "αίμα", "เลือด",
        "niño", "heil du",
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a pool of BLOOD", "blood"),
        ("blóod, blöôd", "blood"),
        ("b̸l̸o̸o̸d̸", "blood"),
        ("ｂｌｏｏｄ", "blood"),
        ("𝐛𝐥𝐨𝐨𝐝", "blood"),
        ("🅱🅻🅾🅾🅳", "blood"),
        ("ⓑⓛⓞⓞⓓ", "blood"),
        ("вlооd", "blood"),
        ("ΒLΟΟD", "blood"),
        ("ʙʟᴏᴏᴅ", "blood"),
        ("bl00d", "blood"),
        ("b\u200bl\u200do\u2060o\u00add", "blood"),
        ("b l o o d", "blood"),
        ("b.l.o.o.d", "blood"),
        ("b_l-o o*d", "blood"),
        ("look: b l 0 0 d !", "blood"),
        ("bl.ood", "blood"),
        ("blood-bath", "blood"),
        ("k1ll", "kill"),
        ("ki11", "kill"),
        ("fa11", "fall"),
        ("@ss", "ass"),
        ("a$$", "ass"),
        ("a55", "ass"),
        ("h3ll", "hell"),
        ("1488", "1488"),
        ("CAFE", "café"),
        ("赤い血が流れる", "血"),
        ("ガキではなくがきだ", "がき"),
        ("КРОВЬ", "кровь"),
        ("ΑΙΜΑ", "αίμα"),
        ("มีเลือดมาก", "เลือด"),
        ("nino", "niño"),
        ("Heil   du", "heil du"),
        ("heil/du", "heil du"),
    ],
)
def test_a_word_is_found_however_it_is_written(text: str, word: str) -> None:
    assert WORDS.found_in(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "",
        "glass, bass and classes",
        "bloody, bloodless",
        "a fail in the mail",
        "455 people for $50",
        "he'll be there, she’ll too",
        "as sunny as sea",
        "it is a S.O.S. in the U.S.A.",
        "かき氷",
        "14880",
        "heil",
        "du heil",
        "a b c d e f g",
        "@juno smiles",
    ],
)
def test_other_words_are_let_be(text: str) -> None:
    assert WORDS.found_in(text) is None


def test_the_first_of_the_list_is_named_as_the_server_wrote_it() -> None:
    assert WordList(["Zebra", "ÉLAN"]).found_in("an elan, a zebra") == "Zebra"


def test_a_list_without_words_finds_nothing() -> None:
    assert WordList([]).found_in("blood") is None
    assert WordList(["", " ", "!!!", "\u200b"]).found_in("!!! \u200b") is None


LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12)
_DRESSES = {
    plain: [chr(code) for code, latin in LOOK_ALIKES.items() if latin == plain]
    for plain in "abcdefghijklmnopqrstuvwxyz"
}


@given(word=LETTERS, data=st.data())
def test_no_dress_of_letters_hides_a_word(word: str, data: st.DataObject) -> None:
    dressed = "".join(data.draw(st.sampled_from([letter, letter.upper(), *_DRESSES[letter]])) for letter in word)
    between = data.draw(st.sampled_from(["", "\u200b", "\u2060", "\ufe0f"]))

    assert WordList([word]).found_in(f"so {between.join(dressed)}, see") == word


@given(word=LETTERS, gap=st.sampled_from([" ", ".", "-", " * ", "_", "\n"]))
def test_letters_that_stand_alone_hide_no_word(word: str, gap: str) -> None:
    assert WordList([word]).found_in(f"look: {gap.join(word)} there") == word


@given(word=LETTERS, before=st.sampled_from("qxz"), after=st.sampled_from("qxz"))
def test_a_word_inside_another_is_none(word: str, before: str, after: str) -> None:
    assert WordList([word]).found_in(f"the {before}{word}{after} here") is None


@settings(max_examples=200)
@given(words=st.lists(st.text(max_size=30), max_size=20), text=st.text(max_size=400))
def test_any_words_and_any_text_are_taken(words: list[str], text: str) -> None:
    found = WordList(words).found_in(text)

    assert found is None or found in words


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    "text",
    ["a " * 1250, "a" * 2500, "аb1@" * 625, "a.b," * 625, "血" * 2500, ("a " * 49 + "b ") * 25, "lorem ipsum " * 208],
    ids=["letters", "one word", "dresses", "pieces", "chinese", "phrases", "prose"],
)
def test_the_longest_prompt_and_the_longest_list_take_no_time(text: str) -> None:
    nasty = [" ".join(["a"] * length) for length in range(2, 102)]
    plain = [f"word{number}" for number in range(350)]
    words = WordList([*nasty, *plain, *(f"血{chr(0x4E00 + number)}" for number in range(50))])

    begun = time.process_time()
    words.found_in(text[:2500])

    # It takes about ten milliseconds; what grows with the square of the text takes seconds.
    assert time.process_time() - begun < 0.5
