"""What a person asked of /video, and what the catalogue made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.catalog.camera import CameraMove
from bot.catalog.model import Follow, Mode, Model, Price, Ratio
from bot.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoAsked:
    """Every option of /video as given; None, "" and False mean "not given".

    Attributes:
        prompt: what to show.
        image: whether there is a start image.
        end_image: whether there is an end image.
        model: a row's key.
        mode: the quality tier.
        seconds: the length.
        ratio: the shape.
        sound: True or False where the person said so.
        follow: how closely to keep to the prompt.
        camera: a camera move's key.
        avoid: what not to show.
    """

    prompt: str
    image: bool = False
    end_image: bool = False
    model: str = ""
    mode: Mode | None = None
    seconds: int | None = None
    ratio: Ratio | None = None
    sound: bool | None = None
    follow: Follow | None = None
    camera: str = ""
    avoid: str = ""

    @property
    def names_nothing(self) -> bool:
        """Tell whether the prompt is all there is, so that the default model is meant."""
        return self == VideoAsked(prompt=self.prompt)


class Note(StrEnum):
    """What a person should know about a choice that is not a refusal."""

    RATIO_IGNORED = "ratio_ignored"
    """The start image decides the shape."""
    SPEECH_LONGER = "speech_longer"
    """The text probably takes longer to speak than the clip lasts."""
    AUDIO_TRIMMED = "audio_trimmed"
    """The recording is longer than the clip; the end is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoChoice:
    """A clip that its row allows, with everything the request needs except the images' addresses.

    Attributes:
        model: the row.
        mode: the quality tier.
        seconds: the length.
        prompt: what to show, trimmed.
        negative_prompt: what not to show, or "".
        ratio: the shape, or None with a start image, which decides it.
        image: whether a start image is to be sent.
        end_image: whether an end image is to be sent.
        cfg_scale: 0 to 1, or None where the model takes none.
        camera: the camera move, or None.
        sound: True or False for a model that can make sound, else None.
        price: what it costs, or None where that is not known.
        notes: what the person should know.
    """

    model: Model
    mode: Mode
    seconds: int
    prompt: str
    negative_prompt: str = ""
    ratio: Ratio | None
    image: bool = False
    end_image: bool = False
    cfg_scale: float | None = None
    camera: CameraMove | None = None
    sound: bool | None = None
    price: Price | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOffer:
    """One model, seen with the options filled in so far.

    Attributes:
        model: the row.
        mode: the quality tier the options lead to; None where the model does not fit them.
        seconds: the length they lead to; None where the model does not fit.
        price: what that costs, or None where not known or not fitting.
        refusal: why the model does not fit, or None where it does.
    """

    model: Model
    mode: Mode | None = None
    seconds: int | None = None
    price: Price | None = None
    refusal: Refusal | None = None

    @property
    def fits(self) -> bool:
        """Tell whether the model can do everything filled in so far."""
        return self.refusal is None
