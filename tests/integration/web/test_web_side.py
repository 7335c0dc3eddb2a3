"""The web side over real sockets: who may nudge, who may fetch, and how the bot fares."""

from __future__ import annotations

import pytest

from bot.clock import HOUR
from bot.jobs.model import AssetRole
from bot.jobs.ports import StoreUnavailable
from bot.web.signing import LIFETIME
from bot.web.webhook import BODY_LIMIT
from tests.integration.web.side import SECRET, Web


async def test_a_webhook_with_the_secret_nudges_its_job(web: Web):
    assert await web.post(**{"x-webhook-secret": SECRET}) == 204
    assert web.nudges == [("token-1", "11111111-1111-4111-8111-111111111111")]


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-webhook-secret": ""}, {"x-webhook-secret": SECRET[:-1]}, {"x-webhook-secret": SECRET + "x"}],
    ids=["missing", "empty", "prefix", "longer"],
)
async def test_a_webhook_without_the_secret_changes_nothing(web: Web, headers):
    assert await web.post(**headers) == 401
    assert web.nudges == []


async def test_an_unknown_token_is_answered_like_a_known_one(web: Web):
    assert await web.post("nobody", **{"x-webhook-secret": SECRET}) == 204


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 50_000, b'{"data": 5}', b'{"data": {"task_id": "../etc"}}', b"\xff\xfe"]
)
async def test_a_body_that_makes_no_sense_still_makes_its_job_due(web: Web, body):
    assert await web.post(body=body, **{"x-webhook-secret": SECRET}) == 204
    assert web.nudges == [("token-1", None)]


async def test_a_body_over_the_limit_is_refused(web: Web):
    assert await web.post(body=b"x" * (BODY_LIMIT + 1), **{"x-webhook-secret": SECRET}) == 413
    assert web.nudges == []


async def test_a_hint_that_could_not_be_kept_is_not_acknowledged(web: Web):
    web.fault = StoreUnavailable("disk full")
    assert await web.post(**{"x-webhook-secret": SECRET}) == 503


async def test_a_signed_address_serves_its_file_whole_and_in_ranges(web: Web):
    path = web.stored()
    assert await web.get(path) == (200, b"0123456789", "image/jpeg")
    assert (await web.get(path, Range="bytes=2-4"))[:2] == (206, b"234")


async def test_an_address_dies(web: Web):
    path = web.stored()
    web.clock.at += LIFETIME + HOUR
    assert (await web.get(path))[0] == 404


@pytest.mark.parametrize(
    "path", ["/files/abc123", "/files/", "/files", "/files/abc123.x.y", "/files/..%2f..%2fetc%2fpasswd"]
)
async def test_nothing_unsigned_is_served_and_nothing_listed(web: Web, path):
    web.stored()
    assert (await web.get(path))[0] == 404


async def test_another_file_s_signature_does_not_fit(web: Web):
    signed = web.stored()
    forged = signed.replace("abc123", "abc124", 1)
    assert (await web.get(forged))[0] == 404


async def test_finished_clips_are_not_served(web: Web):
    path = web.stored(AssetRole.RESULT)
    assert (await web.get(path))[0] == 404


async def test_a_file_that_is_gone_is_not_found(web: Web):
    path = web.stored()
    (web.files / "abc123.jpg").unlink()
    assert (await web.get(path))[0] == 404


async def test_being_alive_needs_less_than_being_ready(web: Web):
    web.problem = "not connected"
    assert (await web.get("/livez"))[0] == 200
    status, body, _ = await web.get("/readyz")
    assert status == 503
    assert b'"discord": "not connected"' in body


async def test_all_is_well(web: Web):
    assert (await web.get("/readyz"))[0] == 200
