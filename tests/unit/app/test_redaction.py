"""Secrets are found by their value, in every form and every place in which they reach a log line."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
import structlog

from bot.log import Redaction, configure_logging, log_what_nobody_catches
from bot.settings import LogFormat

SECRET = "p@ss/w rd+100%'\"é\\x"


@pytest.fixture(autouse=True)
def _restored():
    root = logging.getLogger()
    handlers, level, hook = root.handlers, root.level, sys.excepthook
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level, sys.excepthook = handlers, level, hook
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote(SECRET),
        quote_plus(SECRET),
        quote(quote(SECRET, safe=""), safe=""),
        json.dumps(SECRET),
        json.dumps({"header": [SECRET]}),
        repr(SECRET),
        repr([SECRET]),
        repr(SECRET.encode()),
        b64encode(SECRET.encode()).decode(),
        f"https://egret:{quote(SECRET, safe='')}@db.example/egret?key={quote_plus(SECRET)}",
    ],
)
def test_a_secret_is_hidden_in_every_form_that_it_takes(form: str):
    hidden = Redaction([SECRET]).text(f"before {form} after")
    assert form not in hidden
    assert "[secret]" in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")


@pytest.mark.parametrize("path", ["webhooks/{}/messages/@original", "interactions/{}/callback"])
def test_the_token_of_an_interaction_is_hidden_in_what_a_library_says(path: str):
    token = "aW50ZXJhY3Rpb246MTIz.-_" * 8
    address = f"https://discord.com/api/v10/{path.format(f'112233445566778899/{token}')}"
    said = f"We are being rate limited. PATCH {address} responded with 429."
    assert Redaction().text(said) == said.replace(token, "[secret]")


@pytest.mark.parametrize("path", ["/webhooks/piapi/k3f9x2", "/channels/1/messages/112233445566778899"])
def test_other_addresses_are_shown_as_they_are(path: str):
    assert Redaction().text(f"https://discord.com{path}") == f"https://discord.com{path}"


def test_of_two_secrets_that_begin_alike_neither_leaves_a_rest():
    redaction = Redaction(["abcdefgh", "abcdefgh-and-more"])
    assert redaction.text("abcdefgh-and-more|abcdefgh") == "[secret]|[secret]"


def test_ordinary_words_are_not_hidden_for_a_short_secret():
    assert Redaction(["the"]).text("the clip") == "the clip"


class Shy:
    def __repr__(self) -> str:
        raise RuntimeError(SECRET)


def test_values_are_cleaned_however_deep_long_or_odd_they_are():
    ring: dict[str, object] = {}
    ring["self"] = ring
    value = {
        SECRET: {"tuple": ((SECRET,),), "set": {SECRET}, "bytes": SECRET.encode(), "error": ValueError(SECRET)},
        "long": "x" * 1_000_000 + SECRET,
        "ring": ring,
        "shy": Shy(),
    }
    shown = json.dumps(Redaction([SECRET]).clean(value), ensure_ascii=False)
    assert "p@ss" not in shown
    assert shown.count("[secret]") == 6
    assert "whose repr raises RuntimeError" in shown


@pytest.mark.parametrize("style", list(LogFormat))
def test_tracebacks_causes_and_stacks_are_cleaned(capsys: pytest.CaptureFixture[str], style: LogFormat):
    secret = "a-plain-secret-value"
    configure_logging(style, "INFO", Redaction([secret]))
    try:
        try:
            raise KeyError(secret)
        except KeyError as error:
            raise ValueError("outer " + secret) from error
    except ValueError:
        structlog.get_logger("ours").exception("ours broke")
        logging.getLogger("library").exception("library broke", stack_info=True)
        logging.getLogger("library").warning("%s and %r", secret, {"key": secret})
    shown = capsys.readouterr().out
    assert "ours broke" in shown
    assert "library broke" in shown
    assert shown.count("KeyError") >= 2
    assert secret not in shown


def test_a_line_that_cannot_be_made_is_named_and_not_shown(capsys: pytest.CaptureFixture[str]):
    configure_logging(LogFormat.TEXT, "INFO", Redaction([SECRET]))
    logging.getLogger("library").error("%d pieces", SECRET)
    shown = capsys.readouterr()
    assert "a log line of library" in shown.err
    assert SECRET not in shown.out + shown.err


def test_warnings_and_what_nobody_catches_go_through_the_log(capsys: pytest.CaptureFixture[str]):
    secret = "a-plain-secret-value"
    configure_logging(LogFormat.JSON, "INFO", Redaction([secret]))
    log_what_nobody_catches()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("old " + secret, stacklevel=1)
    logging.captureWarnings(capture=False)
    try:
        raise RuntimeError(secret)
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    shown = capsys.readouterr()
    lines = [json.loads(line) for line in shown.out.splitlines()]
    assert [line["level"] for line in lines] == ["warning", "critical"]
    assert "RuntimeError: [secret]" in lines[1]["exception"]
    assert secret not in shown.out + shown.err
