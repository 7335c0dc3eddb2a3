"""The base of request bodies and the translation of what is wrong with one into Discord's error tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, TypeAdapter, ValidationError

from sandbox.discord.errors import ApiError, invalid_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import ErrorDetails

    from sandbox.discord.json_types import JsonObject, JsonValue

TAG: Final = "~"
"""What the names of union members begin with, so that they can be left out of an error's path."""

Parsed = TypeVar("Parsed")


def _snowflake(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and value.isdigit():
        return int(value)
    raise ValueError("snowflake")


Snowflake = Annotated[int, BeforeValidator(_snowflake), PlainSerializer(str, return_type=str)]
"""An id, as digits or as an integer; always digits in what is written."""


def field_error(code: str, message: str) -> ValueError:
    """Return the error with which a validator refuses: `code` and `message` reach the error tree."""
    return ValueError(f"{code}|{message}")


def text_or_number(max_length: int, *, fractions: bool = False) -> Callable[[object], object]:
    """Return a validator for what may be text or a number, with one error for the field instead of one per type."""

    def check(value: object) -> object:
        if isinstance(value, str):
            if len(value) > max_length:
                raise field_error("BASE_TYPE_MAX_LENGTH", f"Must be {max_length} or fewer in length.")
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float) if fractions else int):
            raise field_error("UNION_TYPE_CHOICES", "Must be text or a number.")
        return value

    return check


class Body(BaseModel):
    """A body or a part of one. Keys that Discord does not know are refused, so that a typing error cannot hide."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def wire(self) -> JsonObject:
        """Return what was set, as JSON, without nulls."""
        return self.model_dump(mode="json", exclude_unset=True, exclude_none=True)


_CODES: Final = {
    "missing": ("BASE_TYPE_REQUIRED", "This field is required"),
    "string_type": ("STRING_TYPE_CONVERT", "Could not interpret value as string."),
    "int_type": ("NUMBER_TYPE_COERCE", "Value is not int."),
    "int_from_float": ("NUMBER_TYPE_COERCE", "Value is not int."),
    "float_type": ("NUMBER_TYPE_COERCE", "Value is not a number."),
    "bool_type": ("BOOLEAN_TYPE_CONVERT", "Must be either true or false."),
    "list_type": ("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"),
    "dict_type": ("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"),
    "model_type": ("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"),
    "model_attributes_type": ("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"),
    "extra_forbidden": ("UNKNOWN_KEY", "This key is not documented"),
    "union_tag_invalid": ("UNION_TYPE_CHOICES", 'Value of field "type" is not one of those allowed here.'),
    "union_tag_not_found": ("UNION_TYPE_CHOICES", 'Value of field "type" is missing.'),
}


def parse(adapter: TypeAdapter[Parsed], value: JsonValue) -> Parsed:
    """Return the body in `value`.

    Raises:
        ApiError: it is not one Discord accepts (50035).
    """
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> ApiError:
    problems = []
    for detail in error.errors(include_url=False, include_input=False):
        path = tuple(step for step in detail["loc"] if not str(step).startswith(TAG))
        code, message = _code(detail)
        problems.append((path, code, message))
    return invalid_form(problems)


def _code(detail: ErrorDetails) -> tuple[str, str]:
    kind = detail["type"]
    if kind in _CODES:
        return _CODES[kind]
    context = detail.get("ctx", {})
    if kind in ("string_too_long", "too_long"):
        return "BASE_TYPE_MAX_LENGTH", f"Must be {context['max_length']} or fewer in length."
    if kind in ("string_too_short", "too_short"):
        return "BASE_TYPE_MIN_LENGTH", f"Must be {context['min_length']} or more in length."
    if kind == "less_than_equal":
        return "NUMBER_TYPE_MAX", f"int value should be less than or equal to {context['le']}."
    if kind == "greater_than_equal":
        return "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {context['ge']}."
    if kind in ("literal_error", "enum"):
        return "BASE_TYPE_CHOICES", f"Value must be one of {context['expected']}."
    if kind == "value_error":
        code, _, message = str(context["error"]).partition("|")
        if message:
            return code, message
        return "NUMBER_TYPE_COERCE", f"Value is not {code}."
    return "BASE_TYPE_INVALID", detail["msg"]
