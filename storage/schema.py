"""Which schema this version works with, known without Alembic."""

from __future__ import annotations

from typing import Final

REVISION: Final = "0004"
"""The newest migration under `storage/migrations/versions`."""
