"""Which Kling versions exist and what each accepts (provider notes §2.1, §2.2, §2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_CLASSIC_FIELDS: Final = frozenset(
    {
        "prompt",
        "negative_prompt",
        "cfg_scale",
        "duration",
        "aspect_ratio",
        "mode",
        "version",
        "image_url",
        "image_tail_url",
        "camera_control",
        "motion_brush",
    }
)
_FIELDS_3_0: Final = frozenset(
    {
        "prompt",
        "duration",
        "aspect_ratio",
        "mode",
        "version",
        "image_url",
        "image_tail_url",
        "enable_audio",
        "prefer_multi_shots",
        "multi_shots",
    }
)
_TURBO_FIELDS: Final = frozenset(
    {"prompt", "negative_prompt", "image_url", "duration", "aspect_ratio", "mode", "version"}
)
_FIVE_OR_TEN: Final = frozenset({5, 10})
_BOTH: Final = frozenset({"std", "pro"})
_PRO: Final = frozenset({"pro"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRule:
    """What one version accepts.

    Attributes:
        modes: Allowed modes.
        seconds: Allowed lengths.
        fields: Input fields in its schema.
        end_frame: (mode, seconds) pairs with an end frame; None for any.
        camera_with_image: (mode, seconds) pairs in which a camera move may go with a start image.
        extendable: Whether extend_video takes its clips (provider notes §3).
    """

    modes: frozenset[str] = _BOTH
    seconds: frozenset[int] = _FIVE_OR_TEN
    fields: frozenset[str] = _CLASSIC_FIELDS
    end_frame: frozenset[tuple[str, int]] | None = None
    camera_with_image: frozenset[tuple[str, int]] = frozenset()
    extendable: bool = False


_PRO_END_FRAME: Final = frozenset({("pro", 5), ("pro", 10)})

KLING: Final[dict[str, VersionRule]] = {
    "1.0": VersionRule(
        end_frame=frozenset({("std", 5), ("pro", 5)}),
        camera_with_image=frozenset({("std", 5)}),
        extendable=True,
    ),
    "1.5": VersionRule(end_frame=_PRO_END_FRAME, camera_with_image=frozenset({("pro", 5)}), extendable=True),
    "1.6": VersionRule(fields=_CLASSIC_FIELDS | {"elements"}, end_frame=_PRO_END_FRAME, extendable=True),
    "2.0": VersionRule(modes=_PRO),
    "2.1": VersionRule(),
    "2.1-master": VersionRule(modes=_PRO),
    "2.6": VersionRule(fields=_CLASSIC_FIELDS | {"enable_audio"}),
    "3.0": VersionRule(seconds=frozenset(range(3, 16)), fields=_FIELDS_3_0),
}
"""Versions of model "kling". End frames and camera moves of 1.x follow the upstream map; where nothing is documented
(2.x) the sandbox accepts them."""

TURBO: Final[dict[str, VersionRule]] = {"2.5-turbo": VersionRule(fields=_TURBO_FIELDS)}
"""Versions of model "kling-turbo". Only "pro" is seen in an example; "std" is accepted as an assumption."""

DEFAULT_VERSION: Final = {"kling": "1.6", "kling-turbo": "2.5-turbo"}
"""What runs when `version` is left out (one captured request ran on 1.6; provider notes §2.1)."""


def rules_of(model: str) -> dict[str, VersionRule] | None:
    """The versions of `model`, or None where this sandbox does not know the model."""
    return {"kling": KLING, "kling-turbo": TURBO}.get(model)
