"""Runs every part of the check, those that wait for somebody at the same time, and each within its own bound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.catalog import Catalogue, CatalogueError
from bot.check import application, provider, servers
from bot.check.clock import clock_findings
from bot.check.configuration import file_findings, settings_findings, wrong_settings
from bot.check.database import database_findings
from bot.check.discord_account import DiscordAccount, JoinedServer, logged_in
from bot.check.disk import FreeSpace, disk_findings, free_space
from bot.check.errors import KeyRefused, TokenRefused, Unreachable
from bot.check.finding import Area, Finding, failure, warning
from bot.check.report import Report
from bot.check.running import ask_running
from bot.check.shards import shard_findings
from bot.check.web_side import web_findings
from bot.clock import Clock, SystemClock
from bot.exit_codes import ExitCode
from bot.invite import invite_link
from bot.log import Redaction
from bot.settings import Settings, SettingsError, Switch, in_sentences, load_settings
from bot.web.reach import RunningBot, find_running_bot

RUNNING_SECONDS: Final = 5.0
"""How long the bot's own web address may take to answer; it is on this machine, and asks its parts itself."""
DATABASE_SECONDS: Final = 30.0
"""How long the database may take; SQLite reads the whole file for its own check."""
DISCORD_SECONDS: Final = 60.0
PROVIDER_SECONDS: Final = 15.0
WEB_SECONDS: Final = 20.0
_AT_ONCE: Final = 4
"""So many servers are looked into at the same time; Discord allows fifty requests a second."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one part found, and how far the other side's clock is ahead of ours, where it told."""

    findings: Sequence[Finding]
    clock_ahead: int | None = None


async def check_everything(clock: Clock | None = None, free: FreeSpace = free_space) -> Report:
    """Read the settings and check everything that follows from them."""
    on_file: list[Finding] = []
    try:
        with in_sentences():
            on_file = file_findings()
        settings = load_settings()
    except SettingsError as error:
        first = warning(
            Area.SETTINGS, "Nothing else was checked, because it follows from the settings.", "Correct them first."
        )
        return Report.of([*wrong_settings(error.problems), first, *on_file], Redaction())
    found = await check(settings, clock or SystemClock(), free)
    return Report.of([*on_file, *found], Redaction(settings.secrets))


async def check(settings: Settings, clock: Clock, free: FreeSpace = free_space) -> list[Finding]:
    """Check everything that follows from well-formed settings; nothing is bought, changed or left behind."""
    told, running = await asyncio.gather(
        ask_running(settings.data_dir), find_running_bot(settings.web_host, settings.web_port, RUNNING_SECONDS)
    )
    if running is None and told is not None:
        running = RunningBot(process=told.process)
    database, discord, piapi, web = await asyncio.gather(
        _bounded(
            Area.DATABASE,
            "The database",
            DATABASE_SECONDS,
            ExitCode.DATABASE,
            _part(database_findings(settings, clock, told, bot_running=running is not None)),
        ),
        _bounded(Area.DISCORD, "Discord", DISCORD_SECONDS, ExitCode.UNREACHABLE, _discord(settings, clock)),
        _bounded(Area.PIAPI, "PiAPI", PROVIDER_SECONDS, ExitCode.UNREACHABLE, _piapi(settings, clock)),
        _bounded(
            Area.WEB, "The web side", WEB_SECONDS, ExitCode.WEB, _part(web_findings(settings, clock, running, told))
        ),
    )
    clocks = {"Discord": discord.clock_ahead, "PiAPI": piapi.clock_ahead}
    return [
        *settings_findings(settings),
        *disk_findings(settings.data_dir, free),
        *database.findings,
        *clock_findings({name: ahead for name, ahead in clocks.items() if ahead is not None}),
        *discord.findings,
        *piapi.findings,
        *web.findings,
    ]


async def _part(findings: Awaitable[list[Finding]]) -> _Part:
    return _Part(await findings)


async def _bounded(area: Area, name: str, seconds: float, code: ExitCode, part: Awaitable[_Part]) -> _Part:
    """Return what a part found, or that it took too long."""
    try:
        async with asyncio.timeout(seconds):
            return await part
    except TimeoutError:
        sentence = f"{name} could not be checked within {seconds:g} s."
        return _Part([failure(area, sentence, "Try again; if it stays so, look at the network and the machine.", code)])


async def _discord(settings: Settings, clock: Clock) -> _Part:
    token = settings.discord_token.get_secret_value()
    try:
        async with logged_in(
            token,
            settings.discord_api_url,
            settings.discord_gateway_url,
            clock,
            message_content=settings.message_content is Switch.ON,
        ) as account:
            return await _account(settings, account)
    except TokenRefused:
        return _Part(application.refused_findings())
    except Unreachable as error:
        return _Part(application.unreachable_findings(error))


async def _account(settings: Settings, account: DiscordAccount) -> _Part:
    facts = await account.application()
    findings = application.application_findings(facts, every_server_spends=settings.servers is None)
    invitation = invite_link(facts.id)
    try:
        findings += shard_findings(await account.gateway(), settings)
        joined = await account.joined()
        findings += servers.membership_findings(joined, settings.servers, invitation)
        findings += await _look_into(account, servers.to_examine(joined, settings.servers), invitation)
    except Unreachable as error:
        findings += application.unreachable_findings(error)
    return _Part(findings, account.clock_ahead)


async def _look_into(account: DiscordAccount, wanted: Sequence[JoinedServer], invitation: str) -> list[Finding]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(server: JoinedServer) -> list[Finding]:
        async with gate:
            try:
                return servers.permission_findings(await account.look_into(server), invitation)
            except Unreachable as error:
                return [servers.not_examined(server, error)]

    return [finding for found in await asyncio.gather(*(one(server) for server in wanted)) for finding in found]


async def _piapi(settings: Settings, clock: Clock) -> _Part:
    try:
        account = await provider.ask_account(settings.piapi_key, settings.piapi_base_url, clock)
    except KeyRefused:
        return _Part(provider.refused_findings())
    except Unreachable as error:
        return _Part(provider.unreachable_findings(error))
    try:
        catalogue = Catalogue.load(settings.catalogue_file, default_model=settings.default_model)
    except CatalogueError:
        # The settings' own findings say so; what the money buys then goes by the built-in catalogue.
        catalogue = Catalogue()
    return _Part(provider.account_findings(account, catalogue, settings.piapi_service_mode), account.clock_ahead)
