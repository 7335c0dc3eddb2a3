"""The check against a PiAPI that misbehaves in each way, and the clocks of both services."""

from __future__ import annotations

import pytest

from bot.check import provider
from bot.check.finding import Area, Level
from bot.exit_codes import ExitCode
from sandbox.piapi import Fault, Options
from tests.integration.check.premises import Premises, ShiftedClock, free_port


async def test_the_balance_is_told_in_default_clips(premises: Premises):
    await premises.control.set_balance(10.0)
    sentences = [finding.sentence for finding in (await premises.look()).of(Area.PIAPI, Level.OK)]
    assert "The balance is $10.00, which buys about 38 default clips (Kling 1.6, 5 s, $0.26 each)." in sentences


async def test_the_older_form_of_the_account_is_understood(premises: Premises):
    await premises.control.set_options(Options(account_shape="older"))
    assert (await premises.look()).amiss == []


async def test_a_wrong_key_is_named(premises: Premises):
    premises.changes["piapi_key"] = "some-other-key"
    finding = (await premises.look()).only(Area.PIAPI, Level.FAIL)
    assert finding.sentence == "PIAPI_KEY is refused by PiAPI."
    assert finding.code is ExitCode.PROVIDER


async def test_a_key_that_no_header_can_carry_is_a_wrong_key(premises: Premises):
    premises.changes["piapi_key"] = "key with spaces"
    assert (await premises.look()).only(Area.PIAPI, Level.FAIL).code is ExitCode.PROVIDER


@pytest.mark.parametrize("usd", [0.0, 0.25])
async def test_credit_that_buys_nothing_is_a_failure(premises: Premises, usd: float):
    await premises.control.set_balance(usd)
    finding = (await premises.look()).only(Area.PIAPI, Level.FAIL)
    assert "buys no default clip" in finding.sentence
    assert (finding.remedy, finding.code) == ("Top up your workspace on piapi.ai.", ExitCode.PROVIDER)


async def test_credit_for_a_clip_or_two_is_a_warning(premises: Premises):
    await premises.control.set_balance(0.60)
    assert "about 2 default clips" in (await premises.look()).only(Area.PIAPI, Level.WARN).sentence


async def test_clips_on_an_own_kling_account_are_not_counted_by_the_balance(premises: Premises):
    await premises.control.set_balance(0.0)
    premises.changes["piapi_service_mode"] = "private"
    assert (await premises.look()).amiss == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.SERVER_ERROR, "it answers 500"),
        (Fault.UNAVAILABLE, "it answers 503"),
        (Fault.GATEWAY_502, "it answers 502"),
        (Fault.GATEWAY_200, "something that is no account"),
        (Fault.BROKEN_JSON, "something that is no account"),
        (Fault.REDIRECTED, "it answers 301"),
        (Fault.RESET, "no usable answer"),
    ],
)
async def test_a_provider_in_trouble_is_unreachable_not_a_wrong_key(premises: Premises, fault: Fault, said: str):
    await premises.control.spoil("account", fault, times=None)
    finding = (await premises.look()).only(Area.PIAPI, Level.FAIL)
    assert said in finding.sentence
    assert finding.code is ExitCode.UNREACHABLE


async def test_a_provider_that_stumbles_once_is_fine(premises: Premises):
    await premises.control.spoil("account", Fault.UNAVAILABLE)
    assert (await premises.look()).amiss == []


async def test_a_provider_that_never_answers_is_given_up_on(premises: Premises, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(provider, "WAIT_SECONDS", 0.3)
    await premises.control.spoil("account", Fault.HANG, times=None)
    assert "does not answer in time" in (await premises.look()).only(Area.PIAPI, Level.FAIL).sentence


async def test_a_provider_that_nobody_serves_is_unreachable(premises: Premises):
    premises.changes["piapi_base_url"] = f"http://127.0.0.1:{free_port()}"
    assert "it cannot be connected to" in (await premises.look()).only(Area.PIAPI, Level.FAIL).sentence


async def test_a_clock_that_is_some_seconds_slow_is_a_warning(premises: Premises):
    await premises.operator.advance(30)
    await premises.control.advance(30)
    finding = (await premises.look()).only(Area.CLOCK, Level.WARN)
    assert finding.sentence.startswith("This machine's clock is ")
    assert finding.sentence.endswith(" s behind Discord and PiAPI.")


async def test_a_clock_that_is_minutes_slow_is_a_failure(premises: Premises):
    await premises.operator.advance(600)
    await premises.control.advance(600)
    finding = (await premises.look()).only(Area.CLOCK, Level.FAIL)
    assert "behind Discord and PiAPI" in finding.sentence
    assert finding.code is ExitCode.CLOCK


async def test_a_clock_that_is_fast_is_told_from_one_that_is_slow(premises: Premises):
    finding = (await premises.look(ShiftedClock(+600_000))).only(Area.CLOCK, Level.FAIL)
    assert "ahead of Discord and PiAPI" in finding.sentence


async def test_where_one_of_the_two_clocks_is_wrong_it_is_named(premises: Premises):
    await premises.control.advance(60)
    finding = (await premises.look()).only(Area.CLOCK, Level.WARN)
    assert finding.sentence.endswith("behind PiAPI.")
