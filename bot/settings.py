"""Every setting, from the environment or `.env`; read once, passed on as values.

A missing or wrong setting stops the start with one sentence that names it. Money settings are written in dollars and
kept in micro-dollars; "unlimited" (or "all" for SERVERS) must be written out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.catalog import MICRO
from bot.errors import EgretError
from bot.processes import EVERY_ROLE, Role, check_shard_ids, read_roles, read_shard_count, read_shard_ids

_UNLIMITED: Final = "unlimited"
_SECRET_LENGTH: Final = 8


class SettingsError(EgretError):
    """A setting is missing or wrong; the message is one sentence for whoever starts the bot.

    Attributes:
        problems: a sentence for each setting that is missing or wrong; the message is the first.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep every sentence; none holds a secret's value."""
        super().__init__(problems[0])
        self.problems = tuple(problems)


class ServiceMode(StrEnum):
    """Who pays the provider's upstream account (provider notes §1.3)."""

    PUBLIC = "public"
    PRIVATE = "private"
    WORKSPACE = ""


class Switch(StrEnum):
    """Whether something is done."""

    ON = "on"
    OFF = "off"


class LogFormat(StrEnum):
    """How log lines look."""

    TEXT = "text"
    JSON = "json"


def _dollars(value: object) -> object:
    """Read dollars, or "unlimited", into micro-dollars."""
    text = str(value).strip().lower()
    if text == _UNLIMITED:
        return None
    if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text):
        raise ValueError('must be an amount of dollars such as 20 or 0.50, or "unlimited"')
    whole, _, part = text.partition(".")
    return int(whole) * MICRO + int(part.ljust(6, "0") or 0)


def _count(value: object) -> object:
    text = str(value).strip().lower()
    if text == _UNLIMITED:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError('must be a whole number such as 3, or "unlimited"')
    return int(text)


def _servers(value: object) -> object:
    text = str(value).strip().lower()
    if text == "all":
        return None
    ids = [part for part in re.split(r"[,\s]+", text) if part]
    if not all(re.fullmatch(r"\d{15,20}", part) for part in ids):
        raise ValueError('must be server ids separated by commas, or "all"')
    return frozenset(int(part) for part in ids)


def _id(value: object) -> object:
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{15,20}", text):
        raise ValueError("must be one id, such as 1180000000000000000, or empty")
    return int(text)


def _origins(value: object) -> object:
    return tuple(part for part in re.split(r"[,\s]+", str(value)) if part)


def _optional_path(value: object) -> object:
    return str(value).strip() or None


def _web_url(value: str) -> str:
    """Accept "" or an http(s) URL without query; give it back without a slash at the end."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        raise ValueError("must be an address such as https://egret.example.org")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or a password")
    return value.rstrip("/")


def socket_url(value: str) -> str:
    """Accept "" or a WebSocket's address."""
    if value and urlsplit(value).scheme not in {"ws", "wss"}:
        raise ValueError("must be an address that begins with ws:// or wss://")
    return value


def _database_url(value: str) -> str:
    if value and not re.match(r"(sqlite|postgresql|postgres)://", value):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return value


def _is_one_processes(database_url: str) -> bool:
    """Tell whether a database can serve only one process."""
    return not database_url.startswith("postgres")


def _dsn(value: SecretStr) -> SecretStr:
    text = value.get_secret_value().strip()
    parts = urlsplit(text)
    if text and not (parts.scheme in {"http", "https"} and parts.username and parts.hostname and parts.path.strip("/")):
        raise ValueError("must be the address that Sentry shows as the project's DSN, or empty")
    return SecretStr(text)


