"""The picture of a channel shows what was recorded, as everybody saw it at that moment."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.picture.channel import NothingToShow, channel_at
from sandbox.picture.page import page

EGRET = {"id": "100000000000000001", "global_name": "Egret", "bot": True}
MIRA = {"id": "100000000000000002", "global_name": "Mira <3"}
CLIP = {"id": "5", "filename": "egret.mp4", "size": 12, "duration_secs": 5.1, "description": 'a "kite"'}
EPHEMERAL = 64


def message(number: int, content: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "channel_id": "7",
        "author": EGRET,
        "content": content,
        "timestamp": "2026-03-01T10:00:00+00:00",
        "edited_timestamp": None,
        "flags": 0,
        "mentions": [],
        "attachments": [],
        "components": [],
        **changes,
    }


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    command = {"id": "1", "channel": {"id": "7", "name": "clips"}, "member": {"user": MIRA}}
    used = {"interaction_metadata": {"user": MIRA}, "interaction": {"name": "video"}}
    button = {"type": 2, "style": 2, "label": "Details", "emoji": {"name": "ℹ️"}}
    result = message(
        12,
        f"<@{MIRA['id']}> your clip is ready",
        mentions=[MIRA],
        message_reference={"message_id": "10"},
        attachments=[CLIP],
        components=[{"type": 1, "components": [button]}],
    )
    events = [
        ("INTERACTION_CREATE", command),
        ("MESSAGE_CREATE", message(10, "**Queued**\n> <script>", **used)),
        ("MESSAGE_CREATE", message(11, "for Mira alone", flags=EPHEMERAL)),
        ("MESSAGE_CREATE", result),
        ("MESSAGE_UPDATE", message(10, "**Done**\n-# $0.26", **used)),
        ("MESSAGE_CREATE", message(13, "much later")),
    ]
    path = tmp_path / "discord.jsonl"
    lines = [{"exchange": {"method": "GET"}}, *({"event": {"op": 0, "t": kind, "d": data}} for kind, data in events)]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


def test_it_stops_at_the_moment_and_leaves_out_what_one_person_alone_saw(recording: Path):
    channel = channel_at(recording, re.compile("Done"))
    assert channel.name == "clips"
    assert [one["id"] for one in channel.messages] == ["10", "12"]
    assert channel.messages[0]["content"].startswith("**Done**")


def test_a_moment_that_never_comes_is_named(recording: Path):
    with pytest.raises(NothingToShow, match="never"):
        channel_at(recording, re.compile("never"))


def test_the_page_shows_the_command_the_reply_the_clip_and_the_buttons(recording: Path):
    html = page(channel_at(recording, re.compile("Done")), last=2, poster=lambda _: "data:image/jpeg;base64,AA==")
    assert 'used <span class="command">/video</span>' in html
    assert '<span class="quoted">Done $0.26</span>' in html
    assert '<img src="data:image/jpeg;base64,AA==" alt="a &quot;kite&quot;">' in html
    assert "0:05" in html
    assert "ℹ️ Details" in html
    assert "<small>$0.26</small>" in html


def test_what_people_write_is_text_and_the_page_loads_nothing(recording: Path):
    html = page(channel_at(recording, re.compile("Queued")), last=9, poster=lambda _: "")
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "Mira &lt;3" in html
    assert not re.search(r"(?:src|href)=\"(?!data:)|url\(|@import", html)
