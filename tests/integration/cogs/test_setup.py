"""Setting a server up, as its owner: step by step, kept at once, and tried for real."""

from __future__ import annotations

import pytest

from bot.community import settings as s
from bot.community.record import Level, RuleKey
from bot.jobs.limits import Allowance
from sandbox.discord.permissions import Permission
from sandbox.person import Person
from sandbox.seen import SeenMessage
from tests.integration.cogs.cove import Cove

CHANNELS = "Pick channels"
ROLES = "Pick roles"
REPORTS = "Pick a channel"
TEST = "Test a channel: a small file is posted and taken away, free of charge"
LET_IN = "Let members make clips"


@pytest.fixture
async def cove(offline: Cove):
    """A server in which the bot has just come online, where settings hold; its month has a ceiling of $100."""
    offline.use_house(Allowance(server_microusd_per_month=100_000_000, clips_per_day=20))
    async with offline.online(offline.client):
        yield offline


async def begin(person: Person) -> SeenMessage:
    page = (await person.run("setup")).expect_message()
    assert page.ephemeral
    return page


async def press(person: Person, page: SeenMessage, *labels: str) -> SeenMessage:
    """Press one button after the other, each on what the one before it left."""
    for label in labels:
        changed = (await person.click(page, label)).expect_message()
        assert changed.id == page.id
        page = changed
    return page


async def ready(person: Person) -> SeenMessage:
    return await press(person, await begin(person), *["Next"] * 5)


def labels(page: SeenMessage) -> list[str]:
    return [item.label for item in page.clickables]


def moderators(cove: Cove) -> int:
    return next(role.id for role in cove.guild.roles.values() if role.name == "Moderators")


async def rules(cove: Cove) -> dict[str, str]:
    record = await cove.store.house(cove.guild.id)
    assert all((key.level, key.scope_id) == (Level.SERVER, cove.guild.id) for key in record.rules)
    return {key.name: value for key, value in record.rules.items()}


async def is_set_up(cove: Cove) -> bool:
    return (await cove.store.house(cove.guild.id)).set_up_at is not None


async def test_each_step_shows_what_holds_and_none_has_to_be_answered(cove: Cove):
    page = await begin(cove.juno)
    heads = []
    for _ in range(5):
        heads.append(page.text.splitlines()[0])
        page = await press(cove.juno, page, "Next")

    assert heads == [
        "**💬 Where can members make clips?** · 1 of 5",
        "**👥 Who can make clips?** · 2 of 5",
        "**💰 How much can this server spend in a month?** · 3 of 5",
        "**👤 How much can one member make?** · 4 of 5",
        "**📋 Where do reports go?** · 5 of 5",
    ]
    assert "Ready?" in page.text
    assert "Server's budget in dollars: $100.00" in page.text
    assert "Clips per day: 20 clips" in page.text
    assert await rules(cove) == {}


async def test_channels_are_kept_at_once_and_stand_picked_when_the_step_is_opened_again(cove: Cove):
    clips = str(cove.channel_id("clips"))
    page = (await cove.juno.choose(await begin(cove.juno), CHANNELS, clips)).expect_message()
    assert f"<#{clips}>" in page.text
    assert "Saved." in page.text
    assert await rules(cove) == {"allowed_channels": clips}

    again = await begin(cove.juno)
    (channels,) = [row["components"][0] for row in again.raw["components"] if row["components"][0]["type"] == 8]
    assert channels["default_values"] == [{"id": clips, "type": "channel"}]

    cleared = await press(cove.juno, again, "Every channel")
    assert "everywhere" in cleared.text
    assert await rules(cove) == {}


async def test_roles_and_the_channel_for_reports_are_picked_the_same_way(cove: Cove):
    page = await press(cove.juno, await begin(cove.juno), "Next")
    page = (await cove.juno.choose(page, ROLES, str(moderators(cove)))).expect_message()
    assert f"<@&{moderators(cove)}>" in page.text

    page = await press(cove.juno, page, "Next", "Next", "Next")
    page = (await cove.juno.choose(page, REPORTS, str(cove.channel_id("clips")))).expect_message()
    assert "Saved." in page.text
    assert await rules(cove) == {
        "allowed_roles": str(moderators(cove)),
        "mod_log": str(cove.channel_id("clips")),
    }
    assert moderators(cove) not in page.pinged


async def test_a_budget_is_typed_within_what_the_operator_allows(cove: Cove):
    page = await press(cove.juno, await begin(cove.juno), "Next", "Next")
    assert "At most, by whoever runs the bot: Server's budget in dollars: $100.00" in page.text

    form = await cove.juno.click(page, "Change")
    too_much = (await cove.juno.submit(form, budget_microusd="100.01")).expect_message()
    assert "At most $100.00 can be set" in too_much.text
    assert await rules(cove) == {}

    form = await cove.juno.click(page, "Change")
    nonsense = (await cove.juno.submit(form, budget_microusd="plenty")).expect_message()
    assert "is no amount" in nonsense.text

    form = await cove.juno.click(page, "Change")
    page = (await cove.juno.submit(form, budget_microusd="$25,5", budget_clips="40")).expect_message()
    assert "$25.50" in page.text
    assert await rules(cove) == {"budget_microusd": "25500000", "budget_clips": "40"}

    form = await cove.juno.click(page, "Change")
    assert form.modal is not None
    assert form.modal.values == {"budget_microusd": "25.50", "budget_clips": "40"}
    page = (await cove.juno.submit(form, budget_microusd="", budget_clips="")).expect_message()
    assert await rules(cove) == {}
    assert "$100.00" in page.text


