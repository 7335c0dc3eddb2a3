"""The Discord client: intents, commands and their synchronisation. It holds no state that a restart would lose."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from typing_extensions import override

from bot.clock import Clock, SystemClock
from bot.delivery.global_limit import bound_global_limit
from bot.delivery.sharded_client import SessionTurns, ShardedClient
from bot.jobs.chosen import ChosenSources
from bot.ui.buttons import BUTTONS
from bot.ui.custom_ids import Pressed, read_custom_id
from bot.ui.translator import CommandTranslator
from cogs.amounts import Amounts
from cogs.answers import PATIENCE, Answers
from cogs.buying import Buying
from cogs.card_buttons import CardButtons
from cogs.clicks import Clicks
from cogs.clips import ClipsCog
from cogs.command_sync import CommandSync, SyncMemory
from cogs.consent import ConsentButtons
from cogs.defaults import DefaultsCog
from cogs.extend import ExtendCog
from cogs.fading import Fading
from cogs.forms import Forms
from cogs.help import HelpCog
from cogs.lipsync import LipsyncCog
from cogs.message_commands import MessageCommands
from cogs.moderation import ModerationCog
from cogs.moderation_reports import ReportButtons
from cogs.payers import Payers
from cogs.paying_server import PayingServerList
from cogs.payload import option_details
from cogs.privacy import PrivacyCog
from cogs.quota import QuotaCog
from cogs.removal_buttons import RemovalButtons
from cogs.repeats import Repeats
from cogs.replies import Replies
from cogs.reply_answers import ReplyAnswers
from cogs.result_buttons import ResultButtons
from cogs.settings import SettingsCog
from cogs.setup import SetupCog
from cogs.spending import Spending
from cogs.tree import CommandWatch, EgretTree, Unwatched
from cogs.usage import UsageCog
from cogs.video import VideoCog

if TYPE_CHECKING:
    import aiohttp

    from bot.community.housekeeping import Housekeeping
    from bot.community.moderation import Moderation
    from bot.community.paying import PayingServers
    from bot.community.personal_data import PersonalData
    from bot.community.setting_up import SettingUp
    from bot.community.spending import SpendingBook
    from bot.jobs.clips import ClipService
    from bot.jobs.drafts import Drafts
    from bot.jobs.service import JobService
    from bot.media.limits import MediaLimits
    from cogs.home_commands import HomeCommands

IN_DIRECT_MESSAGES: Final = ("video", "extend", "lipsync", "clips", "defaults", "quota", "help", "privacy")
"""The commands that work in direct messages where the operator lets them."""
_LONGEST_RATE_LIMIT: Final = 30.0
"""Seconds that a request waits out by itself."""

log = structlog.get_logger(__name__)


def intents_for(*, message_content: bool) -> discord.Intents:
    """Return what the bot asks Discord for: nothing privileged but, where it is wished for, message content."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=message_content)


