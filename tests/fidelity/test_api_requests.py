from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fidelity.samples import (
    CALLBACK,
    CHANNEL,
    COMMANDS,
    COMPONENTS_V2,
    FOLLOW_UP,
    MESSAGE,
    MESSAGES,
    TOKEN,
    button,
    command,
    exchange,
    option,
    row,
    text,
)

if TYPE_CHECKING:
    from tests.fidelity.openapi import DiscordApi


def found(api: DiscordApi, *arguments: Any, **settings: Any) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.text) for problem in api.request_problems(exchange(*arguments, **settings))]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/users/@me", "get_my_user"),
        ("GET", "/users/1122334455667788994", "get_user"),
        ("PATCH", f"{FOLLOW_UP}/messages/@original", "update_original_webhook_message"),
        ("PATCH", f"{FOLLOW_UP}/messages/%40original", "update_original_webhook_message"),
        ("PATCH", f"{FOLLOW_UP}/messages/1122334455667788991", "update_webhook_message"),
        ("PUT", f"{MESSAGE}/reactions/%E2%8F%B3/@me", "add_my_message_reaction"),
    ],
)
def test_the_most_literal_operation_is_found(api: DiscordApi, method: str, path: str, operation: str) -> None:
    matched = api.operation(method, path)

    assert matched is not None
    assert matched.id == operation


@pytest.mark.parametrize(("method", "path"), [("GET", "/clips"), ("DELETE", "/gateway"), ("GET", "/users/@me/")])
def test_what_is_no_operation_is_a_problem(api: DiscordApi, method: str, path: str) -> None:
    assert found(api, method, path) == [("", "no such operation")]


