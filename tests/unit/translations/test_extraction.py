"""What is to be translated is found in the source, with the place where it is shown."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from translations.extraction import NotExtractable, Words, extract
from translations.places import BUTTON, FORM_LABEL, FORM_NOTE


def found(tmp_path: Path, source: str) -> list[Words]:
    module = tmp_path / "module.py"
    module.write_text(dedent(source))
    return list(extract(module))


def said(words: list[Words]) -> list[tuple[str, str, str]]:
    return [(one.one, one.many, one.context) for one in words]


def test_sentences_are_found_in_the_order_in_which_they_stand(tmp_path: Path) -> None:
    words = found(
        tmp_path,
        """
        TABLE = {1: marked("later")}
        def now(number):
            return _("now, "
                     "and {again}").format(again=1) + ngettext("{number} clip", "{number} clips", number)
        OTHER = pgettext("month", "May")
        """,
    )

    assert said(words) == [
        ("later", "", ""),
        ("now, and {again}", "", ""),
        ("{number} clip", "{number} clips", ""),
        ("May", "", "month"),
    ]


def test_what_is_looked_up_later_is_found_where_it_is_marked(tmp_path: Path) -> None:
    assert said(found(tmp_path, 'WORDS = marked("Done")\nsay = _(WORDS)\n')) == [("Done", "", "")]


def test_words_that_are_put_together_cannot_be_translated(tmp_path: Path) -> None:
    with pytest.raises(NotExtractable, match=r"module\.py:1: marked\(\) takes words, written out"):
        found(tmp_path, 'marked(f"{kind} of clip")\n')


@pytest.mark.parametrize(
    "said",
    [
        '_("now" if soon else "later")',
        '_(soon or "later")',
        '_(f"{number} clips")',
        '_("now, " + when)',
        '_(WORDS.get(1, "x"))',
    ],
)
def test_words_that_are_chosen_where_they_are_looked_up_cannot_be_translated(tmp_path: Path, said: str) -> None:
    with pytest.raises(NotExtractable, match=r"module\.py:1: _\(\) takes words, written out"):
        found(tmp_path, f"{said}\n")


@pytest.mark.parametrize("said", ["_(WORD)", '_(WORDS["later"])', "_(A if soon else B)", "_(HEADS[step][1])"])
def test_words_that_stand_elsewhere_can_be_looked_up_in_any_way(tmp_path: Path, said: str) -> None:
    assert found(tmp_path, f"{said}\n") == []


def test_commands_and_options_have_names_and_descriptions(tmp_path: Path) -> None:
    words = found(
        tmp_path,
        """
        VIDEO_OPTIONS: Final = {"prompt": locale_str("What it shows"), "private": _PRIVATE}
        MENU = message_command("Use as source")

        @app_commands.command(name="video", description=VIDEO)
        async def video(): ...
        """,
    )

    assert said(words) == [
        ("What it shows", "", "description"),
        ("prompt", "", "option name"),
        ("private", "", "option name"),
        ("Use as source", "", "message command"),
        ("video", "", "command name"),
    ]


def test_the_place_tells_how_many_characters_there_are(tmp_path: Path) -> None:
    words = found(
        tmp_path,
        """
        Button(id, _("Run"), "▶️")
        Button(id, _("Stop") if running else _("Go on {where}").format(where=1), "▶️")
        text_part(Field.SAY, _("What is said"), _("Nothing is bought yet."), typed)
        Message(content=_("Done"))
        """,
    )

    assert [(one.one, one.place) for one in words] == [
        ("Run", BUTTON),
        ("Stop", BUTTON),
        ("Go on {where}", BUTTON),
        ("What is said", FORM_LABEL),
        ("Nothing is bought yet.", FORM_NOTE),
        ("Done", None),
    ]
