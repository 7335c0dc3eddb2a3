"""The pages of /settings: complete, within Discord's limits, and addressable."""

from __future__ import annotations

import pytest

from bot.catalog import Catalogue
from bot.community.effective import OperatorLimits, Scope
from bot.community.housekeeping import Leftovers
from bot.community.record import HouseRecord, Level, RuleKey
from bot.community.settings import SETTINGS, Setting
from bot.jobs.limits import Allowance
from bot.ui.custom_ids import read_custom_id
from bot.ui.message import CONTENT_LIMIT, Message
from bot.ui.quoting import units
from bot.ui.settings_address import Address, Step, press, read_address
from bot.ui.settings_editor import render_number_form, render_setting
from bot.ui.settings_names import NAMED, Group, Kind
from bot.ui.settings_pages import Surroundings, render_group, render_hub, render_scope
from bot.ui.settings_words import render_words

GUILD, LONGEST_ID = 1_180_000_000_000_000_000, 9_223_372_036_854_775_807
SCOPES = {
    Level.SERVER: Scope(Level.SERVER, GUILD),
    Level.CHANNEL: Scope(Level.CHANNEL, LONGEST_ID),
    Level.ROLE: Scope(Level.ROLE, LONGEST_ID),
}
ADDRESSES = [(setting, SCOPES[level]) for setting in SETTINGS.values() for level in sorted(setting.levels)]
MANY = frozenset(range(LONGEST_ID - 100, LONGEST_ID))


def around(*, there: bool = True, **rules: str) -> Surroundings:
    stored = {RuleKey(Level.SERVER, GUILD, name): value for name, value in rules.items()}
    stored |= {RuleKey(Level.ROLE, role, "pro"): "off" for role in MANY}
    return Surroundings(
        record=HouseRecord(guild_id=GUILD, rules=stored, words=tuple(f"{n:03}{'x' * 77}" for n in range(500))),
        limits=OperatorLimits(allowance=Allowance(clips_per_day=5), retention_days=90),
        catalogue=Catalogue(),
        has_channel=lambda _id: there,
        has_role=lambda _id: there,
        left=Leftovers(listed={}),
    )


def fits(message: Message) -> bool:
    text = sum(len(embed) for embed in message.embeds)
    rows = len(message.lists) + -(-len(message.buttons) // 5)
    return units(message.content) <= CONTENT_LIMIT and text <= 6_000 and rows <= 5


def test_every_setting_can_be_seen_and_changed() -> None:
    assert NAMED.keys() == SETTINGS.keys()


@pytest.mark.parametrize(("setting", "scope"), ADDRESSES)
def test_a_custom_id_names_a_setting_of_whoever_has_the_longest_id(setting: Setting, scope: Scope) -> None:
    pressed = read_custom_id(press(Step.RESET, scope, setting))

    assert pressed is not None
    assert (pressed.subject, read_address(pressed.extra, GUILD)) == (Step.RESET, Address(scope, setting))


@pytest.mark.parametrize("address", ["", "x", "s.unknown", "c.1.budget_microusd", "r.1.model", "c.x.pro", "s.pro.more"])
def test_what_names_no_setting_is_not_read(address: str) -> None:
    assert read_address(address, GUILD) is None


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("lists", ["", " ".join(map(str, MANY))])
async def test_every_page_fits_with_a_hundred_roles_there_or_gone(lists: str, there: bool) -> None:
    full = dict.fromkeys(("allowed_channels", "allowed_roles", "denied_roles"), lists) if lists else {}
    seen = around(there=there, **full)
    pages = [
        render_hub(seen),
        *(render_group(seen, group) for group in Group),
        *(render_scope(seen, scope) for scope in SCOPES.values()),
        *(render_setting(seen, NAMED[setting.name], scope, {}) for setting, scope in ADDRESSES),
        *(render_words(seen.record, page) for page in (0, 10, 99)),
    ]

    assert [page for page in pages if not fits(page)] == []
    assert all(page.view() is not None for page in pages)


@pytest.mark.parametrize(
    ("setting", "scope"),
    [(setting, scope) for setting, scope in ADDRESSES if NAMED[setting.name].kind in {Kind.NUMBER, Kind.DOLLARS}],
)
async def test_numbers_are_typed_into_a_form_that_says_from_what_to_what(setting: Setting, scope: Scope) -> None:
    form = render_number_form(around(), NAMED[setting.name], scope).to_dict()

    assert len(form["title"]) <= 45
    assert "From" in form["components"][0]["description"]
