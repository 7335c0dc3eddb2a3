"""What is left of a clip that was deleted: nothing that it was made from, and no way to make it again."""

from __future__ import annotations

import pytest

from bot.errors import Refused
from bot.jobs.requests import RerunRequest, SourceRemoved
from tests.integration.jobs.world import PERSON, NoFiles, World


class Deleting(NoFiles):
    """Notes what is deleted."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    async def delete(self, asset_id: str, extension: str) -> bool:
        self.deleted.append(f"{asset_id}.{extension}")
        return True


async def deleted_clip(world: World) -> str:
    submitted = await world.order(image=True)
    await world.settle()
    world.provider.finish((await world.job(submitted)).task_id)
    await world.service.nudge(submitted.job.hook_token, None)
    await world.settle()
    await world.clip_service.remove(submitted.job.id, PERSON, moderator=False)
    return submitted.job.id


async def test_the_pictures_that_a_deleted_clip_was_made_from_go_with_it(world: World) -> None:
    files = world.clip_service._files = Deleting()

    job_id = await deleted_clip(world)

    kept = {f"{asset.id}.{asset.extension}" for asset in await world.store.assets(job_id)}
    assert len(kept) == 2
    assert set(files.deleted) == kept


async def test_a_deleted_clip_is_not_made_again_as_it_was(world: World) -> None:
    job_id = await deleted_clip(world)

    with pytest.raises(Refused) as refused:
        await world.service.submit(world.origin(), RerunRequest(job_id=job_id))

    assert refused.value.refusal == SourceRemoved(job_id=job_id)


async def test_a_deleted_clip_is_not_changed_and_made_again(world: World) -> None:
    submitted = await world.order()
    await world.settle()
    world.provider.finish((await world.job(submitted)).task_id)
    await world.service.nudge(submitted.job.hook_token, None)
    await world.settle()
    begun = await world.clip_service.request_again(await world.job(submitted))
    await world.clip_service.remove(submitted.job.id, PERSON, moderator=False)
    gone = await world.job(submitted)

    with pytest.raises(Refused):
        await world.clip_service.request_again(gone)
    with pytest.raises(Refused):
        await world.service.submit(world.origin(), begun)
    actions = await world.clip_service.possible_actions(gone)
    assert actions.no_again == actions.no_edit == SourceRemoved(job_id=gone.id)
