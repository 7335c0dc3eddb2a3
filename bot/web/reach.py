"""The web side seen from outside: who answers at an address, and does a webhook get through to it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

import aiohttp

from bot.errors import EgretError
from bot.piapi.webhook import SECRET_HEADER, endpoint_of
from bot.web.server import PROCESS_HEADER

_HEALTH_LIMIT: Final = 64 * 1024


class Obstacle(Enum):
    """Why an address was not reached."""

    NAME = auto()
    """The host's name is not known."""
    CONNECTION = auto()
    """Nobody takes the connection."""
    CERTIFICATE = auto()
    """No encrypted connection can be made."""
    TIME = auto()
    """No answer came in time."""
    ANSWER = auto()
    """The connection broke, or what came back is no HTTP."""


class NotReached(EgretError):
    """No answer came.

    Attributes:
        obstacle: why.
    """

    def __init__(self, obstacle: Obstacle) -> None:
        """Keep why; the client's own text may repeat the address."""
        super().__init__(obstacle.name.lower())
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAnswer:
    """What a webhook of ours was answered.

    Attributes:
        status: the HTTP status.
        process: the name of the Egret process that answered, "" where it was none.
        challenge: what a 401 complains of.
        location: where a redirect points to, "" for none.
    """

    status: int
    process: str
    challenge: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBot:
    """A bot that answers on its own web address.

    Attributes:
        process: its process's name.
        problems: what it says is not as it should be, by part.
    """

    process: str
    problems: Mapping[str, str] = field(default_factory=dict)


async def send_webhook(public_url: str, secret: str, seconds: float) -> WebhookAnswer:
    """Send a webhook for a job that does not exist, as the provider would send it.

    Redirects are not followed: the provider is not known to.

    Raises:
        NotReached: no answer came.
    """
    url = endpoint_of(public_url, f"check-{secrets.token_urlsafe(8)}")
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session,
            session.post(url, json={}, headers={SECRET_HEADER: secret}, allow_redirects=False) as answer,
        ):
            return WebhookAnswer(
                status=answer.status,
                process=answer.headers.get(PROCESS_HEADER, ""),
                challenge=answer.headers.get("WWW-Authenticate", ""),
                location=answer.headers.get("Location", ""),
            )
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise NotReached(_obstacle(error)) from None


async def find_running_bot(host: str, port: int, seconds: float) -> RunningBot | None:
    """Return the bot that listens on an address of this machine; None where there is none.

    Args:
        host: WEB_HOST; an address that means "every interface" is asked on loopback.
        port: WEB_PORT; 0 is nobody's.
        seconds: how long it may take to answer.
    """
    if not port:
        return None
    url = f"http://{_own_address(host)}:{port}/readyz"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            process = answer.headers.get(PROCESS_HEADER, "")
            body = await answer.content.read(_HEALTH_LIMIT) if process else b""
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None
    return RunningBot(process=process, problems=_problems(body)) if process else None


def _problems(body: bytes) -> dict[str, str]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return {str(part): str(state) for part, state in told.items() if state != "ok"} if isinstance(told, dict) else {}


def _own_address(host: str) -> str:
    own = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only translated
    return f"[{own}]" if ":" in own else own


def _obstacle(error: Exception) -> Obstacle:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Obstacle.NAME
    if isinstance(error, (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError)):
        return Obstacle.CERTIFICATE
    if isinstance(error, TimeoutError):
        return Obstacle.TIME
    if isinstance(error, aiohttp.ClientConnectorError):
        return Obstacle.CONNECTION
    return Obstacle.ANSWER