async def test_limits_of_one_member_are_typed_together(cove: Cove):
    page = await press(cove.juno, await begin(cove.juno), "Next", "Next", "Next")
    form = await cove.juno.click(page, "Change")
    await cove.juno.submit(form, clips_per_day="3", clips_per_month="30", running="1")
    assert await rules(cove) == {"clips_per_day": "3", "clips_per_month": "30", "running": "1"}


async def test_who_changed_what_is_remembered(cove: Cove):
    await cove.juno.choose(await begin(cove.juno), CHANNELS, str(cove.channel_id("clips")))
    await press(cove.juno, await ready(cove.juno), LET_IN)
    lines = await cove.store.audited(cove.guild.id, 10)
    assert [(line.action, line.subject, line.actor_id) for line in lines] == [
        ("set_up", "server", cove.person_id(cove.juno)),
        ("setting", "allowed_channels", cove.person_id(cove.juno)),
    ]


async def test_it_goes_on_where_it_was_after_a_restart(offline: Cove):
    offline.use_house()
    async with offline.online(offline.client):
        page = await press(offline.juno, await begin(offline.juno), "Next", "Next")
    async with offline.online(offline.new_client()):
        form = await offline.juno.click(page, "Change")
        page = (await offline.juno.submit(form, budget_microusd="5")).expect_message()
        assert "$5.00" in page.text
        page = await press(offline.juno, page, "Next", "Next", "Next", LET_IN)
        assert await is_set_up(offline)


async def test_until_it_is_set_up_only_who_manages_the_server_can_spend(cove: Cove):
    refused = (await cove.mira.run("video", prompt="a red kite")).expect_message()
    assert refused.ephemeral
    assert "not set up on this server yet" in refused.text
    assert "`/setup`" in refused.text
    assert await cove.nothing_stored()

    card = (await cove.juno.run("video", prompt="a red kite")).expect_message()
    assert not card.ephemeral

    await press(cove.juno, await ready(cove.juno), LET_IN)
    card = (await cove.mira.run("video", prompt="a blue kite")).expect_message()
    assert not card.ephemeral


async def test_members_neither_see_the_command_nor_get_through_with_its_button(cove: Cove):
    assert "setup" not in await cove.mira.commands()
    assert "setup" in await cove.juno.commands()
    cove.discord.world.guilds[cove.guild.id].members[cove.person_id(cove.theo)].roles.append(moderators(cove))
    page = await begin(cove.theo)
    cove.discord.world.guilds[cove.guild.id].members[cove.person_id(cove.theo)].roles.clear()

    refused = (await cove.theo.click(page, "Next")).expect_message()

    assert "Manage Server" in refused.text
    assert refused.id != page.id


async def test_of_two_managers_at_once_one_lets_members_in_and_the_other_is_told(cove: Cove):
    cove.guild.members[cove.person_id(cove.theo)].roles.append(moderators(cove))
    first, second = await ready(cove.juno), await ready(cove.theo)

    first = await press(cove.juno, first, LET_IN)
    second = await press(cove.theo, second, LET_IN)

    assert "members can make clips now" in first.text
    assert "set up already" in second.text
    assert LET_IN not in labels(second)
    assert [line.actor_id for line in await cove.store.audited(cove.guild.id, 10)] == [cove.person_id(cove.juno)]


async def test_two_managers_see_each_others_choices_with_the_next_page(cove: Cove):
    cove.guild.members[cove.person_id(cove.theo)].roles.append(moderators(cove))
    page = await begin(cove.theo)
    await cove.juno.choose(await begin(cove.juno), CHANNELS, str(cove.channel_id("clips")))

    page = await press(cove.theo, page, "Next", "Back")

    assert f"<#{cove.channel_id('clips')}>" in page.text


async def test_a_channel_is_tried_with_a_file_that_is_taken_away(cove: Cove):
    page = await ready(cove.juno)
    clips = cove.channel_id("clips")
    before = len(cove.discord.world.channels[clips].messages)

    page = (await cove.juno.choose(page, TEST, str(clips))).expect_message()

    assert f"✅ <#{clips}>: posting a file, finding it again and taking it away all worked." in page.text
    assert "Ready?" in page.text
    (posted,) = list(cove.discord.world.channels[clips].messages.values())[before:]
    assert [file.filename for file in posted.attachments] == ["egret-test.txt"]
    assert posted.deleted_at is not None
    assert await cove.nothing_stored()


