"""What can be typed into the console, and how a line is read. Nothing here acts."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, TypeAlias


class NotUnderstood(ValueError):
    """A line that means nothing; the text says what would."""


@dataclass(frozen=True, slots=True)
class Slash:
    """A command, as typed after the slash; its options are read once its shape is known."""

    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """An ordinary message."""

    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to a shown message; `pings` is the @ that Discord's client offers to turn off."""

    number: int
    text: str
    pings: bool = True


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice message made of a file, as a reply where a number is given."""

    path: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Attach:
    """A file for the next message or reply."""

    path: str


@dataclass(frozen=True, slots=True)
class Click:
    """A click on the button that reads `label`."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Choose:
    """A choice in the list under a message."""

    number: int
    value: str


@dataclass(frozen=True, slots=True)
class Submit:
    """The open form, filled in as `field: value`."""

    text: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A command from a message's menu ("Apps")."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class DirectMessages:
    """Whether one takes direct messages, as switched in Discord's settings."""

    takes: bool


@dataclass(frozen=True, slots=True)
class Become:
    """Act as somebody else."""

    who: str


@dataclass(frozen=True, slots=True)
class Enter:
    """Go to another channel."""

    channel: str


@dataclass(frozen=True, slots=True)
class Read:
    """Show the channel's latest messages again."""

    count: int


@dataclass(frozen=True, slots=True)
class Open:
    """Download a message's files."""

    number: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Go on reading lines only when nothing is in the making."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Show the provider's side: tasks and money."""


@dataclass(frozen=True, slots=True)
class Next:
    """Choose what the provider does with the next task."""

    scenario: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill the bot without warning."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Start the bot again; a running one is asked to stop first."""


@dataclass(frozen=True, slots=True)
class Help:
    """Say what can be typed."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Stop everything."""


Entry: TypeAlias = (
    Slash
    | Say
    | Reply
    | Voice
    | Attach
    | Click
    | Choose
    | Submit
    | Menu
    | DirectMessages
    | Become
    | Enter
    | Read
    | Open
    | Wait
    | Provider
    | Next
    | Kill
    | Restart
    | Help
    | Quit
)

HELP: Final = """\
  /video prompt:"a red kite over the dunes" length:10     run a command; options as in Discord, the slash can go
  /extend video:3 prompt:"a storm rolls in"               a message's number stands for its clip
  /lipsync video:3 say:"Hello there" voice:?              "?" at the end of a value shows what is suggested
  /video prompt:"a walk" image:demo/samples/morning.jpg   a file's path stands for the file
  /video                                                  without a prompt: a form
  /clips  /defaults                                       your clips, and what you prefer (only you see the answers)

  reply 3 say "Hello there"    answer message 3             quietly 3 TEXT         the same with the @ off
  voice 3 PATH                 answer with a voice message  attach PATH            a file for the next message
  click 3 Extend               click a button               choose 3 CHOICE        choose from a list
  apps 3 Use as source         right-click → Apps; so does: menu 3 Use as source
  submit prompt:"more wind" pictures:PATH,PATH options:spoiler   fill in the open form and send it (submit: as it is)
  say hello everyone           an ordinary message          open 3                 download a message's clip
  as moderator | as mira       become somebody else         dms off | dms on       refuse or take direct messages
  in general | in dm           go to another place          read                   show the place again

  provider                     the provider's tasks and what they cost
  next slow | fails | moderated | out-of-credit | lost | large         what happens to the next task; next ? lists all
  kill | restart               the bot, as a crash would; then start it again
  wait                         until nothing is in the making (for scripts on standard input)
  help, quit"""

_READ_COUNT: Final = 10


def read_entry(line: str, commands: Collection[str] = ()) -> Entry | None:
    """Read one line; None for an empty one.

    Args:
        line: What was typed.
        commands: Names of commands that are understood without their slash, too.

    Raises:
        NotUnderstood: the line means nothing.
    """
    line = line.strip()
    if not line:
        return None
    if line.startswith("/"):
        if not line[1:].strip():
            raise NotUnderstood("a command's name is missing, such as /video")
        return Slash(line[1:].strip())
    verb, _, rest = line.partition(" ")
    reader = _READERS.get(verb.lower())
    if reader is None:
        if verb.lower() in commands:
            return Slash(f"{verb.lower()} {rest}".strip())
        near = difflib.get_close_matches(verb.lower(), [*_READERS, *commands], n=1)
        hint = f"did you mean {near[0]!r}?" if near else "type help for what there is"
        raise NotUnderstood(f"there is nothing called {verb!r}: {hint}")
    return reader(rest.strip())


