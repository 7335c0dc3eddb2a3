"""Structured logs to standard output, with secrets redacted by value wherever they appear."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import LogFormat

_HIDDEN: Final = "[secret]"
_LEAST: Final = 6
"""Shorter values would redact ordinary words."""


class Redaction:
    """Replaces secret values in everything that is logged; more may be added once they are known."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        """Hide these values."""
        self._secrets: list[str] = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Hide one more value from now on."""
        if len(secret) >= _LEAST and secret not in self._secrets:
            self._secrets.append(secret)

    def text(self, value: str) -> str:
        """Return `value` without any secret in it."""
        for secret in self._secrets:
            value = value.replace(secret, _HIDDEN)
        return value

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Clean every value of a log line."""
        return {key: self._clean(value) for key, value in event.items()}

    def _clean(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (int, float, type(None))):
            return value
        if isinstance(value, dict):
            return {key: self._clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._clean(item) for item in value]
        return self.text(repr(value))


def configure_logging(style: LogFormat, level: str, redaction: Redaction) -> None:
    """Send structlog's and the standard library's records through one pipeline.

    Args:
        style: text for people, JSON for machines.
        level: the least level that is shown.
        redaction: what must never appear.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
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
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("discord", "httpx", "httpcore", "aiosqlite", "PIL"):
        logging.getLogger(noisy).setLevel(max(logging.getLevelName(level), logging.WARNING))
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
