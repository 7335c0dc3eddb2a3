"""Fetches what a request points to and checks it: the provider's "preprocess" step (provider notes §2.1, §4.1)."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, Final

import aiohttp
import av
from PIL import Image, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from pathlib import Path

IMAGE_BYTES: Final = 10 * 1024 * 1024
RECORDING_BYTES: Final = 20 * 1024 * 1024
VIDEO_BYTES: Final = 10 * 1024 * 1024
SHORTEST_SIDE: Final = 300
MOST_UNEQUAL_SIDES: Final = 2.5
LONGEST_RECORDING: Final = 60.0
_FETCH_SECONDS: Final = 15
_RECORDINGS: Final = frozenset({"mp3", "wav", "flac", "ogg"})


class UnusableInput(Exception):
    """An input cannot be used; the text is the failed task's `raw_message`."""


async def fetch(session: aiohttp.ClientSession, url: str, limit: int, what: str) -> bytes:
    """Download an input.

    Raises:
        UnusableInput: It cannot be fetched, or has more than `limit` bytes.
    """
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=_FETCH_SECONDS)) as response:
            if response.status != 200:
                raise UnusableInput(f"preprocess {what} failed: fetching it answered {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_chunked(65_536):
                body += chunk
                if len(body) > limit:
                    megabytes = limit // (1024 * 1024)
                    raise UnusableInput(f"preprocess {what} failed: file size too large, maximum is {megabytes}MB")
            return bytes(body)
    except (aiohttp.ClientError, TimeoutError, ValueError) as problem:
        raise UnusableInput(f"preprocess {what} failed: cannot fetch it ({type(problem).__name__})") from problem


def check_image(body: bytes) -> tuple[int, int]:
    """Check a start or end frame.

    Returns:
        Its width and height, upright.

    Raises:
        UnusableInput: Not a JPEG or PNG, too small, or too far from square.
    """
    try:
        with Image.open(BytesIO(body)) as image:
            form = image.format
            width, height = ImageOps.exif_transpose(image).size
    except (UnidentifiedImageError, OSError, ValueError) as problem:
        raise UnusableInput("preprocess image failed: not an image") from problem
    if form not in {"JPEG", "PNG"}:
        raise UnusableInput(f"preprocess image failed: format {form} is not supported")
    if min(width, height) < SHORTEST_SIDE:
        raise UnusableInput(f"preprocess image failed: {width}x{height} is under {SHORTEST_SIDE}px")
    if max(width, height) > MOST_UNEQUAL_SIDES * min(width, height):
        raise UnusableInput(f"preprocess image failed: ratio of {width}x{height} is beyond 1:2.5")
    return width, height


def check_recording(file: Path) -> float:
    """Check a recording for a lip-sync.

    Returns:
        Its length in seconds.

    Raises:
        UnusableInput: Not MP3, WAV, FLAC or OGG, without sound, or 60 s or longer.
    """
    try:
        with av.open(str(file)) as container:
            forms = set(container.format.name.split(","))
            has_sound = bool(container.streams.audio)
            seconds = (container.duration or 0) / 1_000_000
    except (av.error.FFmpegError, OSError) as problem:
        raise UnusableInput("preprocess audio failed: not a recording") from problem
    if not has_sound or not forms & _RECORDINGS:
        raise UnusableInput(f"preprocess audio failed: format {'/'.join(sorted(forms))} is not supported")
    if seconds >= LONGEST_RECORDING:
        raise UnusableInput(f"preprocess audio failed: {seconds:.1f} s is too long, must be under 60 s")
    return seconds


async def keep(file: Path, body: bytes) -> Path:
    """Write fetched bytes to a file without blocking the loop."""
    await asyncio.to_thread(file.write_bytes, body)
    return file
