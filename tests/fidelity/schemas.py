"""JSON Schemas of one document: rewritten to be strict, and validated quickly with findings that name the place.

Alternatives (`oneOf`, `anyOf`) are told apart by their constants, as Discord's `type` fields do. That spares most of
the work, and a mistake in a component is reported as that mistake, not as "fits none of eleven kinds".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote, unquote, urlsplit

from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT7, DRAFT202012

from tests.fidelity.problems import Finding, finding, kind

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from tests.fidelity.documents import Document

Schema: TypeAlias = dict[str, Any]
_URN: Final = "urn:discord:document"
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS: Final = ("properties", "patternProperties", "definitions", "$defs")
_SINGLE: Final = ("additionalProperties", "not", "items", "propertyNames")
_JSON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def each_schema(schema: object) -> Iterator[Schema]:
    """Yield a schema and every schema in it, innermost last."""
    if not isinstance(schema, dict):
        return
    yield schema
    for keyword in _MAPS:
        for part in schema.get(keyword, {}).values():
            yield from each_schema(part)
    for keyword in (*_LISTS, *_SINGLE):
        value = schema.get(keyword)
        for part in value if isinstance(value, list) else [value]:
            yield from each_schema(part)


def close(document: Document, schemas: Iterable[Schema]) -> None:
    """Refuse keys that objects do not name, in place; objects joined by `allOf` become one object before."""
    everything = [schema for top in schemas for schema in each_schema(top)]
    for schema in everything:
        parts = [_part(document, part) for part in schema.get("allOf", [])]
        if parts and all("properties" in part for part in parts):
            del schema["allOf"]
            schema["properties"] = {name: kept for part in parts for name, kept in part["properties"].items()}
            schema["required"] = [name for part in parts for name in part.get("required", [])]
    for schema in everything:
        if "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False


def _part(document: Document, part: Schema) -> Schema:
    target: Schema = resolve(document, part["$ref"]) if "$ref" in part else part
    return target


def resolve(document: Document, reference: str) -> Any:
    """Return what a local reference ("#/…") of the document names.

    Raises:
        KeyError: there is no such part.
    """
    found: Any = document
    for step in reference.removeprefix("#").split("/")[1:]:
        found = found[unquote(step).replace("~1", "/").replace("~0", "~")]
    return found


def reference(*path: str) -> str:
    """Return the local reference to a part of a document."""
    return "#" + "".join(f"/{quote(step.replace('~', '~0').replace('/', '~1'))}" for step in path)


class Schemas:
    """Validates against the schemas of one document, by reference."""

    def __init__(self, document: Document, *, draft7: bool = False) -> None:
        self.document = document
        self._kinds: dict[int, _Kind] = {}
        dialect = DRAFT7 if draft7 else DRAFT202012
        resource: Any = dialect.create_resource(document)
        self._registry: Any = Registry().with_resource(_URN, resource)
        base: Any = Draft7Validator if draft7 else Draft202012Validator
        derive: Any = extend
        self._class: Any = derive(base, {"oneOf": self._alternatives(1), "anyOf": self._alternatives(None)})
        self._validators: dict[str, Validator] = {}

    def findings(self, wanted: str, instance: Any) -> list[Finding]:
        """Return what is wrong with `instance` as the schema that `wanted` ("#/…") refers to."""
        return [finding(error) for error in self._validator(wanted).iter_errors(instance)]

    def holds(self, wanted: str, instance: Any) -> bool:
        """Return whether `instance` is as the schema says."""
        return self._validator(wanted).is_valid(instance)

    def _validator(self, wanted: str) -> Validator:
        validator = self._validators.get(wanted)
        if validator is None:
            schema = {"$ref": _URN + wanted}
            validator = self._class(schema, registry=self._registry, format_checker=FORMATS)
            self._validators[wanted] = validator
        return validator

    def _alternatives(self, most: int | None) -> Callable[..., Iterator[ValidationError]]:
        def check(
            validator: Any, branches: list[Schema], instance: object, _schema: Schema
        ) -> Iterator[ValidationError]:
            numbered = list(enumerate(branches))
            likely = [(n, branch) for n, branch in numbered if self._kind(branch).admits(instance)]
            if len(likely) == 1:
                number, branch = likely[0]
                yield from validator.descend(instance, branch, schema_path=number)
                return
            if not likely:
                yield ValidationError(f"{kind(instance)} is none of the {len(branches)} kinds allowed here")
                return
            errors = [list(validator.descend(instance, branch, schema_path=n)) for n, branch in likely]
            fitting = errors.count([])
            if fitting == 0:
                yield from min(errors, key=_farness)
            elif most is not None and fitting > most:
                yield ValidationError(f"{kind(instance)} fits {fitting} kinds where exactly one is allowed")

        return check

    def _kind(self, schema: Schema) -> _Kind:
        known = self._kinds.get(id(schema))
        if known is None:
            known = self._kinds[id(schema)] = self._told(self._resolved(schema))
        return known

    def _told(self, whole: Schema) -> _Kind:
        stated = whole.get("type")
        names = stated if isinstance(stated, list) else [] if stated is None else [stated]
        types = tuple(python for name in names for python in _JSON_TYPES[name])
        constants: dict[str, frozenset[object]] = {}
        for name, part in whole.get("properties", {}).items():
            admitted = self._constants(part)
            if admitted is not None:
                constants[name] = admitted
        branches = [self._kind(branch) for branch in (*whole.get("oneOf", ()), *whole.get("anyOf", ()))]
        return _Kind(types or None, self._constants(whole), constants, branches)

    def _constants(self, schema: object) -> frozenset[object] | None:
        whole = self._resolved(schema)
        if "const" in whole:
            return frozenset({whole["const"]})
        return frozenset(whole["enum"]) if "enum" in whole else None

    def _resolved(self, schema: object) -> Schema:
        while isinstance(schema, dict) and "$ref" in schema:
            schema = resolve(self.document, schema["$ref"])
        return schema if isinstance(schema, dict) else {}


class _Kind:
    """What can be told of an alternative at a glance."""

    __slots__ = ("_branches", "_constants", "_types", "_values")

    def __init__(
        self,
        types: tuple[type, ...] | None,
        values: frozenset[object] | None,
        constants: dict[str, frozenset[object]],
        branches: list[_Kind],
    ) -> None:
        self._types = types
        self._values = values
        # `type` decides alone where there is one: a wrong constant elsewhere is to be reported, not to hide the kind.
        self._constants = {"type": constants["type"]} if "type" in constants else constants
        self._branches = branches

    def admits(self, instance: object) -> bool:
        if self._types is not None and not isinstance(instance, self._types):
            return False
        if self._values is not None and not (_hashable(instance) and instance in self._values):
            return False
        if self._branches and not any(branch.admits(instance) for branch in self._branches):
            return False
        if not isinstance(instance, dict):
            return True
        return all(
            name not in instance or not _hashable(instance[name]) or instance[name] in admitted
            for name, admitted in self._constants.items()
        )


def _farness(errors: list[ValidationError]) -> tuple[int, int]:
    """Return how far from an alternative something is: by the number of errors, then by how soon they come."""
    return len(errors), -max(len(error.absolute_path) for error in errors)


def _hashable(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


FORMATS: Final = FormatChecker(formats=())


@FORMATS.checks("date-time")
def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme) and bool(parts.netloc or parts.path) and " " not in value


@FORMATS.checks("int32")
def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@FORMATS.checks("int64")
def _is_int64(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@FORMATS.checks("snowflake")
def _is_snowflake(value: object) -> bool:
    if isinstance(value, str):
        # What is no number at all is for the schema's pattern to tell.
        return not value.isdigit() or int(value) < 2**64
    return not isinstance(value, int) or 0 <= value < 2**64