@pytest.mark.parametrize(
    ("method", "path", "body", "parts"),
    [
        ("POST", MESSAGES, {"content": "a storm", "tts": False, "nonce": "r1", "enforce_nonce": True}, ()),
        ("POST", MESSAGES, {"content": "é" * 2000}, ()),
        ("POST", MESSAGES, {"embeds": [{"type": "rich", "flags": 0, "description": "d" * 4096}]}, ()),
        ("POST", MESSAGES, {"content": "", "attachments": [{"id": 0, "filename": "a.mp4"}]}, ("files[0]",)),
        ("POST", MESSAGES, {"content": "two"}, ("files[0]", "files[1]")),
        ("POST", MESSAGES, {"content": "x", "message_reference": {"message_id": 7, "channel_id": 8}}, ()),
        (
            "POST",
            MESSAGES,
            {"content": "x", "allowed_mentions": {"parse": [], "users": [7], "replied_user": False}},
            (),
        ),
        ("POST", MESSAGES, {"content": "x", "components": [row(button(), button("Again"))]}, ()),
        ("POST", MESSAGES, {"flags": COMPONENTS_V2, "components": [text(), row(button())]}, ()),
        ("PATCH", MESSAGE, {"content": "later", "tts": False}, ()),
        ("PATCH", MESSAGE, {"content": None, "embeds": []}, ()),
        ("PATCH", MESSAGE, {"components": [text()]}, ()),
        ("PATCH", MESSAGE, {"attachments": [{"id": 1122334455667788991}, {"id": 0}]}, ("files[0]",)),
        ("PATCH", MESSAGE, {"attachments": [{"id": 1122334455667788991, "size": 3, "spoiler": False}]}, ()),
        ("POST", CALLBACK, {"type": 5, "data": {"flags": 64}}, ()),
        ("POST", CALLBACK, {"type": 6}, ()),
        ("POST", CALLBACK, {"type": 8, "data": {"choices": [{"name": "5 s", "value": 5}]}}, ()),
        ("POST", CALLBACK, {"type": 4, "data": {"content": "queued", "flags": 4096}}, ("files[0]",)),
        ("PUT", COMMANDS, [command(option(required=True), option(11, name="image", file_types=["image"]))], ()),
        (
            "PUT",
            COMMANDS,
            [command(nsfw=False, contexts=[0], integration_types=[0]), command(type=3, name="Make It")],
            (),
        ),
    ],
)
def test_a_good_request_has_no_problem(
    api: DiscordApi, method: str, path: str, body: Any, parts: tuple[str, ...]
) -> None:
    if isinstance(body, list) and len(body) > 1:
        body[1].pop("description")

    assert found(api, method, path, body, parts=parts) == []


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"content": "x", "colour": 1}, "", "unknown keys: colour"),
        ({"embeds": [{"title": "x", "colour": 1}]}, "/embeds/0", "unknown keys: colour"),
        ({"embeds": [{"footer": {"text": "x", "colour": 1}}]}, "/embeds/0/footer", "unknown keys: colour"),
        ({"content": "x", "components": [row(button(colour=1))]}, "/components/0/components/0", "unknown keys: colour"),
        ({"content": "x" * 2001}, "/content", "2001 characters, more than 2000"),
        ({"content": 7}, "/content", "7 is not string or null"),
        ({"content": "x", "nonce": "n" * 26}, "/nonce", "does not hold maxLength 25"),
        ({"embeds": [{"description": "d" * 3001}] * 2}, "/embeds", "6002 characters in all embeds"),
        ({"embeds": [{"title": "t" * 257}]}, "/embeds/0/title", "maxLength 256"),
        ({"embeds": [{"title": "t"}] * 11}, "/embeds", "maxItems 10"),
        ({"embeds": [{"title": "t", "url": "no address"}]}, "/embeds/0/url", "format 'uri'"),
        ({"embeds": [{"title": "t", "timestamp": "noon"}]}, "/embeds/0/timestamp", "format 'date-time'"),
        ({}, "", "the message is empty"),
        ({"content": "", "embeds": [], "components": None}, "", "the message is empty"),
        ({"message_reference": {"message_id": "7"}}, "", "the message is empty"),
        ({"content": "x", "message_reference": {"message_id": "seven"}}, "/message_reference/message_id", "pattern"),
        ({"content": "x", "message_reference": {"message_id": -7}}, "/message_reference/message_id", "snowflake"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["7"]}},
            "/allowed_mentions",
            "'users' is both parsed and listed",
        ),
        ({"content": "x", "components": [text()]}, "/components", "only action rows"),
        ({"content": "x", "flags": 64, "components": [text()]}, "/components", "only action rows"),
        ({"content": "x", "components": [row(button(str(n))) for n in range(6)]}, "/components", "6 action rows"),
        ({"flags": COMPONENTS_V2, "content": "x", "components": [text()]}, "/content", "Components V2"),
        ({"flags": COMPONENTS_V2, "embeds": [{"title": "x"}], "components": [text()]}, "/embeds", "Components V2"),
        (
            {
                "flags": COMPONENTS_V2,
                "components": [text()],
                "poll": {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "!"}}]},
            },
            "/poll",
            "Components V2",
        ),
        ({"flags": COMPONENTS_V2, "components": [text()] * 41}, "/components", "41 components, more than 40"),
        (
            {"flags": COMPONENTS_V2, "components": [{"type": 17, "components": [text()] * 40}]},
            "/components",
            "41 components, more than 40",
        ),
        ({"flags": COMPONENTS_V2, "components": [text("x" * 2500)] * 2}, "/components", "5000 characters of text"),
        ({"content": "x", "components": [row(button(), button())]}, "/components", "1 custom_id values occur"),
        ({"content": "x", "components": [row(button(style=9))]}, "/components/0/components/0/style", "9 is none of"),
        ({"content": "x", "components": [row({"type": 99})]}, "/components/0/components/0", "none of the"),
    ],
)
def test_a_bad_message_is_a_problem_at_its_place(
    api: DiscordApi, body: dict[str, Any], pointer: str, words: str
) -> None:
    problems = found(api, "POST", MESSAGES, body)

    assert {place for place, _ in problems} == {pointer}
    assert any(words in what for _, what in problems), problems


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"content": "x" * 2001}, "2001 characters"),
        ({"content": None, "embeds": [], "components": [], "attachments": []}, "the message is empty"),
        ({"content": "x", "components": [text()]}, "Components V2"),
        ({"flags": 4, "components": [text()]}, "only action rows"),
        ({"attachments": [{"id": 3}]}, "the entry 3 has no file part"),
    ],
)
def test_a_bad_edit_is_a_problem(api: DiscordApi, body: dict[str, Any], words: str) -> None:
    problems = found(api, "PATCH", MESSAGE, body)

    assert len(problems) == 1
    assert words in problems[0][1]


