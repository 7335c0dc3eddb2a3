"""The provider's API, typed: create, get, cancel, account, history (provider notes §1)."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import httpx
from pydantic import SecretStr
from typing_extensions import override

from bot.clock import SECOND, Clock, clock_ahead_ms
from bot.piapi import outcome, wire
from bot.piapi.bodies import read_body
from bot.piapi.errors import KeyMalformed, ProviderRefused, ProviderUnavailable, TaskNotFound
from bot.piapi.failures import reason_of_refusal, says_unknown_task
from bot.piapi.pace import GOES_FIRST, PacedTransport, ReadingPace
from bot.piapi.requests import CreateRequest
from bot.piapi.retry import RetryPolicy, RetryTransport, retry_after_ms
from bot.piapi.snapshot import AccountFacts, HistoryRow, TaskSnapshot, account_facts, history_rows, task_snapshot

_OK: Final = 200
_REDIRECT: Final = 300
_NOT_FOUND: Final = 404
DEFAULT_BASE_URL: Final = "https://api.piapi.ai"
PAGE_SIZE: Final = 100
"""The most rows the provider gives at once; asking for more is an error (provider notes §1.2)."""
MAX_PAGES: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccess:
    """Where the provider is and how to speak to it; durations are seconds.

    Attributes:
        key: the account's API key.
        base_url: without a path.
        user_agent: who we say we are.
        connect_seconds: for reaching the provider, TLS included.
        write_seconds: for handing over a piece of the request.
        read_seconds: for each piece of an ordinary answer.
        pool_seconds: for a connection to come free.
        create_read_seconds: for each piece of a create's answer; creates can be slow (provider notes §1.8).
        create_total_seconds: for a create from beginning to end.
        read_total_seconds: for anything else from beginning to end, repetitions included.
        max_connections: in each of the two pools.
    """

    key: SecretStr
    base_url: str = DEFAULT_BASE_URL
    user_agent: str = "egret"
    connect_seconds: float = 10
    write_seconds: float = 20
    read_seconds: float = 20
    pool_seconds: float = 10
    create_read_seconds: float = 120
    create_total_seconds: float = 170
    read_total_seconds: float = 75
    max_connections: int = 20

    def __post_init__(self) -> None:
        key = self.key.get_secret_value()
        if not key or not all("!" <= character <= "~" for character in key):
            raise KeyMalformed


class KeyAuth(httpx.Auth):
    """Puts the key on a request as it leaves, so that no client's or transport's repr holds it."""

    def __init__(self, key: SecretStr) -> None:
        """Keep the key."""
        self._key = key

    @override
    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header."""
        request.headers["x-api-key"] = self._key.get_secret_value()
        yield request


