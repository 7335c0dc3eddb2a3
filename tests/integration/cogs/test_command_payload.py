"""What Discord is told of the commands, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.catalog import Catalogue
from cogs.payload import command_payload, option_details
from sandbox.discord import Exchange
from tests.integration.cogs.cove import Cove

SLASH, ON_MESSAGES = 1, 3
STRING, INTEGER, BOOLEAN, NUMBER, ATTACHMENT = 3, 4, 5, 10, 11

MANAGE_SERVER, MODERATE_MEMBERS = 1 << 5, 1 << 40

Payload = dict[str, dict[str, Any]]


@pytest.fixture
async def payload(cove: Cove) -> Payload:
    details = option_details(cove.world.service.catalogue)
    commands: list[dict[str, Any]] = await command_payload(cove.client.tree, details)
    return {command["name"]: command for command in commands if command["type"] == SLASH}


@pytest.fixture
async def message_commands(cove: Cove) -> Payload:
    commands: list[dict[str, Any]] = await command_payload(cove.client.tree, {})
    return {command["name"]: command for command in commands if command["type"] == ON_MESSAGES}


def is_for_all(command: dict[str, Any]) -> bool:
    return command["default_member_permissions"] is None


def options(command: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {option["name"]: option for option in command.get("options", [])}


async def test_the_commands_and_their_options_stand_in_the_order_people_need_them(payload: Payload) -> None:
    named = {name: list(options(command)) for name, command in payload.items() if is_for_all(command)}

    assert named == {
        "clips": ["person", "favourites"],
        "defaults": [],
        "extend": ["video", "prompt", "private"],
        "help": [],
        "lipsync": ["video", "say", "voice", "speed", "audio", "private", "use_source"],
        "privacy": ["show", "export", "delete"],
        "quota": [],
        "video": [
            "prompt", "image", "length", "quality", "ratio", "end_image", "model", "avoid", "sound", "follow", "camera",
            "spoiler", "private", "use_source",
        ],
    }  # fmt: skip


async def test_what_belongs_to_who_looks_after_a_server_is_hidden_from_everybody_else(payload: Payload) -> None:
    def needing(permission: int) -> set[str]:
        return {name for name, command in payload.items() if command["default_member_permissions"] == permission}

    assert needing(MANAGE_SERVER) == {"audit", "grant", "settings", "setup", "usage"}
    assert needing(MODERATE_MEMBERS) == {"block", "blocks", "unblock"}


async def test_only_what_nothing_works_without_is_required(payload: Payload) -> None:
    required = {
        (command, name)
        for command in payload
        for name, option in options(payload[command]).items()
        if option.get("required") and is_for_all(payload[command])
    }

    assert required == {("extend", "video"), ("lipsync", "video")}


async def test_options_have_the_types_limits_and_filters_that_people_need(payload: Payload) -> None:
    video, lipsync = options(payload["video"]), options(payload["lipsync"])

    assert {name: option["type"] for name, option in video.items()} == {
        "prompt": STRING, "image": ATTACHMENT, "length": INTEGER, "quality": STRING, "ratio": STRING,
        "end_image": ATTACHMENT, "model": STRING, "avoid": STRING, "sound": BOOLEAN, "follow": STRING, "camera": STRING,
        "spoiler": BOOLEAN, "private": BOOLEAN, "use_source": BOOLEAN,
    }  # fmt: skip
    assert (video["prompt"]["min_length"], video["prompt"]["max_length"]) == (1, 2500)
    assert video["length"]["autocomplete"] is video["model"]["autocomplete"] is True
    assert video["image"]["file_types"] == video["end_image"]["file_types"] == ["image", ".heic", ".heif", ".avif"]
    assert lipsync["audio"]["file_types"][0] == "audio"
    assert lipsync["say"]["max_length"] == 120
    assert (lipsync["speed"]["type"], lipsync["speed"]["min_value"], lipsync["speed"]["max_value"]) == (NUMBER, 0.8, 2)


async def test_choices_are_named_as_people_say_them(payload: Payload) -> None:
    video = options(payload["video"])

    def named(option: str) -> list[tuple[str, str]]:
        return [(choice["name"], choice["value"]) for choice in video[option]["choices"]]

    assert video["quality"]["autocomplete"] is True
    assert named("ratio") == [("Wide 16:9", "16:9"), ("Tall 9:16", "9:16"), ("Square 1:1", "1:1")]
    assert [name for name, _ in named("follow")] == ["Loosely", "Balanced", "Strictly"]
    assert named("camera")[0] == ("Zoom in, gentle", "zoom-in-gentle")
    assert len(named("camera")) == 24


async def test_messages_have_four_commands_in_direct_messages_too(message_commands: Payload) -> None:
    assert list(message_commands) == ["Extend this video", "Lip-sync this video", "Use as source", "Video details"]
    assert {tuple(command["contexts"]) for command in message_commands.values()} == {(0, 1)}
    assert {tuple(command["integration_types"]) for command in message_commands.values()} == {(0,)}
    assert all(len(name) <= 32 for name in message_commands)


async def test_commands_are_for_servers_only(payload: Payload) -> None:
    assert {tuple(command["contexts"]) for command in payload.values()} == {(0,)}
    assert {tuple(command["integration_types"]) for command in payload.values()} == {(0,)}


async def test_everything_fits_discords_limits(payload: Payload) -> None:
    for command in payload.values():
        assert 1 <= len(command["description"]) <= 100
        assert len(options(command)) <= 25
        total = len(command["name"]) + len(command["description"])
        for option in options(command).values():
            assert 1 <= len(option["description"]) <= 100
            choices = option.get("choices", [])
            assert len(choices) <= 25
            assert all(1 <= len(choice["name"]) <= 100 and len(choice["value"]) <= 100 for choice in choices)
            assert len(option.get("file_types", [])) <= 10
            total += len(option["name"]) + len(option["description"])
            total += sum(len(choice["name"]) + len(choice["value"]) for choice in choices)
        assert total <= 8000


async def test_an_owners_limits_reach_discord(cove: Cove) -> None:
    usual = Catalogue()
    limits = replace(usual.limits, lipsync=replace(usual.limits.lipsync, text_characters=7_000, max_speed=1.5))

    details = option_details(replace(usual, limits=limits))

    assert details["lipsync", "say"]["max_length"] == 6_000
    assert details["lipsync", "speed"]["max_value"] == 1.5


async def test_a_detail_for_an_option_that_is_no_more_is_a_defect(cove: Cove) -> None:
    with pytest.raises(KeyError, match="/video colour"):
        await command_payload(cove.client.tree, {("video", "colour"): {"max_length": 1}})


async def test_discord_is_told_once_and_again_only_of_a_change(offline: Cove) -> None:
    async with offline.online(offline.client):
        assert offline.discord.commands.writes == 1
    async with offline.online(offline.new_client()):
        assert offline.discord.commands.writes == 1
    offline.world.service.catalogue = replace(
        Catalogue(), limits=replace(Catalogue().limits, text=replace(Catalogue().limits.text, prompt_characters=900))
    )

    async with offline.online(offline.new_client()):
        assert offline.discord.commands.writes == 2

    video = next(c for c in offline.discord.commands.all(None) if c["name"] == "video")
    assert isinstance(video["options"], list)
    assert video["options"][0]["max_length"] == 900


async def test_reconnecting_tells_discord_nothing(cove: Cove) -> None:
    seen = Requests()
    cove.discord.observe(seen)

    cove.discord.gateway.invalidate_sessions(resumable=False)
    await cove.client.wait_for("connect", timeout=10)

    assert [path for method, path in seen.made if path.endswith("/commands")] == []
    assert (await cove.mira.run("clips")).expect_message().ephemeral


class Requests:
    """Notes what the bot asks of Discord."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []

    def on_exchange(self, exchange: Exchange) -> None:
        self.made.append((exchange.method, exchange.path))

    def on_event(self, payload: object) -> None: ...
