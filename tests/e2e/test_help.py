"""/help, read by members and by who manages the server: it names what there is, and what holds for the reader."""

from __future__ import annotations

import re

import pytest

from bot.community import settings as s
from bot.community.effective import OperatorLimits, Scope
from bot.community.housekeeping import Chosen, Housekeeping
from bot.community.record import Level
from bot.jobs.house import SeesDollars
from bot.jobs.limits import Allowance
from sandbox.discord.json_types import JsonObject, objects, text
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.e2e.community import Community
from tests.unit.translations.invented import GERMAN, invent_languages, is_german

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"max_jobs_per_person_per_day": "7", "direct_messages": "on"}
PAGES = "Go to a page"
OPTIONS = "Options of a command"
SUBCOMMAND = 1


async def opened(person: Person, name: str = "start") -> SeenMessage:
    """Open /help at a page."""
    page = (await person.run("help")).expect_message()
    assert page.ephemeral
    return page if name == "start" else (await person.choose(page, PAGES, name)).expect_message()


async def every_page(person: Person) -> str:
    """Read all of it."""
    page = await opened(person)
    texts = []
    for _, name in page.clickable(PAGES).options:
        page = (await person.choose(page, PAGES, name)).expect_message()
        texts.append(page.text)
    return "\n".join(texts)


def leaves(command: JsonObject) -> list[str]:
    """Return what can be typed of a registered command: itself, or its subcommands."""
    subcommands = [option for option in objects(command.get("options", [])) if option["type"] == SUBCOMMAND]
    name = text(command["name"])
    return [f"{name} {text(one['name'])}" for one in subcommands] or [name]


async def registered(place: Community, *, staff: bool) -> set[str]:
    """Return the slash commands that Discord was told of, those for everybody or those for the staff."""
    found = [command for command in await place.operator.commands() if command["type"] == 1]
    chosen = [command for command in found if (command.get("default_member_permissions") is not None) is staff]
    return {f"/{name}" for command in chosen for name in leaves(command)}


def listed(page: SeenMessage) -> set[str]:
    return set(re.findall(r"• \*\*(/[^*]+)\*\*", page.text))


async def test_members_read_of_every_command_for_them_and_of_no_other(place: Community) -> None:
    mira = place.mira.in_channel(place.room())

    page = await opened(mira, "commands")

    assert listed(page) == await registered(place, staff=False)
    assert "staff" not in [name for _, name in page.clickable(PAGES).options]


async def test_who_manages_the_server_reads_of_the_others_too(place: Community) -> None:
    juno = place.juno.in_channel(place.room())

    assert listed(await opened(juno, "commands")) == await registered(place, staff=False)
    assert listed(await opened(juno, "staff")) == await registered(place, staff=True)


async def test_every_option_of_a_command_is_told_in_order_and_no_other(place: Community) -> None:
    mira = place.mira.in_channel(place.room())
    options = {
        text(command["name"]): [text(option["name"]) for option in objects(command.get("options", []))]
        for command in await place.operator.commands()
    }
    page = await opened(mira, "commands")
    named = [name for _, name in page.clickable(OPTIONS).options]

    assert {"video", "extend", "lipsync"} <= set(named)
    for name in named:
        shown = (await mira.choose(page, OPTIONS, name)).expect_message()
        assert re.findall(r"^• `([a-z_]+)`", shown.text, re.MULTILINE) == options[name]


async def test_no_page_speaks_of_a_command_that_is_not_there(place: Community) -> None:
    juno = place.juno.in_channel(place.room())
    known = {name.split()[0] for staff in (True, False) for name in await registered(place, staff=staff)}

    spoken = set(re.findall(r"(?<![\w/])/[a-z]+", await every_page(juno)))

    assert spoken <= known


async def test_pages_are_turned_after_a_restart(place: Community) -> None:
    mira = place.mira.in_channel(place.room())
    page = await opened(mira)
    await place.restart()

    following = (await mira.click(page, "Next")).expect_message()
    back = (await mira.click(following, "Back")).expect_message()

    assert "Page 2 of" in following.text
    assert back.text == page.text


async def test_what_a_manager_changes_is_what_members_read(place: Community) -> None:
    mira = place.mira.in_channel(place.room())
    before = await opened(mira, "here")
    assert place.app is not None
    housekeeping = Housekeeping(place.app._store, OperatorLimits(allowance=Allowance()), place.clock)
    server = Scope(Level.SERVER, place.server.id)
    changed = {s.PRO: False, s.MAX_LENGTH: 5, s.CLIPS_PER_DAY: 3, s.MODELS: frozenset({"1.6"})}

    await housekeeping.keep(place.server.id, [Chosen(key, server, value) for key, value in changed.items()], by=1)
    after = await opened(mira, "here")
    models = await opened(mira, "models")
    await housekeeping.keep(place.server.id, [Chosen(key, server, None) for key in changed], by=1)

    assert "✅ Quality Pro: on" in before.text
    assert "of 7 used" in before.text
    assert "🚫 Quality Pro: off" in after.text
    assert "of 3 used" in after.text
    assert "Longest clip: 5 seconds" in after.text
    assert "Models that can be used: Kling 1.6" in after.text
    assert "5 s $0.26" in models.text
    assert "Pro" not in models.text
    assert "Kling 2.1" not in models.text


async def test_where_members_see_no_dollars_there_are_none(place: Community) -> None:
    mira, juno = place.mira.in_channel(place.room()), place.juno.in_channel(place.room())
    assert place.app is not None
    housekeeping = Housekeeping(place.app._store, OperatorLimits(allowance=Allowance()), place.clock)
    server = Scope(Level.SERVER, place.server.id)
    await housekeeping.keep(place.server.id, [Chosen(s.SEES_DOLLARS, server, SeesDollars.MANAGERS)], by=1)

    members, managers = await every_page(mira), await every_page(juno)
    await housekeeping.keep(place.server.id, [Chosen(s.SEES_DOLLARS, server, None)], by=1)

    assert "$" not in members
    assert "$0.26" in managers


async def test_it_is_read_in_direct_messages_with_the_rules_of_the_server_that_pays(place: Community) -> None:
    mira = place.mira.in_channel("dm")

    here = await opened(mira, "here")
    commands = await opened(mira, "commands")

    assert "**Egret Cove** pays" in here.text
    assert listed(commands) == {f"/{name}" for command in await direct(place) for name in leaves(command)}


async def direct(place: Community) -> list[JsonObject]:
    """Return the slash commands that Discord offers in direct messages."""
    offered = set(await place.mira.in_channel("dm").commands())
    return [one for one in await place.operator.commands() if one["type"] == 1 and text(one["name"]) in offered]


async def test_on_a_server_that_may_not_spend_it_says_so(place: Community) -> None:
    assert "The bot is not enabled" in (await opened(place.mira.in_channel("strand"), "here")).text


async def test_it_is_read_in_the_readers_language(place: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    invent_languages(monkeypatch)
    mira = place.mira.in_channel(place.room())
    await mira.set_locale("de")

    page = await opened(mira)
    commands = (await mira.choose(page, f"{GERMAN}{PAGES}", "commands")).expect_message()
    await mira.set_locale("en-US")

    assert is_german(page)
    assert f"{GERMAN}Make a video clip" in commands.text
