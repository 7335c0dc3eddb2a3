"""What the draft of a form keeps: what the form began from, what was typed, and the price that it showed."""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field, ValidationError

from bot.errors import Refused
from bot.jobs.costs import UNKNOWN, Cost
from bot.jobs.drafts import DraftGone
from bot.jobs.model import NewAsset
from bot.jobs.ports import Draft
from bot.jobs.requests import Agreement, ExtendRequest, LipsyncRequest, Request, VideoRequest
from bot.ui.forms import Filled, FormRequest
from cogs.kept_costs import KeptCost, kept
from cogs.requests_as_text import request_from_text, request_to_text


class KeptForm(KeptCost):
    """A form as its draft keeps it.

    Attributes:
        request: what it began from, with the files that are kept; never bought as it is.
        about: the clip that it is about, "" for none.
        reply_to: the message that the card answers, 0 for none.
        texts: what stands in the fields that are typed in.
        picks: what is picked and ticked.
        priced: whether the form showed a price.

    What it costs stands beside them, where it is priced.
    """

    request: str
    about: str = ""
    reply_to: int = 0
    texts: dict[str, str] = Field(default_factory=dict)
    picks: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    priced: bool = False

    @property
    def filled(self) -> Filled:
        """Return what stands in the fields."""
        return Filled(texts=self.texts, picks=self.picks)

    def began_from(self) -> FormRequest:
        """Return what the form began from.

        Raises:
            Refused: it was kept by another version of the bot.
        """
        return _form_request(request_from_text(self.request))

    def with_request(self, request: FormRequest) -> KeptForm:
        """Return the form as if it had begun from something else."""
        return self.model_copy(update={"request": request_to_text(request)})

    def with_filled(self, filled: Filled) -> KeptForm:
        """Return the form with something else in its fields."""
        return self.model_copy(update={"texts": dict(filled.texts), "picks": dict(filled.picks)})

    def with_price(self, cost: Cost | None) -> KeptForm:
        """Return the form with the price that it shows now; None for none."""
        return self.model_copy(update={**kept(cost or UNKNOWN), "priced": cost is not None})

    @property
    def agreement(self) -> Agreement | None:
        """Return what sending the form agrees to; None where it showed no price."""
        return Agreement(cost=self.cost) if self.priced else None


def read_form(draft: Draft) -> KeptForm:
    """Return what a draft keeps.

    Raises:
        Refused: it was kept by another version of the bot.
    """
    try:
        return KeptForm.model_validate_json(draft.payload)
    except ValidationError as error:
        raise Refused(DraftGone()) from error


def files_of(request: FormRequest) -> tuple[NewAsset, ...]:
    """Return the files that a request comes with."""
    match request:
        case VideoRequest(files=files):
            return files
        case LipsyncRequest(audio=audio) if audio is not None:
            return (audio,)
        case _:
            return ()


def with_files(request: FormRequest, files: tuple[NewAsset, ...]) -> FormRequest:
    """Return a request with the same files elsewhere, or without some of them."""
    match request:
        case VideoRequest():
            return replace(request, files=files)
        case LipsyncRequest(asked=asked):
            audio = next(iter(files), None)
            return replace(request, audio=audio, asked=asked if audio is not None else replace(asked, audio=None))
        case ExtendRequest():
            return request


def _form_request(request: Request) -> FormRequest:
    if isinstance(request, VideoRequest | ExtendRequest | LipsyncRequest):
        return request
    raise Refused(DraftGone())
