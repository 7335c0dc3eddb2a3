"""Compiles the catalogues into a wheel that is built, so that whoever installs it has every language."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledCatalogues(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's generic is private
    """Adds a compiled catalogue for each language."""

    # Where a wheel is built there is nothing to mark it as an override with.
    def initialize(  # type: ignore[explicit-override]
        self,
        version: str,  # noqa: ARG002 - hatchling names it
        build_data: dict[str, Any],
    ) -> None:
        """Compile, and have taken in what git ignores."""
        root = Path(self.root)
        # The hook is loaded by its path; nothing says that its own package can be found.
        sys.path.insert(0, self.root)
        try:
            from translations.catalogues import compile_all
        finally:
            sys.path.remove(self.root)
        made = compile_all(root / "bot" / "ui" / "locales")
        build_data["artifacts"] += [path.relative_to(root).as_posix() for path in made]