class EgretClient(ShardedClient):
    """Egret on Discord."""

    def __init__(
        self,
        jobs: JobService,
        clips: ClipService,
        drafts: Drafts,
        memory: SyncMemory,
        limits: MediaLimits,
        *,
        housekeeping: Housekeeping,
        book: SpendingBook,
        setting_up: SettingUp,
        moderation: Moderation,
        personal: PersonalData,
        paying: PayingServers | None = None,
        clock: Clock | None = None,
        patience: float = PATIENCE,
        message_content: bool = False,
        watch: CommandWatch | None = None,
        http_trace: aiohttp.TraceConfig | None = None,
        shard_ids: tuple[int, ...] | None = None,
        shard_count: int | None = None,
        turns: SessionTurns | None = None,
    ) -> None:
        """Keep the collaborators; nothing connects yet.

        Args:
            jobs: takes requests.
            clips: finds and lists what was made.
            drafts: keeps offers and forms.
            memory: remembers which commands Discord knows.
            limits: what files are taken.
            housekeeping: reads and changes servers' settings.
            setting_up: the same, on a server's first day.
            book: knows what was and may be spent, and grants more.
            moderation: blocks people, keeps what they consent to, and knows what was done.
            personal: tells people what is stored about them, and deletes it.
            paying: knows which server pays in direct messages; None where commands work on servers only.
            clock: tells when messages that stand only briefly go; the machine's unless given.
            patience: seconds of work before a command's first response is a deferral.
            message_content: whether to ask for the privileged intent that shows replies with their ping off.
            watch: is told of interactions and of what comes of commands.
            http_trace: sees every request to Discord.
            shard_ids: the shards to be connected; None for all.
            shard_count: how many there are in all; None for as many as Discord recommends.
            turns: lets sessions begin one after the other, where there are several shards.
        """
        # Egret does not speak in voice channels, so what discord.py lacks for that is no news.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=EgretTree,
            intents=intents_for(message_content=message_content),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            # Longer waits are the deliverer's, which keeps them in the database.
            max_ratelimit_timeout=_LONGEST_RATE_LIMIT,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=http_trace,
            shard_ids=shard_ids,
            shard_count=shard_count,
            turns=turns,
        )
        self._watch = watch or Unwatched()
        self._tree.watch = self._watch
        self._jobs = jobs
        self._limits = limits
        self._clips = clips
        self._chosen = ChosenSources(drafts)
        buying = Buying(jobs, clips, self._chosen)
        clock = clock or SystemClock()
        self._commands = CommandSync(memory, clock, option_details(jobs.catalogue))
        self._fading = Fading(clock)
        self._repeats = Repeats()
        spending = Spending(jobs, buying, drafts, self._fading, patience)
        self._answers = Answers(jobs, buying, spending, patience)
        amounts = Amounts(jobs, clips, drafts)
        self._tree.amounts = amounts
        self._tree.payers = Payers(paying) if paying is not None else None
        self._clicks = Clicks(self._tree.in_hand, amounts, self._tree.payers)
        self._defaults = DefaultsCog(jobs, self._answers, patience, paying)
        self._moderation = ModerationCog(moderation, jobs.catalogue, patience)
        self._privacy = PrivacyCog(personal, patience)
        self._settings = SettingsCog(housekeeping, jobs.catalogue, patience)
        self._quota = QuotaCog(jobs, book, self._answers)
        self._help = HelpCog(self._tree, jobs, book, housekeeping, self._answers, patience)
        self._usage = UsageCog(book, jobs.catalogue, self._answers, patience)
        self._list = ClipsCog(clips, self._answers, patience)
        self._unclaimed: set[asyncio.Task[None]] = set()
        self._forms = Forms(jobs, clips, drafts, buying, spending, limits, patience)
        self._setup = SetupCog(setting_up, jobs, self._forms, patience)
        self._replies = Replies(
            ReplyAnswers(jobs, clips, drafts, spending, limits),
            spending,
            jobs,
            clips,
            self._fading,
            self._tree.in_hand,
        )
        self._message_commands = MessageCommands(
            clips, self._chosen, self._forms, spending, self._clicks, limits, clock, patience
        )
        for buttons in (
            CardButtons(jobs, clips, patience),
            ResultButtons(clips, spending, clock, patience),
            RemovalButtons(clips, patience),
            self._list,
            self._defaults,
            self._settings,
            self._setup,
            self._moderation,
            self._privacy,
            self._usage,
            self._help,
            ReportButtons(clips, moderation, patience),
            ConsentButtons(drafts, moderation, spending),
            spending,
            self._forms,
            self._message_commands,
        ):
            buttons.register(self._clicks)
        if paying is not None:
            PayingServerList(paying, spending, patience).register(self._clicks)

    @override
    async def setup_hook(self) -> None:
        """Add the commands and buttons."""
        bound_global_limit(self, _LONGEST_RATE_LIMIT)
        await self.add_cog(VideoCog(self._jobs, self._chosen, self._answers, self._forms, self._limits))
        await self.add_cog(ExtendCog(self._clips, self._chosen, self._answers))
        await self.add_cog(LipsyncCog(self._clips, self._chosen, self._answers, self._limits))
        await self.add_cog(self._list)
        await self.add_cog(self._defaults)
        await self.add_cog(self._settings)
        await self.add_cog(self._setup)
        await self.add_cog(self._moderation)
        await self.add_cog(self._privacy)
        await self.add_cog(self._quota)
        await self.add_cog(self._usage)
        await self.add_cog(self._help)
        self._message_commands.add_to(self.tree)
        if self._tree.payers is not None:
            self._tree.open_in_direct_messages(IN_DIRECT_MESSAGES)
        self.add_dynamic_items(*BUTTONS)
        await self.tree.set_translator(CommandTranslator())
        if self._commands.home is not None:
            await self._commands.home.add_to(self)

    @override
    async def connect(self, *, reconnect: bool = True) -> None:
        """Tell Discord of the commands where they have changed, and keep every shard connected until closed.

        Args:
            reconnect: whether to connect again whenever a connection is lost; it always is.

        Raises:
            GatewayRefused: Discord asks not to be connected to again.
        """
        await self._commands.settle(self)
        await super().connect(reconnect=reconnect)

    def keep_home(self, home: HomeCommands) -> None:
        """Have commands of one server, too, from login on."""
        self._commands.home = home

    @override
    async def on_message(self, message: discord.Message, /) -> None:
        """Read replies to clips; there are no text commands."""
        if message.reference is not None and self._repeats.is_first(message.id):
            await self._replies.hear(self, message)

    async def clicked(self, interaction: discord.Interaction[discord.Client], pressed: Pressed) -> None:
        """Answer a click on a button or list of ours, and a form that is sent."""
        if not self._tree.repeats.is_first(interaction.id):
            return
        self._watch.arrived(interaction.id, interaction.type.name)
        await self._clicks.clicked(interaction, pressed)

    @override
    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        """Pass an event on, and take what discord.py leaves lying: forms, and components that are none of ours.

        discord.py knows the modals of this process alone, and a listener of its "interaction" event would cost a task
        for each command, too.
        """
        if self.is_closed():
            # discord.py says "ready" two seconds after it is connected, whether or not anybody is left by then, and
            # has no loop any more once it is closed.
            return
        super().dispatch(event, *args, **kwargs)
        if event == "interaction" and args and isinstance(args[0], discord.Interaction):
            self._take_unclaimed(args[0])

    @override
    async def close(self) -> None:
        """Disconnect; forms that are still in hand are dropped."""
        await super().close()
        await self._commands.close()
        await self._fading.close()
        for task in self._unclaimed:
            task.cancel()
        await asyncio.gather(*self._unclaimed, return_exceptions=True)

    def _take_unclaimed(self, interaction: discord.Interaction[discord.Client]) -> None:
        form = interaction.type is discord.InteractionType.modal_submit
        foreign = interaction.type is discord.InteractionType.component and _is_foreign(interaction)
        if not (form or foreign) or not self._tree.repeats.is_first(interaction.id):
            return
        work = self._clicks.sent(interaction) if form else self._clicks.foreign(interaction)
        self._watch.arrived(interaction.id, interaction.type.name)
        task = asyncio.create_task(work)
        self._unclaimed.add(task)
        task.add_done_callback(self._unclaimed.discard)

    def stop_taking_commands(self) -> None:
        """Turn away every command from now on, in words."""
        self._tree.in_hand.close()

    async def commands_finished(self) -> None:
        """Return when the commands in hand have been answered."""
        await self._tree.in_hand.finished()

    @property
    def _tree(self) -> EgretTree:
        tree = self.tree
        if not isinstance(tree, EgretTree):
            raise TypeError(type(tree).__name__)
        return tree

    async def sync_commands_anew(self) -> int:
        """Replace Discord's lists of commands whether or not they differ; return how many there are."""
        return await self._commands.replace(self)


def _is_foreign(interaction: discord.Interaction[discord.Client]) -> bool:
    """Tell whether a component has a custom id that no button of ours would answer to."""
    data = interaction.data
    return data is not None and read_custom_id(str(data.get("custom_id", ""))) is None


def connect_to(api_url: str, gateway_url: str) -> None:
    """Make every client of this process talk to another Discord, such as a local sandbox.

    discord.py keeps both addresses on its classes (platform notes §10), so call this before a client starts.

    Args:
        api_url: the REST root with its version, such as "http://127.0.0.1:8001/api/v10".
        gateway_url: where the WebSocket is, such as "ws://127.0.0.1:8001/gateway".
    """
    Route.BASE = api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
