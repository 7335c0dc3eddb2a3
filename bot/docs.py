"""Writes what the documents repeat from the code: `.env.example`, `docs/channels.md`, and tables of other pages.

`python -m bot.docs` rewrites all of them; a test holds them to what it would write.
"""

from __future__ import annotations

import re
import textwrap
from enum import Enum
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.catalog import BUILT_IN_MODELS, MICRO, Model, ModeRow
from bot.metrics.instruments import Instruments
from bot.processes import ALL, EVERY_ROLE
from bot.replies import VOCABULARY, Flag, Verb
from bot.replies.flags import TAKEN
from bot.settings import Settings
from bot.ui.channels_page import channels_page
from bot.ui.house_page import house_table

ROOT: Final = Path(__file__).resolve().parent.parent
_REPLIES: Final = {
    Verb.EXTEND: "makes the clip four to five seconds longer; what follows the word says what happens next",
    Verb.CONTINUE: "the same without words",
    Verb.LIPSYNC: "makes the clip speak what follows, or the recording that is attached",
    Verb.REROLL: "makes it once more: a new take of a clip that worked, another try of one that did not",
    Verb.EDIT: "opens what it was made from in a form, to be changed and made again",
    Verb.INFO: "tells in short what it is and what it cost",
    Verb.CANCEL: "stops it while it is being made",
    Verb.DELETE: "deletes it, after asking once",
    Verb.HELP: "shows what can be replied",
}
_DOLLARS: Final = {"max_usd_per_month", "max_usd_per_job"}


def env_example() -> str:
    """Return the text of `.env.example`."""
    parts = ["# Egret's settings. Copy this file to .env and fill in the first three."]
    for name, field in Settings.model_fields.items():
        comment = textwrap.fill(field.description or "", width=98, initial_indent="# ", subsequent_indent="# ")
        given = "" if field.is_required() or name == "servers" else _default(name, field)
        lead = "" if field.is_required() or name == "servers" else "#"
        parts.append(f"{comment}\n{lead}{name.upper()}={given}")
    return "\n\n".join(parts) + "\n"


def settings_table() -> str:
    """Return the table of settings."""
    rows = ["| setting | default | what it does |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "**required**" if field.is_required() else f"`{_default(name, field)}`"
        description = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{name.upper()}` | {default if default != '``' else ''} | {description} |")
    return "\n".join(rows) + "\n"


def _default(name: str, field: FieldInfo) -> str:
    value: object = field.default
    if value == EVERY_ROLE:
        return ALL
    if name in _DOLLARS and isinstance(value, int):
        return f"{value / MICRO:g}"
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (tuple, frozenset)) or value is None:
        return ""
    return value.as_posix() if isinstance(value, Path) else str(value)


def models_table() -> str:
    """Return the table of models."""
    rows = [
        "| model | quality | lengths | price | can do |",
        "|---|---|---|---|---|",
    ]
    for model in BUILT_IN_MODELS:
        rows += [
            f"| {model.label} | {_quality(mode)} | {_lengths(mode)} | {_prices(mode)} | {_abilities(model, mode)} |"
            for mode in model.modes
        ]
    return "\n".join(rows) + "\n"


def _quality(mode: ModeRow) -> str:
    return f"{'Standard' if mode.mode == 'std' else 'Pro'} {mode.resolution}".strip()


def _lengths(mode: ModeRow) -> str:
    first, last = mode.lengths[0], mode.lengths[-1]
    if len(mode.lengths) > 2 and mode.lengths == tuple(range(first, last + 1)):
        return f"{first} to {last} s"
    return ", ".join(str(seconds) for seconds in mode.lengths) + " s"


def _prices(mode: ModeRow) -> str:
    known = [
        f"${priced.price.microusd / MICRO:.2f} for {priced.seconds} s{' with sound' if priced.sound else ''}"
        for priced in mode.prices
        if priced.seconds in {5, 10}
    ]
    return ", ".join(known) or "not known"


def _abilities(model: Model, mode: ModeRow) -> str:
    can = {
        "start image": model.start_image,
        "end image": bool(mode.end_frame_lengths),
        "camera": model.camera,
        "avoid": model.negative_prompt,
        "follow": model.cfg_scale,
        "sound": model.sound,
        "can be extended": model.extendable,
        "can be lip-synced": model.lip_syncable,
    }
    return ", ".join(name for name, able in can.items() if able)


def metrics_table() -> str:
    """Return the table of metrics."""
    rows = ["| metric | kind | labels | what it tells |", "|---|---|---|---|"]
    for metric in sorted(Instruments().described, key=lambda one: (not one.name.startswith("egret_"), one.name)):
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        rows.append(f"| `{metric.name}` | {metric.kind} | {labels} | {metric.meaning} |")
    return "\n".join(rows) + "\n"


def replies_table() -> str:
    """Return the table of what can be replied to a clip."""
    rows = ["| in English | what it does | flags | in other languages |", "|---|---|---|---|"]
    for verb in Verb:
        flags = ", ".join(f"`--{flag.value}`" for flag in Flag if flag in TAKEN.get(verb, ()))
        others = "; ".join(
            f"{language}: {_words(known[verb])}" for language, known in VOCABULARY.items() if language != "en"
        )
        rows.append(f"| {_words(VOCABULARY['en'][verb])} | {_REPLIES[verb]} | {flags} | {others} |")
    return "\n".join(rows) + "\n"


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def documents() -> dict[str, str]:
    """Return the text of every file that holds something generated, as the code has it now, by its path in the tree."""
    written = {".env.example": env_example(), "docs/channels.md": channels_page()}
    for path, name, table in (
        ("docs/settings.md", "settings", settings_table()),
        ("docs/models.md", "models", models_table()),
        ("docs/house-rules.md", "house", house_table()),
        ("docs/operations.md", "metrics", metrics_table()),
        ("docs/replies.md", "replies", replies_table()),
    ):
        written[path] = _filled((ROOT / path).read_text(encoding="utf-8"), name, table)
    return written


def _filled(text: str, name: str, table: str) -> str:
    block = re.compile(rf"(?<=<!-- {name}: written by `make docs` -->\n).*?(?=<!-- end -->)", re.DOTALL)
    return block.sub(table.replace("\\", r"\\"), text)


def main() -> None:
    """Rewrite all of them."""
    for path, text in documents().items():
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
