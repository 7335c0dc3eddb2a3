"""Bodies of answers: capped as they come, and unpacked once, to no more than the same cap."""

from __future__ import annotations

import zlib
from typing import Final

import httpx

from bot.piapi.retry import MAX_BODY_BYTES, BodyTooLarge

_PLAIN: Final = frozenset({"", "identity"})
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_EITHER_HEADER: Final = 32 + zlib.MAX_WBITS


async def read_body(response: httpx.Response) -> bytes:
    """Return an answer's body, unpacked where it was sent packed although nobody asked for that.

    httpx would unpack as many layers as an answer names, without a limit: a thousand bytes are half a gigabyte then.

    Raises:
        BodyTooLarge: it is larger than any answer of the provider, packed or unpacked.
        httpx.DecodingError: it is packed in another way, or broken.
    """
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge("body too large", request=response.request)
    packing = response.headers.get("content-encoding", "").strip().lower()
    return bytes(body) if packing in _PLAIN else _unpacked(bytes(body), packing, response.request)


def _unpacked(body: bytes, packing: str, request: httpx.Request) -> bytes:
    if packing not in _PACKED:
        raise httpx.DecodingError("packed in a way that nobody asked for", request=request)
    unpacker = zlib.decompressobj(_EITHER_HEADER)
    try:
        whole = unpacker.decompress(body, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise httpx.DecodingError("broken packing", request=request) from error
    if len(whole) > MAX_BODY_BYTES:
        raise BodyTooLarge("body too large", request=request)
    if not unpacker.eof:
        raise httpx.DecodingError("the packing ends too early", request=request)
    return whole
