"""Discord's HTTP API as its own description has it, and whether requests and answers are as described.

Requests are held to more than the description says (`message_rules`, `command_rules`, no unknown keys at any depth)
and allowed what Discord takes although the description does not name it (`_allow_in_requests`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from tests.fidelity import documents
from tests.fidelity.command_rules import command_findings
from tests.fidelity.message_rules import message_findings
from tests.fidelity.problems import Finding, Problem, at, shown
from tests.fidelity.schemas import Schema, Schemas, close, reference, resolve

if TYPE_CHECKING:
    from sandbox.discord.observation import Exchange
    from tests.fidelity.documents import Document

JSON: Final = "application/json"
MULTIPART: Final = "multipart/form-data"
_BEFORE_THE_BODY: Final = frozenset({401, 429})
"""Refusals for which a request's body is not read."""
_ERROR: Final = reference("components", "schemas", "ErrorResponse")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter in a path or a query string; `schema` refers to what it must be."""

    name: str
    place: str
    required: bool
    schema: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path.

    Attributes:
        template: the path, such as "/channels/{channel_id}".
        body: refers to the schema of the JSON body, or None where there is none to be.
        takes_files: whether the body may come as multipart, with files.
        answers: refers by status ("200", "4XX") to the body's schema, or None where there is no body.
    """

    id: str
    method: str
    template: str
    parameters: tuple[Parameter, ...]
    body: str | None
    body_required: bool
    takes_files: bool
    answers: Mapping[str, str | None]

    @property
    def name(self) -> str:
        """The operation in words; holds no ids and no tokens."""
        return f"{self.method} {self.template}"

    @property
    def literal_segments(self) -> int:
        """How much of the path is fixed."""
        return sum(not segment.startswith("{") for segment in _segments(self.template))

    def path_values(self, path: str) -> dict[str, str] | None:
        """Return the values of the path's parameters, decoded, or None where the path is another."""
        wanted, given = _segments(self.template), _segments(path)
        if len(wanted) != len(given):
            return None
        values: dict[str, str] = {}
        for expected, actual in zip(wanted, given, strict=True):
            if expected.startswith("{"):
                values[expected.strip("{}")] = unquote(actual)
            elif expected != unquote(actual):
                return None
        return values


def _segments(path: str) -> list[str]:
    return path.removeprefix("/").split("/")


