"""The owner's file: rows, prices, limits and voices changed or added without touching the code.

```toml
[models."2.6"]                       # an existing row: only what is written changes; a new name adds a row
use = "newer motion, can have sound"
sound = true
[models."2.6".std]                   # a new row needs at least one quality with its lengths
lengths = [5, 10]
resolution = "720p"
end_frame_lengths = [5]
prices = [
    {seconds = 5, usd = "0.20", as_of = "2026-06"},
    {usd_per_second = "0.04", sound = true, as_of = "2026-06"},   # for every length of this quality
]
[models."1.0"]
offered = false                      # the row is taken out

[limits.lipsync]
text_characters = 300
price_usd = "0.10"
price_as_of = "2026-06"

[[voices]]
name = "Harbour Pilot"
language = "English"
```

Prices written replace all prices of that quality. A name that is not known here is an error, so that a slip of the
pen cannot pass for a setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from bot.catalog.errors import OwnerFileError
from bot.catalog.fields import Table
from bot.catalog.limits import ExtensionLimits, ImageLimits, Limits, LipsyncLimits, TextLimits
from bot.catalog.model import MICRO, Mode, Model, ModeRow, OutputFamily, Price, PricedLength
from bot.catalog.voices import Voice


@dataclass(frozen=True, slots=True)
class OwnerChanges:
    """The catalogue's parts with the owner's file applied."""

    models: tuple[Model, ...]
    voices: tuple[Voice, ...]
    limits: Limits


MAX_SECONDS: Final = 60
"""No row promises longer clips than this; catches lengths written in milliseconds."""
_MODEL_FIELDS: Final = (
    "offered", "label", "use", "version", "provider_model", "start_image", "camera", "negative_prompt", "cfg_scale",
    "sound", "extendable", "lip_syncable", "output",
)  # fmt: skip


def read(path: Path, models: tuple[Model, ...], voices: tuple[Voice, ...], limits: Limits) -> OwnerChanges:
    """Return `models`, `voices` and `limits` as changed by the file at `path`.

    Raises:
        OwnerFileError: the file cannot be read, is no TOML, or a field is unknown or wrong.
    """
    import tomllib  # here: most bots have no such file

    try:
        with path.open("rb") as file:
            content = tomllib.load(file, parse_float=Decimal)
    except OSError as error:
        raise OwnerFileError(str(path), error.strerror or "cannot be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OwnerFileError(str(path), f"is no TOML: {error}") from error
    top = Table("", content)
    top.allow("models", "limits", "voices")
    return OwnerChanges(models=_models(top, models), voices=_voices(top, voices), limits=_limits(top, limits))


def _models(top: Table, models: tuple[Model, ...]) -> tuple[Model, ...]:
    rows = {model.key: model for model in models}
    written = top.table("models")
    for key in written.names():
        table = written.table(key)
        if table.flag("offered", default=True):
            rows[key] = _model(key, table, rows.get(key))
        else:
            table.allow("offered")
            rows.pop(key, None)
    if not rows:
        raise OwnerFileError("models", "no row is left")
    return tuple(rows.values())


def _model(key: str, table: Table, known: Model | None) -> Model:
    table.allow(*_MODEL_FIELDS, *(mode.value for mode in Mode))
    modes = {row.mode: row for row in known.modes} if known is not None else {}
    for mode in Mode:
        if table.has(mode.value):
            modes[mode] = _mode_row(table.table(mode.value), mode, modes.get(mode))
    if not modes:
        raise table.wrong("", "a new row needs at least one quality, such as [.std] with lengths")
    ordered = tuple(modes[mode] for mode in Mode if mode in modes)
    row = known or Model(key=key, label=key, use="", version=key, modes=ordered)
    families = tuple(family.value for family in OutputFamily)
    return Model(
        key=key,
        modes=ordered,
        label=table.text("label", row.label),
        use=table.text("use", row.use),
        version=table.text("version", row.version),
        provider_model=table.text("provider_model", row.provider_model),
        start_image=table.flag("start_image", default=row.start_image),
        camera=table.flag("camera", default=row.camera),
        negative_prompt=table.flag("negative_prompt", default=row.negative_prompt),
        cfg_scale=table.flag("cfg_scale", default=row.cfg_scale),
        sound=table.flag("sound", default=row.sound),
        extendable=table.flag("extendable", default=row.extendable),
        lip_syncable=table.flag("lip_syncable", default=row.lip_syncable),
        output=OutputFamily(table.word("output", families)) if table.has("output") else row.output,
    )


def _mode_row(table: Table, mode: Mode, known: ModeRow | None) -> ModeRow:
    table.allow("lengths", "resolution", "end_frame_lengths", "prices")
    row = known or ModeRow(mode=mode, lengths=())
    lengths = table.whole_numbers("lengths", 1, MAX_SECONDS, known.lengths if known is not None else None)
    if not lengths:
        raise table.wrong("lengths", "is empty")
    ends = table.whole_numbers("end_frame_lengths", 1, MAX_SECONDS, row.end_frame_lengths)
    prices = row.prices
    if table.has("prices"):
        prices = tuple(priced for entry in table.tables("prices") for priced in _prices(entry, lengths))
    return ModeRow(
        mode=mode,
        lengths=lengths,
        resolution=table.text("resolution", row.resolution),
        end_frame_lengths=tuple(seconds for seconds in ends if seconds in lengths),
        prices=tuple(priced for priced in prices if priced.seconds in lengths),
    )


def _prices(table: Table, lengths: tuple[int, ...]) -> tuple[PricedLength, ...]:
    table.allow("seconds", "usd", "usd_per_second", "sound", "as_of")
    sound = table.flag("sound", default=False)
    as_of = table.text("as_of") if table.has("as_of") else ""
    if table.has("usd_per_second") == table.has("usd"):
        raise table.wrong("usd", "give either usd with seconds, or usd_per_second")
    if table.has("usd_per_second"):
        rate = _microusd(table, "usd_per_second")
        return tuple(PricedLength(seconds, sound, Price(rate * seconds, as_of)) for seconds in lengths)
    seconds = table.whole_number("seconds", 1, MAX_SECONDS)
    if seconds not in lengths:
        raise table.wrong("seconds", f"{seconds} is not among the lengths")
    return (PricedLength(seconds, sound, Price(_microusd(table, "usd"), as_of)),)


def _microusd(table: Table, name: str) -> int:
    return int((table.decimal(name, Decimal(0), Decimal(1_000)) * MICRO).to_integral_value())


def _voices(top: Table, voices: tuple[Voice, ...]) -> tuple[Voice, ...]:
    by_name = {voice.name: voice for voice in voices}
    for table in top.tables("voices"):
        table.allow("name", "language")
        by_name[table.text("name")] = Voice(table.text("name"), table.text("language"))
    return tuple(by_name.values())


def _limits(top: Table, limits: Limits) -> Limits:
    table = top.table("limits")
    table.allow("text", "image", "extension", "lipsync")
    return Limits(
        text=_text(table.table("text"), limits.text),
        image=_image(table.table("image"), limits.image),
        extension=_extension(table.table("extension"), limits.extension),
        lipsync=_lipsync(table.table("lipsync"), limits.lipsync),
    )


def _text(table: Table, known: TextLimits) -> TextLimits:
    table.allow("prompt_characters", "avoid_characters")
    return TextLimits(
        prompt_characters=_count(table, "prompt_characters", known.prompt_characters),
        avoid_characters=_count(table, "avoid_characters", known.avoid_characters),
    )


def _image(table: Table, known: ImageLimits) -> ImageLimits:
    table.allow("max_bytes", "longer_than_px", "max_aspect")
    return ImageLimits(
        max_bytes=_count(table, "max_bytes", known.max_bytes),
        longer_than_px=_count(table, "longer_than_px", known.longer_than_px),
        max_aspect=_number(table, "max_aspect", known.max_aspect),
    )


def _extension(table: Table, known: ExtensionLimits) -> ExtensionLimits:
    table.allow("adds_seconds", "max_total_seconds", "max_source_age_days", "price_usd", "price_as_of")
    return ExtensionLimits(
        adds_seconds=_span(table, "adds_seconds", known.adds_seconds),
        max_total_seconds=_count(table, "max_total_seconds", known.max_total_seconds),
        max_source_age_days=_count(table, "max_source_age_days", known.max_source_age_days),
        price=_price(table, known.price),
    )


def _lipsync(table: Table, known: LipsyncLimits) -> LipsyncLimits:
    table.allow(
        "text_characters", "min_speed", "max_speed", "audio_formats", "max_audio_bytes", "max_audio_seconds",
        "min_audio_seconds", "source_seconds", "max_source_age_days", "price_usd", "price_as_of",
    )  # fmt: skip
    formats = table.texts("audio_formats") if table.has("audio_formats") else known.audio_formats
    return LipsyncLimits(
        text_characters=_count(table, "text_characters", known.text_characters),
        min_speed=_number(table, "min_speed", known.min_speed),
        max_speed=_number(table, "max_speed", known.max_speed),
        audio_formats=tuple(extension.lower() for extension in formats),
        max_audio_bytes=_count(table, "max_audio_bytes", known.max_audio_bytes),
        max_audio_seconds=_count(table, "max_audio_seconds", known.max_audio_seconds),
        min_audio_seconds=_count(table, "min_audio_seconds", known.min_audio_seconds),
        source_seconds=_span(table, "source_seconds", known.source_seconds),
        max_source_age_days=_count(table, "max_source_age_days", known.max_source_age_days),
        price=_price(table, known.price),
    )


def _count(table: Table, name: str, known: int) -> int:
    return table.whole_number(name, 1, 1_000_000_000, known)


def _number(table: Table, name: str, known: float) -> float:
    return float(table.decimal(name, Decimal("0.1"), Decimal(100), Decimal(str(known))))


def _span(table: Table, name: str, known: tuple[int, int]) -> tuple[int, int]:
    numbers = table.whole_numbers(name, 1, 3_600, known)
    if len(numbers) != 2:
        raise table.wrong(name, "expected two different whole numbers, the least and the most")
    return numbers[0], numbers[1]


def _price(table: Table, known: Price | None) -> Price | None:
    if not table.has("price_usd"):
        return known
    as_of = table.text("price_as_of") if table.has("price_as_of") else ""
    return Price(_microusd(table, "price_usd"), as_of)
