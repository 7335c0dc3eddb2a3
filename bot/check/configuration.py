"""The settings: each well-formed, and together making sense."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.catalog import Catalogue, CatalogueError
from bot.check.finding import Area, Finding, failure, fine, warning
from bot.check.money import default_clip, dollars
from bot.exit_codes import ExitCode
from bot.settings import Settings

ENV_FILE: Final = Path(".env")
_SIMILAR: Final = 0.8
"""How like a setting's name a name must be to be taken for a slip of the pen."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def wrong_settings(problems: tuple[str, ...]) -> list[Finding]:
    """Return a finding for each setting that is missing or wrong."""
    return [
        failure(
            Area.SETTINGS, problem, "Correct it in .env or in the environment, then check again.", ExitCode.SETTINGS
        )
        for problem in problems
    ]


def file_findings(env_file: Path = ENV_FILE) -> list[Finding]:
    """Return what is odd about `.env` itself: who may read it, and names that are no setting's."""
    return [*_readable_by_others(env_file), *_misspelt(env_file)]


def settings_findings(settings: Settings) -> list[Finding]:
    """Return what the settings, each of them well-formed, amount to."""
    found = [*_catalogue(settings), *_addresses(settings), *_ceilings(settings)]
    if not found:
        return [fine(Area.SETTINGS, f"All {len(Settings.model_fields)} settings are well-formed.")]
    return found


def is_local(url: str) -> bool:
    """Tell whether an address is on this machine, as a stand-in's is."""
    return urlsplit(url).hostname in _LOOPBACK


def _readable_by_others(env_file: Path) -> Iterator[Finding]:
    if os.name == "nt" or not env_file.is_file():
        return
    mode = stat.S_IMODE(env_file.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield warning(
            Area.SETTINGS,
            f"{env_file} holds your keys, and other users of this machine may read it (mode {mode:04o}).",
            f"Run `chmod 600 {env_file}`.",
        )


def _misspelt(env_file: Path) -> Iterator[Finding]:
    known = [name.upper() for name in Settings.model_fields]
    for name in dotenv_values(env_file, interpolate=False) if env_file.is_file() else ():
        similar = difflib.get_close_matches(name.upper(), known, n=1, cutoff=_SIMILAR)
        if similar and name.upper() not in known:
            yield warning(
                Area.SETTINGS,
                f"{env_file} sets {name}, which is no setting and changes nothing.",
                f"Write {similar[0]} if that is what you meant.",
            )


def _catalogue(settings: Settings) -> Iterator[Finding]:
    try:
        catalogue = Catalogue.load(settings.catalogue_file, default_model=settings.default_model)
    except CatalogueError as error:
        yield failure(Area.SETTINGS, str(error), "Correct CATALOGUE_FILE or DEFAULT_MODEL.", ExitCode.SETTINGS)
        return
    clip = default_clip(catalogue)
    ceiling = settings.max_usd_per_job
    if clip.microusd is not None and ceiling is not None and clip.microusd > ceiling:
        yield warning(
            Area.SETTINGS,
            f"MAX_USD_PER_JOB is {dollars(ceiling)}, but a bare /video costs {dollars(clip.microusd)}, so that each is"
            " refused.",
            "Raise MAX_USD_PER_JOB, or choose a cheaper DEFAULT_MODEL.",
        )


def _addresses(settings: Settings) -> Iterator[Finding]:
    if bool(settings.discord_api_url) != bool(settings.discord_gateway_url):
        yield failure(
            Area.SETTINGS,
            "Only one of DISCORD_API_URL and DISCORD_GATEWAY_URL is set, but a stand-in for Discord has both.",
            "Set both, or neither for Discord itself.",
            ExitCode.SETTINGS,
        )
    if settings.download_origins and not settings.discord_api_url and not is_local(settings.piapi_base_url):
        yield warning(
            Area.SETTINGS,
            "DOWNLOAD_ORIGINS lets files be fetched from addresses that are otherwise refused, although Discord and"
            " PiAPI are the real ones.",
            "Leave DOWNLOAD_ORIGINS empty outside of a local stand-in.",
        )


def _ceilings(settings: Settings) -> Iterator[Finding]:
    if settings.servers is None and settings.max_usd_per_month is None:
        yield warning(
            Area.SETTINGS,
            "SERVERS is all and MAX_USD_PER_MONTH is unlimited, so that anybody who invites the bot can spend"
            " everything there is.",
            "List your servers in SERVERS, or set MAX_USD_PER_MONTH.",
        )
