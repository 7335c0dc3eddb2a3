"""Says in a file itself that a machine made it: the mark that follows a clip wherever it is copied.

The mark is XMP with IPTC's `digitalSourceType` (https://iptc.org/std/videometadatahub/, digital source type
"trainedAlgorithmicMedia"), which is what programs that tell people of AI-generated media read. In an MP4 it is a `uuid`
box at the end of the file (XMP specification part 3, "MPEG-4"), which players pass over and which moves nothing: no
offset in the file has to change, whether its index comes first or last. In a JPEG it is an APP1 segment (XMP
specification part 3, "JPEG").
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

from bot.media.boxes import Box, walk_boxes

XMP_BOX: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""Names the `uuid` box that holds XMP."""
SOURCE_TYPE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_XMP: Final = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" \
Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}">\
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">AI-generated</rdf:li></rdf:Alt></dc:description>\
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>""".encode()
_BOX: Final = (8 + len(XMP_BOX) + len(_XMP)).to_bytes(4) + b"uuid" + XMP_BOX + _XMP
_MARK_LIMIT: Final = 64 * 1024
"""Bytes of a box that are looked through for a mark; others' marks may say more than ours."""
_HEADERS: Final = 64
"""Bytes in which a box's own headers end, whatever they are."""
_SHORT_SIZES: Final = 2**32

_JPEG_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0" + _XMP
_SEGMENT: Final = b"\xff\xe1" + (2 + len(_JPEG_XMP)).to_bytes(2) + _JPEG_XMP
_JPEG_START: Final = b"\xff\xd8"

LABEL_BYTES: Final = max(len(_BOX), len(_SEGMENT))
"""So much larger a file becomes at most."""


class NotLabelled(ValueError):
    """The file is not built as its kind must be, so nothing was added; it is as it was."""


def label_clip(path: Path) -> bytes | None:
    """Mark an MP4 as made by a machine, once, in place.

    Returns what was added at its end, nothing where it is marked already; None where more of it had to change.

    The file is grown at its end alone, by at most `LABEL_BYTES`. Do it before anybody else knows the file: a crash in
    between may leave half a mark, which players pass over too.

    Raises:
        NotLabelled: the boxes do not end where the file does.
        OSError: it cannot be read or written.
    """
    boxes = walk_boxes(path)
    length = path.stat().st_size
    if not boxes or boxes[0].name != b"ftyp" or boxes[-1].end != length:
        raise NotLabelled(path.suffix)
    with path.open("r+b") as file:
        if any(_is_mark(file, box) for box in boxes):
            return b""
        _close(file, boxes[-1])
        file.seek(0, os.SEEK_END)
        file.write(_BOX)
    return None if boxes[-1].open_ended else _BOX


def is_labelled(path: Path) -> bool:
    """Tell whether an MP4 is marked as made by a machine."""
    with path.open("rb") as file:
        return any(_is_mark(file, box) for box in walk_boxes(path))


def label_picture(path: Path) -> bool:
    """Mark a JPEG as made by a machine, once, in place; False where it is marked already.

    Raises:
        NotLabelled: it is no JPEG.
        OSError: it cannot be read or written.
    """
    picture = path.read_bytes()
    if not picture.startswith(_JPEG_START):
        raise NotLabelled(path.suffix)
    if SOURCE_TYPE.encode() in picture[: len(_SEGMENT) * 2]:
        return False
    path.write_bytes(_JPEG_START + _SEGMENT + picture[len(_JPEG_START) :])
    return True


def _is_mark(file: BinaryIO, box: Box) -> bool:
    if box.name != b"uuid":
        return False
    file.seek(box.start)
    content = file.read(min(box.end - box.start, _MARK_LIMIT))
    return XMP_BOX in content[:_HEADERS] and SOURCE_TYPE.encode() in content


def _close(file: BinaryIO, last: Box) -> None:
    """Give the last box a size of its own, where it is one that reaches to the end of the file, whatever comes."""
    if not last.open_ended:
        return
    size = last.end - last.start
    if size >= _SHORT_SIZES:
        raise NotLabelled("an open box of four gigabytes")
    file.seek(last.start)
    file.write(size.to_bytes(4))
