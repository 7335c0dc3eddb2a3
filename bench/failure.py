"""What can go wrong with a measurement."""

from __future__ import annotations


class BenchFailed(Exception):
    """Something did not do what is measured, so no figure can be given."""
