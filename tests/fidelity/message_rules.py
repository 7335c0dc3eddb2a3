"""Rules for messages that Discord enforces and its description of the API does not state.

Sources: developers/resources/message, developers/components/reference, developers/reference#uploading-files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.fidelity.problems import Finding

MAX_CONTENT: Final = 2_000
MAX_EMBEDS_TEXT: Final = 6_000
"""Characters of all embeds of a message together."""
MAX_COMPONENTS: Final = 40
"""Components of a message with the V2 flag, nested ones included."""
MAX_ROWS: Final = 5
"""Action rows of a message without that flag."""
MAX_DISPLAYED_TEXT: Final = 4_000
"""Characters of all text displays of a message together."""
MAX_FILES: Final = 10
COMPONENTS_V2: Final = 1 << 15
ACTION_ROW: Final = 1
TEXT_DISPLAY: Final = 10
_MESSAGE_ANSWER: Final = 4
_UPDATE_ANSWER: Final = 7
_CREATES: Final = frozenset({"create_message", "execute_webhook"})
_EDITS: Final = frozenset({"update_message", "update_webhook_message", "update_original_webhook_message"})
_PART: Final = re.compile(r"files\[(0|[1-9]\d*)\]")
_SUBSTANCE: Final = ("content", "embeds", "components", "sticker_ids", "poll", "shared_client_theme")

Body = Mapping[str, Any]


def message_findings(operation: str, body: object, file_parts: Sequence[str]) -> Iterator[Finding]:
    """Yield what is wrong with the message in a request, if it has one."""
    if not isinstance(body, Mapping):
        return
    if operation in _CREATES:
        yield from _message(body, file_parts, edit=False)
    elif operation in _EDITS:
        yield from _message(body, file_parts, edit=True)
    elif operation == "create_interaction_response":
        kind, data = body.get("type"), body.get("data")
        if kind in (_MESSAGE_ANSWER, _UPDATE_ANSWER):
            message = data if isinstance(data, Mapping) else {}
            found = _message(message, file_parts, edit=kind == _UPDATE_ANSWER)
            yield from (finding.under("/data") for finding in found)
        elif file_parts:
            yield Finding("", f"files with a response of type {kind}, which has no message")


def _message(message: Body, file_parts: Sequence[str], *, edit: bool) -> Iterator[Finding]:
    yield from _text(message)
    yield from _components(message, edit=edit)
    yield from _files(message, file_parts, edit=edit)
    yield from _mentions(message)
    if _empty(message, file_parts, edit=edit):
        yield Finding("", "the message is empty")


def _text(message: Body) -> Iterator[Finding]:
    content = message.get("content")
    if isinstance(content, str) and len(content) > MAX_CONTENT:
        yield Finding("/content", f"{len(content)} characters, more than {MAX_CONTENT}")
    total = sum(len(text) for embed in _mappings(message.get("embeds")) for text in _embed_texts(embed))
    if total > MAX_EMBEDS_TEXT:
        yield Finding("/embeds", f"{total} characters in all embeds, more than {MAX_EMBEDS_TEXT}")


def _embed_texts(embed: Body) -> Iterator[str]:
    fields = _mappings(embed.get("fields"))
    author, footer = _mapping(embed.get("author")), _mapping(embed.get("footer"))
    texts = [embed.get("title"), embed.get("description"), author.get("name"), footer.get("text")]
    texts += [field.get(key) for field in fields for key in ("name", "value")]
    yield from (text for text in texts if isinstance(text, str))


def _empty(message: Body, file_parts: Sequence[str], *, edit: bool) -> bool:
    if file_parts or any(message.get(key) for key in _SUBSTANCE):
        return False
    if edit:
        # What an edit leaves out stays, so only one that names everything can empty the message.
        return all(key in message for key in ("content", "embeds", "components", "attachments")) and not message.get(
            "attachments"
        )
    return True


def _components(message: Body, *, edit: bool) -> Iterator[Finding]:
    top = _mappings(message.get("components"))
    flags = message.get("flags")
    stated = isinstance(flags, int) and bool(flags & COMPONENTS_V2)
    beyond_rows = any(component.get("type") != ACTION_ROW for component in top)
    if stated or (edit and flags is None and beyond_rows):
        yield from _version_2(message, top)
    elif beyond_rows:
        yield Finding("/components", "only action rows can stand here without the flag IS_COMPONENTS_V2")
    elif len(top) > MAX_ROWS:
        yield Finding("/components", f"{len(top)} action rows, more than {MAX_ROWS}")
    everything = list(_nested(top))
    for key in ("custom_id", "id"):
        given = Counter(str(component[key]) for component in everything if component.get(key))
        repeated = sum(times > 1 for times in given.values())
        if repeated:
            yield Finding("/components", f"{repeated} {key} values occur more than once")


def _version_2(message: Body, top: Sequence[Body]) -> Iterator[Finding]:
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if message.get(key):
            yield Finding(f"/{key}", "does not go with Components V2")
    everything = list(_nested(top))
    if len(everything) > MAX_COMPONENTS:
        yield Finding("/components", f"{len(everything)} components, more than {MAX_COMPONENTS}")
    texts = (component.get("content") for component in everything if component.get("type") == TEXT_DISPLAY)
    displayed = sum(len(text) for text in texts if isinstance(text, str))
    if displayed > MAX_DISPLAYED_TEXT:
        yield Finding("/components", f"{displayed} characters of text, more than {MAX_DISPLAYED_TEXT}")


def _nested(components: Sequence[Body]) -> Iterator[Body]:
    for component in components:
        yield component
        yield from _nested(_mappings(component.get("components")))
        for key in ("accessory", "component"):
            child = component.get(key)
            if isinstance(child, Mapping):
                yield from _nested([child])


def _files(message: Body, file_parts: Sequence[str], *, edit: bool) -> Iterator[Finding]:
    numbers: list[int] = []
    for name in file_parts:
        matched = _PART.fullmatch(name)
        if matched is None:
            yield Finding("", f"the file part '{name[:20]}' is not named files[n]")
        else:
            numbers.append(int(matched[1]))
    if len(file_parts) > MAX_FILES:
        yield Finding("", f"{len(file_parts)} files, more than {MAX_FILES}")
    if len(set(numbers)) < len(numbers):
        yield Finding("", "two file parts have the same number")
    listed = message.get("attachments")
    if not isinstance(listed, list):
        return
    ids = [str(entry.get("id")) for entry in _mappings(listed)]
    for number in sorted(set(numbers)):
        if str(number) not in ids:
            yield Finding("/attachments", f"files[{number}] has no entry in the list")
    for identifier in ids:
        uploaded = identifier.isdigit() and int(identifier) in numbers
        kept = edit and identifier.isdigit() and int(identifier) >= MAX_FILES
        if not uploaded and not kept:
            yield Finding("/attachments", f"the entry {identifier[:20]} has no file part")


def _mentions(message: Body) -> Iterator[Finding]:
    allowed = _mapping(message.get("allowed_mentions"))
    parsed = allowed.get("parse")
    for key in ("users", "roles"):
        if isinstance(parsed, list) and key in parsed and allowed.get(key):
            yield Finding("/allowed_mentions", f"'{key}' is both parsed and listed")


def _mapping(value: object) -> Body:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Body]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