@pytest.mark.parametrize(
    ("without", "failed", "named"),
    [
        (Permission.ATTACH_FILES, "refused posting a file", "**Attach Files**"),
        (Permission.SEND_MESSAGES, "refused posting a file", "**Send Messages**"),
        (Permission.READ_MESSAGE_HISTORY, "refused finding it again", "**Read Message History**"),
        (Permission.EMBED_LINKS, "would not look as it should", "**Embed Links**"),
        (Permission.VIEW_CHANNEL, "refused posting a file", "**View Channel**"),
    ],
)
async def test_what_fails_is_said_with_the_permission_to_give(cove: Cove, without: Permission, failed: str, named: str):
    page = await ready(cove.juno)
    clips = cove.discord.operations.channel("clips")
    cove.discord.operations.set_overwrite(clips, "bot", 0, int(without))

    page = (await cove.juno.choose(page, TEST, str(clips.id))).expect_message()

    assert failed in page.text
    assert named in page.text
    assert all(message.deleted_at is not None for message in clips.messages.values())


async def test_a_channel_outside_of_those_allowed_is_tried_and_said_to_be_outside(cove: Cove):
    await cove.juno.choose(await begin(cove.juno), CHANNELS, str(cove.channel_id("clips")))
    page = await ready(cove.juno)
    page = (await cove.juno.choose(page, TEST, str(cove.channel_id("general")))).expect_message()
    assert "not among those where members can make clips" in page.text


async def test_the_first_clip_says_its_price_and_is_bought_by_sending_its_form(cove: Cove):
    page = await ready(cove.juno)
    button = next(label for label in labels(page) if label.startswith("Make the first clip"))
    assert button == "Make the first clip: $0.26"

    form = await cove.juno.click(page, button)
    assert form.modal is not None
    assert form.modal.values["prompt"] == "A white egret takes off from a misty lake at sunrise"
    answer = (await cove.juno.submit(form)).expect_message()

    assert "On its way as" in answer.text
    job = await cove.only_job(cove.juno)
    assert job.price_microusd == 260_000


async def test_a_how_to_is_posted_for_all_once_and_notifies_nobody(cove: Cove):
    await cove.juno.choose(await begin(cove.juno), CHANNELS, str(cove.channel_id("general")))
    page = await ready(cove.juno)
    page = (await cove.juno.click(page, "Post a how-to here")).expect_message()
    await cove.juno.click(page, "Post a how-to here")

    assert "Pin Message" in page.text
    (howto,) = [m for m in await cove.mira.messages() if "How to make video clips here" in m.text]
    assert not howto.ephemeral
    assert howto.pinged == ()
    assert "$0.26" in howto.text
    assert "You can make 20 clips a day." in howto.text
    assert f"<#{cove.channel_id('general')}>" in howto.text


async def test_a_how_to_names_no_price_where_members_are_not_to_see_dollars(cove: Cove):
    key = RuleKey(Level.SERVER, cove.guild.id, s.SEES_DOLLARS.name)
    await cove.store.change_rules(cove.guild.id, {key: "managers"}, [], by=1, at=1)
    await cove.juno.click(await ready(cove.juno), "Post a how-to here")
    (howto,) = [m for m in await cove.mira.messages() if "How to make video clips here" in m.text]
    assert "$" not in howto.text


async def test_a_how_to_is_refused_where_the_bot_may_not_post(cove: Cove):
    page = await ready(cove.juno)
    general = cove.discord.operations.channel("general")
    cove.discord.operations.set_overwrite(general, "bot", 0, int(Permission.SEND_MESSAGES))
    refused = (await cove.juno.click(page, "Post a how-to here")).expect_message()
    assert "**Send Messages**" in refused.text


async def test_a_server_that_may_not_spend_is_told_so(cove: Cove):
    strand = cove.juno.in_channel("strand")
    refused = (await strand.run("setup")).expect_message()
    assert refused.ephemeral
    assert "SERVERS" in refused.text or "not enabled" in refused.text


async def test_a_channel_or_role_that_is_gone_is_said_to_be_and_not_picked(cove: Cove):
    await cove.juno.choose(await begin(cove.juno), CHANNELS, str(cove.channel_id("clips")))
    cove.discord.operations.delete_channel(cove.discord.operations.channel("clips"))
    page = await begin(cove.juno)
    assert "deleted" in page.text
    (channels,) = [row["components"][0] for row in page.raw["components"] if row["components"][0]["type"] == 8]
    assert not channels.get("default_values")


async def test_more_channels_than_one_list_shows_are_left_to_the_settings(cove: Cove):
    many = " ".join(str(cove.channel_id("clips") + number) for number in range(30))
    key = RuleKey(Level.SERVER, cove.guild.id, s.ALLOWED_CHANNELS.name)
    await cove.store.change_rules(cove.guild.id, {key: many}, [], by=1, at=1)
    page = await begin(cove.juno)
    assert "change them in `/settings`" in page.text
    assert CHANNELS not in labels(page)
