"""Requests as they are kept in drafts: JSON, read back with every field checked."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.errors import Refused
from bot.jobs.drafts import DraftGone
from bot.jobs.requests import ExtendRequest, LipsyncRequest, Request, RerunRequest, VideoRequest


class _Kept(BaseModel):
    """Exactly one of the four, named by its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    video: VideoRequest | None = None
    extend: ExtendRequest | None = None
    lipsync: LipsyncRequest | None = None
    rerun: RerunRequest | None = None


_ADAPTER: Final = TypeAdapter(_Kept)


def request_to_text(request: Request) -> str:
    """Return a request as JSON."""
    return _kept(request).model_dump_json(exclude_none=True)


def request_from_text(text: str) -> Request:
    """Return the request that `request_to_text` kept.

    Raises:
        Refused: the text is of another version of the bot and cannot be read.
    """
    try:
        kept = _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise Refused(DraftGone()) from error
    request = kept.video or kept.extend or kept.lipsync or kept.rerun
    if request is None:
        raise Refused(DraftGone())
    return request


def _kept(request: Request) -> _Kept:
    match request:
        case VideoRequest():
            return _Kept(video=request)
        case ExtendRequest():
            return _Kept(extend=request)
        case LipsyncRequest():
            return _Kept(lipsync=request)
        case RerunRequest():
            return _Kept(rerun=request)
