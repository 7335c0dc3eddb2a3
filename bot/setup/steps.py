"""The conversation: two keys, how clips are paid, the public address, the first server, the check."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from dotenv import dotenv_values
from pydantic import AfterValidator, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings

from bot.catalog import Catalogue
from bot.check.application import PORTAL, application_findings
from bot.check.configuration import ENV_FILE
from bot.check.discord_account import ApplicationFacts, JoinedServer, logged_in
from bot.check.errors import KeyRefused, TokenRefused, Unreachable
from bot.check.finding import Level
from bot.check.provider import ask_account, clips_sentence
from bot.check.run import check_everything
from bot.clock import SystemClock
from bot.docs import env_example
from bot.errors import EgretError
from bot.exit_codes import INTERRUPTED, ExitCode
from bot.invite import invite_link
from bot.piapi.client import DEFAULT_BASE_URL
from bot.piapi.snapshot import AccountFacts
from bot.settings import ServiceMode, Settings, SettingsError, WebUrl, in_sentences, socket_url
from bot.setup import env_file, terminal
from bot.setup.terminal import agree, ask, ask_secret, choose, say

POLL_SECONDS: Final = 4.0
POLLS: Final = 450
"""Half an hour: somebody else may have to be found who manages the server."""
_TOKEN_PARTS: Final = 3


class GivenUp(EgretError):
    """The conversation cannot go on; the message is one sentence.

    Attributes:
        code: the process's exit code.
    """

    def __init__(self, sentence: str, code: ExitCode) -> None:
        """Keep the exit code."""
        super().__init__(sentence)
        self.code = code


class Addresses(BaseSettings):
    """Where Discord and PiAPI are: themselves, or stand-ins that the environment names."""

    model_config = Settings.model_config

    piapi_base_url: WebUrl = DEFAULT_BASE_URL
    discord_api_url: WebUrl = ""
    discord_gateway_url: Annotated[str, AfterValidator(socket_url)] = ""


@dataclass(slots=True)
class Conversation:
    """What is known so far.

    Attributes:
        addresses: where to ask.
        path: the file to write.
        before: the settings that were in it.
        written: whether this conversation has changed it.
    """

    addresses: Addresses
    path: Path = ENV_FILE
    before: dict[str, str] = field(default_factory=dict, repr=False)
    written: bool = False


def run_setup(path: Path = ENV_FILE) -> int:
    """Hold the conversation; return the process's exit code.

    Args:
        path: the file to write. Any other than `.env` is for a bot that starts elsewhere, such as in a container, and
            so nothing of this machine is checked at the end.
    """
    if not terminal.is_terminal():
        say(
            "Setup asks questions, and there is no terminal to ask at. Do this instead: copy .env.example to .env"
            " (chmod 600), fill in DISCORD_TOKEN, PIAPI_KEY and SERVERS, run `python -m bot invite` for the invite"
            " link, then `python -m bot check`."
        )
        return ExitCode.SETTINGS
    try:
        with in_sentences():
            conversation = Conversation(Addresses(), path)
    except SettingsError as error:
        say(str(error))
        return ExitCode.SETTINGS
    try:
        _try_to_write(path)
        return _converse(conversation)
    except GivenUp as error:
        say("", str(error), _left(conversation))
        return error.code
    except (KeyboardInterrupt, EOFError):
        say("", f"Stopped. {_left(conversation)}")
        return INTERRUPTED


def _left(conversation: Conversation) -> str:
    if conversation.written:
        return f"{conversation.path} is written; run setup again to go on from there."
    return "Nothing was written."


def _try_to_write(path: Path) -> None:
    """Find out before anything is asked whether the answers can be kept.

    Raises:
        GivenUp: they cannot.
    """
    try:
        env_file.try_directory(path)
    except OSError as error:
        raise GivenUp(
            f"{path} cannot be written: {error.strerror or error}. Run setup as the user whom its directory belongs to,"
            " or name another file with --env-file.",
            ExitCode.SETTINGS,
        ) from None


def _converse(conversation: Conversation) -> int:
    if not _may_write(conversation):
        say(f"Nothing was changed. `{terminal.typed('check')}` looks at what is there.")
        return ExitCode.OK
    token, application = _discord(conversation)
    key, account = _piapi(conversation)
    mode = _service_mode()
    public_url = _public_url()
    _write(
        conversation,
        {
            "DISCORD_TOKEN": token,
            "PIAPI_KEY": key,
            "PIAPI_SERVICE_MODE": mode.value,
            "PUBLIC_URL": public_url,
        },
    )
    _warn_of_environment("DISCORD_TOKEN", "PIAPI_KEY", "PIAPI_SERVICE_MODE", "PUBLIC_URL", "SERVERS")
    _servers(conversation, token, application)
    return _finish(conversation, account, mode)


def _may_write(conversation: Conversation) -> bool:
    """Ask before an existing file is changed; remember what is in it."""
    path = conversation.path
    if not path.exists():
        return True
    conversation.before = {name: value for name, value in dotenv_values(path).items() if value}
    say(f"{path} is here already. Setup would change the settings it asks about and keep every other line.")
    return agree("Go on?", default=False)


def _discord(conversation: Conversation) -> tuple[str, ApplicationFacts]:
    say(
        "",
        "1. Discord",
        f"Make an application at {PORTAL} (New Application). Under Installation set the install link to None and save;"
        " under Bot switch Public Bot off and save, then press Reset Token and copy the token.",
    )
    kept = conversation.before.get("DISCORD_TOKEN", "")
    token = kept if kept and agree("Keep the token that is there?", default=True) else ""
    while True:
        token = token or _token(ask_secret("Bot token (not shown):"))
        application = _try_token(conversation, token) if token else None
        if application is not None:
            say(f"Discord knows it: {application.name}.")
            return token, _settled(conversation, token, application)
        token = ""


def _token(pasted: str) -> str:
    """Return what was pasted if it can be a bot's token, "" otherwise."""
    token = pasted.strip("\"'").removeprefix("Bot ").strip()
    if token.count(".") != _TOKEN_PARTS - 1:
        say("That is no bot token: it has three parts with dots between. The client secret is something else.")
        return ""
    return token


