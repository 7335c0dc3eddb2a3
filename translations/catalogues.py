"""The catalogues as files: a template with every sentence, and one catalogue per language beside it.

They hold neither dates nor lines nor names of machines or people, so they change with the sentences alone.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from translations.extraction import Words, extract, modules

ROOT: Final = Path(__file__).resolve().parents[1]
DOMAIN: Final = "egret"
LOCALES: Final = ROOT / "bot" / "ui" / "locales"
PACKAGES: Final = ("bot", "cogs")
_NO_DATE: Final = datetime.fromtimestamp(0, UTC)
TEMPLATE: Final = LOCALES / f"{DOMAIN}.pot"

Key = tuple[str, str]
"""A sentence and its context."""


def template(root: Path = ROOT) -> Catalog:
    """Return what the source says is to be translated."""
    catalogue = Catalog()
    for module in modules(root, PACKAGES):
        for words in extract(module):
            _add(catalogue, words, module.relative_to(root).as_posix())
    return catalogue


def languages(locales: Path = LOCALES) -> list[str]:
    """Return the languages there are catalogues of, as their directories are named: "de", "pt_BR"."""
    return sorted(path.parents[1].name for path in locales.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def catalogue_file(language: str, locales: Path = LOCALES) -> Path:
    """Return where a language's catalogue stands."""
    return locales / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(path: Path) -> Catalog:
    """Return a catalogue.

    Raises:
        babel.messages.pofile.PoFileError: the file is malformed.
    """
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def messages(catalogue: Catalog) -> dict[Key, Message]:
    """Return what a catalogue holds, in its order, without its header."""
    return {key(message): message for message in catalogue if message.id}


def key(message: Message) -> Key:
    """Return what a sentence is looked up by."""
    return (message.id if isinstance(message.id, str) else message.id[0]), message.context or ""


def updated(language: str, source: Catalog, old: Catalog | None) -> Catalog:
    """Return a language's catalogue with exactly the sentences of the source, and the translations there are."""
    known = messages(old) if old is not None else {}
    catalogue = Catalog(locale=language)
    for message in messages(source).values():
        before = known.get(key(message))
        same = before is not None and before.id == message.id
        catalogue.add(
            message.id,
            before.string if before is not None and same else None,
            locations=message.locations,
            flags=(message.flags | (before.flags & {"fuzzy"})) if before is not None and same else message.flags,
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before is not None else (),
            context=message.context,
        )
    return catalogue


def text(catalogue: Catalog) -> str:
    """Return a catalogue as it stands in its file."""
    written = io.BytesIO()
    write_po(written, catalogue, width=0, omit_header=True, include_lineno=False, ignore_obsolete=True)
    headers = "".join(f'"{name}: {value}\\n"\n' for name, value in _headers(catalogue).items())
    return f'msgid ""\nmsgstr ""\n{headers}\n{written.getvalue().decode().strip()}\n'


def compile_catalogue(path: Path, target: Path) -> None:
    """Write what the bot reads; what nobody has translated yet is left out, and said in English."""
    catalogue, written = read(path), io.BytesIO()
    # The same sentences make the same file, whenever that is.
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    write_mo(written, catalogue)
    target.parent.mkdir(parents=True, exist_ok=True)
    # In one step: a bot or a test may be reading the one before.
    fresh = target.with_suffix(".mo.new")
    fresh.write_bytes(written.getvalue())
    fresh.replace(target)


def compile_all(locales: Path = LOCALES, target: Path | None = None) -> list[Path]:
    """Compile every catalogue, beside itself or into another directory of the same shape; return what was written."""
    made = []
    for language in languages(locales):
        compiled = catalogue_file(language, target or locales).with_suffix(".mo")
        compile_catalogue(catalogue_file(language, locales), compiled)
        made.append(compiled)
    return made


def _add(catalogue: Catalog, words: Words, module: str) -> None:
    catalogue.add(
        (words.one, words.many) if words.many else words.one,
        locations=[(module, 0)],
        auto_comments=[words.place.comment] if words.place is not None else (),
        context=words.context or None,
    )


def _headers(catalogue: Catalog) -> Mapping[str, str]:
    headers = {"Project-Id-Version": DOMAIN}
    if catalogue.locale is not None:
        headers["Language"] = str(catalogue.locale_identifier)
    headers |= {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if catalogue.locale is not None:
        headers["Plural-Forms"] = catalogue.plural_forms
    return headers
