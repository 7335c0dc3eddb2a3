"""The transcript: what people did and saw, in order, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from sandbox.discord.json_types import as_object, objects, text
from sandbox.seen import THINKING
from sandbox.stage.markup import Reader
from sandbox.tour.record import Act, Entry, Gone, Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.discord.json_types import JsonObject
    from sandbox.seen import SeenAttachment, SeenMessage

Links = dict[tuple[int, str], str]
"""Where downloaded files lie, by message and file name."""


class Transcript:
    """Renders entries.

    Args:
        people: Shown names by user id.
        channels: Names by channel id.
        links: Where downloaded files lie.
    """

    def __init__(self, people: Mapping[str, str], channels: Mapping[str, str], links: Links) -> None:
        self._people = people
        self._channels = channels
        self._links = links
        self._numbers: dict[int, int] = {}

    def render(self, entries: Sequence[Entry]) -> str:
        """Return the entries as Markdown, one block each."""
        return "\n\n".join(self._entry(entry) for entry in entries) + "\n"

    def _entry(self, entry: Entry) -> str:
        match entry:
            case Act():
                who = f"**{entry.who}** " if entry.who else ""
                return f"`{clock(entry.at)}` {who}{entry.text}"
            case Gone():
                return f"`{clock(entry.at)}` message {self._number(entry.message)} is gone"
            case Shown():
                return self._shown(entry)
        assert_never(entry)

    def _number(self, message: SeenMessage) -> int:
        return self._numbers.setdefault(message.id, len(self._numbers) + 1)

    def _shown(self, entry: Shown) -> str:
        message = entry.message
        number = self._number(message)
        head = f"`{clock(entry.at)}` **{message.author}** {self._circumstances(entry, number)}"
        reader = Reader(self._people, self._channels, lambda: entry.now)
        quoted = "\n".join(f"> {line}".rstrip() for line in self._body(message, reader))
        return f"{head}\n\n{quoted}"

    def _circumstances(self, entry: Shown, number: int) -> str:
        message = entry.message
        what = f"changes message {number}" if entry.edit else f"· message {number}"
        if message.reference_id is not None and not entry.edit:
            target = self._numbers.get(message.reference_id)
            what += f", a reply to {target}" if target is not None else ", a reply"
        if message.pinged and not entry.edit:
            names = [self._people.get(str(user), "somebody") for user in message.pinged]
            what += f", notifies {', '.join(names)}"
        return f"{what} *(only {entry.only_for} sees this)*" if entry.only_for else what

    def _body(self, message: SeenMessage, reader: Reader) -> list[str]:
        if message.loading:
            return [f"*{message.author} {THINKING}*"]
        blocks = [message.content, *message.texts, *(embed_markdown(embed) for embed in message.embeds)]
        lines = [line for block in blocks if block for line in (*reader.markdown(block).split("\n"), "")]
        for file in message.attachments:
            lines += [self._file(message, file), ""]
        buttons = [
            f"`{' '.join((item.emoji, item.label)).strip()}`" for item in message.clickables if not item.disabled
        ]
        if buttons:
            lines += [" ".join(buttons), ""]
        reactions = [f"{reaction.emoji} {reaction.count}" for reaction in message.reactions]
        if reactions:
            lines += [" · ".join(reactions), ""]
        return lines[:-1] or ["*(empty)*"]

    def _file(self, message: SeenMessage, file: SeenAttachment) -> str:
        target = self._links.get((message.id, file.filename))
        name = f"[{file.filename}]({target})" if target else file.filename
        facts = [file_size(file.size)]
        if file.duration is not None:
            facts.insert(0, f"{file.duration:.1f} s")
        if file.width and file.height:
            facts.insert(0, f"{file.width}×{file.height}")
        if file.spoiler:
            facts.append("spoiler")
        described = f", described as “{file.description}”" if file.description else ""
        return f"📎 {name} ({', '.join(facts)}){described}"


def embed_markdown(embed: JsonObject) -> str:
    """Return an embed's words as Markdown."""
    title, description = text(embed.get("title")), text(embed.get("description"))
    lines = [f"**{title}**" if title else "", description]
    lines += [f"**{text(field.get('name'))}**: {text(field.get('value'))}" for field in objects(embed.get("fields"))]
    footer = text(as_object(embed.get("footer")).get("text"))
    lines.append(f"-# {footer}" if footer else "")
    return "\n".join(line for line in lines if line)


def clock(seconds: float) -> str:
    """Return an offset: "+  3.1 s"."""
    return f"+{seconds:5.1f} s"


def file_size(size: int) -> str:
    """Return a file's size in words."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB"
