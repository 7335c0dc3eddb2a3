from __future__ import annotations

import asyncio
import io
import re
from typing import TYPE_CHECKING, Any, Self

import discord
import pytest

from sandbox.person import LocalFile, Person, RequestRefused

if TYPE_CHECKING:
    from sandbox.discord import DiscordSandbox
    from sandbox.discord.state import Channel
    from tests.integration.sandbox_discord.conftest import Bot, Raw, Running

Interaction = discord.Interaction[discord.Client]


class Verb(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"k1:(?P<verb>\w+):(?P<job>\d+)"):
    """A button that needs no memory: all it knows is in its custom id."""

    pressed: asyncio.Queue[tuple[str, int, Interaction]]

    def __init__(self, verb: str, job: int, label: str) -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"k1:{verb}:{job}"))
        self.verb, self.job = verb, job

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["verb"], int(match["job"]), "")

    async def callback(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"{self.verb} {self.job}")


def result_view(job: int) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(Verb("extend", job, "Extend"))
    view.add_item(discord.ui.Button(label="Original", url="https://example.com/clip.mp4"))
    return view


async def test_a_button_on_a_message_never_seen_before_reaches_its_dynamic_item(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    bot.add_dynamic_items(Verb)
    async with running(bot):
        await bot.text_channel("general").send("done", view=result_view(7))
        shown = await mira.wait_for(lambda message: bool(message.clickables))
        outcome = await mira.click(shown, "Extend")
        answer = await mira.wait_for(lambda message: message.ephemeral and not message.loading)

    assert [c.label for c in shown.clickables] == ["Extend", "Original"]
    assert outcome.kind == "thinking"
    assert answer.content == "extend 7"
    assert answer.reference_id == shown.id
    assert local.problems == []


async def test_a_link_button_and_a_disabled_one_cannot_be_clicked(bot: Bot, running: Running, mira: Person) -> None:
    async with running(bot):
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Later", custom_id="later", disabled=True))
        await bot.text_channel("general").send("done", view=view)
        shown = await mira.wait_for(lambda message: bool(message.clickables))
        with pytest.raises(RequestRefused, match="disabled"):
            await mira.click(shown, "Later")
        with pytest.raises(LookupError, match="nothing is labelled"):
            await mira.click(shown, "Never")


async def test_a_component_can_update_its_own_message(bot: Bot, running: Running, mira: Person) -> None:
    class Card(discord.ui.View):
        @discord.ui.button(label="Cancel", custom_id="cancel")
        async def cancel(self, interaction: Interaction, button: discord.ui.Button[Self]) -> None:
            button.disabled = True
            await interaction.response.edit_message(content="cancelled", view=self)

        @discord.ui.button(label="Quiet", custom_id="quiet")
        async def quiet(self, interaction: Interaction, button: discord.ui.Button[Self]) -> None:
            await interaction.response.defer()
            await interaction.edit_original_response(content="quietly changed")

    async with running(bot):
        await bot.text_channel("general").send("queued", view=Card(timeout=None))
        card = await mira.wait_for(lambda message: bool(message.clickables))
        quiet = await mira.click(card, "Quiet")
        changed = await mira.wait_for(lambda message: message.content == "quietly changed")
        updated = await mira.click(changed, "Cancel")

    assert quiet.kind == "acknowledged"
    assert updated.kind == "updated"
    assert updated.expect_message().id == card.id
    assert updated.expect_message().content == "cancelled"
    assert updated.expect_message().clickable("Cancel").disabled
    assert not changed.clickable("Cancel").disabled


async def test_a_select_gives_its_values_and_refuses_others(bot: Bot, running: Running, mira: Person) -> None:
    class Menu(discord.ui.View):
        @discord.ui.select(
            placeholder="Clip",
            custom_id="clip",
            max_values=2,
            options=[discord.SelectOption(label=name, value=name) for name in ("a", "b", "c")],
        )
        async def clip(self, interaction: Interaction, select: discord.ui.Select[Self]) -> None:
            await interaction.response.send_message(" ".join(select.values))

    async with running(bot):
        await bot.text_channel("general").send("pick", view=Menu(timeout=None))
        shown = await mira.wait_for(lambda message: bool(message.clickables))
        outcome = await mira.choose(shown, "Clip", "a", "c")
        with pytest.raises(RequestRefused, match="does not offer"):
            await mira.choose(shown, "Clip", "d")
        with pytest.raises(RequestRefused, match="takes 1 to 2"):
            await mira.choose(shown, "Clip", "a", "b", "c")

    assert outcome.expect_message().content == "a c"


class Form(discord.ui.Modal, title="Lip-sync"):
    words = discord.ui.Label(text="Say", component=discord.ui.TextInput(custom_id="say", max_length=10))
    audio = discord.ui.Label(
        text="Or audio", component=discord.ui.FileUpload(custom_id="audio", required=False, max_values=2)
    )
    voice = discord.ui.Label(
        text="Voice",
        component=discord.ui.Select(
            custom_id="voice",
            options=[discord.SelectOption(label="Ada", value="ada"), discord.SelectOption(label="Bo", value="bo")],
        ),
    )
    spoiler = discord.ui.Label(text="Spoiler", component=discord.ui.Checkbox(custom_id="spoiler"))
    size = discord.ui.Label(
        text="Size",
        component=discord.ui.RadioGroup(
            custom_id="size",
            options=[discord.RadioGroupOption(label="S", value="s"), discord.RadioGroupOption(label="L", value="l")],
        ),
    )

    async def on_submit(self, interaction: Interaction) -> None:
        say, audio, voice, spoiler, size = (
            label.component for label in (self.words, self.audio, self.voice, self.spoiler, self.size)
        )
        assert isinstance(say, discord.ui.TextInput)
        assert isinstance(audio, discord.ui.FileUpload)
        assert isinstance(voice, discord.ui.Select)
        assert isinstance(spoiler, discord.ui.Checkbox)
        assert isinstance(size, discord.ui.RadioGroup)
        names = [(file.filename, file.ephemeral) for file in audio.values]
        await interaction.response.send_message(f"{say.value} {names} {voice.values} {spoiler.value} {size.value}")


async def test_a_form_is_shown_filled_and_submitted_with_a_file(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, recording: LocalFile
) -> None:
    @bot.tree.command(description="Open the form")
    async def form(interaction: Interaction) -> None:
        await interaction.response.send_modal(Form())

    async with running(bot):
        opened = await mira.run("form")
        answered = await mira.submit(opened, say="hello", audio=recording, voice=["bo"], spoiler=True, size="l")
        with pytest.raises(RequestRefused, match="no form is open"):
            await mira.submit(opened, say="hello")

    assert opened.kind == "modal"
    assert opened.modal is not None
    assert (opened.modal.title, opened.modal.fields["say"]) == ("Lip-sync", "Say")
    assert answered.expect_message().content == "hello [('voice-message.wav', True)] ['bo'] True l"
    assert local.problems == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"voice": ["bo"], "size": "l"}, "say"),
        ({"say": "x" * 11, "voice": ["bo"], "size": "l"}, "say"),
        ({"say": "hi", "voice": ["eve"], "size": "l"}, "voice"),
        ({"say": "hi", "voice": ["bo"]}, "size"),
        ({"say": "hi", "voice": ["bo"], "size": "l", "hat": "top"}, "hat"),
    ],
)
async def test_a_form_that_does_not_fit_stays_with_the_person(
    bot: Bot, running: Running, mira: Person, values: dict[str, Any], field: str
) -> None:
    @bot.tree.command(description="Open the form")
    async def form(interaction: Interaction) -> None:
        await interaction.response.send_modal(Form())

    async with running(bot):
        opened = await mira.run("form")
        with pytest.raises(RequestRefused) as refused:
            await mira.submit(opened, values)
        mended = await mira.submit(opened, say="hi", voice=["bo"], size="s")

    assert refused.value.field == field
    assert mended.kind == "message"


