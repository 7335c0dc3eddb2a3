"""Wires a whole bot over an open store; `bot.app` starts and stops what comes of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from pydantic import SecretStr

from bot.catalog import Catalogue, Mode, completion_seconds
from bot.client import EgretClient
from bot.clock import SECOND, Clock
from bot.community.forgetting import Forgetting
from bot.community.moderation import Moderation
from bot.community.personal_data import PersonalData
from bot.community.reports import ReportTeller
from bot.community.servers import ServerWatch
from bot.community.setting_up import SettingUp
from bot.community.spending import SpendingBook
from bot.community.spending_warnings import BudgetWarner
from bot.community_parts import CommunityParts, community_parts
from bot.control.protocol import Facts
from bot.control.server import ControlServer
from bot.control.verbs import Bot, sweep_snapshots, verbs_of
from bot.delivery import ChannelSink
from bot.delivery.deleting import DiscordMessages
from bot.delivery.gateway_watch import gateway_trouble
from bot.delivery.memberships import ServersElsewhere
from bot.delivery.mod_log import ChannelModLog
from bot.delivery.own_messages import watch_own_messages
from bot.delivery.servers import DiscordServers, wake_at_doors
from bot.delivery.session_turns import StoredTurns
from bot.interposition import Interposition
from bot.jobs.archiver import Archiver
from bot.jobs.cards import CardKeeper
from bot.jobs.clips import ClipService
from bot.jobs.deliverer import Deliverer
from bot.jobs.drafts import Drafts, DraftSweeper
from bot.jobs.intake import Intake
from bot.jobs.leases import Leases
from bot.jobs.lookout import Lookout
from bot.jobs.loops import Loops, Step, Wakes
from bot.jobs.model import JobKind
from bot.jobs.poller import Poller
from bot.jobs.ports import InputFiles, Quantiles
from bot.jobs.restored import Restored
from bot.jobs.service import JobService
from bot.jobs.submitter import Submitter
from bot.jobs.sweeper import Sweeper
from bot.jobs.timing import Timing
from bot.jobs.workshop import Workshop
from bot.log import Redaction
from bot.media.archive import Archive
from bot.media_parts import MediaParts, job_files, media_parts
from bot.monitoring import Monitoring, monitoring_for
from bot.owners_hand import OwnersHand
from bot.piapi.client import PiapiClient, ProviderAccess
from bot.piapi.gateway import PiapiGateway, Webhooks
from bot.processes import Role
from bot.readiness import Readiness, WatchedHints, readiness_of
from bot.settings import Settings, Switch
from bot.web.files import FilesEndpoint
from bot.web.reach import WebhookAnswer, send_webhook
from bot.web.server import WebServer
from bot.web.signing import FileAddresses
from bot.web.webhook import WebhookEndpoint
from cogs.command_sync import COMMANDS_KEY
from cogs.home_commands import HOME_KEY
from storage.location import SqliteFile, locate
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What runs."""

    settings: Settings
    store: Store
    service: JobService
    client: EgretClient
    web: WebServer
    loops: Loops
    hand: OwnersHand
    sweeper: Sweeper
    archive: Archive
    control: ControlServer
    monitoring: Monitoring
    readiness: Readiness
    wakes: Wakes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Secrets:
    """What the database keeps from everybody."""

    webhook: SecretStr
    files: SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class _Core:
    """What takes requests, and what its loops work with.

    Attributes:
        gateway: the provider as the service asks it; the loops' own is measured.
    """

    settings: Settings
    store: Store
    catalogue: Catalogue
    clock: Clock
    monitoring: Monitoring
    hand: OwnersHand
    gateway: PiapiGateway
    media: MediaParts
    community: CommunityParts
    timing: Timing
    wakes: Wakes
    service: JobService
    clips: ClipService
    around: Interposition