class DiscordApi:
    """What Discord's description says of requests and answers."""

    def __init__(self, description: Document) -> None:
        strict_answers = copy.deepcopy(description)
        strict_requests = copy.deepcopy(description)
        _correct_errors(strict_answers)
        _allow_file_types(strict_answers)
        close(strict_answers, _json_schemas(strict_answers))
        _allow_file_types(strict_requests)
        _allow_in_requests(strict_requests)
        close(strict_requests, _json_schemas(strict_requests))
        self._requests = Schemas(strict_requests)
        self._answers = Schemas(strict_answers)
        self._operations = list(_operations(description))
        self._by_shape: dict[tuple[str, int], list[Operation]] = {}
        for operation in self._operations:
            shape = operation.method, len(_segments(operation.template))
            self._by_shape.setdefault(shape, []).append(operation)

    def operation(self, method: str, path: str) -> Operation | None:
        """Return the operation that a request is for, the most literal one where several fit."""
        candidates = self._by_shape.get((method.upper(), len(_segments(path))), [])
        fitting = [operation for operation in candidates if operation.path_values(path) is not None]
        return max(fitting, key=lambda operation: operation.literal_segments, default=None)

    def request_problems(self, exchange: Exchange) -> list[Problem]:
        """Return what is wrong with a request."""
        operation = self.operation(exchange.method, exchange.path)
        if operation is None:
            return [Problem(f"{exchange.method} {masked(exchange.path)} request", "", "no such operation")]
        findings = [
            *self._path_findings(operation, exchange.path),
            *self._query_findings(operation, exchange.query),
            *self._body_findings(operation, exchange),
        ]
        return at(f"{operation.name} request", findings)

    def response_problems(self, exchange: Exchange) -> list[Problem]:
        """Return what is wrong with an answer."""
        operation = self.operation(exchange.method, exchange.path)
        if operation is None:
            where = f"{exchange.method} {masked(exchange.path)} response"
            return at(where, self._error_findings(exchange.status, exchange.response))
        findings = [
            *self._answer_findings(operation, exchange.status, exchange.response),
            *_header_findings(exchange),
        ]
        return at(f"{operation.name} response {exchange.status}", findings)

    def _path_findings(self, operation: Operation, path: str) -> Iterator[Finding]:
        values = operation.path_values(path) or {}
        for parameter in operation.parameters:
            if parameter.place == "path":
                yield from self._parameter_findings(parameter, values[parameter.name])

    def _query_findings(self, operation: Operation, query: Mapping[str, str]) -> Iterator[Finding]:
        known = {parameter.name: parameter for parameter in operation.parameters if parameter.place == "query"}
        for name, value in query.items():
            if name in known:
                yield from self._parameter_findings(known[name], value)
            else:
                yield Finding("", f"unknown query parameter '{name}'")
        for name, parameter in known.items():
            if parameter.required and name not in query:
                yield Finding("", f"the query parameter '{name}' is missing")

    def _parameter_findings(self, parameter: Parameter, value: str) -> Iterator[Finding]:
        readings = _readings(value)
        if any(self._requests.holds(parameter.schema, reading) for reading in readings):
            return
        told = self._requests.findings(parameter.schema, readings[-1])
        yield from (Finding("", f"{parameter.place} parameter '{parameter.name}': {found.text}") for found in told)

    def _body_findings(self, operation: Operation, exchange: Exchange) -> Iterator[Finding]:
        body, file_parts = exchange.request, exchange.file_parts
        if file_parts and not operation.takes_files:
            yield Finding("", "the operation takes no files")
        if operation.body is None:
            if body is not None:
                yield Finding("", "the operation takes no JSON body")
            return
        if body is None and not file_parts:
            if operation.body_required and exchange.status not in _BEFORE_THE_BODY:
                yield Finding("", "the JSON body is missing")
            return
        # A multipart body without payload_json is one in which everything is left out.
        stated = {} if body is None else body
        yield from self._requests.findings(operation.body, stated)
        yield from message_findings(operation.id, stated, file_parts)
        yield from command_findings(operation.id, stated)

    def _answer_findings(self, operation: Operation, status: int, body: object) -> Iterator[Finding]:
        if status >= 500:
            return
        answers = operation.answers
        stated = next((key for key in (str(status), f"{status // 100}XX") if key in answers), None)
        if stated is None:
            yield Finding("", f"the status is none of {', '.join(answers)}")
            return
        schema = answers[stated]
        if schema is not None:
            yield from self._answers.findings(schema, body)
        elif body is not None:
            yield Finding("", "there is a body where none is to be")

    def _error_findings(self, status: int, body: object) -> list[Finding]:
        if not 400 <= status < 500:
            return [Finding("", f"status {status} for an operation that does not exist")]
        return self._answers.findings(_ERROR, body)


@cache
def discord_api() -> DiscordApi:
    """Return Discord's API; the documents must be at hand."""
    return DiscordApi(documents.read(documents.OPENAPI))


def masked(path: str) -> str:
    """Return a path without its ids and tokens."""
    return "/".join("…" if len(segment) > 24 or segment.isdigit() else segment for segment in path.split("/"))


def _readings(value: str) -> list[object]:
    """Return what a parameter's text may stand for; the text itself comes last unless a better guess follows it."""
    readings: list[object] = [[part for part in value.split(",") if part], value]
    if value.lower() in ("true", "false"):
        readings.append(value.lower() == "true")
    elif value.lstrip("-").isdigit():
        readings.append(int(value))
        if value in ("0", "1"):
            readings.append(value == "1")
    return readings


def _header_findings(exchange: Exchange) -> Iterator[Finding]:
    if exchange.response is None and exchange.status == 204:
        return
    stated = {name.lower(): value for name, value in exchange.headers.items()}
    if stated.get("content-type") != JSON:
        yield Finding("", f"Content-Type is {shown(stated.get('content-type'))}, not exactly {JSON}")
    if exchange.status == 429:
        wanted: tuple[str, ...] = ("via", "retry-after", "x-ratelimit-scope")
        if stated.get("x-ratelimit-scope") != "global":
            wanted = (*wanted, "x-ratelimit-bucket")
        yield from (Finding("", f"a 429 without {name}") for name in wanted if name not in stated)


