"""The transcript: what people did and saw, in order, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from sandbox.discord.json_types import as_object, objects, text
from sandbox.seen import THINKING
from sandbox.stage.forms import FieldKind, FormField, form_fields
from sandbox.stage.markup import Reader
from sandbox.tour.record import Act, Entry, Gone, Opened, Scene, Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.json_types import JsonObject
    from sandbox.seen import Clickable, SeenAttachment, SeenMessage, SeenModal
    from sandbox.stage.community import Community

_CHOICES_SHOWN: Final = 6
Links = dict[tuple[int, str], str]
"""Where downloaded files lie, by message and file name."""


class Transcript:
    """Renders entries.

    Args:
        community: Names of people and channels.
        links: Where downloaded files lie.
        home: The channel that need not be named.
    """

    def __init__(self, community: Community, links: Links, home: str) -> None:
        self._community = community
        self._links = links
        self._home = home
        self._numbers: dict[int, int] = {}

    def render(self, entries: Sequence[Entry]) -> str:
        """Return the entries as Markdown, one block each."""
        return "\n\n".join(self._entry(entry) for entry in entries) + "\n"

    def _entry(self, entry: Entry) -> str:
        match entry:
            case Act():
                who = f"**{entry.who}** " if entry.who else ""
                to = f" message {self._number(entry.to)}" if entry.to is not None else ""
                return f"`{clock(entry.at)}` {who}{entry.text}{to}"
            case Scene():
                return f"### {entry.title}"
            case Opened():
                return f"`{clock(entry.at)}` **{entry.who}** sees a form\n\n{_quoted(_form_lines(entry.form))}"
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
        reader = Reader(self._community.shown_names, self._community.channels, lambda: entry.now)
        body = self._body(message, reader)
        if entry.before is not None:
            body = _new_lines(self._body(entry.before, reader), body)
        return f"{head}\n\n{_quoted(body)}"

    def _circumstances(self, entry: Shown, number: int) -> str:
        message = entry.message
        edit = entry.before is not None
        what = f"changes message {number}" if edit else f"· message {number}{self._place(message)}"
        if message.reference_id is not None and not edit:
            target = self._numbers.get(message.reference_id)
            what += f", a reply to {target}" if target is not None else ", a reply"
        if message.pinged and not edit:
            names = [self._community.shown_names.get(str(user), "somebody") for user in message.pinged]
            what += f", notifies {', '.join(names)}"
        return f"{what} *(only {entry.only_for} sees this)*" if entry.only_for else what

    def _place(self, message: SeenMessage) -> str:
        """Name the place of a message, where it is not the usual one."""
        here, direct = message.channel_id, self._community.direct_channels
        if here in direct:
            return f" in {self._community.user_names[direct[here]]}'s direct messages"
        name = self._community.channels.get(str(here))
        if name == self._home:
            return ""
        if name is not None:
            return f" in #{name}"
        return f" in the thread under message {self._numbers[here]}" if here in self._numbers else " in a thread"

    def _body(self, message: SeenMessage, reader: Reader) -> list[str]:
        if message.loading:
            return [f"*{message.author} {THINKING}*"]
        blocks = [message.content, *message.texts, *(embed_markdown(embed) for embed in message.embeds)]
        lines = [line for block in blocks if block for line in (*reader.markdown(block).split("\n"), "")]
        for file in message.attachments:
            lines += [self._file(message, file), ""]
        buttons = [_button(item) for item in message.clickables if not item.disabled]
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


def _button(item: Clickable) -> str:
    words = " ".join((item.emoji, item.label)).strip()
    return f"`{words}`" if item.is_button else f"`{words} ▾` ({', '.join(label for label, _ in item.options)})"


def _quoted(lines: Sequence[str]) -> str:
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _new_lines(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """Return what is new in a message, or all of it where something only went away."""
    fresh: list[str] = []
    for line in now:
        if line and line not in before:
            fresh.append(line)
        elif fresh and fresh[-1]:
            fresh.append("")
    while fresh and not fresh[-1]:
        fresh.pop()
    return fresh or list(now)


def _form_lines(form: SeenModal) -> list[str]:
    lines = [f"**{form.title}**", ""]
    for field in form_fields(form):
        small = f"  \n<sub>{field.description}</sub>" if field.description else ""
        lines += [*f"{field.label}{small}".split("\n"), ""]
        if field.typed:
            lines += [f"✎ {field.typed}", ""]
        if field.kind is FieldKind.FILES:
            lines += ["📎 *(files can be attached)*", ""]
        lines += _choice_lines(field)
    return [*lines, "`Cancel` `Submit`"]


def _choice_lines(field: FormField) -> list[str]:
    several = field.kind is FieldKind.SOME_OF
    shown = [choice for choice in field.choices if choice.picked or several][:_CHOICES_SHOWN]
    rest = len(field.choices) - len(shown)
    marks = ("☑", "☐") if several else ("▾", "▾")
    lines = [
        f"{marks[0] if choice.picked else marks[1]} {choice.label}"
        + (f" <sub>{choice.description}</sub>" if choice.description else "")
        for choice in shown
    ]
    if rest:
        lines.append(f"▾ *({rest} {'others' if lines else 'choices'})*")
    return [part for line in lines for part in (line, "")]


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
