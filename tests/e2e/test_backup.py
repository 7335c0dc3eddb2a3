"""A backup taken while the bot works, everything lost, and the backup restored: judged by what people see and pay."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from pathlib import Path

import pytest

from bot.backup.create import back_up
from bot.backup.restore import restore
from sandbox.discord.faults import Fault
from sandbox.piapi.scenarios import Scenario
from sandbox.seen import SeenMessage
from tests.e2e.community import KITE, Community, answer_to, ask, bot, community, until
from tests.e2e.files import picture

pytestmark = pytest.mark.asyncio(loop_scope="module")


def archived(place: Community) -> dict[str, str]:
    """Return the SHA-256 of every file of the archive by its path."""
    root = place.directory / "files"
    files = [path for path in root.rglob("*.*") if path.parent.name != "incoming"]
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


async def clips_of(place: Community, card: SeenMessage) -> list[SeenMessage]:
    return [message for message in await place.answers_to(card) if message.attachments]


async def settled(place: Community) -> None:
    """Return once every message stands; a card posted after the backup is not known any more, and not waited for."""

    def all_settled() -> bool:
        jobs = {job.state for job in place.books.jobs()}
        return jobs <= {"succeeded"} and {row.state for row in place.books.deliveries()} <= {"delivered"}

    await until(all_settled, "every message to stand")


async def test_a_backup_beside_the_running_bot_brings_everything_back_after_all_was_lost(tmp_path: Path):
    file = tmp_path / "egret.tar"
    async with community(tmp_path) as place:
        process = place.process()
        try:
            await place.run(process)
            with_picture = await ask(place.mira, image=picture())
            await answer_to(place.mira, with_picture)
            longer = await place.mira.run("extend", video=place.link(await answer_to(place.mira, with_picture)))
            await answer_to(place.mira, longer.expect_message())
            await place.idle()
            before, files = place.books.everything(), archived(place)

            code, said, complained = await bot(place, "backup", str(file))
            assert (code, complained) == (0, "")
            assert "the running bot went on meanwhile" in said
            assert f"the archive: {len(files)} files" in said
            assert len(files) == 3
            while_running = await bot(place, "restore", str(file))
            after_the_backup = await ask(place.theo)
            assert (await answer_to(place.theo, after_the_backup)).attachments
        finally:
            await process.stop()
        shutil.rmtree(place.directory)
        code, said, complained = await bot(place, "restore", str(file))
        restored, came_back = place.books.everything(), archived(place)
        await place.start()
        listed = (await place.mira.run("clips")).expect_message()
        await place.idle()

        assert while_running[0] == 75
        assert "the bot is running" in while_running[2]
        assert (code, complained) == (0, "")
        assert "2 jobs, 3 files" in said
        assert restored == before
        assert came_back == files
        assert place.books.everything() == before
        for job in place.books.jobs():
            assert job.id in listed.text
        assert await place.creates() == 3
        assert [len(await place.answers_to(card)) for card in (with_picture, after_the_backup)] == [1, 1]


async def test_a_backup_under_load_is_of_one_moment_and_every_file_it_names_is_in_it(tmp_path: Path):
    async with community(tmp_path) as place:
        await place.start()
        people = [place.mira, place.theo, place.juno] * 2
        cards: list[SeenMessage] = []

        async def load() -> None:
            for person in people:
                cards.append(await ask(person))

        loading = asyncio.create_task(load())
        made = []
        while not loading.done():
            made.append(await back_up(place.settings(), tmp_path / f"{len(made)}.tar", place.clock))
        await loading
        await place.idle()
        await place.stop()
        whole = place.books.everything()

        assert len(made) > 1
        assert not any(one.manifest.missing for one in made)
        shutil.rmtree(place.directory)
        await restore(place.settings(), made[len(made) // 2].path, place.clock)
        await place.start()
        await place.while_time_passes(settled(place), step=60)
        assert await place.creates() == len(people)
        assert [len(await clips_of(place, card)) for card in cards] == [1] * len(people)
        assert {job.id for job in place.books.jobs()} <= {job.id for job in whole[0]}
        assert not list(place.directory.glob(".*"))


async def test_what_was_bought_and_posted_after_the_backup_is_found_and_neither_bought_nor_posted_again(tmp_path: Path):
    file = tmp_path / "old.tar"
    async with community(tmp_path, max_in_flight="1") as place:
        await place.start()
        await place.provider.play(Scenario.STUCK, times=2)
        running = await ask(place.mira)
        await place.task_of(running)
        queued = await ask(place.theo)
        assert (await place.job_of(queued)).state == "queued"
        await back_up(place.settings(), file, place.clock)
        for number, (person, card) in enumerate([(place.mira, running), (place.theo, queued)], 1):
            await place.provider.finish((await place.tasks(number))[-1].task_id)
            assert (await place.while_time_passes(answer_to(person, card))).attachments
        await place.idle()
        paid = place.books.charges()
        await place.stop()

        await restore(place.settings(), file, place.clock)
        assert sorted(job.state for job in place.books.jobs()) == ["queued", "running"]
        await place.advance(3600)
        await place.start()
        await place.idle()

        assert [job.state for job in place.books.jobs()] == ["succeeded", "succeeded"]
        assert await place.creates() == len(await place.provider.tasks()) == 2
        assert [len(await place.answers_to(card)) for card in (running, queued)] == [1, 1]
        assert [row.consumed_microusd for row in place.books.charges()] == [row.consumed_microusd for row in paid]
        assert [row.state for row in place.books.deliveries()] == ["delivered", "delivered"]
        distrusted = place.books.events((await place.job_of(queued)).id)
        assert [event.cause for event in distrusted][1:3] == ["restored", "found"]


async def test_what_waited_at_the_backup_is_given_back_where_no_purchase_can_be_found(tmp_path: Path):
    file = tmp_path / "old.tar"
    async with community(tmp_path, max_in_flight="1") as place:
        await place.start()
        await place.provider.play(Scenario.STUCK)
        running = await ask(place.mira)
        task = await place.task_of(running)
        queued = await ask(place.theo)
        await back_up(place.settings(), file, place.clock)
        await place.stop()

        await restore(place.settings(), file, place.clock)
        await place.start()
        told = await place.while_time_passes(answer_to(place.theo, queued), step=60)
        await place.provider.finish(task.task_id)
        clip = await place.while_time_passes(answer_to(place.mira, running))
        await place.idle()

        assert "If the clip turns up after all" in told.text
        assert clip.attachments
        assert await place.creates() == 1
        assert [job.state for job in place.books.jobs()] == ["succeeded", "abandoned"]
        assert [job.quota_held for job in place.books.jobs()] == [1, 0]


@pytest.mark.parametrize("state", ["pending", "sending"])
async def test_a_message_posted_after_the_backup_is_not_posted_again_although_it_was_owed_then(
    tmp_path: Path, state: str
):
    file = tmp_path / "old.tar"
    async with community(tmp_path) as place:
        await place.start()
        if state == "sending":
            place.discord.faults.add(Fault(kind="delay", method="POST", path="/channels/*/messages", seconds=2))
        card = await ask(place.mira, f"{KITE} [output-slow]" if state == "pending" else KITE)
        await until(lambda: [row.state for row in place.books.deliveries()] == [state], "a message that is owed")
        await back_up(place.settings(), file, place.clock)
        assert (await place.while_time_passes(answer_to(place.mira, card))).attachments
        await place.idle()
        await place.stop()

        await restore(place.settings(), file, place.clock)
        assert [row.state for row in place.books.deliveries()] == [state]
        await place.start()
        await place.while_time_passes(place.idle())

        assert await place.creates() == 1
        assert len(await place.answers_to(card)) == 1
        assert [row.state for row in place.books.deliveries()] == ["delivered"]


async def test_an_interrupted_restoration_is_finished_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "old.tar"
    async with community(tmp_path) as place:
        await place.start()
        card = await ask(place.mira)
        await answer_to(place.mira, card)
        await place.idle()
        await back_up(place.settings(), file, place.clock)
        kept = place.books.everything()
        await answer_to(place.theo, await ask(place.theo))
        await place.idle()
        await place.stop()
        rename, renames = Path.rename, []

        def dies_at_the_second(path: Path, target: Path) -> Path:
            renames.append(path)
            if ".restore" in str(path) or path.name.startswith("egret.db.restoring"):
                raise KeyboardInterrupt
            return rename(path, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", dies_at_the_second)
            with pytest.raises(KeyboardInterrupt):
                await restore(place.settings(), file, place.clock)
        assert not (place.directory / "egret.db").exists()

        await place.start()

        assert place.books.everything() == kept
        assert not list(place.directory.glob("*.restor*"))
        (aside,) = place.directory.glob("before-restore-*")
        assert (aside / "egret.db").exists()
