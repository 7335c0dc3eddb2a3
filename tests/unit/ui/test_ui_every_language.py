"""What is rendered in a test is rendered in every language, and what does not fit there is found."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from bot.catalog import Catalogue
from bot.jobs.ports import CardFacts
from bot.ui.cards import render_card
from bot.ui.more import report_form
from tests.unit.ui.every_language import Rendered
from tests.unit.ui.job_samples import job
from translations.catalogues import catalogue_file, compile_all, text


def compiled(directory: Path, english: str, german: str) -> Path:
    catalogue = Catalog(locale="de")
    catalogue.add(english, german)
    path = catalogue_file("de", directory)
    path.parent.mkdir(parents=True)
    path.write_text(text(catalogue), encoding="utf-8")
    compile_all(directory)
    return directory


def faults(directory: Path, english: str, german: str) -> list[str]:
    rendered = Rendered()
    with rendered.watching():
        render_card(job(), CardFacts(), Catalogue())
    return rendered.faults(compiled(directory, english, german), ["de"])


def test_what_fits_is_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "Details", "x" * 80) == []


@pytest.mark.parametrize(
    ("english", "german", "fault"),
    [
        ("Details", "x" * 81, "de: render_card: button 1 is 81 long, at most 80 fit"),
        ("Queued", "x" * 2000, "de: render_card: content is cut to"),
        ("{label}: {words}", "{label}: {worte}", "de: render_card: KeyError('worte')"),
    ],
)
def test_what_does_not_fit_or_cannot_be_filled_in_is_found(
    tmp_path: Path, english: str, german: str, fault: str
) -> None:
    (found,) = faults(tmp_path, english, german)

    assert found.startswith(fault)


async def test_a_title_of_a_form_that_is_too_long_is_found(tmp_path: Path) -> None:
    rendered = Rendered()
    with rendered.watching():
        report_form(job())

    directory = compiled(tmp_path, "Report {name}", "x" * 60 + "{name}")
    (found,) = await asyncio.to_thread(rendered.faults, directory, ["de"])

    assert "form/title is 67 long, at most 45 fit" in found
