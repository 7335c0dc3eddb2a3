from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fidelity.samples import CHANNEL, event, message, user

if TYPE_CHECKING:
    from tests.fidelity.gateway import DiscordGateway

GUILD = "1122334455667788995"
MEMBER = {
    "roles": [],
    "joined_at": "2026-10-06T12:00:00.000000+00:00",
    "deaf": False,
    "mute": False,
    "flags": 0,
    "avatar": None,
    "banner": None,
}
BUTTON_PRESSED: dict[str, Any] = {
    "id": "1122334455667788996",
    "application_id": "1122334455667788993",
    "type": 3,
    "token": "t" * 60,
    "version": 1,
    "app_permissions": "0",
    "attachment_size_limit": 10485760,
    "authorizing_integration_owners": {"0": GUILD},
    "entitlements": [],
    "locale": "en-US",
    "channel_id": CHANNEL,
    "user": user(),
    "message": message(),
    "data": {"component_type": 2, "custom_id": "k1:cancel"},
}


def found(gateway: DiscordGateway, payload: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.text) for problem in gateway.problems(payload)]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("MESSAGE_CREATE", message(flags=4096 + 32768)),
        ("MESSAGE_UPDATE", message(guild_id=GUILD, member=MEMBER)),
        ("MESSAGE_DELETE", {"id": "7", "channel_id": "8", "guild_id": "9"}),
        ("TYPING_START", {"channel_id": "7", "user_id": "8", "timestamp": 1_790_000_000}),
        ("INTERACTION_CREATE", BUTTON_PRESSED),
        ("GUILD_DELETE", {"id": "7"}),
        ("THREAD_DELETE", {"id": "7", "guild_id": "8", "parent_id": "9", "type": 11}),
        ("RESUMED", {}),
        (
            "MESSAGE_REACTION_REMOVE",
            {
                "user_id": "7",
                "channel_id": "8",
                "message_id": "9",
                "emoji": {"id": None, "name": "❤"},
                "burst": False,
                "type": 0,
            },
        ),
    ],
)
def test_a_good_event_has_no_problem(gateway: DiscordGateway, name: str, data: dict[str, Any]) -> None:
    assert found(gateway, event(name, data)) == []


@pytest.mark.parametrize(
    ("name", "data", "pointer", "words"),
    [
        ("MESSAGE_CREATE", message(guild_id=None), "/d/guild_id", "null is not string"),
        ("MESSAGE_CREATE", message(thread=None), "/d/thread", ""),
        ("MESSAGE_CREATE", message(id=7), "/d/id", "7 is not string"),
        ("MESSAGE_CREATE", message(id="seven"), "/d/id", "pattern"),
        ("MESSAGE_CREATE", message(member={**MEMBER, "roles": [7]}), "/d/member/roles/0", "7 is not string"),
        ("MESSAGE_CREATE", message(flags=-1), "/d/flags", "minimum"),
        ("MESSAGE_CREATE", message(flags="0"), "/d/flags", "'0' is not integer"),
        ("MESSAGE_CREATE", message(type=99), "/d/type", "99 is not"),
        ("MESSAGE_CREATE", message(colour=1), "/d", "unknown keys: colour"),
        ("MESSAGE_UPDATE", {"id": "7", "channel_id": "8"}, "/d", "'author' is a required property"),
        ("MESSAGE_DELETE", {"id": "7"}, "/d", "'channel_id' is a required property"),
        ("GUILD_DELETE", {}, "/d", "'id' is a required property"),
        ("GUILD_DELETE", {"id": "7", "name": "Cove"}, "/d", "unknown keys: name"),
        ("THREAD_DELETE", {"id": "7", "guild_id": "8", "parent_id": "9", "type": 0}, "/d/type", ""),
        ("RESUMED", {"seq": 1}, "/d", "unknown keys: seq"),
        ("INTERACTION_CREATE", {**BUTTON_PRESSED, "type": 9}, "/d", "none of the"),
        ("INTERACTION_CREATE", {**BUTTON_PRESSED, "colour": 1}, "/d", "unknown keys: colour"),
        ("INTERACTION_CREATE", {**BUTTON_PRESSED, "token": 7}, "/d/token", "is not string"),
        (
            "INTERACTION_CREATE",
            {**BUTTON_PRESSED, "channel": {"id": CHANNEL, "type": 1, "guild_id": None}},
            "/d/channel/guild_id",
            "null is not string",
        ),
        (
            "INTERACTION_CREATE",
            {**BUTTON_PRESSED, "channel": {"id": CHANNEL, "type": 1, "recipients": [user(colour="red")]}},
            "/d/channel/recipients/0",
            "unknown keys: colour",
        ),
        ("CLIP_CREATE", {}, "/t", "no such event"),
    ],
)
def test_a_bad_event_is_a_problem_at_its_place(
    gateway: DiscordGateway, name: str, data: dict[str, Any], pointer: str, words: str
) -> None:
    problems = found(gateway, event(name, data))

    assert any(place == pointer and words in what for place, what in problems), problems


@pytest.mark.parametrize("missing", ["entitlements", "app_permissions", "attachment_size_limit", "locale"])
def test_an_interaction_says_all_that_discord_says(gateway: DiscordGateway, missing: str) -> None:
    data = {key: value for key, value in BUTTON_PRESSED.items() if key != missing}

    assert found(gateway, event("INTERACTION_CREATE", data)) == [("/d", f"'{missing}' is a required property")]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"s": None}, "/s"), ({"s": 0}, "/s"), ({"op": 10}, "/op"), ({"colour": 1}, "")],
)
def test_a_bad_frame_is_a_problem(gateway: DiscordGateway, changes: dict[str, Any], pointer: str) -> None:
    assert [place for place, _ in found(gateway, event("RESUMED", {}, **changes))] == [pointer]


def test_a_problem_tells_no_token(gateway: DiscordGateway) -> None:
    token = "short.secret.token"

    told = "\n".join(map(str, gateway.problems(event("INTERACTION_CREATE", {**BUTTON_PRESSED, "token": [token]}))))

    assert "/d/token" in told
    assert token not in told
