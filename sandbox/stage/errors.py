"""What can go wrong with the stage."""

from __future__ import annotations


class StageFailed(Exception):
    """A part did not start, ended by itself, or was waited for in vain; the text says which and shows its log."""
