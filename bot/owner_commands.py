"""The owner's verbs on the command line: each asks the running bot through its socket."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from bot.catalog import MICRO
from bot.clock import DAY, HOUR, MINUTE
from bot.control.client import ControlConnection, connect
from bot.control.errors import BotGone, ControlError, Refused
from bot.control.protocol import (
    AskBalance,
    AskStatus,
    PauseSubmissions,
    Redeliver,
    Resolve,
    ResumeSubmissions,
    StatusSaid,
    SyncCommands,
)
from bot.exit_codes import INTERRUPTED, ExitCode

_PROVIDER_SECONDS: Final = 60.0
"""How long a verb may take that asks PiAPI or Discord."""
_PAUSES: Final = {
    "no_credit": "the account at PiAPI is out of credit",
    "bad_key": "PiAPI does not accept the key",
    "plan": "the plan at PiAPI does not include what was ordered",
    "paused_by_owner": "you paused them",
}
_AMBIGUOUS: Final = "egret: say either --task ID, which task it made, or --abandon, but not both.\n"

Said = tuple[str, ExitCode]
Ask = Callable[[ControlConnection], Awaitable[Said]]


def add_owner_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> frozenset[str]:
    """Add the verbs to a command line; return their names."""
    verbs.add_parser("status", help="say how the running bot is, and what needs you")
    verbs.add_parser("balance", help="ask PiAPI what the account has left")
    pause = verbs.add_parser("pause", help="buy nothing for now; commands are taken, and wait in line")
    pause.add_argument("--reason", default="", help="what people read beside their waiting clips")
    verbs.add_parser("resume", help="go on buying")
    redeliver = verbs.add_parser("redeliver", help="post a clip that no channel took")
    redeliver.add_argument("job", help="the clip's number, as on its card")
    resolve = verbs.add_parser("resolve", help="decide what became of a purchase whose outcome nobody knows")
    resolve.add_argument("job", help="the clip's number, as on its card")
    resolve.add_argument("--task", metavar="ID", default="", help="the task at PiAPI that it made")
    resolve.add_argument("--abandon", action="store_true", help="it made none: give up on it")
    verbs.add_parser("sync", help="tell Discord of every command anew")
    return frozenset({"status", "balance", "pause", "resume", "redeliver", "resolve", "sync"})


def run_owner_verb(data_dir: Path, options: argparse.Namespace) -> int:
    """Ask the bot that runs on a DATA_DIR, and say what it answers; return the exit code."""
    if options.verb == "resolve" and bool(options.task) is options.abandon:
        sys.stderr.write(_AMBIGUOUS)
        return ExitCode.SETTINGS
    try:
        words, code = asyncio.run(_asked(data_dir, _verb(options)))
    except Refused as error:
        sys.stderr.write(f"egret: {error}\n")
        return ExitCode.ATTENTION
    except BotGone as error:
        sys.stderr.write(f"egret: {error}; `status` says what it has come to\n")
        return ExitCode.UNREACHABLE
    except ControlError as error:
        sys.stderr.write(f"egret: {error}\n")
        return ExitCode.UNREACHABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    sys.stdout.write(words)
    return code


async def _asked(data_dir: Path, ask: Ask) -> Said:
    async with connect(data_dir) as bot:
        return await ask(bot)


def _verb(options: argparse.Namespace) -> Ask:
    job = getattr(options, "job", "").strip().lstrip("#").lower()

    async def status(bot: ControlConnection) -> Said:
        said = await bot.ask(AskStatus())
        return status_text(said), ExitCode.ATTENTION if _needs_a_look(said) else ExitCode.OK

    async def balance(bot: ControlConnection) -> Said:
        said = await bot.ask(AskBalance(), seconds=_PROVIDER_SECONDS)
        if said.key_refused:
            return "PiAPI does not accept the key.\n", ExitCode.PROVIDER
        if said.microusd is None:
            return "There is no balance: your own account pays, or PiAPI does not say.\n", ExitCode.OK
        return f"The account at PiAPI has {_dollars(said.microusd)} left.\n", ExitCode.OK

    async def pause(bot: ControlConnection) -> Said:
        done = await bot.ask(PauseSubmissions(note=options.reason))
        words = "Submissions are paused" if done.changed else "Submissions were paused already"
        return f"{words}: commands are taken and wait in line. `resume` ends it.\n", ExitCode.OK

    async def resume(bot: ControlConnection) -> Said:
        done = await bot.ask(ResumeSubmissions())
        return ("Submissions go on.\n" if done.changed else "You had not paused submissions.\n"), ExitCode.OK

    async def redeliver(bot: ControlConnection) -> Said:
        done = await bot.ask(Redeliver(job_id=job))
        return f"{_counted(done.number, 'message')} about #{job} tried again now.\n", ExitCode.OK

    async def resolve(bot: ControlConnection) -> Said:
        await bot.ask(Resolve(job_id=job, task_id=options.task), seconds=_PROVIDER_SECONDS)
        if options.task:
            return f"#{job} made the task {options.task}: it is followed, and its clip is posted.\n", ExitCode.OK
        return f"#{job} is given up on; its person has their clip back.\n", ExitCode.OK

    async def sync(bot: ControlConnection) -> Said:
        done = await bot.ask(SyncCommands(), seconds=_PROVIDER_SECONDS)
        return f"Discord was told of {_counted(done.number, 'command')} anew.\n", ExitCode.OK

    asks: dict[str, Ask] = {
        "status": status,
        "balance": balance,
        "pause": pause,
        "resume": resume,
        "redeliver": redeliver,
        "resolve": resolve,
        "sync": sync,
    }
    return asks[options.verb]


def status_text(said: StatusSaid) -> str:
    """Return how things stand, a line each."""
    version = f"version {said.version}, " if said.version else ""
    latency = f", {said.latency_ms} ms away" if said.latency_ms is not None else ""
    ceiling = f" of {_dollars(said.month_ceiling_microusd)}" if said.month_ceiling_microusd is not None else ""
    waited = f", the first for {_age(said.now - said.oldest_queued)}" if said.oldest_queued is not None else ""
    balance = "not known" if said.balance_microusd is None else _dollars(said.balance_microusd)
    rows = [
        ("bot", f"{version}up for {_age(said.now - said.started_at)}, on {_counted(said.servers, 'server')}"),
        ("Discord", f"connected{latency}" if said.connected else "not connected"),
        ("submissions", _submissions(said)),
        ("in line", f"{said.queued}{waited}"),
        ("at PiAPI", f"{said.in_flight} of {said.in_flight_limit}"),
        ("unknown", f"{said.unknown}; given up on: {said.abandoned}"),
        ("balance", balance),
        ("this month", f"{_dollars(said.month_used_microusd)}{ceiling}"),
        *(("stuck", name) for name in said.stuck),
        *(("needs you", f"{alert.title} ({_age(said.now - alert.raised_at)} ago)") for alert in said.alerts),
    ]
    if not _needs_a_look(said):
        rows.append(("needs you", "nothing"))
    return "".join(f"{name:<12} {words}\n" for name, words in rows)


def _submissions(said: StatusSaid) -> str:
    if not said.paused:
        return "going on"
    why = _PAUSES.get(said.paused, said.paused)
    note = f" ({said.pause_note})" if said.pause_note else ""
    return f"paused for {_age(said.now - said.paused_since)}: {why}{note}"


def _needs_a_look(said: StatusSaid) -> bool:
    return bool(said.alerts or said.paused or said.stuck or not said.connected)


def _dollars(microusd: int) -> str:
    sign = "-" if microusd < 0 else ""
    return f"{sign}${abs(microusd) / MICRO:,.2f}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _age(milliseconds: int) -> str:
    days, rest = divmod(max(0, milliseconds), DAY)
    hours, rest = divmod(rest, HOUR)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest // MINUTE} min" if hours else f"{rest // MINUTE} min"
