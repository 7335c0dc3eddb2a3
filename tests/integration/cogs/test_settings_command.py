"""/settings: for who manages the server, by lists, buttons and forms, and effective at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.catalog import Mode
from bot.community import settings as s
from bot.community.effective import Scope
from bot.community.housekeeping import MOST_WORDS, Chosen, listed
from bot.community.record import Level, RuleKey
from bot.jobs.limits import Allowance
from bot.jobs.model import Destination
from bot.jobs.preferences import Preferences
from bot.ui.custom_ids import Verb
from sandbox.discord.state import Role
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.integration.cogs.cove import Cove
from tests.integration.cogs.forms_driver import opened

CHANGE = "Change settings of the server"
ONE_CHANNEL = "Settings of one channel"
ONE_ROLE = "Settings of one role"
WHAT = "Pick what to change"
NO_MANAGER = "Manage Server"


@pytest.fixture
async def house(offline: Cove) -> AsyncIterator[Cove]:
    """A server that is set up, where a person may order five clips a day."""
    await offline.store.set_up(offline.guild.id, [], at=offline.world.clock.now())
    offline.use_house(Allowance(clips_per_day=5, server_microusd_per_month=20_000_000), retention_days=90)
    async with offline.online(offline.client):
        yield offline


async def hub(person: Person) -> SeenMessage:
    message = (await person.run("settings")).expect_message()
    assert message.ephemeral
    return message


async def setting(person: Person, group: str, name: str) -> SeenMessage:
    """Go from the first page to a setting of the server."""
    page = (await person.choose(await hub(person), CHANGE, group)).expect_message()
    return (await person.choose(page, WHAT, name)).expect_message()


async def typed(person: Person, page: SeenMessage, number: str) -> SeenMessage:
    form = await person.click(page, "Type a number")
    return (await person.submit(form, number=number)).expect_message()


async def stored(cove: Cove, name: str, level: Level = Level.SERVER, scope_id: int = 0) -> str | None:
    record = await cove.housekeeping.record(cove.guild.id)
    return record.rules.get(RuleKey(level, scope_id or cove.guild.id, name))


def role_named(cove: Cove, name: str) -> Role:
    return next(role for role in cove.guild.roles.values() if role.name == name)


def let_manage(cove: Cove, person: Person) -> None:
    cove.discord.operations.give_role(cove.guild, person.name, role_named(cove, "Moderators"))


async def form_models(person: Person) -> str:
    """Return what the form of a bare command lets be picked, all in one text."""
    return str((await person.run("video")).modal.raw)


def labels(message: SeenMessage) -> list[str]:
    return [clickable.label for clickable in message.clickables]


async def test_the_first_page_tells_what_holds_and_where_each_value_comes_from(house: Cove) -> None:
    await house.housekeeping.keep(
        house.guild.id, [Chosen(s.PRO, Scope(Level.SERVER, house.guild.id), value=False)], by=1
    )

    page = await hub(house.juno)

    assert "Clips per day: **5 clips** · operator's limit" in page.text
    assert "Quality Pro: **off** · set here" in page.text
    assert "Channels for clips: **everywhere** · not set" in page.text
    assert "Server's budget in dollars: **$20.00** · operator's limit" in page.text


async def test_who_does_not_manage_the_server_is_offered_no_such_command(house: Cove) -> None:
    assert "settings" in await house.juno.commands()
    assert "settings" not in await house.mira.commands()


async def test_who_no_longer_manages_the_server_changes_nothing(house: Cove) -> None:
    let_manage(house, house.theo)
    page = await setting(house.theo, "models", "pro")
    form = await house.theo.click(await setting(house.theo, "limits", "clips_per_day"), "Type a number")
    house.discord.operations.take_role(house.guild, "theo", role_named(house, "Moderators"))

    clicked = (await house.theo.click(page, "Off")).expect_message()
    sent = (await house.theo.submit(form, number="1")).expect_message()

    assert NO_MANAGER in clicked.text
    assert NO_MANAGER in sent.text
    assert (await house.housekeeping.record(house.guild.id)).rules == {}


async def test_a_switch_is_turned_off_and_goes_back(house: Cove) -> None:
    page = await setting(house.juno, "models", "pro")
    assert "Back to not set" not in labels(page)

    off = (await house.juno.click(page, "Off")).expect_message()
    assert (off.id, await stored(house, "pro")) == (page.id, "off")
    assert "Quality Pro: **off** · set here" in off.text

    back = (await house.juno.click(off, "Back to not set")).expect_message()
    assert "Quality Pro: **on** · not set" in back.text
    assert await stored(house, "pro") is None


async def test_a_number_is_typed_and_the_page_shows_it(house: Cove) -> None:
    page = await typed(house.juno, await setting(house.juno, "limits", "budget_microusd"), "7.50")

    assert "Server's budget in dollars: **$7.50** · set here" in page.text
    assert await stored(house, "budget_microusd") == "7500000"


async def test_more_than_the_operator_allows_is_refused_with_the_setting_the_limit_and_the_value(house: Cove) -> None:
    page = await typed(house.juno, await setting(house.juno, "limits", "clips_per_day"), "6")

    assert (
        "**Clips per day**: 6 clips is more than whoever runs the bot allows. At most 5 clips can be set." in page.text
    )
    assert await stored(house, "clips_per_day") is None


async def test_what_is_no_number_is_refused_in_words(house: Cove) -> None:
    page = await typed(house.juno, await setting(house.juno, "limits", "clips_per_day"), "a lot")

    assert "“a lot” is no whole number. Type one, such as 3." in page.text


async def test_channels_are_added_and_taken_away_by_lists(house: Cove) -> None:
    general, clips = str(house.channel_id("general")), str(house.channel_id("clips"))
    page = await setting(house.juno, "who", "allowed_channels")

    page = (await house.juno.choose(page, "Add channels", general, clips)).expect_message()
    assert f"Channels for clips: **<#{general}>, <#{clips}>** · set here" in page.text

    page = (await house.juno.choose(page, "Take away", general)).expect_message()
    assert f"Channels for clips: **<#{clips}>** · set here" in page.text
    refused = (await house.mira.in_channel("general").run("video", prompt="a red kite")).expect_message()
    assert f"Clips are not made in this channel. Go to <#{clips}>." in refused.text
    assert not (await house.mira.in_channel("clips").run("video", prompt="a red kite")).expect_message().ephemeral


async def test_a_channel_has_settings_of_its_own(house: Cove) -> None:
    clips = house.channel_id("clips")
    page = (await house.juno.choose(await hub(house.juno), ONE_CHANNEL, str(clips))).expect_message()
    assert f"Settings of the channel <#{clips}>" in page.text
    assert "budget" not in page.text

    page = (await house.juno.choose(page, WHAT, "length")).expect_message()
    page = (await house.juno.choose(page, "Pick one", "10")).expect_message()

    assert "Usual length: **10 seconds** · set here" in page.text
    assert await stored(house, "length", Level.CHANNEL, clips) == "10"
    back = (await house.juno.click(page, "Back")).expect_message()
    assert f"Settings of the channel <#{clips}>" in back.text
    await house.mira.in_channel("clips").run("video", prompt="a red kite")
    assert (await house.only_job(house.mira)).input.seconds == 10


async def test_a_role_has_limits_and_switches_of_its_own(house: Cove) -> None:
    patrons = house.discord.operations.add_role(house.guild, "Patrons").id
    page = (await house.juno.choose(await hub(house.juno), ONE_ROLE, str(patrons))).expect_message()
    assert "Clips per day: **5 clips** · operator's limit" in page.text

    page = await typed(house.juno, (await house.juno.choose(page, WHAT, "clips_per_day")).expect_message(), "2")

    assert await stored(house, "clips_per_day", Level.ROLE, patrons) == "2"
    assert "Back to the operator's" in labels(page)


async def test_models_are_picked_many_at_once_and_others_are_neither_offered_nor_taken(house: Cove) -> None:
    page = await setting(house.juno, "models", "models")
    page = (await house.juno.choose(page, "Pick one or more", "2.1", "1.6")).expect_message()

    assert "Models that can be used: **Kling 1.6, Kling 2.1** · set here" in page.text
    offered = await house.mira.autocomplete("video", "model")
    assert {suggestion.value for suggestion in offered} == {"2.1", "1.6"}
    assert "3.0" not in await form_models(house.mira)
    refused = (await house.mira.run("video", prompt="a red kite", model="3.0")).expect_message()
    assert "3.0 is not used here" in refused.text


async def test_buttons_and_forms_work_after_a_restart(offline: Cove) -> None:
    offline.use_house(Allowance(clips_per_day=5))
    async with offline.online(offline.client):
        page = await setting(offline.juno, "models", "pro")
        form = await offline.juno.click(await setting(offline.juno, "limits", "clips_per_day"), "Type a number")
    offline.use_house(Allowance(clips_per_day=5))
    async with offline.online(offline.client):
        page = (await offline.juno.click(page, "Off")).expect_message()
        filled = (await offline.juno.submit(form, number="2")).expect_message()

        assert "Quality Pro: **off**" in page.text
        assert "Clips per day: **2 clips** · set here" in filled.text


async def test_two_moderators_at_once_both_keep_what_they_set(house: Cove) -> None:
    let_manage(house, house.theo)
    hers = await setting(house.juno, "models", "pro")
    his = await setting(house.theo, "media", "lipsync")

    await asyncio.gather(house.juno.click(hers, "Off"), house.theo.click(his, "Off"))
    again = (await house.theo.click(await setting(house.theo, "models", "pro"), "On")).expect_message()

    assert "Quality Pro: **on** · set here" in again.text
    assert (await stored(house, "pro"), await stored(house, "lipsync")) == ("on", "off")
    changes = (await house.juno.click(await hub(house.juno), "Last changes")).expect_message()
    assert "changed **Quality Pro** · off → on" in changes.text
    assert f"<@{house.person_id(house.theo)}>" in changes.text


async def test_deleted_channels_are_shown_as_such_and_offered_to_be_removed(house: Cove) -> None:
    clips, general = house.channel_id("clips"), house.channel_id("general")
    await house.housekeeping.add(house.guild.id, s.ALLOWED_CHANNELS, [clips, general], by=1)
    await house.housekeeping.keep(house.guild.id, [Chosen(s.PRO, Scope(Level.CHANNEL, clips), value=False)], by=1)
    house.discord.operations.delete_channel(house.discord.operations.channel("clips"))
    await house.mira.run("video", prompt="a red kite")
    assert await house.only_job(house.mira)

    page = await hub(house.juno)
    assert f"⚠️ deleted ({clips})" in page.text
    page = (await house.juno.click(page, "Remove 2 settings of what is deleted")).expect_message()

    assert "deleted" not in page.text
    assert listed(await house.housekeeping.record(house.guild.id), s.ALLOWED_CHANNELS) == {general}
    assert await stored(house, "pro", Level.CHANNEL, clips) is None


async def test_a_hundred_roles_are_listed_in_short_and_can_be_taken_away(house: Cove) -> None:
    await house.housekeeping.add(house.guild.id, s.DENIED_ROLES, range(1000, 1100), by=1)

    page = await setting(house.juno, "who", "denied_roles")

    assert "and 95 more" in page.text
    take = page.clickable("Take away (75 more are not shown)")
    assert len(take.options) == 25
    await house.juno.choose(page, take.custom_id, *(value for _label, value in take.options))
    assert len(listed(await house.housekeeping.record(house.guild.id), s.DENIED_ROLES)) == 75


async def test_five_hundred_words_are_paged_and_more_are_refused(house: Cove) -> None:
    page = (await house.juno.click(await hub(house.juno), "Blocked words (0)")).expect_message()
    form = await house.juno.click(page, "Block words")
    words = "\n".join(f"w{number:03}" for number in range(MOST_WORDS))
    page = (await house.juno.submit(form, words=words)).expect_message()
    assert "500 words were added." in page.text
    assert "Page 20 of 20" in page.text

    form = await house.juno.click(page, "Block words")
    page = (await house.juno.submit(form, words="one more")).expect_message()
    assert "That would be 501 blocked words, and at most 500 are kept." in page.text

    page = (await house.juno.click(page, "Previous")).expect_message()
    page = (await house.juno.choose(page, "Take back words of this page", "w450", "w451")).expect_message()
    assert "2 words were taken back." in page.text
    refused = (await house.mira.run("video", prompt="the W452 at sea")).expect_message()
    assert "the word “w452” is not wanted on this server" in refused.text


async def test_permissions_are_checked_wherever_clips_can_be_made_and_where_reports_go(house: Cove) -> None:
    clips, general = house.channel_id("clips"), house.channel_id("general")
    await house.housekeeping.add(house.guild.id, s.ALLOWED_CHANNELS, [clips, general], by=1)
    await house.housekeeping.keep(
        house.guild.id, [Chosen(s.MOD_LOG, Scope(Level.SERVER, house.guild.id), general)], by=1
    )
    house.discord.operations.set_overwrite(house.discord.operations.channel("clips"), "bot", 0, 1 << 15)

    page = (await house.juno.click(await hub(house.juno), "Check permissions")).expect_message()

    assert f"⚠️ <#{clips}>: **Attach Files**" in page.text
    assert f"✅ <#{general}>\n" in page.text
    assert f"✅ <#{general}> (reports)" in page.text


async def test_who_manages_the_server_reaches_it_though_denied_and_elsewhere(house: Cove) -> None:
    moderators = role_named(house, "Moderators")
    await house.housekeeping.add(house.guild.id, s.DENIED_ROLES, [moderators.id], by=1)
    await house.housekeeping.add(house.guild.id, s.ALLOWED_CHANNELS, [house.channel_id("clips")], by=1)

    assert "This server's settings" in (await hub(house.juno)).text


async def test_settings_changed_while_a_job_waits_leave_it_as_it_was_ordered(house: Cove) -> None:
    await house.mira.run("video", prompt="a red kite", quality="pro")
    ordered = await house.only_job(house.mira)

    await house.juno.click(await setting(house.juno, "models", "pro"), "Off")

    done = await house.finish(ordered)
    assert (done.mode, done.state) == ("pro", "succeeded")
    refused = (await house.mira.run("video", prompt="a red kite again", quality="pro")).expect_message()
    assert "Pro is switched off here" in refused.text


async def test_what_was_tampered_with_changes_nothing(house: Cove) -> None:
    page = await setting(house.juno, "results", "results")
    message = house.discord.world.find_message(page.id)
    assert message is not None
    (select,) = [c for row in message.components for c in row["components"] if c["type"] == 3]
    select["options"].append({"label": "x", "value": "the-moon"})

    answer = (await house.juno.choose(page, "Pick one", "the-moon")).expect_message()

    assert answer.id != page.id
    assert await stored(house, "results") is None


async def test_a_bare_command_buys_what_the_house_permits(house: Cove) -> None:
    page = await setting(house.juno, "models", "models")
    await house.juno.choose(page, "Pick one or more", "2.1")

    await house.mira.run("video", prompt="a red kite")

    assert (await house.only_job(house.mira)).model == "2.1"


async def test_lengths_and_qualities_that_are_not_permitted_are_not_offered(house: Cove) -> None:
    await house.juno.choose(await setting(house.juno, "models", "max_length"), "Pick one", "5")
    await house.juno.click(await setting(house.juno, "models", "pro"), "Off")

    lengths = await house.mira.autocomplete("video", "length", model="1.6")
    qualities = await house.mira.autocomplete("video", "quality")

    assert [suggestion.value for suggestion in lengths] == [5]
    assert [suggestion.value for suggestion in qualities] == ["std"]


async def test_a_saved_choice_that_is_not_permitted_here_gives_way(house: Cove) -> None:
    chosen = Preferences(model="3.0", mode=Mode.PRO, seconds=10)
    await house.world.service.set_preferences(house.person_id(house.mira), chosen)
    await house.juno.choose(await setting(house.juno, "models", "models"), "Pick one or more", "1.6")
    await house.juno.choose(await setting(house.juno, "models", "max_length"), "Pick one", "5")
    await house.juno.click(await setting(house.juno, "models", "pro"), "Off")

    await house.mira.run("video", prompt="a red kite")

    job = await house.only_job(house.mira)
    assert (job.model, job.mode, job.input.seconds) == ("1.6", "std", 5)


async def test_edit_of_a_clip_that_could_not_be_made_any_more_offers_what_can(house: Cove) -> None:
    clip = await house.finished_clip(house.mira, quality="pro")
    await house.juno.click(await setting(house.juno, "models", "pro"), "Off")

    form = await opened(house, Verb.EDIT, clip)
    offer = (await house.mira.submit(form, prompt="a blue kite")).expect_message()
    await house.mira.click(offer, "Run")
    await asyncio.wait_for(house.client.commands_finished(), 5)

    made = [job for job in await house.running(house.mira) if job.id != clip.id]
    assert [(job.mode, job.prompt) for job in made] == [("std", "a blue kite")]


async def test_results_go_where_the_server_wants_them_unless_the_person_chose(house: Cove) -> None:
    await house.juno.choose(await setting(house.juno, "results", "results"), "Pick one", "thread")
    await house.mira.run("video", prompt="a red kite")
    await house.world.service.set_preferences(house.person_id(house.theo), Preferences(destination=Destination.DIRECT))
    await house.theo.run("video", prompt="a blue kite")

    assert (await house.only_job(house.mira)).place.destination is Destination.THREAD
    assert (await house.only_job(house.theo)).place.destination is Destination.DIRECT


async def test_what_everybody_sees_is_in_the_language_that_is_set(house: Cove) -> None:
    await house.juno.choose(await setting(house.juno, "results", "language"), "Pick one", "de")

    await house.mira.run("video", prompt="a red kite")

    job = await house.only_job(house.mira)
    assert (job.place.public_locale, job.place.locale) == ("de", "en-US")


async def test_a_role_that_is_deleted_limits_nobody_any_more(house: Cove) -> None:
    trial = house.discord.operations.add_role(house.guild, "Trial")
    chosen = Chosen(s.CLIPS_PER_DAY, Scope(Level.ROLE, trial.id), 0)
    await house.housekeeping.keep(house.guild.id, [chosen], by=1)
    house.discord.operations.give_role(house.guild, "mira", trial)
    refused = (await house.mira.run("video", prompt="a red kite")).expect_message()
    assert refused.ephemeral

    house.discord.operations.delete_role(house.guild, trial)
    await house.mira.run("video", prompt="a red kite")

    assert await house.only_job(house.mira)
    assert f"Roles: ⚠️ deleted ({trial.id})" in (await hub(house.juno)).text
