"""Small facts about the process itself: generated secrets, what Discord was told last."""

from __future__ import annotations

from storage.repositories.base import Repository
from storage.rows.columns import text


class Memory(Repository):
    """Keeps values by key."""

    async def get(self, key: str) -> str | None:
        """Return the value kept under `key`."""
        row = await self._database.row("meta_value", key=key)
        return None if row is None else text(row, "value")

    async def set(self, key: str, value: str) -> None:
        """Keep `value` under `key`."""
        await self._database.run("set_meta", key=key, value=value)

    async def keep_first(self, key: str, value: str) -> str:
        """Keep `value` under `key` unless something is kept there; return what is: the same to every process."""
        row = await self._database.row("keep_first_meta", key=key, value=value)
        return value if row is None else text(row, "value")

    async def ping(self) -> None:
        """Ask the database for one row.

        Raises:
            StoreUnavailable: it does not answer.
        """
        await self._database.ping()

    @property
    def sole_owner(self) -> bool:
        """Tell whether no other process can work on this database: a SQLite file belongs to one."""
        return self._database.engine == "sqlite"
