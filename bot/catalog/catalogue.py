"""The catalogue: every row, and the one place where a /video request becomes a choice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from bot.catalog import owner_file, selection
from bot.catalog.camera import CameraMove, camera_move
from bot.catalog.choice import ModelOffer, Note, VideoAsked, VideoChoice
from bot.catalog.errors import DefaultModelUnknown
from bot.catalog.limits import Limits
from bot.catalog.model import Follow, Mode, Model, Price, Ratio
from bot.catalog.refusals import (
    CameraUnknown,
    CameraWithImage,
    EndFrameWithoutStart,
    ModelUnknown,
    PromptMissing,
    TextTooLong,
    VoiceUnknown,
)
from bot.catalog.rows import BUILT_IN_MODELS
from bot.catalog.voices import BUILT_IN_VOICES, Voice, search_voices, speaks_chinese
from bot.errors import Refused

DEFAULT_MODEL: Final = "1.6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that can be bought.

    Attributes:
        models: the rows, in order of preference.
        voices: what a clip can speak with.
        limits: what holds whatever the model.
        default_model: the key of the row that a bare prompt means.
    """

    models: tuple[Model, ...] = BUILT_IN_MODELS
    voices: tuple[Voice, ...] = BUILT_IN_VOICES
    limits: Limits = field(default_factory=Limits)
    default_model: str = DEFAULT_MODEL

    def __post_init__(self) -> None:
        if self.model(self.default_model) is None:
            raise DefaultModelUnknown(self.default_model, tuple(model.key for model in self.models))

    @classmethod
    def load(cls, path: Path | None = None, *, default_model: str = DEFAULT_MODEL) -> Catalogue:
        """Return the built-in catalogue with the owner's file applied.

        Args:
            path: a TOML file (`bot.catalog.owner_file` describes it), or None.
            default_model: the key of the row that a bare prompt means.

        Raises:
            OwnerFileError: the file cannot be read or a field in it is wrong.
            DefaultModelUnknown: no row has the key `default_model`.
        """
        if path is None:
            return cls(default_model=default_model)
        changes = owner_file.read(path, BUILT_IN_MODELS, BUILT_IN_VOICES, Limits())
        return cls(models=changes.models, voices=changes.voices, limits=changes.limits, default_model=default_model)

    def model(self, key: str) -> Model | None:
        """Return the row called `key` (its label will do, capitals do not matter), or None."""
        wanted = key.strip().casefold()
        return next((row for row in self.models if wanted in {row.key.casefold(), row.label.casefold()}), None)

    def label(self, key: str) -> str:
        """Return the label of the row called `key`, or `key` itself where the row is gone."""
        row = self.model(key)
        return row.label if row is not None else key

    def choose(self, asked: VideoAsked) -> VideoChoice:
        """Return the clip to buy.

        Naming no model picks the cheapest priced row that satisfies every option given (the first unpriced one where
        no priced row does); a bare prompt means the default model.

        Raises:
            Refused: an option is wrong, the model named cannot do something, or no model can.
        """
        camera = self._check(asked)
        asked = replace(asked, avoid=asked.avoid.strip())
        if asked.model or asked.names_nothing:
            named = self._named(asked.model or self.default_model)
            chosen = selection.cheapest(selection.candidates(named, asked), self.default_model)
            if chosen is None:
                raise Refused(selection.refuse(named, asked, self.models, self.default_model))
        else:
            found = (candidate for model in self.models for candidate in selection.candidates(model, asked))
            chosen = selection.cheapest(found, self.default_model)
            if chosen is None:
                raise Refused(selection.refuse_all(asked, self.models))
        return _resolve(chosen, asked, camera)

    def price(self, choice: VideoChoice) -> Price | None:
        """Return what `choice` costs by this catalogue, or None where that is not known."""
        row = self.model(choice.model.key)
        mode = row.mode_row(choice.mode) if row is not None else None
        return mode.price(choice.seconds, sound=choice.sound is True) if mode is not None else None

    def models_for(self, asked: VideoAsked) -> tuple[ModelOffer, ...]:
        """Return every model seen with the options filled in so far: those that fit first, then in catalogue order.

        The prompt may still be empty, and options that contradict each other make every model unfit only where a row
        decides it.
        """
        offers = tuple(self._offer(model, replace(asked, model="")) for model in self.models)
        return tuple(sorted(offers, key=lambda offer: not offer.fits))

    def lengths_for(self, model: str = "", mode: Mode | None = None) -> tuple[int, ...]:
        """Return the lengths in seconds that a model offers, ascending; of all models where no known one is named.

        Args:
            model: a row's key or label, or "".
            mode: only this quality tier's, where the model has it.
        """
        named = self.model(model) if model else None
        rows = (named,) if named is not None else self.models
        lengths = {
            seconds
            for row in rows
            for tier in row.modes
            if mode is None or tier.mode is mode
            for seconds in tier.lengths
        }
        return tuple(sorted(lengths))

    def search_voices(self, text: str) -> tuple[Voice, ...]:
        """Return the voices whose name or language contains `text`."""
        return search_voices(self.voices, text)

    def voice(self, name: str) -> Voice:
        """Return the voice called `name`; capitals do not matter.

        Raises:
            Refused: there is none, with the names that come close.
        """
        wanted = name.strip().casefold()
        by_name = {voice.name.casefold(): voice for voice in self.voices}
        if wanted not in by_name:
            import difflib  # here: it is large, and most bots never need it

            similar = tuple(by_name[near].name for near in difflib.get_close_matches(wanted, by_name, n=3))
            raise Refused(VoiceUnknown(asked=name, similar=similar))
        return by_name[wanted]

    def default_voice(self, text: str) -> Voice:
        """Return the first voice that speaks the language `text` is written in, or simply the first."""
        language = "Chinese" if speaks_chinese(text) else "English"
        return next((voice for voice in self.voices if voice.language == language), self.voices[0])

    def _named(self, key: str) -> Model:
        model = self.model(key)
        if model is None:
            raise Refused(ModelUnknown(asked=key, known=tuple(row.label for row in self.models)))
        return model

    def _check(self, asked: VideoAsked) -> CameraMove | None:
        """Refuse what no row could allow, and return the camera move that was named."""
        limits = self.limits.text
        if not asked.prompt.strip():
            raise Refused(PromptMissing())
        if len(asked.prompt.strip()) > limits.prompt_characters:
            found = len(asked.prompt.strip())
            raise Refused(TextTooLong(option="prompt", limit=limits.prompt_characters, found=found))
        if len(asked.avoid.strip()) > limits.avoid_characters:
            found = len(asked.avoid.strip())
            raise Refused(TextTooLong(option="avoid", limit=limits.avoid_characters, found=found))
        if asked.end_image and not asked.image:
            raise Refused(EndFrameWithoutStart())
        if not asked.camera:
            return None
        move = camera_move(asked.camera)
        if move is None:
            raise Refused(CameraUnknown(asked=asked.camera))
        if asked.image:
            raise Refused(CameraWithImage())
        return move

    def _offer(self, model: Model, asked: VideoAsked) -> ModelOffer:
        chosen = selection.cheapest(selection.candidates(model, asked), self.default_model)
        if chosen is None:
            return ModelOffer(model=model, refusal=selection.refuse(model, asked, self.models, self.default_model))
        return ModelOffer(model=model, mode=chosen.row.mode, seconds=chosen.seconds, price=chosen.price)


def _resolve(chosen: selection.Candidate, asked: VideoAsked, camera: CameraMove | None) -> VideoChoice:
    model = chosen.model
    ignored = asked.image and asked.ratio is not None
    return VideoChoice(
        model=model,
        mode=chosen.row.mode,
        seconds=chosen.seconds,
        prompt=asked.prompt.strip(),
        negative_prompt=asked.avoid,
        ratio=None if asked.image else asked.ratio or Ratio.WIDE,
        image=asked.image,
        end_image=asked.end_image,
        # Always sent where taken, so that the provider's own default never decides.
        cfg_scale=(asked.follow or Follow.BALANCED).cfg_scale if model.cfg_scale else None,
        camera=camera,
        sound=asked.sound is True if model.sound else None,
        price=chosen.price,
        notes=(Note.RATIO_IGNORED,) if ignored else (),
    )
