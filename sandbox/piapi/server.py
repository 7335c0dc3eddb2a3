"""The sandbox as a server on loopback."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import aiohttp
from aiohttp import web

from sandbox.piapi.clock import SandboxClock
from sandbox.piapi.control_routes import ControlRoutes
from sandbox.piapi.create import TaskCreation
from sandbox.piapi.generation import ClipMaker
from sandbox.piapi.lifecycle import Lifecycle
from sandbox.piapi.options import Options
from sandbox.piapi.outputs import OutputServer
from sandbox.piapi.routes import ProviderRoutes, counting
from sandbox.piapi.state import ProviderState
from sandbox.piapi.webhooks import WebhookSender

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

DEFAULT_KEY: Final = "sandbox-key"
"""The API key that is valid unless others are given; it opens nothing but this sandbox."""
_BODY_LIMIT: Final = 4 * 1024 * 1024
_LEAVE_SECONDS: Final = 1.0


class PiapiSandbox:
    """A local PiAPI.

    Use as an asynchronous context manager, or call `start` and `stop`.

    Args:
        host: Address to listen on; loopback.
        port: Port; 0 lets the system choose.
        api_keys: Valid keys, each with its own money and tasks.
        balance_usd: What each account starts with.
        options: Settings, changeable later through the control API.
        clock: The sandbox's time.
        directory: Where clips are kept; a temporary one, removed at the end, when not given.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_keys: Sequence[str] = (DEFAULT_KEY,),
        balance_usd: float = 100.0,
        options: Options | None = None,
        clock: SandboxClock | None = None,
        directory: Path | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._keys = tuple(api_keys)
        self._balance_usd = balance_usd
        self._options = Options() if options is None else options.model_copy()
        self._clock = SandboxClock() if clock is None else clock
        self._directory = directory
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._state: ProviderState | None = None
        self._lifecycle: Lifecycle | None = None
        self._maker: ClipMaker | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def api_key(self) -> str:
        """The first valid key."""
        return self._keys[0]

    @property
    def origin(self) -> str:
        """Scheme, host and port, as in every address the sandbox gives.

        Raises:
            RuntimeError: Not started.
        """
        if self._state is None:
            raise RuntimeError("the sandbox is not started")
        return self._state.origin

    @property
    def base_url(self) -> str:
        """What a client of the provider is given as its base address."""
        return self.origin

    @property
    def control_url(self) -> str:
        """Where the control API is."""
        return f"{self.origin}/control"

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is taken.
        """
        state = self._make_state()
        self._state = state
        self._session = aiohttp.ClientSession()
        self._maker = ClipMaker(state, self._session)
        sender = WebhookSender(state, self._session)
        self._lifecycle = Lifecycle(state, self._maker, sender)
        application = web.Application(middlewares=[counting(state)], client_max_size=_BODY_LIMIT)
        creation = TaskCreation(state, self._lifecycle)
        application.add_routes(ProviderRoutes(state, self._lifecycle, creation).routes())
        application.add_routes(OutputServer(state).routes())
        application.add_routes(ControlRoutes(state, self._lifecycle, sender).routes())
        application.on_response_prepare.append(self._date)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_LEAVE_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        port = self._runner.addresses[0][1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        state.origin = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Stop listening, drop every task and remove the temporary files; harmless when not started."""
        if self._state is not None:
            self._state.stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._lifecycle is not None:
            await self._lifecycle.close()
        if self._maker is not None:
            await self._maker.close()
        if self._session is not None:
            await self._session.close()
        if self._temporary is not None:
            self._temporary.cleanup()
        self._lifecycle = self._runner = self._maker = self._session = self._temporary = self._state = None

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Date an answer by the sandbox's own clock, which clients compare theirs with."""
        response.headers["Date"] = self._clock.http_date()

    def _make_state(self) -> ProviderState:
        if self._directory is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="piapi-sandbox-")
            directory = Path(self._temporary.name)
        else:
            directory = self._directory
            directory.mkdir(parents=True, exist_ok=True)
        return ProviderState(self._options, self._clock, directory, self._keys, self._balance_usd)