def _try_token(conversation: Conversation, token: str) -> ApplicationFacts | None:
    while True:
        try:
            return asyncio.run(_application(conversation.addresses, token))
        except TokenRefused:
            say("Discord refuses this token. Reset it in the portal and paste the new one.")
            return None
        except Unreachable as error:
            _again_or_give_up(f"Discord cannot be asked: it {error}.")


def _settled(conversation: Conversation, token: str, application: ApplicationFacts) -> ApplicationFacts:
    """Have the portal's switches put right, as far as the owner wants to."""
    while True:
        spends = conversation.before.get("SERVERS", "").strip().lower() == "all"
        wrong = [
            finding
            for finding in application_findings(application, every_server_spends=spends)
            if finding.level is not Level.OK
        ]
        if not wrong:
            return application
        for finding in wrong:
            say(finding.sentence, f"→ {finding.remedy}")
        if ask("Press Enter when that is done, or type s to go on as it is:").casefold() in {"s", "skip"}:
            return application
        application = _try_token(conversation, token) or application


def _piapi(conversation: Conversation) -> tuple[str, AccountFacts]:
    say("", "2. PiAPI", "Make a workspace at https://piapi.ai, top it up, and copy its API key.")
    kept = conversation.before.get("PIAPI_KEY", "")
    key = kept if kept and agree("Keep the key that is there?", default=True) else ""
    while True:
        key = key or ask_secret("API key (not shown):").strip("\"'")
        account = _try_key(conversation, key) if key else None
        if account is not None:
            if account.balance_microusd is not None:
                say(f"PiAPI knows it. {clips_sentence(account.balance_microusd, Catalogue())}")
            else:
                say("PiAPI knows it.")
            return key, account
        key = ""


def _try_key(conversation: Conversation, key: str) -> AccountFacts | None:
    while True:
        try:
            return asyncio.run(ask_account(SecretStr(key), conversation.addresses.piapi_base_url, SystemClock()))
        except KeyRefused:
            say("PiAPI refuses this key. Copy it again from your workspace.")
            return None
        except Unreachable as error:
            _again_or_give_up(f"PiAPI cannot be asked: it {error}.")


def _again_or_give_up(sentence: str) -> None:
    say(sentence)
    if not agree("Try again?", default=True):
        raise GivenUp("Setup needs Discord and PiAPI to try the keys.", ExitCode.UNREACHABLE)