async def test_a_form_that_nobody_answered_can_be_submitted_again(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person
) -> None:
    @bot.tree.command(description="Open the form")
    async def form(interaction: Interaction) -> None:
        await interaction.response.send_modal(Form())

    async with running(bot):
        opened = await mira.run("form")
        local.interactions.withhold = 1
        path = f"/person/mira/interactions/{opened.interaction_id}/modal"
        fields: Any = {"say": "hi", "voice": ["bo"], "size": "s"}
        submitted: Any = await mira.request("POST", path, {"values": fields})
        local.clock.advance(3_000)
        unanswered = await mira.outcome(int(submitted["interaction_id"]))
        answered = await mira.submit(opened, fields)

    assert unanswered.failed
    assert answered.kind == "message"


async def test_a_form_opened_by_a_button_can_edit_the_buttons_message(bot: Bot, running: Running, mira: Person) -> None:
    class Rename(discord.ui.Modal, title="Rename"):
        name = discord.ui.TextInput[discord.ui.View](label="Name", custom_id="name", default="old")

        async def on_submit(self, interaction: Interaction) -> None:
            await interaction.response.edit_message(content=self.name.value)

    class Card(discord.ui.View):
        @discord.ui.button(label="Rename", custom_id="rename")
        async def rename(self, interaction: Interaction, button: discord.ui.Button[Self]) -> None:
            await interaction.response.send_modal(Rename())

    async with running(bot):
        await bot.text_channel("general").send("old", view=Card(timeout=None))
        card = await mira.wait_for(lambda message: bool(message.clickables))
        opened = await mira.click(card, "Rename")
        outcome = await mira.submit(opened, name="new")

    assert opened.modal is not None
    assert opened.modal.values == {"name": "old"}
    assert outcome.kind == "updated"
    assert outcome.expect_message().content == "new"


