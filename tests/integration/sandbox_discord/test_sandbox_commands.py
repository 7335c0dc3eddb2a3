from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands

from sandbox.discord.clock import MINUTE, SECOND
from sandbox.person import LocalFile, Person, RequestRefused

if TYPE_CHECKING:
    from sandbox.discord import DiscordSandbox
    from tests.integration.sandbox_discord.conftest import Bot, Raw, Running

Interaction = discord.Interaction[discord.Client]


def add_video(bot: Bot) -> list[Interaction]:
    """A command with every kind of option that matters; returns the interactions it got."""
    seen: list[Interaction] = []

    @bot.tree.command(description="Make a clip")
    async def video(
        interaction: Interaction,
        prompt: app_commands.Range[str, 1, 20],
        image: discord.Attachment | None = None,
        length: app_commands.Range[int, 5, 10] = 5,
        person: discord.Member | None = None,
        loud: bool = False,
    ) -> None:
        seen.append(interaction)
        size = "no picture" if image is None else f"{image.width}x{image.height} {image.ephemeral}"
        await interaction.response.send_message(f"{prompt}, {length} s, {size}, {person}, {loud}")

    @video.autocomplete("length")
    async def lengths(interaction: Interaction, typed: int) -> list[app_commands.Choice[int]]:
        words = str(interaction.namespace.prompt)
        return [app_commands.Choice(name=f"{words}: {n} s", value=n) for n in (5, 10)]

    return seen


async def test_a_slash_command_reaches_the_bot_with_its_options_resolved(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, picture: LocalFile
) -> None:
    seen = add_video(bot)
    async with running(bot):
        outcome = await mira.run("video", prompt="a storm", image=picture, length=10, person="theo", loud=True)

    assert outcome.kind == "message"
    assert outcome.expect_message().content == "a storm, 10 s, 400x300 True, theo, True"
    assert outcome.expect_message().raw["type"] == 20
    interaction = seen[0]
    assert not interaction.is_expired()
    assert interaction.user.name == "mira"
    assert interaction.permissions.send_messages
    assert interaction.app_permissions.attach_files
    assert not interaction.app_permissions.manage_messages
    assert interaction.filesize_limit == 10 * 1024 * 1024
    assert local.problems == []


async def test_autocomplete_sees_the_options_filled_in_before(bot: Bot, running: Running, mira: Person) -> None:
    add_video(bot)
    async with running(bot):
        suggestions = await mira.autocomplete("video", "length", "1", prompt="a storm")

    assert [(s.name, s.value) for s in suggestions] == [("a storm: 5 s", 5), ("a storm: 10 s", 10)]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "prompt"),
        ({"prompt": "x" * 21}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": "a", "length": 4}, "length"),
        ({"prompt": "a", "length": "ten"}, "length"),
        ({"prompt": "a", "colour": "red"}, "colour"),
    ],
)
async def test_the_client_refuses_what_discords_client_would(
    bot: Bot, running: Running, mira: Person, options: dict[str, Any], field: str
) -> None:
    add_video(bot)
    async with running(bot):
        with pytest.raises(RequestRefused) as refused:
            await mira.run("video", options)

    assert (refused.value.status, refused.value.field) == (422, field)


async def test_file_type_filters_are_kept_and_enforced_by_extension(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, picture: LocalFile
) -> None:
    add_video(bot)
    async with running(bot):
        payload = [command.to_dict(bot.tree) for command in bot.tree.get_commands()]
        payload[0]["options"][1]["file_types"] = ["image"]
        await bot.http.bulk_upsert_global_commands(bot.application_id or 0, payload)
        accepted = await mira.run("video", prompt="a", image=picture)
        with pytest.raises(RequestRefused) as refused:
            await mira.run("video", prompt="a", image=LocalFile("notes.pdf", b"%PDF"))

    assert accepted.kind == "message"
    assert refused.value.field == "image"


async def test_the_commands_put_answers_whole_objects_and_keeps_ids_and_unchanged_versions(raw: Raw) -> None:
    _, application = await raw("GET", "/oauth2/applications/@me")
    path = f"/applications/{application['id']}/commands"
    body = [{"name": "video", "description": "Make a clip"}, {"name": "Extend", "type": 3}]

    status, first = await raw("PUT", path, body)
    _, second = await raw("PUT", path, [body[0], {**body[1], "name": "Lengthen"}])

    assert status == 200
    assert [command["type"] for command in first] == [1, 3]
    assert second[0] == first[0]
    assert second[1]["id"] != first[1]["id"]
    assert (await raw("GET", path))[1] == second


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"name": "Video", "description": "x"}, "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "two words", "description": "x"}, "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "video"}, "BASE_TYPE_REQUIRED"),
        ({"name": "x" * 33, "description": "x"}, "BASE_TYPE_MAX_LENGTH"),
        ({"name": "video", "description": "x" * 101}, "BASE_TYPE_MAX_LENGTH"),
        ({"name": "video", "description": "x", "colour": 1}, "UNKNOWN_KEY"),
        ({"name": "Extend", "type": 3, "description": "x"}, "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION"),
        (
            {
                "name": "video",
                "description": "x",
                "options": [
                    {"type": 3, "name": "a", "description": "x"},
                    {"type": 3, "name": "b", "description": "x", "required": True},
                ],
            },
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (
            {
                "name": "video",
                "description": "x",
                "options": [
                    {
                        "type": 3,
                        "name": "a",
                        "description": "x",
                        "choices": [{"name": str(n), "value": str(n)} for n in range(26)],
                    }
                ],
            },
            "BASE_TYPE_MAX_LENGTH",
        ),
    ],
)
async def test_a_badly_formed_command_is_refused(
    raw: Raw, local: DiscordSandbox, command: dict[str, Any], code: str
) -> None:
    status, answer = await raw("PUT", f"/applications/{local.world.application.id}/commands", [command])

    assert (status, answer["code"]) == (400, 50035)
    assert code in str(answer["errors"])
    assert len(local.problems) == 1


