"""Exchanges and payloads that are as Discord describes them, for tests to spoil."""

from __future__ import annotations

from typing import Any

from sandbox.discord.observation import Exchange

CHANNEL = "1122334455667788990"
MESSAGES = f"/channels/{CHANNEL}/messages"
MESSAGE = f"{MESSAGES}/1122334455667788991"
TOKEN = "aW50ZXJhY3Rpb246MTE0MjMzNDQ1NTY2Nzc4ODk5MTpWZXJ5U2VjcmV0SW5kZWVk"
CALLBACK = f"/interactions/1122334455667788992/{TOKEN}/callback"
FOLLOW_UP = f"/webhooks/1122334455667788993/{TOKEN}"
COMMANDS = "/applications/1122334455667788993/commands"
JSON_HEADERS = {"Content-Type": "application/json"}
COMPONENTS_V2 = 1 << 15


def exchange(
    method: str,
    path: str,
    request: Any = None,
    *,
    query: dict[str, str] | None = None,
    parts: tuple[str, ...] = (),
    status: int = 200,
    response: Any = None,
    headers: dict[str, str] | None = None,
) -> Exchange:
    return Exchange(
        method=method,
        route="",
        path=path,
        query=query or {},
        request=request,
        file_parts=parts,
        status=status,
        response=response,
        headers=JSON_HEADERS if headers is None else headers,
    )


def user(**changes: Any) -> dict[str, Any]:
    return {
        "id": "1122334455667788994",
        "username": "mira",
        "avatar": None,
        "discriminator": "0",
        "public_flags": 0,
        "flags": 0,
        "global_name": "Mira",
        "primary_guild": None,
        **changes,
    }


def message(**changes: Any) -> dict[str, Any]:
    return {
        "type": 0,
        "content": "a storm",
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "timestamp": "2026-10-06T12:00:00.000000+00:00",
        "edited_timestamp": None,
        "flags": 0,
        "components": [],
        "id": "1122334455667788991",
        "channel_id": CHANNEL,
        "author": user(),
        "pinned": False,
        "mention_everyone": False,
        "tts": False,
        **changes,
    }


def event(name: str, data: Any, **changes: Any) -> dict[str, Any]:
    return {"op": 0, "t": name, "s": 1, "d": data, **changes}


def button(label: str = "Extend", **changes: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": label, "custom_id": f"k1:{label}", **changes}


def row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(components)}


def text(content: str = "a storm") -> dict[str, Any]:
    return {"type": 10, "content": content}


def option(kind: int = 3, **changes: Any) -> dict[str, Any]:
    return {"type": kind, "name": "prompt", "description": "What happens", **changes}


def command(*options: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"name": "video", "description": "Make a clip", "options": list(options), **changes}
