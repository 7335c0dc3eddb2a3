"""Discord's markup in plain words and as Markdown."""

from __future__ import annotations

import pytest

from sandbox.stage.markup import Reader, instant, relative
from tests.integration.stage.stage_samples import CHANNEL, COMMUNITY, MIRA

NOW = 1_800_000_000


@pytest.fixture
def reader() -> Reader:
    return Reader(COMMUNITY.shown_names, COMMUNITY.channels, lambda: NOW)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "now"),
        (0.4, "now"),
        (1, "in 1 second"),
        (-1, "1 second ago"),
        (45, "in 45 seconds"),
        (-90, "2 minutes ago"),
        (3600, "in 1 hour"),
        (-172_800, "2 days ago"),
    ],
)
def test_distances_in_time(seconds, words) -> None:
    assert relative(seconds) == words


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("R", "in 40 seconds"),
        ("t", "08:00 UTC"),
        ("T", "08:00:40 UTC"),
        ("d", "2027-01-15"),
        ("D", "15 January 2027"),
        ("f", "15 January 2027 08:00 UTC"),
    ],
)
def test_instants_in_each_style(style, words) -> None:
    assert instant(NOW + 40, style, NOW) == words


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("**bold** and *leaning* and __under__ and ~~gone~~", "bold and leaning and under and gone"),
        ("||a secret||", "a secret"),
        ("-# small print", "small print"),
        ("> quoted\n> twice", "quoted\ntwice"),
        ("a \\*typed\\* star, 3 * 4 * 5", "a *typed* star, 3 * 4 * 5"),
        ("`#k3f9x2`", "#k3f9x2"),
        ("```\nas it is\n```", "\nas it is\n"),
        ("[see the clip](https://example.org/1)", "see the clip (https://example.org/1)"),
        (f"<@{MIRA}> in <#{CHANNEL}>", "@Mira in #clips"),
        ("<@900000000000000000> in <#900000000000000000>", "@somebody in #somewhere"),
        ("try </video:900000000000000000>", "try /video"),
        ("ready <t:1800000060:R>", "ready in 1 minute"),
        ("nothing <t:x:R> here", "nothing <t:x:R> here"),
    ],
)
def test_plain_words(reader, markup, plain) -> None:
    assert reader.plain(markup) == plain


def test_markdown_keeps_what_markdown_has_and_breaks_lines(reader) -> None:
    assert reader.markdown(f"<@{MIRA}> **done**\n-# $0.26") == "@Mira **done**  \n<sub>$0.26</sub>"