@pytest.mark.parametrize(
    ("body", "parts", "words"),
    [
        ({"content": "x"}, ("file",), "the file part 'file' is not named files[n]"),
        ({"content": "x"}, ("files[01]",), "is not named files[n]"),
        ({"content": "x"}, tuple(f"files[{n}]" for n in range(11)), "11 files, more than 10"),
        ({"content": "x"}, ("files[0]", "files[0]"), "the same number"),
        ({"attachments": []}, ("files[0]",), "files[0] has no entry"),
        ({"attachments": [{"id": 0}, {"id": 1}]}, ("files[0]",), "the entry 1 has no file part"),
        ({"attachments": [{"id": "1122334455667788991"}], "content": "x"}, (), "has no file part"),
    ],
)
def test_files_are_named_and_listed(api: DiscordApi, body: dict[str, Any], parts: tuple[str, ...], words: str) -> None:
    problems = found(api, "POST", MESSAGES, body, parts=parts)

    assert len(problems) == 1
    assert words in problems[0][1]


@pytest.mark.parametrize(
    ("body", "parts", "pointer", "words"),
    [
        ({"type": 4, "data": {"content": "x" * 2001}}, (), "/data/content", "2001"),
        ({"type": 4, "data": {}}, (), "/data", "the message is empty"),
        ({"type": 4}, (), "/data", "the message is empty"),
        ({"type": 7, "data": {"flags": 4, "components": [text()]}}, (), "/data/components", "only action rows"),
        ({"type": 4, "data": {"content": "x", "colour": 1}}, (), "/data", "unknown keys: colour"),
        ({"type": 5}, ("files[0]",), "", "files with a response of type 5"),
        ({"type": 3}, (), "", "none of the"),
        (
            {"type": 8, "data": {"choices": [{"name": "x" * 101, "value": "x"}]}},
            (),
            "/data/choices/0/name",
            "maxLength",
        ),
        (
            {"type": 8, "data": {"choices": [{"name": str(n), "value": str(n)} for n in range(26)]}},
            (),
            None,
            "maxItems",
        ),
    ],
)
def test_a_bad_interaction_response_is_a_problem(
    api: DiscordApi, body: dict[str, Any], parts: tuple[str, ...], pointer: str | None, words: str
) -> None:
    problems = found(api, "POST", CALLBACK, body, parts=parts)

    assert any(pointer in (place, None) and words in what for place, what in problems), problems


