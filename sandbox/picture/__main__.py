"""`python -m sandbox.picture TOUR OUTPUT`: renders a moment of a tour's channel with a Chromium of this machine."""

from __future__ import annotations

import argparse
import base64
import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import av
from PIL import Image

from sandbox.picture.channel import NothingToShow, channel_at
from sandbox.picture.page import page

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_SECONDS: Final = 60
_TALLEST: Final = "720,4000"
_MOMENT: Final = re.compile(r"\*\*Generating\*\*.*Extension", re.DOTALL)
"""One clip has arrived, and its extension is being made."""
_MESSAGES: Final = 2
_POSTER_SECOND: Final = 1.5


def main() -> int:
    """Render; return 0, or 1 where it cannot be done here."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.picture", description=__doc__)
    parser.add_argument("tour", type=Path, help="the directory that a tour left")
    parser.add_argument("output", type=Path, help="the .webp to write")
    parser.add_argument("--moment", type=re.compile, default=_MOMENT, help="stop at the first text that matches")
    parser.add_argument("--last", type=int, default=_MESSAGES, help="how many of the newest messages to show")
    options = parser.parse_args()
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        return _complain(f"none of {', '.join(_BROWSERS)} is installed (`apt install chromium fonts-noto-color-emoji`)")
    recording = options.tour / "discord.jsonl"
    if not recording.exists():
        return _complain(f"{recording} is not there: `make tour` leaves it")
    try:
        channel = channel_at(recording, options.moment)
    except NothingToShow as error:
        return _complain(str(error))
    html = page(channel, last=options.last, poster=lambda attachment: _poster(options.tour, attachment))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    _photograph(browser, html).save(options.output, quality=88, method=6)
    sys.stdout.write(f"{options.output}: {options.output.stat().st_size / 1000:.0f} kB\n")
    return 0


def _poster(tour: Path, attachment: dict[str, Any]) -> str:
    """Return a frame of a clip; the tour's copy has a name of its own and is known by its size."""
    path = next(path for path in sorted(tour.glob("*.mp4")) if path.stat().st_size == attachment["size"])
    with av.open(path) as clip:
        frame = next(frame for frame in clip.decode(video=0) if (frame.time or 0) >= _POSTER_SECOND)
        picture = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV leaves it without types
    picture.thumbnail((860, 860))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(held.getvalue()).decode('ascii')}"


def _photograph(browser: str, html: str) -> Image.Image:
    """Return what a browser shows of a page, without the empty space around it."""
    with tempfile.TemporaryDirectory(prefix="egret-picture-") as directory:
        written, taken = Path(directory, "page.html"), Path(directory, "page.png")
        written.write_text(html, encoding="utf-8")
        # Its own sandbox refuses to start as root; the page is ours and loads nothing.
        options = (
            "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=2",
            "--default-background-color=00000000", f"--window-size={_TALLEST}", f"--user-data-dir={directory}/profile",
        )  # fmt: skip
        subprocess.run(  # noqa: S603 - the browser that was found, with our own options
            [browser, *options, f"--screenshot={taken}", written.as_uri()],
            check=True,
            capture_output=True,
            timeout=_SECONDS,
        )
        with Image.open(taken) as whole:
            whole.load()
            return whole.crop(whole.getbbox())


def _complain(sentence: str) -> int:
    sys.stderr.write(f"picture: {sentence}.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
