"""What a custom id says: a verb, whom or what it is about, and on a delivered message its delivery.

The delivery's id is how an interrupted delivery recognises its own message. Custom ids stay on messages for ever, so
a verb keeps its meaning, and anybody may send one that we never made: whoever reads one checks everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TEMPLATE: Final = r"egret:(?P<verb>[a-z]{1,16}):(?P<subject>[A-Za-z0-9_-]{1,40})(?::(?P<extra>[A-Za-z0-9_.-]{1,40}))?"
"""At most 100 characters, as Discord demands (platform notes §5)."""
_PATTERN: Final = re.compile(TEMPLATE)


class Verb(StrEnum):
    """What a button, a list or a form asks for; the subject is a job's short id unless said otherwise."""

    CANCEL = "cancel"
    DETAILS = "details"
    EXTEND = "extend"
    LIPSYNC = "lipsync"
    AGAIN = "again"
    """Re-roll of a clip that worked, retry of one that did not."""
    EDIT = "edit"
    MORE = "more"
    ORIGINAL = "original"
    REPOST = "repost"
    REPORT = "report"
    DELETE = "delete"
    REMOVE = "remove"
    """Delete, now meant: the answer to being asked once."""
    KEEP = "keep"
    """Do not delete after all."""
    FAVOURITE = "favourite"
    """`extra` is "on" or "off"."""
    RUN = "run"
    """Take up an offer; the subject is a draft."""
    ALWAYS = "always"
    """Take up an offer, and do not ask again; the subject is a draft."""
    NO = "no"
    """Turn down an offer; the subject is a draft."""
    FORM = "form"
    """A modal that is sent; the subject is a draft."""
    FIX = "fix"
    """Open a form again as it was typed; the subject is a draft."""
    CLIPS = "clips"
    """Another page or filter of /clips; the subject says which."""
    USE = "use"
    """Make something from a chosen source; the subject is its draft, `extra` what is to be made."""
    CONSENT = "consent"
    """Say that one may use what one brought, and take up an offer; the subject is a draft, `extra` what it is."""
    BLOCKS = "blocks"
    """Another page of who is blocked; the subject says which."""
    UNBLOCK = "unblock"
    """Let somebody who was picked in again; the subject is the page of the list."""
    FLAGGED = "flagged"
    """What staff does about a reported clip; `extra` says what, and whose report it was."""
    BLOCKFOR = "blockfor"
    """Block a reported clip's requester for as long as was picked; `extra` is the report's message."""
    AUDIT = "audit"
    """Another page of the audit log; the subject says which."""
    USAGE = "usage"
    """Another part, month or page of /usage; the subject says which."""
    DEFAULTS = "defaults"
    """Show or change one of a person's defaults; the subject says which."""
    PAYS = "pays"
    """Choose which server pays in direct messages; the subject is what waits for the choice: a draft, or `CHOICE`."""
    HELP = "help"
    """Another page of /help; the subject is its name."""
    PRIVACY = "privacy"
    """What is stored about a person; the subject says what is to be done with it, `extra` how far."""
    SETUP = "setup"
    """Setting a server up; the subject is a step or a deed, `extra` what is to be done there."""
    SETTINGS = "settings"
    """Show or change a server's settings; the subject says what is to be done, `extra` to what."""


ABOUT_JOBS: Final = frozenset(
    {
        Verb.CANCEL,
        Verb.DETAILS,
        Verb.EXTEND,
        Verb.LIPSYNC,
        Verb.AGAIN,
        Verb.EDIT,
        Verb.MORE,
        Verb.ORIGINAL,
        Verb.REPOST,
        Verb.REPORT,
        Verb.DELETE,
        Verb.REMOVE,
        Verb.KEEP,
        Verb.FAVOURITE,
    }
)
"""Verbs whose subject is a job's short id."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A custom id, read; `values` are what was picked, where it is a list's."""

    verb: str
    subject: str
    extra: str = ""
    values: tuple[str, ...] = ()


def custom_id(verb: Verb, subject: str, extra: str = "") -> str:
    """Return a custom id.

    Raises:
        ValueError: the parts do not make one that can be read again.
    """
    made = f"egret:{verb}:{subject}:{extra}" if extra else f"egret:{verb}:{subject}"
    if _PATTERN.fullmatch(made) is None:
        raise ValueError("a custom id of unfit parts")
    return made


def read_custom_id(text: str) -> Pressed | None:
    """Return what a custom id says, None where it is not one of ours."""
    match = _PATTERN.fullmatch(text)
    return Pressed(match["verb"], match["subject"], match["extra"] or "") if match is not None else None


def names_delivery(text: str, job_id: str, delivery_id: str) -> bool:
    """Tell whether a component belongs to a delivery's message."""
    pressed = read_custom_id(text)
    return pressed is not None and (pressed.subject, pressed.extra) == (job_id, delivery_id)


def named_jobs(custom_ids: Iterable[str]) -> set[str]:
    """Return the short ids of the jobs that a message's components are about."""
    pressed = (read_custom_id(text) for text in custom_ids)
    return {read.subject for read in pressed if read is not None and read.verb in ABOUT_JOBS}
