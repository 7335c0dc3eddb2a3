"""What whoever owns a server does on the first day, so that everybody else can make clips there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.stage.errors import StageFailed

if TYPE_CHECKING:
    from sandbox.person import Person
    from sandbox.seen import SeenMessage

SETUP: Final = "setup"
NEXT: Final = "Next"
LET_IN: Final = "Let members make clips"
_MOST_PAGES: Final = 12


async def let_members_in(owner: Person) -> None:
    """Set the bot up as it stands, in the channel where its server's owner is; harmless where that was done.

    Raises:
        StageFailed: the bot does not let it be done.
    """
    if SETUP not in await owner.commands():
        return
    page = (await owner.run(SETUP)).expect_message()
    page = await _read(owner, page)
    for _ in range(_MOST_PAGES):
        labels = {item.label for item in page.clickables}
        wanted = NEXT if NEXT in labels else LET_IN if LET_IN in labels else ""
        if not wanted:
            await owner.delete(page)
            return
        page = await _read(owner, (await owner.click(page, wanted)).expect_message())
    raise StageFailed(f"setting the bot up never ends: {page.text!r}")


async def _read(owner: Person, page: SeenMessage) -> SeenMessage:
    """Return a page once it says more than that it is being made."""
    if not page.loading:
        return page
    return await owner.wait_for(lambda message: message.id == page.id and not message.loading)