async def assemble(
    settings: Settings,
    clock: Clock,
    redaction: Redaction,
    store: Store,
    catalogue: Catalogue,
    stack: AsyncExitStack,
    around: Interposition,
) -> Parts:
    """Wire everything; what has to be closed goes onto `stack`.

    Raises:
        KeyMalformed: the provider's key is no key.
    """
    restorations = await store.take_up_backup(clock.now(), forget=(COMMANDS_KEY, HOME_KEY))
    kept = _Secrets(
        webhook=await _kept_secret(store, "webhook_secret", settings.webhook_secret, redaction),
        files=await _kept_secret(store, "files_key", SecretStr(""), redaction),
    )
    core = await _core(settings, clock, store, catalogue, kept, stack, around)
    client = _client(core)
    watching, owners_verbs = core.hand.take(client, core.gateway, core.wakes)
    addresses = FileAddresses(settings.public_url, kept.files, clock)
    files = around.inputs(job_files(core.media, addresses, client, clock, signed=bool(settings.public_url)))
    shop = Workshop(store, clock, Leases(), core.wakes, core.hand.book, core.monitoring.jobs)
    sweeper = Sweeper(shop)
    # In the order of their first looks, which on SQLite wait for each other: people's jobs come first.
    steps = [*_work_steps(core, client, shop, files, restorations), sweeper] if Role.WORKER in settings.roles else []
    loops = Loops([*steps, *_door_steps(core, client), *watching], core.wakes, clock)
    hints = WatchedHints(core.service.nudge)
    readiness = _readiness(core, client, loops, hints)
    web = _web(core, kept, addresses, hints, readiness)
    sweep_snapshots(settings.data_dir)
    verbs = [*verbs_of(_bot(settings, store, web, kept.webhook)), *owners_verbs]
    return Parts(
        settings=settings,
        store=store,
        service=core.service,
        client=client,
        web=web,
        loops=loops,
        hand=core.hand,
        sweeper=sweeper,
        archive=core.media.archive,
        control=ControlServer(settings.data_dir, verbs),
        monitoring=core.monitoring,
        readiness=readiness,
        wakes=core.wakes,
    )


async def _core(
    settings: Settings,
    clock: Clock,
    store: Store,
    catalogue: Catalogue,
    kept: _Secrets,
    stack: AsyncExitStack,
    around: Interposition,
) -> _Core:
    monitoring = monitoring_for(settings, clock)
    store.observer = monitoring.jobs
    provider = await stack.enter_async_context(
        PiapiClient.build(ProviderAccess(key=settings.piapi_key, base_url=settings.piapi_base_url), clock)
    )
    hand = OwnersHand(settings, store, catalogue, clock, provider)
    webhooks = bool(settings.public_url)
    gateway = PiapiGateway(
        client=provider,
        catalogue=catalogue,
        service_mode=settings.piapi_service_mode,
        webhooks=Webhooks(public_url=settings.public_url, secret=kept.webhook) if webhooks else None,
    )
    media = await media_parts(settings, catalogue, clock, stack)
    community = community_parts(settings, store, clock)
    house, ceilings = community.house, community.ceilings
    timing, wakes = Timing(store, _seed, webhooks, clock, settings.max_in_flight), Wakes(call=store.calls.call)
    standing = store.standing
    return _Core(
        settings=settings,
        store=store,
        catalogue=catalogue,
        clock=clock,
        monitoring=monitoring,
        hand=hand,
        gateway=gateway,
        media=media,
        community=community,
        timing=timing,
        wakes=wakes,
        service=JobService(store, gateway, catalogue, ceilings, clock, wakes, timing, house, hand.account, standing),
        clips=ClipService(store, gateway, catalogue, media.archive, clock, wakes, timing, house),
        around=around,
    )


def _client(core: _Core) -> EgretClient:
    """Return the client, with everything that people can ask it for."""
    store, clock, community = core.store, core.clock, core.community
    house, housekeeping, servers = community.house, community.housekeeping, community.ceilings.servers
    client = EgretClient(
        core.service,
        core.clips,
        Drafts(store, core.media.held, clock),
        store,
        core.media.limits,
        housekeeping=housekeeping,
        book=SpendingBook(store, house, core.catalogue, clock),
        setting_up=SettingUp(store, housekeeping, servers, clock),
        moderation=Moderation(store, community.memberships, clock),
        personal=PersonalData(store, housekeeping.limits, clock, core.wakes),
        paying=community.paying,
        clock=clock,
        message_content=core.settings.message_content is Switch.ON,
        watch=core.monitoring.commands,
        http_trace=core.around.discord(core.monitoring.discord_trace()),
        shard_ids=core.settings.shard_ids,
        shard_count=core.settings.shard_count,
        turns=StoredTurns(store, clock),
    )
    community.memberships.ask(client)
    wake_at_doors(client, core.wakes)
    core.monitoring.watch(client, store, core.hand.account.measured)
    return client


