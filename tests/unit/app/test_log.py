"""Logs: one pipeline for everybody's records, with no secret in any of them."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from bot.log import Redaction, configure_logging
from bot.settings import LogFormat

SECRET = "s3cr3t-value-of-the-account"


@pytest.fixture(autouse=True)
def _restored():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize("style", list(LogFormat))
def test_no_secret_reaches_the_log(capsys: pytest.CaptureFixture[str], style):
    configure_logging(style, "INFO", Redaction([SECRET]))
    log = structlog.get_logger("test")
    log.info("key " + SECRET, header=SECRET, nested={"a": [SECRET]}, thing=Exception(SECRET))
    logging.getLogger("library").error("failed with %s", SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("went wrong")
    text = capsys.readouterr().out
    assert "went wrong" in text
    assert SECRET not in text
    assert text.count("[secret]") >= 5


def test_a_secret_learnt_later_is_hidden_from_then_on(capsys: pytest.CaptureFixture[str]):
    redaction = Redaction()
    configure_logging(LogFormat.JSON, "INFO", redaction)
    redaction.add(SECRET)
    structlog.get_logger("test").info("hello", value=SECRET)
    assert json.loads(capsys.readouterr().out)["value"] == "[secret]"


def test_json_lines_carry_name_level_and_time(capsys: pytest.CaptureFixture[str]):
    configure_logging(LogFormat.JSON, "INFO", Redaction())
    structlog.get_logger("egret.test").warning("hello", job="k3f9x2")
    logging.getLogger("library").debug("too quiet to show")
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["level"], line["logger"], line["job"]) == ("hello", "warning", "egret.test", "k3f9x2")
    assert line["timestamp"].endswith("Z")
