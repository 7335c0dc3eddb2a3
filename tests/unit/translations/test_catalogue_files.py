"""Catalogues as files: brought up to date without losing work, the same each time, compiled, and in the wheel."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from hatchling.builders.wheel import WheelBuilder

from bot.ui import language
from bot.ui.language import SPOKEN, _, ngettext, pgettext, speaking, without_words
from translations.catalogues import ROOT, catalogue_file, compile_all, read, template, text, updated


def german(*, words: dict[str | tuple[str, str], str | tuple[str, ...]]) -> Catalog:
    catalogue = Catalog(locale="de")
    for english, translated in words.items():
        catalogue.add(english, translated)
    return catalogue


def kept(tmp_path: Path, catalogue: Catalog) -> Path:
    path = catalogue_file("de", tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text(text(catalogue), encoding="utf-8")
    return path


def test_an_update_keeps_what_is_translated_adds_what_is_new_and_drops_what_is_gone() -> None:
    source = german(words={"Done": "", "Failed": ""})
    before = german(words={"Done": "Fertig", "Gone": "Weg"})

    after = updated("de", source, before)

    assert {message.id: message.string or "" for message in after if message.id} == {"Done": "Fertig", "Failed": ""}


def test_a_sentence_that_has_become_a_plural_is_translated_anew() -> None:
    source = german(words={("{number} clip", "{number} clips"): ("", "")})

    after = updated("de", source, german(words={"{number} clip": "{number} Clip"}))

    assert not any(after.get("{number} clip").string)


def test_a_catalogue_read_and_written_stays_the_same_and_names_no_line_date_or_machine(tmp_path: Path) -> None:
    path = kept(tmp_path, updated("de", template(), None))
    written = path.read_text(encoding="utf-8")

    assert text(read(path)) == written
    assert "Date" not in written
    assert str(ROOT) not in written
    assert "#: bot/ui/cards.py\n" in written


def test_what_is_compiled_is_spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = german(
        words={"Done": "Fertig", ("{number} clip", "{number} clips"): ("{number} Stück", "{number} Stücke")}
    )
    catalogue.add("ratio", "format", context="option name")
    kept(tmp_path, catalogue)
    compile_all(tmp_path)
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)

    with speaking("de"):
        assert _("Done") == "Fertig"
        assert ngettext("{number} clip", "{number} clips", 2) == "{number} Stücke"
        assert pgettext("option name", "ratio") == "format"
        assert pgettext("option name", "Done") == "Done"


def test_it_is_known_which_languages_are_not_compiled(tmp_path: Path) -> None:
    kept(tmp_path, german(words={"Done": "Fertig"}))
    compile_all(tmp_path)

    assert without_words(tmp_path) == [name for name in SPOKEN if name != "de"]


def test_the_same_catalogue_is_compiled_to_the_same_bytes(tmp_path: Path) -> None:
    kept(tmp_path, german(words={"Done": "Fertig"}))

    first = compile_all(tmp_path)[0].read_bytes()

    assert compile_all(tmp_path)[0].read_bytes() == first


def test_a_wheel_has_every_language_although_git_has_none(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("bot", "translations"):
        shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, clone / name)
    for name in ("cogs", "storage"):
        (clone / name).mkdir()
        (clone / name / "__init__.py").touch()

    (wheel,) = WheelBuilder(str(clone)).build(directory=str(tmp_path / "dist"))

    with zipfile.ZipFile(wheel) as built:
        names = built.namelist()
    assert [name for name in SPOKEN if f"bot/ui/locales/{name}/LC_MESSAGES/egret.mo" not in names] == []
