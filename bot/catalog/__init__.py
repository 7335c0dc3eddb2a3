"""Kling models as data: versions, modes, lengths, ratios, what each can do, limits, prices, voices.

Pure data and rules: nothing here reads the network, the storage or Discord.
"""

from __future__ import annotations

from bot.catalog.actions import PossibleActions, possible_actions
from bot.catalog.camera import CAMERA_MOVES, Axis, CameraMove, camera_move
from bot.catalog.catalogue import DEFAULT_MODEL, Catalogue
from bot.catalog.choice import ModelOffer, Note, VideoAsked, VideoChoice
from bot.catalog.errors import CatalogueError, DefaultModelUnknown, OwnerFileError
from bot.catalog.follow_ups import (
    CONVERTIBLE_AUDIO,
    AudioFacts,
    ExtensionChoice,
    ImageFacts,
    LipsyncAsked,
    LipsyncChoice,
    SourceFacts,
    check_audio,
    check_extend,
    check_image,
    check_lipsync,
    check_lipsync_source,
)
from bot.catalog.limits import ExtensionLimits, ImageLimits, Limits, LipsyncLimits, TextLimits
from bot.catalog.model import (
    MICRO,
    ClipKind,
    Follow,
    Mode,
    Model,
    ModeRow,
    OutputFamily,
    Price,
    PricedLength,
    Ratio,
)
from bot.catalog.rows import BUILT_IN_MODELS
from bot.catalog.timing import CompletionSeconds, completion_seconds
from bot.catalog.voices import BUILT_IN_VOICES, Voice, search_voices, speaks_chinese, speech_seconds

__all__ = [
    "BUILT_IN_MODELS",
    "BUILT_IN_VOICES",
    "CAMERA_MOVES",
    "CONVERTIBLE_AUDIO",
    "DEFAULT_MODEL",
    "MICRO",
    "AudioFacts",
    "Axis",
    "CameraMove",
    "Catalogue",
    "CatalogueError",
    "ClipKind",
    "CompletionSeconds",
    "DefaultModelUnknown",
    "ExtensionChoice",
    "ExtensionLimits",
    "Follow",
    "ImageFacts",
    "ImageLimits",
    "Limits",
    "LipsyncAsked",
    "LipsyncChoice",
    "LipsyncLimits",
    "Mode",
    "ModeRow",
    "Model",
    "ModelOffer",
    "Note",
    "OutputFamily",
    "OwnerFileError",
    "PossibleActions",
    "Price",
    "PricedLength",
    "Ratio",
    "SourceFacts",
    "TextLimits",
    "VideoAsked",
    "VideoChoice",
    "Voice",
    "camera_move",
    "check_audio",
    "check_extend",
    "check_image",
    "check_lipsync",
    "check_lipsync_source",
    "completion_seconds",
    "possible_actions",
    "search_voices",
    "speaks_chinese",
    "speech_seconds",
]
