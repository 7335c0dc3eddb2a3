"""Webhooks: who may speak, and what is heard."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.piapi.webhook import endpoint_of, is_authentic, named_task, token_of

SECRET = SecretStr("s3cret-ünïcode")


def test_only_the_whole_secret_is_authentic():
    assert is_authentic("s3cret-ünïcode", SECRET)
    for wrong in (None, "", "s3cret", "s3cret-ünïcode ", "S3CRET-ÜNÏCODE"):
        assert not is_authentic(wrong, SECRET)


def test_an_empty_secret_authenticates_nobody():
    assert not is_authentic("", SecretStr(""))
    assert not is_authentic(None, SecretStr(""))


@given(header=st.none() | st.text(st.characters()))
def test_no_header_makes_the_check_raise(header: str | None):
    assert is_authentic(header, SECRET) == (header == "s3cret-ünïcode")


@pytest.mark.parametrize("header", [b"\xff\xfe".decode("utf-8", "surrogateescape"), "\ud800", "\udcff" * 3])
def test_odd_bytes_are_refused_quietly(header: str):
    assert not is_authentic(header, SECRET)


def test_bytes_that_are_no_text_still_compare_as_bytes():
    header = SECRET.get_secret_value().encode().decode("ascii", "surrogateescape")
    assert is_authentic(header, SECRET)


def test_a_body_names_its_task():
    body = json.dumps({"timestamp": 1770952944, "data": {"task_id": "t-1", "status": "completed"}}).encode()
    assert named_task(body) == "t-1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"task_id":"flat"}',
        b'{"data":null}',
        b'{"data":[]}',
        b'{"data":{"task_id":""}}',
        b'{"data":{"task_id":"../account"}}',
        b'{"data":{"task_id":{"a":1}}}',
        b'{"data":{"task_id":"\\ud800"}}',
    ],
)
def test_a_malformed_body_names_nothing(body: bytes):
    assert named_task(body) is None


@given(body=st.binary())
def test_no_body_makes_the_reading_raise(body: bytes):
    named_task(body)


def test_an_endpoint_leads_back_to_its_token():
    endpoint = endpoint_of("https://bot.example/", "tok_EN-1")
    assert endpoint == "https://bot.example/webhooks/piapi/tok_EN-1"
    assert token_of(endpoint) == "tok_EN-1"
    assert token_of("https://moved.example/egret/webhooks/piapi/tok_EN-1/?x=1") == "tok_EN-1"


def test_an_address_of_somebody_else_is_told_from_no_address():
    assert token_of("") is None
    for foreign in ("https://other.example/hook", "https://b.example/webhooks/piapi/a/b", "https://[bad", "odd"):
        assert token_of(foreign) == ""
