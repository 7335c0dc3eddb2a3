"""Images, with Pillow."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageCms, ImageOps

from bot.media.worker.wire import ImageWritten, TooManyPixels

if TYPE_CHECKING:
    from bot.media.worker.wire import ConvertImage

_FORMATS: Final = {
    "JPEG": ("JPEG", "MPO"),
    "PNG": ("PNG",),
    "GIF": ("GIF",),
    "WEBP": ("WEBP",),
    "HEIC": ("HEIF",),
    "AVIF": ("AVIF",),
}
_QUALITIES: Final = (92, 85, 78)
_SHRINK: Final = 0.8
_BACKGROUND: Final = (255, 255, 255)
_ORIENTATION_TAG: Final = 0x0112
_OPAQUE: Final = 255


def convert(task: ConvertImage) -> ImageWritten | TooManyPixels:
    """Write the image, or its first frame, as a plain JPEG that fits."""
    # The cap below is ours, on the size that the header declares; Pillow's own would only repeat it.
    Image.MAX_IMAGE_PIXELS = None
    if task.kind == "HEIC":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    with Image.open(task.source, formats=_FORMATS[task.kind]) as opened:
        if opened.width * opened.height > task.max_pixels:
            return TooManyPixels(width=opened.width, height=opened.height)
        return _Conversion(opened, task).run()


class _Conversion:
    """One image on its way to JPEG."""

    def __init__(self, opened: Image.Image, task: ConvertImage) -> None:
        self._opened = opened
        self._task = task
        self._size = opened.size
        # A phone's HEIC may hold several pictures, of which the main one is read: that is no animation.
        self._animated = task.kind not in {"JPEG", "HEIC"} and bool(getattr(opened, "is_animated", False))
        self._profile: bytes | None = opened.info.get("icc_profile")
        self._turned = opened.getexif().get(_ORIENTATION_TAG, 1) != 1

    def run(self) -> ImageWritten:
        """Decode, straighten, flatten, scale and write."""
        # A JPEG is decoded at a fraction of its size where that is enough.
        self._opened.draft(self._opened.mode, (self._task.max_side, self._task.max_side))
        image = ImageOps.exif_transpose(self._opened)
        full = self._size if image.size == self._opened.size else self._size[::-1]
        image, flattened = _flattened(image)
        if self._task.only_if_transparent and not flattened:
            return self._outcome(image, full, written=False, flattened=False)
        image = _to_srgb(image, self._profile)
        image.thumbnail((self._task.max_side, self._task.max_side), Image.Resampling.LANCZOS)
        image = self._write(image)
        return self._outcome(image, full, written=True, flattened=flattened)

    def _write(self, image: Image.Image) -> Image.Image:
        while True:
            for quality in _QUALITIES:
                encoded = BytesIO()
                image.save(encoded, "JPEG", quality=quality, optimize=True)
                if encoded.tell() <= self._task.max_bytes:
                    Path(self._task.target).write_bytes(encoded.getvalue())
                    return image
            smaller = (round(image.width * _SHRINK), round(image.height * _SHRINK))
            if min(smaller) < self._task.min_side:
                raise ValueError("it cannot be made small enough")
            image = image.resize(smaller, Image.Resampling.LANCZOS)

    def _outcome(self, image: Image.Image, full: tuple[int, int], *, written: bool, flattened: bool) -> ImageWritten:
        return ImageWritten(
            written=written,
            width=image.width,
            height=image.height,
            source_width=full[0],
            source_height=full[1],
            animated=self._animated,
            turned=self._turned,
            flattened=flattened,
        )


def _flattened(image: Image.Image) -> tuple[Image.Image, bool]:
    """Return the image without transparency, and whether there was any."""
    if not image.has_transparency_data:
        return image, False
    layered = image.convert("RGBA")
    lowest = layered.getchannel("A").getextrema()[0]
    if lowest == _OPAQUE:
        return layered.convert("RGB"), False
    ground = Image.new("RGB", layered.size, _BACKGROUND)
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground, True


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the image in the colours that a file without a profile is taken to have."""
    if image.mode.startswith("I"):  # sixteen bits of grey; conversion alone would clip instead of scale
        image = image.convert("I").point(lambda level: level / 257).convert("L")
    if profile and image.mode in {"RGB", "L", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a broken or foreign profile: the pixels are still worth having
        if converted is not None:
            return converted
    return image.convert("RGB")
