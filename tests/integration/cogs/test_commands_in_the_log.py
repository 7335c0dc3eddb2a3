"""What a command or a click writes into the log names the interaction, the server and the job."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from bot.log import Redaction, configure_logging
from bot.settings import LogFormat
from tests.integration.cogs.cove import Cove

library = logging.getLogger("some.library")


@pytest.fixture(autouse=True)
def _restored():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


async def test_lines_inside_a_command_and_a_click_say_whose_they_are(
    cove: Cove, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    configure_logging(LogFormat.JSON, "INFO", Redaction())
    submit, details = cove.store.submit, cove.world.clip_service.details

    async def talking_submit(*arguments):
        library.warning("storing")
        return await submit(*arguments)

    async def talking_details(*arguments):
        library.warning("looking")
        return await details(*arguments)

    card_posted = cove.world.service.card_posted

    async def talking_card_posted(*arguments):
        library.warning("remembering")
        return await card_posted(*arguments)

    monkeypatch.setattr(cove.store, "submit", talking_submit)
    monkeypatch.setattr(cove.world.clip_service, "details", talking_details)
    monkeypatch.setattr(cove.world.service, "card_posted", talking_card_posted)

    await cove.mira.run("video", prompt="a red kite")
    job = await cove.job_with_card(cove.mira)
    await cove.theo.click(await cove.card(job, cove.theo), "Details")

    lines = {line["event"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    storing, remembering, looking = lines["storing"], lines["remembering"], lines["looking"]
    for line in (storing, remembering, lines["job_stored"]):
        assert (line["guild"], line["command"]) == (cove.guild.id, "video")
        assert line["interaction"] == storing["interaction"]
    assert remembering["job"] == lines["job_stored"]["job"] == job.id
    assert (looking["guild"], looking["job"]) == (cove.guild.id, job.id)
    assert looking["interaction"] not in {None, storing["interaction"]}
    assert structlog.contextvars.get_contextvars() == {}
