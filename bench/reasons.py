"""Why goals do not hold, as far as it is known; shown where a run finds that they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str, str]] = {}
"""Sentences by the name of a result."""
