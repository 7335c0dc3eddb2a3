"""Webhooks: who may speak, and what is heard."""

from __future__ import annotations

import hmac
import json
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.piapi.webhook import SecretCheck, endpoint_of, is_token, named_task, token_of

SECRET = SecretStr("s3cret-ünïcode")
CHECK = SecretCheck(SECRET)


def test_only_the_whole_secret_is_authentic():
    assert CHECK(["s3cret-ünïcode"])
    for wrong in ("", "s3cret", "s3cret-ünïcode ", "S3CRET-ÜNÏCODE", "s3cret-ünïcodf", "r3cret-ünïcode"):
        assert not CHECK([wrong])
    assert not CHECK([])


def test_an_empty_secret_authenticates_nobody():
    assert not SecretCheck(SecretStr(""))([""])
    assert not SecretCheck(SecretStr(""))([])


@pytest.mark.parametrize("others", [["wrong"], [""], ["s3cret-ünïcode"]], ids=["wrong", "empty", "the same"])
@pytest.mark.parametrize("first", [True, False])
def test_of_several_secrets_none_counts(others: list[str], first: bool):
    ours = ["s3cret-ünïcode"]
    assert not CHECK(ours + others if first else others + ours)


@given(header=st.text(st.characters()))
def test_no_header_makes_the_check_raise(header: str):
    assert CHECK([header]) == (header == "s3cret-ünïcode")


@pytest.mark.parametrize("header", [b"\xff\xfe".decode("utf-8", "surrogateescape"), "\ud800", "\udcff" * 3])
def test_odd_bytes_are_refused_quietly(header: str):
    assert not CHECK([header])


def test_bytes_that_are_no_text_still_compare_as_bytes():
    header = SECRET.get_secret_value().encode().decode("ascii", "surrogateescape")
    assert CHECK([header])


@given(headers=st.lists(st.text(max_size=80), max_size=3))
def test_only_digests_of_one_length_are_compared_and_none_is_spared(headers: list[str]):
    compared: list[tuple[bytes, bytes]] = []

    def compare_digest(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return constant_time(left, right)

    constant_time = hmac.compare_digest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.piapi.webhook.hmac.compare_digest", compare_digest)
        CHECK(headers)
    ((received, expected),) = compared
    assert (type(received), type(expected)) == (bytes, bytes)
    assert len(received) == len(expected) == 32


def test_two_checks_of_one_secret_compare_different_digests():
    assert SecretCheck(SECRET)._digest(b"x") != SecretCheck(SECRET)._digest(b"x")


@pytest.mark.parametrize("text", ["", "a/b", "\0", "ä", "t" * 65, "a\n", " "])
def test_what_no_token_looks_like_is_none(text: str):
    assert not is_token(text)


def test_a_drawn_token_is_one():
    assert is_token(secrets.token_urlsafe(16))


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
