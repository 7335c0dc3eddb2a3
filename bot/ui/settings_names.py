"""What a server's settings are called, what they are for, and how their values are said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.catalog import Catalogue
from bot.community import settings as s
from bot.community.settings import Setting
from bot.jobs.house import SeesDollars
from bot.jobs.model import Destination
from bot.ui import figures, labels
from bot.ui.language import _, marked
from bot.ui.quoting import escaped

SHOWN: Final = 5
"""So many channels, roles or models are named in a line."""
_MODEL_SHOWN: Final = 40
LANGUAGES: Final = {
    "en-US": "English",
    "de": "Deutsch",
    "es-ES": "Español",
    "fr": "Français",
    "ja": "日本語",
    "pt-BR": "Português do Brasil",
    "zh-CN": "简体中文",
}
"""The languages that there are catalogues for, by Discord's tags, each in its own words."""


class Group(StrEnum):
    """What settings belong together; part of custom ids."""

    WHO = "who"
    LIMITS = "limits"
    MODELS = "models"
    MEDIA = "media"
    WORDS = "words"
    RESULTS = "results"


class Kind(StrEnum):
    """How a setting is chosen."""

    CHANNELS = "channels"
    ROLES = "roles"
    CHANNEL = "channel"
    NUMBER = "number"
    DOLLARS = "dollars"
    SWITCH = "switch"
    LIST = "list"
    SEVERAL = "several"


GROUPS: Final = {
    Group.WHO: ("👥", marked("Who and where")),
    Group.LIMITS: ("💰", marked("Limits and budget")),
    Group.MODELS: ("🎞️", marked("Models and lengths")),
    Group.MEDIA: ("🖼️", marked("Pictures, voices, spoilers")),
    Group.WORDS: ("🚫", marked("Words")),
    Group.RESULTS: ("📬", marked("Results, language, log, retention")),
}


@dataclass(frozen=True, slots=True)
class Named:
    """How a setting is presented.

    Attributes:
        name: what it is called.
        about: what it does, for whoever changes it.
    """

    setting: Setting[Any]
    group: Group
    kind: Kind
    name: str
    about: str


