"""A walk through everything the local Discord has: every route, every kind of event, every kind of interaction.

A real discord.py client and people walk first; plain HTTP goes where they do not.
"""

from __future__ import annotations

import asyncio
import io
import json
import struct
import wave
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import discord
from discord import app_commands
from PIL import Image
from typing_extensions import override

from sandbox.discord.faults import Fault
from sandbox.discord.permissions import Permission
from sandbox.person import LocalFile, OptionValue, Person

if TYPE_CHECKING:
    from sandbox.discord import DiscordSandbox
    from sandbox.discord.state import Guild

Interaction = discord.Interaction[discord.Client]


def picture(name: str = "harbour.png") -> LocalFile:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), "navy").save(buffer, "PNG")
    return LocalFile(name, buffer.getvalue(), "image/png")


def recording() -> LocalFile:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(struct.pack("<h", 0) * 8_000)
    return LocalFile("voice-message.wav", buffer.getvalue(), "audio/wav")


def upload(name: str = "poster.png") -> discord.File:
    return discord.File(io.BytesIO(picture().data), name, description="a harbour")


class Buttons(discord.ui.View):
    """A message's buttons and every kind of select."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.add_item(discord.ui.Button(label="Original", url="https://example.com/clip.mp4", emoji="🎬"))

    @discord.ui.button(label="Update", custom_id="update", emoji="🔁")
    async def update(self, interaction: Interaction, button: discord.ui.Button[Self]) -> None:
        await interaction.response.edit_message(content="updated", attachments=[upload()])

    @discord.ui.button(label="Quiet", custom_id="quiet", style=discord.ButtonStyle.danger)
    async def quiet(self, interaction: Interaction, button: discord.ui.Button[Self]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="quietly updated")

    @discord.ui.button(label="Rename", custom_id="rename")
    async def rename(self, interaction: Interaction, button: discord.ui.Button[Self]) -> None:
        await interaction.response.send_modal(Rename())

    @discord.ui.select(
        placeholder="Clip", custom_id="clip", max_values=2, options=[discord.SelectOption(label=n) for n in "abc"]
    )
    async def clip(self, interaction: Interaction, select: discord.ui.Select[Self]) -> None:
        await interaction.response.send_message(" ".join(select.values), ephemeral=True)


class EntitySelects(discord.ui.View):
    """Selects of people, roles, both, and channels."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="user")
    async def user(self, interaction: Interaction, select: discord.ui.UserSelect[Self]) -> None:
        await interaction.response.send_message(str(select.values[0]))

    @discord.ui.select(cls=discord.ui.RoleSelect, custom_id="role")
    async def role(self, interaction: Interaction, select: discord.ui.RoleSelect[Self]) -> None:
        await interaction.response.send_message(str(select.values[0]))

    @discord.ui.select(cls=discord.ui.MentionableSelect, custom_id="mentionable")
    async def mentionable(self, interaction: Interaction, select: discord.ui.MentionableSelect[Self]) -> None:
        await interaction.response.send_message(str(select.values[0]))

    @discord.ui.select(cls=discord.ui.ChannelSelect, custom_id="channel")
    async def channel(self, interaction: Interaction, select: discord.ui.ChannelSelect[Self]) -> None:
        await interaction.response.send_message(str(select.values[0]))


class Rename(discord.ui.Modal, title="Rename"):
    """A form with a text field alone."""

    name = discord.ui.TextInput[discord.ui.View](label="Name", custom_id="name", default="old")

    @override
    async def on_submit(self, interaction: Interaction) -> None:
        await interaction.response.edit_message(content=self.name.value)


class Form(discord.ui.Modal, title="Lip-sync"):
    """A form with every kind of field."""

    told = discord.ui.TextDisplay[Any]("Say something")
    words = discord.ui.Label[Any](text="Say", component=discord.ui.TextInput(custom_id="say", max_length=10))
    audio = discord.ui.Label[Any](
        text="Or audio", component=discord.ui.FileUpload(custom_id="audio", required=False, max_values=2)
    )
    voice = discord.ui.Label[Any](
        text="Voice",
        component=discord.ui.Select(custom_id="voice", options=[discord.SelectOption(label=n) for n in ("ada", "bo")]),
    )
    size = discord.ui.Label[Any](
        text="Size",
        component=discord.ui.RadioGroup(
            custom_id="size", options=[discord.RadioGroupOption(label=n, value=n) for n in "sl"]
        ),
    )

    @override
    async def on_submit(self, interaction: Interaction) -> None:
        await interaction.response.send_message("submitted")


