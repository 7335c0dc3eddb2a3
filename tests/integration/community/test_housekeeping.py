"""Changing a server's settings, in a real database."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.community import settings as s
from bot.community.effective import OperatorLimits, Scope
from bot.community.housekeeping import (
    MOST_LISTED,
    MOST_WORDS,
    AboveOperatorsLimit,
    Chosen,
    EveryoneListed,
    Housekeeping,
    NotForSuch,
    NoWordsGiven,
    OutOfBounds,
    TooManyListed,
    TooManyWords,
    WordTooLong,
    leftovers,
    listed,
)
from bot.community.record import HouseRecord, Level, RuleKey
from bot.errors import Refusal, Refused
from bot.jobs.limits import Allowance
from storage.migration import run_migrations
from storage.store import Store, open_store
from tests.integration.jobs.world import ManualClock

GUILD, JUNO, ROWAN = 1, 2, 3
SERVER = Scope(Level.SERVER, GUILD)
OPERATOR = OperatorLimits(allowance=Allowance(clips_per_day=5, server_microusd_per_month=20_000_000), retention_days=90)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("migrated")
    asyncio.run(run_migrations("sqlite:///egret.db", directory))
    return directory / "egret.db"


@pytest.fixture
async def store(migrated: Path, tmp_path: Path) -> AsyncIterator[Store]:
    shutil.copy(migrated, tmp_path / "egret.db")
    async with open_store("sqlite:///egret.db", tmp_path, ManualClock()) as opened:
        yield opened


@pytest.fixture
def housekeeping(store: Store) -> Housekeeping:
    return Housekeeping(store, OPERATOR, ManualClock())


async def refusal_of(doing) -> Refusal:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.refusal


def value_in(record: HouseRecord, setting, scope: Scope = SERVER) -> str | None:
    return record.rules.get(RuleKey(scope.level, scope.id, setting.name))


async def test_a_value_is_kept_with_who_set_it_and_what_was_before(housekeeping: Housekeeping) -> None:
    await housekeeping.keep(GUILD, [Chosen(s.BUDGET_USD, SERVER, 10_000_000)], by=JUNO)
    await housekeeping.keep(GUILD, [Chosen(s.BUDGET_USD, SERVER, 7_500_000)], by=ROWAN)
    await housekeeping.keep(GUILD, [Chosen(s.BUDGET_USD, SERVER, None)], by=JUNO)

    assert value_in(await housekeeping.record(GUILD), s.BUDGET_USD) is None
    assert [(line.actor_id, line.subject, line.detail) for line in await housekeeping.changes(GUILD, 10)] == [
        (JUNO, "budget_microusd", "$7.50 → not set"),
        (ROWAN, "budget_microusd", "$10.00 → $7.50"),
        (JUNO, "budget_microusd", "not set → $10.00"),
    ]


async def test_the_same_value_again_changes_nothing_and_is_not_remembered(housekeeping: Housekeeping) -> None:
    await housekeeping.keep(GUILD, [Chosen(s.PRO, SERVER, value=False)], by=JUNO)
    before = await housekeeping.record(GUILD)

    await housekeeping.keep(GUILD, [Chosen(s.PRO, SERVER, value=False)], by=ROWAN)

    assert (await housekeeping.record(GUILD)).revision == before.revision
    assert len(await housekeeping.changes(GUILD, 10)) == 1


async def test_more_than_the_operator_allows_is_refused_and_nothing_of_it_is_kept(housekeeping: Housekeeping) -> None:
    chosen = [Chosen(s.PRO, SERVER, value=False), Chosen(s.CLIPS_PER_DAY, Scope(Level.ROLE, 7), 6)]

    refusal = await refusal_of(housekeeping.keep(GUILD, chosen, by=JUNO))

    assert refusal == AboveOperatorsLimit(setting="clips_per_day", asked=6, limit=5)
    assert (await housekeeping.record(GUILD)).rules == {}


async def test_a_number_that_makes_no_sense_is_refused(housekeeping: Housekeeping) -> None:
    refusal = await refusal_of(housekeeping.keep(GUILD, [Chosen(s.RETENTION_DAYS, SERVER, 0)], by=JUNO))

    assert refusal == OutOfBounds(setting="retention_days", asked=0, least=1, most=3_650)


async def test_a_setting_of_the_server_cannot_be_made_for_a_channel(housekeeping: Housekeeping) -> None:
    chosen = Chosen(s.BUDGET_USD, Scope(Level.CHANNEL, 7), 1)

    assert await refusal_of(housekeeping.keep(GUILD, [chosen], by=JUNO)) == NotForSuch(setting="budget_microusd")


async def test_two_moderators_at_once_lose_nothing_of_each_others(housekeeping: Housekeeping) -> None:
    await asyncio.gather(
        housekeeping.add(GUILD, s.ALLOWED_CHANNELS, [10], by=JUNO),
        housekeeping.add(GUILD, s.ALLOWED_CHANNELS, [11, 12], by=ROWAN),
        housekeeping.keep(GUILD, [Chosen(s.PRO, SERVER, value=False)], by=JUNO),
        housekeeping.keep(GUILD, [Chosen(s.CLIPS_PER_DAY, SERVER, 2)], by=ROWAN),
        housekeeping.add_words(GUILD, "spam", by=JUNO),
        housekeeping.add_words(GUILD, "scam", by=ROWAN),
    )

    record = await housekeeping.record(GUILD)
    assert listed(record, s.ALLOWED_CHANNELS) == {10, 11, 12}
    assert (value_in(record, s.PRO), value_in(record, s.CLIPS_PER_DAY)) == ("off", "2")
    assert sorted(record.words) == ["scam", "spam"]


async def test_of_one_setting_the_last_write_wins(housekeeping: Housekeeping) -> None:
    await housekeeping.keep(GUILD, [Chosen(s.CLIPS_PER_DAY, SERVER, 2)], by=JUNO)
    await housekeeping.keep(GUILD, [Chosen(s.CLIPS_PER_DAY, SERVER, 4)], by=ROWAN)

    assert value_in(await housekeeping.record(GUILD), s.CLIPS_PER_DAY) == "4"


async def test_a_list_takes_a_hundred_and_no_more(housekeeping: Housekeeping) -> None:
    for start in range(0, MOST_LISTED, 25):
        await housekeeping.add(GUILD, s.DENIED_ROLES, range(100 + start, 125 + start), by=JUNO)

    refusal = await refusal_of(housekeeping.add(GUILD, s.DENIED_ROLES, [999], by=JUNO))

    assert refusal == TooManyListed(setting="denied_roles", found=MOST_LISTED + 1, limit=MOST_LISTED)
    assert len(listed(await housekeeping.record(GUILD), s.DENIED_ROLES)) == MOST_LISTED


async def test_everybody_is_no_role_to_be_listed(housekeeping: Housekeeping) -> None:
    refusal = await refusal_of(housekeeping.add(GUILD, s.DENIED_ROLES, [GUILD, 7], by=JUNO))

    assert refusal == EveryoneListed(setting="denied_roles")


@pytest.mark.parametrize("setting", [s.ALLOWED_ROLES, s.DENIED_ROLES])
async def test_everybody_is_refused_where_a_whole_list_is_kept_too(housekeeping: Housekeeping, setting) -> None:
    whole = Chosen(setting, Scope(Level.SERVER, GUILD), frozenset({GUILD, 7}))

    assert await refusal_of(housekeeping.keep(GUILD, [whole], by=JUNO)) == EveryoneListed(setting=setting.name)


async def test_the_last_one_taken_out_of_a_list_leaves_it_not_set(housekeeping: Housekeeping) -> None:
    await housekeeping.add(GUILD, s.ALLOWED_CHANNELS, [10], by=JUNO)
    await housekeeping.take(GUILD, s.ALLOWED_CHANNELS, [10], by=JUNO)

    assert value_in(await housekeeping.record(GUILD), s.ALLOWED_CHANNELS) is None


async def test_what_is_left_of_deleted_channels_and_roles_can_be_cleared_out(housekeeping: Housekeeping) -> None:
    await housekeeping.add(GUILD, s.ALLOWED_CHANNELS, [10, 404], by=JUNO)
    await housekeeping.add(GUILD, s.DENIED_ROLES, [405], by=JUNO)
    gone_role, gone_channel = Scope(Level.ROLE, 405), Scope(Level.CHANNEL, 404)
    chosen = [
        Chosen(s.MOD_LOG, SERVER, 404),
        Chosen(s.CLIPS_PER_DAY, gone_role, 2),
        Chosen(s.PRO, gone_channel, value=False),
        Chosen(s.PRO, Scope(Level.CHANNEL, 10), value=False),
    ]
    await housekeeping.keep(GUILD, chosen, by=JUNO)
    assert len(leftovers(await housekeeping.record(GUILD), [10], [20])) == 5

    await housekeeping.clear_out(GUILD, [10], [20], by=ROWAN)

    record = await housekeeping.record(GUILD)
    assert set(record.rules) == {
        RuleKey(Level.SERVER, GUILD, "allowed_channels"),
        RuleKey(Level.CHANNEL, 10, "pro"),
    }
    assert listed(record, s.ALLOWED_CHANNELS) == {10}
    assert len(leftovers(record, [10], [20])) == 0


async def test_clearing_out_never_opens_what_was_closed(housekeeping: Housekeeping) -> None:
    await housekeeping.add(GUILD, s.ALLOWED_CHANNELS, [404], by=JUNO)

    await housekeeping.clear_out(GUILD, [10], [20], by=JUNO)

    assert listed(await housekeeping.record(GUILD), s.ALLOWED_CHANNELS) == {404}


async def test_many_words_are_added_at_once_each_once_in_whatever_letters(housekeeping: Housekeeping) -> None:
    added = await housekeeping.add_words(GUILD, "spam, Crème brûlée\n creme  BRULEE ,,\nscam", by=JUNO)
    again = await housekeeping.add_words(GUILD, "SPAM", by=JUNO)

    assert (added, again) == (3, 0)
    assert set((await housekeeping.record(GUILD)).words) == {"spam", "Crème brûlée", "scam"}


async def test_words_are_taken_back_in_whatever_letters(housekeeping: Housekeeping) -> None:
    await housekeeping.add_words(GUILD, "spam\nCrème brûlée", by=JUNO)

    assert await housekeeping.drop_words(GUILD, "creme brulee, unknown", by=ROWAN) == 1
    assert (await housekeeping.record(GUILD)).words == ("spam",)


async def test_five_hundred_words_fit_and_the_next_is_refused_with_the_limit_and_the_number(
    housekeeping: Housekeeping,
) -> None:
    await housekeeping.add_words(GUILD, "\n".join(f"word {number}" for number in range(MOST_WORDS)), by=JUNO)

    refusal = await refusal_of(housekeeping.add_words(GUILD, "one more, and another", by=JUNO))

    assert refusal == TooManyWords(found=MOST_WORDS + 2, limit=MOST_WORDS)
    assert len((await housekeeping.record(GUILD)).words) == MOST_WORDS


async def test_a_word_that_is_too_long_is_refused_and_none_is_added(housekeeping: Housekeeping) -> None:
    refusal = await refusal_of(housekeeping.add_words(GUILD, f"spam\n{'x' * 81}", by=JUNO))

    assert refusal == WordTooLong(word="x" * 81, found=81, limit=80)
    assert (await housekeeping.record(GUILD)).words == ()


async def test_blanks_and_commas_are_no_words(housekeeping: Housekeeping) -> None:
    assert await refusal_of(housekeeping.add_words(GUILD, " ,\n, ", by=JUNO)) == NoWordsGiven()
