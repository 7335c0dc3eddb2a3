"""The panel's requests, JSON both ways; whoever serves them sees to it that only the page itself may send the POSTs.

| request | does |
| --- | --- |
| GET /api/panel/choices | the courses a task can take and the paces, in words |
| GET /api/panel/state | all that is shown; with `?known=<version>` only the time, if nothing has changed since |
| GET /api/panel/orders/{order} | the bot's history of one order |
| POST /api/panel/next | `{course, times?, seconds?}`: how the next tasks go; `times` null: all of them |
| POST /api/panel/next/forget | forget what waits for tasks |
| POST /api/panel/pace | `{pace}` |
| POST /api/panel/balance | `{usd}`: what the account can spend |
| POST /api/panel/tasks/{task}/finish, …/fail | end a task |
| POST /api/panel/tasks/{task}/expire, …/webhook | let its clip expire; send its webhook again |
| POST /api/panel/bot/kill, …/start, …/restart | the bot's process |

A refusal is `{"error": "<a sentence>"}`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeVar

import aiohttp
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.discord.json_types import encode
from sandbox.page.panel.bot_file import Unreadable
from sandbox.page.panel.bot_switch import BotSwitch, NotNow
from sandbox.page.panel.courses import CHAPTERS, LONGEST_SECONDS, UnknownCourse, course_named
from sandbox.page.panel.pace import PACES
from sandbox.page.panel.watch import PanelWatch
from sandbox.person import RequestRefused
from sandbox.piapi import ControlError
from sandbox.stage.errors import StageFailed

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from sandbox.discord.json_types import JsonObject, JsonValue
    from sandbox.stage.stage import Stage

_Handler = Callable[[web.Request], Awaitable["JsonObject"]]
_Body = TypeVar("_Body", bound=BaseModel)
_TITLES: Final = {
    "course": "The course",
    "times": "The number of tasks",
    "seconds": "The number of seconds",
    "pace": "The pace",
    "usd": "The balance",
}
"""What the fields of requests are called in a refusal."""
_MOST_TIMES: Final = 100
_MOST_USD: Final = 100_000.0
_FAILURE: Final = "unknown error, please contact support: failed by hand"


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Nothing(_Request):
    """A request without any choice."""


class _Next(_Request):
    """How the next tasks go."""

    course: str
    times: int | None = Field(default=1, ge=1, le=_MOST_TIMES)
    seconds: float | None = Field(default=None, ge=0, le=LONGEST_SECONDS, allow_inf_nan=False)


class _Pace(_Request):
    """How fast the provider works."""

    pace: str


class _Balance(_Request):
    """What the account can spend, in US dollars."""

    usd: float = Field(ge=0, le=_MOST_USD, allow_inf_nan=False)


class Refused(Exception):
    """A request that cannot be granted; the text is a sentence for people.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class PanelRoutes:
    """Serves the panel of a stage that has started.

    Args:
        stage: Whose provider is shown and whose bot is killed.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._switch = BotSwitch(stage)
        self._watch = PanelWatch(stage, self._switch)

    def add_to(self, app: web.Application) -> None:
        """Serve the routes on `app`; what the bot's switch is doing ends with it."""
        task = "/api/panel/tasks/{task}"
        for method, path, handler in (
            ("GET", "/api/panel/choices", self._choices),
            ("GET", "/api/panel/state", self._state),
            ("GET", "/api/panel/orders/{order}", self._order),
            ("POST", "/api/panel/next", self._next),
            ("POST", "/api/panel/next/forget", self._forget),
            ("POST", "/api/panel/pace", self._pace),
            ("POST", "/api/panel/balance", self._balance),
            ("POST", task + "/finish", self._finish),
            ("POST", task + "/fail", self._fail),
            ("POST", task + "/expire", self._expire),
            ("POST", task + "/webhook", self._webhook),
            ("POST", "/api/panel/bot/kill", self._kill),
            ("POST", "/api/panel/bot/start", self._start),
            ("POST", "/api/panel/bot/restart", self._restart),
        ):
            app.router.add_route(method, path, _serving(handler))
        app.on_cleanup.append(self._close)

    async def _close(self, _app: web.Application) -> None:
        await self._switch.close()

    async def _choices(self, _request: web.Request) -> JsonObject:
        chapters: list[JsonValue] = [
            {
                "title": chapter.title,
                "courses": [
                    {"id": one.scenario.value, "name": one.name, "line": one.line, "seconds": one.seconds}
                    for one in chapter.courses
                ],
            }
            for chapter in CHAPTERS
        ]
        paces: list[JsonValue] = [{"id": pace.key, "name": pace.name, "line": pace.line} for pace in PACES]
        return {"chapters": chapters, "paces": paces}

    async def _state(self, request: web.Request) -> JsonObject:
        state = await self._watch.state()
        provider = state["provider"]
        now: JsonValue = provider.pop("now") if isinstance(provider, dict) else None
        version = hashlib.sha256(encode(state)).hexdigest()[:16]
        told: JsonObject = {"version": version, "now": now}
        return told if request.query.get("known") == version else {**told, **state}

    async def _order(self, request: web.Request) -> JsonObject:
        number = request.match_info["order"]
        history = await self._watch.history(number)
        if history is None:
            raise Refused(404, f"The bot knows no order {number}.")
        return history

    async def _next(self, request: web.Request) -> JsonObject:
        wanted = await _read(request, _Next)
        course = course_named(wanted.course)
        if wanted.seconds is not None and course.seconds is None:
            raise Refused(400, f"“{course.name}” takes no number of seconds.")
        seconds = course.seconds if wanted.seconds is None else wanted.seconds
        await self._stage.provider.play(
            course.scenario, times=wanted.times, task_type=course.task_type, seconds=seconds
        )
        return {}

    async def _forget(self, request: web.Request) -> JsonObject:
        await _read(request, _Nothing)
        await self._stage.provider.clear_scenarios()
        return {}

    async def _pace(self, request: web.Request) -> JsonObject:
        wanted = await _read(request, _Pace)
        pace = next((one for one in PACES if one.key == wanted.pace), None)
        if pace is None:
            raise Refused(400, f"The provider knows no pace called “{wanted.pace}”.")
        await self._stage.provider.set_speed(pace.pending, pace.processing)
        return {}

    async def _balance(self, request: web.Request) -> JsonObject:
        wanted = await _read(request, _Balance)
        await self._stage.provider.set_balance(wanted.usd)
        return {}

    async def _finish(self, request: web.Request) -> JsonObject:
        await _read(request, _Nothing)
        await self._stage.provider.finish(await self._task(request))
        return {}

    async def _fail(self, request: web.Request) -> JsonObject:
        await _read(request, _Nothing)
        await self._stage.provider.fail(await self._task(request), _FAILURE)
        return {}

    async def _expire(self, request: web.Request) -> JsonObject:
        await _read(request, _Nothing)
        await self._stage.provider.expire(await self._task(request))
        return {}

    async def _webhook(self, request: web.Request) -> JsonObject:
        await _read(request, _Nothing)
        await self._stage.provider.send_webhook(await self._task(request))
        return {}

    async def _kill(self, request: web.Request) -> JsonObject:
        await _read(request, _Nothing)
        await self._switch.kill()
        return {}

    async def _start(self, request: web.Request) -> JsonObject:
        await _read(request, _Nothing)
        self._switch.start()
        return {}

    async def _restart(self, request: web.Request) -> JsonObject:
        await _read(request, _Nothing)
        self._switch.restart()
        return {}

    async def _task(self, request: web.Request) -> str:
        """Return the id of the task that is meant, which exists."""
        wanted = request.match_info["task"]
        if not any(task.task_id == wanted for task in await self._stage.provider.tasks()):
            raise Refused(404, "The provider knows no such task.")
        return wanted


