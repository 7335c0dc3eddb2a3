"""The checks of translations find what they are there for, and nothing in a good one."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog

from tests.unit.translations.faults import CHECKS, Judge
from translations.places import BUTTON, Place

RATIO = ("ratio", "option name")


def judged(
    english: str | tuple[str, str], german: str | tuple[str, ...], *, context: str = "", place: Place | None = None
) -> list[str]:
    catalogue = Catalog(locale="de")
    catalogue.add("ratio", "format", context="option name")
    catalogue.add("video", "video", context="command name")
    catalogue.add("Retry", "Erneut versuchen")
    catalogue.add(english, german, context=context or None)
    one = english if isinstance(english, str) else english[0]
    judge = Judge(catalogue, {(one, context): place} if place is not None else {})
    return judge.faults(*CHECKS)


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("{name} is cancelled.", "Abgebrochen: {name}."),
        (("{number} clip", "{number} clips"), ("{number} Clip", "{number} Clips")),
        (("{number} clip", "{number} clips"), ("ein Clip", "{number} Clips")),
        ("`ratio` was ignored.", "`format` wurde übergangen."),
        ("`ratio` was ignored.", "`ratio` wurde übergangen."),
        ("Press **Retry**.", "Drück auf **Erneut versuchen**."),
        ("Say **this** in `/video`.", "Sag **das** in `/video`."),
        ("Reply `again` or `say …`.", "Antworte `nochmal` oder `sag …`."),
        ("`{option}`: no model can.", "`{option}`: Kein Modell kann das."),
        ("first\nsecond", "erstens\nzweitens"),
    ],
)
def test_a_good_translation_has_no_fault(english: str | tuple[str, str], german: str | tuple[str, ...]) -> None:
    assert judged(english, german) == []


@pytest.mark.parametrize(
    ("english", "german", "fault"),
    [
        ("{name} is cancelled.", "Abgebrochen.", "fields []"),
        ("{name} is cancelled.", "{names} ist abgebrochen.", "fields ['names']"),
        ("{name} is cancelled.", "{name ist abgebrochen.", "expected '}'"),
        ("It is cancelled.", "{name} ist abgebrochen.", "fields ['name']"),
        (("{number} clip", "{number} clips"), ("{number} Clip", "Clips"), "without the fields ['number']"),
        (("{number} clip", "{number} clips"), ("{zahl} Clip", "{number} Clips"), "unknown fields ['zahl']"),
        (("{number} clip", "{number} clips"), ("{number} Clip",), "1 forms, not 2"),
        ("**Done**", "Fertig", "not as often as in English: ['**']"),
        ("[see why]({link})", "siehe {link}", "['](']"),
        ("first\nsecond", "erstens, zweitens", "['\\n']"),
        ("Done.", " Fertig.", "nothing before and after"),
        ("`{option}`: no model can.", "Kein Modell kann `{option}`.", "at the beginning"),
        ("Run /video.", "Starte /clip.", "mentions ['clip'], not ['video']"),
        ("`ratio` was ignored.", "`verhältnis` wurde übergangen.", "needs one of ['format', 'ratio']"),
        ("Reply `again`.", "Antworte `abermals`.", "needs one of"),
        ("Press **Retry**.", "Drück auf **Nochmal**.", "but the label is ['Erneut versuchen']"),
    ],
)
def test_a_broken_translation_is_found(
    english: str | tuple[str, str], german: str | tuple[str, ...], fault: str
) -> None:
    found = judged(english, german)

    assert any(fault in one for one in found), found


def test_what_is_too_long_for_its_place_is_found() -> None:
    assert judged("Report {name}", "x" * 73 + "{name}", place=BUTTON) != []
    assert judged("Report {name}", "x" * 72 + "{name}", place=BUTTON) == []


@pytest.mark.parametrize("name", ["Größe", "wie lang", "x" * 33, "größe!"])
def test_a_name_that_discord_would_refuse_is_found(name: str) -> None:
    assert judged("length", name, context="option name") != []


def test_what_is_fuzzy_or_half_translated_counts_as_missing() -> None:
    catalogue = Catalog(locale="de")
    catalogue.add("one", "eins", flags=["fuzzy"])
    catalogue.add(("{number} clip", "{number} clips"), ("{number} Clip", ""))
    catalogue.add("two", "")
    catalogue.add("three", "drei")

    assert Judge(catalogue, {}).missing() == ["one", "{number} clip", "two"]
