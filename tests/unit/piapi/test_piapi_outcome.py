"""What a create's answer means, row by row and for anything else that may come."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.jobs.failures import FailureReason as R
from bot.piapi.outcome import (
    CreateRefused,
    NeverSent,
    OutcomeUnknown,
    RawAnswer,
    RefusalKind,
    TaskCreated,
    classify,
)

STATUSES = [200, 201, 302, 400, 401, 402, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 520, 599]


def answer(status: int, body: object, retry_after_ms: int | None = None) -> RawAnswer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return RawAnswer(status, raw, retry_after_ms)


def refused(status: int, body: dict[str, Any], retry_after_ms: int | None = None) -> CreateRefused:
    outcome = classify(answer(status, body, retry_after_ms))
    assert isinstance(outcome, CreateRefused)
    return outcome


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("code", [200, 400, 429, 500, 0, None])
def test_an_envelope_with_a_task_id_is_bound_at_any_status_and_code(status: int, code: int | None):
    outcome = classify(answer(status, {"code": code, "data": {"task_id": "t-1", "status": "pending"}}))
    assert isinstance(outcome, TaskCreated)
    assert outcome.task.task_id == "t-1"


def test_a_task_id_without_any_code_is_bound_too():
    assert isinstance(classify(answer(200, {"data": {"task_id": "t-1"}})), TaskCreated)


def test_a_create_that_failed_at_once_is_bound_with_its_failure():
    data = {"task_id": "t-1", "status": "failed", "error": {"code": 1, "raw_message": "content violation"}}
    outcome = classify(answer(200, {"code": 200, "data": data}))
    assert isinstance(outcome, TaskCreated)
    assert (outcome.task.status, outcome.task.error_text) == ("failed", "content violation")


@pytest.mark.parametrize("status", [status for status in STATUSES if status != 429])
@pytest.mark.parametrize("data", [None, {}, [], {"task_id": ""}, {"task_id": None, "status": "failed"}])
def test_an_error_code_without_a_task_id_is_a_definite_refusal_at_any_status(status: int, data: object):
    outcome = refused(status, {"code": 400, "message": "Invalid request parameters", "data": data})
    assert (outcome.kind, outcome.reason, outcome.code) == (RefusalKind.USER, R.INPUT_REJECTED, 400)


def test_the_bare_refusal_and_the_one_with_a_task_object_are_both_understood():
    bare = refused(400, {"code": 400, "message": "Invalid request parameters"})
    assert (bare.kind, bare.text) == (RefusalKind.USER, "Invalid request parameters")
    whole = refused(
        500,
        {
            "code": 500,
            "data": {
                "task_id": "",
                "status": "failed",
                "output": None,
                "meta": {},
                "error": {"code": 10000, "raw_message": "freeze credit: credit not enough", "message": "failed"},
            },
            "message": "failed to create task",
        },
    )
    assert (whole.kind, whole.reason) == (RefusalKind.OPERATOR, R.NO_CREDIT)
    assert whole.text == "freeze credit: credit not enough"


@pytest.mark.parametrize(
    ("status", "code", "message", "kind", "reason"),
    [
        (400, 400, "credit not enough", RefusalKind.OPERATOR, R.NO_CREDIT),
        (401, 401, "", RefusalKind.OPERATOR, R.BAD_KEY),
        (403, 403, "Insufficient plan level", RefusalKind.OPERATOR, R.PLAN),
        (200, 500, "service busy", RefusalKind.BUSY, R.BUSY),
        (500, 500, "submit task failed: 500 oops", RefusalKind.BUSY, R.BUSY),
        (500, 500, "strange", RefusalKind.BUSY, R.PROVIDER_ERROR),
        (400, 400, "content violation", RefusalKind.USER, R.MODERATED),
        (200, 1201, "Voice id not found", RefusalKind.USER, R.VOICE_UNKNOWN),
        (200, 10000, "strange", RefusalKind.OTHER, R.OTHER),
        (200, 429, "rate limit", RefusalKind.RATE_LIMITED, R.BUSY),
    ],
)
def test_a_refusals_kind_says_who_can_act(status: int, code: int, message: str, kind: RefusalKind, reason: R):
    outcome = refused(status, {"code": code, "message": message})
    assert (outcome.kind, outcome.reason, outcome.retry_after_ms) == (kind, reason, None)


@pytest.mark.parametrize(
    "body", [{"code": 429, "message": "slow down"}, b"<html>slow down</html>", b"", {"message": "x"}]
)
def test_429_is_to_be_tried_again_after_the_time_asked_for(body: object):
    outcome = classify(answer(429, body, 7_000))
    assert isinstance(outcome, CreateRefused)
    assert (outcome.kind, outcome.reason, outcome.retry_after_ms) == (RefusalKind.RATE_LIMITED, R.BUSY, 7_000)


def test_429_for_want_of_credit_is_the_operators():
    assert refused(429, {"code": 429, "message": "quota not enough"}).kind is RefusalKind.OPERATOR


@pytest.mark.parametrize("status", [status for status in STATUSES if status != 429])
@pytest.mark.parametrize(
    "body",
    [
        b"<html>gateway trouble</html>",
        b"",
        b'{"code":200,"data":{"task_id":"t-',
        b"[]",
        b"\xff\xfe",
        {"detail": "no envelope"},
        {"code": 200, "message": "success"},
        {"code": 200, "data": None},
        {"code": 0, "message": "success"},
    ],
)
def test_anything_else_is_unknown(status: int, body: object):
    assert classify(answer(status, body)) == OutcomeUnknown(f"http_{status}")


@pytest.mark.parametrize("task_id", ["../x", ["t-1"], {"id": "t-1"}, "a b"])
@pytest.mark.parametrize("status", [200, 429, 500])
def test_a_task_id_that_cannot_be_one_is_still_a_sign_that_something_was_made(status: int, task_id: object):
    assert classify(answer(status, {"code": 500, "data": {"task_id": task_id}})) == OutcomeUnknown("odd_task_id")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (httpx.ConnectError("refused"), NeverSent("connect_failed")),
        (httpx.ConnectTimeout("slow"), NeverSent("connect_timeout")),
        (httpx.PoolTimeout("full"), NeverSent("no_connection_free")),
        (httpx.UnsupportedProtocol("ftp"), NeverSent("bad_address")),
        (httpx.InvalidURL("odd"), NeverSent("bad_address")),
        (httpx.ReadTimeout("slow"), OutcomeUnknown("timeout")),
        (httpx.WriteTimeout("slow"), OutcomeUnknown("timeout")),
        (TimeoutError(), OutcomeUnknown("timeout")),
        (httpx.ReadError("reset"), OutcomeUnknown("connection_lost")),
        (httpx.WriteError("reset"), OutcomeUnknown("connection_lost")),
        (httpx.CloseError("reset"), OutcomeUnknown("connection_lost")),
        (httpx.RemoteProtocolError("cut"), OutcomeUnknown("broken_answer")),
        (httpx.LocalProtocolError("odd"), OutcomeUnknown("broken_answer")),
        (httpx.DecodingError("gzip"), OutcomeUnknown("broken_answer")),
        (httpx.ProxyError("proxy"), OutcomeUnknown("broken_answer")),
        (ConnectionResetError(), OutcomeUnknown("broken_answer")),
        (RuntimeError("anything"), OutcomeUnknown("broken_answer")),
    ],
)
def test_only_what_fails_before_the_first_byte_was_certainly_not_sent(error: Exception, outcome: object):
    assert classify(error) == outcome


@given(
    status=st.sampled_from(STATUSES),
    body=st.binary(max_size=40)
    | st.dictionaries(
        st.sampled_from(["code", "message", "data", "x"]),
        st.none() | st.integers() | st.text() | st.dictionaries(st.sampled_from(["task_id", "error"]), st.text()),
    ).map(lambda value: json.dumps(value).encode()),
)
@settings(max_examples=300, deadline=None)
def test_a_definite_refusal_needs_an_error_code_or_429_and_names_no_task(status: int, body: bytes):
    outcome = classify(RawAnswer(status, body))
    if isinstance(outcome, CreateRefused):
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        has_code = isinstance(value, dict) and value.get("code") not in (None, 0, 200, "", "0", "200")
        assert status == 429 or has_code
        assert not (isinstance(value, dict) and isinstance(value.get("data"), dict) and value["data"].get("task_id"))
    assert not isinstance(outcome, NeverSent)


def test_the_providers_words_stay_out_of_reprs():
    outcome = refused(400, {"code": 400, "message": "invalid webhook secret hush"})
    assert "hush" not in repr(outcome)
    assert "hush" not in repr(answer(200, b"hush"))


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (504, "upstream request timed out"),
        (500, "context deadline exceeded"),
        (502, "upstream error"),
        (408, ""),
        (200, "request timeout"),
    ],
)
def test_a_gateway_that_gave_up_waiting_leaves_the_outcome_unknown(status: int, message: str):
    body = json.dumps({"code": status if status != 200 else 500, "message": message}).encode()
    assert classify(RawAnswer(status, body)) == OutcomeUnknown("upstream_timeout")
