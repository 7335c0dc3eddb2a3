"""Sends errors to Sentry where SENTRY_DSN says so: redacted by value, without bodies, local variables or people.

The library is an extra, and is loaded only here. It is given nothing but what the log shows at error level and above,
so it cannot learn of anything by itself: none of its own integrations is on.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from structlog.typing import EventDict, Processor, WrappedLogger

from bot.errors import EgretError
from bot.log import Redaction

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

_TAGS: Final = ("job", "delivery", "step", "logger")
_REPORTED: Final = frozenset({"error", "critical", "exception"})
_FLUSH_SECONDS: Final = 2.0


class ReporterMissing(EgretError):
    """The extra is not installed; the message says what to do."""


class ErrorReports:
    """Reports to one Sentry project.

    Attributes:
        processor: a step of the log's pipeline, to stand before exceptions are turned into text.
    """

    def __init__(self, processor: Processor, close: Callable[[], None]) -> None:
        """Keep what `open_reports` made."""
        self.processor = processor
        self._close = close

    async def close(self) -> None:
        """Send what is waiting, for two seconds at most."""
        await asyncio.to_thread(self._close)


def open_reports(dsn: str, redaction: Redaction, release: str = "") -> ErrorReports:
    """Return a way to report errors.

    Raises:
        ReporterMissing: sentry-sdk is not installed.
    """
    if find_spec("sentry_sdk") is None:
        raise ReporterMissing(
            "SENTRY_DSN is set, but sentry-sdk is not installed: pip install 'egret-bot[sentry]', or empty SENTRY_DSN."
        )
    import sentry_sdk
    from sentry_sdk.utils import event_from_exception

    def before_send(event: Event, _hint: Hint) -> Event | None:
        return _clean(event, redaction)

    client = sentry_sdk.Client(
        dsn,
        release=release or None,
        before_send=before_send,
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        server_name="egret",
        auto_session_tracking=False,
        send_client_reports=False,
        shutdown_timeout=_FLUSH_SECONDS,
        http_proxy="",
        https_proxy="",
    )

    def report(_logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
        if method in _REPORTED or line.get("level") in _REPORTED:
            client.capture_event(_event(line), scope=sentry_sdk.Scope())
        return line

    def _event(line: EventDict) -> Event:
        error = _error(line.get("exc_info"))
        event: Event = {"level": "fatal" if line.get("level") == "critical" else "error"}
        if error is not None:
            event, _ = event_from_exception(error, client_options=client.options)
        event["logger"] = str(line.get("logger", ""))
        event["message"] = str(line.get("event", ""))
        event["tags"] = {name: str(line[name]) for name in _TAGS if line.get(name) is not None}
        event["extra"] = {
            name: value for name, value in line.items() if name not in {*_TAGS, "exc_info"} and not name.startswith("_")
        }
        return event

    return ErrorReports(report, lambda: client.close(timeout=_FLUSH_SECONDS))


def _error(given: object) -> BaseException | None:
    match given:
        case BaseException():
            return given
        case (_, BaseException() as error, _):
            return error
        case True:
            return sys.exc_info()[1]
        case _:
            return None


def _clean(event: Event, redaction: Redaction) -> Event:
    for name in ("request", "user", "breadcrumbs", "modules"):
        event.pop(name, None)  # type: ignore[misc]  # the names are keys of it
    cleaned = redaction.clean(event)
    assert isinstance(cleaned, dict)  # noqa: S101 - a dictionary's clean form is one
    return cleaned  # type: ignore[return-value]  # the same keys, in plain data