NAMED: Final[dict[str, Named]] = {
    named.setting.name: named
    for named in (
        Named(
            s.ALLOWED_CHANNELS,
            Group.WHO,
            Kind.CHANNELS,
            marked("Channels for clips"),
            marked(
                "Where clips can be made. A thread counts as its channel. Whoever manages the server can everywhere."
            ),
        ),
        Named(
            s.ALLOWED_ROLES,
            Group.WHO,
            Kind.ROLES,
            marked("Roles that can make clips"),
            marked("One of these roles is needed to make clips. Whoever manages the server always can."),
        ),
        Named(
            s.DENIED_ROLES,
            Group.WHO,
            Kind.ROLES,
            marked("Roles that cannot"),
            marked("Whoever has one of these roles cannot make clips, whatever other roles they have."),
        ),
        Named(
            s.MEMBER_DAYS,
            Group.WHO,
            Kind.NUMBER,
            marked("Days as a member"),
            marked("How many days somebody has to be on the server before they can make clips."),
        ),
        Named(
            s.DIRECT,
            Group.WHO,
            Kind.SWITCH,
            marked("Direct messages"),
            marked("Whether members can let this server pay for clips that they ask for in direct messages."),
        ),
        Named(
            s.RUNNING,
            Group.LIMITS,
            Kind.NUMBER,
            marked("Clips at once"),
            marked("How many clips of one person can be under way at the same time."),
        ),
        Named(
            s.CLIPS_PER_DAY,
            Group.LIMITS,
            Kind.NUMBER,
            marked("Clips per day"),
            marked("How many clips one person can order in a day (UTC)."),
        ),
        Named(
            s.CLIPS_PER_MONTH,
            Group.LIMITS,
            Kind.NUMBER,
            marked("Clips per month"),
            marked("How many clips one person can order in a calendar month (UTC)."),
        ),
        Named(
            s.USD_PER_DAY,
            Group.LIMITS,
            Kind.DOLLARS,
            marked("Dollars per day"),
            marked("How much the clips of one person can cost in a day (UTC)."),
        ),
        Named(
            s.USD_PER_MONTH,
            Group.LIMITS,
            Kind.DOLLARS,
            marked("Dollars per month"),
            marked("How much the clips of one person can cost in a calendar month (UTC)."),
        ),
        Named(
            s.BUDGET_USD,
            Group.LIMITS,
            Kind.DOLLARS,
            marked("Server's budget in dollars"),
            marked("How much all clips of the server together can cost in a calendar month (UTC)."),
        ),
        Named(
            s.BUDGET_CLIPS,
            Group.LIMITS,
            Kind.NUMBER,
            marked("Server's budget in clips"),
            marked("How many clips the whole server can order in a calendar month (UTC)."),
        ),
        Named(
            s.SEES_DOLLARS,
            Group.LIMITS,
            Kind.LIST,
            marked("Who sees dollars"),
            marked("Who is shown what clips cost."),
        ),
        Named(
            s.MODEL,
            Group.MODELS,
            Kind.LIST,
            marked("Usual model"),
            marked("The model for whoever chooses none."),
        ),
        Named(
            s.QUALITY,
            Group.MODELS,
            Kind.LIST,
            marked("Usual quality"),
            marked("The quality for whoever chooses none."),
        ),
        Named(
            s.LENGTH,
            Group.MODELS,
            Kind.LIST,
            marked("Usual length"),
            marked("The length for whoever chooses none."),
        ),
        Named(
            s.RATIO,
            Group.MODELS,
            Kind.LIST,
            marked("Usual shape"),
            marked("The shape for whoever chooses none and starts from no picture."),
        ),
        Named(
            s.MODELS,
            Group.MODELS,
            Kind.SEVERAL,
            marked("Models that can be used"),
            marked("Other models are neither offered nor taken."),
        ),
        Named(
            s.MAX_LENGTH,
            Group.MODELS,
            Kind.LIST,
            marked("Longest clip"),
            marked("Longer clips are neither offered nor taken. A role's limit goes before a channel's."),
        ),
        Named(
            s.PRO,
            Group.MODELS,
            Kind.SWITCH,
            marked("Quality Pro"),
            marked("Whether the dearer quality can be used."),
        ),
        Named(
            s.LIPSYNC,
            Group.MEDIA,
            Kind.SWITCH,
            marked("Lip-sync"),
            marked("Whether people in clips can be made to speak."),
        ),
        Named(
            s.PICTURES,
            Group.MEDIA,
            Kind.SWITCH,
            marked("Pictures to start from"),
            marked("Whether clips can be made from pictures, which may show real faces."),
        ),
        Named(
            s.OWN_AUDIO,
            Group.MEDIA,
            Kind.SWITCH,
            marked("Own recordings"),
            marked("Whether clips can be made to speak with a recording, which may be a real voice."),
        ),
        Named(
            s.SPOILER,
            Group.MEDIA,
            Kind.SWITCH,
            marked("Hide clips as spoilers"),
            marked("Whether clips come hidden until somebody clicks on them, where nobody said otherwise."),
        ),
        Named(
            s.FORCED_SPOILER,
            Group.MEDIA,
            Kind.SWITCH,
            marked("Always hide clips"),
            marked("Whether every clip comes hidden, whatever was chosen for it."),
        ),
        Named(
            s.FREE_TEXT,
            Group.WORDS,
            Kind.SWITCH,
            marked("Replies in free words"),
            marked("Whether a reply to a clip that begins with no command word is offered as its continuation."),
        ),
        Named(
            s.RESULTS,
            Group.RESULTS,
            Kind.LIST,
            marked("Where clips go"),
            marked("Where clips go for whoever chose nothing else with `/defaults`."),
        ),
        Named(
            s.LANGUAGE,
            Group.RESULTS,
            Kind.LIST,
            marked("Language for all"),
            marked("The language of what everybody sees. What only one person sees is in that person's language."),
        ),
        Named(
            s.MOD_LOG,
            Group.RESULTS,
            Kind.CHANNEL,
            marked("Channel for reports"),
            marked("Where reports of clips go. Without one, they go to whoever runs the bot."),
        ),
        Named(
            s.RETENTION_DAYS,
            Group.RESULTS,
            Kind.NUMBER,
            marked("Days that things are kept"),
            marked("After how many days prompts, files and names are deleted."),
        ),
    )
}
"""Every setting, in the order in which it is shown."""

