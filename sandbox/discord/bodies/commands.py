"""Application commands (developers/interactions/application-commands)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, PlainValidator, TypeAdapter, model_validator

from sandbox.discord.bodies.base import Body, Snowflake, field_error, text_or_number
from sandbox.discord.bodies.components import FileTypes, check_file_types

MAX_CHAT_COMMANDS: Final = 100
MAX_CONTEXT_COMMANDS: Final = 15
MAX_CHARACTERS: Final = 8_000
"""Characters of a command's names, descriptions and choice values together."""

CHAT_INPUT: Final = 1
USER_COMMAND: Final = 2
MESSAGE_COMMAND: Final = 3

SUB_COMMAND: Final = 1
SUB_COMMAND_GROUP: Final = 2
STRING: Final = 3
INTEGER: Final = 4
BOOLEAN: Final = 5
USER: Final = 6
CHANNEL: Final = 7
ROLE: Final = 8
MENTIONABLE: Final = 9
NUMBER: Final = 10
ATTACHMENT: Final = 11
_NUMERIC: Final = (INTEGER, NUMBER)
_WITH_CHOICES: Final = (STRING, INTEGER, NUMBER)
_CHOICE_TYPES: Final[dict[int, tuple[type, ...]]] = {STRING: (str,), INTEGER: (int,), NUMBER: (int, float)}

Name = Annotated[str, Field(min_length=1, max_length=32)]
Localizations = dict[str, Annotated[str, Field(min_length=1, max_length=100)]] | None


def _permissions(value: object) -> object:
    """Permissions come as digits or as an integer."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _word_character(character: str) -> bool:
    return (
        character in "-_'"
        or unicodedata.category(character)[0] in "LN"
        or "DEVANAGARI" in unicodedata.name(character, "")
    )


def _check_word(name: str) -> None:
    """Check a name of a slash command or an option: letters, digits, - _ ', no capitals."""
    if not all(_word_character(character) for character in name) or name != name.lower():
        raise field_error("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


class Choice(Body):
    """A fixed choice of an option, or a suggestion of autocomplete."""

    name: str = Field(min_length=1, max_length=100)
    name_localizations: Localizations = None
    value: Annotated[str | int | float, PlainValidator(text_or_number(6000, fractions=True))]


class Option(Body):
    """An option, a subcommand or a group."""

    type: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    name: Name
    name_localizations: Localizations = None
    description: str = Field(min_length=1, max_length=100)
    description_localizations: Localizations = None
    required: bool | None = None
    choices: list[Choice] | None = Field(None, max_length=25)
    options: list[Option] | None = Field(None, max_length=25)
    channel_types: list[int] | None = None
    min_value: int | float | None = None
    max_value: int | float | None = None
    min_length: int | None = Field(None, ge=0, le=6000)
    max_length: int | None = Field(None, ge=1, le=6000)
    autocomplete: bool | None = None
    file_types: FileTypes = None

    @model_validator(mode="after")
    def _fits_type(self) -> Option:
        _check_word(self.name)
        check_file_types(self.file_types)
        misplaced = [
            name
            for name, kinds in (
                ("options", (SUB_COMMAND, SUB_COMMAND_GROUP)),
                ("choices", _WITH_CHOICES),
                ("autocomplete", _WITH_CHOICES),
                ("min_value", _NUMERIC),
                ("max_value", _NUMERIC),
                ("min_length", (STRING,)),
                ("max_length", (STRING,)),
                ("channel_types", (CHANNEL,)),
                ("file_types", (ATTACHMENT,)),
            )
            if getattr(self, name) and self.type not in kinds
        ]
        if misplaced:
            raise field_error("APPLICATION_COMMAND_OPTION_INVALID", f"{misplaced[0]} does not fit the type")
        if self.choices and self.autocomplete:
            raise field_error(
                "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
                "Options with autocomplete cannot have choices",
            )
        self._check_choices()
        _check_options(self.options or ())
        return self

    def _check_choices(self) -> None:
        wanted = _CHOICE_TYPES.get(self.type)
        choices = self.choices or []
        if wanted is not None and not all(isinstance(choice.value, wanted) for choice in choices):
            raise field_error("APPLICATION_COMMAND_OPTIONS_CHOICE_TYPE", "A choice has a value of another type")
        if len({choice.name for choice in choices}) != len(choices):
            raise field_error("APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Choice names must be unique")


def _check_options(options: Sequence[Option]) -> None:
    """Check names, order, and that subcommands stand alone."""
    if len({option.name for option in options}) != len(options):
        raise field_error("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option names must be unique")
    optional_seen = False
    for option in options:
        if option.required and optional_seen:
            raise field_error(
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.required
    nested = [option.type in (SUB_COMMAND, SUB_COMMAND_GROUP) for option in options]
    if any(nested) and not all(nested):
        raise field_error(
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
            "Sub-command and sub-command group option types are mutually exclusive to all other types",
        )


class Command(Body):
    """A command of any type."""

    id: Snowflake | None = None
    type: Literal[1, 2, 3] | None = None
    name: Name
    name_localizations: Localizations = None
    description: str | None = Field(None, max_length=100)
    description_localizations: Localizations = None
    options: list[Option] | None = Field(None, max_length=25)
    default_member_permissions: Annotated[int | None, BeforeValidator(_permissions)] = None
    dm_permission: bool | None = None
    contexts: list[Literal[0, 1, 2]] | None = Field(None, min_length=1)
    integration_types: list[Literal[0, 1]] | None = Field(None, min_length=1)
    nsfw: bool | None = None

    @property
    def kind(self) -> int:
        """The command's type; a slash command unless it says otherwise."""
        return self.type or CHAT_INPUT

    @model_validator(mode="after")
    def _fits_type(self) -> Command:
        if self.kind == CHAT_INPUT:
            _check_word(self.name)
            if not self.description:
                raise field_error("BASE_TYPE_REQUIRED", "A description is required")
            _check_options(self.options or ())
        elif self.description or self.options:
            raise field_error(
                "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_EXIST",
                "Context menu commands cannot have description or options",
            )
        if sum(len(part) for part in _texts(self)) > MAX_CHARACTERS:
            raise field_error("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_CHARACTERS})")
        return self


def _texts(command: Command) -> Iterator[str]:
    yield from _longest(command.name, command.name_localizations)
    yield from _longest(command.description or "", command.description_localizations)
    yield from _option_texts(command.options or ())


def _option_texts(options: Sequence[Option]) -> Iterator[str]:
    for option in options:
        yield from _longest(option.name, option.name_localizations)
        yield from _longest(option.description, option.description_localizations)
        for choice in option.choices or ():
            yield from _longest(choice.name, choice.name_localizations)
            yield str(choice.value)
        yield from _option_texts(option.options or ())


def _longest(default: str, localized: dict[str, str] | None) -> Iterator[str]:
    """Yield the longest of a text's languages, the only one that counts."""
    yield max((default, *(localized or {}).values()), key=len)


COMMAND: Final = TypeAdapter(Command)
COMMANDS: Final = TypeAdapter(list[Command])
