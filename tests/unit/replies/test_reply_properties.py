"""What holds for every message."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.catalog import BUILT_IN_VOICES, Mode
from bot.replies import (
    VOCABULARY,
    Edit,
    Extend,
    FileKind,
    FreeText,
    Lipsync,
    Mistake,
    Nothing,
    ReplyFile,
    Reroll,
    Said,
    Verb,
    read_reply,
)

LONGEST = 4_000
VERB_WORDS = [word for language in VOCABULARY.values() for words in language.values() for word in words]
PIECES = st.sampled_from(
    [
        *VERB_WORDS, "--", "—", "–", "－－", "-", "voice", "speed", "length", "quality", "avoid", "spoiler", "lenght",
        "--voice", "—speed", "--length", "length:10", "quality：pro", "--avoid", "--spoiler", "--seed", "Titan", "10",
        "1,2", "pro", '"', "“", "”", "„", "«", "»", "'", "’", "「", "」", "`", "```", ":", "：", ".", "!", "。", "…",
        "=", " ", "\n", "\u00a0", "\u3000", "\u200b", "\u200f", "\u2060", "\ufe0f", "<@123>", "<@!4>", "<@&5>", "¡",
        "a", "嵐", "ß", "İ", "ﬁ", "0", "٣", "²", "👩‍👩‍👧‍👦", "\u0301",
    ]
)  # fmt: skip
MESSAGES = st.one_of(
    st.text(max_size=80), st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES, max_size=9).map(" ".join)
)
FILES = st.lists(st.sampled_from(FileKind).map(ReplyFile), max_size=4)
MENTIONS = st.sampled_from(["<@123>", "<@!123>", "<@&77>", "<@1> <@!2>", "<@1>\n", "\u200b<@9>\u00a0"])

WORDS = st.text(st.sampled_from("abcxyzéßñ嵐雨你好가עא0189?!.,;👍🏽"), min_size=1, max_size=8)
PROSE = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
SPEAKABLE = PROSE.filter(lambda text: any(map(str.isalnum, text)))
VOICES = st.sampled_from([voice.name for voice in BUILT_IN_VOICES]) | st.sampled_from(["Nova Prime", "Ünal 2", "-x"])


def texts_of(said: Said) -> list[str]:
    match said:
        case Extend(prompt=prompt):
            return [prompt]
        case Lipsync(text=text, voice=voice):
            return [text, voice]
        case Reroll(avoid=avoid) | Edit(avoid=avoid):
            return [avoid]
        case FreeText(text=text):
            return [text]
        case Mistake(flag=flag, value=value):
            return [value] if flag else []
        case _:
            return []


@given(MESSAGES, FILES)
def test_any_message_can_be_read(text: str, files: list[ReplyFile]) -> None:
    said = read_reply(text, files)
    assert hash(said) == hash(read_reply(text, files))


@given(MESSAGES)
def test_everything_in_a_text_comes_from_the_message(text: str) -> None:
    written = Counter(text)
    for found in texts_of(read_reply(text)):
        assert not Counter(found) - written
        assert found == found.strip()


@given(MESSAGES)
def test_a_text_is_the_message_with_parts_cut_out(text: str) -> None:
    for found in texts_of(read_reply(text)):
        left = iter(text)
        assert all(character in left for character in found)


@given(MENTIONS, MESSAGES, FILES)
def test_a_mention_before_it_changes_nothing(mention: str, text: str, files: list[ReplyFile]) -> None:
    assert read_reply(mention + text, files) == read_reply(text, files)


@given(MESSAGES)
def test_only_what_shows_nothing_is_nothing(text: str) -> None:
    if read_reply(text) == Nothing():
        assert not re.search(r"\w", re.sub(r"<@[!&]?\d+>", "", text))


PARTS = {part.casefold() for word in VERB_WORDS if " " in word for part in word.split()}


@given(MESSAGES, st.sampled_from([" ", "\n", " "]), PROSE)
def test_more_prose_never_makes_free_text_an_action(text: str, between: str, prose: str) -> None:
    # Half of a verb of two words ("otra") does become one with its other half.
    assume(not PARTS & set(text.casefold().split()))
    before = read_reply(text)
    assume(isinstance(before, FreeText))
    assume(not text.rstrip().endswith((":", "：")))
    assert isinstance(read_reply(text + between + prose), FreeText)


def quoted(text: str) -> str:
    return f'"{text}"'


def written(said: Extend | Lipsync | Reroll | Edit) -> str:
    """Write a command as a careful person would."""
    flags = ["--spoiler"] if said.spoiler else []
    match said:
        case Extend():
            return " ".join(["extend", said.prompt, *flags])
        case Lipsync():
            flags += [f"--voice {quoted(said.voice)}"] if said.voice else []
            flags += [f"--speed {said.speed}"] if said.speed is not None else []
            return " ".join(["say", said.text, *flags])
        case Reroll() | Edit():
            flags += [f"--length {said.length}"] if said.length is not None else []
            flags += [f"--quality {said.quality}"] if said.quality is not None else []
            flags += [f"--avoid {quoted(said.avoid)}"] if said.avoid else []
            return " ".join(["again" if isinstance(said, Reroll) else "edit", *flags])


SPEEDS = st.none() | st.integers(1, 40).map(lambda tenths: tenths / 10)
CHANGES = {
    "length": st.none() | st.integers(0, 999),
    "quality": st.none() | st.sampled_from(Mode),
    "avoid": st.just("") | PROSE,
    "spoiler": st.booleans(),
}
EXTENDS = st.builds(
    Extend, prompt=st.just("") | PROSE.filter(lambda text: text.strip(".!") != ""), spoiler=st.booleans()
)
LIPSYNCS = st.builds(Lipsync, text=SPEAKABLE, voice=st.just("") | VOICES, speed=SPEEDS, spoiler=st.booleans())
COMMANDS = st.one_of(EXTENDS, LIPSYNCS, st.builds(Reroll, **CHANGES), st.builds(Edit, **CHANGES))


@given(COMMANDS)
def test_a_command_written_out_is_read_back(said: Extend | Lipsync | Reroll | Edit) -> None:
    assert read_reply(written(said)) == said


@given(
    COMMANDS,
    st.sampled_from(["--", "—", "–", "―", "－－", "\u2011\u2011", "——"]),
    st.sampled_from([("“", "”"), ("„", "“"), ("”", "”"), ("«", "»"), ("「", "」"), ("'", "'"), ("‘", "’")]),
    st.sampled_from([str.upper, str.capitalize, str.lower]),
    st.sampled_from([" ", "\u00a0", "\u3000", "\u202f", "\n"]),
)
def test_case_dashes_quotes_and_spaces_make_no_difference(
    said: Extend | Lipsync | Reroll | Edit, dashes: str, quotes: tuple[str, str], case: object, space: str
) -> None:
    assert callable(case)
    verb, _, rest = written(said).partition(" ")
    rest = re.sub(r'"([^"]*)"', lambda found: quotes[0] + found[1] + quotes[1], rest)
    rest = re.sub(r"--(\w+) ?", lambda found: dashes + case(found[1]) + (space if found[0].endswith(" ") else ""), rest)
    assert read_reply(case(verb) + space + rest) == said


@pytest.mark.parametrize(
    "text",
    [
        "x" * LONGEST, "say " + " " * LONGEST + "x", "extend " + "«a " * 1_300, "extend " + "`" * LONGEST,
        "extend " + "` " * 2_000, "extend " + "—voic " * 600, "again " + "--avoid " * 500,
        "extend " + "\u200f" * LONGEST, "extend --voice '" + "'a" * 2_000, "\u200b" * LONGEST + "x",
        "extend x" + " " * LONGEST + "x", "extend " + "a-" * 2_000,
        "again" + "!" * LONGEST + "x", "extend " + "--a " * 1_000,
    ],
    ids=range(14),
)  # fmt: skip
def test_the_longest_message_is_read_at_once(text: str) -> None:
    began = time.process_time()
    read_reply(text)
    assert time.process_time() - began < 0.25


@given(st.sampled_from([Verb.CONTINUE, Verb.REROLL, Verb.EDIT, Verb.INFO, Verb.CANCEL, Verb.DELETE, Verb.HELP]), PROSE)
def test_the_other_verbs_count_only_as_the_whole_message(verb: Verb, prose: str) -> None:
    assume(prose.strip(".! ") != "")
    for language in VOCABULARY.values():
        for word in language[verb]:
            assert read_reply(f"{word} {prose}") == FreeText(text=f"{word} {prose}")