def _door_steps(core: _Core, client: EgretClient) -> list[Step]:
    """Return what is done where Discord's events come in."""
    if Role.GATEWAY not in core.settings.roles:
        return []
    steps: list[Step] = [ServerWatch(core.store, DiscordServers(client), core.community.ceilings.servers, core.clock)]
    if core.community.paying is not None:
        steps.append(ServersElsewhere(core.community.memberships, client, core.clock))
    return steps


def _work_steps(
    core: _Core, client: EgretClient, shop: Workshop, files: InputFiles, restorations: Sequence[Restored]
) -> list[Step]:
    """Return what is done for jobs, servers and people, by whichever process comes first."""
    store, clock, timing, media, community = core.store, core.clock, core.timing, core.media, core.community
    channels = ChannelSink(
        client,
        media.archive,
        media.fitter,
        core.catalogue,
        clock,
        house=community.house,
        filtered=core.clips.held_back,
        own=watch_own_messages(client),
    )
    sink = core.monitoring.sink(core.around.sink(channels))
    measured = core.monitoring.gateway(core.around.gateway(core.gateway))
    return [
        Intake(shop, files),
        Submitter(shop, measured, files, timing, core.settings.max_in_flight),
        Poller(shop, measured, timing),
        Lookout(shop, store, measured, timing),
        Archiver(shop, core.around.clips(media.clips), measured),
        Deliverer(shop, sink, core.clips, restorations),
        CardKeeper(store, sink, clock, timing),
        DraftSweeper(store, media.held, clock),
        BudgetWarner(store, community.house, clock),
        ReportTeller(store, store, ChannelModLog(client, store.deliveries), core.hand.book, clock),
        Forgetting(store, media.archive, DiscordMessages(client), core.settings.retention_days, clock),
    ]


def _readiness(core: _Core, client: EgretClient, loops: Loops, hints: WatchedHints) -> Readiness:
    location = locate(core.settings.database, core.settings.data_dir)
    standing = core.store.standing
    return readiness_of(
        store=core.store,
        loops=loops,
        account=core.hand.account,
        clock=core.clock,
        gateway=lambda: gateway_trouble(client) if Role.GATEWAY in core.settings.roles else None,
        webhooks=hints.trouble,
        data_dir=core.settings.data_dir,
        room=core.media.room,
        storage=lambda: standing.refuses,
        database_file=location.path if isinstance(location, SqliteFile) else None,
    )


def _web(core: _Core, kept: _Secrets, addresses: FileAddresses, hints: WatchedHints, readiness: Readiness) -> WebServer:
    webhook = (
        WebhookEndpoint(kept.webhook, core.around.nudge(hints.nudge), core.monitoring.webhook)
        if core.settings.public_url and Role.WEB in core.settings.roles
        else None
    )
    return WebServer(
        core.settings.web_host,
        core.settings.web_port,
        webhook,
        FilesEndpoint(addresses, core.store.asset, core.media.archive.path),
        readiness.health,
        core.monitoring.connection_cut,
    )


def _bot(settings: Settings, store: Store, web: WebServer, webhook_secret: SecretStr) -> Bot:
    """Return what the command line may ask this process."""

    async def facts() -> Facts:
        revision = await store.schema_revision()
        return Facts(process=web.process_name, revision=revision, public_url=settings.public_url)

    async def send(seconds: float) -> WebhookAnswer:
        return await send_webhook(settings.public_url, webhook_secret.get_secret_value(), seconds)

    return Bot(data_dir=settings.data_dir, facts=facts, send_webhook=send, store=store)


def _seed(kind: JobKind, model: str, mode: str, seconds: int) -> Quantiles | None:
    """Return what the catalogue knows of completion times before anything was learnt."""
    known = completion_seconds(kind, model=model, mode=Mode(mode), seconds=seconds or 5)
    return Quantiles(known.p10 * SECOND, known.p50 * SECOND, known.p90 * SECOND, samples=0)


async def _kept_secret(store: Store, name: str, given: SecretStr, redaction: Redaction) -> SecretStr:
    """Return the secret that was given, else the one drawn earlier, else a new one, kept in the database."""
    value = given.get_secret_value() or await store.get(name)
    if value is None:
        # Another process may be starting, too.
        value = await store.keep_first(name, secrets.token_urlsafe(32))
    redaction.add(value)
    return SecretStr(value)
