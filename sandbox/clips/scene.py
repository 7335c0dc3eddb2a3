"""Moving pictures: an egret over a drawn landscape, or a pan over a given image, with the request written on it."""

from __future__ import annotations

import colorsys
import hashlib
import math
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageOps

from sandbox.clips.fonts import FontBook
from sandbox.clips.lettering import lettering

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAN_ROOM: Final = 1.12
"""How much larger than the frame the background is, so that there is something to pan over."""
_FADE_STARTS, _FADE_ENDS = 0.6, 0.85
"""Parts of the clip between which the start image turns into the end image."""
_EXTENSION_FADE: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What can be read in every frame.

    Attributes:
        prompt: The request's prompt, in any script.
        label: One short line about the request (model, quality, length, ratio).
        seconds: The clip's length, shown beside the running time.
        elapsed: Seconds that went before the first frame (an extension goes on counting).
    """

    prompt: str
    label: str
    seconds: float
    elapsed: float = 0.0


class Scene:
    """Frames of one clip.

    Args:
        width: Frame width in pixels.
        height: Frame height in pixels.
        wording: Text written on every frame.
        image: Encoded start image (JPEG, PNG, …); without one a landscape is drawn.
        end_image: Encoded image that the clip turns into.
        opening: A picture that the first frames are blended out of (the last frame of an extended source).

    Raises:
        PIL.UnidentifiedImageError: An image cannot be read.
    """

    def __init__(
        self,
        width: int,
        height: int,
        wording: Wording,
        *,
        image: bytes | None = None,
        end_image: bytes | None = None,
        opening: Image.Image | None = None,
    ) -> None:
        self._size = (width, height)
        self._wording = wording
        self._wide = (_even(width * _PAN_ROOM), _even(height * _PAN_ROOM))
        self._draws_bird = image is None
        seed = hashlib.sha256(wording.prompt.encode("utf-8", "replace")).digest()
        self._background = self._landscape(seed) if image is None else self._fitted(image)
        self._ending = None if end_image is None else self._fitted(end_image)
        self._opening = None if opening is None else opening.resize(self._size)
        self._panel, self._panel_mask, self._panel_at = self._written()
        self._clock_font = FontBook(max(16, min(self._size) // 26), "0123456789").default.font

    def frames(self, count: int, rate: int) -> Iterator[Image.Image]:
        """The clip's pictures.

        Args:
            count: How many.
            rate: Frames per second, for the time code.
        """
        for number in range(count):
            yield self._frame(number / max(1, count - 1), self._wording.elapsed + number / rate)

    def _frame(self, progress: float, at: float) -> Image.Image:
        frame = self._crop(self._background, progress)
        if self._draws_bird:
            self._draw_bird(frame, progress, at)
        if self._ending is not None and progress > _FADE_STARTS:
            share = min(1.0, (progress - _FADE_STARTS) / (_FADE_ENDS - _FADE_STARTS))
            frame = Image.blend(frame, self._crop(self._ending, progress), share)
        frame.paste(self._panel, self._panel_at, self._panel_mask)
        self._draw_clock(frame, at)
        if self._opening is not None and progress < _EXTENSION_FADE:
            frame = Image.blend(self._opening, frame, progress / _EXTENSION_FADE)
        return frame

    def _crop(self, picture: Image.Image, progress: float) -> Image.Image:
        width, height = self._size
        left = int((picture.width - width) * progress)
        top = int((picture.height - height) * 0.5)
        return picture.crop((left, top, left + width, top + height))

    def _fitted(self, encoded: bytes) -> Image.Image:
        with Image.open(BytesIO(encoded)) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
        return ImageOps.fit(upright, self._wide, Image.Resampling.BILINEAR)

    def _landscape(self, seed: bytes) -> Image.Image:
        width, height = self._wide
        hue = seed[0] / 255
        sky = Image.linear_gradient("L").resize((width, height))
        picture = ImageOps.colorize(sky, _colour(hue, 0.55, 0.45), _colour(hue + 0.12, 0.25, 0.95))
        draw = ImageDraw.Draw(picture)
        for layer in range(3):
            phase, waves = seed[layer + 1] / 20, 1.5 + seed[layer + 4] / 100
            base = height * (0.55 + 0.15 * layer)
            ridge = [
                (x, base - height * 0.08 * math.sin(phase + waves * math.tau * x / width))
                for x in range(0, width + 16, 16)
            ]
            draw.polygon(
                [(0, height), *ridge, (width, height)],
                fill=_colour(hue + 0.45 + 0.03 * layer, 0.45, 0.5 - 0.12 * layer),
            )
        return picture

    def _draw_bird(self, frame: Image.Image, progress: float, at: float) -> None:
        width, height = self._size
        span = min(width, height) * 0.16
        x, y = width * (0.1 + 0.75 * progress), height * (0.3 + 0.05 * math.sin(progress * math.tau))
        lift = span * 0.6 * math.sin(at * math.tau * 1.1)
        draw = ImageDraw.Draw(frame)
        white, shade = (250, 250, 247), (225, 228, 232)
        draw.polygon([(x - span * 0.2, y), (x - span * 0.1, y - lift), (x + span * 0.25, y)], fill=shade)
        draw.ellipse((x - span * 0.5, y - span * 0.13, x + span * 0.45, y + span * 0.13), fill=white)
        draw.line([(x + span * 0.4, y), (x + span * 0.55, y - span * 0.25)], fill=white, width=max(3, int(span / 14)))
        draw.polygon(
            [(x + span * 0.5, y - span * 0.32), (x + span * 0.82, y - span * 0.24), (x + span * 0.5, y - span * 0.2)],
            fill=(236, 178, 56),
        )
        draw.line([(x - span * 0.45, y), (x - span * 0.95, y + span * 0.08)], fill=(60, 60, 60), width=3)
        draw.polygon([(x - span * 0.25, y), (x + span * 0.05, y - lift * 1.3), (x + span * 0.2, y)], fill=white)

    def _written(self) -> tuple[Image.Image, Image.Image, tuple[int, int]]:
        """The panel with label and prompt: its picture, its mask and where it goes."""
        width, height = self._size
        short = min(width, height)
        margin, inner = short // 24, short // 36
        text_width = width - 2 * (margin + inner)
        label = lettering(self._wording.label, width=text_width, height=short // 8, largest=short // 26)
        prompt = lettering(self._wording.prompt, width=text_width, height=height // 3, largest=short // 14)
        panel_height = label.height + prompt.height + 2 * inner
        size = (width - 2 * margin, panel_height)
        panel = Image.new("RGB", size, (12, 16, 24))
        panel.paste((255, 214, 140), (inner, inner), label)
        panel.paste((255, 255, 255), (inner, inner + label.height), prompt)
        opacity = Image.new("L", size, 0)
        ImageDraw.Draw(opacity).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius=inner, fill=185)
        opacity.paste(255, (inner, inner), label)
        opacity.paste(255, (inner, inner + label.height), prompt)
        return panel, opacity, (margin, height - margin - panel_height)

    def _draw_clock(self, frame: Image.Image, at: float) -> None:
        total = self._wording.elapsed + self._wording.seconds
        text = f"{at:05.2f} / {total:05.2f} s"
        draw = ImageDraw.Draw(frame)
        margin = min(self._size) // 24
        box = draw.textbbox((self._size[0] - margin, margin), text, font=self._clock_font, anchor="rt")
        draw.rectangle((box[0] - 10, box[1] - 8, box[2] + 10, box[3] + 8), fill=(12, 16, 24))
        draw.text((self._size[0] - margin, margin), text, font=self._clock_font, anchor="rt", fill=(255, 255, 255))


def _even(value: float) -> int:
    return int(value) // 2 * 2


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)