def _words(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError:
        raise NotUnderstood("a quotation mark has no other half") from None


def _number(text: str, usage: str) -> int:
    if not re.fullmatch(r"\[?\d{1,6}\]?", text, re.ASCII):
        raise NotUnderstood(f"{usage}: the number stands before the message")
    return int(text.strip("[]"))


def _numbered(rest: str, usage: str) -> tuple[int, str]:
    """Read a message's number and what follows; quotation marks around all of that are taken off."""
    first, _, after = rest.partition(" ")
    number = _number(first, usage)
    return number, _unquoted(after.strip())


def _unquoted(text: str) -> str:
    inner = text[1:-1]
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in inner:
        return inner
    return text


def _say(rest: str) -> Entry:
    return Say(_unquoted(rest))


def _reply(rest: str) -> Entry:
    number, text = _numbered(rest, "reply NUMBER TEXT")
    return Reply(number, text)


def _quietly(rest: str) -> Entry:
    number, text = _numbered(rest, "quietly NUMBER TEXT")
    return Reply(number, text, pings=False)


def _path(text: str, usage: str) -> str:
    words = _words(text)
    if len(words) != 1 or not words[0].removeprefix("file="):
        raise NotUnderstood(usage)
    return words[0].removeprefix("file=")


def _voice(rest: str) -> Entry:
    usage = "voice PATH, or voice NUMBER PATH to answer a message"
    words = _words(rest)
    if len(words) == 2:
        return Voice(_path(shlex.quote(words[1]), usage), _number(words[0], usage))
    return Voice(_path(rest, usage))


def _attach(rest: str) -> Entry:
    return Attach(_path(rest, "attach PATH"))


def _click(rest: str) -> Entry:
    usage = "click NUMBER BUTTON"
    number, label = _numbered(rest, usage)
    if not label:
        raise NotUnderstood(f"{usage}: the button's words are missing")
    return Click(number, label)


def _choose(rest: str) -> Entry:
    usage = "choose NUMBER VALUE"
    number, value = _numbered(rest, usage)
    if not value:
        raise NotUnderstood(f"{usage}: the value is missing")
    return Choose(number, value)


def _menu(rest: str) -> Entry:
    usage = "apps NUMBER NAME"
    number, name = _numbered(rest, usage)
    if not name:
        raise NotUnderstood(f"{usage}: the command's name is missing")
    return Menu(number, name)


def _direct_messages(rest: str) -> Entry:
    if rest.lower() not in {"on", "off"}:
        raise NotUnderstood("dms on, or dms off")
    return DirectMessages(takes=rest.lower() == "on")


def _become(rest: str) -> Entry:
    if not rest:
        raise NotUnderstood("as WHO, such as: as moderator")
    return Become(_unquoted(rest).removeprefix("@"))


def _enter(rest: str) -> Entry:
    if not rest:
        raise NotUnderstood("in CHANNEL, such as: in general")
    return Enter(_unquoted(rest).removeprefix("#"))


def _read(rest: str) -> Entry:
    return Read(_number(rest, "read, or read NUMBER OF MESSAGES") if rest else _READ_COUNT)


def _open(rest: str) -> Entry:
    return Open(_number(rest, "open NUMBER"))


def _next(rest: str) -> Entry:
    words = rest.lower().split()
    if not words:
        raise NotUnderstood("next SCENARIO, such as: next slow; next ? lists all")
    seconds = re.fullmatch(r"(\d{1,5}(?:\.\d{1,3})?)\s?s?", " ".join(words[1:])) if words[1:] else None
    if words[1:] and seconds is None:
        raise NotUnderstood("next SCENARIO SECONDS, such as: next slow 20")
    return Next(words[0], float(seconds[1]) if seconds else None)


def _alone(entry: Entry) -> Callable[[str], Entry]:
    def read(rest: str) -> Entry:
        if rest:
            raise NotUnderstood(f"nothing goes behind that; {rest!r} does")
        return entry

    return read


_READERS: Final[dict[str, Callable[[str], Entry]]] = {
    "say": _say,
    "reply": _reply,
    "quietly": _quietly,
    "voice": _voice,
    "attach": _attach,
    "click": _click,
    "choose": _choose,
    "submit": Submit,
    "menu": _menu,
    "apps": _menu,
    "dms": _direct_messages,
    "as": _become,
    "in": _enter,
    "read": _read,
    "open": _open,
    "wait": _alone(Wait()),
    "provider": _alone(Provider()),
    "next": _next,
    "kill": _alone(Kill()),
    "restart": _alone(Restart()),
    "help": _alone(Help()),
    "?": _alone(Help()),
    "quit": _alone(Quit()),
    "exit": _alone(Quit()),
}
