"""Small facts that outlive the process."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.jobs.ports import Pause
from storage.store import Store
from tests.contract.samples import NOW


async def test_a_fact_is_kept_and_replaced(store: Store):
    assert await store.get("secret") is None
    await store.set("secret", "one")
    await store.set("secret", "two")
    assert await store.get("secret") == "two"
    await store.ping()


async def test_a_pause_is_kept_replaced_and_lifted(store: Store):
    assert await store.pause() is None
    await store.set_pause(Pause(NOW + 5, "no_credit"))
    await store.set_pause(Pause(NOW + 9, "bad_key"))
    assert await store.pause() == Pause(NOW + 9, "bad_key")
    await store.set("other", "kept")
    await store.set_pause(None)
    assert await store.pause() is None
    assert await store.get("other") == "kept"
    await store.set_pause(None)


async def test_a_pause_is_changed_by_what_it_is_and_keeps_when_it_began(store: Store):
    assert await store.change_pause(lambda before: before) is None
    assert await store.change_pause(lambda _: Pause(NOW + 5, "provider_down")) is None
    began = await store.pause()
    assert began is not None
    before = await store.change_pause(lambda found: found and replace(found, until=NOW + 9, tries=3))
    assert before == began
    after = await store.pause()
    assert after is not None
    assert (after.until, after.reason, after.tries, after.since) == (NOW + 9, "provider_down", 3, began.since)
    assert await store.change_pause(lambda found: found) == after
    assert await store.pause() == after


async def test_of_many_who_want_the_turn_one_gets_it(store: Store):
    await store.set_pause(Pause(NOW, "provider_down"))

    async def take() -> bool:
        before = await store.change_pause(
            lambda found: found if found is None or found.until > NOW else replace(found, until=NOW + 5)
        )
        return before is not None and before.until == NOW

    assert sum(await asyncio.gather(*(take() for _ in range(12)))) == 1


async def test_failures_are_counted_by_all_until_one_purchase_works_or_the_pause_is_lifted(store: Store):
    assert await store.failed_purchases() == 0
    counted = await asyncio.gather(*(store.count_failed_purchase() for _ in range(9)))
    assert sorted(counted) == list(range(1, 10))
    assert await store.failed_purchases() == 9
    await store.forget_failed_purchases()
    assert await store.failed_purchases() == 0
    assert await store.count_failed_purchase() == 1
    await store.set_pause(Pause(NOW, "provider_down"))
    await store.set_pause(None)
    assert await store.failed_purchases() == 0


async def test_a_file_belongs_to_one_process_and_a_server_does_not(store: Store, engine: str):
    assert store.sole_owner is (engine == "sqlite")


async def test_the_engine_says_its_version(store: Store, engine: str):
    name, version = store.engine_version.split()
    assert name.lower().startswith(engine)
    assert int(version.split(".")[0]) >= 3


async def test_of_values_drawn_at_the_same_time_the_first_is_everybodys(store: Store):
    kept = await asyncio.gather(*(store.keep_first("webhook_secret", f"drawn {number}") for number in range(8)))
    assert set(kept) == {await store.get("webhook_secret")}
    assert await store.keep_first("webhook_secret", "drawn later") == kept[0]
