from __future__ import annotations

import pytest

from tests.unit.image.compose_file import YamlError, read


def test_blocks_lists_and_words_are_read() -> None:
    text = """
    # a comment
    a:
      b: word
      c: 12
      d: true
      e: "12"
    f:
      - one
      - "80:80"
    g: [CMD, x, "a b"]
    h: {}
    i: ${NAME:-}
    j:
      - k: l
        m: true
      - n: o
    """
    lines = [line.removeprefix("    ") for line in text.splitlines()]

    assert read("\n".join(lines)) == {
        "a": {"b": "word", "c": 12, "d": True, "e": "12"},
        "f": ["one", "80:80"],
        "g": ["CMD", "x", "a b"],
        "h": {},
        "i": "${NAME:-}",
        "j": [{"k": "l", "m": True}, {"n": "o"}],
    }


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2",
        "a:\nb: 1",
        "a:\n  b: 1\n   c: 2",
        "a: &anchor x",
        "a: *anchor",
        "<<: {}",
        "a: |\n  text",
        "a: !tag x",
        "a: yes",
        "a: off",
        "a: 22:22",
        "a: 1.5",
        "a: 0o17",
        "a: 010",
        "a: 1e3",
        "a: 'single'",
        'a: "open',
        "a: x: y",
        "a: {b: 1}",
        "a: word # comment",
        "a:\n  - b: 1\n   c: 2",
        "a:\n  - b: 1\n    b: 2",
        "a: x\n---\nb: y",
        "a:\n\tb: 1",
        "- a",
        "",
    ],
)
def test_whatever_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(YamlError):
        read(text)
