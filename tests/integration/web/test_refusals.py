"""What the log and the figures say of strangers: a little, and in words of our own."""

from __future__ import annotations

import asyncio
import logging

import pytest
from structlog.testing import capture_logs

from bot.metrics.instruments import Instruments
from bot.web.outcomes import Cut, Outcome
from bot.web.refusals import Refusals
from tests.integration.web.side import PATIENCE, SECRET, Web, head, length

MARK = "do-not-write-this-down"


async def test_the_first_refusal_is_told_at_once_and_the_rest_in_sum():
    with capture_logs() as lines:
        refusals = Refusals(every=PATIENCE * 6)
        for _ in range(5_000):
            refusals.note("webhook_wrong_secret")
        refusals.note("connection_too_slow")
        assert [line["webhook_wrong_secret"] for line in lines] == [1]
        refusals.close()
    assert len(lines) == 2
    assert (lines[1]["webhook_wrong_secret"], lines[1]["connection_too_slow"]) == (4_999, 1)


async def test_while_it_goes_on_there_is_a_line_now_and_then():
    with capture_logs() as lines:
        refusals = Refusals(every=0.02)
        async with asyncio.timeout(PATIENCE):
            while len(lines) < 3:
                refusals.note("webhook_no_secret")
                await asyncio.sleep(0.001)
        refusals.close()
    assert all(line["event"] == "web_refused" and line["log_level"] == "warning" for line in lines)


async def test_after_a_quiet_minute_the_next_is_told_at_once_again():
    with capture_logs() as lines:
        refusals = Refusals(every=0.01)
        refusals.note("webhook_no_secret")
        async with asyncio.timeout(PATIENCE):
            while refusals.waits:  # noqa: ASYNC110 - nobody announces it
                await asyncio.sleep(0.005)
        refusals.note("webhook_no_secret")
        assert len(lines) == 2
        refusals.close()


ATTEMPTS = {
    "a wrong secret": head(length(0), secret=MARK),
    "a body without the secret": head(length(len(MARK)), secret=None) + MARK.encode(),
    "a body with the secret": head(length(len(MARK))) + MARK.encode(),
    "a body that is too large": head(length(10_000_000)) + MARK.encode(),
    "pieces that are not framed": head(("Transfer-Encoding", "chunked")) + MARK.encode() * 3 + b"\r\n",
    "a head that is no head": MARK.encode() + b" \x00 HTTP/1.1\r\n\r\n",
    "a header that is no header": head()[:-2] + MARK.encode() + b"\r\n\r\n",
    "a head with a NUL": head(("X-Odd", MARK + "\0"), length(0)),
    "an odd address": head(length(0), path=f"/webhooks/piapi/{MARK}%00"),
    "an unsigned file": head(method="GET", path=f"/files/{MARK}", secret=None),
}


async def test_no_line_holds_what_a_sender_said_and_none_is_a_traceback(web: Web, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        for attempt in ATTEMPTS.values():
            for _ in range(20):
                async with web.peer() as peer:
                    await peer.send(attempt)
                    await peer.status()
    said = str(lines) + caplog.text
    assert MARK not in said
    assert SECRET not in said
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert len(lines) == 1


async def test_whatever_is_sent_the_figures_have_no_more_labels(web: Web):
    instruments = Instruments()
    before = len(list(instruments.registry.collect()))
    for number, attempt in enumerate(ATTEMPTS.values()):
        async with web.peer() as peer:
            await peer.send(attempt.replace(MARK.encode(), str(number).zfill(len(MARK)).encode()))
            await peer.status()
    for outcome in web.outcomes:
        instruments.webhooks.labels(outcome=Outcome(outcome).value).inc()
    for cut in web.cuts:
        instruments.connections_cut.labels(reason=Cut(cut).value).inc()
    assert len(list(instruments.registry.collect())) == before
    labels = {
        sample.labels["outcome"]
        for family in instruments.registry.collect()
        if family.name == "egret_webhooks"
        for sample in family.samples
    }
    assert labels == {outcome.value for outcome in Outcome}
