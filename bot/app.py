"""The composition root: builds everything from the settings, and owns the order of starting and stopping."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import aiohttp
import discord
import structlog
from pydantic import SecretStr

from bot.backup.errors import BackupError
from bot.backup.interrupted import finish_interrupted
from bot.catalog import Catalogue, CatalogueError, Mode, completion_seconds
from bot.client import COMMANDS_KEY, EgretClient, connect_to
from bot.clock import MINUTE, SECOND, Clock, SystemClock
from bot.community.effective import OperatorLimits
from bot.community.forgetting import Forgetting
from bot.community.house import CommunityHouse
from bot.community.housekeeping import Housekeeping
from bot.community.moderation import Moderation
from bot.community.paying import PayingServers
from bot.community.personal_data import PersonalData
from bot.community.reports import ReportTeller
from bot.community.servers import ServerWatch
from bot.community.setting_up import SettingUp
from bot.community.spending import SpendingBook
from bot.community.spending_warnings import BudgetWarner
from bot.control.errors import SocketUnusable
from bot.control.protocol import Facts
from bot.control.server import ControlServer
from bot.control.verbs import Bot, sweep_snapshots, verbs_of
from bot.delivery import ChannelSink
from bot.delivery.card_attachments import CardAttachments
from bot.delivery.deleting import DiscordMessages
from bot.delivery.gateway import GatewayRefused
from bot.delivery.gateway_watch import gateway_trouble
from bot.delivery.memberships import DiscordMemberships
from bot.delivery.mod_log import ChannelModLog
from bot.delivery.own_messages import watch_own_messages
from bot.delivery.servers import DiscordServers, wake_at_doors
from bot.error_reports import ReporterMissing, open_reports
from bot.errors import EgretError
from bot.exit_codes import ExitCode
from bot.interposition import Interposition
from bot.jobs.archiver import Archiver
from bot.jobs.cards import CardKeeper
from bot.jobs.clips import ClipService
from bot.jobs.deliverer import Deliverer
from bot.jobs.drafts import Drafts, DraftSweeper
from bot.jobs.intake import Intake
from bot.jobs.leases import Leases
from bot.jobs.limits import Allowance
from bot.jobs.lookout import Lookout
from bot.jobs.loops import LoopDied, Loops, Step, Wakes
from bot.jobs.model import JobKind
from bot.jobs.poller import Poller
from bot.jobs.ports import Quantiles, StoreUnavailable
from bot.jobs.purchasing import Ceilings
from bot.jobs.service import JobService
from bot.jobs.submitter import Submitter
from bot.jobs.sweeper import Sweeper
from bot.jobs.timing import Timing
from bot.jobs.workshop import Workshop
from bot.log import Redaction, configure_logging, log_what_nobody_catches
from bot.media.archive import Archive
from bot.media.convert import Converter
from bot.media.fetch import Downloader
from bot.media.fit import Fitter
from bot.media.held_files import HeldInputFiles
from bot.media.job_files import JobClipArchive, JobInputFiles
from bot.media.limits import MediaLimits
from bot.media.processes import WorkerPool
from bot.monitoring import Monitoring, egret_version
from bot.owners_hand import OwnersHand
from bot.piapi.client import PiapiClient, ProviderAccess
from bot.piapi.errors import KeyMalformed
from bot.piapi.gateway import PiapiGateway, Webhooks
from bot.readiness import Readiness, WatchedHints, readiness_of
from bot.safekeeping import room_for_the_database, take_descriptors
from bot.settings import Settings, Switch
from bot.ui import language
from bot.web.files import FilesEndpoint
from bot.web.reach import WebhookAnswer, send_webhook
from bot.web.server import WebServer
from bot.web.signing import FileAddresses
from bot.web.webhook import WebhookEndpoint
from cogs.home_commands import HOME_KEY
from storage.errors import DatabaseInUse, StorageError
from storage.location import SqliteFile, locate
from storage.store import Store, open_migrated_store

DRAIN: Final = 25 * SECOND
"""How long a stop waits for the items in hand; container engines kill after 30 s by default."""

log = structlog.get_logger(__name__)


class StartFailed(EgretError):
    """The bot cannot start or go on; the message is one sentence for whoever runs it."""

    def __init__(self, sentence: str, code: ExitCode) -> None:
        """Keep the exit code."""
        super().__init__(sentence)
        self.code = code


async def run(settings: Settings, clock: Clock | None = None, around: Interposition | None = None) -> None:
    """Run the bot until SIGTERM or SIGINT; `around` as in `build`.

    Raises:
        StartFailed: it cannot start, or a part of it died.
    """
    redaction = Redaction(settings.secrets)
    take_descriptors()
    async with AsyncExitStack() as stack:
        await _speak(settings, redaction, stack)
        await _run(settings, clock or SystemClock(), redaction, around)


async def _speak(settings: Settings, redaction: Redaction, stack: AsyncExitStack) -> None:
    """Let the log, and the error reports if they are wanted, be what tells of this process."""
    dsn = settings.sentry_dsn.get_secret_value()
    processors = []
    if dsn:
        try:
            reports = open_reports(dsn, redaction, egret_version())
        except ReporterMissing as error:
            raise StartFailed(str(error), ExitCode.SETTINGS) from error
        processors.append(reports.processor)
        stack.push_async_callback(reports.close)
    configure_logging(settings.log_format, settings.log_level, redaction, before_rendering=processors)
    log_what_nobody_catches()


async def _run(settings: Settings, clock: Clock, redaction: Redaction, around: Interposition | None) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loops
            loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        try:
            app = await stack.enter_async_context(build(settings, clock, redaction, around))
            await app.run_until(stopping)
        except StoreUnavailable as error:
            raise StartFailed(str(error), ExitCode.DATABASE) from error


@asynccontextmanager
async def build(
    settings: Settings, clock: Clock, redaction: Redaction, around: Interposition | None = None
) -> AsyncIterator[App]:
    """Build the application over an open, migrated store; everything is closed on leaving.

    Args:
        settings: where everything is, and how much may be spent.
        clock: the time.
        redaction: learns the secrets that the database keeps.
        around: what stands between the core and its edges; nothing unless given.

    Raises:
        StartFailed: the database, the catalogue or a stored secret cannot be had.
    """
    around = around or Interposition()
    async with AsyncExitStack() as stack:
        try:
            restored = await finish_interrupted(settings)
            if restored:
                log.warning("restoration_interrupted", outcome=restored)
            opened = open_migrated_store(settings.database, settings.data_dir, clock, around.database)
            store = around.store(await stack.enter_async_context(opened))
            catalogue = Catalogue.load(settings.catalogue_file, default_model=settings.default_model)
        except BackupError as error:
            raise StartFailed(str(error), error.code) from error
        except DatabaseInUse as error:
            raise StartFailed(str(error), ExitCode.ALREADY_RUNNING) from error
        except (StorageError, StoreUnavailable) as error:
            raise StartFailed(str(error), ExitCode.DATABASE) from error
        except CatalogueError as error:
            raise StartFailed(str(error), ExitCode.SETTINGS) from error
        try:
            app = await App.build(settings, clock, redaction, store, catalogue, stack, around)
        except KeyMalformed as error:
            raise StartFailed(
                "PIAPI_KEY is wrong: a key has no spaces and no special characters.", ExitCode.SETTINGS
            ) from error
        yield app


class App:
    """A built bot: what runs, in the order in which it starts and stops."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        service: JobService,
        client: EgretClient,
        web: WebServer,
        loops: Loops,
        hand: OwnersHand,
        sweeper: Sweeper,
        archive: Archive,
        control: ControlServer,
        monitoring: Monitoring,
        readiness: Readiness,
    ) -> None:
        """Keep the parts; `App.build` makes them."""
        self._settings = settings
        self._store = store
        self.service = service
        self.client = client
        self._web = web
        self._loops = loops
        self._hand = hand
        self._sweeper = sweeper
        self._archive = archive
        self._control = control
        self.monitoring = monitoring
        self._readiness = readiness
        self.web_port = 0
        self.started = asyncio.Event()
        """Set once everything but the gateway connection is up."""

    async def run_until(self, stopping: asyncio.Event) -> None:
        """Start, work until `stopping` is set, then drain.

        Raises:
            StartFailed: Discord refuses the token, an address is taken, or a part died.
        """
        parts: set[asyncio.Task[None]] = set()
        stop = asyncio.create_task(_wait(stopping), name="stop")
        try:
            await self._start()
            parts |= {
                asyncio.create_task(self._hand.run(self._loops), name="loops"),
                asyncio.create_task(self.client.connect(), name="gateway"),
                asyncio.create_task(self._readiness.run(), name="readiness"),
            }
            if self.monitoring.on:
                parts.add(asyncio.create_task(self.monitoring.run(), name="metrics"))
            ended, _ = await asyncio.wait({*parts, stop}, return_when=asyncio.FIRST_COMPLETED)
            await self._drain(parts)
            for part in parts & ended:
                _explain(part)
        finally:
            for task in (*parts, stop):
                task.cancel()
            await asyncio.gather(*parts, stop, return_exceptions=True)
            await self._control.stop()
            await self.client.close()
            await self.monitoring.stop()
            await self._web.stop()

    async def _start(self) -> None:
        await self._archive.sweep_incoming(older_than_ms=0 if self._store.sole_owner else 6 * 60 * MINUTE)
        await self._sweeper.recover(sole_owner=self._store.sole_owner)
        try:
            self.web_port = await self._web.start()
        except OSError as error:
            where = f"{self._settings.web_host}:{self._settings.web_port}"
            raise StartFailed(
                f"WEB_HOST and WEB_PORT: cannot listen on {where}: {error.strerror}.", ExitCode.WEB
            ) from error
        try:
            await self.monitoring.start()
        except OSError as error:
            where = f"{self._settings.metrics_host}:{self._settings.metrics_port}"
            raise StartFailed(
                f"METRICS_HOST and METRICS_PORT: cannot listen on {where}: {error.strerror}.", ExitCode.WEB
            ) from error
        try:
            await self._control.start()
        except SocketUnusable as error:
            log.warning("control_socket_unusable", reason=str(error))
        if self._settings.discord_api_url:
            connect_to(self._settings.discord_api_url, self._settings.discord_gateway_url)
        try:
            await self.client.login(self._settings.discord_token.get_secret_value())
        except discord.LoginFailure as error:
            raise StartFailed("DISCORD_TOKEN is refused by Discord.", ExitCode.LOGIN) from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            what = f"HTTP {error.status}" if isinstance(error, discord.HTTPException) else type(error).__name__
            raise StartFailed(
                f"Discord cannot be reached, or gives no usable answer ({what}): try again.", ExitCode.UNREACHABLE
            ) from error
        log.info(
            "started",
            web_port=self.web_port,
            webhooks=bool(self._settings.public_url),
            metrics_port=self.monitoring.port or None,
        )
        if self._settings.servers is not None and not self._settings.servers:
            log.warning("SERVERS is empty: no server may spend yet")
        silent = language.without_words()
        if silent:
            log.warning(
                "languages are not compiled, so English stands in for them: run `python -m translations compile`",
                languages=silent,
            )
        self.started.set()

    async def _drain(self, parts: set[asyncio.Task[None]]) -> None:
        """Take no more commands and finish the items in hand."""
        log.info("stopping")
        self._readiness.health.drain()
        self.service.close()
        self.client.stop_taking_commands()
        self._loops.stop()
        loops = {part for part in parts if part.get_name() == "loops"}
        commands = asyncio.create_task(self.client.commands_finished(), name="commands")
        _, late = await asyncio.wait({*loops, commands}, timeout=DRAIN / SECOND)
        if late:
            log.warning("stopped before everything in hand was finished", parts=[part.get_name() for part in late])
        commands.cancel()
        log.info("stopped")

    @classmethod
    async def build(
        cls,
        settings: Settings,
        clock: Clock,
        redaction: Redaction,
        store: Store,
        catalogue: Catalogue,
        stack: AsyncExitStack,
        around: Interposition,
    ) -> App:
        """Wire everything; what has to be closed goes onto `stack`."""
        restorations = await store.take_up_backup(clock.now(), forget=(COMMANDS_KEY, HOME_KEY))
        monitoring = Monitoring(settings, clock)
        store.observer = monitoring.jobs
        webhook_secret = await _kept_secret(store, "webhook_secret", settings.webhook_secret, redaction)
        files_key = await _kept_secret(store, "files_key", SecretStr(""), redaction)
        webhooks = bool(settings.public_url)
        provider = await stack.enter_async_context(
            PiapiClient.build(ProviderAccess(key=settings.piapi_key, base_url=settings.piapi_base_url), clock)
        )
        hand = OwnersHand(settings, store, catalogue, clock, provider)
        gateway = PiapiGateway(
            client=provider,
            catalogue=catalogue,
            service_mode=settings.piapi_service_mode,
            webhooks=Webhooks(public_url=settings.public_url, secret=webhook_secret) if webhooks else None,
        )
        limits = MediaLimits(image=catalogue.limits.image, audio=catalogue.limits.lipsync)
        room = room_for_the_database(settings.data_dir)
        archive = Archive(settings.data_dir / "files", clock, reserve_bytes=room)
        downloader = await stack.enter_async_context(
            Downloader(trusted_origins=settings.download_origins, reserve_bytes=room)
        )
        workers = WorkerPool(at_once=2)
        fitter = Fitter(workers)
        timing = Timing(store, _seed, webhooks, clock)
        wakes = Wakes()
        ceilings = _ceilings(settings)
        memberships = DiscordMemberships()
        house = CommunityHouse(store, memberships, ceilings.per_person, clock)
        standing = store.standing
        service = JobService(store, gateway, catalogue, ceilings, clock, wakes, timing, house, hand.account, standing)
        alerts = hand.book
        clip_service = ClipService(store, gateway, catalogue, archive, clock, wakes, timing, house)
        held = HeldInputFiles(archive, downloader, limits)
        housekeeping = _housekeeping(settings, store, ceilings, clock)
        client = EgretClient(
            service,
            clip_service,
            Drafts(store, held, clock),
            store,
            limits,
            housekeeping=housekeeping,
            book=SpendingBook(store, house, catalogue, clock),
            setting_up=SettingUp(store, housekeeping, ceilings.servers, clock),
            moderation=Moderation(store, memberships, clock),
            personal=PersonalData(store, housekeeping.limits, clock, wakes),
            paying=_paying(settings, store, house, memberships, ceilings, clock),
            clock=clock,
            message_content=settings.message_content is Switch.ON,
            watch=monitoring.discord,
            http_trace=around.discord(monitoring.discord.trace()),
        )
        memberships.ask(client)
        wake_at_doors(client, wakes)
        monitoring.watch(client, store, hand.account.measured)
        watching, owners_verbs = hand.take(client, gateway, wakes)
        channels = ChannelSink(
            client,
            archive,
            fitter,
            catalogue,
            clock,
            house=house,
            filtered=clip_service.held_back,
            own=watch_own_messages(client),
        )
        sink = monitoring.sink(around.sink(channels))
        addresses = FileAddresses(settings.public_url, files_key, clock)
        job_files = JobInputFiles(
            archive,
            downloader,
            # Workers of its own: a picture does not wait until other people's clips have been encoded.
            Converter(WorkerPool(at_once=2), limits),
            limits,
            clock,
            signed_url=addresses.url if webhooks else None,
            on_card=CardAttachments(client).attach,
        )
        files = around.inputs(job_files)
        clips = around.clips(JobClipArchive(archive, downloader, fitter, limits))
        shop = Workshop(store, clock, Leases(), wakes, alerts, monitoring.jobs)
        measured = monitoring.gateway(around.gateway(gateway))
        sweeper = Sweeper(shop)
        steps: list[Step] = [
            Intake(shop, files),
            Submitter(shop, measured, files, timing, settings.max_in_flight),
            Poller(shop, measured, timing),
            Lookout(shop, store, measured, timing),
            Archiver(shop, clips, measured),
            Deliverer(shop, sink, clip_service, restorations),
            CardKeeper(store, sink, clock, timing),
            sweeper,
            DraftSweeper(store, held, clock),
            BudgetWarner(store, house, clock),
            ReportTeller(store, store, ChannelModLog(client, store.deliveries), alerts, clock),
            ServerWatch(store, DiscordServers(client), ceilings.servers, clock),
            Forgetting(store, archive, DiscordMessages(client), settings.retention_days, clock),
            *watching,
        ]
        hints = WatchedHints(service.nudge)
        webhook = WebhookEndpoint(webhook_secret, around.nudge(hints.nudge), monitoring.webhook) if webhooks else None
        loops = Loops(steps, wakes, clock)
        location = locate(settings.database, settings.data_dir)
        readiness = readiness_of(
            store=store,
            loops=loops,
            account=hand.account,
            clock=clock,
            gateway=lambda: gateway_trouble(client),
            webhooks=hints.trouble,
            data_dir=settings.data_dir,
            room=room,
            storage=lambda: standing.refuses,
            database_file=location.path if isinstance(location, SqliteFile) else None,
        )
        web = WebServer(
            settings.web_host,
            settings.web_port,
            webhook,
            FilesEndpoint(addresses, store.asset, archive.path),
            readiness.health,
            monitoring.connection_cut,
        )
        sweep_snapshots(settings.data_dir)
        control = ControlServer(
            settings.data_dir, [*verbs_of(_bot(settings, store, web, webhook_secret)), *owners_verbs]
        )
        return cls(
            settings=settings,
            store=store,
            service=service,
            client=client,
            web=web,
            loops=loops,
            hand=hand,
            sweeper=sweeper,
            archive=archive,
            control=control,
            monitoring=monitoring,
            readiness=readiness,
        )