def _serving(handler: _Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        try:
            return _answer(await handler(request), 200)
        except Refused as refusal:
            return _answer({"error": str(refusal)}, refusal.status)
        except UnknownCourse as refusal:
            return _answer({"error": str(refusal)}, 400)
        except (NotNow, ControlError) as refusal:
            return _answer({"error": _sentence(str(refusal))}, 409)
        except (StageFailed, Unreadable, RequestRefused) as trouble:
            return _answer({"error": str(trouble).partition("\n")[0]}, 502)
        except aiohttp.ClientError:
            return _answer({"error": "The local services do not answer."}, 502)

    return serve


def _answer(body: JsonObject, status: int) -> web.Response:
    return web.Response(body=encode(body), status=status, content_type="application/json")


async def _read(request: web.Request, kind: type[_Body]) -> _Body:
    """Return what the page asks for.

    Raises:
        Refused: It is not JSON, or not what this request takes.
    """
    if request.content_type != "application/json":
        raise Refused(415, "This takes JSON only.")
    try:
        return kind.model_validate_json(await request.read() or b"{}")
    except ValidationError as error:
        raise Refused(400, " ".join(_complaint(one) for one in error.errors())) from error


def _complaint(error: ErrorDetails) -> str:
    """Return in words what is wrong with a body."""
    name = ".".join(str(part) for part in error["loc"])
    title = _TITLES.get(name, f"“{name}”")
    limits = error.get("ctx", {})
    least, most = limits.get("ge", 0), limits.get("le", 0)
    words = {
        "missing": f"{title} is missing.",
        "extra_forbidden": f"There is nothing called “{name}” to choose.",
        "greater_than_equal": f"{title} must be at least {least:g}.",
        "less_than_equal": f"{title} must be at most {most:g}.",
        "json_invalid": "That is not JSON.",
        "model_type": "That is not a JSON object.",
    }.get(error["type"])
    if words is not None:
        return words
    wanted = "text" if error["type"].startswith("string") else "a number"
    return f"{title} must be {wanted}."


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"