def _not_blank(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().strip():
        raise ValueError("must not be empty")
    return SecretStr(value.get_secret_value().strip())


def _long_enough(value: SecretStr) -> SecretStr:
    if 0 < len(value.get_secret_value()) < _SECRET_LENGTH:
        raise ValueError(f"must be at least {_SECRET_LENGTH} characters, or empty")
    return value


WebUrl = Annotated[str, AfterValidator(_web_url)]
Secret = Annotated[SecretStr, AfterValidator(_not_blank)]
MicroUsd = Annotated[int | None, BeforeValidator(_dollars)]
Count = Annotated[int | None, BeforeValidator(_count)]
Snowflake = Annotated[int | None, BeforeValidator(_id)]


class Settings(BaseSettings):
    """The process's settings; a field's name in capitals is the variable's name."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    discord_token: Secret = Field(description="The bot's token from Discord's developer portal.")
    piapi_key: Secret = Field(description="The API key of your PiAPI workspace.")
    servers: Annotated[frozenset[int] | None, NoDecode, BeforeValidator(_servers)] = Field(
        default=frozenset(),
        description="Ids of the servers that may spend, separated by commas; elsewhere the bot says that it is not"
        ' enabled and buys nothing. "all" lets every server spend.',
    )
    max_usd_per_month: MicroUsd = Field(
        default=20 * MICRO,
        description='The most this bot may spend in a calendar month (UTC), in dollars, or "unlimited".',
    )
    max_usd_per_job: MicroUsd = Field(
        default=1 * MICRO,
        description='The most one clip may cost, in dollars, or "unlimited"; also what is set aside while a price is'
        " not known.",
    )
    max_usd_per_server_per_month: MicroUsd = Field(
        default=20 * MICRO,
        description='The most one server may spend in a calendar month (UTC), in dollars, or "unlimited"; its managers'
        " can choose less.",
    )
    max_jobs_per_person_per_day: Count = Field(
        default=3,
        description='How many clips one person may order on a server in a day (UTC), or "unlimited"; its managers can'
        " choose less.",
    )
    max_jobs_per_person_per_month: Count = Field(
        default=60, description='The same for a calendar month (UTC), or "unlimited".'
    )
    max_running_per_person: Count = Field(
        default=2, description='How many clips of one person may be under way on a server at once, or "unlimited".'
    )
    home_server: Snowflake = Field(
        default=None,
        description="The id of the server where the bot's owner has owner commands; empty: there are none.",
    )
    alert_channel: Snowflake = Field(
        default=None,
        description="The id of the channel where the bot says what needs its owner; empty: only the log and the figures"
        " do.",
    )
    direct_messages: Switch = Field(
        default=Switch.OFF,
        description="on or off: whether commands work in direct messages, too, charged to a server that the person"
        " chooses among those they are a member of.",
    )
    retention_days: Count = Field(
        default=90,
        description='After how many days files, prompts and names are deleted, or "unlimited"; a server\'s managers can'
        " choose fewer.",
    )
    piapi_service_mode: ServiceMode = Field(
        default=ServiceMode.WORKSPACE,
        description="public (pay as you go), private (your own hosted Kling account), or empty for the workspace's"
        " default.",
    )
    message_content: Switch = Field(
        default=Switch.OFF,
        description="on or off: whether replies to clips work with their @ off, too. on needs the privileged Message"
        " Content Intent, to be switched on in Discord's developer portal, and shows the bot every message.",
    )
    default_model: str = Field(default="1.6", description="The model that a bare /video uses.")
    catalogue_file: Annotated[Path | None, BeforeValidator(_optional_path)] = Field(
        default=None, description="A TOML file that changes or adds models, prices, limits and voices; empty for none."
    )
    max_in_flight: int = Field(
        default=5,
        ge=1,
        le=1000,
        description="How many clips may be at the provider at once; the rest wait in line, where servers take turns,"
        " and so do the people of each.",
    )
    public_url: WebUrl = Field(
        default="",
        description="Where the provider reaches this bot from the internet, such as https://egret.example.org; turns"
        " webhooks on. Empty: polling only.",
    )
    webhook_secret: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        default=SecretStr(""), description="What a webhook must carry; empty: one is drawn and kept in the database."
    )
    web_host: str = Field(default="127.0.0.1", description="The address that the bot's own web side listens on.")
    web_port: int = Field(default=8080, ge=0, le=65535, description="Its port; 0 for any free one.")
    data_dir: Path = Field(default=Path("data"), description="Where the database and the clips are kept.")
    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        default="", description="sqlite:///path or postgresql://…; empty: egret.db in DATA_DIR."
    )
    shard_count: Annotated[int | None, BeforeValidator(read_shard_count)] = Field(
        default=None,
        description="How many shards (connections to Discord) there are in all, the same in every process. Empty: as"
        " many as Discord recommends.",
    )
    shard_ids: Annotated[tuple[int, ...] | None, NoDecode, BeforeValidator(read_shard_ids)] = Field(
        default=None,
        description="Which of them this process connects, such as 0-3 or 0,2,5; the others are other processes', on the"
        " same PostgreSQL. Empty: all.",
    )
    roles: Annotated[frozenset[Role], NoDecode, BeforeValidator(read_roles)] = Field(
        default=EVERY_ROLE,
        description="What this process does: all, or some of gateway (takes commands), worker (buys and delivers) and"
        " web (takes webhooks), separated by commas; other processes do the rest, on the same PostgreSQL.",
    )
    log_format: LogFormat = Field(default=LogFormat.TEXT, description="text or json.")
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )
    metrics: Switch = Field(
        default=Switch.OFF,
        description="on or off: whether figures are taken, for Prometheus to ask for at METRICS_PORT/metrics.",
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="The address that figures are given at; its own, so that no proxy in front of WEB_PORT shows them.",
    )
    metrics_port: int = Field(default=9464, ge=0, le=65535, description="Its port; 0 for any free one.")
    sentry_dsn: Annotated[SecretStr, AfterValidator(_dsn)] = Field(
        default=SecretStr(""),
        description="Where errors go: a Sentry project's DSN; needs the extra egret-bot[sentry]. Empty: nowhere.",
    )
    piapi_base_url: WebUrl = Field(
        default="https://api.piapi.ai", description="Where PiAPI is; change it for a local stand-in."
    )
    discord_api_url: WebUrl = Field(
        default="", description="Where Discord's REST API is, for a local stand-in; empty for Discord itself."
    )
    discord_gateway_url: Annotated[str, AfterValidator(socket_url)] = Field(
        default="", description="Where Discord's gateway is, for a local stand-in; empty for Discord itself."
    )
    download_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)] = Field(
        default=(),
        description="Exact origins, separated by commas, that files may be fetched from although they are plain http"
        " or not public; for a local stand-in only.",
    )

    @field_validator("shard_ids")
    @classmethod
    def _some_of_the_shards(cls, ids: tuple[int, ...] | None, info: ValidationInfo) -> tuple[int, ...] | None:
        if ids is None or "shard_count" not in info.data:
            return ids  # a wrong SHARD_COUNT is told of by itself
        count = info.data["shard_count"]
        check_shard_ids(ids, count)
        if len(ids) < count and _is_one_processes(info.data.get("database_url", "")):
            raise ValueError(
                f"leaves {count - len(ids)} of {count} shards to other processes, but SQLite serves only one: set"
                " DATABASE_URL to a PostgreSQL, or leave it empty"
            )
        return ids

    @field_validator("roles")
    @classmethod
    def _some_of_the_roles(cls, roles: frozenset[Role], info: ValidationInfo) -> frozenset[Role]:
        if roles != EVERY_ROLE and _is_one_processes(info.data.get("database_url", "")):
            raise ValueError(
                "leaves work to other processes, but SQLite serves only one: set DATABASE_URL to a PostgreSQL, or"
                " write all"
            )
        return roles

    @property
    def database(self) -> str:
        """Return the database's URL, with the default filled in; a relative SQLite path is in `data_dir`."""
        return self.database_url or "sqlite:///egret.db"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the values that must never be logged."""
        address = urlsplit(self.database_url)
        written = address.password or ""
        # As an option too, which PostgreSQL's drivers take; in the address it may be escaped.
        passwords = (written, unquote(written), *parse_qs(address.query).get("password", ()))
        fields = (self.discord_token, self.piapi_key, self.webhook_secret, self.sentry_dsn)
        dsn_key = urlsplit(self.sentry_dsn.get_secret_value()).username or ""
        values = (*(field.get_secret_value() for field in fields), *passwords, dsn_key)
        return tuple(dict.fromkeys(value for value in values if value))


def load_settings(**overrides: Any) -> Settings:
    """Read the settings.

    Args:
        overrides: values that win over the environment, by field name.

    Raises:
        SettingsError: one is missing or wrong; the message names the first and never holds a secret's value.
    """
    with in_sentences():
        return Settings(**overrides)


@contextmanager
def in_sentences() -> Iterator[None]:
    """Raise what reading settings may raise as a `SettingsError`, whose sentences hold no secret's value."""
    try:
        yield
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=True)
        raise SettingsError([_sentence(one) for one in found]) from None
    except UnicodeDecodeError:
        raise SettingsError([".env cannot be read: it is not written in UTF-8."]) from None
    except OSError as error:
        raise SettingsError([f".env cannot be read: {error.strerror or error}."]) from None


def _sentence(found: ErrorDetails) -> str:
    name = str(found["loc"][0]).upper() if found["loc"] else "a setting"
    if found["type"] == "missing":
        return f"{name} is not set: put it into .env (see .env.example) or into the environment."
    problem = found["msg"].removeprefix("Value error, ")
    secret = name in {"DISCORD_TOKEN", "PIAPI_KEY", "WEBHOOK_SECRET", "DATABASE_URL", "SENTRY_DSN"}
    value = "" if secret else f" (found {found['input']!r})"
    return f"{name} is wrong: {problem[0].lower()}{problem[1:]}{value}."
