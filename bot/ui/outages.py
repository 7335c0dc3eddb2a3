"""What members see of an outage: one notice where somebody waits, and the bot's status line."""

from __future__ import annotations

from typing import Final

from bot.community.alerts import StoredAlert
from bot.jobs.failures import FailureReason
from bot.jobs.ports import Pause
from bot.ui import figures
from bot.ui.failures import pause_reason
from bot.ui.language import _, marked
from bot.ui.message import CONTENT_LIMIT, Message
from bot.ui.quoting import quoted, shorten

_STATUS_LIMIT: Final = 128
"""Characters of a custom status (platform notes §5)."""
_NOTE_SHOWN: Final = 200
_STATUS: Final = {
    FailureReason.NO_CREDIT: marked("Paused: out of credit"),
    FailureReason.PAUSED_BY_OWNER: marked("Paused by its owner"),
}
_OTHERWISE: Final = marked("Paused: the provider cannot be used")


def render_notice(found: StoredAlert) -> Message:
    """Return the notice for a channel where people wait, or that it is over."""
    if found.cleared_at is not None:
        words = _("Clips are being made again. The break ended {time}.").format(time=figures.relative(found.cleared_at))
        return Message(content=f"▶️ {words}\n{_mark(found)}")
    detail = found.alert.detail
    lines = [
        f"⏸️ **{_('Clips have to wait.')}** {owners_words(detail.get('reason', ''), detail.get('note', ''))}",
        _(
            "What is in line keeps its place. Whatever has waited for an hour is given back: it is not charged, and"
            " counts against nobody's limit."
        ),
        _mark(found),
    ]
    return Message(content=shorten("\n".join(lines), CONTENT_LIMIT))


def owners_words(reason: str, note: str) -> str:
    """Return why submissions rest, and what the owner said of it."""
    words = pause_reason(reason)
    if not note:
        return words
    return f"{words} {_('They say: {note}.').format(note=quoted(note, _NOTE_SHOWN))}"


def status_line(pause: Pause) -> str:
    """Return the bot's status line while submissions rest."""
    known = next((word for word in _STATUS if word == pause.reason), None)
    return shorten(_(_STATUS[known]) if known is not None else _(_OTHERWISE), _STATUS_LIMIT)


def _mark(found: StoredAlert) -> str:
    """Return the small line that the notice is known by after a crash."""
    return f"-# `{found.name}`"
