"""Discord's markup for two kinds of readers: plain text for a terminal, Markdown for a transcript."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

_TIME: Final = re.compile(r"<t:(\d{1,12})(?::([tTdDfFRsS]))?>", re.ASCII)
_PERSON: Final = re.compile(r"<@!?(\d{15,20})>", re.ASCII)
_CHANNEL: Final = re.compile(r"<#(\d{15,20})>", re.ASCII)
_COMMAND: Final = re.compile(r"</([^:>]{1,64}):\d{15,20}>", re.ASCII)
_CUSTOM_EMOJI: Final = re.compile(r"<a?:(\w{2,32}):\d{15,20}>", re.ASCII)
_ESCAPE: Final = re.compile(r"\\([\\*_~`|<>\[\]/#()!.-])")
_KEPT: Final = re.compile("\ue000(\\d+)\ue001")
_STYLES: Final = (
    (re.compile(r"\[([^\]\n]+)\]\(<?(https?://[^)\s>]+)>?\)"), r"\1 (\2)"),
    (re.compile(r"\*\*(.+?)\*\*", re.DOTALL), r"\1"),
    (re.compile(r"__(.+?)__", re.DOTALL), r"\1"),
    (re.compile(r"~~(.+?)~~", re.DOTALL), r"\1"),
    (re.compile(r"\|\|(.+?)\|\|", re.DOTALL), r"\1"),
    (re.compile(r"(?<![\w*])\*(?=\S)(.+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"^(?:-# |#{1,3} |> )", re.MULTILINE), ""),
)
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


class Reader:
    """Reads messages' text.

    Args:
        people: Shown names by user id.
        channels: Names by channel id.
        now: Returns the instant at which one reads, in seconds since 1970.
    """

    def __init__(self, people: Mapping[str, str], channels: Mapping[str, str], now: Callable[[], float]) -> None:
        self._people = people
        self._channels = channels
        self._now = now

    def named(self, text: str) -> str:
        """Return `text` with times, people, channels and commands written out, the rest of the markup left."""
        text = _TIME.sub(lambda match: instant(int(match[1]), match[2] or "f", self._now()), text)
        text = _PERSON.sub(lambda match: f"@{self._people.get(match[1], 'somebody')}", text)
        text = _CHANNEL.sub(lambda match: f"#{self._channels.get(match[1], 'somewhere')}", text)
        text = _COMMAND.sub(r"/\1", text)
        return _CUSTOM_EMOJI.sub(r":\1:", text)

    def plain(self, text: str) -> str:
        """Return `text` as it looks: no markup, no escapes."""
        kept: list[str] = []

        def keep(match: re.Match[str]) -> str:
            kept.append(match[1])
            return f"\ue000{len(kept) - 1}\ue001"

        text = _ESCAPE.sub(keep, self.named(text))
        for pattern, replacement in _STYLES:
            text = pattern.sub(replacement, text)
        return _KEPT.sub(lambda match: kept[int(match[1])], text.replace("```", "").replace("\u200b", ""))

    def markdown(self, text: str) -> str:
        """Return `text` as Markdown that looks like it: small print, line breaks."""
        lines = self.named(text).split("\n")
        return "  \n".join(f"<sub>{line[3:]}</sub>" if line.startswith("-# ") else line for line in lines)


def instant(at: int, style: str, now: float) -> str:
    """Return an instant as Discord's clients show it, times of day in UTC.

    Args:
        at: Seconds since 1970.
        style: Discord's letter: R is relative, t and T are times, d and D dates, others both.
        now: The reader's instant.
    """
    if style == "R":
        return relative(at - now)
    moment = datetime.fromtimestamp(at, UTC)
    form = {"t": "%H:%M", "T": "%H:%M:%S", "d": "%Y-%m-%d", "D": "%d %B %Y"}.get(style, "%d %B %Y %H:%M")
    return moment.strftime(form) + ("" if style in "dD" else " UTC")


def relative(seconds: float) -> str:
    """Return a distance in time: "in 40 seconds", "2 minutes ago"."""
    distance = abs(round(seconds))
    for size, unit in _UNITS:
        if distance >= size:
            count = round(distance / size)
            words = f"{count} {unit}" if count == 1 else f"{count} {unit}s"
            return f"in {words}" if seconds > 0 else f"{words} ago"
    return "now"
