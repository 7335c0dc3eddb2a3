"""Every language says everything, in words that fit, and nothing else."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog

from bot.replies import VOCABULARY
from bot.ui.language import SPOKEN
from bot.ui.replies import words_for
from tests.unit.translations.faults import CHECKS, Judge
from translations.catalogues import TEMPLATE, catalogue_file, languages, messages, read, text

every_language = pytest.mark.parametrize("language", SPOKEN)


def test_there_is_a_catalogue_of_every_language_that_is_spoken() -> None:
    assert languages() == sorted(SPOKEN)


@every_language
def test_a_catalogue_is_in_its_language_with_its_plural_forms(language: str, judge: Judge) -> None:
    begins = catalogue_file(language).read_text(encoding="utf-8")

    assert judge.catalogue.locale_identifier == language
    assert f'"Plural-Forms: {judge.catalogue.plural_forms}\\n"' in begins
    assert begins.startswith('msgid ""\nmsgstr ""\n"Project-Id-Version: egret\\n"\n')


@every_language
def test_nothing_that_is_translated_is_broken(judge: Judge) -> None:
    assert judge.faults(*CHECKS) == []


@every_language
def test_nothing_is_missing(language: str, judge: Judge) -> None:
    assert judge.missing() == []


@every_language
def test_a_catalogue_has_exactly_the_sentences_of_the_source(language: str, judge: Judge, source: Catalog) -> None:
    wanted = {where: message.id for where, message in messages(source).items()}

    assert {where: message.id for where, message in judge.words.items()} == wanted, "run `make translations`"


def test_the_template_is_what_the_source_says(source: Catalog) -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == text(source), "run `make translations`"


@every_language
def test_a_catalogue_stands_in_its_file_as_it_is_written_anew(language: str) -> None:
    path = catalogue_file(language)

    assert path.read_text(encoding="utf-8") == text(read(path)), "run `make translations`"


@every_language
def test_replies_have_verbs_of_every_language(language: str) -> None:
    verbs = words_for(language.replace("_", "-"))

    assert verbs is not VOCABULARY["en"]
    assert set(verbs) == set(VOCABULARY["en"])
