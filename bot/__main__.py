"""The command line: `python -m bot VERB`; `--help` names the verbs."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Coroutine, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from bot.collector import modules_kept
from bot.exit_codes import INTERRUPTED, ExitCode
from bot.owner_commands import add_owner_verbs, run_owner_verb
from bot.settings import Settings, SettingsError, load_settings

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb and return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    setup = verbs.add_parser("setup", help="ask for the keys, write .env, invite the bot, and check everything")
    setup.add_argument(
        "--env-file",
        type=Path,
        metavar="PATH",
        help="write this file instead, for a bot that starts elsewhere",
    )
    check = verbs.add_parser("check", help="look at everything the bot needs, and say what is wrong and what mends it")
    check.add_argument("--json", action="store_true", help="for machines")
    verbs.add_parser("invite", help="print the link that invites the bot to a server")
    verbs.add_parser("run", help="start the bot on the accounts in .env")
    _add_demo(verbs.add_parser("demo", help="try the whole bot on this machine, without any account"))
    verbs.add_parser("tour", help="run the scripted demo once and leave a transcript")
    backup = verbs.add_parser("backup", help="copy the database and the clips into one file, beside a running bot too")
    backup.add_argument("file", nargs="?", type=Path, help="the file to write; in DATA_DIR/backups without it")
    restore = verbs.add_parser("restore", help="put a backup in the place of the data, which is kept aside")
    restore.add_argument("file", type=Path, help="a file that `backup` wrote")
    ledger = verbs.add_parser("ledger", help="print what was reserved and charged, and compare it with the provider")
    ledger.add_argument("--month", default="", metavar="YYYY-MM", help="only this month (UTC)")
    ledger.add_argument("--reconcile", action="store_true", help="compare each task with the provider's history")
    verbs.add_parser("migrate", help="bring the database's schema up to date")
    owners = add_owner_verbs(verbs)
    options = parser.parse_args(arguments)
    verb = options.verb
    if verb == "check":
        return _check(as_json=options.json)
    if verb == "setup":
        from bot.setup.steps import run_setup

        return run_setup() if options.env_file is None else run_setup(options.env_file)
    if verb == "invite":
        from bot.invite import print_invitation

        return print_invitation()
    if verb == "demo":
        return _stage(verb, _chosen_for_demo(options))
    if verb == "tour":
        return _stage(verb)
    try:
        settings = load_settings()
    except SettingsError as error:
        return _complain(str(error), ExitCode.SETTINGS)
    if verb in owners:
        return run_owner_verb(settings.data_dir, options)
    # The database holds secrets, the archive what people sent: nobody else on this machine is to read them.
    os.umask(0o077)
    if verb == "backup":
        return _backup(settings, options.file)
    if verb == "restore":
        return _restore(settings, options.file)
    if verb == "ledger":
        return _ledger(settings, options.month, reconcile=options.reconcile)
    return _run(settings) if verb == "run" else _migrate(settings)


def _run(settings: Settings) -> int:
    # Imported here: the other verbs need neither Discord nor a provider.
    with modules_kept():
        from bot.app import StartFailed, run
        from bot.hardening import keep_memory_private

    keep_memory_private()
    try:
        asyncio.run(run(settings))
    except StartFailed as error:
        return _complain(str(error), error.code)
    except KeyboardInterrupt:
        return ExitCode.OK
    return ExitCode.OK


def _check(*, as_json: bool) -> int:
    from bot.check.run import check_everything

    try:
        report = asyncio.run(check_everything())
    except KeyboardInterrupt:
        return INTERRUPTED
    sys.stdout.write(report.json() if as_json else report.text())
    return report.exit_code


def _backup(settings: Settings, file: Path | None) -> int:
    from bot.backup.create import back_up
    from bot.backup.errors import BackupError
    from bot.clock import SystemClock

    try:
        made = asyncio.run(_unless_terminated(back_up(settings, file, SystemClock())))
    except BackupError as error:
        return _complain(str(error), error.code)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED
    sys.stdout.write(made.text())
    return ExitCode.OK


def _restore(settings: Settings, file: Path) -> int:
    from bot.backup.errors import BackupError
    from bot.backup.restore import restore
    from bot.clock import SystemClock

    try:
        made = asyncio.run(_unless_terminated(restore(settings, file, SystemClock())))
    except BackupError as error:
        return _complain(str(error), error.code)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED
    sys.stdout.write(made.text())
    return ExitCode.OK


def _ledger(settings: Settings, month: str, *, reconcile: bool) -> int:
    from bot.clock import SystemClock
    from bot.ledger import LedgerError, read_ledger

    try:
        report = asyncio.run(_unless_terminated(read_ledger(settings, SystemClock(), month=month, reconcile=reconcile)))
    except LedgerError as error:
        return _complain(str(error), error.code)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED
    sys.stdout.write(report.text())
    return report.exit_code


async def _unless_terminated(verb: Coroutine[object, object, T]) -> T:
    """Let SIGTERM end a verb as Ctrl-C does: it cleans up behind itself."""
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers on its loops
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await verb


def _migrate(settings: Settings) -> int:
    from bot.backup.errors import BackupError
    from bot.backup.interrupted import finish_interrupted
    from storage.errors import DatabaseInUse, StorageError
    from storage.migration import run_migrations

    try:
        asyncio.run(finish_interrupted(settings))
        asyncio.run(run_migrations(settings.database, settings.data_dir))
    except BackupError as error:
        return _complain(str(error), error.code)
    except DatabaseInUse as error:
        return _complain(str(error), ExitCode.ALREADY_RUNNING)
    except StorageError as error:
        return _complain(str(error), ExitCode.DATABASE)
    sys.stdout.write("The database's schema is up to date.\n")
    return ExitCode.OK


def _add_demo(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--host", metavar="ADDRESS", help="serve the page there instead of on this machine alone")
    demo.add_argument("--port", type=int, metavar="N", help="the page's port (default: 8321, or any free one)")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page")
    demo.add_argument("--console", action="store_true", help="type at the terminal what you would do in Discord")


def _chosen_for_demo(options: argparse.Namespace) -> list[str]:
    valued = {"--host": options.host, "--port": options.port}
    given = [word for name, value in valued.items() if value is not None for word in (name, str(value))]
    return given + [f"--{name}" for name in ("no-browser", "console") if getattr(options, name.replace("-", "_"))]


def _stage(verb: str, chosen: Sequence[str] = ()) -> int:
    """Hand over to the sandbox, which starts this program again as its bot."""
    if find_spec("sandbox") is None:
        return _complain(
            f"`{verb}` needs a clone of the repository: the sandbox is not part of the package.", ExitCode.DEFECT
        )
    bot = [sys.executable, "-m", "bot", "run"]
    command = [sys.executable, "-m", "sandbox", verb, *chosen, "--", *bot]
    os.chdir(Path(__file__).resolve().parent.parent)
    if os.name != "nt":
        # In place of this process, so that Ctrl-C and signals reach what has to stop the services and the bot.
        os.execv(command[0], command)  # noqa: S606 - our own program
    return subprocess.call(command)  # noqa: S603 - our own program; Windows cannot replace a process


def _complain(sentence: str, code: ExitCode) -> int:
    sys.stderr.write(f"egret: {sentence}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