def _operations(description: Document) -> Iterator[Operation]:
    for template, item in description["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method == "parameters":
                continue
            where = ("paths", template, method)
            body = operation.get("requestBody", {})
            content = body.get("content", {})
            media = JSON if JSON in content else None
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                template=template,
                parameters=(
                    *_parameters(shared, "paths", template, "parameters"),
                    *_parameters(operation.get("parameters", []), *where, "parameters"),
                ),
                body=None if media is None else reference(*where, "requestBody", "content", media, "schema"),
                body_required=bool(body.get("required")),
                takes_files=MULTIPART in content,
                answers=dict(_answers(description, operation["responses"], *where, "responses")),
            )


def _parameters(listed: Sequence[Schema], *where: str) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(entry["name"], entry["in"], bool(entry.get("required")), reference(*where, str(index), "schema"))
        for index, entry in enumerate(listed)
    )


def _answers(description: Document, answers: Schema, *where: str) -> Iterator[tuple[str, str | None]]:
    for status, answer in answers.items():
        stated, whole = reference(*where, status), answer
        if "$ref" in answer:
            stated, whole = answer["$ref"], resolve(description, answer["$ref"])
        has_body = JSON in whole.get("content", {})
        yield status, stated + reference("content", JSON, "schema").removeprefix("#") if has_body else None


def _json_schemas(description: Document) -> list[Schema]:
    """Return every schema that a JSON body is held to, wherever the description keeps it."""
    found: list[Schema] = list(description["components"]["schemas"].values())
    for item in description["paths"].values():
        for method, operation in item.items():
            if method != "parameters":
                places = [operation.get("requestBody", {}), *operation["responses"].values()]
                contents = [place["content"] for place in places if "content" in place]
                found += [content[JSON]["schema"] for content in contents if JSON in content]
    return found


def _correct_errors(description: Document) -> None:
    """Describe errors as developers/reference#error-messages and developers/topics/rate-limits do.

    A field's error code is a name ("BASE_TYPE_REQUIRED"), not a number; and a 429 may come without a code.
    """
    schemas: dict[str, Schema] = description["components"]["schemas"]
    limited = copy.deepcopy(schemas["Error"])
    limited["required"] = ["message"]
    schemas["RatelimitedResponse"]["allOf"][0] = limited
    of_field = copy.deepcopy(schemas["Error"])
    of_field["properties"]["code"]["type"] = "string"
    of_field["additionalProperties"] = False
    schemas["InnerErrors"]["properties"]["_errors"]["items"] = of_field


def _allow_file_types(description: Document) -> None:
    """Allow what was documented on 2026-08-05 and is in no schema yet."""
    file_types: Schema = {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 10}
    for name in (
        "ApplicationCommandAttachmentOption",
        "ApplicationCommandAttachmentOptionResponse",
        "FileUploadComponentForModalRequest",
    ):
        description["components"]["schemas"][name]["properties"].setdefault("file_types", file_types)


def _allow_in_requests(description: Document) -> None:
    """Allow what Discord takes although its description does not have it."""
    schemas: dict[str, Schema] = description["components"]["schemas"]
    schemas["SnowflakeType"]["type"] = ["string", "integer"]
    flag: Schema = {"type": ["boolean", "null"]}
    for name, key, schema in (
        # A documented field of commands that the description leaves out.
        ("ApplicationCommandCreateRequest", "nsfw", flag),
        ("ApplicationCommandPatchRequestPartial", "nsfw", flag),
        ("ApplicationCommandUpdateRequest", "nsfw", flag),
        # What discord.py 2.7.1 sends, and Discord ignores.
        ("MessageEditRequestPartial", "tts", flag),
        ("IncomingWebhookUpdateRequestPartial", "tts", flag),
        ("IncomingWebhookUpdateForInteractionCallbackRequestPartial", "tts", flag),
        ("RichEmbed", "flags", {"type": ["integer", "null"]}),
        ("MessageAttachmentRequest", "spoiler", flag),
    ):
        schemas[name]["properties"].setdefault(key, schema)
    # Files that an edit keeps are listed as whole attachment objects (developers/resources/message#edit-message).
    for key, schema in schemas["MessageAttachmentResponse"]["properties"].items():
        schemas["MessageAttachmentRequest"]["properties"].setdefault(key, schema)
