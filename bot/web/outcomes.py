"""What comes of requests and connections, in words of our own: the labels of metrics and of the log."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What came of a webhook."""

    ACCEPTED = "accepted"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105 - a label
    NO_SECRET = "no_secret"  # noqa: S105 - a label
    WRONG_SECRET = "wrong_secret"  # noqa: S105 - a label
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    """The body is not framed as HTTP frames bodies."""
    BROKEN_OFF = "broken_off"
    """The sender left before its body had come."""
    NOT_KEPT = "not_kept"
    """The database did not take the hint."""


class Cut(StrEnum):
    """Why a connection was ended by us."""

    TOO_SLOW = "too_slow"
    """It outlived its time."""
    CROWDED_OUT = "crowded_out"
    """A newer one needed its place."""
    NO_PLACE = "no_place"
    """Every place was taken, and none could be had from another."""
    NOT_HTTP = "not_http"
    """What it sent is no HTTP, or more of it than is read."""
