"""Structured logs to standard output, with secrets redacted by value wherever they appear.

What a line concerns (`job`, `delivery`, `step`, `interaction`, `guild`) is bound with `structlog.contextvars` where the
work begins, and stands on every line that is written meanwhile, a library's included.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import types
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from typing_extensions import override

from bot.settings import LogFormat

_HIDDEN: Final = "[secret]"
_LEAST: Final = 6
"""Shorter values would redact ordinary words."""
_TOKEN_IN_ADDRESS: Final = re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.-]{20,}")
"""Whoever has an interaction's token may answer in its name for 15 minutes; Discord's addresses hold it, and
discord.py logs them when it is told to slow down."""
_NO_DESCRIPTOR: Final = "socket.accept() out of system resource"
_DEEPEST: Final = 12
"""Values nested deeper than this are shown by their type alone: they may hold themselves."""

log = structlog.get_logger(__name__)


class Redaction:
    """Replaces secret values in everything that is logged or reported; more may be added once they are known.

    A secret is found as it is and in the forms that it takes in addresses, JSON, `repr` and an Authorization header;
    tokens of interactions, which nobody knows beforehand, by their place in Discord's addresses.
    """

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        """Hide these values."""
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Hide one more value from now on."""
        if len(secret) < _LEAST:
            return
        self._forms |= _forms(secret)
        # The longest first: of two secrets, one may begin with the other.
        ordered = sorted(self._forms, key=lambda form: (-len(form), form))
        self._pattern = re.compile("|".join(map(re.escape, ordered)))

    def text(self, value: str) -> str:
        """Return `value` without any secret in it."""
        if len(value) < _LEAST:
            return value
        value = _TOKEN_IN_ADDRESS.sub(rf"\1{_HIDDEN}", value)
        return self._pattern.sub(_HIDDEN, value) if self._pattern is not None else value

    def clean(self, value: object, depth: int = 0) -> object:
        """Return `value` as plain data (texts, numbers, lists, dictionaries) without any secret in it."""
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, str):
            return self.text(value)
        if depth >= _DEEPEST:
            return f"<{type(value).__name__}>"
        if isinstance(value, Mapping):
            return {self.text(_shown(key)): self.clean(item, depth + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.clean(item, depth + 1) for item in value]
        return self.text(_shown(value))

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Clean every value of a log line."""
        return {self.text(str(key)): self.clean(value) for key, value in event.items()}


def _forms(secret: str) -> set[str]:
    encoded = secret.encode()
    forms = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        quote(quote(secret, safe=""), safe=""),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        repr(encoded)[2:-1],
        b64encode(encoded).decode().rstrip("="),
        urlsafe_b64encode(encoded).decode().rstrip("="),
    }
    return forms | {re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in forms}


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "backslashreplace")
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - a value that cannot be shown must not cost the line
        return f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    """Writes lines; one that cannot be made is named by its place, never shown as it was given."""

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        """Say which line was lost: the library's own words would print its arguments as they are."""
        error = sys.exc_info()[0]
        kind = error.__name__ if error is not None else "unknown"
        sys.stderr.write(f"egret: a log line of {record.name} ({record.filename}:{record.lineno}) was lost: {kind}\n")


class _OncePerMinute(logging.Filter):
    """Lets asyncio say once a minute that it has no descriptor for who knocks: it would say so hundreds of times."""

    def __init__(self) -> None:
        super().__init__()
        self._said_at = float("-inf")

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if _NO_DESCRIPTOR not in record.getMessage():
            return True
        if record.created < self._said_at + 60:
            return False
        self._said_at = record.created
        # Where it met that tells nothing.
        record.exc_info = None
        return True


def configure_logging(
    style: LogFormat, level: str, redaction: Redaction, *, before_rendering: Iterable[Processor] = ()
) -> None:
    """Send structlog's and the standard library's records through one pipeline.

    Args:
        style: text for people, JSON for machines.
        level: the least level that is shown.
        redaction: what must never appear.
        before_rendering: see every line, not redacted yet, while its exception is still one.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        *before_rendering,
        structlog.processors.format_exc_info,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if style is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(
            colors=sys.stdout.isatty(),
            # Never the kind that prints local variables: they hold what no log may show.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redaction, renderer],
    )
    handler = _Handler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for noisy in ("discord", "httpx", "httpcore", "aiosqlite", "PIL"):
        logging.getLogger(noisy).setLevel(max(logging.getLevelName(level), logging.WARNING))
    waiters = logging.getLogger("asyncio")
    for old in [each for each in waiters.filters if isinstance(each, _OncePerMinute)]:
        waiters.removeFilter(old)
    waiters.addFilter(_OncePerMinute())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def log_what_nobody_catches() -> None:
    """Write exceptions that end the process or a thread through the log, where they are redacted."""

    def uncaught(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("uncaught", exc_info=(kind, error, trace))

    def uncaught_in_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not issubclass(given.exc_type, SystemExit):
            uncaught(given.exc_type, given.exc_value, given.exc_traceback)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
