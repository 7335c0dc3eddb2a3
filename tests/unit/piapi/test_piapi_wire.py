"""Every shape the provider is known to answer with is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.piapi import wire
from bot.piapi.snapshot import (
    AccountFacts,
    StatusFamily,
    TaskSnapshot,
    account_facts,
    history_rows,
    output_url,
    status_family,
    task_snapshot,
    valid_task_id,
)

PENDING = json.loads(
    """{"task_id":"11111111-1111-4111-8111-111111111111","model":"kling","task_type":"video_generation",
    "status":"pending","config":{"service_mode":"public","webhook_config":{"endpoint":"https://bot.example/hook",
    "secret":"hush"}},"input":{"aspect_ratio":"16:9","cfg_scale":0.5,"duration":5,"mode":"std","negative_prompt":"",
    "prompt":"White egrets over rice fields","version":"1.6"},"output":{"type":"","status":0,"works":null},
    "meta":{"created_at":"2026-01-06T13:11:22.513893572Z","started_at":"0001-01-01T00:00:00Z",
    "ended_at":"0001-01-01T00:00:00Z","usage":{"type":"point","frozen":2600000,"consume":0},
    "is_using_private_pool":false},"detail":null,"logs":null,
    "error":{"code":0,"raw_message":"","message":"","detail":null}}"""
)
CLASSIC_OUTPUT = json.loads(
    """{"video_url":"https://storage.example/videos/280000000000001.mp4","type":"m2v_img2video","status":99,
    "works":[{"content_type":"video","status":99,"type":"m2v_img2video",
    "cover":{"resource":"https://cdn.example/cover.origin","resource_without_watermark":"","height":960,"width":960,
    "duration":0},"video":{"resource":"https://cdn.example/wm.mp4",
    "resource_without_watermark":"https://storage.example/videos/280000000000001.mp4","height":960,"width":960,
    "duration":5100}}]}"""
)


def read(**changes: Any) -> TaskSnapshot:
    task = task_snapshot({**PENDING, **changes})
    assert task is not None
    return task


def test_a_pending_task_is_read_with_its_zero_times_as_not_yet():
    task = read()
    assert (task.status, task.family) == ("pending", StatusFamily.PENDING)
    assert (task.created_at, task.started_at, task.ended_at) == (1_767_705_082_513, None, None)
    assert (task.frozen_microusd, task.consumed_microusd) == (260_000, 0)
    assert (task.output_url, task.error_text, task.service_mode) == (None, "", "public")
    assert task.webhook_endpoint == "https://bot.example/hook"
    assert json.loads(task.input_json)["prompt"] == "White egrets over rice fields"


def test_the_echoed_secret_is_not_even_read():
    assert "hush" not in repr(read())
    assert "hush" not in repr(wire.Task.model_validate(PENDING))


def test_an_error_object_on_a_success_is_no_failure():
    task = read(status="completed", output=CLASSIC_OUTPUT)
    assert (task.family, task.error_code, task.error_text) == (StatusFamily.COMPLETED, 0, "")
    assert task.duration_ms == 5100


@pytest.mark.parametrize("logs", [None, [], ["line"]])
def test_logs_may_be_null_or_a_list(logs: object):
    assert read(logs=logs).family is StatusFamily.PENDING


@pytest.mark.parametrize(
    ("word", "family"),
    [
        ("Pending", StatusFamily.PENDING),
        ("staged", StatusFamily.PENDING),
        ("Staged", StatusFamily.PENDING),
        ("Processing", StatusFamily.PROCESSING),
        ("running", StatusFamily.PROCESSING),
        ("in_progress", StatusFamily.PROCESSING),
        ("COMPLETED", StatusFamily.COMPLETED),
        ("success", StatusFamily.COMPLETED),
        ("finished", StatusFamily.COMPLETED),
        ("Failed", StatusFamily.FAILED),
        ("cancelled", StatusFamily.CANCELLED),
        ("canceled", StatusFamily.CANCELLED),
        ("reticulating", StatusFamily.UNKNOWN),
        ("", StatusFamily.UNKNOWN),
    ],
)
def test_status_words_mean_the_same_in_any_capitals_and_unknown_ones_are_not_an_end(word: str, family: StatusFamily):
    assert status_family(word) is family
    assert read(status=word).status == word.lower()


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2025-08-14T19:49:02.372147819Z", 1_755_200_942_372),
        ("2026-02-13T03:22:24.64542152Z", 1_770_952_944_645),
        ("2025-08-14T20:00:00.1Z", 1_755_201_600_100),
        ("2025-08-14T20:00:00Z", 1_755_201_600_000),
        ("2025-08-14T22:00:00+02:00", 1_755_201_600_000),
        ("2025-08-14T20:00:00", 1_755_201_600_000),
        (1_755_201_600, 1_755_201_600_000),
        (1_755_201_600_123, 1_755_201_600_123),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("9999-12-31T23:59:59-23:00", 253_402_383_599_000),
        ("yesterday", None),
        ("", None),
        (None, None),
        (0, None),
        (-5, None),
        (True, None),
        ({}, None),
    ],
)
def test_instants_are_read_in_every_form(text: object, milliseconds: int | None):
    assert wire.as_instant(text) == milliseconds


@pytest.mark.parametrize(
    ("output", "url"),
    [
        (CLASSIC_OUTPUT, "https://storage.example/videos/280000000000001.mp4"),
        ({**CLASSIC_OUTPUT, "video_url": ""}, "https://storage.example/videos/280000000000001.mp4"),
        (
            {"works": [{"video": {"resource": "https://c/wm.mp4", "resource_without_watermark": ""}}]},
            "https://c/wm.mp4",
        ),
        ({"video": "https://storage.example/videos/3.mp4"}, "https://storage.example/videos/3.mp4"),
        ({"video": " https://img.theapi.app/ephemeral/x.mp4 "}, "https://img.theapi.app/ephemeral/x.mp4"),
        ({"video_url": "https://a/1.mp4", "video": "https://a/2.mp4"}, "https://a/1.mp4"),
        ({"video": "https://a/2.mp4", "works": [{"video": {"resource": "https://a/3.mp4"}}]}, "https://a/2.mp4"),
        ({"video": {"url": "https://a/4.mp4"}}, "https://a/4.mp4"),
        ({"video": {"resource": "https://a/5.mp4"}}, "https://a/5.mp4"),
        ({"type": "", "status": 0, "works": None}, None),
        ({"video_url": ""}, None),
        ({"video": ""}, None),
        ({"works": []}, None),
        ({"works": [None]}, None),
        ({"works": [{"video": "https://odd"}]}, None),
        ({"video_url": "file:///etc/passwd"}, None),
        ({"video_url": 7}, None),
        (None, None),
        ([], None),
        ("https://bare.example/1.mp4", None),
    ],
)
def test_the_clip_is_found_in_every_shape_of_output(output: object, url: str | None):
    assert output_url(output) == url
    assert read(output=output).output_url == url


@pytest.mark.parametrize(
    ("usage", "consumed"),
    [
        ({"type": "point", "frozen": 2_600_000, "consume": 2_600_000}, 260_000),
        ({"type": "point", "frozen": 0, "consume": 7_500_000}, 750_000),
        ({"type": "llm", "frozen": 0, "consume": 2_800_000}, 280_000),
        ({"type": "point", "consume": 1}, 1),
        ({"type": "point", "consume": "4500000"}, 450_000),
        ({"consume": 4_500_000.0}, 450_000),
        ({"type": "point", "consume": -5}, None),
        ({"type": "point", "consume": True}, None),
        ({"type": "point", "consume": "much"}, None),
        ({"type": "seat", "consume": 5}, None),
        ({}, None),
        (None, None),
    ],
)
def test_points_become_micro_dollars_where_the_unit_is_known(usage: object, consumed: int | None):
    assert read(meta={"usage": usage}).consumed_microusd == consumed


@pytest.mark.parametrize(
    ("error", "text", "code"),
    [
        (
            {"code": 1, "raw_message": "identify failed: status 609", "message": "failed"},
            "identify failed: status 609",
            1,
        ),
        ({"code": 1, "raw_message": "", "message": "content violation"}, "content violation", 1),
        ("bare words", "bare words", 0),
        (None, "", 0),
        ([], "", 0),
        ({"code": "x"}, "", 0),
    ],
)
def test_whichever_error_text_is_filled_is_read_and_the_longer_wins(error: object, text: str, code: int):
    task = read(status="failed", error=error)
    assert (task.error_text, task.error_code) == (text, code)


def test_a_refused_task_with_empty_parts_still_parses():
    assert task_snapshot({"task_id": "", "status": "failed", "input": {}, "output": None, "meta": {}}) is None
    task = task_snapshot({"task_id": "t-1", "status": "failed", "meta": {}, "config": None, "input": None})
    assert task is not None
    assert (task.input_json, task.consumed_microusd, task.created_at) == ("{}", None, None)


@pytest.mark.parametrize(
    "data", [None, [], "x", 5, {}, {"task_id": None}, {"task_id": "../../account"}, {"task_id": "a b"}]
)
def test_what_names_no_usable_task_id_is_no_task(data: object):
    assert task_snapshot(data) is None


def test_task_ids_cannot_leave_their_place_in_a_path():
    assert valid_task_id("22222222-2222-4222-8222-222222222222")
    for odd in ("", "..", "a/b", "a?b", "a" * 129, "é", "a\n"):
        assert valid_task_id(odd) is None


def test_kling_turbo_answers_with_a_null_output_and_a_thin_echo():
    task = read(model="kling-turbo", output=None, input={"prompt": "x", "aspect_ratio": "16:9", "duration": 5})
    assert task.output_url is None
    assert json.loads(task.input_json) == {"prompt": "x", "aspect_ratio": "16:9", "duration": 5}


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (
            {"id": 7, "name": "n", "plan": "creator", "equivalent_in_usd": 12.345678, "credit_pack_info": {}},
            AccountFacts(name="n", plan="creator", balance_microusd=12_345_678, max_concurrent_tasks=None),
        ),
        (
            {"equivalent_in_usd": "3.5", "wallet": {"point_remain": 5}, "max_concurrent_task_count": 30},
            AccountFacts(name="", plan="", balance_microusd=3_500_000, max_concurrent_tasks=30),
        ),
        (
            {"wallet": {"point_remain": 26_000_000}},
            AccountFacts(name="", plan="", balance_microusd=2_600_000, max_concurrent_tasks=None),
        ),
        ({}, AccountFacts(name="", plan="", balance_microusd=None, max_concurrent_tasks=None)),
        (
            {"equivalent_in_usd": "NaN"},
            AccountFacts(name="", plan="", balance_microusd=None, max_concurrent_tasks=None),
        ),
    ],
)
def test_both_generations_of_the_account_answer_are_read(data: object, facts: AccountFacts):
    assert account_facts(data) == facts


def test_history_rows_are_read_with_their_own_status_words():
    row = {
        "task_id": "t-1",
        "task_model": "kling",
        "action": "video_generation",
        "status": "finished",
        "created_at": "2026-03-28T10:22:46.290370834Z",
        "detail": {"model": "kling", "output": "https://…mp4", "task_id": "t-1", "task_type": "video_generation"},
    }
    found = history_rows({"data": [row]})
    assert [(r.task_id, r.model, r.task_type, r.family) for r in found] == [
        ("t-1", "kling", "video_generation", StatusFamily.COMPLETED)
    ]
    assert found[0].created_at == 1_774_693_366_290
    assert history_rows([row]) == found


def test_history_rows_fall_back_to_their_inner_half_and_skip_what_names_no_task():
    rows = history_rows({"data": [{"detail": {"task_id": "t-2", "model": "kling", "task_type": "lip_sync"}}, {}, None]})
    assert [(row.task_id, row.model, row.task_type, row.created_at) for row in rows] == [
        ("t-2", "kling", "lip_sync", None)
    ]


@pytest.mark.parametrize("data", [None, {}, {"data": None}, {"data": {}}, "x"])
def test_a_page_without_rows_is_empty(data: object):
    assert history_rows(data) == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>502</html>", b"[]", b'"x"', b"{", b"\xff\xfe", b"[" * 100_000, b'{"code":' + b"9" * 5_000 + b"}"],
)
def test_what_is_no_json_object_has_no_envelope(body: bytes):
    assert wire.read_envelope(body) is None


@pytest.mark.parametrize(
    ("code", "is_error"),
    [(200, False), ("200", False), (0, False), (None, False), (400, True), ("500", True), ([], False)],
)
def test_success_is_two_hundred_and_zero_says_nothing(code: object, is_error: bool):
    envelope = wire.read_envelope(json.dumps({"code": code, "message": "m"}).encode())
    assert envelope is not None
    assert envelope.is_error is is_error


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=10,
)
FIELDS = st.sampled_from(["task_id", "status", "input", "output", "meta", "error", "config", "model", "usage", "works"])


@given(data=st.dictionaries(FIELDS, JSON) | JSON, task_id=st.sampled_from(["t-1", "", None, 7]))
@settings(max_examples=300, deadline=None)
def test_no_shape_of_data_breaks_the_reading(data: object, task_id: object):
    given_data = {**data, "task_id": task_id} if isinstance(data, dict) else data
    body = json.dumps({"code": 200, "data": given_data}).encode()
    envelope = wire.read_envelope(body)
    assert envelope is not None
    task = task_snapshot(envelope.data)
    assert (task is not None) == (isinstance(given_data, dict) and task_id in ("t-1", 7))
    account_facts(envelope.data)
    history_rows(envelope.data)