class Layout(discord.ui.LayoutView):
    """A Components V2 message with every kind of component."""

    text = discord.ui.TextDisplay[Any]("A finished clip")
    row = discord.ui.ActionRow[Any]()

    @row.button(label="Details", custom_id="details")
    async def details(self, interaction: Interaction, button: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(view=self.filled())

    def filled(self) -> Self:
        self.add_item(discord.ui.Separator())
        self.add_item(discord.ui.Section("By Mira", accessory=discord.ui.Thumbnail("attachment://poster.png")))
        self.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://poster.png", spoiler=True)))
        self.add_item(discord.ui.Container(discord.ui.TextDisplay("within"), accent_colour=0x336699))
        self.add_item(discord.ui.File("attachment://notes.txt"))
        return self


def layout() -> Layout:
    return Layout(timeout=None)


class Guide(discord.Client):
    """The client that walks."""

    def __init__(self) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = intents.dm_messages = True
        intents.guild_reactions = intents.dm_reactions = intents.guild_typing = intents.dm_typing = True
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none(), max_messages=None)
        self.tree = app_commands.CommandTree(self)
        self.resumed = asyncio.Event()
        self._add_commands()

    @override
    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_resumed(self) -> None:
        self.resumed.set()

    def _add_commands(self) -> None:
        @self.tree.command(description="Every kind of option")
        @app_commands.describe(prompt="What happens", length="Seconds")
        @app_commands.choices(mode=[app_commands.Choice(name=n, value=n) for n in ("std", "pro")])
        async def video(
            interaction: Interaction,
            prompt: app_commands.Range[str, 1, 20],
            image: discord.Attachment | None = None,
            length: app_commands.Range[int, 5, 10] = 5,
            speed: app_commands.Range[float, 0.5, 2.0] = 1.0,
            mode: str = "std",
            person: discord.Member | None = None,
            role: discord.Role | None = None,
            place: discord.TextChannel | None = None,
            loud: bool = False,
        ) -> None:
            await interaction.response.send_message(prompt, file=upload(), view=Buttons(), silent=True)

        @video.autocomplete("length")
        async def lengths(interaction: Interaction, typed: Any) -> list[app_commands.Choice[int]]:
            return [app_commands.Choice(name=f"{n} s", value=n) for n in (5, 10)]

        settings = app_commands.Group(name="settings", description="Settings")

        @settings.command(name="show", description="Show them")
        async def show(interaction: Interaction) -> None:
            await interaction.response.defer(ephemeral=True, thinking=True)
            await interaction.followup.send("first")
            second = await interaction.followup.send("second", file=upload(), ephemeral=True, wait=True)
            await second.edit(content="second, edited")
            await interaction.followup.fetch_message(second.id)
            await second.delete()
            await interaction.edit_original_response(embed=discord.Embed(title="Settings", description="none"))
            await interaction.original_response()

        self.tree.add_command(settings)

        @self.tree.command(description="Answer, and think better of it")
        async def fleeting(interaction: Interaction) -> None:
            await interaction.response.defer()
            await interaction.edit_original_response(content="soon gone")
            await interaction.delete_original_response()

        @self.tree.command(description="Open the form")
        async def form(interaction: Interaction) -> None:
            await interaction.response.send_modal(Form())

        @self.tree.context_menu(name="Use as Source")
        async def use(interaction: Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(message.jump_url)

    def text_channel(self, name: str) -> discord.TextChannel:
        return next(channel for channel in self.guilds[0].text_channels if channel.name == name)


@asynccontextmanager
async def connected(guide: Guide, local: DiscordSandbox) -> AsyncIterator[Guide]:
    """Keep a client connected for the length of a block."""
    async with asyncio.timeout(60):
        await guide.login(local.token)
        connection = asyncio.create_task(guide.connect())
        try:
            await asyncio.wait_for(guide.wait_until_ready(), 20)
            yield guide
        finally:
            await guide.close()
            await asyncio.gather(connection, return_exceptions=True)


class Walk:
    """One walk through one sandbox."""

    def __init__(self, local: DiscordSandbox, session: aiohttp.ClientSession) -> None:
        self._local = local
        self._session = session
        self._people = local.person_url
        self.mira = Person(local.person_url, "mira", session=session)
        self.juno = Person(local.person_url, "juno", session=session)

    @property
    def guild(self) -> Guild:
        return next(iter(self._local.world.guilds.values()))

    async def everywhere(self) -> None:
        """Walk everything once."""
        guide = Guide()
        async with connected(guide, self._local):
            await self.commands()
            await self.components(guide)
            await self.messages(guide)
            await self.threads(guide)
            await self.direct_messages(guide)
            await self.changes()
            await self.resources()
            await self.own_commands()
            await self.refusals()
            self._local.gateway.drop_sockets()
            await guide.resumed.wait()
            await self.leaving()

    async def commands(self) -> None:
        """Every kind of option and of response."""
        mira = self.mira
        options: dict[str, OptionValue] = {"image": picture(), "length": 10, "speed": 1.5, "mode": "pro", "loud": True}
        options |= {"person": "theo", "role": "Moderators", "place": "clips"}
        shown = await mira.run("video", {"prompt": "a storm", **options})
        assert shown.kind == "message"
        assert await mira.autocomplete("video", "length", "1", prompt="a storm", speed=1.5, loud=True)
        await mira.run("settings show")
        await mira.wait_until(lambda seen: any(m.embeds for m in seen))
        assert (await mira.run("fleeting")).kind == "thinking"
        opened = await mira.run("form")
        await mira.submit(opened, say="hello", audio=recording(), voice=["bo"], size="l")
        assert (await mira.run_on(await mira.send("mine"), "Use as Source")).kind == "message"

    async def components(self, guide: Guide) -> None:
        """Buttons, selects, forms behind them, and Components V2."""
        mira, channel = self.mira, guide.text_channel("general")
        await channel.send("card", view=Buttons())
        card = await mira.wait_for(lambda message: message.content == "card")
        await mira.choose(card, "clip", "a", "c")
        await mira.click(card, "Quiet")
        await mira.submit(await mira.click(card, "Rename"), name="new")
        await mira.click(card, "Update")
        await channel.send("pick", view=EntitySelects())
        menu = await mira.wait_for(lambda message: message.content == "pick")
        role = next(role.id for role in self.guild.roles.values() if role.name == "Moderators")
        theo = self._local.world.person_named("theo").id
        for custom_id, value in (("user", theo), ("role", role), ("mentionable", role), ("channel", channel.id)):
            assert (await mira.choose(menu, custom_id, str(value))).kind == "message"
        files = [upload(), discord.File(io.BytesIO(b"notes"), "notes.txt")]
        await channel.send(view=layout().filled(), files=files)
        laid_out = await mira.wait_for(lambda message: bool(message.texts))
        await mira.reply(laid_out, "nice")

    async def messages(self, guide: Guide) -> None:
        """Messages with files, embeds, replies, reactions and voice."""
        channel, mira = guide.text_channel("general"), self.mira
        embed = discord.Embed(title="Poster", description="soon", url="https://example.com", colour=0x336699)
        embed.set_image(url="attachment://poster.png").set_footer(text="f").set_author(name="a")
        embed.add_field(name="Seed", value="7").timestamp = discord.utils.utcnow()
        sent = await channel.send("<@1> hello", embed=embed, file=upload(), nonce="r1", silent=True)
        kept = await (await channel.send("two", files=[upload("a.png"), upload("b.png")])).edit(content="edited")
        await kept.edit(attachments=[kept.attachments[1], upload("c.png")])
        await channel.send("reply", reference=sent, mention_author=True)
        await channel.typing()
        await sent.add_reaction("⏳")
        await mira.react(await mira.message(sent.id), "❤")
        _ = [user async for user in (await channel.fetch_message(sent.id)).reactions[0].users()]
        await sent.remove_reaction("⏳", discord.Object(guide.application_id or 0))
        await sent.remove_reaction("❤", discord.Object(self._local.world.person_named("mira").id))
        hers = await mira.send(f"<@{guide.application_id}> look", files=[picture()])
        await mira.edit(hers, "look there")
        await mira.reply(await mira.message(sent.id), "nice")
        await mira.voice_reply(await mira.message(sent.id), recording())
        assert [message async for message in channel.history(limit=5)]
        await mira.delete(hers)
        await sent.delete()

    async def threads(self, guide: Guide) -> None:
        """Threads of the bot's and of a person's."""
        channel = guide.text_channel("clips")
        card = await channel.send("card")
        thread = await card.create_thread(name="storm", auto_archive_duration=1440)
        await thread.send("within")
        await thread.join()
        await thread.edit(name="a storm")
        await channel.create_thread(name="bare", type=discord.ChannelType.public_thread)
        hers = await self.mira.in_channel("clips").start_thread(await self.mira.in_channel("clips").send("my"), "mine")
        await hers.send(f"<@{guide.application_id}> in a thread")
        await thread.edit(archived=True)
        assert [archived async for archived in channel.archived_threads()]
        self._local.operations.delete_channel(self._local.operations.channel("mine"))

    async def direct_messages(self, guide: Guide) -> None:
        """A conversation in private."""
        account = await guide.fetch_user(self._local.world.person_named("mira").id)
        sent = await account.send("hello", view=Buttons())
        private = self.mira.in_channel("dm")
        await private.send("hello yourself")
        await sent.add_reaction("👋")
        await private.click(await private.message(sent.id), "Quiet")
        await sent.channel.typing()

    async def changes(self) -> None:
        """What the people who run a server do to it."""
        operations, guild = self._local.operations, self.guild
        operations.set_premium_tier(guild, 2)
        operations.set_everyone_permissions(guild, guild.roles[guild.id].permissions)
        channel = operations.channel("off-topic")
        operations.set_overwrite(channel, "theo", allow=0, deny=Permission.SEND_MESSAGES)
        operations.set_overwrite(channel, "Moderators", allow=Permission.SEND_MESSAGES, deny=0)
        operations.delete_channel(channel)
        operations.remove_bot(guild)
        operations.add_bot(guild, Permission.ADMINISTRATOR)

    async def resources(self) -> None:
        """What can be asked, without a library."""
        guild, channel = self.guild.id, self._local.operations.channel("general").id
        juno = self._local.world.person_named("juno").id
        for path in (
            "/gateway",
            "/gateway/bot",
            "/applications/@me",
            "/oauth2/applications/@me",
            "/users/@me",
            "/users/@me/guilds?limit=5&with_counts=true",
            f"/users/{juno}",
            f"/guilds/{guild}?with_counts=1",
            f"/guilds/{guild}/channels",
            f"/guilds/{guild}/roles",
            f"/guilds/{guild}/threads/active",
            f"/guilds/{guild}/members?limit=10&after=0",
            f"/guilds/{guild}/members/{juno}",
            f"/channels/{channel}",
            f"/channels/{channel}/messages?limit=3",
        ):
            await self.ok("GET", path)
        await self.ok("PATCH", f"/channels/{channel}", {"name": "plaza", "topic": "clips"})
        bare = self._local.operations.channel("bare").id
        await self.ok("DELETE", f"/channels/{bare}")

    async def own_commands(self) -> None:
        """Commands one by one, everywhere and in one server."""
        application = self._local.world.application.id
        for scope in (f"/applications/{application}", f"/applications/{application}/guilds/{self.guild.id}"):
            made = await self.ok("POST", f"{scope}/commands", {"name": "extra", "description": "More"})
            await self.ok("POST", f"{scope}/commands", {"name": "extra", "description": "Even more", "nsfw": False})
            one = f"{scope}/commands/{made['id']}"
            filed: dict[str, Any] = {"type": 11, "name": "image", "description": "i", "file_types": ["image", ".heic"]}
            await self.ok("PATCH", one, {"description": "Still more", "options": [filed]})
            await self.ok("GET", one)
            await self.ok("GET", f"{scope}/commands?with_localizations=true")
            await self.ok("DELETE", one)
            menu = {"name": "Look At This", "type": 3}
            await self.ok("PUT", f"{scope}/commands", [{"name": "only", "description": "Only"}, menu])

    async def refusals(self) -> None:
        """Answers to good requests that come at a bad moment."""
        channel = self._local.operations.channel("plaza").id
        faults = self._local.faults
        for fault, status in (
            (Fault(kind="rate_limit"), 429),
            (Fault(kind="rate_limit", shared=True), 429),
            (Fault(kind="rate_limit", global_=True), 429),
            (Fault(kind="status", status=503), 503),
        ):
            faults.add(fault)
            assert await self.status("GET", f"/channels/{channel}") == status
        for path, status in (
            (f"/channels/{channel}/messages/7", 404),
            ("/channels/7", 404),
            ("/guilds/7", 404),
            ("/users/7", 404),
            (f"/guilds/{self.guild.id}/members/7", 404),
            (f"/webhooks/{self._local.world.application.id}/no-such-token/messages/@original", 404),
        ):
            assert await self.status("GET", path) == status
        callback = "/interactions/7/no-such-token/callback"
        assert await self.status("POST", callback, {"type": 6}) == 404
        self._local.operations.set_premium_tier(self.guild, 0)
        clip = {"files[0]": b"x" * (10 * 1024 * 1024 + 1)}
        assert await self.status("POST", f"/channels/{channel}/messages", {}, files=clip) == 413

    async def leaving(self) -> None:
        """The bot leaves a server."""
        await self.ok("DELETE", f"/users/@me/guilds/{self.guild.id}")

    async def ok(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must succeed and return its answer."""
        status, answer = await self._request(method, path, body)
        assert status < 300, (method, path, status, answer)
        return answer

    async def status(
        self, method: str, path: str, body: Any = None, *, files: Mapping[str, bytes] | None = None
    ) -> int:
        """Send a request and return the status."""
        return (await self._request(method, path, body, files))[0]

    async def _request(
        self, method: str, path: str, body: Any = None, files: Mapping[str, bytes] | None = None
    ) -> tuple[int, Any]:
        sent: dict[str, Any] = {} if body is None else {"json": body}
        if files is not None:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(body), content_type="application/json")
            for name, data in files.items():
                form.add_field(name, io.BytesIO(data), filename="clip.mp4")
            sent = {"data": form}
        headers = {"Authorization": f"Bot {self._local.token}"}
        async with self._session.request(method, self._local.api_url + path, headers=headers, **sent) as response:
            data = await response.read()
            return response.status, json.loads(data) if data else None