DESTINATIONS: Final = {
    Destination.CHANNEL: marked("in the channel where they were asked for"),
    Destination.THREAD: marked("in a thread of their own"),
    Destination.DIRECT: marked("in direct messages"),
}
SEEING: Final = {
    SeesDollars.EVERYONE: marked("everybody"),
    SeesDollars.MANAGERS: marked("whoever manages the server"),
    SeesDollars.NOBODY: marked("nobody"),
}
UNSET: Final = {
    s.ALLOWED_CHANNELS.name: marked("everywhere"),
    s.ALLOWED_ROLES.name: marked("everybody"),
    s.DENIED_ROLES.name: marked("no role"),
    s.MEMBER_DAYS.name: marked("none needed"),
    s.SEES_DOLLARS.name: marked("everybody"),
    s.MODEL.name: marked("the bot chooses"),
    s.QUALITY.name: marked("the bot chooses"),
    s.LENGTH.name: marked("the bot chooses"),
    s.RATIO.name: marked("the bot chooses"),
    s.MODELS.name: marked("all"),
    s.SPOILER.name: marked("off"),
    s.FREE_TEXT.name: marked("on"),
    s.RESULTS.name: marked("in the channel where they were asked for"),
    s.LANGUAGE.name: marked("the server's own"),
    s.MOD_LOG.name: marked("no channel"),
}
"""What holds where nobody set anything and the operator has no say; else there is no limit, or a switch is on."""


def name_of(setting: str) -> str:
    """Return what a setting is called, in bold nowhere."""
    named = NAMED.get(setting)
    return _(named.name) if named is not None else setting


def value_words(setting: Setting[Any], value: Any, catalogue: Catalogue, there: Callable[[int], bool]) -> str:
    """Return a value in words.

    Args:
        setting: whose it is.
        value: None for none.
        catalogue: names models.
        there: tells whether a channel or role still exists.
    """
    if value is None:
        unset = UNSET.get(setting.name)
        return _(unset) if unset is not None else _("no limit")
    match NAMED[setting.name].kind:
        case Kind.CHANNELS | Kind.ROLES:
            is_role = NAMED[setting.name].kind is Kind.ROLES
            return shortened([mention(entity, is_role=is_role, there=there) for entity in sorted(value)])
        case Kind.CHANNEL:
            return mention(value, is_role=False, there=there)
        case Kind.SWITCH:
            return _("on") if value else _("off")
        case Kind.DOLLARS:
            return figures.dollars(value)
        case Kind.NUMBER:
            return number_words(setting, value)
        case Kind.SEVERAL:
            return shortened([_model(key, catalogue) for key in sorted(value)])
        case Kind.LIST:
            return _picked_words(setting, value, catalogue)


def number_words(setting: Setting[Any], value: int) -> str:
    """Return a number with its unit."""
    if setting.name in {s.MEMBER_DAYS.name, s.RETENTION_DAYS.name}:
        return figures.days(value)
    if setting.name in {s.LENGTH.name, s.MAX_LENGTH.name}:
        return figures.seconds(value)
    return figures.dollars(value) if NAMED[setting.name].kind is Kind.DOLLARS else figures.clips(value)


def mention(entity: int, *, is_role: bool, there: Callable[[int], bool]) -> str:
    """Return a channel or role as Discord shows it, or that it is deleted."""
    if not there(entity):
        return _("⚠️ deleted ({id})").format(id=entity)
    return f"<@&{entity}>" if is_role else f"<#{entity}>"


def shortened(items: Sequence[str], shown: int = SHOWN) -> str:
    """Return a list that is cut where it is long: "a, b and 12 more"."""
    if len(items) <= shown:
        return figures.listed(items)
    return _("{some} and {number} more").format(some=figures.listed(items[:shown]), number=len(items) - shown)


def _picked_words(setting: Setting[Any], value: Any, catalogue: Catalogue) -> str:
    match setting.name:
        case s.MODEL.name:
            return _model(value, catalogue)
        case s.QUALITY.name:
            return labels.quality(value)
        case s.RATIO.name:
            return labels.ratio(value)
        case s.RESULTS.name:
            return _(DESTINATIONS[value])
        case s.SEES_DOLLARS.name:
            return _(SEEING[value])
        case s.LANGUAGE.name:
            return LANGUAGES.get(value, escaped(value, _MODEL_SHOWN))
        case _:
            return number_words(setting, value)


def _model(key: str, catalogue: Catalogue) -> str:
    return f"Kling {escaped(catalogue.label(key), _MODEL_SHOWN)}"
