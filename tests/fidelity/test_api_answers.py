from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fidelity.samples import FOLLOW_UP, JSON_HEADERS, MESSAGE, MESSAGES, exchange, message, user

if TYPE_CHECKING:
    from tests.fidelity.openapi import DiscordApi

RATE_LIMITED = {
    **JSON_HEADERS,
    "Via": "1.1 google",
    "Retry-After": "1",
    "X-RateLimit-Scope": "user",
    "X-RateLimit-Bucket": "b",
}


def found(api: DiscordApi, *arguments: Any, **settings: Any) -> list[tuple[str, str]]:
    return [(problem.pointer, problem.text) for problem in api.response_problems(exchange(*arguments, **settings))]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, message()),
        (400, {"code": 50006, "message": "Cannot send an empty message"}),
        (
            400,
            {
                "code": 50035,
                "message": "Invalid Form Body",
                "errors": {"embeds": {"0": {"title": {"_errors": [{"code": "BASE_TYPE_REQUIRED", "message": "m"}]}}}},
            },
        ),
        (500, {"message": "500: Internal Server Error", "code": 0}),
        (502, "<html>"),
    ],
)
def test_a_good_answer_has_no_problem(api: DiscordApi, status: int, body: Any) -> None:
    assert found(api, "POST", MESSAGES, {"content": "x"}, status=status, response=body) == []


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        ({"id": 1122334455667788991}, "/id", "is not string"),
        ({"timestamp": "noon"}, "/timestamp", "date-time"),
        ({"author": {"id": "7"}}, "/author", "'username' is a required property"),
        ({"author": user(colour="red")}, "/author", "unknown keys: colour"),
        ({"thread": None}, "/thread", "null is not object"),
        ({"edited": True}, "", "unknown keys: edited"),
        ({"type": 99}, "/type", "none of the"),
        ({"components": [{"type": 1, "components": [{"type": 2, "style": 5, "url": 7}]}]}, "/components/0", ""),
    ],
)
def test_a_bad_message_is_a_problem(api: DiscordApi, changes: dict[str, Any], pointer: str, words: str) -> None:
    problems = found(api, "GET", MESSAGE, response=message(**changes))

    assert any(place.startswith(pointer) and words in what for place, what in problems), problems


def test_a_missing_key_is_a_problem(api: DiscordApi) -> None:
    body = message()
    del body["author"]

    assert found(api, "GET", MESSAGE, response=body) == [("", "'author' is a required property")]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (203, message(), "the status is none of 200, 429, 4XX"),
        (200, None, "null is not object"),
        (404, {"error": "gone"}, "unknown keys: error"),
        (404, {"message": "Unknown Message"}, "'code' is a required property"),
        (404, None, "null is not object"),
        (
            400,
            {"code": 1, "message": "m", "errors": {"x": {"_errors": [{"code": 1, "message": "m"}]}}},
            "1 is not string",
        ),
        (400, {"code": 1, "message": "m", "errors": {"x": ["m"]}}, "none of the"),
    ],
)
def test_a_bad_status_or_error_is_a_problem(api: DiscordApi, status: int, body: Any, words: str) -> None:
    problems = found(api, "GET", MESSAGE, status=status, response=body)

    assert any(words in what for _, what in problems), problems


def test_an_answer_without_a_body_has_none(api: DiscordApi) -> None:
    assert found(api, "DELETE", MESSAGE, status=204, headers={}) == []
    assert found(api, "DELETE", f"{FOLLOW_UP}/messages/@original", status=204, response={}) == [
        ("", "there is a body where none is to be")
    ]


@pytest.mark.parametrize("stated", ["application/json; charset=utf-8", "text/plain", None])
def test_the_content_type_is_exactly_json(api: DiscordApi, stated: str | None) -> None:
    headers = {} if stated is None else {"Content-Type": stated}

    problems = found(api, "GET", MESSAGE, response=message(), headers=headers)

    assert [what for _, what in problems if "not exactly application/json" in what]


def test_a_rate_limit_says_where_it_comes_from(api: DiscordApi) -> None:
    body = {"message": "You are being rate limited.", "retry_after": 0.5, "global": False}

    def limited(headers: dict[str, str], told: dict[str, Any]) -> list[str]:
        return [what for _, what in found(api, "GET", MESSAGE, status=429, response=told, headers=headers)]

    assert limited(RATE_LIMITED, body) == []
    assert limited(RATE_LIMITED, {**body, "code": 30046}) == []
    for name in ("Via", "Retry-After", "X-RateLimit-Scope", "X-RateLimit-Bucket"):
        without = {key: value for key, value in RATE_LIMITED.items() if key != name}
        assert limited(without, body) == [f"a 429 without {name.lower()}"]
    assert limited(RATE_LIMITED, {"message": "m", "global": False}) == ["'retry_after' is a required property"]


def test_an_answer_where_there_is_no_operation_is_an_error(api: DiscordApi) -> None:
    assert found(api, "GET", "/clips", status=404, response={"message": "404: Not Found", "code": 0}) == []
    assert found(api, "GET", "/clips", status=200, response=[]) == [
        ("", "status 200 for an operation that does not exist")
    ]
