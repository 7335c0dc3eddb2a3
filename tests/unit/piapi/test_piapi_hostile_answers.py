"""A provider that was taken over, or is in disorder, says what it likes: nothing of it may spoil a row or a message."""

from __future__ import annotations

import json
import time

import pytest

from bot.piapi import wire
from bot.piapi.outcome import CreateRefused, RawAnswer, classify
from bot.piapi.snapshot import output_url, task_snapshot, valid_task_id

HUGE = 10**40


@pytest.mark.parametrize(
    "url",
    [
        *("https://x.example/\ud800", "https://x.example/\0", "https://x.example/\na", "https://x.example/a b"),
        *("https://x.example/\u202e", "https://ex\u2100mple.com/", "https://[half", "https://", "https:///a"),
        *("ftp://x.example/a", "file:///etc/passwd", "javascript:alert(1)", f"https://x.example/{'a' * 10_000}"),
    ],
)
def test_an_address_that_cannot_be_kept_is_none(url: str) -> None:
    assert output_url({"video_url": url}) is None


def test_one_bad_address_does_not_hide_a_good_one() -> None:
    works = [{"video": {"resource": "https://cdn.example/a.mp4"}}]

    assert output_url({"video_url": "https://x.example/\0", "works": works}) == "https://cdn.example/a.mp4"


@pytest.mark.parametrize("number", [HUGE, -HUGE, 1e300, str(HUGE), float("inf"), float("nan"), "1e999", 2**63])
def test_numbers_that_fit_into_no_column_are_not_known(number: object) -> None:
    work = {"video": {"duration": number}}
    usage = {"type": "point", "consume": number, "frozen": number}
    times = {"created_at": number, "started_at": number, "ended_at": number}

    task = task_snapshot({"task_id": "t1", "output": {"works": [work]}, "meta": {"usage": usage, **times}})

    assert task is not None
    assert (task.duration_ms, task.consumed_microusd, task.frozen_microusd) == (None, None, None)
    assert (task.created_at, task.started_at, task.ended_at) == (None, None, None)


@pytest.mark.parametrize("words", ["fetch task failed ", "a", "a:", "find ", "://", "submit task failed: 5", " \t"])
def test_a_failure_text_of_megabytes_is_recognised_in_no_time(words: str) -> None:
    """The whole of it would take hours, in which nobody is answered: 144 KB took 43 s."""
    body = json.dumps({"code": 500, "message": words * (3_000_000 // len(words)), "data": {}}).encode()
    begun = time.process_time()

    told = classify(RawAnswer(status=500, body=body))

    assert isinstance(told, CreateRefused)
    assert time.process_time() - begun < 1


def test_texts_can_be_stored_on_both_engines() -> None:
    task = task_snapshot({"task_id": "t1", "error": {"raw_message": "a\0b\ud800c"}, "task_type": "x\0y"})

    assert task is not None
    assert (task.error_text.encode(), task.task_type) == (b"ab?c", "xy")


@pytest.mark.parametrize("task_id", ["../../account/info", "a/b", "a?b", "a#b", "a b", "", "a" * 200, "\u0661", ".."])
def test_a_task_id_that_could_lead_to_another_address_is_none(task_id: str) -> None:
    assert valid_task_id(task_id) is None


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000, b"\xff\xfe", b"NaN", b""])
def test_bodies_made_to_exhaust_their_reader_are_nothing(body: bytes) -> None:
    assert not wire.as_mapping(wire.parse_json(body))


def test_an_echoed_secret_is_never_read() -> None:
    secret = "the-webhook-secret"
    data = {"task_id": "t1", "config": {"webhook_config": {"endpoint": "https://bot.example/x", "secret": secret}}}

    task = task_snapshot(wire.parse_json(json.dumps(data).encode()))

    assert secret not in repr(wire.Task.model_validate(data))
    assert secret not in repr(task)
