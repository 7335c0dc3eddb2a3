"""Messages on a terminal: numbered, in plain words, printed again where they change."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from sandbox.discord.json_types import as_object, objects, text
from sandbox.seen import DID_NOT_RESPOND, THINKING
from sandbox.stage.forms import FieldKind, FormField, form_fields
from sandbox.stage.markup import Reader
from sandbox.stage.watch import looks

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject
    from sandbox.seen import SeenAttachment, SeenMessage, SeenModal, Suggestion
    from sandbox.stage.community import Community

_MESSAGE_LINK: Final = re.compile(r"https://discord\.com/channels/\d+/\d+/(\d+)")
_INDENT: Final = "     "
_CHOICES_SHOWN: Final = 12


class Paper(Protocol):
    """Where lines are written."""

    def write(self, line: str) -> None:
        """Write one line."""
        ...

    def bold(self, words: str) -> str:
        """Return words that stand out, where that is possible."""
        ...

    def dim(self, words: str) -> str:
        """Return words in the background, where that is possible."""
        ...


class Screen:
    """Shows messages and remembers their numbers.

    Args:
        paper: Where lines are written.
        community: Names of people and channels.
        now: Returns the reader's instant in seconds since 1970.
    """

    def __init__(self, paper: Paper, community: Community, now: Callable[[], float]) -> None:
        self._paper = paper
        self._community = community
        self._reader = Reader(community.shown_names, community.channels, now)
        self._numbers: dict[int, int] = {}
        self._messages: dict[int, SeenMessage] = {}
        self.channel = ""

    def number(self, message_id: int) -> int:
        """Return a message's number, given on first sight."""
        return self._numbers.setdefault(message_id, len(self._numbers) + 1)

    def message(self, number: int) -> SeenMessage | None:
        """Return the message with a number as it was last shown."""
        wanted = next((key for key, value in self._numbers.items() if value == number), None)
        return None if wanted is None else self._messages.get(wanted)

    def tell(self, sentence: str) -> None:
        """Write something that is no message."""
        for line in sentence.split("\n"):
            self._paper.write(line)

    def seen(self, message: SeenMessage) -> None:
        """Show a message, unless it looks as it was last shown."""
        before = self._messages.get(message.id)
        if before is None or looks(before) != looks(message):
            self.show(message, changed=before is not None)

    def show(self, message: SeenMessage, *, changed: bool = False) -> None:
        """Show a message, whether or not it was shown before."""
        self._messages[message.id] = message
        number = f"[{self.number(message.id)}]".ljust(len(_INDENT))
        self._paper.write(f"{number}{self._paper.bold(message.author)}{self._circumstances(message, changed=changed)}")
        for line in self._lines(message):
            self._paper.write(f"{_INDENT}{line}".rstrip())

    def vanished(self, message_id: int) -> None:
        """Say that a message is gone, if it was ever shown."""
        if self._messages.pop(message_id, None) is not None:
            self._paper.write(f"[{self.number(message_id)}] is gone")

    def did_not_respond(self) -> None:
        """Show what Discord shows where a bot is silent."""
        self._paper.write(f"{_INDENT}{self._paper.dim(f'{DID_NOT_RESPOND} (only you see this)')}")

    def suggestions(self, option: str, found: list[Suggestion]) -> None:
        """Show what an option suggests."""
        self._paper.write(f"{_INDENT}{option} suggests:" if found else f"{_INDENT}{option} suggests nothing")
        for choice in found:
            self._paper.write(f"{_INDENT}  {option}:{_quoted(str(choice.value))}  {self._paper.dim(choice.name)}")

    def form(self, modal: SeenModal) -> None:
        """Show an open form."""
        self._paper.write(f'{_INDENT}{self._paper.bold(modal.title)} (a form; send it with: submit FIELD:"…")')
        for field in form_fields(modal):
            caption = f"{field.label}. {field.description}" if field.description else field.label
            self._paper.write(f"{_INDENT}  {field.name}:{_filled(field)}  {self._paper.dim(caption)}")
            for choice in field.choices[:_CHOICES_SHOWN]:
                words = " · ".join(part for part in (choice.label, choice.description) if part)
                self._paper.write(f"{_INDENT}    {'●' if choice.picked else '○'} {words}")
            if len(field.choices) > _CHOICES_SHOWN:
                self._paper.write(self._paper.dim(f"{_INDENT}    … and {len(field.choices) - _CHOICES_SHOWN} more"))

    def _circumstances(self, message: SeenMessage, *, changed: bool) -> str:
        parts: list[str] = []
        where = self._community.channels.get(str(message.channel_id))
        if where is None:
            parts.append("in a direct message")
        elif where != self.channel:
            parts.append(f"in #{where}")
        if changed:
            parts.append("changed")
        elif message.reference_id is not None:
            parts.append(f"replies to [{self.number(message.reference_id)}]")
        if message.pinged and not changed:
            names = [self._community.shown_names.get(str(user), "somebody") for user in message.pinged]
            parts.append(f"notifies {', '.join(names)}")
        if message.ephemeral:
            parts.append("(only you see this)")
        return self._paper.dim(f" {' · '.join(parts)}") if parts else ""

    def _lines(self, message: SeenMessage) -> list[str]:
        if message.loading:
            return [self._paper.dim(f"{message.author} {THINKING}")]
        blocks = [message.content, *message.texts, *(_embed(embed) for embed in message.embeds)]
        lines = [self._line(line) for block in blocks if block for line in block.split("\n")]
        lines += [self._file(message, file) for file in message.attachments]
        shown = [item for item in message.clickables if not item.disabled]
        for item in shown:
            if not item.is_button:
                lines.append(f"{item.label} ▾")
                lines += [f"  ○ {label}" for label, _ in item.options]
        buttons = [f"({item.label})" for item in shown if item.is_button]
        if buttons:
            lines.append(" ".join(buttons))
        if message.reactions:
            lines.append(" ".join(f"{reaction.emoji} {reaction.count}" for reaction in message.reactions))
        return lines

    def _line(self, line: str) -> str:
        plain = _MESSAGE_LINK.sub(lambda match: f"[{self.number(int(match[1]))}]", self._reader.plain(line))
        plain = plain.replace("([", "[").replace("])", "]") if "discord.com/channels" in line else plain
        return self._paper.dim(plain) if line.startswith("-# ") else plain

    def _file(self, message: SeenMessage, file: SeenAttachment) -> str:
        facts = [f"{file.size / 1000:,.0f} KB"]
        if file.duration is not None:
            facts.insert(0, f"{file.duration:.1f} s")
        if file.width and file.height:
            facts.insert(0, f"{file.width}×{file.height}")
        if file.spoiler:
            facts.append("spoiler")
        hint = self._paper.dim(f"open {self.number(message.id)}")
        return f"📎 {file.filename} ({', '.join(facts)})  {hint}"


def _embed(embed: JsonObject) -> str:
    parts = [text(embed.get("title")), text(embed.get("description"))]
    parts += [f"{text(field.get('name'))}: {text(field.get('value'))}" for field in objects(embed.get("fields"))]
    footer = text(as_object(embed.get("footer")).get("text"))
    parts.append(f"-# {footer}" if footer else "")
    return "\n".join(part for part in parts if part)


def _filled(field: FormField) -> str:
    if field.kind is FieldKind.TEXT:
        return _quoted(field.typed) if field.typed else ""
    return ",".join(choice.value for choice in field.choices if choice.picked)


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
