"""Small facts that outlive the process."""

from __future__ import annotations

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


async def test_a_file_belongs_to_one_process_and_a_server_does_not(store: Store, engine: str):
    assert store.sole_owner is (engine == "sqlite")


async def test_the_engine_says_its_version(store: Store, engine: str):
    name, version = store.engine_version.split()
    assert name.lower().startswith(engine)
    assert int(version.split(".")[0]) >= 3