@dataclass(slots=True)
class PiapiClient:
    """One account at the provider. Close it, or use it as a context.

    Attributes:
        reading: sends what may be repeated, at the pace of `bot.piapi.pace`.
        buying: sends creates only: a pool of its own without keep-alive, so that no stale connection can make a
            create's outcome unknown, and no repetition.
    """

    access: ProviderAccess
    reading: httpx.AsyncClient = field(repr=False)
    buying: httpx.AsyncClient = field(repr=False)
    now: Callable[[], int] = field(repr=False)

    @classmethod
    def build(
        cls,
        access: ProviderAccess,
        clock: Clock,
        *,
        policy: RetryPolicy | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> PiapiClient:
        """Make a client with its two pools.

        Proxies and certificates from the environment are not used: the key goes to the address configured and
        nowhere else.
        """
        certificates = httpx.create_ssl_context(trust_env=False)
        inner = httpx.AsyncHTTPTransport(
            verify=certificates,
            trust_env=False,
            limits=httpx.Limits(max_connections=access.max_connections, max_keepalive_connections=5),
        )
        paced = PacedTransport(inner, ReadingPace(clock.now, clock.sleep), clock.now)
        retrying = RetryTransport(paced, sleep=clock.sleep, now=clock.now, policy=policy, jitter=jitter)
        once = httpx.AsyncHTTPTransport(
            verify=certificates,
            trust_env=False,
            limits=httpx.Limits(max_connections=access.max_connections, max_keepalive_connections=0),
        )
        return cls(
            access,
            reading=_http_client(access, retrying, access.read_seconds),
            buying=_http_client(access, once, access.create_read_seconds),
            now=clock.now,
        )

    async def __aenter__(self) -> Self:
        """Return the client, open from the start."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close both pools."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close both pools."""
        await self.reading.aclose()
        await self.buying.aclose()

    async def create_task(self, request: CreateRequest) -> outcome.CreateOutcome:
        """Buy a task with exactly one POST, and say what the answer means. Never raises for what the network does.

        Raises:
            asyncio.CancelledError: the caller was cancelled; the outcome is then unknown.
        """
        content = json.dumps(request.body(), ensure_ascii=True).encode("ascii")
        headers = {"content-type": "application/json"}
        try:
            async with asyncio.timeout(self.access.create_total_seconds):
                answer = await self._read(self.buying, "POST", "/api/v1/task", content=content, headers=headers)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the table decides what it means
            return outcome.classify(error)
        return outcome.classify(answer)

    async def get_task(self, task_id: str) -> TaskSnapshot:
        """Return a task.

        Raises:
            TaskNotFound: the provider does not know it.
            ProviderRefused: the provider said no for another reason.
            ProviderUnavailable: no usable answer.
        """
        answer = await self._ask("GET", _task_path(task_id))
        envelope = wire.read_envelope(answer.body)
        found = task_snapshot(envelope.data) if envelope is not None else None
        if found is not None and found.task_id == task_id:
            return found
        self._raise_for_error(answer, envelope, task=True)
        raise ProviderUnavailable("no_task_in_answer")

    async def cancel_task(self, task_id: str) -> None:
        """Ask for a task to be cancelled; possible only while it is pending (provider notes §1.2).

        Raises:
            TaskNotFound: the provider does not know it.
            ProviderRefused: the provider said no: it is running or over, or the key is wrong.
            ProviderUnavailable: no usable answer.
        """
        answer = await self._ask("DELETE", _task_path(task_id))
        self._raise_for_error(answer, wire.read_envelope(answer.body), task=True)

    async def account(self) -> AccountFacts:
        """Return the account; free of charge, and so the right check of a key (provider notes §1.6).

        Raises:
            ProviderRefused: the key is not accepted.
            ProviderUnavailable: no usable answer.
        """
        answer = await self._ask("GET", "/account/info")
        envelope = wire.read_envelope(answer.body)
        self._raise_for_error(answer, envelope, task=False)
        if envelope is None or not wire.as_mapping(envelope.data):
            raise ProviderUnavailable("no_account_in_answer")
        return account_facts(envelope.data, answer.clock_ahead)

    async def history(
        self, model: str, since: int, until: int, *, short_is_last: bool = False
    ) -> AsyncGenerator[HistoryRow, None]:
        """Yield the account's tasks of one model created between two instants, all pages, each task once.

        That a page which is not full is the last one is not documented, so whoever decides by what is not shown reads
        on until a page brings nothing new.

        Args:
            model: the provider's model, such as "kling".
            since: UTC milliseconds.
            until: UTC milliseconds.
            short_is_last: take a page that is not full for the last one.

        Raises:
            ProviderRefused: the provider said no.
            ProviderUnavailable: no usable answer, or the list does not end.
        """
        seen: set[str] = set()
        for page in range(1, MAX_PAGES + 1):
            rows = await self._history_page(model, since, until, page)
            fresh = [row for row in rows if row.task_id not in seen]
            for row in fresh:
                seen.add(row.task_id)
                yield replace(row, page=page)
            if not fresh or (short_is_last and len(rows) < PAGE_SIZE):
                return
        raise ProviderUnavailable("history_without_end")

    async def _history_page(self, model: str, since: int, until: int, page: int) -> tuple[HistoryRow, ...]:
        params = {
            "model": model,
            "page": str(page),
            "page_size": str(PAGE_SIZE),
            "start_time": str(since // SECOND),
            "end_time": str(-(-until // SECOND)),
        }
        answer = await self._ask("GET", "/api/open/tasks/histories", params=params, extensions={GOES_FIRST: True})
        envelope = wire.read_envelope(answer.body)
        self._raise_for_error(answer, envelope, task=False)
        return history_rows(envelope.data) if envelope is not None else ()

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        extensions: dict[str, bool] | None = None,
    ) -> outcome.RawAnswer:
        """Read or cancel; repeated by the transport.

        Raises:
            ProviderUnavailable: no answer.
        """
        try:
            async with asyncio.timeout(self.access.read_total_seconds):
                return await self._read(self.reading, method, path, params=params, extensions=extensions)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderUnavailable(type(error).__name__) from None

    async def _read(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        extensions: dict[str, bool] | None = None,
    ) -> outcome.RawAnswer:
        request = client.stream(
            method, path, params=params, content=content, headers=headers, extensions=dict(extensions or {})
        )
        async with request as response:
            body = await read_body(response)
            now = self.now()
            return outcome.RawAnswer(
                response.status_code,
                body,
                retry_after_ms(response.headers, now),
                clock_ahead_ms(response.headers.get("date", ""), now),
            )

    def _raise_for_error(self, answer: outcome.RawAnswer, envelope: wire.Envelope | None, *, task: bool) -> None:
        """Raise what an answer without the thing asked for means; return where it is a plain yes."""
        if envelope is None or envelope.code is None or not envelope.is_error:
            if task and answer.status == _NOT_FOUND:
                raise TaskNotFound
            if not _OK <= answer.status < _REDIRECT or envelope is None:
                raise ProviderUnavailable(f"http_{answer.status}")
            return
        error = wire.Task.model_validate(envelope.data).error
        texts = (envelope.message, error.raw_message, error.message)
        if task and (_NOT_FOUND in (answer.status, envelope.code) or says_unknown_task(*texts)):
            raise TaskNotFound
        raise ProviderRefused(reason_of_refusal(answer.status, envelope.code, *texts), envelope.code)


def _task_path(task_id: str) -> str:
    return f"/api/v1/task/{quote(task_id, safe='')}"


def _http_client(access: ProviderAccess, transport: httpx.AsyncBaseTransport, read_seconds: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=access.base_url,
        transport=transport,
        auth=KeyAuth(access.key),
        headers={"user-agent": access.user_agent, "accept": "application/json", "accept-encoding": "identity"},
        timeout=httpx.Timeout(
            connect=access.connect_seconds,
            read=read_seconds,
            write=access.write_seconds,
            pool=access.pool_seconds,
        ),
        follow_redirects=False,
        trust_env=False,
    )
