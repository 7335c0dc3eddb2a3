"""The pages of /help: what they are made from is in them, and they fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.catalog import Catalogue, PossibleActions
from bot.community.paying import NoServerPays
from bot.community.spending import LimitState, Quota, price_lines
from bot.jobs.costs import LISTED_ONLY
from bot.jobs.failures import Failure, FailureReason
from bot.jobs.house import HouseRules, PersonBlocked, SeesDollars
from bot.jobs.limits import Scope
from bot.jobs.preferences import Preferences, Within
from bot.jobs.requests import ServerNotEnabled
from bot.jobs.states import JobState
from bot.ui.amounts import amounts
from bot.ui.cards import cancel_button, details_button
from bot.ui.help import BUTTONS, FIRST, render_help, render_options
from bot.ui.help_facts import CommandHelp, HelpFacts, HereHelp, OptionHelp
from bot.ui.message import CONTENT_LIMIT, ChoiceList, Message
from bot.ui.more import MoreFacts, render_more
from bot.ui.quoting import units
from bot.ui.rows import failure_row, result_row
from tests.unit.ui.job_samples import finished, job

CATALOGUE = Catalogue()
RULES = HouseRules(
    defaults=Preferences(within=Within(pro=False, max_seconds=10, models=frozenset({"1.6", "3.0"}))),
    sees_dollars=SeesDollars.MANAGERS,
)
COMMANDS = (
    CommandHelp(
        key="video",
        name="/video",
        about="Make a video clip",
        options=(
            OptionHelp(name="prompt", about="What it shows"),
            OptionHelp(name="ratio", about="Its shape", required=True, choices=tuple(map(str, range(9)))),
        ),
    ),
    CommandHelp(key="privacy show", name="/privacy show", about="What is stored"),
    CommandHelp(key="settings", name="/settings", about="What holds", for_staff=True),
)


def here(rules: HouseRules = RULES, **changes) -> HereHelp:
    limit = LimitState(scope=Scope.PERSON_DAY_JOBS, used=1, ceiling=3, frees_at=0)
    quota = Quota(
        refusal=None,
        person=(limit,),
        server=(LimitState(scope=Scope.SERVER_MONTH_USD, used=0, ceiling=5_000_000, frees_at=0),),
        prices=tuple(price_lines(CATALOGUE, LISTED_ONLY, rules)),
        rules=rules,
    )
    return replace(HereHelp(quota=quota), **changes)


def facts(there=None, **changes) -> HelpFacts:
    there = here() if there is None else there
    prices = there.quota.prices if isinstance(there, HereHelp) else ()
    made = HelpFacts(
        commands=COMMANDS,
        message_commands=("Extend this video",),
        catalogue=CATALOGUE,
        prices=prices,
        here=there,
        retention_days=30,
    )
    return replace(made, **changes)


def page(name: str, told: HelpFacts) -> Message:
    shown = render_help(name, told)
    assert shown is not None
    return shown


def names(told: HelpFacts) -> list[str]:
    turning = page(FIRST, told).lists[-1]
    assert isinstance(turning, ChoiceList)
    return [choice.value for choice in turning.choices]


def test_every_page_fits_with_all_models_and_no_rules():
    everything = facts(here(HouseRules(), owner_id=2**63, channels=tuple(range(100)), payer=""))

    for name in names(everything):
        assert units(page(name, everything).content) <= CONTENT_LIMIT
        assert len(page(name, everything).content.splitlines()) <= 20, "a page is for a phone"


def test_the_buttons_lead_through_all_pages_and_back():
    told = facts()
    seen, name = [FIRST], FIRST
    while following := [button for button in page(name, told).buttons if button.label == "Next"]:
        name = following[0].custom_id.split(":")[2]
        seen.append(name)
    backwards = [name]
    while before := [button for button in page(name, told).buttons if button.label == "Back"]:
        name = before[0].custom_id.split(":")[2]
        backwards.append(name)

    assert seen == names(told)
    assert backwards == seen[::-1]


def test_a_page_that_is_none_is_not_shown():
    assert render_help("somewhere", facts()) is None
    assert render_options("ban", facts()) is None


def test_who_may_not_use_a_command_of_the_staff_gets_no_such_page():
    for_all = facts(commands=tuple(command for command in COMMANDS if not command.for_staff))

    assert "staff" in names(facts())
    assert "staff" not in names(for_all)


def test_a_command_is_shown_with_its_options_and_some_of_their_choices():
    shown = render_options("video", facts())

    assert shown is not None
    assert shown.content.splitlines() == [
        "**/video**",
        "Make a video clip",
        "• `prompt` — What it shows",
        "• `ratio` — Its shape (needed): 0 · 1 · 2 · 3 · 4 · 5 · …",
    ]


def test_only_what_the_server_allows_is_among_the_models():
    text = "\n".join(page(name, facts()).content for name in names(facts()) if name.startswith("models"))

    assert "Kling 1.6" in text
    assert "Kling 3.0" in text
    assert "Kling 2.1" not in text
    assert "Pro 1080p" not in text
    assert "… 10 s $1.00" in text
    assert "15 s " not in text.replace("15 seconds", "")


def test_what_holds_here_is_told_with_what_is_left():
    text = page("here", facts(here(channels=(7,)))).content

    assert "Clips today: 1 of 3 used, **2 left**" in text
    assert "Channels for clips: <#7>" in text
    assert "Models that can be used: Kling 1.6, Kling 3.0" in text
    assert "Longest clip: 10 seconds" in text
    assert "🚫 Quality Pro: off" in text
    assert "✅ Lip-sync: on" in text
    assert "Who sees dollars: whoever manages the server" in text
    assert "Spent this month: $0.00 of $5.00 used" in text


def test_who_may_not_make_clips_reads_why():
    told = here()
    blocked = replace(told, quota=replace(told.quota, refusal=PersonBlocked(until=None, reason="spam")))

    assert "blocked you" in page("here", facts(blocked)).content
    assert "not enabled" in page("here", facts(ServerNotEnabled(guild_id=7))).content


def test_in_direct_messages_it_tells_who_pays_or_that_nobody_does():
    pays, nobody = page("here", facts(here(payer="Egret *Cove*", channels=(7,)))), page("here", facts(NoServerPays()))

    assert "**Egret \\*Cove\\*** pays" in pays.content
    assert "<#7>" not in pays.content
    assert "none of yours can" in nobody.content


def test_amounts_are_said_only_to_those_who_see_them():
    with amounts(said=False):
        texts = [page(name, facts()).content for name in names(facts())]

    assert not [text for text in texts if "$" in text]


@pytest.mark.parametrize(("days", "words"), [(30, "after 30 days"), (None, "until you delete them")])
def test_it_tells_how_long_things_are_kept(days: int | None, words: str):
    assert words in page("privacy", facts(retention_days=days)).content


def test_every_button_under_cards_and_clips_is_explained_and_no_other():
    made, everything = finished(), PossibleActions()
    failed = [finished(JobState.FAILED, failure=Failure(reason)) for reason in FailureReason]
    shown = [
        *result_row(made, everything, "d"),
        *render_more(made, MoreFacts(original=True, favourite=False, removable=True)).buttons,
        cancel_button(job()),
        details_button(made),
        *(button for one in failed for button in failure_row(one, everything, "d")),
    ]

    assert {label for _, label, _ in BUTTONS} == {button.label for button in shown}
    assert {emoji for emoji, _, _ in BUTTONS} >= {button.emoji for button in shown}
