"""Writes a channel as one web page that needs nothing else: no script, no font, no file beside it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from sandbox.picture.channel import Channel
from sandbox.stage.markup import Reader

_STYLE: Final = Path(__file__).with_name("style.css")
_COLOURS: Final = ("#e0795a", "#5a8fe0", "#4fa77b", "#b06fc4", "#c7973f")
_LINK: Final = re.compile(r"\[([^\]\n]+)\]\([^)\s]+\)")
_BUTTON: Final = 2
_BUTTON_KINDS: Final = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}
"""Discord's button styles by number."""

_BIRD: Final = (
    '<svg viewBox="0 0 40 40"><path fill="#fff" d="M13 37V24c0-4 2-6 5-8 2-1.4 2.5-3 1.5-4.5-1-1.4-3-1-4 .3L9 14l5-5.5'
    'c2-2.6 6.4-3.3 9-.5 2.4 2.7 2 6-.5 9.5-1 1.5-.8 2.5.5 3.5l8 6c1.5 1.2 1 3-1 3H19l-1 7z"/></svg>'
)
"""A wading bird, drawn for this page."""

Poster = Callable[[dict[str, Any]], str]
"""Returns the data address of a picture that stands for an attached clip."""


def page(channel: Channel, *, last: int, poster: Poster) -> str:
    """Return the page.

    Args:
        channel: What to show.
        last: How many of its newest messages.
        poster: Gives each clip's picture.
    """
    writer = _Writer(channel, poster)
    messages = "\n".join(writer.message(message) for message in channel.messages[-last:])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>#{escape(channel.name)}</title>'
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style></head><body><main>"
        f"<header><b>#</b> {escape(channel.name)}</header>\n<ol>{messages}</ol>\n"
        f"<footer>Message #{escape(channel.name)}</footer></main></body></html>\n"
    )


class _Writer:
    def __init__(self, channel: Channel, poster: Poster) -> None:
        self._reader = Reader(channel.people, {}, lambda: channel.now)
        self._people = channel.people
        self._messages = {message["id"]: message for message in channel.messages}
        self._poster = poster

    def message(self, message: dict[str, Any]) -> str:
        author = message["author"]
        name = escape(author["global_name"])
        at = datetime.fromisoformat(message["timestamp"]).astimezone(UTC).strftime("%H:%M")
        edited = '<span class="edited">(edited)</span>' if message["edited_timestamp"] else ""
        return (
            f"<li>{self._above(message)}{_avatar(author, 'avatar')}"
            f'<div class="by"><b>{name}</b>{_badge(author)}<time>{at}</time></div>'
            f'<div class="text">{self._text(message["content"], edited)}</div>'
            f"{''.join(self._clip(one) for one in message['attachments'])}{_buttons(message['components'])}</li>"
        )

    def _above(self, message: dict[str, Any]) -> str:
        """Return the line over a message: the command that it answers, or the message that it replies to."""
        used = message.get("interaction_metadata")
        if used and not message.get("referenced_message"):
            command = (message.get("interaction") or {}).get("name", "")
            person = used["user"]
            return (
                f'<div class="above">{_avatar(person, "small")}<b>{escape(person["global_name"])}</b> used'
                f' <span class="command">/{escape(command)}</span></div>'
            )
        reference = message.get("message_reference")
        if reference and reference["message_id"] in self._messages:
            earlier = self._messages[reference["message_id"]]
            line = escape(self._reader.plain(_LINK.sub(r"\1", earlier["content"])).replace("\n", " "))
            name = escape(earlier["author"]["global_name"])
            return (
                f'<div class="above">{_avatar(earlier["author"], "small")}<b>{name}</b>{_badge(earlier["author"])}'
                f'<span class="quoted">{line}</span></div>'
            )
        return ""

    def _text(self, content: str, after: str) -> str:
        *lines, last = content.split("\n")
        return "".join(self._line(line, "") for line in lines) + self._line(last, after)

    def _line(self, line: str, after: str) -> str:
        kind, rest = "p", line
        if line.startswith("-# "):
            kind, rest = "small", line[3:]
        elif line.startswith("> "):
            kind, rest = "blockquote", line[2:]
        return f"<{kind}>{self._inline(rest)}{after}</{kind}>"

    def _inline(self, text: str) -> str:
        mentions: list[str] = []

        def keep(match: re.Match[str]) -> str:
            mentions.append(f'<span class="mention">@{escape(self._people.get(match[1], "somebody"))}</span>')
            return f"\ue000{len(mentions) - 1}\ue001"

        html = escape(self._reader.named(re.sub(r"<@!?(\d+)>", keep, text)), quote=False)
        html = _LINK.sub(r"<a>\1</a>", html)
        html = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html)
        html = re.sub(r"`([^`]+)`", r"<code>\1</code>", html)
        html = re.sub(r"\\([\\*_~`|<>\[\]/#()!.-])", r"\1", html)
        return re.sub("\ue000(\\d+)\ue001", lambda match: mentions[int(match[1])], html)

    def _clip(self, attachment: dict[str, Any]) -> str:
        seconds = round(attachment.get("duration_secs") or 0)
        alternative = escape(attachment.get("description") or "")
        return (
            f'<figure><img src="{self._poster(attachment)}" alt="{alternative}">'
            f'<div class="play"></div><span class="length">{seconds // 60}:{seconds % 60:02}</span></figure>'
        )


def _badge(user: dict[str, Any]) -> str:
    return '<span class="app">APP</span>' if user.get("bot") else ""


def _avatar(user: dict[str, Any], kind: str) -> str:
    """Return a round sign with a person's initial, in a colour of their own."""
    name = user["global_name"]
    colour = _COLOURS[hashlib.sha256(name.encode()).digest()[1] % len(_COLOURS)]
    if user.get("bot"):
        return f'<span class="{kind} bird">{_BIRD}</span>'
    return f'<span class="{kind}" style="background:{colour}">{escape(name[0])}</span>'


def _buttons(rows: list[dict[str, Any]]) -> str:
    written = []
    for row in rows:
        for button in row["components"]:
            if button["type"] == _BUTTON:
                emoji = (button.get("emoji") or {}).get("name", "")
                kind = _BUTTON_KINDS[button["style"]]
                written.append(
                    f'<span class="button {kind}">{escape(emoji)} {escape(button.get("label") or "")}</span>'
                )
    return f'<div class="buttons">{"".join(written)}</div>' if written else ""
