"""Reads the part of YAML that compose.yaml is written in, and nothing else.

Block mappings, block lists of words or mappings, lists of words in brackets, an empty mapping, plain and double-quoted
words on one line, comments. Everything else is an error: anchors, tags, block texts, several documents, a key written
twice. Words that YAML would take for something other than text are only taken as what they are by name: `true`,
`false`, numbers.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

Node = None | bool | int | str | list["Node"] | dict[str, "Node"]

_KEY: Final = re.compile(r"([A-Za-z_][\w-]*):(?: (.+))?")
_PLAIN: Final = re.compile(r"[A-Za-z0-9./$_-][^#\"'\[\]&*!|>%@`]*")
_TAKEN_FOR_SOMETHING_ELSE: Final = re.compile(
    r"(?i)(y|n|yes|no|on|off|null|~|-|0\w+|\d+e\d+|[\d_]*\.\d+|\d+\.|\d+(:[0-5]?\d)+)"
)


class YamlError(Exception):
    """The text is not in the part of YAML that is read here; names the line."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    indent: int
    text: str


def read(text: str) -> dict[str, Node]:
    """Read a document whose top is a mapping.

    Raises:
        YamlError: it is written otherwise.
    """
    lines: list[_Line] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        stripped = raw.strip()
        if "\t" in raw:
            raise YamlError(f"line {number}: a tab")
        if stripped and not stripped.startswith("#"):
            lines.append(_Line(number, len(raw) - len(raw.lstrip()), stripped))
    node = _block(lines, 0)
    if lines or not isinstance(node, dict):
        raise YamlError(f"line {lines[0].number if lines else 1}: not a mapping at this indentation")
    return node


def _block(lines: list[_Line], indent: int) -> Node:
    """Take the lines of one block off the front, and return what they say."""
    if not lines or lines[0].indent != indent:
        raise YamlError(f"line {lines[0].number if lines else 'last'}: wrong indentation")
    return _list(lines, indent) if lines[0].text.startswith("- ") else _mapping(lines, indent)


def _list(lines: list[_Line], indent: int) -> list[Node]:
    items: list[Node] = []
    while lines and lines[0].indent == indent and lines[0].text.startswith("- "):
        line = lines.pop(0)
        text = line.text[2:].strip()
        if _KEY.fullmatch(text):
            lines.insert(0, _Line(line.number, indent + 2, text))
            items.append(_mapping(lines, indent + 2))
        else:
            items.append(_word(text, line.number))
    return items


def _mapping(lines: list[_Line], indent: int) -> dict[str, Node]:
    found: dict[str, Node] = {}
    while lines and lines[0].indent == indent:
        line = lines.pop(0)
        match = _KEY.fullmatch(line.text)
        if match is None or match[1] in found:
            raise YamlError(f"line {line.number}: not a new key: {line.text}")
        if match[2]:
            found[match[1]] = _value(match[2].strip(), line.number)
        elif lines and lines[0].indent > indent:
            found[match[1]] = _block(lines, lines[0].indent)
        else:
            raise YamlError(f"line {line.number}: {match[1]} has no value")
    return found


def _value(text: str, line: int) -> Node:
    if text == "{}":
        return {}
    if text.startswith("[") and text.endswith("]"):
        return [_word(word.strip(), line) for word in text[1:-1].split(",")]
    return _word(text, line)


def _word(text: str, line: int) -> Node:
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except json.JSONDecodeError:
            raise YamlError(f"line {line}: cannot read {text}") from None
    if text in {"true", "false"}:
        return text == "true"
    if re.fullmatch(r"0|[1-9]\d*", text):
        return int(text)
    if _TAKEN_FOR_SOMETHING_ELSE.fullmatch(text) or not _PLAIN.fullmatch(text) or ": " in text or text.endswith(":"):
        raise YamlError(f"line {line}: quote {text}")
    return text
