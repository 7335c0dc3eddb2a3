"""/help, a page at a time: made from the commands, the catalogue and the server's rules, so that it says what holds.

Which page a message shows stands in its custom ids, so it can be turned after any restart. Pages are short: most are
read on phones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

from bot.community.spending import PriceLine
from bot.ui import figures, replies
from bot.ui.amounts import amounts_said
from bot.ui.custom_ids import Verb, custom_id
from bot.ui.help_facts import CommandHelp, HelpFacts, OptionHelp
from bot.ui.help_here import render_here
from bot.ui.language import _, marked
from bot.ui.message import CONTENT_LIMIT, Button, Choice, ChoiceList, Message
from bot.ui.quota import price_lines
from bot.ui.quoting import shorten

FIRST: Final = "start"
TURN: Final = "turn"
"""In place of a page: the one that was picked from the list."""
OPTIONS: Final = "options"
"""In place of a page: the options of the command that was picked."""
_COMMANDS: Final = "commands"
_STAFF: Final = "staff"
_MODELS: Final = "models"
_MODELS_SHOWN: Final = 3
_CHOICES_SHOWN: Final = 6

BUTTONS: Final = (
    ("➕", marked("Extend"), marked("makes the clip four to five seconds longer")),
    ("👄", marked("Lip-sync"), marked("makes somebody in it speak")),
    ("🎲", marked("Re-roll"), marked("makes it once more, with another outcome")),
    ("✏️", marked("Edit"), marked("opens it in a form, to be changed and made again")),
    ("🔁", marked("Retry"), marked("tries again what did not work")),
    ("✖️", marked("Cancel"), marked("stops it while it is being made")),
    ("🔽", marked("More"), marked("shows the rest:")),
    ("ℹ️", marked("Details"), marked("tells everything about it, and what it cost")),
    ("⬇️", marked("Original"), marked("gives you the file as it was made")),
    ("⭐", marked("Favourite"), marked("puts it on your list of favourites")),
    ("📌", marked("Repost"), marked("posts it again where you are")),
    ("🚩", marked("Report"), marked("tells the moderators about it")),
    ("🗑️", marked("Delete"), marked("deletes your own clip")),
)
"""What stands under cards and clips, and what it does."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page; `title` and `body` are asked for in the reader's language."""

    name: str
    emoji: str
    title: Callable[[], str]
    body: Callable[[HelpFacts], Sequence[str]]


def render_help(name: str, facts: HelpFacts) -> Message | None:
    """Return a page by its name; None where there is no such page."""
    pages = _pages(facts)
    at = next((number for number, page in enumerate(pages) if page.name == name), None)
    if at is None:
        return None
    page = pages[at]
    place = f"-# {_('Page {number} of {all}').format(number=at + 1, all=len(pages))}"
    head = f"**{page.emoji} {page.title()}**"
    text = shorten("\n".join([head, *page.body(facts)]), CONTENT_LIMIT - len(place) - 1)
    lists = [_turning(pages, name)]
    picked = [command for command in _shown(name, facts) if command.options]
    if picked:
        lists.insert(0, _options_list(picked))
    buttons = []
    if at > 0:
        buttons.append(Button(custom_id(Verb.HELP, pages[at - 1].name), _("Back"), "◀️"))
    if at + 1 < len(pages):
        buttons.append(Button(custom_id(Verb.HELP, pages[at + 1].name), _("Next"), "▶️"))
    return Message(content=f"{text}\n{place}", lists=tuple(lists), buttons=tuple(buttons))


def render_options(name: str, facts: HelpFacts) -> Message | None:
    """Return a command with its options; None where the reader has no such command."""
    command = next((command for command in facts.commands if command.key == name), None)
    if command is None:
        return None
    lines = [f"**{command.name}**", command.about, *map(_option, command.options)]
    back = Button(custom_id(Verb.HELP, _STAFF if command.for_staff else _COMMANDS), _("Back"), "◀️")
    offered = [other for other in _shown(_STAFF if command.for_staff else _COMMANDS, facts) if other.options]
    return Message(
        content=shorten("\n".join(lines), CONTENT_LIMIT),
        lists=(_options_list(offered, command.key),),
        buttons=(back,),
    )


def _pages(facts: HelpFacts) -> list[_Page]:
    pages = [
        _Page(FIRST, "🎬", lambda: _("What this bot does"), _start),
        _Page(_COMMANDS, "⌨️", lambda: _("Commands"), partial(_commands, _COMMANDS)),
        _Page("replies", "💬", lambda: _("Replying to a clip"), _replies),
        _Page("buttons", "🔘", lambda: _("Buttons and right-click"), _buttons),
        *_model_pages(facts),
        _Page("here", "🏠", lambda: _("What holds here"), render_here),
        _Page("privacy", "🔒", lambda: _("Privacy and help"), _privacy),
    ]
    if any(command.for_staff for command in facts.commands):
        title = marked("For those who run the server")
        pages.append(_Page(_STAFF, "🛠️", lambda: _(title), partial(_commands, _STAFF)))
    return pages


