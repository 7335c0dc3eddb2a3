"""The verb `serve`: both local services in this process, until a signal."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from sandbox.discord import DiscordSandbox, LimitsConfig
from sandbox.discord.config import with_shards
from sandbox.discord.recording import recording
from sandbox.piapi import PiapiSandbox
from sandbox.stage.addresses import DiscordAddresses, ProviderAddresses, ServiceAddresses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_STOPPING: Final = ("SIGTERM", "SIGINT", "SIGHUP")


@asynccontextmanager
async def services(
    *, discord_port: int = 0, provider_port: int = 0, record: Path | None = None, shards: int = 1
) -> AsyncIterator[ServiceAddresses]:
    """Run both services in this process; 0 takes a free port, and `record` is where the local Discord is recorded.

    With several shards there is a server on each.

    Raises:
        OSError: a port is taken, or the recording cannot be written.
    """
    # Each shard may begin beside the others: whoever tries restarts has no day for them.
    quick = LimitsConfig(identify_concurrency=shards)
    world = replace(with_shards(shards), limits=quick) if shards > 1 else None
    async with DiscordSandbox(world, port=discord_port) as discord, PiapiSandbox(port=provider_port) as provider:
        with recording(discord, record):
            yield addresses_of(discord, provider)


def addresses_of(discord: DiscordSandbox, provider: PiapiSandbox) -> ServiceAddresses:
    """Return where two services that listen are."""
    return ServiceAddresses(
        discord=DiscordAddresses(
            api_url=discord.api_url,
            gateway_url=discord.gateway_url,
            cdn_origin=discord.cdn_origin,
            person_url=discord.person_url,
            token=discord.token,
            server_id=next(iter(discord.world.guilds)),
        ),
        provider=ProviderAddresses(
            base_url=provider.base_url,
            output_origin=provider.origin,
            control_url=provider.control_url,
            key=provider.api_key,
        ),
    )


async def serve(
    *,
    discord_port: int,
    provider_port: int,
    ready_file: Path | None,
    while_stdin_open: bool,
    record: Path | None = None,
    shards: int = 1,
) -> int:
    """Serve until SIGTERM or SIGINT; print the addresses as one line of JSON once both services listen.

    Args:
        discord_port: Where Discord is served; 0 for any free port.
        provider_port: Where PiAPI is served; 0 for any free port.
        ready_file: Where the line is written too.
        while_stdin_open: Whether the end of standard input stops it as well: a parent that dies takes it along.
        record: Where every exchange and event of the local Discord is written.
        shards: How many shards the local Discord recommends, with a server on each.

    Returns:
        The process's exit code.
    """
    stop = stop_signal()
    if while_stdin_open:
        await stop_at_end_of_input(stop)
    try:
        async with services(
            discord_port=discord_port, provider_port=provider_port, record=record, shards=shards
        ) as addresses:
            _announce(addresses, ready_file)
            await stop.wait()
    except OSError as error:
        what = "listen" if error.filename is None else f"write {error.filename}"
        sys.stderr.write(f"sandbox: cannot {what}: {error.strerror or error}.\n")
        return 1
    sys.stderr.write("Stopped.\n")
    return 0


def stop_signal() -> asyncio.Event:
    """Return an event that is set when this process is asked to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in _STOPPING:
        if hasattr(signal, name):
            with contextlib.suppress(NotImplementedError):  # loops on Windows have no signal handlers
                loop.add_signal_handler(getattr(signal, name), stop.set)
    return stop


async def stop_at_end_of_input(stop: asyncio.Event) -> None:
    """Set `stop` at the end of standard input: a parent that dies takes this process along."""

    class _Watch(asyncio.Protocol):
        @override
        def connection_lost(self, exc: Exception | None) -> None:
            stop.set()

    await asyncio.get_running_loop().connect_read_pipe(_Watch, sys.stdin)


def _announce(addresses: ServiceAddresses, ready_file: Path | None) -> None:
    line = addresses.model_dump_json()
    sys.stderr.write(
        f"A local Discord at {addresses.discord.person_url} (REST {addresses.discord.api_url},"
        f" gateway {addresses.discord.gateway_url})\n"
        f"A local PiAPI at {addresses.provider.base_url} (control {addresses.provider.control_url})\n"
        "Nothing leaves this machine. Stop with Ctrl-C.\n"
    )
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    if ready_file is not None:
        part = ready_file.with_name(f"{ready_file.name}.part")
        part.write_text(f"{line}\n", encoding="utf-8")
        part.replace(ready_file)
