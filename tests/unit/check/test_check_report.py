"""Findings become text, JSON and an exit code, and nothing secret or unprintable gets through."""

from __future__ import annotations

import json

from bot.check.finding import Area, Level, failure, fine, warning
from bot.check.report import Report
from bot.exit_codes import ExitCode
from bot.log import Redaction


def report(*findings, secrets=()):
    return Report.of(findings, Redaction(secrets))


def test_without_anything_amiss_the_exit_code_is_nought():
    found = report(fine(Area.DISK, "Room enough."))
    assert (found.level, found.exit_code) == (Level.OK, ExitCode.OK)
    assert found.text() == "ok    disk      Room enough.\n\nAll is well.\n"


def test_a_warning_alone_asks_for_attention():
    found = report(fine(Area.DISK, "Room."), warning(Area.PIAPI, "Little credit.", "Top up."))
    assert (found.level, found.exit_code) == (Level.WARN, ExitCode.ATTENTION)
    assert found.text().endswith("1 warning.\n")


def test_of_several_failures_the_one_that_the_others_stand_on_decides():
    found = report(
        failure(Area.WEB, "No port.", "Free it.", ExitCode.WEB),
        warning(Area.SETTINGS, "Odd.", "Mend it."),
        failure(Area.DATABASE, "Damaged.", "Restore it.", ExitCode.DATABASE),
    )
    assert found.exit_code is ExitCode.DATABASE
    assert [finding.area for finding in found.findings] == [Area.SETTINGS, Area.DATABASE, Area.WEB]
    assert found.text().endswith("2 failures and 1 warning.\n")


def test_a_remedy_stands_below_its_finding():
    text = report(failure(Area.WEB, "No port.", "Free it.", ExitCode.WEB)).text()
    assert text.startswith("FAIL  web       No port.\n                → Free it.\n")


def test_an_address_is_never_broken_over_two_lines():
    link = "https://discord.com/oauth2/authorize?" + "x" * 200
    assert link in report(warning(Area.SERVERS, "In no server.", f"Invite it: {link}")).text()


def test_machines_get_everything_as_json():
    found = json.loads(report(failure(Area.WEB, "No port.", "Free it.", ExitCode.WEB)).json())
    assert found == {
        "level": "fail",
        "exit_code": 71,
        "findings": [{"area": "web", "level": "fail", "sentence": "No port.", "remedy": "Free it."}],
    }


def test_a_secret_is_hidden_wherever_it_turned_up():
    found = report(warning(Area.SERVERS, "hunter2-token here", "and hunter2-token there"), secrets=["hunter2-token"])
    assert "hunter2" not in found.text() + found.json()


def test_a_servers_name_cannot_steer_the_terminal():
    found = report(fine(Area.SERVERS, "In \x1b[2J\x07Cove\r\n the bot may post."))
    assert found.findings[0].sentence == "In �[2J�Cove�� the bot may post."