def _service_mode() -> ServiceMode:
    say("", "3. How clips are paid")
    choices = ("pay as you go, from the PiAPI balance (usual)", "on your own Kling account, hosted at PiAPI")
    return (ServiceMode.PUBLIC, ServiceMode.PRIVATE)[choose("Which?", choices)]


def _public_url() -> str:
    say(
        "",
        "4. Public address",
        "If PiAPI can reach this machine by https, clips arrive a little sooner. Without it everything works too.",
    )
    address: TypeAdapter[str] = TypeAdapter(WebUrl)
    while True:
        said = ask("Address such as https://egret.example.org, or just Enter for none:")
        try:
            return address.validate_python(said)
        except ValidationError:
            say("That is no address such as https://egret.example.org.")


def _write(conversation: Conversation, values: dict[str, str]) -> None:
    """Change the file; its other lines stay, and a new one begins as the example does.

    Raises:
        GivenUp: it cannot be written.
    """
    path = conversation.path
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else env_example()
        env_file.write(path, env_file.changed(before, values), values)
    except (OSError, UnicodeDecodeError, env_file.Unwritable) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise GivenUp(f"{path} cannot be written: {reason}.", ExitCode.SETTINGS) from None
    conversation.written = True
    say("", f"{path} is written, readable by you alone.")


def _warn_of_environment(*names: str) -> None:
    for name in names:
        if os.environ.get(name):
            say(f"{name} is set in the environment too, which wins over .env: unset it there.")


def _servers(conversation: Conversation, token: str, application: ApplicationFacts) -> None:
    say("", "5. Your server", "Open this link and choose the server; you need Manage Server there:", "")
    say(invite_link(application.id), "")
    joined = _first_server(conversation, token)
    listed = conversation.before.get("SERVERS", "")
    if not joined or listed.strip().lower() == "all":
        return
    ids = [part for part in listed.replace(",", " ").split() if part]
    fresh = [
        str(server.id)
        for server in joined
        if str(server.id) not in ids and agree(f"May people in {server.name} spend your money?", default=True)
    ]
    if fresh:
        _write(conversation, {"SERVERS": ",".join([*ids, *fresh])})


def _first_server(conversation: Conversation, token: str) -> tuple[JoinedServer, ...]:
    """Wait until the bot is in a server, or somebody is tired of it."""
    complained = False
    for number in range(POLLS):
        try:
            joined = asyncio.run(_joined(conversation.addresses, token))
        except (Unreachable, TokenRefused):
            joined = ()
            if not complained:
                say("Discord does not answer just now; still waiting.")
                complained = True
        if joined:
            say(f"The bot is in {', '.join(server.name for server in joined)}.")
            return joined
        if number == 0:
            say("Waiting for the bot to appear in a server; press Enter to go on without.")
        if terminal.enter_within(POLL_SECONDS):
            break
    say(f"The bot is in no server yet; `{terminal.typed('invite')}` prints the link again.")
    return ()


def _finish(conversation: Conversation, account: AccountFacts, mode: ServiceMode) -> int:
    if conversation.path != ENV_FILE:
        say("", "That is all. Start the bot with these settings, then run `python -m bot check` where it runs.")
        return ExitCode.OK
    say("", "6. Check")
    report = asyncio.run(check_everything())
    terminal.show(report.text())
    if account.balance_microusd is not None and mode is not ServiceMode.PRIVATE:
        say("", clips_sentence(account.balance_microusd, Catalogue()))
    if report.level is Level.FAIL:
        say(f"Mend what failed, then run `{terminal.typed('check')}` again.")
        return report.exit_code
    say("", "Start the bot:")
    terminal.show(f"\n  {terminal.typed('run')}\n\n")
    say("Then type /video in your server. If the commands do not show, restart the Discord client.")
    return ExitCode.OK


async def _application(addresses: Addresses, token: str) -> ApplicationFacts:
    async with logged_in(
        token, addresses.discord_api_url, addresses.discord_gateway_url, SystemClock()
    ) as discord_account:
        return await discord_account.application()


async def _joined(addresses: Addresses, token: str) -> tuple[JoinedServer, ...]:
    async with logged_in(
        token, addresses.discord_api_url, addresses.discord_gateway_url, SystemClock()
    ) as discord_account:
        return await discord_account.joined()
