"""Which of several settings holds, and where it is said to come from."""

from __future__ import annotations

import pytest

from bot.community import settings as s
from bot.community.effective import Effective, OperatorLimits, Scope, Source, effective
from bot.community.record import HouseRecord, Level, RuleKey
from bot.community.resolving import Found, Settings, Standpoint
from bot.community.settings import SETTINGS, Setting
from bot.jobs.limits import Allowance

GUILD, CHANNEL, THREAD = 1, 10, 11
MEMBER, PATRON, TRIAL = 20, 21, 22
OPERATOR = OperatorLimits(allowance=Allowance(clips_per_day=5), retention_days=90)


def server(setting: Setting, value: str) -> tuple[RuleKey, str]:
    return RuleKey(Level.SERVER, GUILD, setting.name), value


def channel(setting: Setting, value: str, channel_id: int = CHANNEL) -> tuple[RuleKey, str]:
    return RuleKey(Level.CHANNEL, channel_id, setting.name), value


def role(setting: Setting, value: str, role_id: int) -> tuple[RuleKey, str]:
    return RuleKey(Level.ROLE, role_id, setting.name), value


def seen(*rules: tuple[RuleKey, str], channels: tuple[int, ...] = (), roles: tuple[int, ...] = ()) -> Settings:
    record = HouseRecord(guild_id=GUILD, rules=dict(rules))
    return Settings(record, Standpoint(channels=channels, roles=frozenset(roles)))


def test_of_several_roles_the_most_generous_limit_holds() -> None:
    here = seen(
        server(s.CLIPS_PER_DAY, "1"),
        role(s.CLIPS_PER_DAY, "2", MEMBER),
        role(s.CLIPS_PER_DAY, "4", PATRON),
        role(s.CLIPS_PER_DAY, "3", TRIAL),
        roles=(MEMBER, PATRON, TRIAL),
    )

    assert here.most(s.CLIPS_PER_DAY, 5) == Found(4, Level.ROLE, PATRON)


def test_a_role_can_have_less_than_the_server() -> None:
    here = seen(server(s.CLIPS_PER_DAY, "3"), role(s.CLIPS_PER_DAY, "0", TRIAL), roles=(TRIAL,))

    assert here.most(s.CLIPS_PER_DAY, 5).value == 0


def test_without_a_role_of_their_own_the_servers_limit_holds() -> None:
    here = seen(server(s.CLIPS_PER_DAY, "3"), role(s.CLIPS_PER_DAY, "4", PATRON), roles=(MEMBER,))

    assert here.most(s.CLIPS_PER_DAY, 5) == Found(3, Level.SERVER, GUILD)


def test_no_limit_is_above_the_operators() -> None:
    here = seen(role(s.CLIPS_PER_DAY, "50", PATRON), roles=(PATRON,))

    assert here.most(s.CLIPS_PER_DAY, 5) == Found(5)
    assert here.most(s.CLIPS_PER_DAY, None).value == 50


def test_a_channels_setting_goes_before_the_servers_and_a_threads_before_both() -> None:
    rules = (server(s.LENGTH, "5"), channel(s.LENGTH, "10"), channel(s.LENGTH, "7", THREAD))

    assert seen(*rules, channels=(THREAD, CHANNEL)).value(s.LENGTH, None).value == 7
    assert seen(*rules, channels=(99, CHANNEL)).value(s.LENGTH, None).value == 10
    assert seen(*rules, channels=(99,)).value(s.LENGTH, None).value == 5
    assert seen(channels=(CHANNEL,)).value(s.LENGTH, None) == Found(None)


def test_a_switch_that_one_role_has_on_is_on_wherever_the_channel_has_it_off() -> None:
    rules = (channel(s.PRO, "off"), role(s.PRO, "on", PATRON), role(s.PRO, "off", TRIAL))

    assert seen(*rules, channels=(CHANNEL,), roles=(PATRON, TRIAL)).allows(s.PRO).value
    assert not seen(*rules, channels=(CHANNEL,)).allows(s.PRO).value
    assert not seen(*rules, roles=(TRIAL,)).allows(s.PRO).value
    assert seen(*rules).allows(s.PRO).value


