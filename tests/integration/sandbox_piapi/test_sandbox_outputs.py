"""Finished clips at their addresses, and what can go wrong there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.piapi import Scenario
from sandbox.piapi.outputs import PRIVATE

if TYPE_CHECKING:
    from sandbox.piapi import PiapiControl


async def output_url(client: Any, make: Any, control: PiapiControl, *scenarios: Scenario, **script: Any) -> str:
    await control.play(*scenarios, **script)
    task_id = await client.created(make.video())
    return (await control.wait(task_id, "ended")).output_url


async def test_a_clip_has_a_length_and_takes_ranges(client: Any, make: Any, control: PiapiControl) -> None:
    url = await output_url(client, make, control, Scenario.NORMAL)

    whole = await client.call("GET", url)
    part = await client.call("GET", url, headers={"Range": "bytes=4-7"})

    assert int(whole.headers["Content-Length"]) == len(whole.content)
    assert whole.headers["Content-Type"] == "video/mp4"
    assert (part.status, part.content) == (206, b"ftyp")


async def test_an_unknown_clip_is_not_found(client: Any) -> None:
    assert (await client.call("GET", "/videos/280000000000099.mp4")).status == 404


async def test_a_clip_may_have_expired(client: Any, make: Any, control: PiapiControl) -> None:
    url = await output_url(client, make, control, Scenario.OUTPUT_EXPIRED)

    assert (await client.call("GET", url)).status == 403


async def test_a_clip_can_be_expired_later(client: Any, make: Any, control: PiapiControl) -> None:
    task_id = await client.created(make.video())
    url = (await control.wait(task_id, "ended")).output_url
    before = await client.call("GET", url)

    await control.expire(task_id)

    assert (before.status, (await client.call("GET", url)).status) == (200, 403)


async def test_addresses_die_with_time(client: Any, make: Any, control: PiapiControl) -> None:
    url = await output_url(client, make, control, Scenario.NORMAL)
    turbo = {**make.video(version="2.5-turbo", mode="pro"), "model": "kling-turbo"}
    short = (await control.wait(await client.created(turbo), "ended")).output_url

    await control.advance(86_400 + 1)
    after_a_day = [(await client.call("GET", address)).status for address in (url, short)]
    await control.advance(30 * 86_400)

    assert after_a_day == [200, 403]
    assert (await client.call("GET", url)).status == 403


async def test_a_clip_may_be_a_page(client: Any, make: Any, control: PiapiControl) -> None:
    url = await output_url(client, make, control, Scenario.OUTPUT_WRONG_TYPE)

    answer = await client.call("GET", url)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html")


async def test_a_clip_may_break_off(client: Any, make: Any, control: PiapiControl) -> None:
    url = await output_url(client, make, control, Scenario.OUTPUT_TRUNCATED)

    with pytest.raises(aiohttp.ClientError):
        await client.call("GET", url)


async def test_a_clip_may_come_slowly(client: Any, make: Any, control: PiapiControl) -> None:
    url = await output_url(client, make, control, Scenario.OUTPUT_SLOW, seconds=10_000)

    async with client.session.get(url) as response:
        assert response.status == 200
        first = await response.content.readany() if response.content.at_eof() else b""
        assert first == b""
        await control.advance(10_000 / 20)
        assert (await response.content.readany())[4:8] == b"ftyp"
        for _ in range(20):
            await control.advance(10_000 / 20)
        rest = await response.content.read()

    assert int(response.headers["Content-Length"]) > len(rest) > 0


@pytest.mark.parametrize(
    ("scenario", "declared"),
    [(Scenario.OUTPUT_OVERSIZE, None), (Scenario.OUTPUT_OVERSIZE_DECLARED, 1024**3)],
)
async def test_a_clip_may_be_endless(
    client: Any, make: Any, control: PiapiControl, scenario: Scenario, declared: int | None
) -> None:
    url = await output_url(client, make, control, scenario)

    async with client.session.get(url) as response:
        start = await response.content.readexactly(2 * 1024 * 1024)

    assert response.content_length == declared
    assert start[4:8] == b"ftyp"


async def test_a_clip_may_be_elsewhere(client: Any, make: Any, control: PiapiControl) -> None:
    url = await output_url(client, make, control, Scenario.OUTPUT_REDIRECT)

    first = await client.call("GET", url, allow_redirects=False)
    followed = await client.call("GET", url)

    assert first.status == 302
    assert followed.content[4:8] == b"ftyp"


async def test_a_clip_may_be_where_nobody_should_follow(client: Any, make: Any, control: PiapiControl) -> None:
    url = await output_url(client, make, control, Scenario.OUTPUT_REDIRECT_AWAY)

    answer = await client.call("GET", url, allow_redirects=False)

    assert answer.headers["Location"] == "http://127.0.0.1:9/elsewhere.mp4"


async def test_a_clip_may_lead_into_a_private_network(client: Any, make: Any, control: PiapiControl) -> None:
    urls = [await output_url(client, make, control, Scenario.OUTPUT_REDIRECT_PRIVATE) for _ in range(6)]

    answers = [await client.call("GET", url, allow_redirects=False) for url in urls]
    again = await client.call("GET", urls[0], allow_redirects=False)

    assert {answer.status for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) > 1
    assert {answer.headers["Location"] for answer in answers} <= set(PRIVATE)
    assert again.headers["Location"] == answers[0].headers["Location"]


async def test_a_clip_may_lead_in_a_circle(client: Any, make: Any, control: PiapiControl) -> None:
    url = await output_url(client, make, control, Scenario.OUTPUT_REDIRECT_LOOP)

    with pytest.raises(aiohttp.TooManyRedirects):
        await client.call("GET", url)


async def test_the_upstream_copy_is_counted_apart(client: Any, make: Any, control: PiapiControl) -> None:
    task_id = await client.created(make.video())
    await control.wait(task_id, "ended")
    work = (await client.get(task_id)).data["output"]["works"][0]

    answer = await client.call("GET", work["video"]["resource"])

    assert answer.content[4:8] == b"ftyp"
    assert (await control.summary()).requests.get("output-upstream") == 1