async def test_a_bot_that_answers_late_is_told_unknown_interaction_and_the_person_sees_no_response(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    arrived, late, told = asyncio.Event(), asyncio.Event(), asyncio.Event()
    refused: list[discord.NotFound] = []

    @bot.tree.command(description="Slow")
    async def slow(interaction: Interaction) -> None:
        arrived.set()
        await late.wait()
        try:
            await interaction.response.send_message("at last")
        except discord.NotFound as error:
            refused.append(error)
            told.set()

    async with running(bot):
        interaction = await mira.begin("slow")
        await arrived.wait()
        local.clock.advance(3 * SECOND)
        outcome = await mira.outcome(interaction)
        late.set()
        await told.wait()

    assert outcome.failed
    assert outcome.message is None
    assert refused[0].code == 10062


async def test_a_withheld_interaction_fails_for_the_person_without_reaching_the_bot(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    seen = add_video(bot)
    async with running(bot):
        local.interactions.withhold = 1
        interaction = await mira.begin("video", prompt="a storm")
        local.clock.advance(3 * SECOND)

        assert (await mira.outcome(interaction)).failed
        assert seen == []
        assert (await mira.run("video", prompt="again")).kind == "message"


async def test_without_a_connected_bot_the_application_does_not_respond(
    local: DiscordSandbox, raw: Raw, mira: Person
) -> None:
    await raw(
        "PUT",
        f"/applications/{local.world.application.id}/commands",
        [{"name": "video", "description": "Make a clip"}],
    )
    interaction = await mira.begin("video")
    local.clock.advance(3 * SECOND)

    assert (await mira.outcome(interaction)).failed


async def test_a_second_answer_is_refused_and_a_foreign_token_is_unknown(
    bot: Bot, running: Running, mira: Person, raw: Raw
) -> None:
    seen = add_video(bot)
    async with running(bot):
        await mira.run("video", prompt="a storm")
        answer = {"type": 4, "data": {"content": "again"}}
        callback = f"/interactions/{seen[0].id}/{seen[0].token}/callback"

        assert (await raw("POST", callback, answer))[1]["code"] == 40060
        assert (await raw("POST", f"/interactions/{seen[0].id}/other/callback", answer))[1]["code"] == 10062
        status, body = await raw("POST", f"/webhooks/{bot.application_id}/other", {"content": "x"})
        assert (status, body["code"]) == (404, 10015)


async def test_a_token_works_for_fifteen_minutes(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    seen = add_video(bot)
    async with running(bot):
        await mira.run("video", prompt="a storm")
        local.clock.advance(14 * MINUTE)
        await seen[0].edit_original_response(content="still here")
        local.clock.advance(1 * MINUTE)
        with pytest.raises(discord.HTTPException) as expired:
            await seen[0].edit_original_response(content="too late")
        with pytest.raises(discord.HTTPException) as no_follow_up:
            await seen[0].followup.send("too late")

    assert (expired.value.status, expired.value.code) == (401, 50027)
    assert no_follow_up.value.code == 50027
    assert [message.content for message in await mira.messages()] == ["still here"]


async def test_the_first_follow_up_after_a_deferral_edits_the_loading_message(
    bot: Bot, running: Running, mira: Person, theo: Person
) -> None:
    proceed = asyncio.Event()

    @bot.tree.command(description="Slow")
    async def slow(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await proceed.wait()
        await interaction.followup.send("first", ephemeral=False)
        await interaction.followup.send("second")

    async with running(bot):
        deferred = await mira.run("slow")
        proceed.set()
        messages = await mira.wait_until(lambda found: len(found) == 2)

    assert deferred.kind == "thinking"
    assert deferred.expect_message().loading
    assert messages[0].id == deferred.expect_message().id
    assert [(m.content, m.ephemeral, m.loading) for m in messages] == [
        ("first", True, False),
        ("second", False, False),
    ]
    assert messages[1].reference_id == messages[0].id
    assert [message.content for message in await theo.messages()] == ["second"]


async def test_an_ephemeral_answer_is_for_its_reader_alone(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, theo: Person, raw: Raw
) -> None:
    @bot.tree.command(description="Whisper")
    async def whisper(interaction: Interaction) -> None:
        await interaction.response.send_message("psst", ephemeral=True)

    async with running(bot):
        told = (await mira.run("whisper")).expect_message()

    assert told.ephemeral
    assert [message.content for message in await mira.messages()] == ["psst"]
    assert await theo.messages() == []
    status, body = await raw("GET", f"/channels/{told.channel_id}/messages/{told.id}")
    assert (status, body["code"]) == (404, 10008)
    assert [m["content"] for m in local.operations.messages(local.operations.channel("general"))] == ["psst"]


async def test_the_original_response_can_be_fetched_edited_and_deleted(
    bot: Bot, running: Running, mira: Person
) -> None:
    seen = add_video(bot)
    async with running(bot):
        shown = (await mira.run("video", prompt="a storm")).expect_message()
        fetched = await seen[0].original_response()
        await fetched.edit(content="changed")
        edited = await mira.message(shown)
        await seen[0].delete_original_response()

    assert fetched.id == shown.id
    assert (edited.content, edited.edits) == ("changed", 1)
    assert await mira.messages() == []


async def test_an_answer_may_carry_a_file_and_the_limit_of_the_server(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, picture: LocalFile
) -> None:
    local.operations.set_premium_tier(local.operations.guild("Egret Cove"), 2)
    limits: list[int] = []

    @bot.tree.command(description="Show")
    async def show(interaction: Interaction) -> None:
        limits.append(interaction.filesize_limit)
        await interaction.response.send_message(file=discord.File(io.BytesIO(b"clip"), "clip.mp4", description="alt"))

    async with running(bot):
        shown = (await mira.run("show")).expect_message()

    assert limits == [50 * 1024 * 1024]
    assert [(a.filename, a.description) for a in shown.attachments] == [("clip.mp4", "alt")]


async def test_subcommands_arrive_nested_and_permissions_hide_commands(
    bot: Bot, running: Running, mira: Person, local: DiscordSandbox
) -> None:
    group = app_commands.Group(
        name="settings", description="Settings", default_permissions=discord.Permissions(manage_guild=True)
    )

    @group.command(description="Show them")
    async def show(interaction: Interaction, area: str) -> None:
        await interaction.response.send_message(f"{interaction.command.qualified_name} {area}")  # type: ignore[union-attr]

    bot.tree.add_command(group)
    async with running(bot), Person(local.person_url, "juno") as juno:
        outcome = await juno.run("settings show", area="quota")
        assert await mira.commands() == []
        with pytest.raises(RequestRefused):
            await mira.run("settings show", area="quota")

    assert outcome.expect_message().content == "settings show quota"


async def test_commands_in_a_direct_message_have_a_user_and_no_guild(bot: Bot, running: Running, mira: Person) -> None:
    seen = add_video(bot)

    @bot.tree.command(description="Not here")
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def guildly(interaction: Interaction) -> None:
        await interaction.response.send_message("no")

    async with running(bot):
        direct = mira.in_channel("dm")
        outcome = await direct.run("video", prompt="a storm")
        names = await direct.commands()

    assert outcome.kind == "message"
    assert seen[0].guild_id is None
    assert isinstance(seen[0].user, discord.User)
    assert isinstance(seen[0].channel, discord.DMChannel)
    assert seen[0].app_permissions.attach_files
    assert names == ["video"]


async def test_a_message_command_gets_its_targets_content(
    bot: Bot, running: Running, mira: Person, theo: Person, picture: LocalFile
) -> None:
    @bot.tree.context_menu(name="Extend this video")
    async def extend(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{message.content} {message.attachments[0].filename}")

    async with running(bot):
        spoken = await theo.send("look at this", files=[picture])
        heard = await bot.heard.get()
        outcome = await mira.run_on(spoken, "Extend this video")

    assert heard.content == ""
    assert heard.attachments == []
    assert outcome.expect_message().content == "look at this harbour.png"
    assert outcome.expect_message().reference_id == spoken.id


async def test_locale_of_the_person_and_the_server_are_told(bot: Bot, running: Running, mira: Person) -> None:
    seen = add_video(bot)
    async with running(bot):
        await mira.set_locale("de")
        await mira.run("video", prompt="ein Sturm")

    assert seen[0].locale is discord.Locale.german
    assert seen[0].guild_locale is discord.Locale.american_english


async def test_the_bot_hears_of_its_ephemeral_messages_as_if_they_were_direct(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    events: list[Any] = []

    @bot.tree.command(description="Whisper")
    async def whisper(interaction: Interaction) -> None:
        await interaction.response.send_message("psst", ephemeral=True)

    class Listener:
        def on_exchange(self, exchange: object) -> None: ...

        def on_event(self, payload: Any) -> None:
            events.append(payload)

    async with running(bot):
        local.observe(Listener())
        await mira.run("whisper")

    (created,) = [event["d"] for event in events if event["t"] == "MESSAGE_CREATE"]
    assert created["flags"] == 64
    assert not {"guild_id", "member"} & set(created)
