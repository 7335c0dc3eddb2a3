"""Drafts outlive a restart, until they are dropped or expire."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.errors import Refused
from bot.jobs.drafts import HELD_PER_PERSON, Drafts, DraftSweeper, TooMuchHeld
from bot.jobs.model import AssetRole, NewAsset
from bot.jobs.ports import Draft, DraftKind, HeldFile
from bot.jobs.schedule import DRAFT_LIFETIME
from storage.store import Store, open_store
from tests.contract.samples import GUILD, NOW, PERSON, ManualClock

FILES = (
    HeldFile(asset_id="a1", extension="png", filename="Straße ⛈.png", content_type="image/png", size=12),
    HeldFile(asset_id="a2", extension="ogg", filename="voice.ogg", content_type="audio/ogg", size=5_000_000_000),
)
DRAFT = Draft(
    id="draft-1",
    kind=DraftKind.FORM,
    person_id=PERSON,
    guild_id=GUILD,
    payload='{"prompt": "Gewitter ⛈"}',
    files=FILES,
    created_at=NOW,
    expires_at=NOW + 100,
)


async def test_a_draft_is_kept_as_it_is(store: Store):
    for kind in DraftKind:
        for guild_id in (GUILD, None):
            draft = replace(DRAFT, id=f"{kind}-{guild_id}", kind=kind, guild_id=guild_id)
            await store.put_draft(draft)
            assert await store.draft(draft.id, NOW) == draft
    assert await store.draft("another", NOW) is None


async def test_a_draft_takes_the_place_of_the_earlier_one_of_its_id_in_every_part(store: Store):
    await store.put_draft(DRAFT)
    later = Draft(
        id=DRAFT.id,
        kind=DraftKind.OFFER,
        person_id=PERSON + 1,
        guild_id=None,
        payload="{}",
        created_at=NOW + 5,
        expires_at=NOW + 500,
    )
    await store.put_draft(later)
    assert await store.draft(DRAFT.id, NOW) == later
    assert await store.expired_drafts(NOW + 1_000, 5) == [later]


async def test_a_dropped_draft_is_gone_and_others_are_not(store: Store):
    other = replace(DRAFT, id="draft-2")
    for draft in (DRAFT, other):
        await store.put_draft(draft)
    await store.drop_draft(DRAFT.id)
    await store.drop_draft("another")
    assert await store.draft(DRAFT.id, NOW) is None
    assert await store.draft(other.id, NOW) == other


async def test_an_expired_draft_does_not_exist_but_is_listed_until_it_is_dropped(store: Store):
    await store.put_draft(DRAFT)
    assert await store.draft(DRAFT.id, NOW + 99) == DRAFT
    assert await store.expired_drafts(NOW + 99, 5) == []
    assert await store.draft(DRAFT.id, NOW + 100) is None
    assert await store.expired_drafts(NOW + 100, 5) == [DRAFT]
    await store.drop_draft(DRAFT.id)
    assert await store.expired_drafts(NOW + 100, 5) == []


async def test_the_longest_expired_come_first_and_the_limit_is_kept(store: Store):
    drafts = [replace(DRAFT, id=name, expires_at=NOW + after) for name, after in (("b", 20), ("a", 20), ("c", 10))]
    for draft in drafts:
        await store.put_draft(draft)
    assert [draft.id for draft in await store.expired_drafts(NOW + 50, 5)] == ["c", "a", "b"]
    assert [draft.id for draft in await store.expired_drafts(NOW + 50, 2)] == ["c", "a"]


async def test_a_draft_is_there_when_the_store_is_opened_again(url: str, tmp_path, clock: ManualClock):
    async with open_store(url, tmp_path, clock) as store:
        await store.put_draft(DRAFT)
    async with open_store(url, tmp_path, clock) as store:
        assert await store.draft(DRAFT.id, NOW) == DRAFT


class Disk:
    """Keeps whatever comes, and counts its bytes."""

    def __init__(self) -> None:
        self.bytes = 0

    async def hold(self, file: NewAsset) -> HeldFile:
        await asyncio.sleep(0)
        self.bytes += file.size
        return HeldFile(
            asset_id=f"held-{self.bytes}",
            extension="png",
            filename=file.filename,
            content_type="image/png",
            size=file.size,
        )

    async def discard(self, file: HeldFile) -> None:
        self.bytes -= file.size


def attached(size: int = 10_000_000) -> NewAsset:
    return NewAsset(
        role=AssetRole.IMAGE,
        url="https://cdn.discordapp.com/a.png",
        filename="a.png",
        content_type="image/png",
        size=size,
        option="image",
    )


async def asked_and_never_answered(drafts: Drafts, person_id: int) -> bool:
    try:
        held = await drafts.hold(attached(), person_id)
    except Refused as error:
        assert isinstance(error.refusal, TooMuchHeld)  # noqa: PT017 - one of two answers
        return False
    await drafts.open(DraftKind.OFFER, person_id, GUILD, "{}", fetched=(held,))
    return True


async def test_nobody_fills_the_disk_with_offers_that_are_never_answered(store: Store):
    disk, clock = Disk(), ManualClock()
    drafts = Drafts(store, disk, clock)

    taken = [await asked_and_never_answered(drafts, PERSON) for _ in range(60)]
    at_once = await asyncio.gather(*(asked_and_never_answered(drafts, PERSON) for _ in range(60)))

    assert 0 < taken.count(True) < 60
    assert not any(at_once)
    assert disk.bytes <= HELD_PER_PERSON
    assert await asked_and_never_answered(drafts, PERSON + 1)  # another person is not kept from anything


async def test_a_hundred_files_at_once_never_pass_the_limit(store: Store):
    disk = Disk()
    drafts = Drafts(store, disk, ManualClock())

    await asyncio.gather(*(drafts.hold(attached(), PERSON) for _ in range(100)), return_exceptions=True)

    assert 0 < disk.bytes <= HELD_PER_PERSON


async def test_what_has_expired_makes_room_again(store: Store):
    disk, clock = Disk(), ManualClock()
    drafts = Drafts(store, disk, clock)
    while await asked_and_never_answered(drafts, PERSON):
        pass

    await clock.sleep(DRAFT_LIFETIME)
    await DraftSweeper(store, disk, clock).run_once()

    assert (disk.bytes, await store.held_bytes(PERSON)) == (0, 0)
    assert await asked_and_never_answered(drafts, PERSON)