def _bot(settings: Settings, store: Store, web: WebServer, webhook_secret: SecretStr) -> Bot:
    """Return what the command line may ask this process."""

    async def facts() -> Facts:
        revision = await store.schema_revision()
        return Facts(process=web.process_name, revision=revision, public_url=settings.public_url)

    async def send(seconds: float) -> WebhookAnswer:
        return await send_webhook(settings.public_url, webhook_secret.get_secret_value(), seconds)

    return Bot(data_dir=settings.data_dir, facts=facts, send_webhook=send, store=store)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


def _ceilings(settings: Settings) -> Ceilings:
    return Ceilings(
        servers=settings.servers,
        microusd_per_month=settings.max_usd_per_month,
        microusd_per_job=settings.max_usd_per_job,
        per_person=Allowance(
            running=settings.max_running_per_person,
            clips_per_day=settings.max_jobs_per_person_per_day,
            clips_per_month=settings.max_jobs_per_person_per_month,
            server_microusd_per_month=settings.max_usd_per_server_per_month,
        ),
    )


def _paying(
    settings: Settings,
    store: Store,
    house: CommunityHouse,
    memberships: DiscordMemberships,
    ceilings: Ceilings,
    clock: Clock,
) -> PayingServers | None:
    if settings.direct_messages is Switch.OFF:
        return None
    return PayingServers(store, house, memberships, ceilings.servers, clock)


