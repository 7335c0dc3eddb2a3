"""The web side: can it be listened on, and does PUBLIC_URL lead to this bot with the webhook's secret.

Where the bot runs, its answers on its own address and through PUBLIC_URL must name the same process; a secret that it
drew is known to it alone, so it is asked to call itself. Where it does not run, the check serves the same routes for a
moment and calls itself through PUBLIC_URL.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.check.configuration import is_local
from bot.check.finding import Area, Finding, failure, fine, warning
from bot.check.running import called_itself
from bot.clock import Clock
from bot.control.protocol import Facts
from bot.exit_codes import ExitCode
from bot.jobs.model import Asset
from bot.settings import Settings
from bot.web.files import FilesEndpoint
from bot.web.health import Health
from bot.web.reach import NotReached, Obstacle, RunningBot, WebhookAnswer, send_webhook
from bot.web.server import WebServer
from bot.web.signing import FileAddresses
from bot.web.webhook import SECRET_MISSING, WebhookEndpoint

WEBHOOK_SECONDS: Final = 10.0
_NO_CONTENT: Final = 204
_UNAUTHORISED: Final = 401
_NOT_FOUND: Final = 404
_REDIRECTS: Final = range(300, 400)
_GATEWAY_ERRORS: Final = frozenset({502, 503, 504, 521, 522, 523, 530})
"""What proxies answer for a server behind them that they cannot reach; the last four are Cloudflare's."""


async def web_findings(
    settings: Settings, clock: Clock, running: RunningBot | None, told: Facts | None
) -> list[Finding]:
    """Look at the web side.

    Args:
        settings: where it is.
        clock: the time.
        running: the bot that answers on its own address or on its socket, if one does.
        told: what it says of itself, if it could be asked.
    """
    if running is not None:
        state = _state_of(running)
        if settings.public_url and told is not None and told.public_url != settings.public_url:
            return [state, _started_otherwise(told)]
        return [state, *await _through_public_url(settings, running.process, settings.webhook_secret, asks_bot=True)]
    secret = settings.webhook_secret if settings.webhook_secret.get_secret_value() else _drawn()
    try:
        async with _served(settings, clock, secret) as process:
            where = f"{settings.web_host}:{settings.web_port}"
            free = fine(Area.WEB, f"The bot is not running; {where} is free for it.")
            return [free, *await _through_public_url(settings, process, secret)]
    except OSError as error:
        return [
            failure(
                Area.WEB,
                f"WEB_HOST and WEB_PORT: {settings.web_host}:{settings.web_port} cannot be listened on"
                f" ({error.strerror or error}).",
                "Stop the program that has the port, or choose another WEB_PORT.",
                ExitCode.WEB,
            )
        ]


@asynccontextmanager
async def _served(settings: Settings, clock: Clock, secret: SecretStr) -> AsyncIterator[str]:
    """Serve the bot's own routes on its own address for a moment; gives the process's name.

    Raises:
        OSError: the address cannot be listened on.
    """
    server = WebServer(
        settings.web_host,
        settings.web_port,
        WebhookEndpoint(secret, _nobodys),
        FilesEndpoint(FileAddresses(settings.public_url, secret, clock), _no_asset, _no_path),
        Health(alive={}, ready={}),
    )
    try:
        await server.start()
        yield server.process_name
    finally:
        await server.stop()


async def _through_public_url(
    settings: Settings, process: str, secret: SecretStr, *, asks_bot: bool = False
) -> list[Finding]:
    url = settings.public_url
    if not url:
        return [fine(Area.WEB, "PUBLIC_URL is empty: the bot polls PiAPI instead of being called.")]
    doubts = list(_doubts(settings))
    value = secret.get_secret_value()
    try:
        its_own = await called_itself(settings.data_dir, WEBHOOK_SECONDS) if asks_bot and not value else None
        answer = its_own or await send_webhook(url, value or _drawn().get_secret_value(), WEBHOOK_SECONDS)
    except NotReached as error:
        return [*doubts, _not_reached(url, error.obstacle)]
    return [*doubts, _judged(settings, answer, process, secret_known=bool(value) or its_own is not None)]


def _judged(settings: Settings, answer: WebhookAnswer, process: str, *, secret_known: bool) -> Finding:
    """Say what an answer means.

    Args:
        settings: where the web side is.
        answer: what came.
        process: who should have answered.
        secret_known: whether the secret sent is the real one; a secret that the bot drew is known to itself alone, and
            where it cannot be asked to call itself, it has to refuse ours.
    """
    url = settings.public_url
    if answer.process and answer.process != process:
        return _wrong(
            f"PUBLIC_URL ({url}) leads to another Egret than this one.",
            f"Let the reverse proxy pass it on to {_listener(settings)}, and stop the other Egret.",
        )
    if not answer.process:
        return _stranger(settings, answer)
    arrived = answer.status == _NO_CONTENT if secret_known else _refused_but_seen(answer)
    if arrived:
        return fine(Area.WEB, f"PUBLIC_URL ({url}) leads to this bot, and a webhook's secret arrives with it.")
    if answer.status == _NOT_FOUND:
        return _wrong("The running bot takes no webhooks: it was started without PUBLIC_URL.", "Start the bot again.")
    if answer.status == _UNAUTHORISED and answer.challenge == SECRET_MISSING:
        return _wrong(
            f"PUBLIC_URL ({url}) leads to this bot, but a webhook's secret is lost on the way.",
            "Let the reverse proxy pass on the header x-webhook-secret.",
        )
    if answer.status == _UNAUTHORISED and not settings.webhook_secret.get_secret_value():
        return _wrong(
            f"PUBLIC_URL ({url}) leads to this bot, but a webhook's secret is changed on the way.",
            "Let the reverse proxy pass on the header x-webhook-secret as it is.",
        )
    if answer.status == _UNAUTHORISED:
        return _wrong("The running bot has another webhook secret than WEBHOOK_SECRET says.", "Start the bot again.")
    return _wrong(
        f"PUBLIC_URL ({url}) leads to this bot, but a webhook is answered {answer.status}.",
        "Look into the bot's log.",
    )


