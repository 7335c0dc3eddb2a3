"""What the bot has promised to others by what it sent them: read off its sockets, in the order of the record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final
from urllib.parse import urlsplit

from tests.chaos.power.strace import Call

_SENDS: Final = frozenset({"sendto", "sendmsg", "write", "writev"})
_TCP: Final = re.compile(r"TCP(?:v6)?:\[(?P<near>[^\]]+)->(?P<far>[^\]]+)\]")
_REQUEST: Final = re.compile(rb"^(?P<method>GET|POST|PUT|PATCH|DELETE) (?P<path>\S+) HTTP/1\.1\r\n")
_CUSTOM_ID: Final = re.compile(rb"egret:(?P<verb>[a-z]+):(?P<subject>[a-z0-9]{6})[:\"\\]")
_HOOK: Final = re.compile(rb"/webhooks/piapi/(?P<token>[\w-]{16,})")
_NONCE: Final = re.compile(rb'"nonce": ?"egret-(?P<delivery>[a-z0-9]{12})"')
_ABOUT_JOBS: Final = frozenset({b"cancel", b"details", b"extend", b"lipsync", b"again", b"edit", b"more", b"favourite"})


class Kind(Enum):
    """What was promised."""

    TAKEN = auto()
    """A person was shown a job's number: the command is accepted."""
    ORDERED = auto()
    """The provider was asked for a task, by the token in its webhook's address: the wish is on record."""
    POSTED = auto()
    """A message that a job owed was sent to its channel: the attempt is on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Something that has to hold from a place in the record on, whatever the disk loses."""

    place: int
    kind: Kind
    subject: str


@dataclass(slots=True)
class _Request:
    place: int
    method: bytes
    path: bytes
    text: bytearray = field(default_factory=bytearray)


def promises(calls: Iterable[Call], *, discord: str, provider: str) -> Sequence[Promise]:
    """Return what was promised, by the place at which its first byte may have left.

    Args:
        calls: a record.
        discord: the address that people are answered through, such as "http://127.0.0.1:8001/api/v10".
        provider: the address at which tasks are bought.
    """
    first: dict[tuple[Kind, str], Promise] = {}
    ends = {_end(discord): _to_people, _end(provider): _to_provider}
    for far, request in _requests(calls, set(ends)):
        for promise in ends[far](request):
            first.setdefault((promise.kind, promise.subject), promise)
    return sorted(first.values(), key=lambda promise: promise.place)


def _requests(calls: Iterable[Call], ends: set[str]) -> Iterator[tuple[str, _Request]]:
    under_way: dict[tuple[str, str], _Request] = {}
    for call in calls:
        if call.name not in _SENDS or not call.arguments:
            continue
        found = _TCP.search(call.descriptor()[1])
        if found is None or found["far"] not in ends:
            continue
        key, data = (found["near"], found["far"]), call.data
        if match := _REQUEST.match(data):
            if key in under_way:
                yield key[1], under_way.pop(key)
            under_way[key] = _Request(call.begun, match["method"], match["path"])
        if key in under_way:
            under_way[key].text += data
    yield from ((far, request) for (_, far), request in under_way.items())


def _to_people(request: _Request) -> Iterator[Promise]:
    if request.method == b"GET":
        return
    text = bytes(request.text)
    for match in _CUSTOM_ID.finditer(text):
        if match["verb"] in _ABOUT_JOBS:
            yield Promise(place=request.place, kind=Kind.TAKEN, subject=match["subject"].decode())
    for match in _NONCE.finditer(text):
        yield Promise(place=request.place, kind=Kind.POSTED, subject=match["delivery"].decode())


def _to_provider(request: _Request) -> Iterator[Promise]:
    if request.method == b"POST" and request.path.endswith(b"/task"):
        for match in _HOOK.finditer(bytes(request.text)):
            yield Promise(place=request.place, kind=Kind.ORDERED, subject=match["token"].decode())


def _end(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}"
