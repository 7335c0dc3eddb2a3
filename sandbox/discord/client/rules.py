"""What Discord's own client checks before it sends anything: options, files, selections and forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.discord.bodies import commands as kinds
from sandbox.discord.bodies.components import FILE_GROUPS
from sandbox.discord.json_types import as_list, integer, objects, text

if TYPE_CHECKING:
    from sandbox.discord.json_types import JsonObject, JsonValue

TEXT_INPUT: Final = 4
MAX_INT: Final = 2**53 - 1
_PYTHON_TYPES: Final = {
    kinds.STRING: ("text", (str,)),
    kinds.INTEGER: ("a whole number", (int,)),
    kinds.NUMBER: ("a number", (int, float)),
    kinds.BOOLEAN: ("true or false", (bool,)),
    kinds.USER: ("a person", (str, int)),
    kinds.CHANNEL: ("a channel", (str, int)),
    kinds.ROLE: ("a role", (str, int)),
    kinds.MENTIONABLE: ("a person or role", (str, int)),
    kinds.ATTACHMENT: ("a file", (dict,)),
}


class ClientRefusal(Exception):
    """What the client would not let a person send.

    Attributes:
        field: the option or form field at fault, or "".
    """

    def __init__(self, reason: str, field: str = "") -> None:
        """Keep the sentence and the field."""
        super().__init__(reason)
        self.reason = reason
        self.field = field


def check_file_type(filename: str, file_types: JsonValue, field: str) -> None:
    """Check a file's extension against `file_types`; the contents are not looked at, as on Discord.

    Raises:
        ClientRefusal: it is not among them.
    """
    allowed = [entry for entry in as_list(file_types) if isinstance(entry, str)]
    if not allowed:
        return
    extension = "." + filename.rpartition(".")[2].lower()
    extensions = {e.lower() for entry in allowed for e in FILE_GROUPS.get(entry, (entry,))}
    if extension not in extensions:
        raise ClientRefusal(f"{filename} is not one of: {', '.join(allowed)}", field)


def option_value(option: JsonObject, given: JsonValue) -> JsonValue:
    """Return the value to send for an option, with a choice's name replaced by its value.

    Raises:
        ClientRefusal: the type, a range, a length or the choices forbid it.
    """
    name, kind = text(option["name"]), integer(option["type"])
    choices = objects(option.get("choices"))
    if choices:
        return _choice(choices, given, name)
    description, accepted = _PYTHON_TYPES[kind]
    if not isinstance(given, accepted) or (isinstance(given, bool) and kind != kinds.BOOLEAN):
        raise ClientRefusal(f"{name} takes {description}", name)
    if kind == kinds.STRING and isinstance(given, str):
        _check_length(name, given, option)
    elif kind in (kinds.INTEGER, kinds.NUMBER) and isinstance(given, (int, float)):
        _check_range(name, given, option)
    elif kind == kinds.ATTACHMENT and isinstance(given, dict):
        check_file_type(text(given.get("filename")), option.get("file_types"), name)
    return given


def _choice(choices: list[JsonObject], given: JsonValue, name: str) -> JsonValue:
    for choice in choices:
        localized = choice.get("name_localizations")
        names = {choice["name"], *(localized.values() if isinstance(localized, dict) else ())}
        if given == choice["value"] or given in names:
            return choice["value"]
    offered = ", ".join(text(choice["name"]) for choice in choices)
    raise ClientRefusal(f"{name} offers: {offered}", name)


def _check_length(name: str, value: str, option: JsonObject) -> None:
    least = integer(option.get("min_length"), 0)
    most = integer(option.get("max_length"), 6000)
    if not value:
        raise ClientRefusal(f"{name} is empty", name)
    if not least <= len(value) <= most:
        raise ClientRefusal(f"{name} must have {least} to {most} characters; it has {len(value)}", name)


def _check_range(name: str, value: float, option: JsonObject) -> None:
    least, most = option.get("min_value"), option.get("max_value")
    if isinstance(least, (int, float)) and value < least:
        raise ClientRefusal(f"{name} must be at least {least}", name)
    if isinstance(most, (int, float)) and value > most:
        raise ClientRefusal(f"{name} must be at most {most}", name)
    if abs(value) > MAX_INT:
        raise ClientRefusal(f"{name} is too large a number", name)


def find_command(available: list[JsonObject], kind: int, name: str) -> tuple[JsonObject, list[JsonObject]]:
    """Return a command and the path of subcommand options that `name` ("settings show") leads to.

    Raises:
        ClientRefusal: there is none, or it needs a subcommand.
    """
    words = name.split() if kind == kinds.CHAT_INPUT else [name]
    matches = [c for c in available if c["type"] == kind and _is_named(c, words[0] if words else "")]
    if not matches:
        raise ClientRefusal(f"there is no command {name!r} here")
    command = matches[0]
    path: list[JsonObject] = []
    node = command
    for word in words[1:]:
        inner = [o for o in objects(node.get("options")) if o["type"] in (1, 2) and _is_named(o, word)]
        if not inner:
            raise ClientRefusal(f"there is no command {name!r} here")
        node = inner[0]
        path.append(node)
    if any(option["type"] in (1, 2) for option in objects(node.get("options"))):
        raise ClientRefusal(f"{name} needs a subcommand")
    return command, path


def _is_named(command: JsonObject, name: str) -> bool:
    localized = command.get("name_localizations")
    return name == command["name"] or (isinstance(localized, dict) and name in localized.values())


def check_selection(component: JsonObject, values: list[str]) -> None:
    """Check how many and which values are chosen in a select.

    Raises:
        ClientRefusal: too few, too many, or not offered.
    """
    field = text(component.get("custom_id"))
    least, most = integer(component.get("min_values"), 1), integer(component.get("max_values"), 1)
    if component.get("required") is False and not values:
        return
    if not least <= len(values) <= most:
        raise ClientRefusal(f"{field} takes {least} to {most} values", field)
    offered = {text(option["value"]) for option in objects(component.get("options"))}
    strange = [value for value in values if offered and value not in offered]
    if strange or len(set(values)) != len(values):
        raise ClientRefusal(f"{field} does not offer {strange}", field)


def check_text_input(component: JsonObject, value: str) -> None:
    """Check what is typed into a form's text field.

    Raises:
        ClientRefusal: nothing where something is required, too short or too long.
    """
    field = text(component.get("custom_id"))
    if not value:
        if component.get("required", True):
            raise ClientRefusal(f"{field} is required", field)
        return
    least, most = integer(component.get("min_length"), 0), integer(component.get("max_length"), 4000)
    if not least <= len(value) <= most:
        raise ClientRefusal(f"{field} must have {least} to {most} characters; it has {len(value)}", field)


def check_files(component: JsonObject, filenames: list[str]) -> None:
    """Check the files put into a form's file field.

    Raises:
        ClientRefusal: too few, too many, or not of a type it takes.
    """
    field = text(component.get("custom_id"))
    required = component.get("required", True)
    least, most = integer(component.get("min_values"), 1), integer(component.get("max_values"), 1)
    if not filenames and not required:
        return
    if not least <= len(filenames) <= most:
        raise ClientRefusal(f"{field} takes {least} to {most} files", field)
    for filename in filenames:
        check_file_type(filename, component.get("file_types"), field)
