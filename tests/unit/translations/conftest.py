from __future__ import annotations

from functools import cache

import pytest
from babel.messages.catalog import Catalog

from tests.unit.translations.faults import Judge
from translations.catalogues import PACKAGES, ROOT, Key, catalogue_file, read, template
from translations.extraction import extract, modules
from translations.places import Place


@cache
def _template() -> Catalog:
    return template()


@cache
def _places() -> dict[Key, Place]:
    found: dict[Key, Place] = {}
    for module in modules(ROOT, PACKAGES):
        for words in extract(module):
            where = (words.one, words.context)
            if words.place is not None and (where not in found or words.place.limit < found[where].limit):
                found[where] = words.place
    return found


@pytest.fixture
def source() -> Catalog:
    """What the source says is to be translated."""
    return _template()


@pytest.fixture
def judge(language: str) -> Judge:
    return Judge(read(catalogue_file(language)), _places())
