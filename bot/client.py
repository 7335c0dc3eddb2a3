"""The Discord client: intents, commands and their synchronisation. It holds no state that a restart would lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import discord
import structlog
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from typing_extensions import override

from bot.ui.buttons import BUTTONS
from bot.ui.translator import CommandTranslator
from cogs.answers import PATIENCE, Answers
from cogs.clips import ClipsCog
from cogs.extend import ExtendCog
from cogs.lipsync import LipsyncCog
from cogs.payload import command_payload, fingerprint, option_details
from cogs.tree import CommandWatch, EgretTree, Unwatched
from cogs.video import VideoCog

if TYPE_CHECKING:
    import aiohttp

    from bot.jobs.service import JobService
    from bot.media.limits import MediaLimits

INTENTS: Final = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
"""None of them is privileged, so Discord grants them to every application."""
COMMANDS_KEY: Final = "discord_commands_sha256"

AnyCommand: TypeAlias = "discord.app_commands.Command[Any, ..., Any] | discord.app_commands.ContextMenu"

log = structlog.get_logger(__name__)


class SyncMemory(Protocol):
    """Remembers what Discord was told last."""

    async def get(self, key: str) -> str | None:
        """Return what was kept under `key`."""
        ...

    async def set(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        ...


class EgretClient(commands.Bot):
    """Egret on Discord."""

    def __init__(
        self,
        jobs: JobService,
        memory: SyncMemory,
        limits: MediaLimits,
        *,
        patience: float = PATIENCE,
        watch: CommandWatch | None = None,
        http_trace: aiohttp.TraceConfig | None = None,
    ) -> None:
        """Keep the collaborators; nothing connects yet.

        Args:
            jobs: what the commands call.
            memory: remembers which commands Discord knows.
            limits: what files are taken.
            patience: seconds of work before a command's first response is a deferral.
            watch: is told of interactions and of what comes of commands.
            http_trace: sees every request to Discord.
        """
        # Egret does not speak in voice channels, so what discord.py lacks for that is no news.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=EgretTree,
            intents=INTENTS,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            # Longer waits are the deliverer's, which keeps them in the database.
            max_ratelimit_timeout=30.0,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=http_trace,  # type: ignore[arg-type]  # None is what it is without one
        )
        self._watch = watch or Unwatched()
        self._tree.watch = self._watch
        self.jobs = jobs
        self._limits = limits
        self._memory = memory
        self._answers = Answers(jobs, patience)

    @override
    async def setup_hook(self) -> None:
        """Add the commands and buttons, and tell Discord of the commands where they have changed."""
        await self.add_cog(VideoCog(self.jobs, self._answers, self._limits))
        await self.add_cog(ExtendCog(self.jobs, self._answers))
        await self.add_cog(LipsyncCog(self.jobs, self._answers, self._limits))
        await self.add_cog(ClipsCog(self.jobs, self._answers))
        self.add_dynamic_items(*BUTTONS)
        await self.tree.set_translator(CommandTranslator())
        await self._sync_commands()

    @override
    async def on_message(self, message: discord.Message, /) -> None:
        """Read nothing: there are no text commands."""

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        """Tell whoever watches that one came in."""
        self._watch.arrived(interaction.id, interaction.type.name)

    async def on_app_command_completion(
        self, _interaction: discord.Interaction[discord.Client], command: AnyCommand
    ) -> None:
        """Tell whoever watches that one was answered."""
        self._watch.ended(command.qualified_name, "answered")

    def stop_taking_commands(self) -> None:
        """Turn away every command from now on, in words."""
        self._tree.close()

    async def commands_finished(self) -> None:
        """Return when the commands in hand have been answered."""
        await self._tree.finished()

    @property
    def _tree(self) -> EgretTree:
        tree = self.tree
        if not isinstance(tree, EgretTree):
            raise TypeError(type(tree).__name__)
        return tree

    async def _sync_commands(self) -> None:
        """Replace Discord's list of commands, but only where it differs: the call is limited to 200 a day."""
        application_id = self.application_id
        if application_id is None:
            raise RuntimeError("setup_hook runs after login, which tells the application's id")
        payload = await command_payload(self._tree, option_details(self.jobs.catalogue))
        known = fingerprint(application_id, payload)
        if await self._memory.get(COMMANDS_KEY) == known:
            return
        await self.http.bulk_upsert_global_commands(application_id, payload=payload)
        await self._memory.set(COMMANDS_KEY, known)
        log.info("commands_synchronised", count=len(payload))


def connect_to(api_url: str, gateway_url: str) -> None:
    """Make every client of this process talk to another Discord, such as a local sandbox.

    discord.py keeps both addresses on its classes (platform notes §10), so call this before a client starts.

    Args:
        api_url: the REST root with its version, such as "http://127.0.0.1:8001/api/v10".
        gateway_url: where the WebSocket is, such as "ws://127.0.0.1:8001/gateway".
    """
    Route.BASE = api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
