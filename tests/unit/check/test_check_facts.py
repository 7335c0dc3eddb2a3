"""What facts amount to, where no service is needed to know."""

from __future__ import annotations

import pytest

from bot.catalog import Catalogue
from bot.check.clock import clock_findings
from bot.check.discord_account import ChannelFacts, JoinedServer, ServerFacts
from bot.check.finding import Level
from bot.check.money import default_clip
from bot.check.provider import clips_sentence
from bot.check.servers import EXAMINED, membership_findings, permission_findings, to_examine
from bot.clock import clock_ahead_ms

COVE = JoinedServer(id=1, name="Egret Cove")


def facts(*channels: ChannelFacts) -> ServerFacts:
    return ServerFacts(server=COVE, missing=(), channels=channels, hidden=0, commands=True)


@pytest.mark.parametrize(
    ("microusd", "said"),
    [
        (260_000, "The balance is $0.26, which buys about 1 default clip (Kling 1.6, 5 s, $0.26 each)."),
        (259_999, "The balance is $0.25, which buys no default clip (Kling 1.6, 5 s, $0.26 each)."),
        (1_234_560_000, "The balance is $1,234.56, which buys about 4,748 default clips (Kling 1.6, 5 s, $0.26 each)."),
        (-1_000_000, "The balance is -$1.00, which buys no default clip (Kling 1.6, 5 s, $0.26 each)."),
    ],
)
def test_a_balance_is_rounded_down_to_whole_clips(microusd: int, said: str):
    assert clips_sentence(microusd, Catalogue()) == said


def test_a_default_clip_without_a_known_price_is_not_counted():
    catalogue = Catalogue(default_model="2.6")
    assert default_clip(catalogue).microusd is None
    assert clips_sentence(5_000_000, catalogue) == (
        "The balance is $5.00; what a default clip (Kling 2.6, 5 s) costs is not known."
    )


@pytest.mark.parametrize(
    ("ahead", "levels"),
    [
        ({}, []),
        ({"Discord": 5_000, "PiAPI": -5_000}, [Level.OK]),
        ({"Discord": 5_001}, [Level.WARN]),
        ({"Discord": -120_000, "PiAPI": -119_000}, [Level.WARN]),
        ({"Discord": -120_001, "PiAPI": -119_000}, [Level.FAIL]),
    ],
)
def test_a_clock_is_judged_by_what_a_lost_purchase_can_bear(ahead: dict[str, int], levels: list[Level]):
    assert [finding.level for finding in clock_findings(ahead)] == levels


def test_a_date_names_a_second_so_its_middle_is_taken():
    assert clock_ahead_ms("Thu, 01 Jan 1970 00:00:10 GMT", 10_000) == 500


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Jan 1970 00:00:10 GMT"])
def test_an_odd_date_says_nothing(date: str):
    assert clock_ahead_ms(date, 0) is None


def test_no_more_servers_are_looked_into_than_is_polite_and_that_is_said():
    many = [JoinedServer(id=number, name=f"s{number}") for number in range(1, 100)]
    assert len(to_examine(many, None)) == EXAMINED
    sentences = [finding.sentence for finding in membership_findings(many, None, "link")]
    assert f"Permissions were looked at in {EXAMINED} of 99 servers." in sentences


def test_only_servers_that_may_spend_are_looked_into():
    assert to_examine([COVE, JoinedServer(id=2, name="Elsewhere")], frozenset({1})) == [COVE]


def test_of_many_barred_channels_three_are_named():
    barred = [ChannelFacts(name=f"c{number}", missing=("attach_files",)) for number in range(5)]
    (finding,) = permission_findings(facts(ChannelFacts(name="clips", missing=()), *barred), "link")
    assert finding.sentence == (
        "In Egret Cove the bot sees #c0, #c1, #c2 and 2 more but may not post clips there: it lacks Attach Files."
    )
