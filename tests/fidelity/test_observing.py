from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.discord import DiscordSandbox, wire
from sandbox.discord.rest import api as rest_api
from tests.fidelity.observer import FidelityObserver
from tests.fidelity.samples import MESSAGES, event, exchange, message

if TYPE_CHECKING:
    from sandbox.discord.observation import Exchange
    from tests.fidelity.gateway import DiscordGateway
    from tests.fidelity.openapi import DiscordApi
    from tests.fidelity.walked import Walked

WRONG: list[Any] = [[]]
"""A value that fits no key of Discord's, known or unknown."""


def spoilt_copies(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield copies of a JSON value, each with a key too many in another one of its objects."""
    for path in _objects(value, ()):
        spoilt = copy.deepcopy(value)
        place = spoilt
        for step in path:
            place = place[step]
        place["spoilt"] = WRONG
        yield "/".join(map(str, path)), spoilt


def _objects(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from _objects(part, (*path, step))


def shape(value: Any) -> Any:
    """Return a value's outline, to tell payloads apart that differ in their words alone."""
    if isinstance(value, dict):
        return {key: value[key] if key in ("type", "style") else shape(part) for key, part in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def distinct(values: list[Any], outline: Callable[[Any], Any]) -> list[Any]:
    return list({json.dumps(outline(value), sort_keys=True): value for value in values}.values())


def operation(api: DiscordApi, exchange: Exchange) -> str:
    found = api.operation(exchange.method, exchange.path)
    assert found is not None
    return found.id


def test_a_key_too_many_is_noticed_wherever_it_is_in_an_answer(walked: Walked, api: DiscordApi) -> None:
    answered = [exchange for exchange in walked.exchanges if exchange.response is not None and exchange.status < 500]
    different = distinct(answered, lambda e: [operation(api, e), e.status, shape(e.response)])

    unnoticed = [
        f"{one.method} {one.route} {one.status} {place}"
        for one in different
        for place, spoilt in spoilt_copies(one.response)
        if not api.response_problems(replace(one, response=spoilt))
    ]

    assert len(different) > 50
    assert unnoticed == []


def test_a_key_too_many_is_noticed_wherever_it_is_in_a_request(walked: Walked, api: DiscordApi) -> None:
    asked = [exchange for exchange in walked.exchanges if exchange.request is not None]
    different = distinct(asked, lambda e: [operation(api, e), shape(e.request)])

    unnoticed = [
        f"{one.method} {one.route} {place}"
        for one in different
        for place, spoilt in spoilt_copies(one.request)
        if not api.request_problems(replace(one, request=spoilt))
    ]

    assert len(different) > 25
    assert unnoticed == []


def test_a_key_too_many_is_noticed_wherever_it_is_in_an_event(walked: Walked, gateway: DiscordGateway) -> None:
    different = distinct(walked.payloads, lambda payload: [payload["t"], shape(payload["d"])])

    unnoticed = [
        f"{one['t']} {place}"
        for one in different
        for place, spoilt in spoilt_copies(one)
        if not gateway.problems(spoilt)
    ]

    assert len(different) > 40
    assert unnoticed == []


async def watched(observer: FidelityObserver, body: dict[str, Any]) -> int:
    """Send one message to a new sandbox under an observer's eyes and return the status."""
    async with DiscordSandbox() as local, aiohttp.ClientSession() as session:
        local.observe(observer)
        headers = {"Authorization": f"Bot {local.token}"}
        path = f"/channels/{local.operations.channel('general').id}/messages"
        async with session.post(local.api_url + path, json=body, headers=headers) as response:
            return response.status


async def test_a_local_discord_that_does_well_has_no_problem() -> None:
    observer = FidelityObserver()

    assert await watched(observer, {"content": "a storm"}) == 200

    observer.assert_clean()
    assert observer.seen == {"create_message 200": 1}


def with_integer_ids(render: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: {**render(*arguments), "id": 7}


def with_a_charset(render: Callable[..., web.Response]) -> Callable[..., web.Response]:
    def rendered(*arguments: Any) -> web.Response:
        response = render(*arguments)
        response.headers["Content-Type"] = "application/json; charset=utf-8"
        return response

    return rendered


@pytest.mark.parametrize(
    ("module", "function", "spoil", "words"),
    [
        (wire, "user", with_integer_ids, "/author/id: 7 is not string"),
        (rest_api, "_response", with_a_charset, "not exactly application/json"),
    ],
)
async def test_a_local_discord_that_is_mistaken_is_found_out(
    monkeypatch: pytest.MonkeyPatch, module: Any, function: str, spoil: Callable[..., Any], words: str
) -> None:
    observer = FidelityObserver()
    monkeypatch.setattr(module, function, spoil(getattr(module, function)))

    await watched(observer, {"content": "a storm"})

    with pytest.raises(AssertionError, match="not as Discord describes it"):
        observer.assert_clean()
    assert words in observer.report()


async def test_a_bad_request_is_a_problem_even_where_it_is_refused() -> None:
    observer = FidelityObserver()

    assert await watched(observer, {"content": "x", "colour": 1}) == 400

    assert "unknown keys: colour" in observer.report()


async def test_a_refusal_excuses_a_bad_request_where_refusals_are_tested() -> None:
    observer = FidelityObserver(refusals_excuse=True)

    assert await watched(observer, {"content": "x", "colour": 1}) == 400

    observer.assert_clean()


def test_a_bad_request_that_is_accepted_has_no_excuse() -> None:
    observer = FidelityObserver(refusals_excuse=True)

    observer.on_exchange(exchange("POST", MESSAGES, {"content": "x", "colour": 1}, response=message()))

    assert observer.report() == "1 × POST /channels/{channel_id}/messages request: (whole): unknown keys: colour"


def test_a_problem_met_often_is_told_once_with_its_count() -> None:
    observer = FidelityObserver()

    for _ in range(3):
        observer.on_event(event("CLIP_CREATE", {}))

    assert observer.report() == "3 × CLIP_CREATE: /t: no such event"