def _housekeeping(settings: Settings, store: Store, ceilings: Ceilings, clock: Clock) -> Housekeeping:
    limits = OperatorLimits(allowance=ceilings.per_person, retention_days=settings.retention_days)
    return Housekeeping(store, limits, clock)


def _seed(kind: JobKind, model: str, mode: str, seconds: int) -> Quantiles | None:
    """Return what the catalogue knows of completion times before anything was learnt."""
    known = completion_seconds(kind, model=model, mode=Mode(mode), seconds=seconds or 5)
    return Quantiles(known.p10 * SECOND, known.p50 * SECOND, known.p90 * SECOND, samples=0)


async def _kept_secret(store: Store, name: str, given: SecretStr, redaction: Redaction) -> SecretStr:
    """Return the secret that was given, else the one drawn earlier, else a new one, kept in the database."""
    value = given.get_secret_value() or await store.get(name)
    if value is None:
        value = secrets.token_urlsafe(32)
        await store.set(name, value)
    redaction.add(value)
    return SecretStr(value)


def _explain(part: asyncio.Task[None]) -> None:
    """Raise what ended a part that should have gone on."""
    error = part.exception()
    if isinstance(error, LoopDied):
        raise StartFailed(f"{error}; the log says why.", ExitCode.DEFECT) from error
    if isinstance(error, GatewayRefused):
        raise StartFailed(str(error), error.exit_code) from error
    raise StartFailed(f"the {part.get_name()} ended unexpectedly: {error!r}.", ExitCode.DEFECT) from error
