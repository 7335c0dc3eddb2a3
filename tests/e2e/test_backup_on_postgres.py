"""The same drill on PostgreSQL: an old backup restored over later days buys and posts nothing again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.backup.create import back_up
from bot.backup.errors import BackupError
from bot.backup.restore import restore
from sandbox.piapi.scenarios import Scenario
from tests.contract.postgres_server import NoServer, postgres_server
from tests.e2e.community import answer_to, ask, card_that_says, community

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty database; skips where no server can run."""
    try:
        with postgres_server() as address:
            yield address.format(name="postgres")
    except NoServer as error:
        pytest.skip(f"no PostgreSQL server: {error}")


async def test_an_old_backup_restored_buys_and_posts_nothing_again(database: str, tmp_path: Path):
    file = tmp_path / "old.tar"
    async with community(tmp_path, database_url=database, max_in_flight="1") as place:
        await place.start()
        finished = await ask(place.juno)
        await answer_to(place.juno, finished)
        await card_that_says(place.juno, finished, "Done")
        await place.provider.play(Scenario.STUCK, times=2)
        running = await ask(place.mira)
        await place.tasks(2)
        queued = await ask(place.theo)
        made = await back_up(place.settings(), file, place.clock)
        assert not made.manifest.missing
        with pytest.raises(BackupError, match="the bot is running"):
            await restore(place.settings(), file, place.clock)
        for number, (person, card) in enumerate([(place.mira, running), (place.theo, queued)], 2):
            await place.provider.finish((await place.tasks(number))[-1].task_id)
            assert (await place.while_time_passes(answer_to(person, card))).attachments
            await card_that_says(person, card, "Done")
        await place.stop()

        await restore(place.settings(), file, place.clock)
        await place.start()
        theirs = [(place.mira, running), (place.theo, queued)]
        for person, card in theirs:
            listed = (await person.run("clips")).expect_message()
            assert listed.text
            await place.while_time_passes(card_that_says(person, card, "Done"))
        await place.advance(3600)
        await place.restart()

        assert await place.creates() == len(await place.provider.tasks()) == 3
        assert [len(await place.answers_to(card)) for card in (finished, running, queued)] == [1, 1, 1]
        again = (
            await place.juno.run("extend", video=place.link((await place.answers_to(finished))[0]))
        ).expect_message()
        assert (await place.while_time_passes(answer_to(place.juno, again))).attachments