def _started_otherwise(told: Facts) -> Finding:
    if not told.public_url:
        return _wrong("The running bot takes no webhooks: it was started without PUBLIC_URL.", "Start the bot again.")
    return _wrong(f"The running bot was started with another PUBLIC_URL ({told.public_url}).", "Start the bot again.")


def _refused_but_seen(answer: WebhookAnswer) -> bool:
    return answer.status == _UNAUTHORISED and answer.challenge != SECRET_MISSING


def _stranger(settings: Settings, answer: WebhookAnswer) -> Finding:
    """Say who it may be that answered, if not an Egret."""
    url = settings.public_url
    if answer.status in _REDIRECTS:
        return _wrong(
            f"PUBLIC_URL ({url}) redirects to {answer.location or 'nowhere'}, which PiAPI may not follow.",
            "Set PUBLIC_URL to the address that it redirects to.",
        )
    if answer.status in _GATEWAY_ERRORS:
        return _wrong(
            f"PUBLIC_URL ({url}) reaches a proxy that cannot reach the bot ({answer.status}).",
            f"Let the proxy pass it on to {_listener(settings)}.",
        )
    return _wrong(
        f"PUBLIC_URL ({url}) is answered by some other program ({answer.status}).",
        f"Let the reverse proxy pass /webhooks and /files on to {_listener(settings)}, methods and headers unchanged.",
    )


def _not_reached(url: str, obstacle: Obstacle) -> Finding:
    reasons = {
        Obstacle.NAME: ("its name is not known", "Correct it, or make the DNS record."),
        Obstacle.CONNECTION: (
            "nobody takes the connection",
            "Start the reverse proxy and open the port in the firewall; or leave PUBLIC_URL empty to poll instead.",
        ),
        Obstacle.CERTIFICATE: (
            "no trusted encrypted connection can be made",
            "Give the reverse proxy a valid certificate, as Caddy does by itself.",
        ),
        Obstacle.TIME: (
            "no answer comes in time",
            "Open the port in the firewall; some home routers hide it from this machine alone, so try a phone too.",
        ),
        Obstacle.ANSWER: ("the connection breaks", "Look into the reverse proxy's log."),
    }
    reason, remedy = reasons[obstacle]
    return _wrong(f"PUBLIC_URL ({url}) is not reached: {reason}.", remedy)


def _doubts(settings: Settings) -> Iterator[Finding]:
    """Yield what makes an address odd that PiAPI is to call, unless PiAPI itself is on this machine."""
    if is_local(settings.piapi_base_url):
        return
    parts = urlsplit(settings.public_url)
    if parts.scheme != "https":
        yield warning(
            Area.WEB,
            "PUBLIC_URL is not https, so that the webhook's secret and people's files travel in the open.",
            "Put a reverse proxy with HTTPS in front, such as Caddy.",
        )
    if _is_private(parts.hostname or ""):
        yield failure(
            Area.WEB,
            f"PUBLIC_URL ({settings.public_url}) is an address that PiAPI cannot reach from the internet.",
            "Set PUBLIC_URL to a public address, or leave it empty to poll instead.",
            ExitCode.WEB,
        )
    if settings.web_port == 0:
        yield warning(
            Area.WEB,
            "WEB_PORT is 0, so that the port is another one at each start and no reverse proxy knows it.",
            "Set WEB_PORT to a fixed number.",
        )


def _is_private(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _state_of(running: RunningBot) -> Finding:
    if not running.problems:
        return fine(Area.WEB, "The bot is running and ready.")
    problems = ", ".join(f"{part}: {problem}" for part, problem in running.problems.items())
    return warning(Area.WEB, f"The bot is running but not ready ({problems}).", "Look into its log.")


def _wrong(sentence: str, remedy: str) -> Finding:
    return failure(Area.WEB, sentence, remedy, ExitCode.WEB)


def _listener(settings: Settings) -> str:
    return f"{settings.web_host}:{settings.web_port}"


def _drawn() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(24))


async def _nobodys(_token: str, _task: str | None) -> bool:
    return False


async def _no_asset(_asset_id: str) -> Asset | None:
    return None


def _no_path(asset_id: str, extension: str) -> Path:
    return Path(f"{asset_id}.{extension}")
