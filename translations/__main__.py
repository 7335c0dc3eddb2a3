"""`python -m translations`: bring the catalogues up to date with the source, or compile them for the bot."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from translations import catalogues
from translations.extraction import NotExtractable


def main() -> int:
    """Do what the arguments say; return 0, or 1 where it could not be done."""
    parser = argparse.ArgumentParser(prog="python -m translations", description=__doc__)
    does = parser.add_subparsers(dest="what", required=True)
    update = does.add_parser("update", help="write the template and every catalogue anew from the source")
    update.add_argument("languages", nargs="*", metavar="LANGUAGE", help="begin these, such as it or pt_BR")
    compiling = does.add_parser("compile", help="write what the bot reads, beside each catalogue")
    compiling.add_argument("catalogues", nargs="*", type=Path, metavar="FILE", help="only these")
    chosen = parser.parse_args()
    try:
        if chosen.what == "update":
            _update(chosen.languages)
        else:
            for path in chosen.catalogues or map(catalogues.catalogue_file, catalogues.languages()):
                catalogues.compile_catalogue(path, path.with_suffix(".mo"))
    except (NotExtractable, OSError, ValueError) as error:
        sys.stderr.write(f"translations: {error}\n")
        return 1
    return 0


def _update(begun: list[str]) -> None:
    source = catalogues.template()
    _write(catalogues.TEMPLATE, catalogues.text(source))
    for language in sorted({*catalogues.languages(), *begun}):
        path = catalogues.catalogue_file(language)
        old = catalogues.read(path) if path.exists() else None
        catalogue = catalogues.updated(language, source, old)
        _write(path, catalogues.text(catalogue))
        held = catalogues.messages(catalogue).values()
        missing = sum(1 for message in held if message.fuzzy or not _is_whole(message.string))
        sys.stdout.write(f"{language}: {len(held) - missing} of {len(held)} translated\n")


def _is_whole(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(string) and all([string] if isinstance(string, str) else string or ())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
