"""What each of Discord's refusals means, without asking it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.delivery.answers import Verdict, is_passing, judge, reason, retry_after


def refusal(status: int, code: int = 0, **headers: str) -> discord.HTTPException:
    kinds = {403: discord.Forbidden, 404: discord.NotFound, 503: discord.DiscordServerError}
    response: Any = SimpleNamespace(
        status=status, reason="", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    return kinds.get(status, discord.HTTPException)(response, {"code": code, "message": "a secret"})


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [
        (500, 0, Verdict.UNCERTAIN),
        (503, 130000, Verdict.UNCERTAIN),
        (429, 0, Verdict.SLOWED),
        (400, 20016, Verdict.SLOWED),
        (400, 40003, Verdict.SLOWED),
        (401, 0, Verdict.LOCKED_OUT),
        (413, 0, Verdict.TOO_LARGE),
        (400, 40005, Verdict.TOO_LARGE),
        (400, 50045, Verdict.TOO_LARGE),
        (400, 200000, Verdict.FILTERED),
        (400, 240000, Verdict.FILTERED),
        (403, 20009, Verdict.FILTERED),
        (403, 400001, Verdict.UPLOADS_LIMITED),
        (403, 160002, Verdict.NO_REPLY),
        (400, 50035, Verdict.NO_REPLY),
        (404, 10008, Verdict.POSTED_AND_DELETED),
        (404, 10003, Verdict.REFUSED),
        (403, 50001, Verdict.REFUSED),
        (403, 50013, Verdict.REFUSED),
        (403, 50007, Verdict.REFUSED),
        (400, 50083, Verdict.REFUSED),
        (429, 30046, Verdict.REFUSED),
        (403, 0, Verdict.SLOWED),
        (404, 0, Verdict.SLOWED),
    ],
)
def test_every_refusal_has_its_meaning(status: int, code: int, verdict: Verdict) -> None:
    assert judge(refusal(status, code)) is verdict


def test_what_is_no_answer_at_all_is_uncertain() -> None:
    assert judge(discord.InvalidData("?")) is Verdict.UNCERTAIN
    assert judge(discord.RateLimited(60)) is Verdict.SLOWED


def test_only_what_passes_by_itself_is_worth_repeating() -> None:
    assert is_passing(refusal(503))
    assert is_passing(refusal(429))
    assert not is_passing(refusal(404, 10003))


def test_reasons_never_hold_the_answers_text() -> None:
    assert reason(refusal(403, 50013)) == "discord_50013"
    assert reason(refusal(502)) == "discord_502"
    assert reason(discord.RateLimited(60)) == "RateLimited"


def test_a_wait_is_taken_from_discord_and_bounded() -> None:
    assert retry_after(refusal(429, Retry_After="3.5")) == 3_500
    assert retry_after(refusal(429, Retry_After="0")) == 1_000
    assert retry_after(refusal(429, Retry_After="86400")) == 600_000
    assert retry_after(refusal(429, Retry_After="soon")) is None
    assert retry_after(refusal(429)) is None
    assert retry_after(discord.RateLimited(60)) == 60_000
    assert retry_after(discord.InvalidData("?")) is None