async def test_a_components_v2_message_shows_its_gallery_and_leaves_the_attachments_empty(
    bot: Bot, running: Running, local: DiscordSandbox, mira: Person, picture: LocalFile
) -> None:
    class Layout(discord.ui.LayoutView):
        text = discord.ui.TextDisplay[Any]("A finished clip")
        row = discord.ui.ActionRow[Any]()

        @row.button(label="Details", custom_id="details")
        async def details(self, interaction: Interaction, button: discord.ui.Button[Any]) -> None:
            assert interaction.message is not None
            await interaction.response.send_message(f"{interaction.message.flags.components_v2}")

    file = discord.File(io.BytesIO(picture.data), "poster.png", description="a harbour")
    layout = Layout(timeout=None)
    layout.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem(file, description="a harbour")))
    async with running(bot):
        sent = await bot.text_channel("general").send(view=layout, file=file)
        shown = await mira.wait_for(lambda message: bool(message.texts))
        outcome = await mira.click(shown, "Details")

    assert sent.attachments == []
    assert shown.texts == ("A finished clip",)
    assert shown.attachments == ()
    assert [(m.filename, m.description, m.width) for m in shown.media] == [("poster.png", "a harbour", 400)]
    assert await mira.download(shown.media[0]) == picture.data
    assert outcome.expect_message().content == "True"
    assert local.problems == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"components": [{"type": 10, "content": "text"}]}, "UNION_TYPE_CHOICES"),
        ({"flags": 1 << 15, "content": "x", "components": [{"type": 10, "content": "y"}]}, "LEGACY_FIELDS"),
        ({"flags": 1 << 15, "components": [{"type": 10, "content": "y"}] * 41}, "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "components": [{"type": 1, "components": []}]}, "BASE_TYPE_MIN_LENGTH"),
        (
            {"content": "x", "components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "a"}]}]},
            "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
        ),
        (
            {
                "content": "x",
                "components": [
                    {"type": 1, "components": [{"type": 2, "style": 1, "label": "a", "custom_id": "same"}] * 2}
                ],
            },
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            {
                "content": "x",
                "components": [
                    {"type": 1, "components": [{"type": 2, "style": 1, "label": "a", "custom_id": "c" * 101}]}
                ],
            },
            "BASE_TYPE_MAX_LENGTH",
        ),
        ({"flags": 1 << 15, "components": [{"type": 13, "file": {"url": "attachment://no.mp4"}}]}, "NOT_FOUND"),
    ],
)
async def test_components_that_discord_would_refuse_are_refused(
    raw: Raw, general: Channel, local: DiscordSandbox, body: dict[str, Any], code: str
) -> None:
    status, answer = await raw("POST", f"/channels/{general.id}/messages", body)

    assert (status, answer["code"]) == (400, 50035)
    assert code in str(answer["errors"])
    assert local.problems
    assert general.messages == {}