def _model_pages(facts: HelpFacts) -> list[_Page]:
    by_model = [list(lines) for _key, lines in groupby(facts.prices, key=lambda line: line.row.key)]
    parts = [by_model[start : start + _MODELS_SHOWN] for start in range(0, len(by_model), _MODELS_SHOWN)] or [[]]
    return [
        _Page(
            f"{_MODELS}-{number}" if number else _MODELS,
            "🎞️",
            partial(_models_title, number, len(parts)),
            partial(_models, [line for lines in part for line in lines]),
        )
        for number, part in enumerate(parts)
    ]


def _models_title(number: int, of: int) -> str:
    title = _("Models and prices") if amounts_said() else _("Models")
    return f"{title} {number + 1}/{of}" if of > 1 else title


def _start(facts: HelpFacts) -> list[str]:
    known = {command.key: command for command in facts.commands}
    shown = [known[name] for name in ("video", "extend", "lipsync") if name in known]
    return [
        _("I make short video clips with Kling AI, and post them where you asked for them."),
        *map(_listed, shown),
        _("Then go on from a clip: reply to it, press its buttons, or right-click on it."),
        _("You see the price before a button or a reply buys anything."),
        f"-# {_('Every clip is made by a machine, and says so.')}",
    ]


def _commands(which: str, facts: HelpFacts) -> list[str]:
    return [_listed(command) for command in _shown(which, facts)]


def _shown(page: str, facts: HelpFacts) -> list[CommandHelp]:
    if page not in {_COMMANDS, _STAFF}:
        return []
    return [command for command in facts.commands if command.for_staff is (page == _STAFF)]


def _replies(_facts: HelpFacts) -> list[str]:
    return replies.render_help().content.splitlines()


def _buttons(facts: HelpFacts) -> list[str]:
    lines = [f"{emoji} **{_(label)}** {_(words)}" for emoji, label, words in BUTTONS]
    names = figures.listed([f"**{name}**" for name in facts.message_commands])
    if facts.message_commands:
        lines.append(_("Right-click on a message (on a phone: hold it), then Apps: {commands}.").format(commands=names))
    return lines


def _models(lines: Sequence[PriceLine], facts: HelpFacts) -> list[str]:
    default = facts.catalogue.label(facts.catalogue.default_model)
    told = _("Who names no model gets Kling {model}, or the cheapest that can do what was asked for.")
    return [*price_lines(lines), f"-# {told.format(model=default)}"]


def _privacy(facts: HelpFacts) -> list[str]:
    known = [command for command in facts.commands if command.key.startswith("privacy")]
    if facts.retention_days is None:
        kept = _("Prompts, files and names are kept until you delete them.")
    else:
        words = _("Prompts, files and names are deleted after {days} at the latest.")
        kept = words.format(days=figures.days(facts.retention_days))
    lines = [
        _("What you ask for, with the files you bring, goes to the provider of Kling AI, who makes the clip."),
        kept,
        *map(_listed, known),
        _("Use only pictures and voices that you may use."),
        _("Is a clip not right? Press **{more}** below it, then **{report}**.").format(
            more=_("More"), report=_("Report")
        ),
    ]
    return [*lines, f"🙋 {_whom_to_ask(facts)}"]


def _whom_to_ask(facts: HelpFacts) -> str:
    owner = getattr(facts.here, "owner_id", None)
    if owner is None:
        return _("Something does not work? Ask those who manage the server; they reach whoever runs this bot.")
    words = _(
        "Something does not work? Ask those who manage the server, such as {person}; they reach whoever runs this bot."
    )
    return words.format(person=f"<@{owner}>")


def _listed(command: CommandHelp) -> str:
    return f"• **{command.name}** — {command.about}"


def _option(option: OptionHelp) -> str:
    line = f"• `{option.name}` — {option.about}"
    if option.required:
        line += f" ({_('needed')})"
    if not option.choices:
        return line
    shown = option.choices[:_CHOICES_SHOWN]
    more = ["…"] if len(shown) < len(option.choices) else []
    return f"{line}: {figures.joined([*shown, *more])}"


def _turning(pages: Sequence[_Page], current: str) -> ChoiceList:
    return ChoiceList(
        custom_id=custom_id(Verb.HELP, TURN),
        placeholder=_("Go to a page"),
        choices=tuple(
            Choice(value=page.name, label=f"{page.emoji} {page.title()}", picked=page.name == current) for page in pages
        ),
    )


def _options_list(commands: Sequence[CommandHelp], picked: str = "") -> ChoiceList:
    return ChoiceList(
        custom_id=custom_id(Verb.HELP, OPTIONS),
        placeholder=_("Options of a command"),
        choices=tuple(
            Choice(value=command.key, label=command.name, picked=command.key == picked) for command in commands
        ),
    )
