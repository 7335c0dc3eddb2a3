"""What a person's client needs beside messages: what they may do where, who types, and pictures of videos."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from PIL import Image

from sandbox.clips import render
from sandbox.person import LocalFile, Person, RequestRefused

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.discord import DiscordSandbox


async def channel_of(person: Person, name: str) -> dict[str, Any]:
    listed: Any = await person.request("GET", f"/person/{person.name}/channels")
    return next(channel for channel in listed if channel["name"] == name)


async def test_a_channel_tells_what_one_may_do_there(mira: Person, local: DiscordSandbox) -> None:
    juno = Person(local.person_url, "juno", session=mira.session)
    await mira.messages()

    of_member, of_moderator = await channel_of(mira, "general"), await channel_of(juno, "general")

    assert "SEND_VOICE_MESSAGES" in of_member["permissions"]
    assert "MANAGE_MESSAGES" not in of_member["permissions"]
    assert "MANAGE_MESSAGES" in of_moderator["permissions"]
    assert of_member["upload_limit"] == 10 * 1024 * 1024
    assert (await channel_of(mira, "dm"))["upload_limit"] == 10 * 1024 * 1024


async def test_roles_are_listed_with_their_members(mira: Person) -> None:
    world: Any = await mira.request("GET", "/person/world")

    people = {person["username"]: person["id"] for person in world["people"]}
    roles = {role["name"]: role["member_ids"] for role in world["servers"][0]["roles"]}
    assert roles["Moderators"] == [people["juno"]]
    assert "@everyone" not in roles


async def test_somebody_who_types_is_named(mira: Person, theo: Person) -> None:
    seq = await mira.seq()

    await theo.request("POST", "/person/theo/channels/general/typing", {})

    _, [change] = await mira.changes(seq, 10)
    world: Any = await mira.request("GET", "/person/world")
    ids = {person["username"]: person["id"] for person in world["people"]}
    assert (change["kind"], change["actor_id"]) == ("typing", ids["theo"])


async def test_who_may_not_send_does_not_type_either(mira: Person, local: DiscordSandbox) -> None:
    channel = local.operations.channel("general")
    local.operations.set_overwrite(channel, "mira", 0, 1 << 11)

    with pytest.raises(RequestRefused) as refused:
        await mira.request("POST", "/person/mira/channels/general/typing", {})

    assert refused.value.code == 50013


async def test_a_video_has_a_still(mira: Person, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    render(clip, prompt="a storm", seconds=1, width=320, height=180, label="test")
    message = await mira.send(files=[LocalFile("clip.mp4", clip.read_bytes())])

    async with aiohttp.ClientSession() as session, session.get(f"{message.attachments[0].url}format=webp") as answer:
        picture = Image.open(io.BytesIO(await answer.read()))

    assert (answer.status, answer.content_type) == (200, "image/webp")
    assert picture.size == (320, 180)


async def test_what_only_calls_itself_a_video_has_none(mira: Person) -> None:
    message = await mira.send(files=[LocalFile("clip.mp4", b"no video")])

    async with aiohttp.ClientSession() as session, session.get(f"{message.attachments[0].url}format=webp") as answer:
        assert answer.status == 415
