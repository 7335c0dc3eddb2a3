"""Drafts outlive a restart, until they are dropped or expire."""

from __future__ import annotations

from dataclasses import replace

from bot.jobs.ports import Draft, DraftKind, HeldFile
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
