"""`/video` without a prompt: a form, and mending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.stage.forms import form_fields
from sandbox.tour import measures
from sandbox.tour.acting import Unexpected, there
from sandbox.tour.acting import picked as file
from sandbox.tour.orders import VIDEO, Purchase

if TYPE_CHECKING:
    from sandbox.person import FieldValue
    from sandbox.seen import SeenModal
    from sandbox.tour.guide import Guide


async def new_video(guide: Guide) -> None:
    """Fill in the form wrongly, and mend it."""
    words = "the tide turns"
    morning, evening = guide.samples.morning, guide.samples.evening
    order = guide.order(
        "a form, mended",
        "theo",
        Purchase(VIDEO, {"prompt": words}),
        slug="form-mended",
        measure=measures.from_pictures(morning, evening),
    )
    form = await guide.acting.run("theo", "video", {})
    wrong = _setting(there(form.modal), "Kling 1.6")
    filled: dict[str, FieldValue] = {"prompt": words, "pictures": [file(morning), file(evening)], "settings": wrong}
    refused = await guide.acting.said(await guide.acting.submit("theo", form, filled), "Nothing was charged.")
    again = await guide.acting.click("theo", refused, "Fix it")
    mended = await guide.acting.submit("theo", again, {"settings": "as-it-stands"})
    await guide.run_offer(order, await guide.acting.said(mended, "$0.50"))
    await guide.ended(order)


def _setting(form: SeenModal, model: str) -> str:
    fields = {field.name: field for field in form_fields(form)}
    for choice in fields["settings"].choices:
        if model in choice.description and choice.value != "as-it-stands":
            return choice.value
    raise Unexpected(f"the form offers no setting with {model}")