def test_hiding_clips_can_be_forced_by_a_role_or_a_channel_and_taken_back_by_none() -> None:
    rules = (channel(s.FORCED_SPOILER, "off"), role(s.FORCED_SPOILER, "on", TRIAL))

    assert seen(*rules, channels=(CHANNEL,), roles=(TRIAL, PATRON)).forces(s.FORCED_SPOILER).value
    assert not seen(*rules, channels=(CHANNEL,), roles=(PATRON,)).forces(s.FORCED_SPOILER).value


def test_the_longest_length_of_roles_goes_before_the_channels() -> None:
    rules = (channel(s.MAX_LENGTH, "5"), role(s.MAX_LENGTH, "10", PATRON), role(s.MAX_LENGTH, "7", TRIAL))

    assert seen(*rules, channels=(CHANNEL,), roles=(PATRON, TRIAL)).longest(s.MAX_LENGTH).value == 10
    assert seen(*rules, channels=(CHANNEL,)).longest(s.MAX_LENGTH).value == 5


def test_roles_and_channels_that_are_gone_change_nothing() -> None:
    here = seen(role(s.CLIPS_PER_DAY, "9", 404), channel(s.PRO, "off", 405), channels=(CHANNEL,), roles=(MEMBER,))

    assert here.most(s.CLIPS_PER_DAY, None).value is None
    assert here.allows(s.PRO).value


def test_a_hundred_roles_are_looked_through() -> None:
    rules = [role(s.CLIPS_PER_DAY, str(number), 1000 + number) for number in range(100)]

    assert seen(*rules, roles=tuple(range(1000, 1100))).most(s.CLIPS_PER_DAY, None).value == 99


TEXTS = {s.MODEL.name, s.MODELS.name, s.LANGUAGE.name}


@pytest.mark.parametrize("name", sorted(SETTINGS.keys() - TEXTS))
def test_what_is_stored_and_not_understood_counts_as_not_set(name: str) -> None:
    setting = SETTINGS[name]
    rules = {RuleKey(level, 7, setting.name): "??" for level in setting.levels if level is not Level.SERVER}
    rules[RuleKey(Level.SERVER, GUILD, setting.name)] = "??"
    here = Settings(HouseRecord(guild_id=GUILD, rules=rules), Standpoint(channels=(7,), roles=frozenset({7})))

    assert here.value(setting, None) == Found(None)


def at(*rules: tuple[RuleKey, str], setting: Setting, level: Level = Level.SERVER, scope_id: int = GUILD) -> Effective:
    record = HouseRecord(guild_id=GUILD, rules=dict(rules))
    return effective(record, OPERATOR, setting, Scope(level, scope_id))


def test_a_value_says_where_it_comes_from() -> None:
    three = server(s.CLIPS_PER_DAY, "3")

    assert at(setting=s.CLIPS_PER_DAY) == Effective(5, Source.OPERATOR)
    assert at(setting=s.CLIPS_PER_MONTH) == Effective(None, Source.UNSET)
    assert at(three, setting=s.CLIPS_PER_DAY) == Effective(3, Source.HERE)
    assert at(three, setting=s.CLIPS_PER_DAY, level=Level.ROLE, scope_id=PATRON) == Effective(3, Source.SERVER)
    assert at(server(s.PRO, "off"), setting=s.PRO, level=Level.CHANNEL, scope_id=CHANNEL) == Effective(
        value=False, source=Source.SERVER
    )


def test_what_was_set_before_the_operators_limit_came_down_is_told() -> None:
    assert at(server(s.RETENTION_DAYS, "365"), setting=s.RETENTION_DAYS) == Effective(90, Source.OPERATOR, 365)
