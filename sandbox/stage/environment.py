"""The environment of a bot on the stage: every setting written out, and nothing of the user's own.

The names are the bot's settings as its documentation lists them. The bot is started in an empty directory, so that no
`.env` is found there, and with a clean environment, so that no setting of the user's reaches it: the demo must not
touch a real account.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sandbox.stage.addresses import ServiceAddresses

REPOSITORY: Final = Path(__file__).resolve().parents[2]
"""Where the packages lie; children find them there whatever their working directory is."""
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
"""What a program needs to run at all; none of it is a setting of the bot."""


def plain_environment() -> dict[str, str]:
    """Return the environment in which every child starts."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def bot_environment(services: ServiceAddresses, *, data_dir: Path, web_port: int) -> dict[str, str]:
    """Return the whole environment of a bot that works against the local services.

    Args:
        services: Where they are.
        data_dir: The bot's own directory.
        web_port: The port of its web side, where the local provider sends webhooks to.
    """
    return {
        **plain_environment(),
        "DISCORD_TOKEN": services.discord.token,
        "DISCORD_API_URL": services.discord.api_url,
        "DISCORD_GATEWAY_URL": services.discord.gateway_url,
        "PIAPI_KEY": services.provider.key,
        "PIAPI_BASE_URL": services.provider.base_url,
        "PIAPI_SERVICE_MODE": "public",
        "DOWNLOAD_ORIGINS": ",".join(sorted({services.discord.cdn_origin, services.provider.output_origin})),
        "PUBLIC_URL": f"http://127.0.0.1:{web_port}",
        "WEB_HOST": "127.0.0.1",
        "WEB_PORT": str(web_port),
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": "",
        "WEBHOOK_SECRET": "",
        "CATALOGUE_FILE": "",
        "SERVERS": str(services.discord.server_id),
        "MAX_USD_PER_MONTH": "1000",
        "MAX_USD_PER_JOB": "10",
        "MAX_USD_PER_SERVER_PER_MONTH": "unlimited",
        "MAX_JOBS_PER_PERSON_PER_DAY": "unlimited",
        "MAX_JOBS_PER_PERSON_PER_MONTH": "unlimited",
        "MAX_RUNNING_PER_PERSON": "unlimited",
        "MAX_IN_FLIGHT": "5",
        "SHARD_COUNT": "",
        "SHARD_IDS": "",
        "ROLES": "all",
        "HOME_SERVER": "",
        "ALERT_CHANNEL": "",
        "DIRECT_MESSAGES": "off",
        "RETENTION_DAYS": "90",
        "DEFAULT_MODEL": "1.6",
        "MESSAGE_CONTENT": "off",
        "METRICS": "off",
        "METRICS_HOST": "127.0.0.1",
        "METRICS_PORT": "0",
        "SENTRY_DSN": "",
        "LOG_FORMAT": "text",
        "LOG_LEVEL": "INFO",
    }


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return int(port)
