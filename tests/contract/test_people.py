"""What people chose and what they reported is kept."""

from __future__ import annotations

import asyncio

import pytest

from bot.jobs.ports import EVERYWHERE
from storage.errors import ConstraintViolated
from storage.store import Store
from tests.contract.samples import GUILD, NOW, PERSON, Probe, finished


async def test_choices_are_kept_replaced_and_taken_back_by_name(store: Store):
    assert await store.preferences(PERSON, GUILD) == {}
    await store.set_preferences(PERSON, GUILD, {"quality": "pro", "length": "5", "voice": ""})
    await store.set_preferences(PERSON, GUILD, {"quality": "std", "length": None, "never-set": None})
    assert await store.preferences(PERSON, GUILD) == {"quality": "std", "voice": ""}
    await store.set_preferences(PERSON, GUILD, {})
    assert await store.preferences(PERSON, GUILD) == {"quality": "std", "voice": ""}


async def test_choices_belong_to_a_person_and_a_server(store: Store):
    places = [(PERSON, GUILD), (PERSON, EVERYWHERE), (PERSON, GUILD + 1), (PERSON + 1, GUILD)]
    for number, (person, guild) in enumerate(places):
        await store.set_preferences(person, guild, {"length": str(number)})
    await store.set_preferences(PERSON, GUILD, {"length": None})
    kept = [await store.preferences(person, guild) for person, guild in places]
    assert kept == [{}, {"length": "1"}, {"length": "2"}, {"length": "3"}]


async def test_choices_saved_at_once_are_all_kept(store: Store):
    names = [f"name-{number}" for number in range(10)]
    orders = [names, names[::-1]] * 5
    await asyncio.gather(*(store.set_preferences(PERSON, GUILD, dict.fromkeys(order, "x")) for order in orders))
    assert await store.preferences(PERSON, GUILD) == dict.fromkeys(names, "x")


async def test_a_report_is_kept_once_for_each_person_and_the_first_reason_stays(store: Store, probe: Probe):
    clip, other = [await finished(store, NOW + 10) for _ in range(2)]
    answers = [
        await store.report(clip.id, PERSON, "cruel", NOW + 20),
        await store.report(clip.id, PERSON, "dull", NOW + 30),
        await store.report(clip.id, PERSON + 1, "dull", NOW + 40),
        await store.report(other.id, PERSON, "loud", NOW + 50),
    ]
    assert answers == [True, False, True, True]
    kept = await probe.rows("SELECT job_id, person_id, reason, created_at FROM reports ORDER BY created_at")
    assert kept == [
        (clip.id, PERSON, "cruel", NOW + 20),
        (clip.id, PERSON + 1, "dull", NOW + 40),
        (other.id, PERSON, "loud", NOW + 50),
    ]


async def test_nobody_likes_or_reports_what_is_not_there(store: Store):
    with pytest.raises(ConstraintViolated):
        await store.set_favourite(PERSON, "nobody", on=True, now=NOW)
    with pytest.raises(ConstraintViolated):
        await store.report("nobody", PERSON, "cruel", NOW)
    await store.set_favourite(PERSON, "nobody", on=False, now=NOW)


async def test_a_favourite_is_the_persons_own_until_taken_out(store: Store):
    clip, other = [await finished(store, NOW + 10) for _ in range(2)]
    await store.set_favourite(PERSON, clip.id, on=True, now=NOW)
    asked = [(PERSON, clip.id), (PERSON, other.id), (PERSON + 1, clip.id)]
    assert [await store.is_favourite(*who) for who in asked] == [True, False, False]
    await store.set_favourite(PERSON, clip.id, on=False, now=NOW)
    assert not await store.is_favourite(PERSON, clip.id)