@pytest.mark.parametrize(
    ("commands", "pointer", "words"),
    [
        ([command(name="Video")], "/0/name", "not a command name"),
        ([command(name="two words")], "/0/name", "not a command name"),
        ([command(name="x" * 33)], "/0/name", "maxLength"),
        ([command(name_localizations={"de": "Video"})], "/0/name_localizations/de", "not a command name"),
        ([{"name": "video"}], "/0/description", "is missing"),
        ([command(description="")], "/0/description", "is missing"),
        ([command(), command()], "", "2 commands are named 'video'"),
        ([command(name=f"c{n}") for n in range(101)], "", "101 slash commands, more than 100"),
        ([command(colour=1)], "/0", "unknown keys: colour"),
        ([command(name="Make It", type=3)], "/0/description", "only slash commands"),
        ([command(option(), option(name="image", required=True))], "/0/options/1", "required option after"),
        ([command(option(), option())], "/0/options", "2 options are named 'prompt'"),
        ([command(option(description=""))], "/0/options/0/description", "is missing"),
        ([command(option(colour=1))], "/0/options/0", "unknown keys: colour"),
        ([command(option(name="Prompt"))], "/0/options/0/name", "not a command name"),
        ([command(option(kind=99))], "/0/options/0", "none of the"),
        ([command(option(file_types=["image"]))], "/0/options/0", "unknown keys: file_types"),
        ([command(option(4, min_value=10, max_value=5))], "/0/options/0/min_value", "greater than max_value"),
        (
            [command(option(autocomplete=True, choices=[{"name": "a", "value": "a"}]))],
            "/0/options/0/choices",
            "choices exclude autocomplete",
        ),
        (
            [command(option(choices=[{"name": "a", "value": "a"}, {"name": "a", "value": "b"}]))],
            "/0/options/0/choices",
            "same name",
        ),
        (
            [command(option(choices=[{"name": str(n), "value": str(n)} for n in range(26)]))],
            "/0/options/0/choices",
            "maxItems 25",
        ),
        ([command(*(option(name=f"o{n}") for n in range(26)))], "/0/options", "maxItems 25"),
        ([command(option(1, name="make", options=[option(name="A")]))], "/0/options/0/options/0/name", "command name"),
        ([command(option(1, name="make"), option())], "/0/options", "subcommands beside other options"),
        (
            [command(*(option(name=f"o{n}", choices=[{"name": "n", "value": "v" * 6000}]) for n in range(2)))],
            "/0",
            "more than 8000",
        ),
    ],
)
def test_a_bad_command_is_a_problem_at_its_place(
    api: DiscordApi, commands: list[dict[str, Any]], pointer: str, words: str
) -> None:
    problems = found(api, "PUT", COMMANDS, commands)

    assert any(place == pointer and words in what for place, what in problems), problems


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"name": "Video", "description": "Make a clip"}, "/name", "not a command name"),
        ({"options": [option(), option(name="image", required=True)]}, "/options/1", "required option after"),
        ({"colour": 1}, "", "unknown keys: colour"),
    ],
)
def test_a_bad_change_of_a_command_is_a_problem(
    api: DiscordApi, change: dict[str, Any], pointer: str, words: str
) -> None:
    problems = found(api, "PATCH", f"{COMMANDS}/1122334455667788997", change)

    assert [place for place, _ in problems] == [pointer]
    assert words in problems[0][1]


@pytest.mark.parametrize("name", ["video", "lip-sync", "clip_2", "größe", "動画", "วิดีโอ", "वीडियो", "l'été"])
def test_names_of_every_script_are_taken(api: DiscordApi, name: str) -> None:
    assert found(api, "PUT", COMMANDS, [command(name=name)]) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"limit": "0"}, "'limit'"),
        ({"limit": "101"}, "'limit'"),
        ({"limit": "many"}, "'limit'"),
        ({"before": "yesterday"}, "'before'"),
        ({"colour": "red"}, "unknown query parameter 'colour'"),
    ],
)
def test_a_bad_query_is_a_problem(api: DiscordApi, query: dict[str, str], words: str) -> None:
    problems = found(api, "GET", MESSAGES, query=query)

    assert len(problems) == 1
    assert words in problems[0][1]


def test_a_good_query_has_no_problem(api: DiscordApi) -> None:
    assert found(api, "GET", MESSAGES, query={"limit": "50", "before": CHANNEL}) == []
    for told in ("true", "1", "False"):
        assert found(api, "POST", CALLBACK, {"type": 6}, query={"with_response": told}) == []


def test_an_id_in_the_path_is_a_number(api: DiscordApi) -> None:
    assert "'channel_id'" in found(api, "GET", "/channels/general/messages")[0][1]


def test_a_body_must_be_there_and_nowhere_else(api: DiscordApi) -> None:
    assert found(api, "POST", MESSAGES) == [("", "the JSON body is missing")]
    assert found(api, "POST", MESSAGES, status=429) == []
    assert found(api, "GET", MESSAGES, {"limit": 5}) == [("", "the operation takes no JSON body")]
    assert found(api, "PUT", COMMANDS, [], parts=("files[0]",)) == [("", "the operation takes no files")]


def test_a_problem_names_the_operation_and_tells_no_token_and_no_text(api: DiscordApi) -> None:
    body = {"type": 4, "data": {"content": "a long prompt of somebody's " * 100, "tts": TOKEN}}
    told = "\n".join(map(str, api.request_problems(exchange("POST", CALLBACK, body))))
    unknown = str(api.request_problems(exchange("POST", f"/hooks/{CHANNEL}/{TOKEN}"))[0])

    assert "POST /interactions/{interaction_id}/{interaction_token}/callback request: /data/content: " in told
    for secret in (TOKEN, "prompt of somebody"):
        assert secret not in told + unknown
    assert unknown == "POST /hooks/…/… request: (whole): no such operation"
